"""The embedded engine: APScheduler as the clock, one tick a kind of job; the rows decide what is due."""

from __future__ import annotations

import logging
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor as JobThreads
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.jobs.timetable import TIMETABLE, Job, run_due
from monitor.jobs.worker import Worker
from monitor.store.setup import close_connections

log = logging.getLogger("monitor.jobs")


class LocalEngine:
    """Runs the timetable in this process until stopped; a tick that comes while its job still runs is dropped."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": JobThreads(len(TIMETABLE))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin ticking; the first tick of every job comes at once."""
        now = self.worker.kit.clock.now()
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

    def _tick(self, line: Job) -> None:
        try:
            summary = run_due(line, self.worker)
            if summary:
                log.info("%s: %s", line.name, summary)
        except Exception:
            log.exception("job %s broke; it will be tried again", line.name)
        finally:
            close_connections()
