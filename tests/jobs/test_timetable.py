"""The timetable's keyed jobs: one worker does each, a broken one is tried again and never given up."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.timetable import TRY_AGAIN, Job, run_due
from monitor.records import Desk
from monitor.store import due, models, periodic
from tests.fakes import FakeClock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class _Worker:
    """As much of a worker as a keyed job needs."""

    def __init__(self) -> None:
        self.kit = self
        self.clock = FakeClock()
        self.worker = "w"
        self.done: list[str] = []


def keyed(run: object) -> Job:
    return Job("tidy", "tidy up", timedelta(minutes=1), run, DAY)  # type: ignore[arg-type]


def test_keyed_job_runs_once_in_its_time() -> None:
    worker = _Worker()
    line = keyed(lambda w: w.done.append("x") or "tidied")
    assert [run_due(line, worker) for _ in range(3)] == ["tidied", "", ""]  # type: ignore[arg-type]
    worker.clock.advance(DAY)
    assert run_due(line, worker) == "tidied"  # type: ignore[arg-type]
    row = models.Periodic.objects.get()
    assert (worker.done, row.last_success_at, row.last_summary, row.claim_token) == (["x", "x"], worker.clock.now(), "tidied", "")


def test_keyed_job_that_broke_says_why_and_is_never_given_up() -> None:
    worker = _Worker()

    def broken(_: object) -> str:
        raise RuntimeError("disk full")

    for _ in range(due.GIVE_UP_AFTER + 2):
        with pytest.raises(RuntimeError, match="disk full"):
            run_due(keyed(broken), worker)  # type: ignore[arg-type]
        row = models.Periodic.objects.get()
        assert (row.claim_token, row.last_error, row.due_at) == ("", "RuntimeError: disk full", worker.clock.now() + TRY_AGAIN)
        assert run_due(keyed(broken), worker) == ""  # type: ignore[arg-type]
        worker.clock.advance(TRY_AGAIN)
    assert run_due(keyed(lambda _: "tidied"), worker) == "tidied"  # type: ignore[arg-type]


def test_second_worker_does_not_do_a_keyed_job_again() -> None:
    now = FakeClock().now()
    periodic.ensure({"tidy": now})
    assert periodic.claim("tidy", now, worker="a") != ""
    assert periodic.claim("tidy", now, worker="b") == ""


def test_fetch_threads_end_without_waiting_for_what_is_under_way(tmp_path: Path) -> None:
    import threading

    begun, never, stopping = threading.Event(), threading.Event(), threading.Event()
    threads = FetchThreads(1, stopping)

    def slow() -> str:
        begun.set()
        never.wait()
        return "late"

    under_way, waiting = threads.submit(slow), threads.submit(slow)
    assert begun.wait(600)
    stopping.set()
    threads.shutdown()
    assert (under_way.done(), waiting.cancelled()) == (False, True)
    never.set()
    assert under_way.result(600) == "late"


def test_fetch_threads_begin_nothing_once_stopping() -> None:
    import threading

    stopping = threading.Event()
    stopping.set()
    threads = FetchThreads(2, stopping)
    future = threads.submit(lambda: "never")
    threads.shutdown()
    with pytest.raises(Exception) as ended:
        future.result(600)
    assert type(ended.value).__name__ == "CancelledError"


def test_a_nightly_job_is_due_at_its_hour_of_the_desks_zone_also_when_the_clocks_change() -> None:
    worker = _Worker()
    worker.desk = Desk(timezone="Europe/Paris")  # type: ignore[attr-defined]
    worker.clock = FakeClock(datetime(2026, 3, 27, 12, tzinfo=UTC))
    line = Job("nightly", "copy", timedelta(minutes=1), lambda w: w.done.append(w.clock.now()) or "copied", DAY, time(3))  # type: ignore[attr-defined]
    for _ in range(3 * 24 * 2):
        run_due(line, worker)  # type: ignore[arg-type]
        worker.clock.advance(timedelta(minutes=30))
    assert [f"{at:%d %H:%M}" for at in worker.done] == ["28 02:00", "29 01:00", "30 01:00"]  # type: ignore[str-format]
