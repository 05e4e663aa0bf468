"""A bounded stream of work in flight: claim when there is room, continue each item as its step ends, settle in batches.

No barrier between batches, so one slow host never holds up the others (F-23), and results are written in groups, so a poll of many
unchanged feeds costs one transaction a hundred.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
SETTLE_AT = 100
"""Results collected before they are written in one transaction."""
FIRST_WINDOW = 16
"""Items in flight at first; as many more each time answers keep up."""
UNREAD = 8
"""Answers that may wait for a parser before no further question is asked."""
LOOK_AGAIN = 0.5
"""Seconds between two looks at whether the process was asked to stop."""
STOP_WITHIN = 4.0
"""Seconds given to what is in flight once the process was asked to stop; the rest is let go (F-03: all in all ten seconds)."""

log = logging.getLogger("monitor.flows")


class Stream(Generic[Item]):
    """Runs items through futures: `claim(n)` gives up to n items, `start` their first future, `go_on` the next one or None when done.

    A bug in one item is logged, told to `broke` and costs that item only. When the process is asked to stop, nothing new is claimed,
    and what has not ended after STOP_WITHIN is handed to `let_go(item, begun)`; `begun` is False when nothing was done for it yet.
    """

    def __init__(
        self,
        *,
        claim: Callable[[int], Sequence[Item]],
        start: Callable[[Item], Future[Any]],
        go_on: Callable[[Item, Any], Future[Any] | None],
        settle: Callable[[], None],
        let_go: Callable[[Item, bool], None],
        broke: Callable[[Item, Exception], None],
        stop: Callable[[], bool],
        width: int,
        first: int = FIRST_WINDOW,
    ) -> None:
        self._claim, self._start, self._go_on, self._settle = claim, start, go_on, settle
        self._let_go, self._broke = let_go, broke
        self._stop, self._width = stop, width
        self._window = min(width, first)
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()
        self._in_flight: dict[Future[Any], tuple[Item, bool]] = {}  # whether this is the item's first step
        self._impatient: threading.Event | None = None
        self.claimed = 0
        self.done = 0
        self.quiet = False  # whether nothing has ended for half a second: what has been collected may as well be written

    @property
    def idle(self) -> bool:
        """Whether no finished step waits to be looked at: the moment to write what has been collected."""
        return self._finished.empty()

    @property
    def in_flight(self) -> int:
        """How many items are being worked on."""
        return len(self._in_flight)

    @property
    def answered(self) -> int:
        """How many items are beyond their first step: what was asked has come, and is being worked on."""
        return sum(not first for _, first in self._in_flight.values())

    def run(self) -> None:
        """Work until nothing is due any more and nothing is in flight, or the process is asked to stop."""
        while True:
            took = self._fill()
            if not self._in_flight:
                self._settle()
                if not took:
                    return
                continue
            self._drain()
            if self._patience_is_over():
                self._abandon()

    def _patience_is_over(self) -> bool:
        if not self._stop():
            return False
        if self._impatient is None:
            self._impatient = threading.Event()
            timer = threading.Timer(STOP_WITHIN, self._impatient.set)
            timer.daemon = True
            timer.start()
        return self._impatient.is_set()

    def _abandon(self) -> None:
        for future, (item, first) in self._in_flight.items():
            self._release(item, begun=not (future.cancel() and first))
        self._in_flight.clear()

    def _release(self, item: Item, *, begun: bool) -> None:
        try:
            self._let_go(item, begun)
        except Exception:
            log.exception("an item could not be let go; its lease will lapse")

    def _room(self) -> int:
        """How many more may be asked: more and more while answers are read as they come, fewer when answers pile up unread.

        An answer that waits in memory would be asked for again after a kill, so there is never more than a handful of them.
        """
        answered = self.answered
        if answered > UNREAD:
            self._window = max(UNREAD, self._window // 2)
            return 0
        if answered <= UNREAD // 2:
            self._window = min(self._width, self._window + FIRST_WINDOW)
        return self._window - (len(self._in_flight) - answered)

    def _fill(self) -> bool:
        if self._stop():
            return False
        room = self._room()
        if room < max(1, self._window // 2):
            return False
        items = self._claim(room)
        self.claimed += len(items)
        for item in items:
            try:
                self._follow(item, self._start(item), first=True)
            except Exception as error:  # noqa: BLE001 — the per-item loop: logged and told to `broke` there
                self._costs_itself(item, error)
                self.done += 1
        return bool(items)

    def _follow(self, item: Item, future: Future[Any], *, first: bool) -> None:
        self._in_flight[future] = (item, first)
        future.add_done_callback(self._finished.put)

    def _drain(self) -> None:
        try:
            self._take(self._finished.get(timeout=LOOK_AGAIN))
        except Empty:
            self.quiet = True
            self._settle()
            return
        self.quiet = False
        for _ in range(SETTLE_AT):
            try:
                self._take(self._finished.get_nowait())
            except Empty:
                break
        self._settle()

    def _take(self, future: Future[Any]) -> None:
        item, first = self._in_flight.pop(future)
        self.done += 1
        if future.cancelled():
            self._release(item, begun=not first)
            return
        try:
            following = self._go_on(item, future.result())
        except Exception as error:  # noqa: BLE001 — as above
            self._costs_itself(item, error)
            return
        if following is not None:
            self.done -= 1
            self._follow(item, following, first=False)

    def _costs_itself(self, item: Item, error: Exception) -> None:
        log.error("an item failed for a reason of our own", exc_info=error)
        try:
            self._broke(item, error)
        except Exception:
            log.exception("nor could that be written down; its lease will lapse")
