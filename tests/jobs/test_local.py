"""The embedded engine: one tick a job, and those woken whose work has just come."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.flows.group_stories import Memory
from monitor.jobs.local import LocalEngine
from monitor.jobs.timetable import TIMETABLE, WAKES, job
from tests.fakes import FakeClock

pytestmark = pytest.mark.django_db


class _Worker:
    """As much of a worker as ticking needs."""

    def __init__(self) -> None:
        self.kit = self
        self.clock = FakeClock()
        self.memory = Memory()
        self.stopping = threading.Event()


def next_looks(engine: LocalEngine) -> dict[str, datetime]:
    return {one.id: one.next_run_time for one in engine.scheduler.get_jobs()}


def ticked(name: str, summary: str) -> dict[str, timedelta]:
    """The jobs that look at another time than planned after one of them said what it did, and in how long."""
    worker = _Worker()
    engine = LocalEngine(worker)  # type: ignore[arg-type]
    engine.schedule(worker.clock.now() + timedelta(hours=1))
    planned = next_looks(engine)
    found = job(name)
    assert found is not None
    engine.tick(replace(found, run=lambda _: summary))
    now = worker.clock.now()
    return {one: at - now for one, at in next_looks(engine).items() if at != planned[one]}


def test_job_that_did_something_wakes_those_it_worked_for() -> None:
    assert ticked("group_stories", "3 articles grouped") == {"queue_leads": timedelta(0), "send_alerts": timedelta(0)}


def test_job_that_did_nothing_wakes_nobody() -> None:
    assert ticked("group_stories", "") == {}


def test_only_jobs_of_the_timetable_are_woken_and_later_ones_only() -> None:
    order = [line.name for line in TIMETABLE]
    assert [(name, one) for name, woken in WAKES.items() for one in woken if order.index(one) <= order.index(name)] == []
