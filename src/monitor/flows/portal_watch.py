"""Notices when something answers in the outlets' place: one page from many hosts, as a café's sign-in page does (P37, F-24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from monitor.pipeline import when
from monitor.pipeline.when_limits import PORTAL_MEMORY
from monitor.store import feeds, periodic

FACT: Final = "portal"
REASON: Final = "Many outlets answer with the same page, which is no feed: the network seems to ask for a sign-in. No outlet is blamed."


class PortalWatch:
    """The answers of this run and of the last half hour; a single feed that came makes the earlier ones forgotten.

    Between two looks of a worker often only one feed is due, so one run alone would not see that many hosts give one page.
    """

    def __init__(self) -> None:
        told: Any = periodic.fact(FACT).get("pages", [])
        self._before: list[dict[str, Any]] = told
        self._now: list[dict[str, Any]] = []
        self._fed = False

    def fed(self) -> None:
        """A feed came: the line is honest."""
        self._fed = True

    def page(self, feed: int, url: str, final_url: str, digest: str, now: datetime) -> None:
        """A page came that is no feed."""
        mark = when.page_mark(url, final_url, digest)
        self._now.append({"feed": feed, "url": url, "mark": mark, "at": now.isoformat()})

    def judge(self, now: datetime) -> bool:
        """Whether it is a portal; feeds of earlier runs that were blamed for the same page are pardoned, and the answers remembered."""
        if self._fed:
            if self._before:
                periodic.set_fact(FACT, {}, now)
            return False
        if not self._now:
            return False
        recent = [one for one in self._before if datetime.fromisoformat(one["at"]) > now - PORTAL_MEMORY]
        seen = {one["feed"]: one for one in [*recent, *self._now]}
        found = when.portal((one["url"], one["mark"]) for one in seen.values())
        if found:
            feeds.pardon(seen.keys() - {one["feed"] for one in self._now}, now)
        periodic.set_fact(FACT, {"pages": list(seen.values()), "portal": found}, now)
        return found
