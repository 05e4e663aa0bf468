"""The only place where the present moment is read."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from monitor.ports import Clock


class SystemClock:
    """The machine's clock; `stop` wakes every sleeper, so that a process asked to end does not wait."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self.stopping = stop or threading.Event()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place the rule names

    def sleep(self, seconds: float) -> None:
        """Wait up to `seconds`; returns at once when `stop` was or is called."""
        if seconds > 0:
            self.stopping.wait(seconds)

    def stop(self) -> None:
        """Wake all sleepers, now and from now on."""
        self.stopping.set()


class OffsetClock:
    """Another clock, moved by `delta`: what `--as-of +24h` looks at. Sleeping is not moved."""

    def __init__(self, delta: timedelta, clock: Clock) -> None:
        self.delta = delta
        self._clock = clock

    def now(self) -> datetime:
        """The moved present moment, aware, in UTC."""
        return self._clock.now() + self.delta

    def sleep(self, seconds: float) -> None:
        """Wait as the other clock does."""
        self._clock.sleep(seconds)
