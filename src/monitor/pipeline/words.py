"""The one reading of words, for gazetteer, themes, grouping, search and alerts: what two texts share is decided here and nowhere else.

A text becomes tokens (normalised words, overlapping pairs of signs where a script is written without spaces); a token becomes a stem of its
language, a consonant skeleton that survives transliteration, or nothing at all when it is a stop word. Every function is pure and cached.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple, overload

import anyascii
import Stemmer
import stopwordsiso

# Vowel signs of Indic and South-East Asian scripts are letters, not accents: without them Hindi or Thai words fall apart.
_VOWEL_SIGN_BLOCKS = ((0x0900, 0x0DFF), (0x0E00, 0x109F), (0x1780, 0x17FF))
_KANA_VOICING = "\u3099\u309a"  # が is not か
_KEPT_LETTERS = "йЙїЇўЎ"  # letters of their alphabets: the Russian stemmer needs й


def _ranges(points: Iterable[int]) -> str:
    """The inside of a character class that matches exactly the given code points."""
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in runs)


_MARKS = _ranges(point for point in range(0x300, 0x10000) if unicodedata.category(chr(point)).startswith("M"))
_HEBREW, _CYRILLIC = "\u05d0-\u05ea", "\u0400-\u052f"
# Han with its iteration mark, Kana, Hangul; and Thai, Lao, Myanmar, Khmer, which are written without spaces as well.
_UNSPACED = (
    "\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3"
)
# A quote mark before the last letter makes a Hebrew acronym (צה״ל), a geresh a Hebrew sound (ג׳נין), an apostrophe a Ukrainian one (п’ять).
_JOIN = (
    f"(?:[{_MARKS}\u00ad\u200d]+"
    f'|(?<=[{_HEBREW}])["\u05f4\u201d](?=[{_HEBREW}](?![{_HEBREW}]))'
    f"|(?<=[{_HEBREW}])['\u05f3\u2019](?=[{_HEBREW}])"
    f"|(?<=[{_CYRILLIC}])['\u2019](?=[{_CYRILLIC}]))"
)
# Most words end at a blank, which the look-ahead tells at once. No possessive signs: Python before 3.11.5 repeats groups of them wrongly.
_WORD = re.compile(rf"[^\W_]+(?:(?! ){_JOIN}[^\W_]*)*")
_WORD_BETWEEN = re.compile(f"({_WORD.pattern})")
_RUN = re.compile(rf"[{_UNSPACED}](?:[{_UNSPACED}{_MARKS}])*|[^{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_JUNK = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_ACRONYM_MARK = re.compile(rf"(?<=[{_HEBREW}])[\"\u05f4\u201d](?=[{_HEBREW}](?![{_HEBREW}]))|(?<=[{_HEBREW}])['\u05f3](?=[{_HEBREW}])")
_CYRILLIC_APOSTROPHE = re.compile(rf"(?<=[{_CYRILLIC}])['\u02bc](?=[{_CYRILLIC}])")

_DIGITS = {
    point: str(unicodedata.digit(chr(point)))
    for point in chain(range(0x660, 0x66A), range(0x6F0, 0x6FA), range(0x966, 0x970), range(0x9E6, 0x9F0), range(0xE50, 0xE5A))
}
_FOLDED = str.maketrans("ٱىةکیøłđıðħ", "ايهكيoldidh")
_DROPPED: dict[int, None] = dict.fromkeys(
    [0x640, 0x2BC, 0xAD, 0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


class Token(NamedTuple):
    """One word of a text: normalised, as written, and where it starts (in characters)."""

    text: str
    raw: str
    start: int


@dataclass(frozen=True, slots=True)
class Tokens(Sequence[Token]):
    """The words of a text in order, as three lists side by side: an article has a thousand, most are only ever looked up by `texts`."""

    texts: list[str]
    raws: list[str]
    starts: list[int]

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> Tokens: ...
    def __getitem__(self, place: int | slice) -> Token | Tokens:
        """One word, or the words of a slice."""
        if isinstance(place, slice):
            return Tokens(self.texts[place], self.raws[place], self.starts[place])
        return Token(self.texts[place], self.raws[place], self.starts[place])

    def __iter__(self) -> Iterator[Token]:
        return map(Token, self.texts, self.raws, self.starts)


def _side_by_side(found: Sequence[Token]) -> Tokens:
    return Tokens([token.text for token in found], [token.raw for token in found], [token.start for token in found])


def primary(language: str) -> str:
    """The primary language of a BCP 47 code: "pt-BR" is "pt"."""
    return language.replace("_", "-").partition("-")[0].lower()


def norm(text: str) -> str:
    """Text as it is compared: compatibility forms, case, accents and writing habits folded, whatever the language.

    Letters that only look accented (й, ї, ў, voiced kana) and vowel signs stay. Applying it twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    text = _unaccented(text).translate(_DIGITS).translate(_FOLDED)
    text = _CYRILLIC_APOSTROPHE.sub("", _ACRONYM_MARK.sub("", text))
    return unicodedata.normalize("NFC", text.translate(_DROPPED))


def _unaccented(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(map(_bare_sign, unicodedata.normalize("NFC", text))))


@lru_cache(maxsize=1 << 14)
def _bare_sign(sign: str) -> str:
    if sign < "\u00c0" or sign in _KEPT_LETTERS:
        return sign
    return "".join(part for part in unicodedata.normalize("NFD", sign) if not _is_accent(part))


def _is_accent(sign: str) -> bool:
    if sign in _KANA_VOICING or not unicodedata.category(sign).startswith("M"):
        return False
    return not any(first <= ord(sign) <= last for first, last in _VOWEL_SIGN_BLOCKS)


@lru_cache(maxsize=1 << 16)
def _token(word: str) -> str:
    """One word normalised, with the signs its compatibility form may bring (½) taken out."""
    return _JUNK.sub("", norm(word)) if not word.isascii() else word.lower()


def tokens(text: str) -> list[str]:
    """The normalised words of a text, in order; scripts without spaces (Han, Kana, Hangul, Thai …) give overlapping pairs of signs."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return [normal for word in _WORD.findall(text) if (normal := _token(word))]
    found: list[str] = []
    for word in _WORD.findall(text):
        if word.isascii() or not _HAS_UNSPACED.search(word):
            if normal := _token(word):
                found.append(normal)
        else:
            found.extend(token.text for token in _split(word, 0))
    return found


def tokenise(text: str) -> Tokens:
    """The same words as `tokens`, each with how it was written and where."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return _tokens_at(text)
    found: list[Token] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii() or not _HAS_UNSPACED.search(word):
            if normal := _token(word):
                found.append(Token(normal, word, match.start()))
        else:
            found.extend(_split(word, match.start()))
    return _side_by_side(found)


def _tokens_at(text: str) -> Tokens:
    """The tokens of a text whose words are all spaced, without a step of Python for each: an article has a thousand."""
    pieces = _WORD_BETWEEN.split(text)
    raws = pieces[1::2]
    normal = list(map(_token, raws))
    starts = list(accumulate(map(len, pieces)))[: len(pieces) - 1 : 2]
    found = Tokens(normal, raws, starts)
    return _side_by_side([token for token in found if token.text]) if "" in normal else found


def _split(word: str, start: int) -> list[Token]:
    """The runs of a word that mixes scripts (F35戦闘機), those without spaces as pairs."""
    found: list[Token] = []
    for run in _RUN.finditer(word):
        written = run[0]
        at = start + run.start()
        signs = _JUNK.sub("", norm(written)) if _HAS_UNSPACED.match(written) else ""
        if not signs:
            if normal := _token(written):
                found.append(Token(normal, written, at))
        elif len(signs) == 1:
            found.append(Token(signs, written, at))
        else:
            same = len(signs) == len(written)
            for place in range(len(signs) - 1):
                pair = written[place : place + 2] if same else signs[place : place + 2]
                found.append(Token(signs[place : place + 2], pair, at + (place if same else 0)))
    return found


# ── stems ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Stemmers expect the accents that `norm` drops. Those that decide a suffix are put back before stemming, so that a query typed
# without accents and a text with them still meet in one stem.
_REPAIRS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "es": ((re.compile(r"([cs])ion$"), r"\1ión"), (re.compile(r"logia(s?)$"), r"logía\1")),
    "pt": ((re.compile(r"cao$"), "ção"), (re.compile(r"coes$"), "ções"), (re.compile(r"([^c])oes$"), r"\1ões")),
    "fr": ((re.compile(r"ee(s?)$"), r"ée\1"), (re.compile(r"ite(s?)$"), r"ité\1")),
    "pl": ((re.compile(r"ow$"), "ów"), (re.compile(r"osc$"), "ość")),
    "ar": ((re.compile("(?<=...)ه$"), "ة"),),
    "fa": ((re.compile("ي"), "ی"), (re.compile("ك"), "ک")),
    "tr": ((re.compile(r"(?<=[aou])([^aeiou]*)i"), r"\1ı"), (re.compile(r"(?<=ı)([^aeiouı]*)i"), r"\1ı")),
}
_FALLBACK_LENGTH = 6  # languages without a stemmer: the first six letters


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _ALGORITHMS.get(language)
    return Stemmer.Stemmer(name, 0) if name else None


def stem_rules(language: str) -> str:
    """Whose stemming rules a language's words follow: its own primary code, or "" where the first letters are all there is."""
    language = primary(language)
    return language if language in _ALGORITHMS else ""


def stem(token: str, language: str) -> str:
    """The stem of one token in a language (its first six letters where no stemmer is known), normalised like tokens."""
    return _stem(token, primary(language))


@lru_cache(maxsize=1 << 17)
def _stem(token: str, language: str) -> str:
    word = _token(token)
    if not (word.isalpha() and word.isascii()) and (not word or any(map(str.isdigit, word)) or _HAS_UNSPACED.match(word)):
        return word
    stemmer = _stemmer(language)
    if stemmer is None:
        return word[:_FALLBACK_LENGTH]
    for pattern, accented in _REPAIRS.get(language, ()):
        word = pattern.sub(accented, word)
    return _token(stemmer.stemWord(word)) or word


def stems(words: Iterable[str], language: str) -> list[str]:
    """The stems of tokens, in order."""
    language = primary(language)
    return [_stem(word, language) for word in words]


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """The words of a language that say nothing of a text's subject, as tokens; empty for a language without a list.

    Source: the stopwords-iso collection.
    """
    language = primary(language)
    language = "no" if language in ("nb", "nn") else language
    if not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(chain.from_iterable(tokens(word) for word in stopwordsiso.stopwords(language)))


# ── clitics ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_CLITICS = {
    "ar": ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال", "و", "ب", "ل", "ف"),
    "he": ("וב", "ול", "ומ", "וה", "שב", "שה", "מה", "ב", "ל", "מ", "ה", "ו", "ש", "כ"),
}
_REMAINDER = 3


@lru_cache(maxsize=1 << 15)
def clitics(token: str, language: str) -> tuple[str, ...]:
    """What a token may be once a prefixed article, conjunction or preposition is taken off (Arabic, Hebrew), longest prefix first.

    These are further forms to look up, never replacements; at least three letters remain.
    """
    prefixes = _CLITICS.get(primary(language), ())
    rests = (token[len(prefix) :] for prefix in prefixes if token.startswith(prefix))
    return tuple(rest for rest in rests if len(rest) >= _REMAINDER)


# ── skeletons ────────────────────────────────────────────────────────────────────────────────────────────────────────

_ENDINGS = re.compile("(?:ами|ого|ому|ыми|ими|ов|ой|ом|ем|ам|ах|ей|ый|ий|а|я|у|ю|е|ы|и|о)$")
_SOUNDS = {
    "tsch": "s", "sch": "s", "tch": "s", "sh": "s", "ch": "s", "zh": "s", "cz": "s", "sz": "s", "ph": "f", "ck": "k", "kh": "k", "gh": "g",
    "th": "t", "dj": "j", "q": "k", "c": "k", "x": "ks", "w": "v", "z": "s", "y": "i", "j": "i", "h": "",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_VOWELS = str.maketrans("", "", "aeiou")
_DOUBLE = re.compile(r"(.)\1+")
_SHORTEST_SKELETON = 3


@lru_cache(maxsize=1 << 16)
def skeleton(word: str, cut: int | None = None) -> str:
    """The consonants of a word in Latin letters, alike across scripts and spellings; "" when fewer than three signs are left.

    `cut` keeps only that many signs (five for grouping across languages).
    """
    if len(word) > 5 and "\u0400" <= word[0] <= "\u052f":
        word = _ENDINGS.sub("", word)
    latin = (word if word.isascii() else anyascii.anyascii(word)).lower()
    if not (latin.isalnum() and latin.isascii()):
        latin = "".join(sign for sign in latin if sign.isascii() and sign.isalnum())
    sounds = _DOUBLE.sub(r"\1", _SOUND.sub(lambda match: _SOUNDS[match[0]], latin))
    if not sounds:
        return ""
    first = "a" if sounds[0] in "aeiou" else sounds[0]
    bones = _DOUBLE.sub(r"\1", first + sounds[1:].translate(_VOWELS))
    return bones[:cut] if len(bones) >= _SHORTEST_SKELETON else ""


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}([ .,'\u00a0\u202f\u2009\u2019])\d{3}(?:\1\d{3})*(?!\d)|\d+")
_YEARS = range(1900, 2100)


def numbers(text: str) -> list[str]:
    """The telling numbers of a text in order: two digits or more, grouped thousands joined (1 200, 1.200), years left out."""
    found = (re.sub(r"\D", "", match[0]) for match in _NUMBER.finditer(text.translate(_DIGITS)))
    return [number for number in found if len(number) >= 2 and not (len(number) == 4 and int(number) in _YEARS)]
