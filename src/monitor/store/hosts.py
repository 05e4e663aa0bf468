"""Hosts: whose turn it is, a server's wish to be left alone, and robots.txt as last seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from monitor.records import HostState
from monitor.store import models
from monitor.store.again import tried_again

TURN = timedelta(seconds=60)
"""How long a host stays reserved for one request at the most; a request is cut off after 30 s (P34)."""
PAGES_AN_HOUR = 60
"""Pages asked of one host in an hour at the most (P44)."""
REFUSALS_BEFORE_REST = 2
"""Pages refused with 403 in a row before the host is left alone for a day: one refused page costs only itself."""


ROBOTS_FRESH = timedelta(hours=24)
ROBOTS_AGAIN = timedelta(hours=4)
"""An unreachable robots.txt is asked for again after this: sooner than a page that waits for it (P44, P45)."""
ROBOTS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RobotsSeen:
    """A stored robots.txt: when it was fetched, its status (None: unreachable), its text, and since when it cannot be had again."""

    fetched_at: datetime
    status: int | None
    body: str
    failed_at: datetime | None = None

    @property
    def unreachable(self) -> bool:
        """Whether this is no robots.txt but the memory of none (429 and 5xx count as none)."""
        return self.status is None or self.status == 429 or self.status >= 500

    def fresh(self, now: datetime) -> bool:
        """Whether it need not be asked for again (P45)."""
        if self.failed_at is not None:
            return self.failed_at > now - ROBOTS_AGAIN
        return self.fetched_at > now - (ROBOTS_AGAIN if self.unreachable else ROBOTS_FRESH)


@dataclass(frozen=True, slots=True)
class Rest:
    """Pages of a host are left alone until a moment; `refused` says that it refuses them, so that asking again has little hope."""

    until: datetime
    reason: str
    refused: bool


@dataclass(frozen=True, slots=True)
class PagesOfHosts:
    """Hosts whose pages rest, by name, and the hosts whose last page was refused."""

    rests: Mapping[str, Rest]
    refusing: frozenset[str]


def states(names: Iterable[str]) -> dict[str, HostState]:
    """The state of each host by name; a host never met has an empty one."""
    wanted = set(names)
    rows = models.Host.objects.filter(name__in=wanted)
    known = {row.name: HostState(row.name, row.not_before, row.not_before_reason, row.next_start_at, row.crawl_delay) for row in rows}
    return {name: known.get(name) or HostState(name) for name in wanted}


@tried_again
def reserve(name: str, now: datetime) -> datetime | None:
    """Take the host's turn; None when it is ours now, else when to come back (P43: one connection at a time)."""
    free = Q(next_start_at=None) | Q(next_start_at__lte=now)
    if models.Host.objects.filter(free, name=name).update(next_start_at=now + TURN):
        return None
    row, created = models.Host.objects.get_or_create(name=name, defaults={"next_start_at": now + TURN})
    return None if created else row.next_start_at


@tried_again
def release(name: str, next_start: datetime) -> None:
    """Give the host's turn back; the next request may start at `next_start`."""
    models.Host.objects.filter(name=name).update(next_start_at=next_start)


@tried_again
def save_wish(host: HostState) -> None:
    """Keep a server's wish not to be asked before a moment (P28, P29)."""
    models.Host.objects.update_or_create(
        name=host.name, defaults={"not_before": host.not_before, "not_before_reason": host.not_before_reason[:300]}
    )


def pages_rest(name: str, now: datetime) -> Rest | None:
    """Whether pages of this host must be left alone: it refused them (P44), is asked too often (P28), or had its hour's share."""
    return pages_of([name], now).rests.get(name)


def pages_of(names: Iterable[str], now: datetime) -> PagesOfHosts:
    """Which of these hosts' pages must be left alone, and which hosts refused a page last."""
    found = list(models.Host.objects.filter(name__in=set(names)))
    rests = {row.name: rest for row in found if (rest := _rest(row, now)) is not None}
    return PagesOfHosts(rests, frozenset(row.name for row in found if row.refused_pages))


def _rest(row: models.Host, now: datetime) -> Rest | None:
    if row.pages_not_before and row.pages_not_before > now:
        return Rest(row.pages_not_before, row.pages_reason, row.refused_pages >= REFUSALS_BEFORE_REST)
    if row.not_before and row.not_before > now:
        return Rest(row.not_before, row.not_before_reason, refused=False)
    if row.pages_hour and row.pages_hour > now - timedelta(hours=1) and row.pages_in_hour >= PAGES_AN_HOUR:
        return Rest(row.pages_hour + timedelta(hours=1), "", refused=False)
    return None


@tried_again
def count_page(name: str, now: datetime) -> None:
    """Count one page asked of this host in its running hour."""
    fresh = Q(pages_hour__gt=now - timedelta(hours=1))
    if not models.Host.objects.filter(fresh, name=name).update(pages_in_hour=F("pages_in_hour") + 1):
        models.Host.objects.update_or_create(name=name, defaults={"pages_hour": now, "pages_in_hour": 1})


@tried_again
def page_answered(name: str) -> None:
    """A page came: earlier refusals are forgotten."""
    models.Host.objects.filter(name=name, refused_pages__gt=0).update(refused_pages=0)


@tried_again
def page_refused(name: str, reason: str, until: datetime, *, refusals: int) -> bool:
    """A page was refused; True when the host's pages are left alone until a moment from now on: at the second refusal in a row (P44).

    A 403 is one refusal, so that one forbidden page costs only itself; a challenge is two; 429 is none, and rests the host at once.
    """
    models.Host.objects.get_or_create(name=name)
    row = models.Host.objects.filter(name=name)
    row.update(refused_pages=F("refused_pages") + refusals)
    resting = row if refusals == 0 else row.filter(refused_pages__gte=REFUSALS_BEFORE_REST)
    return resting.update(pages_not_before=until, pages_reason=reason[:300]) == 1


def robots(origins: Iterable[str]) -> Mapping[str, RobotsSeen]:
    """The stored robots.txt of each origin that has one; the address of a tdmrep.json names that file instead (P46)."""
    rows = models.Robots.objects.filter(origin__in=set(origins))
    return {row.origin: RobotsSeen(row.fetched_at, row.status, row.body, row.failed_at) for row in rows}


@tried_again
def save_robots(origin: str, seen: RobotsSeen) -> RobotsSeen:
    """Keep a robots.txt and return the one that holds: an unreachable one never replaces a copy younger than 30 days (P45)."""
    old = robots([origin]).get(origin)
    if seen.unreachable and old is not None and not old.unreachable and old.fetched_at > seen.fetched_at - ROBOTS_KEPT:
        models.Robots.objects.filter(origin=origin).update(failed_at=seen.fetched_at)
        return old
    row = models.Robots(origin=origin, fetched_at=seen.fetched_at, status=seen.status, body=seen.body)
    fields = ["fetched_at", "status", "body", "failed_at"]
    models.Robots.objects.bulk_create([row], update_conflicts=True, unique_fields=["origin"], update_fields=fields)
    return seen


@tried_again
def crawl_delay(name: str, seconds: float) -> None:
    """Keep the crawl delay a host's robots.txt asks for."""
    models.Host.objects.update_or_create(name=name, defaults={"crawl_delay": seconds})
