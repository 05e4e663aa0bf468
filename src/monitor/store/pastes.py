"""Addresses an editor pasted: rows of work for the worker, with what the file said of each and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from monitor.pipeline.addresses import key
from monitor.store import due, models
from monitor.store.models import Person

LEASE = timedelta(minutes=10)
"""A discovery waits at most a minute for each of five turns."""
KEPT = timedelta(days=7)
PAGE = 10


@dataclass(frozen=True, slots=True)
class ToLook:
    """A claimed address that is to be looked at."""

    key: int
    token: str
    address: str


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One address of a paste as the page shows it."""

    uuid: str
    address: str
    said: Mapping[str, Any]
    state: str
    found: Mapping[str, Any]
    given_up: bool
    outlet: str
    outlet_name: str
    archived: bool
    undo: str  # the addition, while it can be undone


@dataclass(frozen=True, slots=True)
class PastePage:
    """A page of a paste's addresses, with how many there are, wait and were saved."""

    uuid: str
    made_at: datetime
    file: str
    lines: tuple[PastedLine, ...]
    total: int
    waiting: int
    saved: int


def make(by: Person | None, addresses: Sequence[tuple[str, Mapping[str, Any]]], now: datetime, *, file: str = "") -> str:
    """Keep a paste and let each address be looked at; returns the paste's id."""
    with transaction.atomic():
        models.Paste.objects.filter(made_at__lt=now - KEPT).delete()
        paste = models.Paste.objects.create(by=by, made_at=now, file=file[:120])
        rows = [
            models.PastedAddress(paste=paste, position=number, address=address[:2048], said=dict(said), due_at=now)
            for number, (address, said) in enumerate(addresses)
        ]
        models.PastedAddress.objects.bulk_create(rows, batch_size=200)
    return str(paste.uuid)


def claim(now: datetime, *, worker: str) -> ToLook | None:
    """The next address to look at, or None."""
    token, keys = due.claim(models.PastedAddress, now, limit=1, lease=LEASE, worker=worker)
    if not keys:
        return None
    address = models.PastedAddress.objects.values_list("address", flat=True).get(pk=keys[0])
    return ToLook(keys[0], token, address)


def looked(look: ToLook, found: Mapping[str, Any], now: datetime) -> bool:
    """Write what an address led to."""
    return due.finish(models.PastedAddress, look.key, look.token, found=dict(found), state="looked", looked_at=now, due_at=None)


def broke(look: ToLook, reason: str) -> None:
    """Note that looking failed for a reason of our own; it is tried again when the lease is over."""
    due.fail(models.PastedAddress, look.key, look.token, reason)


def hand_back(look: ToLook, now: datetime) -> None:
    """Release an address that was not asked, because the process ends."""
    due.hand_back(models.PastedAddress, [look.key], look.token, now)


def look_again(uuid: str, row: str, now: datetime) -> bool:
    """Let an address be looked at once more."""
    rows = models.PastedAddress.objects.filter(paste__uuid=uuid, uuid=row, state="looked", claim_token="")
    return rows.update(state="waiting", due_at=now, attempts=0) == 1


def page(uuid: str, number: int) -> PastePage | None:
    """One page of a paste, or None when it is not there any more."""
    paste = models.Paste.objects.filter(uuid=uuid).first()
    if paste is None:
        return None
    states = list(models.PastedAddress.objects.filter(paste=paste).values_list("state", "attempts"))
    rows = models.PastedAddress.objects.filter(paste=paste).select_related("outlet").order_by("position")
    shown = list(rows[(number - 1) * PAGE : number * PAGE])
    return PastePage(
        uuid=str(paste.uuid),
        made_at=paste.made_at,
        file=paste.file,
        lines=_lines(shown),
        total=len(states),
        waiting=sum(state == "waiting" and attempts < due.GIVE_UP_AFTER for state, attempts in states),
        saved=sum(state == "saved" for state, _ in states),
    )


def all_lines(uuid: str) -> tuple[PastedLine, ...]:
    """Every address of a paste."""
    return _lines(models.PastedAddress.objects.filter(paste__uuid=uuid).select_related("outlet").order_by("position"))


def _lines(rows: Iterable[models.PastedAddress]) -> tuple[PastedLine, ...]:
    rows = list(rows)
    added = models.OutletChange.objects.filter(outlet__in=[row.outlet_id for row in rows if row.outlet_id], kind="added", undone_at=None)
    undo = {outlet: str(uuid) for outlet, uuid in added.filter(revision=F("outlet__revision")).values_list("outlet_id", "uuid")}
    return tuple(
        PastedLine(
            uuid=str(row.uuid),
            address=row.address,
            said=row.said,
            state=row.state,
            found=row.found,
            given_up=row.state == "waiting" and row.attempts >= due.GIVE_UP_AFTER,
            outlet=row.outlet.slug if row.outlet else "",
            outlet_name=row.outlet.name if row.outlet else "",
            archived=row.outlet is not None and row.outlet.archived_at is not None,
            undo=undo.get(row.outlet_id or 0, ""),
        )
        for row in rows
    )


def saved(uuid: str, row: str, slug: str) -> bool:
    """Write that an address became an outlet, or a feed of one; False when somebody did it before."""
    outlet = models.Outlet.objects.filter(slug=slug).first()
    rows = models.PastedAddress.objects.filter(paste__uuid=uuid, uuid=row).exclude(state="saved")
    return rows.update(state="saved", outlet=outlet, due_at=None, claim_token="") == 1


def same_items(links: Iterable[str]) -> tuple[str, str, int] | None:
    """The outlet that most of these articles came from before (id, name, how many), or None when none of them is known."""
    keys = [key(link) for link in links if link]
    if not keys:
        return None
    counts: dict[tuple[str, str], set[str]] = {}
    for known, slug, name in models.Article.objects.filter(key__in=keys, outlet__archived_at=None).values_list(
        "key", "outlet__slug", "outlet__name"
    ):
        counts.setdefault((slug, name), set()).add(known)
    known_as = models.ArticleAddress.objects.filter(key__in=keys, article__outlet__archived_at=None)
    for known, slug, name in known_as.values_list("key", "article__outlet__slug", "article__outlet__name"):
        counts.setdefault((slug, name), set()).add(known)
    if not counts:
        return None
    (slug, name), found = max(counts.items(), key=lambda item: len(item[1]))
    return slug, name, len(found)


def loopback_origins() -> frozenset[str]:
    """The origins on this machine that whoever runs it has let in before, as host:port."""
    local = models.Feed.objects.filter(url__regex=LOOPBACK).values_list("url", flat=True)
    return frozenset(url.split("/")[2] for url in local)


LOOPBACK = r"^https?://(127\.[0-9.]+|\[::1\])(:[0-9]+)?/"


def claim_try(now: datetime, *, worker: str) -> tuple[int, str, str] | None:
    """The next outlet an editor wants tried: its row, the claim's token and its id."""
    token, keys = due.claim(models.ToTry, now, limit=1, lease=LEASE, worker=worker)
    if not keys:
        return None
    return keys[0], token, models.ToTry.objects.values_list("outlet__slug", flat=True).get(pk=keys[0])


def tried(row: int, token: str) -> None:
    """The wish is fulfilled."""
    models.ToTry.objects.filter(pk=row, claim_token=token).delete()


def neighbours(hosts: Iterable[str], site_of: Callable[[str], str]) -> dict[str, list[tuple[str, str]]]:
    """Watched outlets (id, name) by the site of their home or feeds, for the sites asked for."""
    wanted, found = set(hosts), dict[str, list[tuple[str, str]]]()
    live = models.Outlet.objects.filter(archived_at=None)
    rows = live.values_list("slug", "name", "home", "feeds__url").order_by("pk")
    for slug, name, home, url in rows:
        for site in {site_of(home or ""), site_of(url or "")} & wanted:
            if (slug, name) not in found.setdefault(site, []):
                found[site].append((slug, name))
    return found
