"""Claims: whoever comes second finds nothing, a lost claim writes nothing, a dead worker's claims come free once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.store import due, workers
from monitor.store.models import Periodic
from tests.fakes import FakeClock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def rows(count: int, at: datetime = NOW) -> list[Periodic]:
    return [Periodic.objects.create(name=f"row {number}", due_at=at + timedelta(seconds=number)) for number in range(count)]


def test_claim_takes_most_overdue_first() -> None:
    made = rows(5, NOW - timedelta(minutes=1))
    token, keys = due.claim(Periodic, NOW, limit=3, lease=LEASE, worker="w")
    assert keys == [row.pk for row in made[:3]]
    assert token.startswith("w.")


def test_claim_leaves_what_is_not_due() -> None:
    rows(1, NOW + timedelta(seconds=1))
    assert due.claim(Periodic, NOW, limit=3, lease=LEASE, worker="w") == ("", [])


def test_claim_by_a_second_worker_finds_nothing() -> None:
    rows(2, NOW - timedelta(minutes=1))
    assert len(due.claim(Periodic, NOW, limit=9, lease=LEASE, worker="a")[1]) == 2
    assert due.claim(Periodic, NOW, limit=9, lease=LEASE, worker="b") == ("", [])


def test_claim_lapses_after_its_lease() -> None:
    rows(1)
    due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="a")
    assert due.claim(Periodic, NOW + LEASE - timedelta(seconds=1), limit=1, lease=LEASE, worker="b")[1] == []
    assert len(due.claim(Periodic, NOW + LEASE, limit=1, lease=LEASE, worker="b")[1]) == 1


def test_finish_with_a_lost_claim_writes_nothing() -> None:
    (row,) = rows(1)
    old, _ = due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="a")
    new, _ = due.claim(Periodic, NOW + LEASE, limit=1, lease=LEASE, worker="b")
    assert due.finish(Periodic, row.pk, old, last_summary="late") is False
    assert due.finish(Periodic, row.pk, new, last_summary="in time") is True
    row.refresh_from_db()
    assert (row.last_summary, row.claim_token, row.attempts) == ("in time", "", 0)


def test_row_is_given_up_after_five_attempts() -> None:
    rows(1)
    for attempt in range(due.GIVE_UP_AFTER):
        assert len(due.claim(Periodic, NOW + attempt * LEASE, limit=1, lease=LEASE, worker="w")[1]) == 1
    assert due.claim(Periodic, NOW + timedelta(days=9), limit=1, lease=LEASE, worker="w") == ("", [])


def test_hand_back_does_not_count_as_an_attempt() -> None:
    (row,) = rows(1)
    token, keys = due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="w")
    assert due.hand_back(Periodic, keys, token, NOW + timedelta(seconds=9)) == 1
    row.refresh_from_db()
    assert (row.attempts, row.claim_token, row.due_at) == (0, "", NOW + timedelta(seconds=9))


def test_earliest_ignores_what_is_already_due() -> None:
    rows(1, NOW - timedelta(hours=1))
    Periodic.objects.create(name="later", due_at=NOW + timedelta(minutes=3))
    assert due.earliest(Periodic, NOW) == NOW + timedelta(minutes=3)


def test_dead_workers_claims_come_free_at_once_and_only_once(tmp_path: Path) -> None:
    (row,) = rows(1)
    folder = tmp_path / "workers"
    folder.mkdir()
    (folder / "dead.lock").touch()
    due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="dead")
    assert workers.release_dead(folder, NOW) == 1
    (folder / "dead2.lock").touch()
    due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="dead2")
    assert workers.release_dead(folder, NOW) == 0  # its second death: the lease must lapse
    row.refresh_from_db()
    assert row.due_at == NOW + LEASE


def test_living_workers_claims_stay(tmp_path: Path) -> None:
    rows(1)
    with workers.alive(tmp_path, FakeClock(NOW)) as name:
        due.claim(Periodic, NOW, limit=1, lease=LEASE, worker=name)
        assert workers.release_dead(tmp_path / "workers", NOW) == 0


def test_leaving_worker_releases_what_it_holds(tmp_path: Path) -> None:
    (row,) = rows(1)
    with workers.alive(tmp_path, FakeClock(NOW)) as name:
        due.claim(Periodic, NOW, limit=1, lease=LEASE, worker=name)
    row.refresh_from_db()
    assert (row.due_at, row.claim_token, row.attempts) == (NOW, "", 1)
    assert list((tmp_path / "workers").iterdir()) == []


def test_worker_that_broke_leaves_its_claims_to_its_successor(tmp_path: Path) -> None:
    rows(1)
    with pytest.raises(RuntimeError), workers.alive(tmp_path, FakeClock(NOW)) as name:
        due.claim(Periodic, NOW, limit=1, lease=LEASE, worker=name)
        raise RuntimeError("a bug")
    assert workers.release_dead(tmp_path / "workers", NOW) == 1


def test_work_cut_short_is_due_at_once_only_the_first_time() -> None:
    (row,) = rows(1)
    for attempt, expected in ((1, NOW), (2, NOW + LEASE)):
        token, keys = due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="w")
        assert due.let_go(Periodic, keys, token, NOW) == (1 if attempt == 1 else 0)
        row.refresh_from_db()
        assert (row.due_at, row.claim_token, row.attempts) == (expected, "", attempt)


def test_own_fault_keeps_the_lease_and_says_why() -> None:
    (row,) = rows(1)
    token, _ = due.claim(Periodic, NOW, limit=1, lease=LEASE, worker="w")
    assert due.fail(Periodic, row.pk, token, "KeyError: 'x'") is True
    assert due.fail(Periodic, row.pk, token, "late") is False
    row.refresh_from_db()
    assert (row.due_at, row.claim_token, row.attempts, row.last_error) == (NOW + LEASE, "", 1, "KeyError: 'x'")
