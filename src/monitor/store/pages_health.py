"""Whether the desk can serve its people: the database answers, its schema is current, the disk has room."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, Error, connections

from monitor.errors import StoreError
from monitor.store import mail_troubles, setup

ROOM_NEEDED = 200_000_000
"""Bytes that must be free in the home: the database, its write-ahead log and a backup need to grow."""


def problems(home: Path) -> list[str]:
    """One short name for everything that keeps the desk from being ready: "database", "migrations", "disk"."""
    return [name for name, well in (("database", _answers), ("migrations", _current), ("disk", lambda: _room(home))) if not well()]


def notes() -> list[str]:
    """What an admin should know though the desk is ready: that mail is broken or held."""
    try:
        found = mail_troubles.trouble()
    except Error:
        return []
    return [f"mail is {found.kind}"] if found else []


def _answers() -> bool:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def _current() -> bool:
    try:
        return not setup.pending_migrations()
    except (StoreError, Error):
        return False


def _room(home: Path) -> bool:
    place = next((folder for folder in (home, *home.parents) if folder.exists()), Path("/"))
    return shutil.disk_usage(place).free >= ROOM_NEEDED
