"""Killable parser children: everything foreign is parsed where a hang, a crash or a flood of memory costs one child and not the desk.

One nursery process imports and sets up once; children are forked from it in milliseconds and share its memory (finding 3; F-26). How
the parent talks to them: reader_process.py; what happens at the other end: reader_child.py.
"""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, Self

from monitor.outside.reader_process import Child, JobLimits, Killed, Nursery

__all__ = ["Killed", "ReaderPool"]

_REST_SECONDS = 5.0  # after a start that failed
_WAKE: tuple[Future[Any], bytes] = (Future(), b"")
"""No job, but a word to an idle thread that its child may be of an older nursery."""


class ReaderPool:
    """`size` children that take jobs as they become free; use it as a context manager.

    `jobs` lists what may run, and `setup` what runs once before the first job, each as "package.module:function"; a job takes one
    argument. `wall` and `cpu` are seconds for one job, `memory` and `result_cap` bytes, `recycle` jobs until a child is replaced.
    """

    def __init__(
        self,
        size: int,
        setup: str = "",
        wall: float = 15.0,
        cpu: int = 10,
        memory: int = 1 << 30,
        recycle: int = 1000,  # a fresh child fills its word caches again: a third more for each of its first hundred pages
        result_cap: int = 4 << 20,
        *,
        setup_args: tuple[object, ...] = (),
        jobs: Sequence[str] = (),
    ) -> None:
        self._jobs = frozenset(jobs)
        self._limits = JobLimits(wall, cpu, result_cap)
        self._recycle = recycle
        plan = {"jobs": tuple(jobs), "setup": setup, "setup_args": setup_args, "cpu": cpu, "memory": memory, "result_cap": result_cap}
        self._plan = plan
        self._nurseries = _Nurseries(pickle.dumps(plan, pickle.HIGHEST_PROTOCOL))
        self._queue: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._attend, name=f"reader-{number}", daemon=True) for number in range(size)]
        for thread in self._threads:
            thread.start()

    @property
    def forked(self) -> int:
        """How many children there have been, the living ones included."""
        return self._nurseries.forked

    def submit(self, job: str, payload: object) -> Future[Any]:
        """Have a child do a job; the future gives its result or a Killed, and never raises but for its own cancelling."""
        future: Future[Any] = Future()
        if job not in self._jobs:
            future.set_result(Killed("refused", f"{job} is not on this pool's list of jobs."))
            return future
        try:
            message = pickle.dumps((job, payload), pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError) as error:
            future.set_result(Killed("refused", f"The payload cannot travel to a child: {error}."))
            return future
        self._queue.put((future, message))
        if self._closing.is_set():
            self._turn_away()
        return future

    def renew(self, *setup_args: object) -> str:
        """Have all further jobs done by children set up with these arguments; jobs in hand end undisturbed.

        Returns when the new children can work, with "", or with why they cannot: then everything stays as it was.
        """
        problem = self._nurseries.renew(pickle.dumps({**self._plan, "setup_args": setup_args}, pickle.HIGHEST_PROTOCOL))
        if not problem:
            self._plan = {**self._plan, "setup_args": setup_args}
            for _ in self._threads:
                self._queue.put(_WAKE)
        return problem

    def close(self) -> None:
        """End every child at once; jobs not finished come back as Killed. May be called twice."""
        self._closing.set()
        self._nurseries.close()
        self._turn_away()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._turn_away()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _turn_away(self) -> None:
        with suppress(queue.Empty):
            while True:
                item = self._queue.get_nowait()
                if item is not None and item is not _WAKE and item[0].set_running_or_notify_cancel():
                    item[0].set_result(Killed("refused", "The pool is closed."))

    def _attend(self) -> None:
        """One thread's life: keep one child warm and hand it job after job."""
        child: Child | None = self._nurseries.fork()
        done = 0
        while (item := self._queue.get()) is not None:
            if child is not None and not self._nurseries.is_current(child):
                child.end()
                child = None
                self._nurseries.retire()
            if item is _WAKE:
                child = child or (None if self._closing.is_set() else self._nurseries.fork())
                continue
            future, message = item
            if not future.set_running_or_notify_cancel():
                continue
            if self._closing.is_set():  # taken from the queue before close() could turn it away
                future.set_result(Killed("refused", "The pool is closed."))
                continue
            child = child or self._nurseries.fork()
            if child is None:
                future.set_result(Killed("crash", self._nurseries.problem))
                continue
            result, alive = child.work(message, self._limits)
            done += 1
            if not alive or done % self._recycle == 0:
                child.end()
                child = None
            future.set_result(result)
            if child is None and not self._closing.is_set():
                child = self._nurseries.fork()
        if child is not None:
            child.end()


class _Nurseries:
    """The nursery of the moment: started at once, and again when it was lost."""

    def __init__(self, plan: bytes) -> None:
        self._plan = plan
        self._lock = threading.Lock()
        self._closed = False
        self._older: list[Nursery] = []
        self._rest_until = 0.0
        self.problem = ""
        self.forked = 0
        self._now: Nursery | None = Nursery(plan)

    def fork(self) -> Child | None:
        """A new child that is ready for its first job, or None with `problem` saying why there is none."""
        with self._lock:
            for _ in range(2):  # once more when a nursery that had worked was lost
                nursery = self._current()
                if nursery is None:
                    return None
                try:
                    child = nursery.fork()
                except OSError as error:
                    self.problem = f"The parser children cannot start: {error}."
                    if not nursery.ready:
                        self._rest_until = monotonic() + _REST_SECONDS
                    continue
                self.forked += 1
                return child
            return None

    def _current(self) -> Nursery | None:
        if self._now is not None and self._now.lost:
            self._now.close()
            self._now = None
        if self._now is None and not self._closed and monotonic() >= self._rest_until:
            self._now = Nursery(self._plan)
        return self._now

    def renew(self, plan: bytes) -> str:
        """Start a nursery of another plan and, once it is ready, let all further children come from it; why not, if it cannot start."""
        fresh = Nursery(plan)
        try:
            fresh.get_ready()
        except OSError as error:
            fresh.close()
            return f"The new parser children cannot start: {error}."
        with self._lock:
            if self._closed:
                fresh.close()
                return "The pool is closed."
            if self._now is not None:
                self._older.append(self._now)
            self._plan, self._now = plan, fresh
        self.retire()
        return ""

    def is_current(self, child: Child) -> bool:
        """Whether a child comes from the nursery of the moment."""
        return child.nursery is self._now

    def retire(self) -> None:
        """End the older nurseries whose last child is gone."""
        with self._lock:
            for nursery in [one for one in self._older if not one.children]:
                self._older.remove(nursery)
                nursery.close()

    def close(self) -> None:
        """End the nursery and, with it, every child."""
        self._closed = True
        nursery = self._now
        if nursery is not None:
            nursery.hang_up()  # wakes a thread that waits for it under the lock
        with self._lock:
            self.problem = "The pool is closed."
            for older in self._older:
                older.close()
            self._older.clear()
            if self._now is not None:
                self._now.close()
