"""Threads for requests that nobody waits for at the end: a page may take thirty seconds, a process asked to stop has ten (F-03)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

Params = ParamSpec("Params")
Result = TypeVar("Result")
_Work = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class FetchThreads(Executor):
    """Up to `count` daemon threads. Once `stopping` is set nothing new begins, and leaving waits for nothing that is under way.

    The standard pool joins its threads at the end of the process, however long their requests take.
    """

    def __init__(self, count: int, stopping: threading.Event) -> None:
        self._count, self._stopping = count, stopping
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, fn: Callable[Params, Result], /, *args: Params.args, **kwargs: Params.kwargs) -> Future[Result]:
        """Have a thread call `fn`; the future is cancelled instead when the process is stopping."""
        future: Future[Result] = Future()
        self._queue.put((future, fn, args, kwargs))
        with self._lock:
            if len(self._threads) < self._count:
                thread = threading.Thread(target=self._work, name=f"fetch-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 — nothing is waited for, by design
        """Cancel what has not begun and let the threads end as their requests do."""
        self._cancel_waiting()
        for _ in self._threads:
            self._queue.put(None)

    def _cancel_waiting(self) -> None:
        try:
            while (work := self._queue.get_nowait()) is not None:
                work[0].cancel()
        except Empty:
            return

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            future, fn, args, kwargs = work
            if self._stopping.is_set():
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = fn(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 — the future raises it where it is asked for
                future.set_exception(error)
            else:
                future.set_result(result)
