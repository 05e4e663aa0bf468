"""Outlets as configured: what was imported last, what the database holds, and writing the result of a merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from monitor.records import Desk, Feed, Outlet, Section
from monitor.store import models

FIRST_INTERVAL = timedelta(minutes=60)
"""The interval of a feed that has never been polled (P41)."""


def outlets(*, archived: bool = False) -> tuple[Outlet, ...]:
    """The outlets of the database in desk order, with their live feeds."""
    rows = models.Outlet.objects.order_by("position", "pk").prefetch_related("feeds")
    if not archived:
        rows = rows.filter(archived_at=None)
    return tuple(as_record(row) for row in rows)


def known_outlet(slug: str) -> bool:
    """Whether the desk has, or had, an outlet of this id."""
    return models.Outlet.objects.filter(slug=slug).exists()


def last_imported() -> tuple[Outlet, ...]:
    """The outlets as the file said at the last import: the base of the three-way merge."""
    rows = models.Outlet.objects.exclude(imported=None).order_by("position", "pk")
    return tuple(outlet_from_json(row.imported) for row in rows if row.imported is not None)


def save_merge(to_save: Iterable[Outlet], to_archive: Iterable[str], file: Iterable[Outlet], now: datetime) -> None:
    """Write a merge in one transaction: outlets and feeds to save, outlets to archive, and the file as the next base."""
    imported = {outlet.id: outlet for outlet in file}
    with transaction.atomic():
        for outlet in to_save:
            save_outlet(outlet, now)
        models.Outlet.objects.filter(slug__in=list(to_archive)).update(archived_at=now)
        models.Feed.objects.filter(outlet__archived_at__isnull=False).update(due_at=None)
        for position, (slug, outlet) in enumerate(imported.items()):
            models.Outlet.objects.filter(slug=slug).update(imported=outlet_to_json(outlet), position=position)
        models.Outlet.objects.exclude(slug__in=list(imported)).update(imported=None)


def save_desk(desk: Desk, now: datetime) -> None:
    """Keep the desk's own settings as the file says them."""
    models.DeskFact.objects.update_or_create(name="desk", defaults={"value": asdict(desk), "changed_at": now})


def desk() -> Desk:
    """The desk's settings as last imported, or the defaults."""
    fact = models.DeskFact.objects.filter(name="desk").first()
    if fact is None:
        return Desk()
    value: dict[str, Any] = dict(fact.value)
    sections = tuple(Section(s["id"], s["label"]) for s in value.pop("sections"))
    return Desk(**value | {"sections": sections, "languages": tuple(value["languages"])})


def outlet_to_json(outlet: Outlet) -> dict[str, Any]:
    """An outlet as plain JSON values."""
    value = asdict(outlet)
    for feed in value["feeds"]:
        feed["every"] = feed["every"].total_seconds() if feed["every"] else None
    return value


def outlet_from_json(value: dict[str, Any]) -> Outlet:
    """The inverse of outlet_to_json."""
    feeds = tuple(Feed(**f | {"every": timedelta(seconds=f["every"]) if f["every"] else None}) for f in value["feeds"])
    return Outlet(**value | {"feeds": feeds})


def as_record(row: models.Outlet) -> Outlet:
    """A row with its live feeds as a record."""
    live = sorted((feed for feed in row.feeds.all() if feed.archived_at is None), key=lambda feed: feed.pk)
    feeds = tuple(
        Feed(
            url=feed.url,
            section=feed.section or None,
            language=feed.language or None,
            every=feed.every,
            enabled=feed.enabled,
            format=feed.format,
            note=feed.note,
        )
        for feed in live
    )
    names = ("name", "country", "language", "kind", "weight", "owner", "home", "enabled", "note", "text")
    return Outlet(id=row.slug, feeds=feeds, **{name: getattr(row, name) for name in names})


def save_outlet(outlet: Outlet, now: datetime) -> models.Outlet:
    """Write one outlet whole, within the caller's transaction: feeds that left are archived; who edits it meanwhile will be told."""
    names = ("name", "country", "language", "kind", "weight", "owner", "home", "enabled", "note", "text")
    row, _ = models.Outlet.objects.update_or_create(
        slug=outlet.id, defaults={name: getattr(outlet, name) for name in names} | {"archived_at": None}
    )
    for feed in outlet.feeds:
        _save_feed(row, feed, now)
    gone = models.Feed.objects.filter(outlet=row, archived_at=None).exclude(url__in=[feed.url for feed in outlet.feeds])
    gone.update(archived_at=now, due_at=None)
    models.Outlet.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
    return row


def _save_feed(outlet: models.Outlet, feed: Feed, now: datetime) -> None:
    values = {
        "outlet": outlet,
        "section": feed.section or "",
        "language": feed.language or "",
        "every": feed.every,
        "enabled": feed.enabled,
        "format": feed.format,
        "note": feed.note,
        "archived_at": None,
    }
    row, _ = models.Feed.objects.update_or_create(url=feed.url, defaults=values, create_defaults=values | {"interval": FIRST_INTERVAL})
    live = outlet.enabled and feed.enabled
    if live and row.due_at is None and row.gone_at is None:
        row.due_at = due_after_pause(row, now)
        row.save(update_fields=["due_at"])
    elif not live and row.due_at is not None:
        row.due_at = None
        row.save(update_fields=["due_at"])


def due_after_pause(feed: models.Feed, now: datetime) -> datetime:
    """Never polled: at once (P42). Otherwise after its interval, whatever pausing and resuming went on (Rule 0, P54)."""
    return now if feed.last_attempt_at is None else max(now, feed.last_attempt_at + feed.interval, feed.not_before or now)
