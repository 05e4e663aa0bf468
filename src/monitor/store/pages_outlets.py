"""Outlets for their pages: health, next poll, how many articles they bring, and the history of their feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from monitor.store import models

_WORST_FIRST = ("gone", "credentials", "blocked", "robots", "not_feed", "dormant", "failing", "new", "ok")
EVENTS_SHOWN = 30
ARTICLES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed of an outlet as its page shows it."""

    url: str
    title: str
    section: str
    language: str
    enabled: bool
    health: str
    reason: str
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
    enabled: bool
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
class OutletPage:
    """An outlet with its last fetches and articles, newest first."""

    line: OutletLine
    events: tuple[EventLine, ...]
    articles: tuple[ArticleLine, ...]


def outlet_lines(now: datetime) -> list[OutletLine]:
    """Every outlet that is not archived, in desk order."""
    rows = models.Outlet.objects.filter(archived_at=None).order_by("position", "pk").prefetch_related("feeds")
    counts = _counts(models.Article.objects.all(), now)
    return [_line(row, row.feeds.all(), counts) for row in rows]


def outlet_page(slug: str, now: datetime) -> OutletPage | None:
    """One outlet with its history, or None."""
    row = models.Outlet.objects.filter(slug=slug).prefetch_related("feeds").first()
    if row is None:
        return None
    counts = _counts(models.Article.objects.filter(outlet=row), now)
    return OutletPage(_line(row, row.feeds.all(), counts), tuple(_events(row)), tuple(_articles(row)))


def _counts(articles: QuerySet[models.Article], now: datetime) -> Mapping[int, tuple[int, int]]:
    month, week = now - timedelta(days=28), now - timedelta(days=7)
    rows = articles.filter(discovered_at__gte=month, discovered_at__lte=now).values("outlet_id").order_by("outlet_id")
    counted = rows.annotate(month=Count("pk"), week=Count("pk", filter=Q(discovered_at__gte=week)))
    return {row["outlet_id"]: (row["week"], row["month"]) for row in counted}


def _line(row: models.Outlet, feeds: Iterable[models.Feed], counts: Mapping[int, tuple[int, int]]) -> OutletLine:
    lines = tuple(_feed(feed) for feed in sorted(feeds, key=lambda feed: feed.pk) if feed.archived_at is None)
    live = [line for line in lines if line.enabled]
    worst = min(live, key=lambda line: _rank(line.health), default=None)
    health = "paused" if not row.enabled else worst.health if worst else "no_feed"
    week, month = counts.get(row.pk, (0, 0))
    return OutletLine(
        slug=row.slug,
        name=row.name,
        country=row.country,
        language=row.language,
        kind=row.kind,
        owner=row.owner,
        home=row.home,
        note=row.note,
        enabled=row.enabled,
        weight=row.weight,
        health=health,
        reason=worst.reason if worst and health not in ("paused", "ok") else "",
        last_200_at=max((line.last_200_at for line in lines if line.last_200_at), default=None),
        last_change_at=max((line.last_change_at for line in lines if line.last_change_at), default=None),
        next_at=min((line.next_at for line in live if line.next_at), default=None) if row.enabled else None,
        articles_7=week,
        articles_28=month,
        sections=tuple(dict.fromkeys(line.section for line in lines if line.section)),
        feeds=lines,
    )


def _rank(health: str) -> int:
    return _WORST_FIRST.index(health) if health in _WORST_FIRST else 0


def _feed(feed: models.Feed) -> FeedLine:
    return FeedLine(
        url=feed.url,
        title=feed.title,
        section=feed.section,
        language=feed.language,
        enabled=feed.enabled,
        health=feed.health,
        reason=feed.paused_reason or feed.last_error or feed.not_before_reason,
        last_200_at=feed.last_200_at,
        last_change_at=feed.last_change_at,
        failing_since=feed.failing_since,
        next_at=feed.due_at,
        interval=feed.interval,
        polls=feed.polls,
    )


def _events(row: models.Outlet) -> list[EventLine]:
    columns = ("at", "feed__url", "result", "status", "new_entries", "wire_bytes", "reason")
    events = models.FetchEvent.objects.filter(feed__outlet=row).order_by("-at", "-pk").values_list(*columns)
    return [EventLine(*event) for event in events[:EVENTS_SHOWN]]


def _articles(row: models.Outlet) -> list[ArticleLine]:
    columns = ("story__uuid", "url", "title", "language", "verdict", "reason", "discovered_at")
    articles = models.Article.objects.filter(outlet=row).order_by("-discovered_at", "-pk").values_list(*columns)
    return [ArticleLine(str(story or ""), *rest) for story, *rest in articles[:ARTICLES_SHOWN]]
