"""When an article counts as told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.outside.reading import _told_at
from monitor.records import Moment

DAY = datetime(2026, 11, 20, tzinfo=UTC)
NOON, NEXT = DAY + timedelta(hours=12), DAY + timedelta(days=1, hours=9)
END = DAY + timedelta(hours=23, minutes=59, seconds=59)


@pytest.mark.parametrize(
    ("published", "found", "told"),
    [
        (None, NOON, NOON),
        (Moment(NOON), NEXT, NOON),
        (Moment(NEXT), NOON, NOON),  # a date that lies ahead
        (Moment(DAY, precision="day"), NEXT, END),
        (Moment(DAY, precision="day"), NOON, NOON),
        (Moment(DAY), NEXT, DAY),  # told at midnight, to the minute
    ],
)
def test_a_day_counts_as_its_end_and_nothing_as_later_than_it_was_found(published: Moment | None, found: datetime, told: datetime) -> None:
    assert _told_at(published, found) == told
