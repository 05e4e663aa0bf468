"""`monitor once`: every job once, in path order, until nothing is due any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from monitor.jobs.timetable import TIMETABLE, Job, next_due, run_due
from monitor.jobs.worker import Worker
from monitor.pipeline.group_pace import CROWD
from monitor.store import periodic
from monitor.store.setup import close_connections

PATIENCE = timedelta(seconds=75)
"""Rows due this soon only wait for their host's turn (P43, P44): once waits for them instead of leaving them behind."""

LOOK = 0.25
"""Seconds between two looks at what has gathered."""
BESIDE = {"read_articles": "group_stories"}
"""What is done beside another job when there is much to do, so that neither core is idle at its end."""

log = logging.getLogger("monitor.jobs")


def once(worker: Worker, lines: tuple[Job, ...] = TIMETABLE, *, say: Callable[[str, str], None]) -> bool:
    """Run the jobs until nothing is due; `say(job, summary)` hears what each did. False when a job itself broke."""
    sound = True
    while True:
        busy = False
        for line in lines:
            try:
                with _beside(line, lines, worker) as reporting:
                    summary = run_due(line, reporting)
            except Exception:
                log.exception("job %s broke", line.name)
                say(line.name, "broke; see the log above")
                sound, summary = False, ""
            if summary and line.repeat is None:
                busy = True
            if summary:
                say(line.name, summary)
            if worker.stopping.is_set():
                return sound
        if not sound or (not busy and not _wait(worker)):
            return sound


@contextmanager
def _beside(line: Job, lines: tuple[Job, ...], worker: Worker) -> Iterator[Worker]:
    """While a job runs, have the next one work through what gathers; it begins only once a crowd has, and ends with the job."""
    other = next((one for one in lines if one.name == BESIDE.get(line.name)), None)
    if other is None:
        yield worker
        return
    crowd, over = threading.Event(), threading.Event()

    def progress(job: str, done: int, total: int) -> None:
        worker.kit.progress(job, done, total)
        if done >= CROWD:
            crowd.set()

    def work() -> None:
        try:
            while crowd.wait() and not over.wait(LOOK):
                run_due(other, worker)
        except Exception:
            log.exception("job %s broke beside %s; it is tried again after it", other.name, line.name)
        finally:
            close_connections()

    thread = threading.Thread(target=work, name=f"beside {line.name}")
    worker.memory.orderly = True
    thread.start()
    try:
        yield replace(worker, kit=replace(worker.kit, progress=progress))
    finally:
        over.set()
        crowd.set()
        thread.join()
        worker.memory.orderly = False


def _wait(worker: Worker) -> bool:
    """Wait for rows that are only held by their host's pace; False when none is."""
    now = worker.kit.clock.now()
    soon = next_due(now)
    if periodic.fact("offline").get("since"):  # without a network a feed a minute is tried for ever (P32)
        return False
    if soon is None or soon > now + PATIENCE:
        return False
    while now < soon and not worker.stopping.is_set():  # in short steps: who asks us to stop is not kept waiting (F-03)
        worker.kit.clock.sleep(min(0.5, max(0.05, (soon - now).total_seconds())))
        now = worker.kit.clock.now()
    return not worker.stopping.is_set()
