"""`monitor once`: grouping goes on beside reading when there is much to read, and otherwise after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from monitor.flows.kit import Kit
from monitor.jobs.once import once
from monitor.jobs.timetable import Job, job
from monitor.jobs.worker import Worker
from monitor.outside.guard import Policy
from monitor.pipeline.group_pace import CROWD
from monitor.records import Desk
from tests.fakes import FakeClock, FakeFetcher

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 600.0
"""Seconds after which a test that waits for another thread has failed."""


def lines(**runs: Callable[[Worker], str]) -> tuple[Job, ...]:
    """The lines of the timetable with these names, doing something else."""
    found = {name: job(name) for name in runs}
    return tuple(replace(line, run=runs[name]) for name, line in found.items() if line is not None)


def done(*jobs: Job) -> tuple[bool, list[str]]:
    """Whether all went well, and what was said."""
    clock, nobody, said = FakeClock(), ThreadPoolExecutor(1), list[str]()
    pool: Any = None
    worker = Worker(Kit(clock, FakeFetcher(clock=clock), pool, nobody, Policy(), "worker"), Desk(), {})
    sound = once(worker, jobs, say=lambda name, _: said.append(name))
    assert not worker.memory.orderly
    return sound, said


def test_a_crowd_is_grouped_while_reading_goes_on() -> None:
    grouped, orderly = threading.Event(), list[bool]()

    def read(worker: Worker) -> str:
        worker.kit.progress("read articles", CROWD, CROWD)
        assert grouped.wait(LONG), "nothing was grouped beside reading"
        return ""

    def group(worker: Worker) -> str:
        orderly.append(worker.memory.orderly)
        grouped.set()
        return ""

    assert done(*lines(read_articles=read, group_stories=group)) == (True, [])
    assert (orderly[0], orderly[-1]) == (True, False), "beside reading older news is waited for, afterwards it is not"


def test_a_few_articles_are_grouped_after_they_are_read() -> None:
    order = list[str]()

    def read(worker: Worker) -> str:
        worker.kit.progress("read articles", CROWD - 1, CROWD - 1)
        order.append("read")
        return ""

    def group(_: Worker) -> str:
        order.append("grouped")
        return ""

    assert done(*lines(read_articles=read, group_stories=group)) == (True, [])
    assert order == ["read", "grouped"]


def test_grouping_that_breaks_beside_reading_is_tried_again_after_it(caplog: pytest.LogCaptureFixture) -> None:
    broken = threading.Event()

    def read(worker: Worker) -> str:
        worker.kit.progress("read articles", CROWD, CROWD)
        assert broken.wait(LONG)
        return ""

    def group(worker: Worker) -> str:
        if worker.memory.orderly:
            broken.set()
            raise ValueError("a tree without a root")
        return ""

    assert done(*lines(read_articles=read, group_stories=group)) == (True, [])
    assert [record.getMessage() for record in caplog.records] == [
        "job group_stories broke beside read_articles; it is tried again after it"
    ]


def test_reading_alone_needs_nobody_beside_it() -> None:
    assert done(*lines(read_articles=lambda _: "")) == (True, [])
