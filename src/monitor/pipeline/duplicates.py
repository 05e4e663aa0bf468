"""Finds articles that carry the same text: wire copies, reprints, and short items under one title."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Literal

from monitor.pipeline.story_wording import agency_credit, shingles, title_key
from monitor.records import Copy, StoryDoc

__all__ = ["CopyIndex", "agency_credit", "shingles", "title_key"]

_SHARED = 4  # sampled shingles two texts must share to be compared
_REUSES, _COPY = 0.40, 0.80  # containment: at .40 no false pair in 395 real articles, recall 1.0 on five kinds of edits
_SHORT = 16  # fewer sampled shingles than this: a text of under 40 tokens, compared by its title
_SAME_TITLE = 0.8
_TITLE_HOURS = 48
WINDOW = timedelta(days=7)


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Chains:
    """Which documents hold a hash: a hash table in flat arrays, 16 bytes an entry, because a week holds millions."""

    def __init__(self) -> None:
        self._heads = array("i", [-1]) * 1024
        self._next, self._marks, self._docs = array("i"), array("I"), array("I")

    def add(self, number: int, doc: int) -> None:
        self._marks.append(number)
        self._docs.append(doc)
        self._next.append(-1)
        if len(self._docs) > len(self._heads):
            self._heads = array("i", [-1]) * (2 * len(self._heads))
            for entry in range(len(self._docs)):
                self._chain(entry)
        else:
            self._chain(len(self._docs) - 1)

    def _chain(self, entry: int) -> None:
        slot = self._marks[entry] & (len(self._heads) - 1)
        self._next[entry] = self._heads[slot]
        self._heads[slot] = entry

    def __len__(self) -> int:
        return len(self._docs)

    def hand_over(self, fresh: _Chains, kept: Collection[int]) -> None:
        """Add to a fresh table what the documents that are kept were added with."""
        for number, doc in zip(self._marks, self._docs, strict=True):
            if doc in kept:
                fresh.add(number, doc)

    def count(self, numbers: Iterable[int], hits: dict[int, int]) -> None:
        """Add to `hits` how many of these hashes each document was added with."""
        heads, following, marks, docs, slots = self._heads, self._next, self._marks, self._docs, len(self._heads) - 1
        for number in numbers:
            entry = heads[number & slots]
            while entry >= 0:
                if marks[entry] == number:
                    doc = docs[entry]
                    hits[doc] = hits.get(doc, 0) + 1
                entry = following[entry]


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    outlet: str
    at: datetime
    shingles: array[int]  # 16 bits of each
    title: str

    @property
    def short(self) -> bool:
        return len(self.shingles) < _SHORT


class CopyIndex:
    """The wording of the last days' articles; tells of each new one whether it carries the text of an earlier one.

    Texts are compared by containment, |A∩B| / min(|A|, |B|) of their sampled shingles; texts too short for that by their titles, across
    outlets and within 48 hours. Deterministic: the fullest match wins, then the earliest, then the smallest id.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._by_age: list[tuple[datetime, int]] = []
        self._last = 0
        self._dropped = 0
        self._chains = _fresh_chains()
        self._titles: dict[str, list[int]] = {}
        self._short_titles: dict[str, list[int]] = {}  # … of short articles only, which are all that a long one is compared with

    def __len__(self) -> int:
        return len(self._known)

    def add(self, doc: StoryDoc) -> Copy | None:
        """Remember an article and say which earlier one it copies (containment ≥ .8) or reuses (≥ .4), if any."""
        hashes = {one >> 8 & _MASK for one in doc.shingles}
        own = {one & _COMPARED for one in hashes}
        known = _Known(doc.id, doc.outlet, doc.at, array("H", own), doc.title_key)
        found = self._same_text(known, hashes, own) or self._same_title(known)
        self._last += 1
        self._index(self._last, hashes)
        self._remember(self._last, known)
        heapq.heappush(self._by_age, (known.at, self._last))
        return found

    def forget(self, before: datetime) -> None:
        """Drop the articles from before a moment."""
        while self._by_age and self._by_age[0][0] < before:
            _, number = heapq.heappop(self._by_age)
            del self._known[number]
            self._dropped += 1
        if self._dropped > len(self._known):
            self._rebuild()

    def _rebuild(self) -> None:
        kept, self._known = self._known, {}
        chains = self._chains
        self._chains, self._titles, self._short_titles, self._dropped = _fresh_chains(), {}, {}, 0
        for step, chain in chains.items():
            chain.hand_over(self._chains[step], kept)
        for number, known in kept.items():
            self._remember(number, known)

    def _index(self, number: int, hashes: Collection[int]) -> None:
        length = len(hashes)
        step = _EVERY_HASH if length <= _FULLY_INDEXED else _EVERY_FOURTH if length <= _AN_EIGHTH_IS_ENOUGH else _EVERY_EIGHTH
        chain = self._chains[step]
        for one in hashes:
            if not one & step:
                chain.add(one, number)

    def _remember(self, number: int, known: _Known) -> None:
        self._known[number] = known
        for token in _rare_part(known.title):
            self._titles.setdefault(token, []).append(number)
            if known.short:
                self._short_titles.setdefault(token, []).append(number)

    def _same_text(self, new: _Known, hashes: Collection[int], own: set[int]) -> Copy | None:
        if len(own) < _SHARED:
            return None
        hits: dict[int, int] = {}
        for step, chain in self._chains.items():
            if len(chain):
                chain.count([one for one in hashes if not one & step] if step else hashes, hits)
        candidates = sorted((-count, number) for number, count in hits.items() if number in self._known)[:_MOST_COMPARED]
        found = [copy for _, number in candidates if (copy := _contained(own, self._known[number], new.at))]
        return min(found)[-1] if found else None

    def _same_title(self, new: _Known) -> Copy | None:
        titles = self._titles if new.short else self._short_titles
        numbers = {number for token in _rare_part(new.title) for number in titles.get(token, ())}
        found = [copy for number in numbers if (old := self._known.get(number)) and (copy := _titled_alike(new, old))]
        return min(found)[-1] if found else None


_Found = tuple[float, datetime, str, Copy]
# Bits of a hash that must be zero; high ones, because low ones choose the slot.
_EVERY_HASH, _EVERY_FOURTH, _EVERY_EIGHTH = 0, 3 << 30, 7 << 29
_STEPS = (_EVERY_HASH, _EVERY_FOURTH, _EVERY_EIGHTH)
_MASK = 0xFFFFFFFF  # half of each hash is looked up: among 200 hashes a chance meeting is one in ten million
_COMPARED = 0xFFFF  # a quarter of it is kept for each text; what then meets by chance is taken off
_FULLY_INDEXED, _AN_EIGHTH_IS_ENOUGH = 64, 256
_MOST_COMPARED = 50


def _fresh_chains() -> dict[int, _Chains]:
    """One table for texts of each length: a long one then looks up an eighth of its hashes among the long ones."""
    return {step: _Chains() for step in _STEPS}


def _contained(own: set[int], old: _Known, at: datetime) -> _Found | None:
    """How much of the shorter text is in the other, when that is enough to be the same text."""
    shared = len(own.intersection(old.shingles))
    if shared < _SHARED or abs(old.at - at) > WINDOW:
        return None
    fewer, more = sorted((len(own), len(old.shingles)))
    chance = min(more / (_COMPARED + 1), 0.5)
    containment = (shared / fewer - chance) / (1 - chance)
    if containment < _REUSES:
        return None
    kind: Literal["copy_of", "reuses"] = "copy_of" if containment >= _COPY else "reuses"
    return -containment, old.at, old.id, Copy(old.id, kind, round(containment, 3))


def _titled_alike(new: _Known, old: _Known) -> _Found | None:
    """A short item of another outlet under (nearly) the same title within 48 hours."""
    if not (new.short or old.short) or (new.outlet and new.outlet == old.outlet):
        return None
    if not new.title or not old.title or abs(new.at - old.at) > timedelta(hours=_TITLE_HOURS):
        return None
    if new.title == old.title:
        likeness = 1.0
    else:
        first, second = set(new.title.split()), set(old.title.split())
        likeness = len(first & second) / len(first | second)
    if likeness < _SAME_TITLE:
        return None
    return -likeness, old.at, old.id, Copy(old.id, "copy_of", round(likeness, 3))


@lru_cache(maxsize=256)
def _rare_part(title: str) -> tuple[str, ...]:
    """The tokens by which titles are looked up: two sets with Jaccard ≥ .8 share one of their first n − ⌈.8 n⌉ + 1 in any fixed order."""
    tokens = sorted(set(title.split()), key=lambda token: (-len(token), token))
    return tuple(tokens[: len(tokens) - ceil(_SAME_TITLE * len(tokens)) + 1])
