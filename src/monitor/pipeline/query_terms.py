"""Reads the single terms of a query: words, prefixes, exact words, phrases, entities, and the values of fields."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from monitor.errors import QueryError
from monitor.pipeline.query_lexer import FRENCH, Sign
from monitor.pipeline.query_says import mistake
from monitor.pipeline.query_tree import FIELDS, Fact, Term, Zone
from monitor.pipeline.words import Tokens, primary, tokenise, tokens

SHORTEST_PREFIX = 3
KINDS = ("newspaper", "agency", "broadcaster", "magazine", "specialist", "government", "think-tank", "organisation", "blog")
"""Kinds of outlets, as in feeds.yaml."""
HAS = ("text", "paywall")
_EXAMPLES = {
    "title": "missile", "lead": "missile", "text": "missile", "lang": "fr", "outlet": "le-monde", "country": "FR", "kind": "agency",
    "theme": "nuclear", "region": "africa", "entity": "o.nato", "author": '"First Last"', "story": "…", "has": "text",
    "after": "2025-03-01", "before": "2025-03-01",
}  # fmt: skip
# What people type for a field, in French, by the names other search boxes use, or because it says what they mean.
_MEANT = {
    "titre": "title", "intitle": "title", "headline": "title", "chapeau": "lead", "summary": "lead", "texte": "text", "body": "text",
    "intext": "text", "langue": "lang", "language": "lang", "source": "outlet", "site": "outlet", "media": "outlet", "média": "outlet",
    "journal": "outlet", "pays": "country", "type": "kind", "genre": "kind", "thème": "theme", "sujet": "theme", "topic": "theme",
    "tag": "theme", "région": "region", "section": "region", "place": "region", "lieu": "region", "entité": "entity", "person": "entity",
    "org": "entity", "auteur": "author", "by": "author", "par": "author", "histoire": "story", "depuis": "after", "since": "after",
    "après": "after", "apres": "after", "from": "after", "date": "after", "avant": "before", "until": "before", "to": "before",
    "is": "has", "avec": "has",
}  # fmt: skip
# Where French is read, fields and some values may be written in French; the canonical form is English all the same.
_FRENCH_FIELDS = {
    "titre": "title", "chapeau": "lead", "texte": "text", "langue": "lang", "media": "outlet", "journal": "outlet", "source": "outlet",
    "pays": "country", "type": "kind", "genre": "kind", "lieu": "region", "rubrique": "region", "entite": "entity", "auteur": "author",
    "par": "author", "avec": "has", "apres": "after", "depuis": "after", "avant": "before",
}  # fmt: skip
_FRENCH_VALUES = {
    "kind": {
        "journal": "newspaper", "agence": "agency", "chaine": "broadcaster", "radio": "broadcaster", "specialise": "specialist",
        "gouvernement": "government",
    },
    "has": {"texte": "text", "peage": "paywall", "abonnement": "paywall"},
    "region": {"afrique": "africa", "amerique": "america", "ameriques": "america", "asie": "asia"},
}  # fmt: skip
_LANGUAGES = {
    "french": "fr", "francais": "fr", "english": "en", "anglais": "en", "german": "de", "allemand": "de", "spanish": "es",
    "espagnol": "es", "italian": "it", "italien": "it", "russian": "ru", "russe": "ru", "arabic": "ar", "arabe": "ar", "chinese": "zh",
    "chinois": "zh", "ukrainian": "uk", "ukrainien": "uk", "hebrew": "he", "hebreu": "he", "portuguese": "pt", "portugais": "pt",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ENTITY = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[.:-][A-Za-z0-9_]+)*")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_UNSEEN = dict.fromkeys([0x640, 0xAD, 0x200C, 0x200D])
_KEYWORD = re.compile(r"(?:NEAR|WITHIN|PR[EÈ]S)\b")
_INSIDE = re.compile(r"(?<=[^\W_])\?(?=[^\W_])|[~^]")


def written(raw: str) -> str:
    """A word as written, in the form in which `=` compares it: composed, without signs that nobody sees."""
    return raw if raw.isascii() else unicodedata.normalize("NFC", raw).translate(_UNSEEN).replace("\u2019", "'")


def value_key(text: str) -> str:
    """A value of a field as it is compared: "Le Monde", "le-monde" and "LE_MONDE" are one."""
    return "-".join(tokens(text))


@lru_cache(maxsize=1024)
def _unspaced(sign: str) -> bool:
    """Whether a sign belongs to a script that is read in pairs."""
    return len(tokens(sign * 3)) == 2


# ── words and phrases ────────────────────────────────────────────────────────────────────────────────────────────────


def word(query: str, sign: Sign, zone: Zone) -> Term:
    """The term of a bare word; several tokens (ultra-orthodox, a run of Chinese) are a phrase."""
    text = sign.text
    if text.startswith("="):
        return _exact(query, sign, zone)
    if inside := _INSIDE.search(text):
        raise _no_meaning(query, sign.start + inside.start(), inside[0])
    if "*" in text:
        return _starred(query, text, sign.start, zone, quoted=False)
    text, found = _stripped(text)
    if not found:
        raise mistake("no_letters", query, sign.start, text=sign.text)
    if len(found) > 1:
        return _phrase_of(text, found, zone)
    if text in FRENCH or text in FRENCH.values() or _KEYWORD.match(text):
        text = text.lower()  # "OR," is a word here; written back bare it must stay one
    return Term("word", text, (found[0].text,), prefix=_lone(found), zone=zone)


def phrase(query: str, sign: Sign, zone: Zone) -> Term:
    """The term of words in quotes: the tokens as they are, next to each other."""
    text = _tidy(sign.text)
    if "*" in text:
        return _starred(query, text, sign.start, zone, quoted=True)
    found = tokenise(text)
    if not found:
        raise mistake("no_letters", query, sign.start, text=query[sign.start : sign.end])
    return _phrase_of(text, found, zone)


def _phrase_of(text: str, found: Tokens, zone: Zone) -> Term:
    return Term("phrase", text, tuple(found.texts), prefix=_lone(found), zone=zone)


def _lone(found: Tokens) -> bool:
    """Whether the last token is one sign of a script read in pairs: it can only be met as the beginning of a pair."""
    return len(found[-1].text) == 1 and _unspaced(found[-1].text)


def _starred(query: str, text: str, start: int, zone: Zone, *, quoted: bool) -> Term:
    body = text.removesuffix("*")
    found = tokenise(body)
    if "*" in body or body == text or not found or not (body[-1].isalnum() or unicodedata.category(body[-1])[0] == "M"):
        raise mistake("star_place", query, start if quoted else start + text.index("*"))
    if len(found) == 1 and len(found[0].text) < SHORTEST_PREFIX and not _unspaced(found[0].text[0]):
        raise mistake("star_short", query, start, text=body, least=SHORTEST_PREFIX)
    if not quoted:
        body, found = _stripped(body)
    kind = "phrase" if quoted or len(found) > 1 else "word"
    return Term(kind, body, tuple(found.texts), prefix=True, zone=zone)  # type: ignore[arg-type]


def _exact(query: str, sign: Sign, zone: Zone) -> Term:
    text = sign.text[1:]
    if "*" in text:
        raise mistake("star_exact", query, sign.start, text=text.replace("*", ""))
    text, found = _stripped(text)
    if not found:
        raise mistake("exact_empty", query, sign.start)
    raws = tuple(map(written, found.raws))
    return Term("exact", text, tuple(found.texts), raws, zone=zone)


def _stripped(text: str) -> tuple[str, Tokens]:
    """A bare word without the punctuation around it, and its tokens."""
    found = tokenise(text)
    if not found:
        return "", found
    text = _tidy(text[found[0].start :])
    while text and not (text[-1].isalnum() or unicodedata.category(text[-1])[0] == "M"):
        text = text[:-1]
    return text, tokenise(text)


def _tidy(text: str) -> str:
    """The inside of quotes on one line; a mark inside a Hebrew acronym becomes the mark of its own script."""
    text = re.sub('(?<=[\u05d0-\u05ea])["”](?=[\u05d0-\u05ea](?![\u05d0-\u05ea]))', "\u05f4", " ".join(text.split()))
    return " ".join(text.replace('"', " ").split())


def _no_meaning(query: str, position: int, sign: str) -> QueryError:
    told = {
        "?": ("Write the beginning of the word and a *", "Écrivez le début du mot et un *"),
        "~": ("Words near each other: army NEAR/5 border", "Mots proches\u00a0: armée NEAR/5 frontière"),
        "^": ("Delete it; words have no weights.", "Supprimez-le\u202f; les mots n’ont pas de poids."),
    }[sign]
    return mistake("sign", query, position, sign=sign, instead=told[0], instead_fr=told[1])


# ── values of fields ─────────────────────────────────────────────────────────────────────────────────────────────────


def field_name(query: str, sign: Sign, *, french: bool = False) -> str:
    """The field that is meant; raises QueryError naming the nearest one when there is none of that name."""
    name = sign.text.lower()
    plain = value_key(sign.text)
    if french:
        name = _FRENCH_FIELDS.get(plain) or (plain if plain in FIELDS else name)
    if name in FIELDS:
        return name
    near = _MEANT.get(name) or next(iter(get_close_matches(name, FIELDS, 1, 0.6)), "")
    listed = ", ".join(FIELDS)
    raise mistake(
        "field_unknown",
        query,
        sign.start,
        field=sign.text,
        near=f"Write {near}:" if near else f"The fields are {listed}",
        near_fr=f"Écrivez {near}:" if near else f"Les champs sont {listed}",
    )


def example(field: str) -> str:
    """A value of a field, to show."""
    return _EXAMPLES[field]


def entity(query: str, sign: Sign, zone: Zone = "") -> Fact:
    """The fact of @o.nato, or of @geo:ML, which is a region and has no place in the text."""
    text = sign.text.rstrip(".,;:!?")
    if not _ENTITY.fullmatch(text) or (zone and text.lower().startswith("geo:")):
        raise mistake("entity", query, sign.start)
    if text.lower().startswith("geo:"):
        return Fact("region", value_key(text[4:]), text[4:].upper())
    return Fact("entity", value_key(text), text, zone)


def fact(query: str, sign: Sign, field: str, *, french: bool = False) -> Fact:
    """The fact of one value of a field, as word or phrase; raises QueryError for what cannot be a value of it."""
    text = _tidy(sign.text)
    if french:
        key = value_key(text)
        text = (_LANGUAGES.get(key) if field == "lang" else _FRENCH_VALUES.get(field, {}).get(key)) or text
    if sign.kind == "word" and (text[:1] == "=" or "*" in text):
        raise mistake("field_term", query, sign.start, field=field, example=_EXAMPLES[field])
    if field == "entity":
        return entity(query, sign._replace(text=text))
    if not tokens(text):
        raise mistake("no_letters", query, sign.start, text=text or '""')
    check = {"lang": _language, "country": _country, "kind": _choice, "has": _choice, "after": _day, "before": _day}.get(field)
    return check(query, sign, field, text) if check else Fact(field, value_key(text), text)


def _language(query: str, sign: Sign, field: str, text: str) -> Fact:
    code = text.replace("_", "-")
    if not _LANGUAGE.fullmatch(code):
        meant = _LANGUAGES.get(value_key(text))
        told = f"lang:{meant}" if meant else "a code: fr, en, de, ar, zh …"
        raise mistake("value", query, sign.start, text=text, field=field, choices=told, choices_fr=told.replace("a code", "un code"))
    return Fact(field, language_key(code), code.lower())


def language_key(code: str) -> str:
    """A language code as it is compared: the primary language, every Norwegian one, and the full code when it has a region."""
    first = "no" if primary(code) in ("nb", "nn") else primary(code)
    return "-".join([first, *code.lower().replace("_", "-").split("-")[1:]])


def _country(query: str, sign: Sign, field: str, text: str) -> Fact:
    if not (len(text) in (2, 3) and text.isascii() and text.isalpha()):
        told = (
            "the outlet's country as two letters (FR, US, EU); for what an article is about: region:",
            ("le pays du titre en deux lettres (FR, US, EU)\u202f; pour ce dont parle l’article\u00a0: region:"),
        )
        raise mistake("value", query, sign.start, text=text, field=field, choices=told[0], choices_fr=told[1])
    return Fact(field, value_key(text), text.upper())


def _choice(query: str, sign: Sign, field: str, text: str) -> Fact:
    choices = KINDS if field == "kind" else HAS
    found = {value_key(choice): choice for choice in choices}.get(value_key(text))
    if found is None:
        near = get_close_matches(text.lower(), choices, 1, 0.6) or [", ".join(choices)]
        raise mistake("value", query, sign.start, text=text, field=field, choices=near[0], choices_fr=near[0])
    return Fact(field, value_key(found), found)


def _day(query: str, sign: Sign, field: str, text: str) -> Fact:
    if match := _DATE.fullmatch(text):
        try:
            day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1)).isoformat()
        except ValueError:
            pass
        else:
            return Fact(field, day, day)
    told = "a day, month or year: 2025-03-01, 2025-03, 2025", "un jour, un mois ou une année : 2025-03-01, 2025-03, 2025"
    raise mistake("value", query, sign.start, text=text, field=field, choices=told[0], choices_fr=told[1])
