"""Finds what was written before on the subject of an article, in any language and of any age: background for a piece."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.pipeline.story_likeness import Profile, named_alike
from monitor.pipeline.story_space import CROSS, LEAST, FeatureSpace, Vector, Weighted
from monitor.pipeline.words import primary
from monitor.records import StoryDoc

_LOOKED_UP = 20_000
_COMPARED = 200
_DEFAULT = Profile()

# How much each kind of features says, "" for the words of one language; chosen on the headlines of benchmarks/understanding/neighbours.py.
_WEIGHTS = {"": 0.8, "k": 0.5, "s": 0.25, "n": 0.12, "g": 0.3, "e": 0.2, "t": 0.1, "c": 0.25}
_LEAST_WORDS = 4.5  # a side with fewer words counts as so many, like the other kinds (LEAST)
_HALF = 0.4  # the weighted overlap that is a nearness of one half


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """An article near another: its id, how near (0 … 1) and why in readable lines."""

    id: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Follows:
    """The ended story that an article continues, how near (0 … 1) and why."""

    story: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    language: str
    at: datetime
    vector: Vector
    names: str
    story: str


class Related:
    """An archive of articles' features; time does not count, only what they are about."""

    def __init__(self, profile: Profile = _DEFAULT) -> None:
        self._profile = profile
        self._space = FeatureSpace()
        self._kept: list[_Kept] = []
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, doc: StoryDoc, story: str = "") -> None:
        """Keep an article, with its story if `follows` shall find that; one already kept is left as it is."""
        if doc.id in self._known:
            return
        self._known.add(doc.id)
        vector = self._space.encode(doc)
        names = "\t".join(f"{sound}={name}" for sound, name in doc.names.items())
        self._space.add(len(self._kept), vector)
        self._kept.append(_Kept(doc.id, _language(doc), doc.at, vector, names, story))

    def hear(self, doc: StoryDoc) -> None:
        """Let an article count for how rare words are, without being found: a small archive knows too little of that by itself."""
        if doc.id not in self._known:
            self._space.hear(self._space.encode(doc))

    def closest(self, doc: StoryDoc, top: int = 10) -> tuple[RelatedArticle, ...]:
        """The nearest kept articles other than itself, nearest first; equals by id."""
        return tuple(RelatedArticle(kept.id, score, why) for kept, score, why in self._ranked(doc, top))

    def follows(self, doc: StoryDoc) -> Follows | None:
        """The story of which an article is a continuation: ended four days before it, at most 60 days ago, near enough (.5)."""
        end, far = timedelta(days=self._profile.end_days), timedelta(days=self._profile.follow_days)
        newest: dict[str, datetime] = {}
        for kept in self._kept:
            newest[kept.story] = max(newest.get(kept.story, kept.at), kept.at)
        for kept, score, why in self._ranked(doc, _COMPARED):
            if kept.story and score >= self._profile.follow and end <= doc.at - newest[kept.story] <= far:
                return Follows(kept.story, score, why)
        return None

    def _ranked(self, doc: StoryDoc, top: int) -> list[tuple[_Kept, float, tuple[str, ...]]]:
        weighted = self._space.weighted(self._space.encode(doc))
        scored = []
        for number in self._likely(weighted, max(_COMPARED, top)):
            kept = self._kept[number]
            if kept.id != doc.id:
                other = self._space.weighted(kept.vector)
                scored.append((-self._nearness(weighted, other), kept.id, kept, other))
        scored.sort(key=lambda row: row[:2])
        found = []
        for minus, _, kept, other in scored[:top]:
            names = {**dict(pair.split("=", 1) for pair in kept.names.split("\t") if pair), **doc.names}
            found.append((kept, round(-minus, 4), named_alike(self._space, weighted.values, other.values, names)))
        return found

    def _likely(self, weighted: Weighted, most: int) -> list[int]:
        """The kept articles that share most, roughly: by features not too many of them hold."""
        telling = {}
        for one, weight in weighted.values.items():
            kind = self._space.kind_of(one)
            kind = kind if kind in CROSS else ""
            telling[one] = weight * _WEIGHTS[kind] / LEAST.get(kind, _LEAST_WORDS) ** 2
        gains: dict[int, int] = defaultdict(int)
        for gain, numbers in self._space.retrieval(telling.items(), _LOOKED_UP):
            for number in numbers:
                gains[number] += gain
        return heapq.nsmallest(most, gains, key=lambda number: (-gains[number], self._kept[number].id))

    def _nearness(self, first: Weighted, second: Weighted) -> float:
        """The weighted overlap of two articles on a scale from 0 to 1."""
        overlap = self._space.nearness(first, second, _LEAST_WORDS)
        total = sum(_WEIGHTS.get(kind, _WEIGHTS[""]) * value for kind, value in overlap.items())
        return total / (total + _HALF)


def _language(doc: StoryDoc) -> str:
    return primary(doc.language) or "und"
