"""The embedded engine: APScheduler as the clock, one tick a kind of job; the rows decide what is due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor as JobThreads
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.flows.after_a_gap import GAP, spread_overdue
from monitor.jobs.timetable import TIMETABLE, Job, run_due
from monitor.jobs.worker import Worker
from monitor.store.setup import close_connections

log = logging.getLogger("monitor.jobs")


class LocalEngine:
    """Runs the timetable in this process until stopped; a tick that comes while its job still runs is dropped."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._looked_at: datetime | None = None
        self.scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": JobThreads(len(TIMETABLE))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin ticking; the first tick of every job comes at once."""
        now = self.worker.kit.clock.now()
        self._mind_the_gap(now, at_start=True)
        for place, line in enumerate(TIMETABLE):
            self.scheduler.add_job(
                self._tick,
                "interval",
                seconds=line.look_every.total_seconds(),
                next_run_time=now + timedelta(milliseconds=100 * place),
                args=[line],
                id=line.name,
            )
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self.scheduler.start()

    def stop(self) -> None:
        """Stop ticking and wait for the jobs in hand to release what they hold."""
        self.worker.stopping.set()
        self.scheduler.shutdown(wait=True)

    def _mind_the_gap(self, now: datetime, *, at_start: bool = False) -> None:
        """At a start, and whenever the clock jumped (the machine slept, or was set), overdue feeds are spread (P48)."""
        jumped = abs(now - self._looked_at) > GAP + TIMETABLE[0].look_every if self._looked_at else False
        self._looked_at = now
        if at_start or jumped:
            moved = spread_overdue(now)
            if moved:
                log.info("%d feeds that fell due meanwhile are asked over the next half hour", moved)

    def _tick(self, line: Job) -> None:
        try:
            if line is TIMETABLE[0]:
                self._mind_the_gap(self.worker.kit.clock.now())
            summary = run_due(line, self.worker)
            if summary:
                log.info("%s: %s", line.name, summary)
        except Exception:
            log.exception("job %s broke; it will be tried again", line.name)
        finally:
            close_connections()
