"""`monitor once`: every job once, in path order, until nothing is due any more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from monitor.jobs.timetable import TIMETABLE, Job, next_due, run_due
from monitor.jobs.worker import Worker
from monitor.store import periodic

PATIENCE = timedelta(seconds=75)
"""Rows due this soon only wait for their host's turn (P43, P44): once waits for them instead of leaving them behind."""

log = logging.getLogger("monitor.jobs")


def once(worker: Worker, lines: tuple[Job, ...] = TIMETABLE, *, say: Callable[[str, str], None]) -> bool:
    """Run the jobs until nothing is due; `say(job, summary)` hears what each did. False when a job itself broke."""
    sound = True
    while True:
        busy = False
        for line in lines:
            try:
                summary = run_due(line, worker)
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
