"""What the grouping holds of an article and of a story, and how near two of them are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, sqrt

from monitor.pipeline.story_space import CROSS, FeatureSpace, Vector, summed

_REMEMBERED = 100  # a story is what its latest articles say: it may drift, and it stays cheap
_LEAST_EVIDENCE = 0.6  # of the cross-language weights: a likeness on one kind alone is scaled down
_TELLING = "ksne"
_CROSS_WEIGHTS = {"k": 0.5, "s": 0.25, "n": 0.12, "g": 0.04, "e": 0.1, "t": 0.02, "c": 0.1}
_SIGNS = {"e": "@", "t": "#", "c": "~"}  # before an entity, a theme, a concept in an explanation
_MISSING = 0.5  # how much a kind counts against when only one side has features of it


@dataclass(frozen=True, slots=True)
class Profile:
    """The thresholds of the grouping; the defaults are for titles with the first words of the text.

    Likenesses are cosines from 0 to 1, lowered by the time between: times exp(-`fade` · √days of 24 hours). News of one event comes in a
    burst, so that the first hours say more than a day later on.
    """

    name: str = "lead"
    by_length: bool = True  # use the thresholds for titles where one of two is hardly more than that
    join: float = 0.33  # an article joins a story told in its language
    merge: float = 0.32  # two stories told in one language are one
    support: float = 0.5  # what the cross-language likeness adds to that of the words of one language
    fade: float = 0.3
    cross_sure: float = 0.25  # an article or story of another language is the same whatever else is near
    cross_least: float = 0.12  # … or is when each is the other's best by `cross_margin`
    cross_margin: float = 0.03
    cross_shared: float = 0.45  # … and so even though the two were told in one language with other words
    window_days: float = 7.0
    end_days: float = 4.0
    follow: float = 0.5
    follow_days: float = 60.0
    same_outlet_hours: float = 6.0
    settle_hours: float = 3.0  # the articles of so many hours are decided once more together, when the hours are over
    cross_weights: Mapping[str, float] = field(default_factory=lambda: dict(_CROSS_WEIGHTS))


# For articles of which there is little more than a title: words are few, so that each says more.
TITLES = Profile(
    name="title",
    by_length=False,
    join=0.45,
    merge=0.3,
    support=0.6,
    fade=0.6,
    cross_sure=0.3,
    cross_least=0.15,
    cross_margin=0.05,
    cross_shared=0.9,
    cross_weights=_CROSS_WEIGHTS | {"g": 0.2, "c": 0.2},
)
BRIEF = 20  # different stems up to which an article is a title


@dataclass(slots=True, eq=False)
class Member:
    """One article of the window."""

    number: int
    id: str
    outlet: str
    language: str
    at: datetime
    vector: Vector
    names: str  # "sound=Name" pairs, tab-separated: a tenth of the memory of a dictionary
    story: str
    brief: bool


@dataclass(slots=True)
class Story:
    """One story: its articles of the window and when it began (the time of its first article)."""

    id: str
    born: datetime
    members: list[Member] = field(default_factory=list)  # most stories have one: a list takes a third of a dictionary's memory
    newest: datetime | None = None
    oldest: datetime | None = None
    _vector: Vector | None = None

    def add(self, *members: Member) -> None:
        self.members += members
        self.changed()

    def remove(self, member: Member) -> None:
        self.members.remove(member)
        self.changed()

    def forget_sum(self) -> None:
        self._vector = None

    def changed(self) -> None:
        self._vector = None
        self.newest = max((member.at for member in self.members), default=None)
        self.oldest = min((member.at for member in self.members), default=None)

    @property
    def brief(self) -> bool:
        """Whether all its articles are little more than titles."""
        return all(member.brief for member in self.members)

    def vector(self, names: list[str]) -> Vector:
        """The sum of the latest articles' features."""
        if self._vector is None:
            latest = sorted(self.members, key=lambda member: (member.at, member.id))[-_REMEMBERED:]
            self._vector = latest[0].vector if len(latest) == 1 else summed((member.vector for member in latest), names)
        return self._vector

    def alive(self, first: datetime, last: datetime) -> bool:
        """Whether it has articles between two moments, or on both sides."""
        return self.newest is not None and self.oldest is not None and self.newest >= first and self.oldest <= last

    def gap_days(self, first: datetime, last: datetime) -> float:
        """Days between the story and a span of time, 0 when they overlap."""
        if self.newest is None or self.oldest is None:
            return float("inf")
        return max(timedelta(0), first - self.newest, self.oldest - last) / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near two articles or stories are: in a language both are told in (None: there is none), and across languages."""

    mono: float | None
    cross: float


def likeness(nearness: Mapping[str, float], shared: Iterable[str], gap_days: float, profile: Profile) -> Likeness:
    """The two scores from the cosines by kind, lowered by the time between; `shared` are the languages that both have."""
    told = [nearness.get(language, 0.0) for language in shared]
    crossed = crossing(nearness, profile)
    faded = exp(-profile.fade * sqrt(gap_days))
    mono = min(1.0, max(told) + profile.support * crossed) * faded if told else None
    return Likeness(mono, crossed * faded)


def crossing(nearness: Mapping[str, float], profile: Profile) -> float:
    """The linear combination of the cosines of skeletons, names, numbers, countries, entities and themes.

    Kinds that neither side has drop out, so that a desk without themes loses nothing. A country or a theme in common is no evidence by
    itself: every day has several stories of one country.
    """
    if not any(nearness.get(kind) for kind in _TELLING):
        return 0.0
    total = evidence = 0.0
    for kind, weight in profile.cross_weights.items():
        value = nearness.get(kind)
        if value is not None:
            total += weight * value
            evidence += weight if value > 0 else weight * _MISSING
    return total / max(evidence, _LEAST_EVIDENCE)


def named_alike(
    space: FeatureSpace, first: Mapping[int, float], second: Mapping[int, float], names: Mapping[str, str], most: int = 6
) -> tuple[str, ...]:
    """Why two are alike, readable: the shared words, names, numbers, countries, entities and themes that weigh most."""
    shared = sorted(first.keys() & second.keys(), key=lambda one: (-first[one] * second[one], space.names[one]))
    words, crossed = [], []
    for one in shared:
        kind, _, value = space.names[one].partition(":")
        if kind not in CROSS:
            words.append(value)
        elif kind == "s" and value in names:
            crossed.append(names[value])
        elif kind in "ngetc":
            crossed.append(_SIGNS.get(kind, "") + value)
    lines = []
    if crossed:
        lines.append("also named: " + ", ".join(dict.fromkeys(crossed[:most])))
    if words:
        lines.append("same words: " + ", ".join(words[:most]))
    return tuple(lines)
