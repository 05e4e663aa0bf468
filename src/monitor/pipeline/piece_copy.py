"""Whether a piece quotes its sources word for word, and whether it copies them where it does not quote."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monitor.pipeline import words
from monitor.pipeline.piece_text import Quotation, is_in, passage, quotations

MOST_ALIKE = 12
"""Words in a row that a piece may share with a source outside quotation marks."""
SHORT_QUOTATION = 3
"""Words in marks that are so few do not interrupt a copied passage: a copy does not become a quotation by marks around one word."""
A_TERM = 2
"""A name or term in marks of so few words is no quotation of a source when no source has it."""
_GRAM = 5
_MOST_PLACES = 50  # of the same five words in a source: a text of one word repeated is no reason to stand still
_MOST_TRIED = 5000
_LONGEST_ASIDE = 8
_LEFT_OUT = re.compile(r"\[\s*(?:…|\.{2,}|\. \. \.)\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3,}")
_LETTERS_PUT_IN = re.compile(r"\[(\w{1,3})\](?=\w)|(?<=\w)\[(\w{1,3})\]")
_PUT_IN = re.compile(r"\[[^\]\n]{0,200}\]")
_ASIDE = re.compile(r"\s*[,–—]\s*([^,–—]{2,80}?)\s*[,–—]\s*")
_SAYING = frozenset(
    {
        *("dit", "disait", "declare", "declarait", "affirme", "affirmait", "explique", "expliquait", "ajoute", "ajoutait", "assure"),
        *("assurait", "estime", "estimait", "precise", "precisait", "indique", "indiquait", "selon", "poursuit", "poursuivait", "insiste"),
        *("insistait", "rappelle", "rappelait", "souligne", "resume", "lance", "confie", "repond", "repete", "previent", "avertit"),
        *("martele", "conclut", "conclu", "reconnait", "reconnu", "admet", "juge", "tranche", "said", "says", "told", "tells", "added"),
        *("adds", "explained", "explains", "according", "warned", "warns", "insisted", "insists", "noted", "notes", "argued", "argues"),
        *("wrote", "writes", "sagte", "sagt", "erklarte", "betonte", "laut", "dijo", "dice", "afirmo", "declaro", "segun", "disse"),
        *("detto", "secondo"),
    }
)
_APOSTROPHES = "'’ʼ"


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What can be compared of one source: its headline, its text (None: there is none to compare with) and whether that is all of it."""

    position: int
    language: str
    headline: str
    text: str | None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Quoted:
    """One quotation and what was found: `found` is the position of the source that has it, 0 when none has.

    `why` says, when none has it, whether that is a fault: absent (all that could hold it were read), translated (a source in another
    language may hold it), gone (a source's text is not here), part (of a source only a part could be read), term (too short to tell).
    """

    quotation: Quotation
    found: int
    why: str = ""
    source: int = 0  # the first source that could not be looked at


@dataclass(frozen=True, slots=True)
class Copied:
    """A passage shared with a source outside quotation marks: how many words, where in the text, which source."""

    words: int
    passage: str
    source: int


# ── word for word ────────────────────────────────────────────────────────────────────────────────────────────────────


def quoted(text: str, language: str, sources: Sequence[SourceWords]) -> tuple[Quoted, ...]:
    """Every quotation of the text with the source that has it; ellipses and words in brackets stand for anything, in order."""
    ready = [(source, _place(f"{source.headline}\n{source.text or ''}")) for source in sources]
    return tuple(_look_up(one, language, ready) for one in quotations(text))


class _Place:
    """The words of a source, to be searched for runs of them."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self._at: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            self._at.setdefault(token, []).append(place)

    def holds(self, parts: Sequence[Sequence[str]]) -> bool:
        """Whether these runs stand in the text one after the other."""
        start = 0
        for part in parts:
            start = self._after(part, start)
            if start < 0:
                return False
        return True

    def _after(self, part: Sequence[str], start: int) -> int:
        places = self._at.get(part[0], [])
        for place in places[bisect_left(places, start) :][:_MOST_TRIED]:
            if list(self.tokens[place : place + len(part)]) == list(part):
                return place + len(part)
        return -1


@lru_cache(maxsize=64)
def _place(text: str) -> _Place:
    """A source's words; while somebody types, the same few sources are asked for every few seconds."""
    return _Place(words.tokens(text))


@lru_cache(maxsize=64)
def _stems(text: str, language: str) -> tuple[str, ...]:
    return tuple(words.stems(words.tokens(text), language))


def _look_up(one: Quotation, language: str, ready: Sequence[tuple[SourceWords, _Place]]) -> Quoted:
    for parts in _readings(one.text):
        for source, place in ready:
            if parts and place.holds(parts):
                return Quoted(one, source.position)
    return _not_found(one, language, [source for source, _ in ready])


def _readings(quotation: str) -> list[list[list[str]]]:
    """The runs of words a quotation stands for: as written, and without an aside that says who speaks (« …, dit-il, … »)."""
    found = [_parts(quotation)]
    asides = [aside for aside in _ASIDE.finditer(quotation) if _says_who(aside[1])]
    if asides:
        found.append(_parts(_without(quotation, asides)))
    return [parts for parts in found if parts]


def _says_who(aside: str) -> bool:
    said = words.tokens(aside)
    return 0 < len(said) <= _LONGEST_ASIDE and not _SAYING.isdisjoint(said)


def _without(quotation: str, asides: Iterable[re.Match[str]]) -> str:
    for aside in reversed(list(asides)):
        quotation = f"{quotation[: aside.start()]} … {quotation[aside.end() :]}"
    return quotation


def _parts(quotation: str) -> list[list[str]]:
    whole = _LETTERS_PUT_IN.sub(lambda match: match[1] or match[2], quotation)
    pieces = _LEFT_OUT.split(_PUT_IN.sub("…", whole))
    return [part for piece in pieces if (part := words.tokens(piece))]


def _not_found(one: Quotation, language: str, sources: Sequence[SourceWords]) -> Quoted:
    said = words.tokens(one.text)
    foreign = [source for source in sources if source.language and words.primary(source.language) != words.primary(language)]
    told = {words.primary(source.language) for source in foreign}
    translated = all(is_in(said, language, other) for other in told)
    if len(said) <= A_TERM:
        return Quoted(one, 0, "term")
    if foreign and translated:
        return Quoted(one, 0, "translated", foreign[0].position)
    missing = next((source for source in sources if source.text is None), None)
    if missing is not None or not sources:
        return Quoted(one, 0, "gone", missing.position if missing else 0)
    partly = next((source for source in sources if not source.whole), None)
    return Quoted(one, 0, "part", partly.position) if partly is not None else Quoted(one, 0, "absent")


# ── copied ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of the piece: its stem, where it stands, how much of a word it is, and whether it stands in quotation marks."""

    stem: str
    start: int
    end: int
    weight: float
    marked: bool


def copied(text: str, language: str, sources: Sequence[SourceWords], most: int = MOST_ALIKE) -> tuple[Copied, ...]:
    """Passages of more than `most` words in a row that stand in a source, outside quotation marks; the longest of each place.

    Words are compared by their stems, so that another ending hides nothing; an elided article belongs to its word (l’armée is one).
    A quotation interrupts a passage unless it is of a few words only.
    """
    found: list[Copied] = []
    for source in sources:
        if not source.text:
            continue
        spoken = source.language or language
        own = _words(text, spoken)
        theirs = _stems(source.text, spoken)
        found += [_copied(text, own, first, last, source) for first, last in _runs(own, theirs, most)]
    return tuple(sorted(found, key=lambda one: (-one.words, one.source)))


def _words(text: str, language: str) -> list[_Word]:
    marks = quotations(text)
    found: list[_Word] = []
    tokens = words.tokenise(text)
    for token, after in pairwise([*tokens, words.Token("", "", len(text))]):
        end = token.start + len(token.raw)
        mark = next((one for one in marks if one.start <= token.start < one.end), None)
        broken = mark is not None and len(words.tokens(mark.text)) > SHORT_QUOTATION
        elided = text[end : end + 1] in _APOSTROPHES and text[end : end + 1] != "" and after.start == end + 1
        weight = 0.5 if _is_pair(token.text) else 0.0 if elided else 1.0
        found.append(_Word("" if broken else words.stem(token.text, language), token.start, end, weight, mark is not None))
    return found


def _is_pair(token: str) -> bool:
    """Whether a token is two signs of a script without spaces, which move on by one sign: half a word."""
    return len(token) == 2 and token[0] >= "\u0e00" and not token[0].isascii()


def _runs(own: Sequence[_Word], theirs: Sequence[str], most: int) -> list[tuple[int, int]]:
    """The longest stretches of the piece (first word, one past the last) that stand in the source, heavier than `most`."""
    grams: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(theirs) - _GRAM + 1):
        grams.setdefault(tuple(theirs[place : place + _GRAM]), []).append(place)
    stems = [word.stem for word in own]
    found: list[tuple[int, int]] = []
    first = 0
    while first <= len(own) - _GRAM:
        reach = 0
        for place in grams.get(tuple(stems[first : first + _GRAM]), ())[:_MOST_PLACES] if "" not in stems[first : first + _GRAM] else ():
            reach = max(reach, _reach(stems, theirs, first, place))
        if reach and sum(word.weight for word in own[first : first + reach] if not word.marked) > most:
            found.append((first, first + reach))
            first += reach - _GRAM  # what begins within a passage and goes on beyond it is found from its end
        first += 1
    return [one for one in found if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in found)]


def _reach(stems: Sequence[str], theirs: Sequence[str], first: int, place: int) -> int:
    length = 0
    while first + length < len(stems) and place + length < len(theirs) and stems[first + length] == theirs[place + length]:
        length += 1
    return length


def _copied(text: str, own: Sequence[_Word], first: int, last: int, source: SourceWords) -> Copied:
    told = sum(word.weight for word in own[first:last] if not word.marked)
    return Copied(int(told), passage(text, own[first].start, own[last - 1].end), source.position)
