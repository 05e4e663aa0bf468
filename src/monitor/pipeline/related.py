"""Finds what was written before on the subject of an article, in any language and of any age: background for a piece."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.pipeline.story_likeness import Profile, likeness, named_alike
from monitor.pipeline.story_space import CROSS, FeatureSpace, Vector
from monitor.pipeline.words import primary
from monitor.records import StoryDoc

_LOOKED_UP = 6_000
_COMPARED = 60
_DEFAULT = Profile()


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

    def closest(self, doc: StoryDoc, top: int = 10) -> tuple[RelatedArticle, ...]:
        """The nearest kept articles other than itself, nearest first; equals by id."""
        return tuple(RelatedArticle(kept.id, score, why) for kept, score, why in self._ranked(doc, top))

    def follows(self, doc: StoryDoc) -> Follows | None:
        """The story of which an article is a continuation: ended four days before it, at most 60 days ago, near enough (.35)."""
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
        gains: dict[int, int] = defaultdict(int)
        for crossing in (False, True):
            part = {one: weight for one, weight in weighted.values.items() if (self._space.kind_of(one) in CROSS) == crossing}
            for gain, numbers in self._space.retrieval(part, _LOOKED_UP):
                for number in numbers:
                    gains[number] += gain
        likely = heapq.nsmallest(max(_COMPARED, top), gains, key=lambda number: (-gains[number], self._kept[number].id))
        scored = []
        for number in likely:
            kept = self._kept[number]
            if kept.id != doc.id:
                other = self._space.weighted(kept.vector)
                nearness = self._space.nearness(weighted, other)
                like = likeness(nearness, {kept.language} & {_language(doc)}, 0.0, self._profile)
                scored.append((-self._scaled(like.mono, like.cross), kept.id, kept, other))
        scored.sort(key=lambda row: row[:2])
        found = []
        for minus, _, kept, other in scored[:top]:
            names = {**dict(pair.split("=", 1) for pair in kept.names.split("\t") if pair), **doc.names}
            found.append((kept, round(-minus, 4), named_alike(self._space, weighted.values, other.values, names)))
        return found

    def _scaled(self, mono: float | None, cross: float) -> float:
        """One scale for both: as near as the grouping asks of one story is 1/3, in one language or across."""
        told, crossed = (mono or 0.0) / self._profile.join, cross / self._profile.cross_least
        nearness = max(told, crossed) + 0.25 * min(told, crossed)
        return nearness / (nearness + 2)


def _language(doc: StoryDoc) -> str:
    return primary(doc.language) or "und"
