"""The embedded engine: APScheduler as the clock, one tick a kind of job; the rows decide what is due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor as JobThreads
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.flows.after_a_gap import GAP, spread_overdue
from monitor.jobs.timetable import TIMETABLE, WAKES, Job, run_due
from monitor.jobs.worker import Worker
from monitor.store.setup import close_connections

log = logging.getLogger("monitor.jobs")


class LocalEngine:
    """Runs the timetable in this process until stopped; a tick that comes while its job still runs is dropped.

    A job that did something has those looked at once that its work is for, so that an alert leaves within seconds of its article.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        worker.memory.orderly = True  # jobs run beside each other: what is read first need not be the oldest
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
        self.schedule(now)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each dropped tick
        self.scheduler.start()

    def schedule(self, now: datetime) -> None:
        """Enter every job, the first tick of each a moment after that of the one before it in the path."""
        for place, line in enumerate(TIMETABLE):
            self.scheduler.add_job(
                self.tick,
                "interval",
                seconds=line.look_every.total_seconds(),
                next_run_time=now + timedelta(milliseconds=100 * place),
                args=[line],
                id=line.name,
            )

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

    def tick(self, line: Job) -> None:
        """Run one job if it has anything to do; whatever breaks is logged."""
        try:
            if line is TIMETABLE[0]:
                self._mind_the_gap(self.worker.kit.clock.now())
            summary = run_due(line, self.worker)
            if summary:
                log.info("%s: %s", line.name, summary)
                self._wake(line)
        except Exception:
            log.exception("job %s broke; it will be tried again", line.name)
        finally:
            close_connections()

    def _wake(self, line: Job) -> None:
        """Have the jobs look at once that the work of this one is for; they tick on from there."""
        for name in WAKES.get(line.name, ()):
            if not self.worker.stopping.is_set():
                self.scheduler.modify_job(name, next_run_time=self.worker.kit.clock.now())
