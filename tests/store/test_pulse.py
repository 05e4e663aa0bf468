"""The pulse in the database: what counts, what is kept, and which spikes are the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.pipeline.spike import EVERYTHING, Mention, Pair, Spike, Usual, count
from monitor.records import SpikeFact
from monitor.store import models, pulse
from tests.fakes import NOON
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MALI = Pair("terror", "ML")
TODAY = NOON.date()
TAGS = {"themes": [{"theme": "terror", "score": 5.0, "confidence": 0.8}], "places": [{"country": "ML", "score": 2.0, "count": 1}]}


def a_spike(chance: float = 1e-6, voices: int = 9, story: str = "a") -> Spike:
    return Spike(MALI, 6, voices, 5, 1.2, chance, (story,))


def test_read_articles_that_are_nobodys_copies_are_counted() -> None:
    original = an_article(1, at=NOON - HOUR, **TAGS)
    an_article(2, at=NOON - HOUR, copy_of=original, **TAGS)
    an_article(3, at=NOON - HOUR, state="waiting")
    an_article(4, at=NOON - 9 * DAY, **TAGS)
    an_article(5, at=NOON, published_at=NOON - 9 * DAY)  # an old one met today
    an_article(6, at=NOON, published_at=NOON + DAY)  # dated tomorrow
    found = pulse.mentions(TODAY - DAY, NOON)
    assert found == [Mention(NOON - HOUR, "port", "", (MALI,)), Mention(NOON, "port", "", ())]


def test_counting_again_gives_the_same_counts() -> None:
    an_article(1, at=NOON - HOUR, **TAGS)
    counted = count(pulse.mentions(TODAY - DAY, NOON))
    for _ in range(2):
        pulse.save_counts(counted, TODAY - DAY, TODAY)
    hours = [0] * 24
    hours[(NOON - HOUR).hour] = 1
    assert pulse.days(TODAY - DAY) == {TODAY: {EVERYTHING: hours, MALI: hours}}
    assert (pulse.last_counted(), models.PulseDay.objects.count()) == (TODAY, 2)


def test_counts_of_more_than_five_weeks_go_and_others_stay() -> None:
    for days in (40, 20):
        models.PulseDay.objects.create(day=TODAY - days * DAY, hours=[1] * 24)
    pulse.save_counts({}, TODAY - DAY, TODAY)
    assert list(pulse.days(TODAY - 60 * DAY)) == [TODAY - 20 * DAY]


def test_first_day_is_that_of_the_first_article() -> None:
    assert pulse.first_day() is None
    an_article(1, at=datetime(2026, 1, 5, 23, 59, tzinfo=UTC))
    an_article(2, at=datetime(2026, 1, 7, tzinfo=UTC))
    assert str(pulse.first_day()) == "2026-01-05"


def test_spike_that_goes_on_is_one_and_keeps_its_strongest_figures() -> None:
    assert pulse.save_spikes([a_spike()], NOON) == 1
    assert pulse.save_spikes([a_spike(1e-9, 14, "b")], NOON + 2 * HOUR) == 0
    assert pulse.save_spikes([a_spike(1e-5, 7, "c")], NOON + 20 * HOUR) == 0
    (row,) = models.Spike.objects.all()
    assert (row.began_at, row.last_at, row.voices, row.chance, row.stories) == (NOON, NOON + 20 * HOUR, 14, 1e-9, ["a", "b", "c"])
    assert pulse.save_spikes([a_spike()], NOON + 20 * HOUR + 25 * HOUR) == 1


def test_spikes_going_on_are_those_of_the_last_hours() -> None:
    pulse.save_spikes([a_spike()], NOON)
    assert pulse.going_on(NOON + 2 * HOUR) == {MALI: SpikeFact("terror", "ML", 9, 6, 1.2)}
    assert pulse.going_on(NOON + 3 * HOUR) == {}


def test_what_is_usual_is_kept_for_ranking() -> None:
    assert pulse.usual() == ({}, 0)
    pulse.save_usual({MALI: Usual(1.25, 2.0)}, 12, NOON)
    assert pulse.usual() == ({MALI: Usual(1.25, 2.0)}, 12)
