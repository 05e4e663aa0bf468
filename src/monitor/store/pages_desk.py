"""The state of the installation as the Desk page shows it: jobs, workers, given-up work, database, disk, backup."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Min, Q

from monitor.store import models, setup
from monitor.store.due import GIVE_UP_AFTER

BACKUP = "backup"
"""The fact about the last backup: {at, file, bytes, sha256, articles, stories}."""
_ROWS: dict[str, type[Any]] = {
    "poll_feeds": models.Feed,
    "read_articles": models.ToRead,
    "group_stories": models.ToGroup,
    "queue_leads": models.ToRank,
    "send_alerts": models.Alert,
    "send_mail": models.OutboxMessage,
    "tag_again": models.Retagging,
}
"""Job → the kind of row it works on; the others have one row of their own."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job of the timetable; `waiting` counts rows that are due now, None where the job has none."""

    name: str
    last_success_at: datetime | None
    last_summary: str
    next_at: datetime | None
    waiting: int | None
    error: str
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The database: kind and version, bytes on disk (None where it cannot be told), what is in it, and free bytes in the home."""

    kind: str
    version: str
    bytes: int | None
    journal_bytes: int | None
    free_bytes: int
    outlets: int
    articles: int
    stories: int
    texts: int
    oldest_text_at: datetime | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Rows given up after repeated failures, by kind, with the last reason of one of them."""

    kind: str
    count: int
    reason: str


def jobs(now: datetime) -> tuple[JobLine, ...]:
    """Every job that has a row of its own or works on rows, in path order and then by name."""
    kept = {row.name: row for row in models.Periodic.objects.all()}
    names = [*_ROWS, *sorted(kept.keys() - _ROWS.keys())]
    return tuple(_job(name, kept.get(name), now) for name in names)


def given_up() -> tuple[GivenUp, ...]:
    """What was given up, by the kinds store/take_up.py knows."""
    live = Q(archived_at=None, enabled=True)
    found = (
        _lost("feeds", models.Feed.objects.filter(live)),
        _lost("articles", models.ToRead.objects.all(), models.ToGroup.objects.all()),
        _lost("stories", models.ToRank.objects.all()),
        _lost("alerts", models.Alert.objects.filter(state="due")),
        _lost("taggings", models.Retagging.objects.filter(done_at=None)),
    )
    return tuple(one for one in found if one.count)


def database(home: Path) -> DatabaseFacts:
    """The database and the disk it lies on."""
    texts = models.ArticleText.objects.aggregate(n=Count("pk"), oldest=Min("article__read_at"))
    file = setup.database_file()
    place = next((folder for folder in (home, *home.parents) if folder.exists()), Path("/"))
    return DatabaseFacts(
        kind="SQLite" if setup.is_sqlite() else "PostgreSQL",
        version=_version(),
        bytes=_size(file) if file else _server_size(),
        journal_bytes=_size(file.with_name(f"{file.name}-wal")) or 0 if file else None,
        free_bytes=shutil.disk_usage(place).free,
        outlets=models.Outlet.objects.count(),
        articles=models.Article.objects.count(),
        stories=models.Story.objects.count(),
        texts=texts["n"],
        oldest_text_at=texts["oldest"],
    )


def last_backup() -> dict[str, Any]:
    """The fact about the last backup made by `monitor backup`, or an empty mapping."""
    row = models.DeskFact.objects.filter(name=BACKUP).first()
    value: dict[str, Any] = dict(row.value) if row else {}
    return value | {"at": datetime.fromisoformat(value["at"])} if value else {}


def _job(name: str, row: models.Periodic | None, now: datetime) -> JobLine:
    waiting, next_at = None, row.due_at if row else None
    if name in _ROWS:
        live = _ROWS[name]._default_manager.filter(attempts__lt=GIVE_UP_AFTER)
        told = live.aggregate(waiting=Count("pk", filter=Q(due_at__lte=now)), next=Min("due_at", filter=Q(due_at__gt=now)))
        waiting, next_at = told["waiting"], told["next"]
        if name == "tag_again":  # one row stands for many articles
            waiting = sum(max(0, one.total - one.done) for one in live.filter(done_at=None))
    return JobLine(
        name=name,
        last_success_at=row.last_success_at if row else None,
        last_summary=row.last_summary if row else "",
        next_at=next_at,
        waiting=waiting,
        error=row.last_error if row else "",
        failed_at=row.failed_at if row else None,
    )


def _lost(kind: str, *rows: Any) -> GivenUp:
    lost = [one.filter(attempts__gte=GIVE_UP_AFTER) for one in rows]
    count = sum(one.count() for one in lost)
    reasons = [reason for one in lost for reason in one.exclude(last_error="").values_list("last_error", flat=True)[:1]] if count else []
    return GivenUp(kind, count, next(iter(reasons), ""))


def _version() -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_version()")
            return str(cursor.fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _server_size() -> int | None:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":  # in memory
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
