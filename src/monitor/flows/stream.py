"""A bounded stream of work in flight: claim when there is room, continue each item as its step ends, settle in batches.

No barrier between batches, so one slow host never holds up the others (F-23), and results are written in groups, so a poll of many
unchanged feeds costs one transaction a hundred.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
SETTLE_AT = 100
"""Results collected before they are written in one transaction."""
LOOK_AGAIN = 0.5
"""Seconds between two looks at whether the process was asked to stop."""

log = logging.getLogger("monitor.flows")


class Stream(Generic[Item]):
    """Runs items through futures: `claim(n)` gives up to n items, `start` their first future, `go_on` the next one or None when done.

    A bug in one item is logged and costs that item only: its claim lapses, its attempt counts.
    """

    def __init__(
        self,
        *,
        claim: Callable[[int], Sequence[Item]],
        start: Callable[[Item], Future[Any]],
        go_on: Callable[[Item, Any], Future[Any] | None],
        settle: Callable[[], None],
        stop: Callable[[], bool],
        width: int,
    ) -> None:
        self._claim, self._start, self._go_on, self._settle = claim, start, go_on, settle
        self._stop, self._width = stop, width
        self._finished: SimpleQueue[tuple[Item, Future[Any]]] = SimpleQueue()
        self._in_flight = 0
        self.claimed = 0
        self.done = 0

    @property
    def idle(self) -> bool:
        """Whether no finished step waits to be looked at: the moment to write what has been collected."""
        return self._finished.empty()

    def run(self) -> None:
        """Work until nothing is due any more and nothing is in flight."""
        while True:
            took = self._fill()
            if self._in_flight == 0:
                self._settle()
                if not took:
                    return
                continue
            self._drain()

    def _fill(self) -> bool:
        room = self._width - self._in_flight
        if self._stop() or room < max(1, self._width // 4):
            return False
        items = self._claim(room)
        self.claimed += len(items)
        for item in items:
            try:
                self._follow(item, self._start(item))
            except Exception:
                log.exception("an item could not be started")
                self.done += 1
        return bool(items)

    def _follow(self, item: Item, future: Future[Any]) -> None:
        self._in_flight += 1
        future.add_done_callback(lambda ended: self._finished.put((item, ended)))

    def _drain(self) -> None:
        try:
            self._take(*self._finished.get(timeout=LOOK_AGAIN))
        except Empty:
            return
        for _ in range(SETTLE_AT):
            try:
                self._take(*self._finished.get_nowait())
            except Empty:
                break
        self._settle()

    def _take(self, item: Item, future: Future[Any]) -> None:
        self._in_flight -= 1
        try:
            following = self._go_on(item, future.result())
            if following is not None:
                self._follow(item, following)
                return
        except Exception:
            log.exception("an item failed for a reason of our own")
        self.done += 1
