"""How often a token may ask: a bucket a token in this process, refilled with time."""

from __future__ import annotations

import math
import threading
from datetime import datetime

A_MINUTE = 120
"""Requests a token may make in a minute; as many at once after a minute's rest."""
_MOST_KEPT = 10_000


class Buckets:
    """What each token has left; the one not asked for longest is forgotten first, which only ever favours it."""

    def __init__(self, size: int = A_MINUTE) -> None:
        self._size = size
        self._left: dict[str, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def take(self, token: str, now: datetime) -> int:
        """0 when the token may ask now, else the seconds it has to wait."""
        a_second = self._size / 60
        with self._lock:
            left, at = self._left.pop(token, (float(self._size), now))
            left = min(self._size, left + max(0.0, (now - at).total_seconds()) * a_second)
            allowed = left >= 1
            self._left[token] = (left - 1 if allowed else left, now)
            if len(self._left) > _MOST_KEPT:
                del self._left[next(iter(self._left))]
        return 0 if allowed else math.ceil((1 - left) / a_second)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._left.clear()


BUCKETS = Buckets()
