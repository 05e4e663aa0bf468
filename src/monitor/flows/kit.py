"""What every flow is given: the clock, the fetcher, the parser children, the rules of politeness, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.outside.guard import Policy
from monitor.outside.reader_pool import ReaderPool
from monitor.ports import Clock, Fetcher

Progress = Callable[[str, int, int], None]
"""Called as progress(job, done, total); total counts what has been claimed so far."""


def silent(job: str, done: int, total: int) -> None:
    """Report to nobody."""


class Queues:
    """Who waits for a host that somebody else is asking comes back one pace after the other (P43, P44), not all when its turn lapses."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._behind: dict[str, datetime] = {}

    def turn(self, host: str, free_at: datetime, pace: float) -> datetime:
        """When the next one in this host's queue should come back; `free_at` is when its turn lapses at the latest."""
        before = self._behind.get(host)
        step = timedelta(seconds=pace)
        self._behind[host] = before + step if before else min(free_at, self._now + step)
        return self._behind[host]


@dataclass(frozen=True, slots=True)
class Kit:
    """The hands of a flow; decisions stay in pipeline/, rows in store/."""

    clock: Clock
    fetcher: Fetcher
    pool: ReaderPool
    threads: Executor
    policy: Policy
    worker: str
    stop: Callable[[], bool] = field(default=lambda: False)
    progress: Progress = silent
    ready: Callable[[], object] = field(default=lambda: None)  # returns when the parser children can work: nothing is asked before
    width: int = 64
