"""Keeps the threads of this process on one core while they poll: Python runs one of them at a time in any case.

Passing the turn from core to core is what costs: 2,700 to 3,700 unchanged feeds a second on two cores were 4,500 on one
(benchmarks/polling). Parser children are processes of their own and keep every core; other programs started meanwhile (pg_dump) stay where
they began, and use one core in any case. Where the system knows no such thing, nothing is done.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")
_ALL: Set[int] = os.sched_getaffinity(0) if sys.platform == "linux" and _TASKS.exists() else frozenset()
_lock = threading.Lock()
_at_work: list[None] = []


@contextmanager
def one_core() -> Iterator[None]:
    """Keep every thread of this process on the core this one runs on; the last to leave lets them all go where they like again."""
    try:
        with _lock:
            _at_work.append(None)
            if len(_at_work) == 1 and len(_ALL) > 1:
                _keep_to(_ALL & {_core()})
        yield
    finally:
        with _lock:
            _at_work.pop()
            if not _at_work and len(_ALL) > 1:
                _keep_to(_ALL)


def set_free(pid: int) -> None:
    """Let a process that was just started use every core; it began with the cores of the thread that started it."""
    if len(_ALL) > 1:
        with suppress(OSError):
            os.sched_setaffinity(pid, _ALL)


def _keep_to(cores: Set[int]) -> None:
    for task in _TASKS.iterdir() if cores else ():
        with suppress(OSError):  # a thread that has just ended, or cores that were taken from us meanwhile
            os.sched_setaffinity(int(task.name), cores)


def _core() -> int:
    """The core this thread ran on last (proc(5): the 39th field of stat, the 37th behind the name); -1 when nobody can say."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[36])
    return -1
