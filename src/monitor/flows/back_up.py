"""Copies the desk's database into its home every night, and lets old copies go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.errors import StoreError
from monitor.outside import pg_dump
from monitor.pipeline.backup_rotation import kept
from monitor.store import backup, nightly_backups, setup
from monitor.store.backup import Copy

OLD = timedelta(days=2)
"""One is made every night: an older one says that it is not."""
NO_PROGRAM = "no backup: this machine has no pg_dump"


def back_up(home: Path, address: str, now: datetime) -> str:
    """Copy the database at an address, and say so; "" for one in memory. Raises StoreError when it could not be done."""
    if not setup.is_sqlite():
        if not pg_dump.found():
            return NO_PROGRAM
        copy = nightly_backups.copy_server(home, now, lambda draft: pg_dump.dump(address, draft))
    elif setup.database_file() is None:
        return ""
    else:
        copy = nightly_backups.copy_sqlite(home, now)
    went = nightly_backups.let_go(home, kept(nightly_backups.made(home)))
    return f"{max(1, round(copy.bytes / 1e6))} MB copied" + (f", {went} old backups let go" if went else "")


def copy_now(target: Path, address: str, now: datetime, progress: Callable[[int, int], object]) -> Copy:
    """Copy the database to a file by hand. Raises StoreError."""
    if setup.is_sqlite():
        return backup.backup(target, now, progress)
    if not pg_dump.found():
        raise StoreError("This machine has no pg_dump. Install PostgreSQL's client programs, then back up.")
    return nightly_backups.server_copy(target, now, lambda draft: pg_dump.dump(address, draft))


def worry(now: datetime) -> tuple[bool, str]:
    """Whether all is well with the backups, and a sentence of how they stand."""
    at, error = nightly_backups.standing()
    if error:
        return False, f"The last nightly backup broke: {error}"
    if not setup.is_sqlite() and not pg_dump.found():
        return False, "This machine has no pg_dump, so the desk makes no backup of its database: see docs/operations.md, Backups."
    if at is None:
        return True, "The first backup is made in the coming night."
    if now - at > OLD:
        return False, f"The last backup is of {at:%Y-%m-%d}. One is made every night while the desk runs."
    return True, f"The last backup is of {at:%Y-%m-%d %H:%M} UTC."


@dataclass(frozen=True, slots=True)
class Nightly:
    """What the Desk page says of the nightly backups: whether they can be made here, where they lie, how many there are."""

    may: bool
    folder: str
    made: int


def nightly(home: Path) -> Nightly:
    """The nightly backups as they stand."""
    may = setup.is_sqlite() or pg_dump.found()
    return Nightly(may, str(home.absolute() / nightly_backups.FOLDER), len(nightly_backups.made(home)))
