"""What every flow is given: the clock, the fetcher, the parser children, the rules of politeness, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from monitor.outside.guard import Policy
from monitor.outside.reader_pool import ReaderPool
from monitor.ports import Clock, Fetcher

Progress = Callable[[str, int, int], None]
"""Called as progress(job, done, total); total counts what has been claimed so far."""


def silent(job: str, done: int, total: int) -> None:
    """Report to nobody."""


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
    width: int = 64
