"""The source doctor: what it says of which facts, and how rarely it cries wolf."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.pipeline.source_doctor import FeedFacts, OutletFacts, Sample, diagnose, usual_before

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
WELL = FeedFacts("https://port.example/rss", asked_at=NOW - timedelta(minutes=20), news_at=NOW - timedelta(hours=1))
STEADY = tuple([10] * 56)


def codes(**facts: Any) -> list[str]:
    values: dict[str, Any] = {"language": "fr", "feeds": (WELL,), "days": STEADY} | facts
    return [trouble.code for trouble in diagnose(OutletFacts(**values), NOW).troubles]


def fed(**values: Any) -> tuple[FeedFacts, ...]:
    return (replace(WELL, **values),)


def test_an_outlet_that_brings_what_it_always_did_is_well() -> None:
    found = diagnose(OutletFacts("fr", feeds=(WELL,), days=STEADY, sample=Sample(read=40, languages={"fr": 40})), NOW)
    assert (found.troubles, found.severity, found.sampled) == ((), 0, True)
    assert found.baseline is not None
    assert (found.baseline.mean, found.baseline.days, found.baseline.low) == (10.0, 28, pytest.approx(10 - 1.5 * math.sqrt(10)))


@pytest.mark.parametrize("health", ["gone", "blocked", "credentials", "robots", "not_feed", "dormant", "failing"])
def test_what_the_last_answers_said_of_a_feed(health: str) -> None:
    assert codes(feeds=fed(health=health, failing_since=NOW - timedelta(days=1))) == [health]


@pytest.mark.parametrize(("days", "severity"), [(2, 2), (3, 3)])
def test_failing_is_bad_after_three_days(days: int, severity: int) -> None:
    facts = OutletFacts("fr", feeds=fed(health="failing", failing_since=NOW - timedelta(days=days)), days=STEADY)
    assert diagnose(facts, NOW).severity == severity


@pytest.mark.parametrize(
    ("seen", "hours", "taken", "expected"),
    [(3, 48, False, ["moved"]), (3, 48, True, ["moved_taken"]), (2, 90, False, []), (5, 47, False, [])],
)
def test_a_new_address_is_believed_after_three_sightings_over_two_days(seen: int, hours: int, taken: bool, expected: list[str]) -> None:
    moved = fed(moved_to="https://new.example/rss", moved_seen=seen, moved_first_at=NOW - timedelta(hours=hours), taken=taken)
    assert codes(feeds=moved) == expected


def silent_for(**since: float) -> tuple[FeedFacts, ...]:
    return fed(news_at=NOW - timedelta(**since))


def test_silence_is_measured_by_what_should_have_come() -> None:
    assert codes(feeds=silent_for(hours=20), days=(*STEADY[:-1], 3)) == []
    assert codes(feeds=silent_for(hours=36), days=(*STEADY[:-1], 0)) == ["silent"]
    found = diagnose(OutletFacts("fr", feeds=silent_for(hours=49), days=(*STEADY[:-1], 0)), NOW).troubles[0]
    assert (found.severity, found.values, found.since) == ("bad", {"days": 2, "expected": 20}, NOW - timedelta(hours=49))


def test_one_article_a_week_is_not_silent_after_ten_days_but_after_four_weeks() -> None:
    weekly = tuple([0, 0, 0, 1, 0, 0, 0] * 8)
    assert codes(feeds=silent_for(days=10), days=weekly) == []
    assert codes(feeds=silent_for(days=29), days=(*weekly[:28], *[0] * 28)) == ["silent"]


def test_a_weekend_is_no_silence_for_who_rests_at_the_weekend() -> None:
    """Saturday is the day of NOW: fives on weekdays, nothing on Saturdays and Sundays."""
    monday = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
    days = tuple(0 if (monday - timedelta(days=back)).weekday() >= 5 else 5 for back in range(56, 0, -1))
    feed = (replace(WELL, asked_at=monday, news_at=monday - timedelta(days=2, hours=14)),)
    found = diagnose(OutletFacts("fr", feeds=feed, days=days), monday)
    assert found.troubles == ()


def test_an_outlet_nobody_asked_for_days_is_not_called_silent() -> None:
    assert codes(feeds=fed(asked_at=NOW - timedelta(days=3), news_at=NOW - timedelta(days=4)), days=STEADY) == []


def test_a_young_outlet_has_nothing_usual_yet() -> None:
    facts = OutletFacts("fr", feeds=(WELL,), days=tuple([10] * 13))
    assert diagnose(facts, NOW).baseline is None
    assert codes(days=(*[20] * 13, 0, 0, 0)) == []  # 13 days before those judged are known: too few
    assert codes(days=(*[20] * 14, 0, 0, 0)) == ["slowed"]
    assert codes(feeds=silent_for(days=6), days=tuple([10] * 5)) == []
    assert codes(feeds=silent_for(days=8), days=tuple([10] * 5)) == ["silent"]


def test_days_on_which_the_desk_was_off_say_nothing_of_an_outlet() -> None:
    assert codes(days=(*STEADY[:-3], None, None, 0)) == []
    usual, shorter = usual_before((*[10] * 14, *[None] * 14), 0), usual_before(tuple([10] * 14), 0)
    assert (usual == shorter, usual is not None) == (True, True)


def test_the_first_document_of_a_feed_does_not_raise_what_is_usual() -> None:
    usual = usual_before((*[10] * 20, 500, *[10] * 7), 0)
    assert usual is not None
    assert usual.mean == pytest.approx((27 * 10 + 40) / 28)


def test_slowed_needs_half_and_one_and_a_half_deviations() -> None:
    assert codes(days=(*STEADY[:-3], 5, 5, 5)) == ["slowed"]
    assert codes(days=(*STEADY[:-3], 6, 6, 6)) == []
    assert codes(days=(*[1] * 42, *[0] * 13, 1)) == []  # fourteen that should have come are too few to judge …
    assert codes(days=(*[2] * 42, *[0] * 4, *[1] * 10)) == ["slowed"]  # … and twenty-eight enough
    assert codes(feeds=fed(health="failing", failing_since=NOW), days=(*STEADY[:-3], 0, 0, 0)) == ["failing"]


def test_healthy_outlets_are_rarely_called_slowed_or_silent() -> None:
    """Two thousand invented healthy outlets with a weekly rhythm, Poisson days: fewer than one in two hundred is reported."""
    dice = random.Random(7)
    cried = 0
    for _ in range(2000):
        rate, weekend = dice.choice([0.5, 2, 6, 15, 60]), dice.choice([0.0, 0.3, 1.0])
        rates = [rate * (weekend if (NOW - timedelta(days=back)).weekday() >= 5 else 1) for back in range(56, 0, -1)]
        days = tuple(_poisson(dice, mean) for mean in rates)
        quiet = next((back for back, count in enumerate(reversed(days), 1) if count), 56)
        news = NOW - timedelta(days=quiet - 1, hours=9.5 + dice.uniform(0, 10))
        cried += bool(codes(days=days, feeds=fed(news_at=news)))
    assert cried <= 10


def _poisson(dice: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product, count = product * dice.random(), count + 1
    return count


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ({"summary": 9}, ["summary"]),
        ({"summary": 8}, []),
        ({"paywalled": 5}, ["paywalled"]),
        ({"blocked": 5}, ["pages_blocked"]),
        ({"undated": 8}, ["undated"]),
        ({"reserved": 5}, ["reserved"]),
        ({"ahead": 3}, ["clock"]),
        ({"ahead": 3, "reserved": 10, "blocked": 5, "paywalled": 5}, ["pages_blocked", "paywalled", "clock", "reserved"]),
    ],
)
def test_what_ten_articles_show(sample: dict[str, int], expected: list[str]) -> None:
    assert codes(sample=Sample(read=10, **sample)) == expected
    assert codes(sample=Sample(read=9, **sample)) == []


@pytest.mark.parametrize(
    ("text", "remedy"), [("page", "read_feed"), ("feed", "read_page"), ("none", None)], ids=["pages", "feed", "titles only"]
)
def test_summaries_are_remedied_by_reading_the_other_source(text: str, remedy: str | None) -> None:
    facts = OutletFacts("fr", feeds=(WELL,), days=STEADY, text=text, sample=Sample(read=10, summary=10))
    assert [trouble.remedy for trouble in diagnose(facts, NOW).troubles] == ([remedy] if remedy else [])


@pytest.mark.parametrize(
    ("spoken", "said", "expected"),
    [
        ({"en": 9, "fr": 1}, (), ["language"]),
        ({"en": 7, "fr": 3}, (), []),
        ({"en": 10}, ("en",), []),
        ({"en": 9}, (), []),
        ({"fr-CA": 10}, (), []),
    ],
)
def test_a_changed_language_is_said_when_most_articles_are_in_another(
    spoken: dict[str, int], said: tuple[str, ...], expected: list[str]
) -> None:
    assert codes(languages=said, sample=Sample(read=10, languages=spoken)) == expected


def test_a_paused_outlet_is_not_judged() -> None:
    assert codes(enabled=False, feeds=fed(health="gone"), sample=Sample(read=10, paywalled=10)) == []


def test_several_troubles_hold_at_once_and_the_worst_comes_first() -> None:
    moved = replace(WELL, moved_to="https://new.example/", moved_seen=4, moved_first_at=NOW - timedelta(days=5))
    both = (moved, replace(WELL, url="https://port.example/2", health="gone"))
    assert codes(feeds=both, days=(*STEADY[:-3], 1, 1, 1), sample=Sample(read=20, undated=20)) == ["gone", "moved", "slowed", "undated"]
