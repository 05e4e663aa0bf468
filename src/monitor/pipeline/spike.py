"""Finds what is told far more than usual: each theme in each country against its own last four weeks, robust where numbers are small.

How much is usual is a share of all the desk's voices: the pair's share of the four weeks before, at the same hours of the day, times what
the whole desk heard in the window. So nights, weekends, holidays, new outlets and hours of standstill need no rules of their own. News
comes in bursts (one event, many outlets), so the count is held against a negative binomial whose spread is what the pair's own windows had,
drawn towards that of all pairs where the pair has few: a Poisson tail would ring for every event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp, lgamma, log
from typing import NamedTuple

WEEKS = timedelta(days=28)
LEAST_DAYS = 7
"""Days of a desk's own past below which nothing can be called unusual."""
WINDOWS = (6, 24)  # hours, the last one begun
CHANCE = 1e-4
LEAST_VOICES = 4
SURE = 0.5
"""Confidence from which an article counts for a theme."""

_PRIOR = 0.5  # voices a pair never met is believed to have had
_PULL = 5.0  # voices by which a pair's hours and spread are drawn to the whole's
_QUARTER = 6  # hours


class Pair(NamedTuple):
    """A theme in a country (ISO 3166-1 alpha-2)."""

    theme: str
    country: str


EVERYTHING = Pair("", "")
"""Stands for all voices of the desk."""

Hours = Sequence[int]
"""Voices by hour of a UTC day, 24 numbers."""
Days = Mapping[date, Mapping[Pair, Hours]]


@dataclass(frozen=True, slots=True)
class Mention:
    """One article that is nobody's copy, as counting sees it."""

    at: datetime
    owner: str
    story: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Spike:
    """A theme in a country told far more than usual in the last `hours`: by how many voices and owners, and how likely that is."""

    pair: Pair
    hours: int
    voices: int
    owners: int
    usual: float
    chance: float
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a pair now: voices in six hours, and voices of one story in all."""

    six_hours: float
    a_story: float


def pairs_of(themes: Mapping[str, float], countries: Iterable[str]) -> tuple[Pair, ...]:
    """The pairs an article counts for: its sure themes (with their confidence) in each of its countries."""
    places = tuple(dict.fromkeys(countries))
    return tuple(Pair(theme, country) for theme, confidence in sorted(themes.items()) if confidence >= SURE for country in places)


def count(mentions: Iterable[Mention]) -> dict[date, dict[Pair, list[int]]]:
    """Voices by day, pair and hour; EVERYTHING counts each article once."""
    days: defaultdict[date, dict[Pair, list[int]]] = defaultdict(dict)
    for mention in mentions:
        at = mention.at.astimezone(UTC)
        day = days[at.date()]
        for pair in (EVERYTHING, *mention.pairs):
            day.setdefault(pair, [0] * 24)[at.hour] += 1
    return dict(days)


class Baseline:
    """The four weeks before today, days without any news left out (the desk stood still); `days` is how many remain."""

    def __init__(self, counted: Days, today: date, first: date | None = None) -> None:
        """`first` is the day the desk began: that day and those before were heard in part only."""
        known = {
            day: pairs
            for day, pairs in counted.items()
            if today - WEEKS <= day < today and (first is None or day > first) and any(pairs.get(EVERYTHING, ()))
        }
        self.days = len(known)
        self._known = known
        self._sums: dict[Pair, list[int]] = {}
        for pairs in known.values():
            for pair, hours in pairs.items():
                total = self._sums.setdefault(pair, [0] * 24)
                for hour, voices in enumerate(hours):
                    total[hour] += voices
        self._spread = self._whole_spread()

    @property
    def learning(self) -> bool:
        """Whether there is too little past to call anything unusual."""
        return self.days < LEAST_DAYS

    def pairs(self) -> list[Pair]:
        """The pairs that were told of."""
        return [pair for pair in self._sums if pair != EVERYTHING]

    def usual(self, pair: Pair, hours: Sequence[int], heard: int, told: int = 0) -> float:
        """How many voices on a pair are usual at these hours of the day when the desk heard `heard` in all, `told` of them on the pair.

        Those on the pair are left out of what the desk heard, for a great event makes all the news longer.
        """
        mine, desk = self._sums.get(pair, _NONE), self._sums.get(EVERYTHING, _NONE)
        whole = (sum(mine) + _PRIOR) / (sum(desk) - sum(mine) + 1)
        times = set(hours)
        there = sum(mine[hour] for hour in times)
        room = sum(desk[hour] - mine[hour] for hour in times)
        share = (there + _PULL) / (room + _PULL / whole)
        return share * max(0, heard - told)

    def chance(self, pair: Pair, voices: int, usual: float) -> float:
        """How likely so many voices or more are when so many are usual."""
        mine = sum(self._sums.get(pair, _NONE))
        index = self._spread_of(pair) + usual / (mine + _PRIOR)
        return tail(voices, usual, index)

    def _spread_of(self, pair: Pair) -> float:
        """Variance over mean, drawn to the whole's; the pair's wildest day left out, for one event must not hide the next for weeks."""
        calm = self._squares(pair)[:-1]
        squares, expected = sum(day[0] for day in calm), sum(day[1] for day in calm)
        return max(1.0, (squares + _PULL * self._spread) / (expected + _PULL))

    def _whole_spread(self) -> float:
        parts = [day for pair in self._sums if pair != EVERYTHING for day in self._squares(pair)]
        expected = sum(part[1] for part in parts)
        return max(1.0, sum(part[0] for part in parts) / expected) if expected else 1.0

    def _squares(self, pair: Pair) -> list[tuple[float, float]]:
        """For each day, the wildest last: squared distances of the pair's six-hour windows from what was usual, and what was usual.

        The ratio of their sums is variance over mean.
        """
        mine, desk = self._sums.get(pair, _NONE), self._sums.get(EVERYTHING, _NONE)
        share = sum(mine) / max(1, sum(desk))
        days = []
        for pairs in self._known.values():
            hours, all_hours = pairs.get(pair, _NONE), pairs[EVERYTHING]
            squares = expected = 0.0
            for start in range(0, 24, _QUARTER):
                mean = share * sum(all_hours[start : start + _QUARTER])
                squares += (sum(hours[start : start + _QUARTER]) - mean) ** 2
                expected += mean
            days.append((squares, expected))
        return sorted(days)


_NONE: Hours = (0,) * 24


def tail(voices: int, usual: float, index: float) -> float:
    """The chance of `voices` or more where `usual` is the mean and `index` variance over mean: negative binomial, Poisson at 1."""
    if voices <= 0:
        return 1.0
    if usual <= 0:
        return 0.0
    if index <= 1.000001:
        first = voices * log(usual) - usual - lgamma(voices + 1)
        ratio, shape = usual, 0.0
    else:
        shape, ratio = usual / (index - 1), 1 - 1 / index
        first = lgamma(voices + shape) - lgamma(shape) - lgamma(voices + 1) - shape * log(index) + voices * log(ratio)
    term = total = exp(first)
    k = voices
    while term > 1e-17 * total or k < usual:
        term *= ratio / (k + 1) if shape == 0.0 else ratio * (k + shape) / (k + 1)
        k += 1
        total += term
    return min(1.0, total)


# ── now ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def spikes(mentions: Sequence[Mention], baseline: Baseline, now: datetime) -> tuple[Spike, ...]:
    """The pairs told far more than usual in the last hours, least likely first, each by its least likely window; none while learning."""
    if baseline.learning:
        return ()
    found: dict[Pair, Spike] = {}
    for length in WINDOWS:
        for spike in _in_window(mentions, baseline, now, length):
            other = found.get(spike.pair)
            if other is None or spike.chance < other.chance:
                found[spike.pair] = spike
    return tuple(sorted(found.values(), key=lambda spike: (spike.chance, spike.pair)))


def _in_window(mentions: Sequence[Mention], baseline: Baseline, now: datetime, length: int) -> Iterable[Spike]:
    start = window_start(now, length)
    within = [mention for mention in mentions if start <= mention.at <= now]
    times = [(start + timedelta(hours=hour)).hour for hour in range(length)]
    told: defaultdict[Pair, list[Mention]] = defaultdict(list)
    for mention in within:
        for pair in mention.pairs:
            told[pair].append(mention)
    for pair, members in told.items():
        owners = len({mention.owner for mention in members})
        if owners < LEAST_VOICES:
            continue
        usual = baseline.usual(pair, times, len(within), len(members))
        chance = baseline.chance(pair, len(members), usual)
        if chance < CHANCE:
            stories = tuple(sorted({mention.story for mention in members if mention.story}))
            yield Spike(pair, length, len(members), owners, round(usual, 2), chance, stories)


def window_start(now: datetime, hours: int) -> datetime:
    """When a window of so many hours began that ends with the hour now running."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)


def usual_now(mentions: Sequence[Mention], baseline: Baseline, now: datetime, a_story: Mapping[Pair, float]) -> dict[Pair, Usual]:
    """What is usual for each pair in the six hours now; `a_story` is how many voices a story of the pair has on the mean."""
    if baseline.learning:
        return {}
    start = window_start(now, _QUARTER)
    times = [(start + timedelta(hours=hour)).hour for hour in range(_QUARTER)]
    heard = sum(start <= mention.at <= now for mention in mentions)
    return {pair: Usual(round(baseline.usual(pair, times, heard), 3), round(a_story.get(pair, 1.0), 3)) for pair in baseline.pairs()}


def voices_a_story(mentions: Iterable[Mention]) -> dict[Pair, float]:
    """How many voices a story has on each pair, on the mean."""
    voices: defaultdict[Pair, int] = defaultdict(int)
    stories: defaultdict[Pair, set[str]] = defaultdict(set)
    for mention in mentions:
        for pair in mention.pairs:
            voices[pair] += 1
            stories[pair].add(mention.story)
    return {pair: voices[pair] / len(stories[pair]) for pair in voices}


def expected_of(pairs: Iterable[Pair], usual: Mapping[Pair, Usual]) -> float:
    """How many voices a new story of these pairs usually gains in six hours: what its busiest pair gets, at most what one story gets."""
    return max((min(usual[pair].six_hours, usual[pair].a_story) for pair in pairs if pair in usual), default=0.0)
