"""Finds terms in an article: one look at each distinct word, then phrases, prefixes and windows checked on positions.

`read` lays an article out as positions (title, lead of 120 words, body, with gaps that no window crosses); `TermTable` holds the compiled
terms of one language; `TermTable.find` gives every place where a term stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal, NamedTuple

from monitor.knowledge import Near, Term, Words
from monitor.pipeline.words import Tokens, clitics, primary, skeleton, stem, stems, tokenise, tokens

Zone = Literal["title", "lead", "body"]
LEAD_WORDS = 120
_GAP = 100
_BLANK, _NOWHERE = [""] * _GAP, [0] * _GAP
_CASED_LETTERS = 3
_ENDING = 2  # letters by which a form of a word may differ from the term
_SHORTEST_ROOT = 3
_HEAD = 3
_FEW = 8  # positions that are sooner looked through than made a set
_MOST_KNOWN = 1 << 14  # words a table remembers; of ordinary news so many cover nearly every word
_MOST_SPANS = 200  # of one side of a window: a hostile text of one word must not cost its square


class Span(NamedTuple):
    """Where a term stands: positions from `start` up to, not including, `end`."""

    start: int
    end: int


_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)  # twice as quick as Span(…), and there are hundreds an article


@dataclass(slots=True)
class Reading:
    """An article as positions: `words` with blank gaps between the zones, `at` tells where each word and each clitic-free form stands."""

    language: str
    title: str
    text: str
    words: Tokens
    starts: tuple[int, int, int]  # first position of title, lead, body
    at: dict[str, list[int]]
    length: int  # words without the gaps
    shouted: bool  # the headline is in capitals, or in Title Case: capitals in it prove nothing

    @property
    def below(self) -> int:
        """Words under the headline."""
        return self.length - (self.starts[1] - _GAP)

    def zone(self, position: int) -> tuple[Zone, int]:
        """The zone of a position and the offset in it, in tokens."""
        title, lead, body = self.starts
        if position >= body:
            return "body", position - body
        return ("lead", position - lead) if position >= lead else ("title", position - title)

    def written(self, span: Span) -> str:
        """The words of a span as the article wrote them."""
        begins, last = self.words.starts, span.end - 1
        source = self.title if span.start < self.starts[1] else self.text
        return source[begins[span.start] : begins[last] + len(self.words.raws[last])]

    def around(self, span: Span) -> tuple[str, str]:
        """The signs that touch a span on its left and right, "" at the ends of the text."""
        first, last = self.words[span.start], self.words[span.end - 1]
        source = self.title if span.start < self.starts[1] else self.text
        end = last.start + len(last.raw)
        return source[first.start - 1 : first.start] if first.start else "", source[end : end + 1]

    def begins_sentence(self, position: int) -> bool:
        """Whether the word stands first in its zone or after a full stop, colon, quote or line end."""
        before = self.words.raws[position - 1] if position else ""
        if not before:
            return True
        source = self.title if position < self.starts[1] else self.text
        between = source[self.words.starts[position - 1] + len(before) : self.words.starts[position]]
        return any(sign in '.:!?…«“„”"\n' for sign in between)


def read(title: str, text: str, language: str, tokens_of: tuple[Tokens, Tokens] | None = None) -> Reading:
    """Lays an article out for the finding of terms; `language` is its BCP 47 code or "", `tokens_of` its title and text if known."""
    language = primary(language)
    headline, rest = tokens_of or (tokenise(title), tokenise(text))
    lead, body = rest[:LEAD_WORDS], rest[LEAD_WORDS:]
    words = Tokens(
        [*headline.texts, *_BLANK, *lead.texts, *_BLANK, *body.texts],
        [*headline.raws, *_BLANK, *lead.raws, *_BLANK, *body.raws],
        [*headline.starts, *_NOWHERE, *lead.starts, *_NOWHERE, *body.starts],
    )
    starts = (0, len(headline) + _GAP, len(headline) + len(lead) + 2 * _GAP)
    found: defaultdict[str, list[int]] = defaultdict(list)
    for zone, start in zip((headline, lead, body), starts, strict=True):
        for position, word in enumerate(zone.texts, start):
            found[word].append(position)
    at = dict(found)
    if language in ("ar", "he"):
        for word in list(at):
            for rest_of_word in clitics(word, language):
                at[rest_of_word] = sorted({*at.get(rest_of_word, ()), *at[word]})
    return Reading(language, title, text, words, starts, at, len(headline) + len(rest), _shouted(headline))


def _shouted(headline: Tokens) -> bool:
    cased = [raw for raw in headline.raws if raw[:1].lower() != raw[:1].upper() and len(raw) > _CASED_LETTERS]
    if len(cased) < 2:
        return False
    return sum(word[:1].isupper() for word in cased) >= 0.8 * len(cased)


# ── compiled terms ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Atoms that must follow each other; `raws` are spellings that must be met exactly (None: any)."""

    atoms: tuple[int, ...]
    raws: tuple[str | None, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class _Window:
    left: tuple[_Phrase, ...]
    right: tuple[_Phrase, ...]
    distance: int
    ordered: bool


class TermTable:
    """The terms of one language, compiled; `add` them all, then `find` in any number of readings."""

    def __init__(self, language: str) -> None:
        self.language = primary(language)
        self._words: dict[str, int] = {}
        self._stems: dict[str, dict[str, int]] = {}  # stem -> word of a term -> atom
        self._prefixes: dict[int, dict[str, int]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}  # first three letters -> lengths of the prefixes that begin so
        self._short: tuple[int, ...] = ()  # lengths of the prefixes shorter than that
        self._skeletons: dict[str, int] = {}
        self._atoms = 0
        self._terms: list[_Phrase | _Window] = []
        self._alone: dict[int, list[int]] = {}  # atom -> terms that are this one word
        self._anchored: dict[int, list[tuple[int, int]]] = {}  # atom -> other terms that need it, each with another atom it needs
        self._known: dict[str, tuple[int, ...]] = {}  # word -> the atoms it meets

    def add(self, term: Term, *, family: bool = False, by_sound: bool = False) -> int:
        """Compiles a term and returns its number; -1 when it has no word at all or is a reference.

        `family` lets a single word match by stem; `by_sound` matches words by skeleton (names across scripts).
        """
        compiled: _Phrase | _Window | None
        if isinstance(term, Words):
            compiled = self._phrase(term, family, by_sound)
            anchors = compiled.atoms[:1] if compiled else ()
        elif isinstance(term, Near):
            left = tuple(phrase for words in term.left if (phrase := self._phrase(words, family, False)))
            right = tuple(phrase for words in term.right if (phrase := self._phrase(words, family, False)))
            compiled = _Window(left, right, term.distance, term.ordered) if left and right else None
            anchors = tuple(phrase.atoms[0] for phrase in left)
        else:
            return -1
        if compiled is None:
            return -1
        number = len(self._terms)
        self._terms.append(compiled)
        self._known = {}  # never emptied: another thread may be reading it
        alone = isinstance(compiled, _Phrase) and len(compiled.atoms) == 1 and not compiled.exact
        for atom in set(anchors):
            if alone:
                self._alone.setdefault(atom, []).append(number)
            else:
                other = compiled.atoms[-1] if isinstance(compiled, _Phrase) else atom
                self._anchored.setdefault(atom, []).append((number, other))
        return number

    def _phrase(self, words: Words, family: bool, by_sound: bool) -> _Phrase | None:
        atoms: list[int] = []
        raws: list[str | None] = []
        for text, raw, prefixed in _pieces(words.text):
            atoms.append(self._atom(text, prefixed, by_sound))
            raws.append(raw if words.exact else None)
        if family and not words.exact and len(atoms) == 1 and not words.text.endswith("*"):
            word = tokens(words.text)[0]
            atoms = [self._number(self._stems.setdefault(stem(word, self.language), {}), word)]
        return _Phrase(tuple(atoms), tuple(raws), words.exact) if atoms else None

    def _atom(self, word: str, prefixed: bool, by_sound: bool) -> int:
        bones = skeleton(word) if by_sound else ""
        if len(bones) > 3:
            return self._number(self._skeletons, bones)
        if prefixed:
            lengths = self._lengths.get(word[:_HEAD], ()) if len(word) >= _HEAD else self._short
            if len(word) not in lengths and len(word) >= _HEAD:
                self._lengths[word[:_HEAD]] = (*lengths, len(word))
            elif len(word) not in lengths:
                self._short = (*lengths, len(word))
            return self._number(self._prefixes.setdefault(len(word), {}), word)
        return self._number(self._words, word)

    def _number(self, table: dict[str, int], key: str) -> int:
        if key not in table:
            table[key] = self._atoms
            self._atoms += 1
        return table[key]

    def find(self, reading: Reading) -> dict[int, list[Span]]:
        """Every term found, by its number, with where it stands, in order."""
        hits = self._hits(reading)
        found: dict[int, list[Span]] = {}
        for atom in hits.keys() & self._alone.keys():
            spans = [_span((position, position + 1)) for position in hits[atom]]
            for number in self._alone[atom]:
                found[number] = spans
        anchored = hits.keys() & self._anchored.keys()
        for number in {number for atom in anchored for number, other in self._anchored[atom] if other in hits}:
            term = self._terms[number]
            spans = _phrase_spans(term, hits, reading) if isinstance(term, _Phrase) else _window_spans(term, hits, reading)
            if spans:
                found[number] = spans
        return {number: found[number] for number in sorted(found)}

    def _hits(self, reading: Reading) -> dict[int, list[int]]:
        """Where each atom is met; what a word meets is worked out once, most words of an article have been seen in others."""
        if len(self._known) > _MOST_KNOWN:
            self._known = {}
        known, hits = self._known, dict[int, list[int]]()
        if new := [word for word in reading.at if word not in known]:
            known.update(self._met_by(new))
        for positions, atoms in zip(reading.at.values(), map(known.__getitem__, reading.at), strict=True):
            for atom in atoms:
                hits[atom] = sorted({*hits[atom], *positions}) if atom in hits else positions
        return hits

    def _met_by(self, words: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Each word with the atoms it meets: as itself, by its beginning, its stem or its sound; mostly none."""
        for word, root in zip(words, stems(words, self.language) if self._stems else words, strict=True):
            atoms = [self._words[word]] if word in self._words else []
            for length in self._short + self._lengths.get(word[:_HEAD], ()):
                atoms += [atom] if (atom := self._prefixes[length].get(word[:length])) is not None else ()
            if root in self._stems:
                atoms += [atom for relative, atom in self._stems[root].items() if _close(relative, word)]
            if self._skeletons and (bones := skeleton(word)) in self._skeletons:
                atoms.append(self._skeletons[bones])
            yield word, tuple(atoms)


@lru_cache(maxsize=1 << 15)
def _pieces(written: str) -> tuple[tuple[str, str, bool], ...]:
    """The words of a term: normalised, as written, and whether more letters may follow; the same term is compiled for forty languages."""
    pieces = []
    for part in written.split():
        found = tokenise(part)
        for place, token in enumerate(found):
            last = place == len(found) - 1
            pieces.append((token.text, token.raw, last and (part.endswith("*") or (len(written) == 1 and not token.text.isascii()))))
    return tuple(pieces)


def _close(term: str, word: str) -> bool:
    """Whether a word of the same stem is a form of the term, not merely a cousin: accord is no form of according, nor port of portée."""
    shared = max(len(term) - _ENDING, _SHORTEST_ROOT)
    return word[:shared] == term[:shared] and len(word) <= len(term) + _ENDING


def _phrase_spans(phrase: _Phrase, hits: Mapping[int, list[int]], reading: Reading) -> list[Span]:
    starts, length = hits.get(phrase.atoms[0], []), len(phrase.atoms)
    for place in range(1, length):
        positions = hits.get(phrase.atoms[place])
        if not starts or positions is None:
            return []
        there = positions if len(positions) < _FEW else set(positions)
        starts = [start for start in starts if start + place in there]
    if phrase.exact:
        starts = [start for start in starts if all(reading.words.raws[start + place] == raw for place, raw in enumerate(phrase.raws))]
    return [_span((start, start + length)) for start in starts]


def _window_spans(window: _Window, hits: Mapping[int, list[int]], reading: Reading) -> list[Span]:
    if not any(phrase.atoms[0] in hits for phrase in window.right):
        return []
    left = [span for phrase in window.left for span in _phrase_spans(phrase, hits, reading)][:_MOST_SPANS]
    if not left:
        return []
    right = [span for phrase in window.right for span in _phrase_spans(phrase, hits, reading)][:_MOST_SPANS]
    spans = set()
    for one in left:
        for other in right:
            first, second = (one, other) if one.start <= other.start else (other, one)
            if (window.ordered and first is not one) or second.start < first.end:
                continue
            if second.start - first.end <= window.distance:
                spans.add(Span(first.start, second.end))
    return sorted(spans)
