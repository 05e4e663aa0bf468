"""What whole origins reserve by their tdmrep.json: asked once a day, before pages of the origin are read, and never in their way (P46).

Asked whether or not anything hints at it: a site may say its reservation there alone, and then no page and no robots.txt of it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from monitor.pipeline.tdmrep import MOST_BYTES, PATH, TdmRules, read_tdmrep
from monitor.records import Failed, Fetched, NotModified
from monitor.store import hosts

NOTHING: Final = TdmRules()


class OriginRights:
    """The reservations met in one run, by origin."""

    def __init__(self) -> None:
        self._rules: dict[str, TdmRules] = {}

    def learn(self, origins: Iterable[str], now: datetime) -> None:
        """Take over what is known of these origins and still fresh."""
        wanted = {origin + PATH: origin for origin in origins if origin not in self._rules}
        for name, seen in hosts.robots(wanted).items():
            if seen.fresh(now):
                self._rules[wanted[name]] = read_tdmrep(seen.body)

    def known(self, origin: str) -> bool:
        """Whether the origin's file need not be asked for now."""
        return origin in self._rules

    def came(self, origin: str, result: Fetched | NotModified | Failed, now: datetime) -> None:
        """Keep what came; when the file cannot be had, the copy in hand counts, and without one nothing is reserved."""
        body = ""
        if isinstance(result, Fetched) and len(result.body) <= MOST_BYTES:
            body = result.body.decode("utf-8", "replace").replace("\0", "")
        status = 200 if isinstance(result, Fetched) else getattr(result, "status", None)
        holds = hosts.save_robots(origin + PATH, hosts.RobotsSeen(now, status, body))
        self._rules[origin] = read_tdmrep(holds.body)

    def reserves(self, origin: str, url: str) -> bool:
        """Whether the origin's file reserves the rights of this page."""
        return self._rules.get(origin, NOTHING).reserves(url)
