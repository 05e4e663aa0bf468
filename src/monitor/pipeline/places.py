"""Which countries and entities an article is about, and the words that say so.

The longest match wins and its words are used up; of two as long the one that fixes more letters, then by kind: gazetteer entries, country
names, names of one-country languages used as adjectives, cities, demonyms. Every hit keeps its words, place and rule.
A country scores 2 for a mention in the title, 1 in the lead, 0.3 in the body, times the weight of the rule; metonyms (an army, a
palace, a capital for its government) weigh 0.7, provinces 0.9.

A person holds office from a month to a month. On an article of another time the name is still the person's, but no office speaks: it
gives its country half the weight, votes for no theme, and gives way to whoever bears the same name in office (Rutte before and after
October 2024). An article without a date is read as one of today: what has ended has ended.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from monitor.knowledge import ANY_LANGUAGE, Gazetteer, GazetteerEntry, MadeOnce, Words, parse_term
from monitor.pipeline.section import WIDER
from monitor.pipeline.words import norm, primary, stem
from monitor.pipeline.words_terms import Reading, Span, TermTable
from monitor.records import CountryScore, Evidence

_ZONE_WEIGHT = {"title": 2.0, "lead": 1.0, "body": 0.3}
# A capital mostly stands for a government, a venue (Geneva, The Hague) for whoever meets there, an adjective for whose ship or army it is.
_RULE_WEIGHT = {
    "entity": 0.7, "former": 0.35, "country": 1.0, "language": 0.6, "city": 0.8, "capital": 0.7, "venue": 0.2, "demonym": 0.6,
    "group": 0.8, "domestic": 0.2,
}  # fmt: skip
_RULE_ORDER = {
    "entity": 0, "group": 0, "country": 1, "language": 2, "capital": 3, "city": 3, "venue": 3, "demonym": 4, "domestic": 5, "former": 6,
}  # fmt: skip
_KEPT_SHARE = 0.35  # of the strongest country's score
_MOST_COUNTRIES = 4
_MOST_BODY_MENTIONS = 5  # a long text must not outweigh its headline
_OWN_COUNTRY = 0.6  # an outlet names its own people and officials in news from anywhere
_LONGEST_ENDING = 3
_PROVINCE = 0.9
_AGAIN = 0.25  # what each further mention in the title adds: "Macron" beside "France" is the same country, not a second one
_PLACE_KINDS = {"city", "capital", "venue"}
_NAMED_KINDS = _PLACE_KINDS | {"person", "armed", "region", "group"}
_TODAY = "9999-99"
# Languages whose names are declined: a name is recognised by its stem, or by what precedes its last vowels plus a short ending.
_DECLINED = frozenset({"be", "bg", "cs", "et", "fi", "hr", "hu", "lt", "lv", "pl", "ru", "sk", "sl", "sr", "uk"})
_GENITIVE_S = frozenset({"da", "de", "nb", "nl", "nn", "no", "sv"})
_RELATION = {  # endings of adjectives, what they replace at the end of the name, the article before it
    "ar": (("ي", "يه", "يين", "يون", "يات"), "يا|ا|ه", "ال"),
    "he": (("י", "ית", "ים", "יות", "יים"), "יה|ה", "ה"),
}
# What German writes in one word with a place ("Gazakrieg"), umlauts folded; other letters behind a name make another word.
_HEADS = """
abkommen abzug affare allianz angriff armee ausschuss beauftragt bericht besuch beziehung blockade botschaft brigade bundnis deal
debatte dilemma diplomatie drohung einfluss einsatz embargo entscheidung ereignis exil experte export fachleute feldzug flotte
fluchtling flug forscher frage freiwillig frieden front gebiet gegner geheimdienst gesandt geschaft gesprach gipfel gouverneur
grenze hafen handel helfer hilfe import initiative invasion jet kenner koalition konferenz konflikt konsul kontakt kontingent
korrespondent kredit krieg krise kritik kurs kuste lieferung lobby mandat milliarden mission nothilfe offensive pakt papier plan
politik prasident premier programm protest putsch rakete rebell rede regierung region reise resolution ruckzug sanktion sicherheit
skandal soldat spion staat strasse strategie streifen streit stutzpunkt sudosten sudwesten truppe unterhandler unterstutz verbrechen
verhandlung vermittl vertrag veteran vorstoss waffe wahl wirtschaft zoll zone"""
_COMPOUND_HEADS = tuple(_HEADS.split())
_SHORTEST_COMPOUNDED = 4  # letters: Peru, Irak
_OTHER_WORDS = {"مالي", "مجري", "סיני", "מאלי", "палау"}  # financial, stream, Sinai, a chamber (палата)
_CYRILLIC = frozenset({"be", "bg", "mk", "ru", "sr", "uk"})
_SPAN_OF = attrgetter("span")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_OTHER_SCRIPTS = frozenset({"ar", "be", "bg", "bn", "el", "fa", "he", "hi", "ja", "ka", "ko", "mk", "ru", "sr", "th", "uk", "ur", "zh"})
_UNCASED = frozenset({"ar", "fa", "he", "hi", "ja", "ka", "ko", "th", "ur", "zh"})


@dataclass(frozen=True, slots=True)
class _Name:
    """What one compiled term means."""

    rule: str
    means: str  # entity id or ISO2
    geo: tuple[str, ...]
    capital: bool = False  # the article must write a capital
    exact: str = ""  # the article must write exactly this
    base: int = 0  # letters of the pattern's last word: a declined name may be at most three letters longer
    compounded: int = 0  # letters of a name that must go on as a compound does
    known: int = 0  # letters of the last word that the pattern fixes, one more for a whole word: the closer name wins
    entry: GazetteerEntry | None = None
    newest: int = 0  # of two holders of a name the later one goes first

    def rule_in(self, month: str) -> str:
        """The rule a hit counts by in an article of that month."""
        if self.entry is None or not (self.entry.valid_from or self.entry.valid_to):
            return self.rule
        began = not self.entry.valid_from or self.entry.valid_from[:7] <= month
        return self.rule if began and (not self.entry.valid_to or month <= self.entry.valid_to[:7]) else "former"


@dataclass(slots=True)
class _LanguageTable:
    terms: TermTable
    names: dict[int, list[_Name]] = field(default_factory=dict)
    guards: dict[int, str] = field(default_factory=dict)  # term -> entity it excludes
    contexts: dict[int, str] = field(default_factory=dict)  # term -> entity it admits


@dataclass(frozen=True, slots=True)
class PlaceMatcher:
    """Everything needed to find places, compiled for a language when it is first met; make one with `compile_places`."""

    tables: Mapping[str, _LanguageTable]
    regions: Mapping[str, str]

    def table(self, language: str) -> _LanguageTable:
        """The table of a language, or the one for languages without names of their own."""
        name = primary(language)
        return self.tables[name if name in self.tables else ANY_LANGUAGE]


class Hit(NamedTuple):
    """One name found: the entity or country it means, the countries it stands for and why."""

    rule: str
    means: str
    geo: tuple[str, ...]
    span: Span
    evidence: Evidence
    weight: float  # of one mention, before zone and home


@dataclass(frozen=True, slots=True)
class PlacesFound:
    """All hits in order, the countries kept (strongest first, at most four), every country's score, and entity ids with their counts."""

    hits: tuple[Hit, ...]
    countries: tuple[CountryScore, ...]
    scores: Mapping[str, float]
    entities: Mapping[str, int]


# ── compiling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compile_places(
    gazetteer: Gazetteer,
    country_names: Mapping[str, Mapping[str, str]],
    adjectives: Mapping[str, Mapping[str, str]],
    regions: Mapping[str, str],
    languages: Iterable[str],
    *,
    exact_names: Mapping[str, frozenset[str]] | None = None,
) -> PlaceMatcher:
    """Compiles all names for the given languages; the mappings are language -> name -> ISO2, and ISO2 -> section.

    `exact_names` are country names that count only in exactly their case (US, Turkey).
    """

    def compiled(language: str) -> _LanguageTable:
        known = "en" if language == ANY_LANGUAGE else language
        table = _LanguageTable(TermTable(known))
        for entry in gazetteer.entries:
            _add_entry(table, entry, known)
        exact = (exact_names or {}).get(known, frozenset())
        for name, iso2 in country_names.get(known, {}).items():
            _add_country(table, name, iso2, known, exact=name in exact)
        for name, iso2 in adjectives.get(known, {}).items():
            _add(table, Words(_family_prefix(name, known)), _Name("language", iso2, (iso2,), capital=known == "en"))
        for written, iso2 in gazetteer.demonyms.get(known, {}).items():
            _add(table, Words(written), _Name("demonym", iso2, (iso2,), capital=known == "en"))
        return table

    return PlaceMatcher(MadeOnce({*map(primary, languages), ANY_LANGUAGE}, compiled), dict(regions))


def _family_prefix(name: str, language: str) -> str:
    """Adjectives of declined languages end in anything: "rosyjska" stands for rosyjsk*."""
    word = norm(name)
    if " " in word or language not in _DECLINED | {"fr", "es", "it", "pt"}:
        return name
    short = stem(word, language) if language not in ("uk", "be") else word.rstrip("аяоеіиїйь")
    return f"{short}*" if len(short) >= 5 and word.startswith(short) else name


def _add(table: _LanguageTable, words: Words, name: _Name, *, by_sound: bool = False) -> None:
    number = table.terms.add(words, by_sound=by_sound)
    if number >= 0:
        last = words.text.rpartition(" ")[2]
        known = 0 if by_sound else len(last) - 1 if last.endswith("*") else len(last) + 1
        newest = -int(name.entry.valid_from[:7].replace("-", "")) if name.entry and name.entry.valid_from else 0
        table.names.setdefault(number, []).append(replace(name, known=known, newest=newest))


def _add_country(table: _LanguageTable, name: str, iso2: str, language: str, *, exact: bool) -> None:
    cased = language not in _UNCASED
    _add(table, Words(name), _Name("country", iso2, (iso2,), capital=cased, exact=name if exact else ""))
    if language in _GENITIVE_S:
        _add(table, Words(f"{name}s"), _Name("country", iso2, (iso2,), capital=True, exact=f"{name}s" if exact else ""))
        _add_compound(table, name, _Name("country", iso2, (iso2,), capital=True), language)
    for form in _relations(name, language):
        _add(table, Words(form), _Name("demonym", iso2, (iso2,)))
    if exact or language not in _DECLINED:
        return
    forms = [_declined(word, language) for word in norm(name).split()]
    if all(forms) and " ".join(forms) != norm(name):
        _add(table, Words(" ".join(forms)), _Name("country", iso2, (iso2,), capital=True, base=len(forms[-1]) - 1))


def _relations(name: str, language: str) -> list[str]:
    """The adjectives and inhabitants of a country in Arabic and Hebrew, formed from its name by the ending -i and its inflections."""
    endings, cut, article = _RELATION.get(language, ((), "", ""))
    bare = norm(name.removeprefix(article))  # before folding: the article has no hamza, so ألمانيا keeps its first letters
    base = re.sub(f"(?:{cut})$", "", bare) if endings and " " not in name else ""
    forms = [f"{base}{ending}" for ending in endings] if len(base) >= 3 else []
    return [] if forms and forms[0] in _OTHER_WORDS else forms


def _declined(word: str, language: str) -> str:
    """A word with an open ending ("росі*"), "" when too little is left to be sure; only one vowel goes: Нігер is not Нігерія."""
    base = word[:-1] if word[-1] in ("аяоеёіиїйьыую" if language in _CYRILLIC else "aeiouy") else word
    return f"{base}*" if len(base) >= 4 and word not in _OTHER_WORDS else ""


def _add_entry(table: _LanguageTable, entry: GazetteerEntry, language: str) -> None:
    rule = entry.kind if entry.kind in _PLACE_KINDS | {"group", "domestic"} else "entity"
    own = entry.aliases.get(language, ())
    for alias in (*_shared(entry, language, bool(own)), *own):
        words = _parsed(alias)
        if not isinstance(words, Words):
            continue
        if language == "ar" and alias.startswith("ال"):  # "to the": one letter for two
            _add(table, Words(f"ل{alias[2 - (alias[2:3] != 'ل') :]}"), _Name(rule, entry.id, entry.geo, entry=entry))
        exact = words.text if entry.case and "*" not in words.text else ""
        name = _Name(rule, entry.id, entry.geo, capital=words.text[:1].isupper(), exact=exact, entry=entry)
        _add(table, words, name)
        if entry.kind == "person" and language in _CYRILLIC and not own:
            _add(table, words, name, by_sound=True)
        if not exact and entry.kind in _NAMED_KINDS:
            _add_forms(table, words.text, name, language, alias in own)
    for written in entry.excluded:
        if (number := table.terms.add(parse_term(written))) >= 0:
            table.guards[number] = entry.id
    for written in entry.context:
        if (number := table.terms.add(parse_term(written), family=True)) >= 0:
            table.contexts[number] = entry.id


def _shared(entry: GazetteerEntry, language: str, has_own: bool) -> Iterable[str]:
    """The names in Latin letters; a language of another script that has its own prints only acronyms and types (F-35) in them."""
    shared = entry.aliases.get(ANY_LANGUAGE, ())
    if language not in _OTHER_SCRIPTS or (entry.kind == "person" and language in _CYRILLIC and not has_own):
        return shared
    return [alias for alias in shared if any(sign.isdigit() for sign in alias) or alias.removeprefix("=").isupper()]


_parsed = lru_cache(maxsize=1 << 15)(parse_term)


def _add_forms(table: _LanguageTable, text: str, name: _Name, language: str, own: bool) -> None:
    """The inflected forms of a name: any case where names are declined, the Germanic genitive, the Arabic preposition before al-."""
    open_ended = _open_name(text, language) if language in _DECLINED and (own or language not in _CYRILLIC) else ""
    if open_ended:
        _add(table, Words(open_ended), replace(name, base=len(open_ended.rpartition(" ")[2]) - 1))
    if language in _GENITIVE_S and text[-1:].isalpha() and text[-1:] not in "sxzß":
        _add(table, Words(f"{text}s"), name)
    if name.rule != "entity" or (name.entry and name.entry.kind == "region"):
        _add_compound(table, text, name, language)
    if language == "de" and name.rule in _PLACE_KINDS and len(text) >= _SHORTEST_COMPOUNDED and text.isalpha():
        _add(table, Words(f"{text}er"), replace(name, rule="venue" if name.rule == "venue" else "demonym"))  # Moskauer Raffinerie


def _add_compound(table: _LanguageTable, text: str, name: _Name, language: str) -> None:
    """The name as the first part of a German compound."""
    word = norm(text)
    if language == "de" and len(word) >= _SHORTEST_COMPOUNDED and word.isalpha():
        _add(table, Words(f"{word}*"), replace(name, compounded=len(word), exact=""))


def _open_name(name: str, language: str) -> str:
    forms = [_declined(word, language) for word in norm(name).split()]
    return " ".join(forms) if "*" not in name and all(forms) else ""


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(matcher: PlaceMatcher, reading: Reading, home: str = "", on: date | None = None) -> PlacesFound:
    """The countries and entities of an article with their evidence.

    `home` is its outlet's own country, which counts less; `on` its day, which tells who was in office.
    """
    table = matcher.table(reading.language)
    found = table.terms.find(reading)
    excluded = [(table.guards[number], span) for number, spans in found.items() if number in table.guards for span in spans]
    admitted = {table.contexts[number] for number in found if number in table.contexts}
    candidates = [
        (span, name)
        for number, spans in found.items()
        for name in table.names.get(number, ())
        for span in spans
        if _counts(name, span, reading, admitted) and not (excluded and _is_excluded(name, span, excluded))
    ]
    hits = _without_domestic(_longest_first(candidates, reading, f"{on:%Y-%m}" if on else _TODAY), home)
    scores, counts = _scores(hits, home)
    entities: dict[str, int] = {}
    for hit in hits:
        if hit.rule in ("entity", "former"):
            entities[hit.means] = entities.get(hit.means, 0) + 1
    return PlacesFound(hits, _kept(scores, counts), scores, entities)


def _counts(name: _Name, span: Span, reading: Reading, admitted: set[str]) -> bool:
    if name.entry and name.entry.context and name.entry.id not in admitted:
        return False
    first = reading.words.raws[span.start]
    if name.base and not _is_form(reading.words.texts[span.end - 1], name.base):
        return False
    if name.compounded and not reading.words.texts[span.start].startswith(_COMPOUND_HEADS, name.compounded):
        return False
    if first >= "\u30a1" and _KATAKANA.match(first) and any(_KATAKANA.match(sign) for sign in reading.around(span) if sign):
        return False  # マリ is not in マリーナ
    if name.exact:
        if _plain(reading.written(span)) != _plain(name.exact):
            return False
        if name.exact.isupper() or (name.entry is not None and name.entry.id in admitted) or name.entry is None:
            return True
        return not reading.begins_sentence(span.start) and not (reading.shouted and span.start < reading.starts[1])
    return not name.capital or not first[:1].islower()


def _is_form(word: str, base: int) -> bool:
    """Whether a word is a case of a name whose pattern has `base` letters: Нігері is a case of Нігер, never of Нігерія."""
    return len(word) <= base + _LONGEST_ENDING and not (len(word) == base and word[-1] in "іиi")


def _plain(written: str) -> str:
    return written.replace(".", "").replace("\u2019", "'").replace("\u00a0", " ")


def _is_excluded(name: _Name, span: Span, excluded: list[tuple[str, Span]]) -> bool:
    return any(name.means == means and span.start < taken.end and taken.start < span.end for means, taken in excluded)


def _longest_first(candidates: list[tuple[Span, _Name]], reading: Reading, month: str) -> tuple[Hit, ...]:
    """Takes candidates from the longest to the shortest; words once used are not used again."""
    ruled = [
        (span.start - span.end, -name.known, _RULE_ORDER[rule := name.rule_in(month)], span, name.newest, name.means, place, name, rule)
        for place, (span, name) in enumerate(candidates)
    ]
    ruled.sort()
    used: set[int] = set()
    hits = []
    for *_, span, _newest, _means, _place, name, rule in ruled:
        taken = range(span.start, _end_of_signs(span, reading))
        if used.isdisjoint(taken):
            used.update(taken)
            zone, offset = reading.zone(span.start)
            what = f"entity:{name.means}" if rule in ("entity", "former") else f"place:{name.geo[0] if name.geo else name.means}"
            evidence = Evidence(what, reading.written(span), zone, offset, rule)
            hits.append(Hit(rule, name.means, name.geo, span, evidence, _weight(name, rule)))
    return tuple(sorted(hits, key=_SPAN_OF))


def _weight(name: _Name, rule: str) -> float:
    """What one mention weighs for each country: that of its rule; a province, a strait nearly its country; two countries share."""
    province = rule == "entity" and name.entry is not None and name.entry.kind == "region"
    return (_PROVINCE if province else _RULE_WEIGHT[rule]) / math.sqrt(max(1, len(name.geo)))


def _without_domestic(hits: tuple[Hit, ...], home: str) -> tuple[Hit, ...]:
    """Domestic words ("the Senate") name the country of the language's press: in a headline that names no other, in no foreign outlet."""
    named = any(hit.geo and hit.rule != "domestic" for hit in hits)
    return tuple(hit for hit in hits if hit.rule != "domestic" or (not named and hit.evidence.zone == "title" and home in ("", *hit.geo)))


def _end_of_signs(span: Span, reading: Reading) -> int:
    """The end of a span; one more when the next pair of signs shares one with it (飞越南海 holds 南海 or 越南, not both)."""
    begins, last = reading.words.starts, span.end - 1
    if span.end < len(begins) and begins[span.end] == begins[last] + 1 and len(reading.words.raws[last]) > 1:
        return span.end + 1
    return span.end


def _scores(hits: Iterable[Hit], home: str) -> tuple[dict[str, float], dict[str, int]]:
    scores: dict[str, float] = {}
    counts: dict[str, int] = {}
    in_body: dict[str, int] = {}
    in_title: dict[str, float] = {}
    for hit in hits:
        for iso2 in hit.geo:
            counts[iso2] = counts.get(iso2, 0) + 1
            if hit.evidence.zone == "body":
                in_body[iso2] = in_body.get(iso2, 0) + 1
                if in_body[iso2] > _MOST_BODY_MENTIONS:
                    continue
            weight = _ZONE_WEIGHT[hit.evidence.zone] * hit.weight
            weight *= _OWN_COUNTRY if iso2 == home else 1.0
            if hit.evidence.zone == "title":
                strongest = in_title.get(iso2, 0.0)
                in_title[iso2] = max(strongest, weight)
                weight = in_title[iso2] - strongest + (_AGAIN * min(strongest, weight) if strongest else 0.0)
            scores[iso2] = scores.get(iso2, 0.0) + weight
    return {iso2: round(score, 4) for iso2, score in scores.items()}, counts


def _kept(scores: Mapping[str, float], counts: Mapping[str, int]) -> tuple[CountryScore, ...]:
    ranked = sorted(((score, iso2) for iso2, score in scores.items() if iso2 not in WIDER), key=lambda one: (-one[0], one[1]))
    least = ranked[0][0] * _KEPT_SHARE if ranked else 0.0
    return tuple(CountryScore(iso2, score, counts[iso2]) for score, iso2 in ranked[:_MOST_COUNTRIES] if score >= least)
