"""Spikes: each pair against its own past, robust for small counts, nothing called unusual while the desk is new."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.spike import (
    EVERYTHING,
    Baseline,
    Mention,
    Pair,
    Usual,
    count,
    expected_of,
    pairs_of,
    spikes,
    tail,
    usual_now,
    voices_a_story,
    window_start,
)

NOW = datetime(2026, 3, 29, 15, 20, tzinfo=UTC)
TODAY = NOW.date()
MALI, CHINA = Pair("terror", "ML"), Pair("space", "CN")


def told(pair: Pair | None, at: datetime, owner: str = "o", story: str = "s") -> Mention:
    return Mention(at, owner, story, (pair,) if pair else ())


def a_past(days: int = 28, *, a_day: int = 200, mali: int = 2, seed: int = 1, china: int = 0) -> list[Mention]:
    """News of the days before today, by chance over the hours: so many a day in all, `mali` and `china` of them on these pairs."""
    chance, found = random.Random(seed), []
    for back in range(1, days + 1):
        start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days=back)
        for number in range(a_day):
            pair = MALI if number < mali else CHINA if number < mali + china else None
            found.append(told(pair, start + timedelta(minutes=chance.randrange(1440)), story=f"{back}.{number}"))
    return found


def today(mali: int, *, others: int = 60, owners: int = 99, hours: float = 5) -> list[Mention]:
    own = [told(MALI, NOW - timedelta(hours=hours * one / max(1, mali)), f"o{one % owners}", f"m{one % 2}") for one in range(mali)]
    return own + [told(None, NOW - timedelta(hours=5.9 * one / others)) for one in range(others)]


def baseline(past: Sequence[Mention], first: date | None = None) -> Baseline:
    return Baseline(count(past), TODAY, first)


def test_counts_are_by_day_and_hour_of_utc() -> None:
    east = datetime(2026, 3, 1, 1, 30).astimezone(UTC).replace(tzinfo=UTC)
    found = count([told(MALI, east), told(MALI, east), told(None, east + timedelta(hours=1))])
    hours = found[east.date()]
    assert (hours[MALI][1], sum(hours[MALI]), hours[EVERYTHING][1:3]) == (2, 2, [2, 1])


def test_pairs_are_sure_themes_in_each_country_once() -> None:
    assert pairs_of({"terror": 0.9, "space": 0.4, "cyber": 0.5}, ("ML", "NE", "ML")) == (
        Pair("cyber", "ML"), Pair("cyber", "NE"), Pair("terror", "ML"), Pair("terror", "NE"),
    )  # fmt: skip
    assert pairs_of({"terror": 0.9}, ()) == ()


def test_what_is_usual_is_told_and_no_spike() -> None:
    assert spikes(today(2), baseline(a_past()), NOW) == ()


def test_what_is_far_above_usual_is_a_spike_with_its_figures() -> None:
    (found,) = spikes(today(14), baseline(a_past()), NOW)
    assert (found.pair, found.hours, found.voices, found.owners, found.stories) == (MALI, 6, 14, 14, ("m0", "m1"))
    assert 0.3 < found.usual < 1.2  # two a day of two hundred, sixty heard in six hours
    assert found.chance < 1e-6


def test_few_owners_are_no_spike_however_much_they_write() -> None:
    past = baseline(a_past())
    assert spikes(today(14, owners=3), past, NOW) == ()
    assert [one.owners for one in spikes(today(14, owners=4), past, NOW)] == [4]


def test_new_desk_calls_nothing_unusual() -> None:
    past = baseline(a_past(6))
    assert (past.learning, past.days) == (True, 6)
    assert spikes(today(40), past, NOW) == ()
    assert usual_now(today(40), past, NOW, {}) == {}


def test_days_heard_in_part_or_not_at_all_do_not_count() -> None:
    past = [one for one in a_past(12) if one.at.date() != TODAY - timedelta(days=3)]
    assert baseline(past).days == 11
    assert baseline(past, first=TODAY - timedelta(days=12)).days == 10
    assert Baseline(count(past), TODAY + timedelta(days=40)).days == 0  # older than four weeks


def test_twice_the_outlets_are_twice_the_usual_and_no_spike() -> None:
    past = baseline(a_past(mali=20))
    hours = [(window_start(NOW, 6) + timedelta(hours=one)).hour for one in range(6)]
    once, twice = past.usual(MALI, hours, 50), past.usual(MALI, hours, 100)
    assert twice == pytest.approx(2 * once)
    assert spikes(today(12, others=100), past, NOW) == ()


def test_subject_that_comes_in_bursts_needs_more() -> None:
    calm, bursts = a_past(mali=0), a_past(mali=0)
    for back in range(1, 28):
        start = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(days=back)
        calm += [told(MALI, start + timedelta(hours=6 * one)) for one in range(-1, 3)]
        if back % 7 == 3:
            bursts += [told(MALI, start + timedelta(minutes=9 * one)) for one in range(28)]
    even, uneven = baseline(calm), baseline(bursts)
    assert even.chance(MALI, 12, 1.0) < uneven.chance(MALI, 12, 1.0) / 100


def test_one_event_of_the_past_does_not_hide_the_next() -> None:
    past = a_past(mali=1)
    start = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(days=20)
    past += [told(MALI, start + timedelta(minutes=9 * one)) for one in range(30)]
    assert [one.pair for one in spikes(today(20), baseline(past), NOW)] == [MALI]


def test_what_is_usual_at_these_hours_counts_more_than_the_whole_day() -> None:
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    past = a_past(mali=0)
    past += [told(MALI, start - timedelta(days=back, hours=-14, minutes=-one)) for back in range(1, 29) for one in range(10)]
    found = baseline(past)
    assert found.usual(MALI, [14], 10) > 5 * found.usual(MALI, [4], 10)


def test_never_told_subject_is_believed_rare() -> None:
    hours = range(24)
    assert 0 < baseline(a_past(mali=0)).usual(MALI, hours, 200) < 0.05


def test_never_told_subject_can_stand_out() -> None:
    (found,) = spikes(today(14), baseline(a_past(mali=0, china=3)), NOW)
    assert (found.pair, found.voices) == (MALI, 14)


def test_without_any_past_nothing_breaks() -> None:
    empty = Baseline({}, TODAY)
    assert (empty.days, empty.learning, empty.pairs()) == (0, True, [])
    assert spikes([], empty, NOW) == ()


def test_new_story_is_expected_to_gain_what_its_subject_gains_at_most_what_a_story_gains() -> None:
    usual = {MALI: Usual(0.4, 2.0), CHINA: Usual(30.0, 3.5)}
    assert expected_of((MALI,), usual) == 0.4
    assert expected_of((MALI, CHINA), usual) == 3.5
    assert expected_of((Pair("x", "FR"),), usual) == 0.0
    assert voices_a_story([told(MALI, NOW, story="a"), told(MALI, NOW, story="a"), told(MALI, NOW, story="b")]) == {MALI: 1.5}


def test_usual_now_is_told_for_every_pair_of_the_past() -> None:
    past = baseline(a_past(mali=8, china=20))
    found = usual_now(today(3), past, NOW, {MALI: 1.5})
    assert found.keys() == {MALI, CHINA}
    assert (found[MALI].a_story, found[CHINA].a_story) == (1.5, 1.0)
    assert found[CHINA].six_hours > found[MALI].six_hours > 0


@pytest.mark.parametrize(
    ("voices", "usual", "index", "chance"),
    [(4, 1.0, 1.0, 0.0189882), (10, 3.0, 1.0, 0.0011025), (1, 0.5, 1.0, 0.3934693), (0, 3.0, 2.0, 1.0), (3, 0.0, 1.0, 0.0)],
)
def test_tail_is_that_of_the_tables(voices: int, usual: float, index: float, chance: float) -> None:
    """Poisson tails as in any table."""
    assert tail(voices, usual, index) == pytest.approx(chance, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.floats(0.01, 40), st.floats(1.0, 20))
def test_tail_is_a_chance_that_falls_with_the_count(voices: int, usual: float, index: float) -> None:
    here, further = tail(voices, usual, index), tail(voices + 1, usual, index)
    assert 0 <= further <= here <= 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 25), st.floats(0.2, 8), st.floats(1.2, 9))
def test_tail_and_what_lies_below_are_one(voices: int, usual: float, index: float) -> None:
    size, odds = usual / (index - 1), 1 - 1 / index
    term = below = index**-size
    for k in range(1, voices):
        term *= odds * (k - 1 + size) / k
        below += term
    assert tail(voices, usual, index) == pytest.approx(1 - (below if voices else 0.0), abs=1e-9)
