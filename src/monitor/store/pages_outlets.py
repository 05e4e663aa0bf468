"""Outlets for their pages: what the doctor says, health, next poll, how many articles they bring, and the history of their feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.store import models, outlet_checks
from monitor.store.outlet_checks import Checked

_WORST_FIRST = ("gone", "credentials", "blocked", "robots", "not_feed", "dormant", "failing", "new", "ok")
EVENTS_SHOWN = 30
ARTICLES_SHOWN = 20
CHANGES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class IndexLine:
    """As much of an outlet as sorting and filtering the table needs; codes and severity are those of the last check."""

    key: int
    slug: str
    name: str
    country: str
    enabled: bool
    codes: tuple[str, ...]
    severity: int
    week: int
    month: int


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed of an outlet as its page shows it."""

    uuid: str
    url: str
    title: str
    section: str
    language: str
    every: timedelta | None
    enabled: bool
    health: str
    reason: str
    asked_at: datetime | None
    last_200_at: datetime | None
    last_change_at: datetime | None
    failing_since: datetime | None
    next_at: datetime | None
    interval: timedelta
    polls: int


@dataclass(frozen=True, slots=True)
class OutletLine:
    """One outlet of the table; `health` is that of its worst live feed, "paused" or "no_feed"."""

    slug: str
    name: str
    country: str
    language: str
    kind: str
    owner: str
    home: str
    note: str
    text: str
    enabled: bool
    archived: bool
    revision: int
    weight: float
    health: str
    reason: str
    last_200_at: datetime | None
    last_change_at: datetime | None
    next_at: datetime | None
    articles_7: int
    articles_28: int
    sections: tuple[str, ...]
    feeds: tuple[FeedLine, ...]
    checked: Checked


@dataclass(frozen=True, slots=True)
class EventLine:
    """One attempt at one feed."""

    at: datetime
    url: str
    result: str
    status: int | None
    new_entries: int
    wire_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One recent article of an outlet."""

    story: str
    url: str
    title: str
    language: str
    verdict: str
    reason: str
    discovered_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of an outlet by a person; `undoable` when nothing came after it."""

    uuid: str
    at: datetime
    by: str
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undone: bool
    undoable: bool


@dataclass(frozen=True, slots=True)
class OutletPage:
    """An outlet with its last fetches, articles and changes, newest first, and whether an editor asked for it to be tried."""

    line: OutletLine
    events: tuple[EventLine, ...]
    articles: tuple[ArticleLine, ...]
    changes: tuple[ChangeLine, ...]
    to_try: bool
    only: str  # the feed whose fetches these are, "" when they are of all


def index() -> list[IndexLine]:
    """Every outlet that is not archived, in desk order, in one query."""
    rows = models.Outlet.objects.filter(archived_at=None).order_by("position", "pk")
    check = ("check_row__codes", "check_row__severity", "check_row__week", "check_row__month")
    return [
        IndexLine(key, slug, name, country, enabled, tuple(codes or ()), severity or 0, week or 0, month or 0)
        for key, slug, name, country, enabled, codes, severity, week, month in rows.values_list(
            "pk", "slug", "name", "country", "enabled", *check
        )
    ]


def outlet_lines(keys: Sequence[int], now: datetime) -> list[OutletLine]:
    """These outlets, judged at this moment, in the order of their keys."""
    rows = models.Outlet.objects.filter(pk__in=keys).select_related("check_row").prefetch_related("feeds")
    found = {key: _line(row, checked) for key, (row, checked) in outlet_checks.checked_of(list(rows), now).items()}
    return [found[key] for key in keys if key in found]


def outlet_page(slug: str, now: datetime, *, feed: str = "") -> OutletPage | None:
    """One outlet with its history (its fetches those of one feed if it has it), or None."""
    row = models.Outlet.objects.filter(slug=slug).select_related("check_row", "to_try").prefetch_related("feeds").first()
    if row is None:
        return None
    checked = outlet_checks.checked_of([row], now)[row.pk][1]
    to_try = getattr(row, "to_try", None) is not None
    only = feed if feed in {str(one.uuid) for one in row.feeds.all()} else ""
    return OutletPage(_line(row, checked), tuple(_events(row, only)), tuple(_articles(row)), tuple(_changes(row)), to_try, only)


def archived_lines() -> list[tuple[str, str, datetime]]:
    """Archived outlets: id, name and since when, the last first."""
    rows = models.Outlet.objects.exclude(archived_at=None).order_by("-archived_at", "pk")
    return [(slug, name, at) for slug, name, at in rows.values_list("slug", "name", "archived_at") if at is not None]


def _line(row: models.Outlet, checked: Checked) -> OutletLine:
    lines = tuple(_feed(feed) for feed in sorted(row.feeds.all(), key=lambda feed: feed.pk) if feed.archived_at is None)
    live = [line for line in lines if line.enabled]
    worst = min(live, key=lambda line: _rank(line.health), default=None)
    health = "paused" if not row.enabled else worst.health if worst else "no_feed"
    check: models.OutletCheck | None = getattr(row, "check_row", None)
    return OutletLine(
        slug=row.slug,
        name=row.name,
        country=row.country,
        language=row.language,
        kind=row.kind,
        owner=row.owner,
        home=row.home,
        note=row.note,
        text=row.text,
        enabled=row.enabled,
        archived=row.archived_at is not None,
        revision=row.revision,
        weight=row.weight,
        health=health,
        reason=worst.reason if worst and health not in ("paused", "ok") else "",
        last_200_at=max((line.last_200_at for line in lines if line.last_200_at), default=None),
        last_change_at=max((line.last_change_at for line in lines if line.last_change_at), default=None),
        next_at=min((line.next_at for line in live if line.next_at), default=None) if row.enabled else None,
        articles_7=check.week if check else 0,
        articles_28=check.month if check else 0,
        sections=tuple(dict.fromkeys(line.section for line in lines if line.section)),
        feeds=lines,
        checked=checked,
    )


def _rank(health: str) -> int:
    return _WORST_FIRST.index(health) if health in _WORST_FIRST else 0


def _feed(feed: models.Feed) -> FeedLine:
    return FeedLine(
        uuid=str(feed.uuid),
        url=feed.url,
        title=feed.title,
        section=feed.section,
        language=feed.language,
        every=feed.every,
        enabled=feed.enabled,
        health=feed.health,
        reason=feed.paused_reason or feed.last_error or feed.not_before_reason,
        asked_at=feed.last_attempt_at,
        last_200_at=feed.last_200_at,
        last_change_at=feed.last_change_at,
        failing_since=feed.failing_since,
        next_at=feed.due_at,
        interval=feed.interval,
        polls=feed.polls,
    )


def _events(row: models.Outlet, feed: str) -> list[EventLine]:
    columns = ("at", "feed__url", "result", "status", "new_entries", "wire_bytes", "reason")
    wanted = models.FetchEvent.objects.filter(feed__outlet=row)
    events = (wanted.filter(feed__uuid=feed) if feed else wanted).order_by("-at", "-pk").values_list(*columns)
    return [EventLine(*event) for event in events[:EVENTS_SHOWN]]


def _articles(row: models.Outlet) -> list[ArticleLine]:
    columns = ("story__uuid", "url", "title", "language", "verdict", "reason", "discovered_at")
    articles = models.Article.objects.filter(outlet=row).order_by("-discovered_at", "-pk").values_list(*columns)
    return [ArticleLine(str(story or ""), *rest) for story, *rest in articles[:ARTICLES_SHOWN]]


def _changes(row: models.Outlet) -> list[ChangeLine]:
    columns = ("uuid", "at", "by__given_name", "by__family_name", "kind", "before", "after", "undone_at", "revision")
    rows = models.OutletChange.objects.filter(outlet=row).order_by("-at", "-pk").values_list(*columns)
    return [
        ChangeLine(
            str(uuid),
            at,
            f"{given or ''} {family or ''}".strip(),
            kind,
            before,
            after,
            undone is not None,
            undone is None and revision == row.revision and kind != "added",
        )
        for uuid, at, given, family, kind, before, after, undone, revision in rows[:CHANGES_SHOWN]
    ]
