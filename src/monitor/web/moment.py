"""The clock of this process, handed over by whoever starts the pages; they never read the time themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest

from monitor.errors import UsageError
from monitor.ports import Clock

_HELD: Final[list[Clock]] = []


def use(clock: Clock) -> None:
    """From now on pages take the time from this clock."""
    _HELD[:] = [clock]


def now(request: HttpRequest) -> datetime:
    """The moment this request is answered, in UTC: asked of the clock once, so a page never disagrees with itself."""
    kept: datetime | None = getattr(request, "monitor_now", None)
    if kept is None:
        if not _HELD:
            raise UsageError("The pages were started without a clock; start them with `monitor run` or `monitor web`.")
        kept = _HELD[0].now()
        request.monitor_now = kept  # type: ignore[attr-defined]
    return kept
