"""Starting Django once, migrating under a lock, and telling a person what is wrong with the database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from monitor.errors import SchemaMismatch, StoreError


def start() -> None:
    """Make the tables usable in this process; safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitor.config.django_settings")
    if not apps.ready:
        django.setup()


def is_sqlite() -> bool:
    """Whether the desk lives in a SQLite file (one machine) rather than on PostgreSQL."""
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def database_file() -> Path | None:
    """The SQLite file, or None on PostgreSQL and for databases in memory."""
    name = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    return Path(name) if is_sqlite() and not name.startswith("file:") and name != ":memory:" else None


def pending_migrations() -> list[str]:
    """Names of the migrations the code has and the database lacks, in order; raises SchemaMismatch for a newer database."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    except DatabaseError as broken:
        raise StoreError(f"The database cannot be opened: {broken}. Check MONITOR_DATABASE_URL and MONITOR_HOME.") from broken
    known = set(executor.loader.disk_migrations)
    newer = [name for app, name in executor.loader.applied_migrations if app in {"store", "web"} and (app, name) not in known]
    if newer:
        raise SchemaMismatch(f"The database was written by a newer version of Monitor ({newer[-1]}). Upgrade Monitor, or restore a backup.")
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def migrate(now: datetime, *, backup: bool = True) -> list[str]:
    """Bring the database to this version, after a backup of an existing SQLite file; returns the migrations applied."""
    pending = pending_migrations()
    if pending:
        file = database_file()
        if backup and file is not None and file.exists() and file.stat().st_size > 0 and _has_tables(file):
            _copy(file, file.with_name(f"{file.stem}-before-migration-{now:%Y%m%dT%H%M%S}.sqlite3"))
        call_command("migrate", interactive=False, verbosity=0)
    return pending


def require_current_schema() -> None:
    """Raise SchemaMismatch with the command to type when the database lacks a migration."""
    if pending_migrations():
        raise SchemaMismatch("The database is older than this version of Monitor. Run `monitor migrate` first.")


def close_connections() -> None:
    """Close this thread's database connections."""
    connections.close_all()


def _has_tables(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as base:
        return bool(base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
