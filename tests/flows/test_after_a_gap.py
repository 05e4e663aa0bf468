"""P48: after a night off, feeds come back one by one; a never-polled one at once; a clock set back starves nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.flows.after_a_gap import spread_overdue
from monitor.store.models import Feed, Outlet

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def feed(number: int, *, polled: datetime | None, due: datetime | None) -> Feed:
    outlet, _ = Outlet.objects.get_or_create(slug="port", defaults={"name": "Port", "country": "FR", "language": "fr", "kind": "newspaper"})
    url = f"https://port{number}.example/feed"
    return Feed.objects.create(outlet=outlet, url=url, interval=HOUR, due_at=due, last_attempt_at=polled, health="ok", polls=1)


def test_overdue_feeds_are_spread_over_half_an_hour() -> None:
    feeds = [feed(number, polled=NOW - 9 * HOUR, due=NOW - 8 * HOUR) for number in range(40)]
    assert spread_overdue(NOW) == 40
    dues = [Feed.objects.get(pk=row.pk).due_at for row in feeds]
    waits = sorted((due - NOW) / timedelta(minutes=1) for due in dues if due is not None)
    assert waits[0] >= 0 and waits[-1] <= 30
    assert len({round(wait, 3) for wait in waits}) == 40
    assert 8 <= sum(wait < 15 for wait in waits) <= 32


def test_feed_never_polled_stays_due_at_once() -> None:
    row = feed(1, polled=None, due=NOW - 9 * HOUR)
    assert spread_overdue(NOW) == 0
    row.refresh_from_db()
    assert row.due_at == NOW - 9 * HOUR


def test_feed_not_yet_due_is_left_alone() -> None:
    row = feed(1, polled=NOW - timedelta(minutes=30), due=NOW + timedelta(minutes=33))
    assert spread_overdue(NOW) == 0
    row.refresh_from_db()
    assert row.due_at == NOW + timedelta(minutes=33)


def test_clock_set_back_makes_no_feed_wait_longer_than_its_interval() -> None:
    row = feed(1, polled=NOW + 48 * HOUR, due=NOW + 49 * HOUR)
    assert spread_overdue(NOW) == 1
    row.refresh_from_db()
    assert row.due_at is not None and row.due_at <= NOW + HOUR * 1.1


def test_claimed_feed_is_left_to_its_worker() -> None:
    row = feed(1, polled=NOW - 9 * HOUR, due=NOW - 8 * HOUR)
    Feed.objects.filter(pk=row.pk).update(claim_token="w.1")
    assert spread_overdue(NOW) == 0
