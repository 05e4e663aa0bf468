"""Which backups stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.backup_rotation import DAYS, MONTHS, WEEKS, kept

START = datetime(2026, 1, 1, 3, tzinfo=UTC)


def test_a_year_of_nights_leaves_seven_days_four_weeks_and_six_months() -> None:
    left: frozenset[datetime] = frozenset()
    for night in range(365):
        left = kept([*left, START + timedelta(days=night)])
    told = [f"{at:%m-%d}" for at in sorted(left)]
    months, weeks = ["07-31", "08-31", "09-30", "10-31", "11-30"], ["12-13", "12-20"]
    assert told == [*months, *weeks, *(f"12-{day}" for day in range(25, 32))]


def test_two_of_one_day_leave_the_later() -> None:
    nights = [START + timedelta(days=day, hours=hour) for day in range(8) for hour in (0, 5)]
    assert kept(nights) >= {START + timedelta(days=day, hours=5) for day in range(1, 8)}
    assert START + timedelta(days=3) not in kept(nights)


def test_a_desk_that_was_off_for_a_year_loses_none_of_its_last() -> None:
    before = [START + timedelta(days=day) for day in range(7)]
    assert kept([*before, START + timedelta(days=400)]) >= {*before[1:], START + timedelta(days=400)}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 90_000), max_size=60))
def test_the_newest_always_stays_and_never_more_than_the_three_rows(hours: list[int]) -> None:
    made = [START + timedelta(hours=hour) for hour in hours]
    stays = kept(made)
    assert (max(made) in stays if made else not stays, len(stays) <= DAYS + WEEKS + MONTHS, kept(stays) == stays) == (True, True, True)
