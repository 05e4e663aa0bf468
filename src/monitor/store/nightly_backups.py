"""The folder of nightly backups in the desk's home: their names, their making, and letting the old ones go."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreError
from monitor.store import backup, models, pages_desk, periodic, setup
from monitor.store.backup import Copy
from monitor.store.pages_desk import BACKUP

FOLDER = "backups"
JOB = "back_up"
"""The job's name in the timetable."""
ROOM = 100 * 1024 * 1024
"""Bytes that must be free besides the copy itself: a backup is not worth a full disk."""
_NAME = re.compile(r"monitor-nightly-(\d{8}T\d{6})Z\.(?:sqlite3|dump)")

_COPY = re.compile(r"monitor-[\w-]+\.(?:sqlite3|dump)")


def made(home: Path) -> dict[datetime, Path]:
    """The nightly backups there are; files of other names are none of ours."""
    folder = home / FOLDER
    files = [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
    told = {file: _NAME.fullmatch(file.name) for file in files}
    return {datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC): file for file, found in told.items() if found}


def at_hand(home: Path) -> list[tuple[Path, datetime, int]]:
    """Every copy in the folder, made by night, by hand or before a restore, with its time and size, newest first."""
    folder = home / FOLDER
    files = [file for file in folder.iterdir() if _COPY.fullmatch(file.name)] if folder.is_dir() else []
    told = [(file, datetime.fromtimestamp(file.stat().st_mtime, UTC), file.stat().st_size) for file in files]
    return sorted(told, key=lambda one: one[1], reverse=True)


def copy_sqlite(home: Path, now: datetime) -> Copy:
    """Copy the SQLite database into the folder; raises StoreError, also when there is no room."""
    file = setup.database_file()
    target = _target(home, now, "sqlite3", file.stat().st_size if file is not None and file.exists() else 0)
    return backup.backup(target, now)


def copy_server(home: Path, now: datetime, dump: Callable[[Path], None]) -> Copy:
    """Let `dump` write the database into the folder, whole or not at all; kept as a fact of the desk. Raises StoreError."""
    return server_copy(_target(home, now, "dump", 0), now, dump)


def server_copy(target: Path, now: datetime, dump: Callable[[Path], None]) -> Copy:
    """Let `dump` write the database to a new file, whole or not at all; kept as a fact of the desk. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} exists already; a backup never overwrites anything. Name another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        dump(draft)
        with draft.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        copy = Copy(str(target.absolute()), draft.stat().st_size, digest, models.Article.objects.count(), models.Story.objects.count())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    periodic.set_fact(BACKUP, asdict(copy) | {"at": now.isoformat()}, now)
    return copy


def let_go(home: Path, stays: frozenset[datetime]) -> int:
    """Delete the nightly backups of other moments; returns how many went."""
    old = [file for at, file in made(home).items() if at not in stays]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def standing() -> tuple[datetime | None, str]:
    """When the last backup was made, by night or by hand (None: never), and why the last night's broke, "" when it did not."""
    told = pages_desk.last_backup()
    row = models.Periodic.objects.filter(name=JOB).first()
    return (told["at"] if told else None), (row.last_error if row else "")


def _target(home: Path, now: datetime, kind: str, size: int) -> Path:
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as refused:
        raise StoreError(f"{folder} cannot be written: {refused.strerror or refused}.") from refused
    if free < size + ROOM:
        raise StoreError(f"There is no room for a backup in {folder}: {free // 1_000_000} MB are free, {size // 1_000_000} MB are copied.")
    return folder / f"monitor-nightly-{now:%Y%m%dT%H%M%S}Z.{kind}"
