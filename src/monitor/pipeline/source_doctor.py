"""Says what is wrong with an outlet as a source, from facts the desk has stored anyway: no network, no clock, no database.

Several troubles may hold at once. Nothing is said that the facts do not carry: a young outlet has no usual volume yet, a dozen articles
are no proof of a paywall. Every threshold is a named constant; a volume is compared with the same weekdays of the 28 days before, so a
quiet Sunday is no trouble, and 1.5 standard deviations alone (one healthy outlet in fifteen on any day) never suffice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Final, Literal

Severity = Literal["bad", "warn", "calm"]
Known = int | None  # articles of a day; None: the desk itself collected nothing that day

BASELINE_DAYS: Final = 28
LEAST_DAYS: Final = 14  # complete days that must be known before a volume is usual
JUDGED_DAYS: Final = (3, 7, 14)  # the last days that are compared: the fewest that should have brought enough articles
ENOUGH: Final = 25.0  # articles: a Poisson count of 25 is halved by chance once in 170
DEVIATIONS: Final = 1.5
HALF: Final = 0.5  # slowed also means at most half of the usual
LEAST_EXPECTED: Final = 6.0  # articles that should have come: a Poisson count of 6 is 0 once in 400
SPIKE: Final = 4  # times the median: a feed's first document, or a day of war, is no usual day
SILENT_LEAST: Final = timedelta(hours=24)
SILENT_YOUNG: Final = timedelta(days=7)  # while nothing is usual yet
SILENT_RARE: Final = timedelta(days=28)
STALE_QUESTION: Final = timedelta(days=2)  # asked longer ago than this, nothing is known of the outlet's silence
MOVED_SIGHTINGS: Final = 3  # P18
MOVED_AFTER: Final = timedelta(hours=48)  # P18
FAILING_LONG: Final = timedelta(days=3)
LEAST_SAMPLE: Final = 10  # articles read in 14 days before shares are believed
MOST: Final = 0.8
MANY: Final = 0.5
ALL: Final = 0.9
AHEAD: Final = 0.3
RANK: Final[Mapping[str, int]] = {"bad": 3, "warn": 2, "calm": 1}


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What is known of one live feed; `asked_at` is the last request, `news_at` when it last brought something new."""

    url: str
    health: str = "ok"
    reason: str = ""
    failing_since: datetime | None = None
    asked_at: datetime | None = None
    news_at: datetime | None = None
    moved_to: str = ""
    moved_seen: int = 0
    moved_first_at: datetime | None = None
    taken: bool = False  # another feed of the desk has the new address (P21)
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The articles read of the last 14 days, counted: by verdict, undated, reserved, dated ahead of our clock, by language."""

    read: int = 0
    summary: int = 0
    paywalled: int = 0
    blocked: int = 0
    undated: int = 0
    reserved: int = 0
    ahead: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """One outlet: as configured, its live feeds, its articles a day (complete UTC days, the last is yesterday) and the sample."""

    language: str
    languages: tuple[str, ...] = ()  # those its feeds are configured for besides
    text: str = "page"
    enabled: bool = True
    feeds: tuple[FeedFacts, ...] = ()
    days: tuple[Known, ...] = ()
    sample: Sample = Sample()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, since when, at which feed ("": the outlet), with the figures its sentence needs and a remedy's code."""

    code: str
    severity: Severity
    since: datetime | None = None
    feed: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual: articles a day, their spread after the weekday's share is taken out, and the line below which a day is quiet."""

    mean: float
    spread: float
    by_weekday: tuple[float, ...]  # [1] is yesterday's weekday at the time, [2] the day before …, [0] is [7]
    days: int

    @property
    def low(self) -> float:
        """Mean − 1.5 standard deviations, never below 0."""
        return max(0.0, self.mean - DEVIATIONS * self.spread)

    def quiet(self, count: int, back: int) -> bool:
        """Whether so many articles `back` days ago were few for that weekday."""
        return count < self.by_weekday[back % 7] - DEVIATIONS * self.spread


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All troubles, worst first; `baseline` is None while no volume is usual yet, `sampled` False while too few articles were read."""

    troubles: tuple[Trouble, ...]
    baseline: Baseline | None
    sampled: bool

    @property
    def severity(self) -> int:
        """3 bad, 2 warn, 1 worth knowing, 0 well."""
        return max((RANK[trouble.severity] for trouble in self.troubles), default=0)


def diagnose(facts: OutletFacts, now: datetime) -> Diagnosis:
    """Everything that is wrong with an outlet; a paused one is not judged."""
    usual = usual_before(facts.days, JUDGED_DAYS[0])
    sampled = facts.sample.read >= LEAST_SAMPLE
    if not facts.enabled:
        return Diagnosis((), usual, sampled)
    found = [trouble for feed in facts.feeds for trouble in _feed(feed, now)]
    silent = _silent(facts, now)
    found += [one for one in (silent, None if silent else _slowed(facts, usual)) if one is not None]
    if sampled:
        found += _sample(facts)
    found.sort(key=lambda trouble: -RANK[trouble.severity])
    return Diagnosis(tuple(found), usual, sampled)


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_STOPPED: Mapping[str, tuple[Severity, str]] = {
    "gone": ("bad", "revive"),
    "blocked": ("bad", ""),
    "credentials": ("bad", ""),
    "robots": ("bad", ""),
    "not_feed": ("bad", "find"),
    "dormant": ("bad", "find"),
}


def _feed(feed: FeedFacts, now: datetime) -> list[Trouble]:
    found = []
    if feed.health in _STOPPED:
        severity, remedy = _STOPPED[feed.health]
        found.append(Trouble(feed.health, severity, feed.failing_since, feed.url, {"reason": feed.reason}, remedy))
    elif feed.health == "failing":
        long = feed.failing_since is not None and now - feed.failing_since >= FAILING_LONG
        found.append(Trouble("failing", "bad" if long else "warn", feed.failing_since, feed.url, {"reason": feed.reason}, "try"))
    if feed.given_up:
        found.append(Trouble("given_up", "bad", None, feed.url, {"reason": feed.reason}, "retry"))
    first = feed.moved_first_at
    if feed.moved_to and feed.moved_seen >= MOVED_SIGHTINGS and first is not None and now - first >= MOVED_AFTER:
        remedy = "" if feed.taken else "adopt"
        found.append(Trouble("moved_taken" if feed.taken else "moved", "warn", first, feed.url, {"to": feed.moved_to}, remedy))
    return found


# ── volume ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def usual_before(days: Sequence[Known], skip: int) -> Baseline | None:
    """What was usual in the 28 days before the last `skip` complete days; None while fewer than 14 of them are known."""
    past = [days[-skip - back] if skip + back <= len(days) else None for back in range(1, BASELINE_DAYS + 1)]
    known = sorted(count for count in past if count is not None)
    if len(known) < LEAST_DAYS:
        return None
    cap = max(float(LEAST_SAMPLE), SPIKE * float(known[len(known) // 2]))
    capped = [(back % 7, min(float(count), cap)) for back, count in enumerate(past, skip + 1) if count is not None]
    mean = sum(count for _, count in capped) / len(known)
    sums, numbers = [0.0] * 7, [0] * 7  # by days back, so that the same number is the same weekday for every skip
    for weekday, count in capped:
        sums[weekday] += count
        numbers[weekday] += 1
    weekdays = [total / number if number else mean for total, number in zip(sums, numbers, strict=True)]
    spread = sqrt(sum((count - weekdays[weekday]) ** 2 for weekday, count in capped) / max(1, len(capped) - 7))
    return Baseline(mean, max(spread, sqrt(mean)), tuple(weekdays), len(known))  # counts vary by their square root at least


def _slowed(facts: OutletFacts, shortest: Baseline | None) -> Trouble | None:
    """At most half of the usual, and below mean − 1.5 σ, over the fewest days on which enough articles should have come."""
    if not _well(facts):
        return None
    for window in JUDGED_DAYS:
        usual, last = shortest if window == JUDGED_DAYS[0] else usual_before(facts.days, window), facts.days[-window:]
        if usual is None:
            return None
        known = [(back, count) for back, count in enumerate(reversed(last), 1) if count is not None]
        expected = sum(usual.by_weekday[back % 7] for back, _ in known)
        if expected < ENOUGH:
            continue
        got = sum(count for _, count in known)
        low = expected - DEVIATIONS * usual.spread * sqrt(len(known))
        slow = got < low and got <= HALF * expected
        return Trouble("slowed", "warn", values={"got": got, "expected": round(expected), "days": window}) if slow else None
    return None


def _silent(facts: OutletFacts, now: datetime) -> Trouble | None:
    """No article for a day at least, although six should have come by then; while nothing is usual yet, for a week."""
    asked = max((feed.asked_at for feed in _well(facts) if feed.asked_at), default=None)
    news = max((feed.news_at for feed in facts.feeds if feed.news_at), default=None)
    if asked is None or news is None or now - asked > STALE_QUESTION or asked - news < SILENT_LEAST:
        return None
    quiet = asked - news
    whole = (_day(now) - _day(news)).days  # the day of the last news is days[-whole]
    usual = usual_before(facts.days, whole) if whole < len(facts.days) else None
    if usual is None:
        return Trouble("silent", "warn", news, values={"days": quiet.days}) if quiet >= SILENT_YOUNG else None
    missed = _expected_between(usual, news, asked, now)
    if missed < LEAST_EXPECTED and quiet < SILENT_RARE:
        return None
    return Trouble("silent", "bad", news, values={"days": quiet.days, "expected": round(missed)})


def _expected_between(usual: Baseline, start: datetime, end: datetime, now: datetime) -> float:
    """Articles that usually come between two moments, each day counted by the part of it that lies between them."""
    total, day = 0.0, _day(start)
    while day < end:
        part = min(end, day + timedelta(days=1)) - max(start, day)
        total += usual.by_weekday[(_day(now) - day).days % 7] * (part / timedelta(days=1))
        day += timedelta(days=1)
    return total


def _well(facts: OutletFacts) -> list[FeedFacts]:
    return [feed for feed in facts.feeds if feed.health == "ok"]


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sample(facts: OutletFacts) -> list[Trouble]:
    """What the articles of the last 14 days show."""
    sample, found = facts.sample, []

    def share(code: str, count: int, least: float, severity: Severity, remedy: str = "") -> None:
        if count >= least * sample.read:
            found.append(Trouble(code, severity, values={"count": count, "of": sample.read}, remedy=remedy))

    other = {"page": "read_feed", "feed": "read_page"}.get(facts.text, "")
    share("pages_blocked", sample.blocked, MANY, "bad", "read_feed" if facts.text == "page" else "")
    share("paywalled", sample.paywalled, MANY, "warn", "read_feed" if facts.text == "page" else "")
    if facts.text != "none":
        share("summary", sample.summary, ALL, "warn", other)
    share("undated", sample.undated, MOST, "warn")
    share("clock", sample.ahead, AHEAD, "warn")
    share("reserved", sample.reserved, MANY, "calm")
    return found + _language(facts)


def _language(facts: OutletFacts) -> list[Trouble]:
    """Most articles are in one language, and it is none that the outlet or one of its feeds is said to have."""
    told = facts.sample.languages
    total = sum(told.values())
    if total < LEAST_SAMPLE:
        return []
    mostly, count = max(told.items(), key=lambda item: (item[1], item[0]))
    said = {_spoken(language) for language in (facts.language, *facts.languages)}
    if count < MOST * total or _spoken(mostly) in said:
        return []
    values: dict[str, str | int | float] = {"language": mostly, "said": facts.language, "count": count, "of": total}
    return [Trouble("language", "warn", values=values, remedy="set_language")]


_ONE = {"nb": "no", "nn": "no", "sr": "sh", "hr": "sh", "bs": "sh", "prs": "fa", "fil": "tl"}
"""Written languages that recognisers take for each other."""


def _spoken(language: str) -> str:
    main = language.lower().partition("-")[0]
    return _ONE.get(main, main)
