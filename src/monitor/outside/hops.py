"""The pace of redirect targets: a hop to another host waits until that host may be asked again (P20, P43)."""

from __future__ import annotations

import threading
from time import monotonic

from monitor.outside.guard import Policy
from monitor.outside.pace import host_of, interval_for
from monitor.ports import Clock
from monitor.records import Ask, FailKind

MOST_HOSTS = 4096


class HopPace:
    """Remembers when this process last went to each host by redirect; a hop within the asked host belongs to its turn.

    Direct requests are paced by the store's host rows; redirects are few and known only on the way, so their pace is kept here.
    """

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self._policy, self._clock = policy, clock
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, ask: Ask, url: str) -> tuple[FailKind, str] | None:
        """Wait for the turn of the address a redirect leads to; never refuses."""
        host = host_of(url)
        if host == host_of(ask.url):
            return None
        apart = interval_for(url, self._policy, 0.0, ask.kind)
        with self._lock:
            if len(self._next) >= MOST_HOSTS:
                self._next.clear()
            now = monotonic()
            start = max(now, self._next.get(host, now))
            self._next[host] = start + apart
        if start > now:
            self._clock.sleep(start - now)
        return None
