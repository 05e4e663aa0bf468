"""Puts a copy of a PostgreSQL database back by the server's own programs; what was there is copied first, and comes back if that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreError
from monitor.outside import pg_dump
from monitor.store import backup, nightly_backups, server_tables, setup, workers
from monitor.store.server_tables import NoSooner


@dataclass(frozen=True, slots=True)
class PutBack:
    """What is in the database now, and where the one that was there is kept (None when it was empty)."""

    articles: int
    stories: int
    aside: Path | None


def put_back(home: Path, address: str, source: Path, now: datetime) -> PutBack:
    """Restore a file that `pg_dump --format=custom` made. Raises StoreError; whatever is refused, the database stays as it was."""
    if not pg_dump.can_load():
        raise StoreError("This machine has no pg_dump and pg_restore. Install PostgreSQL's client programs, then restore.")
    if not source.is_file():
        raise StoreError(f"There is no file {source}.")
    if workers.living(home):
        raise StoreError("The desk is running. Stop it first, then restore.")
    there = {row[2] for row in pg_dump.rows_of(source, "django_migrations") if row[1:2] == ["store"]}
    if not there:
        raise StoreError("That file is a copy of a database, but none of Monitor.")
    backup.refuse_newer(there)
    server_tables.refuse_in_use()
    tables = server_tables.ours()
    asked, aside = NoSooner(()), None
    if tables:
        aside = home / nightly_backups.FOLDER / f"monitor-before-restore-{now:%Y%m%dT%H%M%S}Z.dump"
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        pg_dump.dump(address, aside)
        asked = server_tables.no_sooner(now)
    _replace(address, source, aside)
    articles, stories = server_tables.settle(home, asked, now)
    return PutBack(articles, stories, aside)


def _replace(address: str, source: Path, aside: Path | None) -> None:
    server_tables.refuse_in_use()  # a large copy takes long: somebody may have come since
    server_tables.drop()
    setup.close_connections()
    try:
        pg_dump.load(address, source)
    except StoreError as failed:
        raise StoreError(f"{failed} {_undone(address, aside)}") from failed


def _undone(address: str, aside: Path | None) -> str:
    """Put back what was there, and say so."""
    if aside is None:
        return "The database is empty, as it was."
    try:
        pg_dump.load(address, aside)
    except StoreError as failed:
        return f"Nor could the database that was there be put back: {failed} It is kept whole in {aside}."
    return "The database is as it was."
