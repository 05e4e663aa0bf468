"""Where the desk's articles come from, and what it does not see: counts by day, added up over periods, and blind spots.

Counts map a kind (outlet, press, language, section, theme, place, told) to a key and its articles. `press` is the country of the outlet,
`place` a country the article tells of, `told` both with a blank between ("ML FR": of Mali, by the French press).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Counts = Mapping[str, Mapping[str, int]]

KINDS = ("outlet", "press", "language", "section", "theme", "place", "told")
PERIODS = (7, 28, 90)
"""Days the page looks back over; each is compared with the same number of days before it."""
WEEKS = 13
"""Weeks of the trends, today's the last."""
KEPT_DAYS = 2 * max(PERIODS)
MOST_OUTLETS = 40
"""Outlets shown, the most heard first."""
LEAST_TOLD = 5
"""Articles about a country from which on one press alone is worth a word."""
MOST_SPOTS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What counts of one article: who told it, in which language, and of what."""

    outlet: str
    press: str
    language: str
    section: str
    themes: tuple[str, ...]
    places: tuple[str, ...]


def count(articles: Iterable[Told]) -> dict[str, dict[str, int]]:
    """The counts of some articles; `section` "" and `language` "" are articles without one."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for one in articles:
        found["outlet"][one.outlet] += 1
        found["press"][one.press] += 1
        found["language"][one.language] += 1
        found["section"][one.section] += 1
        found["theme"].update(set(one.themes))
        places = set(one.places)
        found["place"].update(places)
        found["told"].update(f"{place} {one.press}" for place in places)
    return {kind: dict(sorted(counter.items())) for kind, counter in found.items()}


def added(days: Iterable[Counts]) -> dict[str, Counter[str]]:
    """The counts of several days together."""
    total: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for counts in days:
        for kind in KINDS:
            total[kind].update(counts.get(kind, {}))
    return total


@dataclass(frozen=True, slots=True)
class Spot:
    """A country of which only one country's press tells, and in how many articles."""

    place: str
    press: str
    articles: int


def one_press_only(told: Mapping[str, int]) -> list[Spot]:
    """The countries told of by the press of one country alone, the most told first."""
    by_place: dict[str, dict[str, int]] = defaultdict(dict)
    for pair, articles in told.items():
        place, _, press = pair.partition(" ")
        by_place[place][press] = articles
    spots = [
        Spot(place, *next(iter(presses.items())))
        for place, presses in by_place.items()
        if len(presses) == 1 and sum(presses.values()) >= LEAST_TOLD
    ]
    return sorted(spots, key=lambda spot: (-spot.articles, spot.place))[:MOST_SPOTS]


def below_share(sections: Mapping[str, int], wanted: Sequence[str], share: float) -> list[str]:
    """The sections of the desk that have less than a share of the articles that have a section; none while there are no articles."""
    total = sum(articles for section, articles in sections.items() if section)
    return [section for section in wanted if total and sections.get(section, 0) < share * total]


@dataclass(frozen=True, slots=True)
class Period:
    """The articles of some days up to today, those of as many days before, and how many of the days have been counted."""

    days: int
    now: dict[str, dict[str, int]]
    before: dict[str, dict[str, int]]
    outlets: int
    one_press: tuple[Spot, ...]
    counted: int
    counted_before: int


def period(days: Mapping[date, Counts], today: date, length: int) -> Period:
    """What a period of `length` days up to today comes to."""
    recent = [day for back in range(length) if (day := today - timedelta(days=back)) in days]
    older = [day for back in range(length, 2 * length) if (day := today - timedelta(days=back)) in days]
    now, before = added(days[day] for day in recent), added(days[day] for day in older)
    shown = dict(now["outlet"].most_common(MOST_OUTLETS))
    kinds = [kind for kind in KINDS if kind != "told"]
    return Period(
        days=length,
        now={kind: dict(now[kind].most_common()) if kind != "outlet" else shown for kind in kinds},
        before={kind: {key: articles for key, articles in before[kind].items() if kind != "outlet" or key in shown} for kind in kinds},
        outlets=len(now["outlet"]),
        one_press=tuple(one_press_only(now["told"])),
        counted=len(recent),
        counted_before=len(older),
    )


def weeks(days: Mapping[date, Counts], today: date) -> list[dict[str, dict[str, int]]]:
    """The counts by section, theme and language of the last weeks, the oldest first; a week of which no day was counted is empty."""
    found = []
    for back in reversed(range(WEEKS)):
        inside = [day for day in (today - timedelta(days=7 * back + step) for step in range(7)) if day in days]
        total = added(days[day] for day in inside)
        found.append({kind: dict(total[kind]) for kind in ("section", "theme", "language")} if inside else {})
    return found
