"""The digest's clock: one a date in every zone, also when the clocks change, late or skipped after a sleep, never two (F-20 … F-22)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.digest_clock import Turn, due_moment, hour_of, is_on, next_due, turns

ZONES = ("Europe/Paris", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "UTC")
WEEKENDS = ((date(2026, 3, 28), date(2026, 3, 30)), (date(2026, 10, 24), date(2026, 10, 26)))
HOURS = [time(minute // 60, minute % 60) for minute in range(30, 241, 15)]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
SEVEN = time(7)


def minutes(first: datetime, last: datetime, step: int = 1) -> list[datetime]:
    return [first + timedelta(minutes=number) for number in range(0, int((last - first) / timedelta(minutes=1)), step)]


def run(moments: list[datetime], zone: ZoneInfo, at: time, *, since: datetime = LONG_AGO) -> list[Turn]:
    """What a job does that looks at these moments, one after the other, and remembers the dates it has done."""
    done: set[date] = set()
    acted = []
    for now in moments:
        for turn in turns(now, zone, at, done=done, since=since):
            done.add(turn.local_date)
            acted.append(turn)
    return acted


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("weekend", WEEKENDS, ids=["march", "october"])
def test_each_date_has_exactly_one_on_the_weekends_the_clocks_change(zone: str, weekend: tuple[date, date]) -> None:
    first, last = weekend
    there = ZoneInfo(zone)
    start = datetime.combine(first, time(), there).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), there).astimezone(UTC)
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for at in HOURS:
        acted = run(minutes(start, end, 5), there, at, since=start)
        assert [(turn.local_date, turn.act) for turn in acted] == [(day, "make") for day in dates], (zone, at)


@pytest.mark.parametrize("zone", ZONES)
def test_the_moment_is_the_hour_or_the_first_instant_after_the_gap(zone: str) -> None:
    there = ZoneInfo(zone)
    for first, last in WEEKENDS:
        for at in HOURS:
            for number in range((last - first).days + 1):
                day = first + timedelta(days=number)
                moment = due_moment(day, at, there)
                assert moment is not None
                local, wanted = moment.astimezone(there).replace(tzinfo=None), datetime.combine(day, at)
                before = (moment - timedelta(seconds=1)).astimezone(there).replace(tzinfo=None)
                assert local == wanted or before < wanted < local, (zone, day, at)


def test_in_the_gap_it_is_the_first_valid_instant_and_in_the_fold_the_first_of_two() -> None:
    found = [due_moment(day, time(2, 30), PARIS) for day in (date(2026, 3, 29), date(2026, 10, 25))]
    assert found == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_gap_at_midnight_is_passed_over() -> None:
    """Cairo's clocks go from 23:59 to 01:00 on 24 April 2026."""
    assert due_moment(date(2026, 4, 24), time(0, 30), ZoneInfo("Africa/Cairo")) == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_a_date_that_never_was_has_no_moment() -> None:
    assert due_moment(date(2011, 12, 30), SEVEN, ZoneInfo("Pacific/Apia")) is None


def paris(hour: int, minute: int = 0, day: int = 14) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def test_asleep_over_its_hour_it_comes_once_and_says_that_it_is_late() -> None:
    awake = minutes(paris(6), paris(6, 50)) + minutes(paris(7, 20), paris(12))
    assert [(turn.local_date, turn.act) for turn in run(awake, PARIS, SEVEN, since=paris(0))] == [(date(2026, 3, 14), "late")]


def test_asleep_until_the_afternoon_it_is_skipped_and_recorded() -> None:
    awake = minutes(paris(6), paris(6, 50)) + minutes(paris(14), paris(15))
    acted = run(awake, PARIS, SEVEN, since=paris(0))
    assert [(turn.local_date, turn.wanted_at, turn.act) for turn in acted] == [(date(2026, 3, 14), paris(7), "skip")]


def test_a_date_slept_through_whole_is_recorded_the_next_day() -> None:
    acted = run([paris(6, day=14), paris(7, 1, day=15)], PARIS, SEVEN, since=paris(0))
    assert [(turn.local_date.day, turn.act) for turn in acted] == [(14, "skip"), (15, "make")]


def test_an_hour_before_midnight_may_be_made_after_it() -> None:
    assert [(turn.local_date.day, turn.act) for turn in run([paris(1, day=15)], PARIS, time(23, 30), since=paris(0))] == [(14, "late")]


@pytest.mark.parametrize(("late", "act"), [(0, "make"), (10, "make"), (11, "late"), (359, "late"), (360, "skip"), (600, "skip")])
def test_six_hours_are_the_limit(late: int, act: str) -> None:
    assert [turn.act for turn in run([paris(7) + timedelta(minutes=late)], PARIS, SEVEN, since=paris(0))] == [act]


def test_whoever_came_after_the_hour_waits_for_the_next() -> None:
    acted = run(minutes(paris(9), paris(9, day=15), 10), PARIS, SEVEN, since=paris(9))
    assert [(turn.local_date.day, turn.act) for turn in acted] == [(15, "make")]


def test_only_chosen_weekdays_are_on() -> None:
    days = [date(2026, 3, day) for day in range(9, 16)]
    assert [day.day for day in days if is_on(day, (1, 4))] == [9, 12]
    assert [day.day for day in days if is_on(day, ())] == [9, 10, 11, 12, 13, 14, 15]


def test_the_next_one_is_told() -> None:
    assert [next_due(paris(6), PARIS, SEVEN), next_due(paris(7), PARIS, SEVEN), next_due(paris(7), PARIS, SEVEN, (1,))] == [
        paris(7),
        paris(7, day=15),
        paris(7, day=16),
    ]


def test_an_hour_that_is_none_is_refused() -> None:
    assert hour_of("07:00") == SEVEN
    with pytest.raises(ValueError, match="Invalid isoformat"):
        hour_of("7 o'clock")


JUMPS = st.one_of(
    st.integers(1, 90),  # minutes that pass
    st.sampled_from([120, -120, -1440, 1440, 10 * 365 * 1440, -10 * 365 * 1440]),  # the clock is set (F-20)
)


@given(zone=st.sampled_from(ZONES), at=st.sampled_from([*HOURS, SEVEN, time(23, 45)]), jumps=st.lists(JUMPS, min_size=5, max_size=60))
@settings(max_examples=150, deadline=None)
def test_clocks_set_back_and_forth_never_make_two_of_a_date(zone: str, at: time, jumps: list[int]) -> None:
    now, moments = datetime(2026, 3, 28, 12, tzinfo=UTC), []
    for jump in jumps:
        now += timedelta(minutes=jump)
        if 2015 < now.year < 2060:
            moments.append(now)
    dates = [turn.local_date for turn in run(moments, ZoneInfo(zone), at)]
    assert len(dates) == len(set(dates))


@given(
    zone=st.sampled_from(ZONES),
    at=st.sampled_from([*HOURS, SEVEN, time(23, 45)]),
    start=st.integers(0, 350 * 1440).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
)
@settings(max_examples=100, deadline=None)
def test_awake_all_the_time_every_date_has_one_at_its_hour(zone: str, at: time, start: datetime) -> None:
    there = ZoneInfo(zone)
    acted = run(minutes(start, start + timedelta(days=5), 7), there, at, since=start)
    dates = [turn.local_date for turn in acted]
    assert dates == [dates[0] + timedelta(days=number) for number in range(len(dates))]
    assert (len(dates), {turn.act for turn in acted}) == (5, {"make"})
