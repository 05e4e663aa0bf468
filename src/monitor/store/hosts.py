"""Hosts: whose turn it is, a server's wish to be left alone, and robots.txt as last seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from monitor.records import HostState
from monitor.store import models

TURN = timedelta(seconds=60)
"""How long a host stays reserved for one request at the most; a request is cut off after 30 s (P34)."""
PAGES_AN_HOUR = 60
"""Pages asked of one host in an hour at the most (P44)."""
REFUSALS_BEFORE_REST = 2
"""Pages refused with 403 in a row before the host is left alone for a day: one refused page costs only itself."""


@dataclass(frozen=True, slots=True)
class RobotsSeen:
    """A stored robots.txt: when it was fetched, its status (None: unreachable) and its text."""

    fetched_at: datetime
    status: int | None
    body: str


def states(names: Iterable[str]) -> dict[str, HostState]:
    """The state of each host by name; a host never met has an empty one."""
    wanted = set(names)
    rows = models.Host.objects.filter(name__in=wanted)
    known = {row.name: HostState(row.name, row.not_before, row.not_before_reason, row.next_start_at, row.crawl_delay) for row in rows}
    return {name: known.get(name) or HostState(name) for name in wanted}


def reserve(name: str, now: datetime) -> datetime | None:
    """Take the host's turn; None when it is ours now, else when to come back (P43: one connection at a time)."""
    free = Q(next_start_at=None) | Q(next_start_at__lte=now)
    if models.Host.objects.filter(free, name=name).update(next_start_at=now + TURN):
        return None
    row, created = models.Host.objects.get_or_create(name=name, defaults={"next_start_at": now + TURN})
    return None if created else row.next_start_at


def release(name: str, next_start: datetime) -> None:
    """Give the host's turn back; the next request may start at `next_start`."""
    models.Host.objects.filter(name=name).update(next_start_at=next_start)


def save_wish(host: HostState) -> None:
    """Keep a server's wish not to be asked before a moment (P28, P29)."""
    models.Host.objects.update_or_create(
        name=host.name, defaults={"not_before": host.not_before, "not_before_reason": host.not_before_reason[:300]}
    )


def pages_wait(name: str, now: datetime) -> datetime | None:
    """Until when pages of this host must wait (refusals, the hourly limit), or None."""
    row = models.Host.objects.filter(name=name).first()
    if row is None:
        return None
    if row.pages_not_before and row.pages_not_before > now:
        return row.pages_not_before
    if row.pages_hour and row.pages_hour > now - timedelta(hours=1) and row.pages_in_hour >= PAGES_AN_HOUR:
        return row.pages_hour + timedelta(hours=1)
    return None


def count_page(name: str, now: datetime) -> None:
    """Count one page asked of this host in its running hour."""
    fresh = Q(pages_hour__gt=now - timedelta(hours=1))
    if not models.Host.objects.filter(fresh, name=name).update(pages_in_hour=F("pages_in_hour") + 1):
        models.Host.objects.update_or_create(name=name, defaults={"pages_hour": now, "pages_in_hour": 1})


def page_answered(name: str) -> None:
    """A page came: earlier refusals are forgotten."""
    models.Host.objects.filter(name=name, refused_pages__gt=0).update(refused_pages=0)


def page_refused(name: str, reason: str, now: datetime, *, at_once: bool) -> None:
    """A page was refused; leave the host's pages alone for a day at 429 or a challenge, or at the second 403 in a row (P44)."""
    row, _ = models.Host.objects.get_or_create(name=name)
    row.refused_pages += 1
    if at_once or row.refused_pages >= REFUSALS_BEFORE_REST:
        row.pages_not_before = now + timedelta(hours=24)
        row.pages_reason = reason[:300]
    row.save()


def robots(origins: Iterable[str]) -> Mapping[str, RobotsSeen]:
    """The stored robots.txt of each origin that has one."""
    rows = models.Robots.objects.filter(origin__in=set(origins))
    return {row.origin: RobotsSeen(row.fetched_at, row.status, row.body) for row in rows}


def save_robots(origin: str, seen: RobotsSeen) -> None:
    """Keep a robots.txt; an unreachable one never replaces a copy younger than 30 days (P45)."""
    old = models.Robots.objects.filter(origin=origin).first()
    if seen.status is None and old is not None and old.status is not None and old.fetched_at > seen.fetched_at - timedelta(days=30):
        return
    models.Robots.objects.update_or_create(
        origin=origin, defaults={"fetched_at": seen.fetched_at, "status": seen.status, "body": seen.body}
    )


def crawl_delay(name: str, seconds: float) -> None:
    """Keep the crawl delay a host's robots.txt asks for."""
    models.Host.objects.update_or_create(name=name, defaults={"crawl_delay": seconds})
