"""A copy of the SQLite database while the desk runs, and putting such a copy in the database's place (docs/operations.md, Backups)."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from monitor.errors import SchemaMismatch, StoreError
from monitor.store import mail_mark, periodic, setup, workers
from monitor.store.mail_line import HELD
from monitor.store.pages_desk import BACKUP

PAGES_A_STEP = 2000
"""Eight megabytes a step, so that progress can be told; one read transaction around all steps keeps writers from restarting them."""
OPENED_BY = ("DELETE FROM django_session", "DELETE FROM store_onetimelink WHERE used_at IS NULL")
"""What let people in when the copy was made may have been ended since: after a restore everybody signs in again."""
ASKED_AGAIN = "UPDATE store_tomail SET due_at = NULL, claim_token = ''"
"""Mails that were being made when the copy was made were mailed since, as like as not: after a restore a person asks for them again."""

_LATER = """UPDATE store_{table} SET {column} = (SELECT now.{column} FROM present.store_{table} now WHERE now.{key} = store_{table}.{key})
WHERE EXISTS (SELECT 1 FROM present.store_{table} now WHERE now.{key} = store_{table}.{key} AND now.{column} IS NOT NULL
AND (store_{table}.{column} IS NULL OR now.{column} > store_{table}.{column}))"""
_MOMENTS = (
    ("feed", "url", "due_at"), ("feed", "url", "not_before"),
    ("host", "name", "not_before"), ("host", "name", "next_start_at"), ("host", "name", "pages_not_before"),
)  # fmt: skip
NO_SOONER = (
    *(_LATER.format(table=table, key=key, column=column) for table, key, column in _MOMENTS),
    """UPDATE store_toread SET due_at = (SELECT strftime('%Y-%m-%d %H:%M:%f', now.read_at, '+6 hours') FROM present.store_article now
JOIN store_article mine ON mine.key = now.key WHERE mine.id = store_toread.article_id)
WHERE EXISTS (SELECT 1 FROM present.store_article now JOIN store_article mine ON mine.key = now.key
WHERE mine.id = store_toread.article_id AND strftime('%Y-%m-%d %H:%M:%f', now.read_at, '+6 hours') > store_toread.due_at)""",
)
"""Feeds, hosts and pages are asked no sooner than the database that is put aside would have asked them."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished backup."""

    file: str
    bytes: int
    sha256: str
    articles: int
    stories: int


def backup(target: Path, now: datetime, progress: Callable[[int, int], object] = lambda _done, _total: None) -> Copy:
    """Copy the database to a new file, whole or not at all, and check the copy; kept as a fact of the desk. Raises StoreError."""
    source = _own_file()
    if target.exists():
        raise StoreError(f"{target} exists already; a backup never overwrites anything. Name another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(source, draft, progress)
        articles, stories = _checked(draft)
        made = Copy(str(target.absolute()), draft.stat().st_size, _digest(draft), articles, stories)
        os.link(draft, target)  # fails when somebody else made that file meanwhile
    except sqlite3.Error as broken:
        raise StoreError(f"The backup could not be made: {broken}.") from broken
    finally:
        draft.unlink(missing_ok=True)
    periodic.set_fact(BACKUP, asdict(made) | {"at": now.isoformat()}, now)
    return made


def restore(source: Path, home: Path, now: datetime) -> tuple[Copy, Path | None]:
    """Put a backup in the database's place; the copy that is now the database, and where the one that was there lies now.

    Raises StoreError when the file is no sound backup or the desk is running, SchemaMismatch when a newer version made it. Whatever
    is refused, the database stays as it was.
    """
    target = _own_file()
    if workers.living(home):
        raise StoreError("The desk is running. Stop it first, then restore.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            _copy(source, draft, lambda _done, _total: None)
            articles, stories = _checked(draft)
        except sqlite3.Error as broken:
            raise StoreError(f"{source} is no sound backup: {broken}. Nothing was changed.") from broken
        _refuse_newer(draft)
        with closing(sqlite3.connect(draft, isolation_level=None)) as base:
            for statement in OPENED_BY:
                base.execute(statement)
            _hold_mail(base, home, now)
            _ask_no_sooner(base, target)
        _own(draft, home)
        put = Copy(str(target), draft.stat().st_size, _digest(draft), articles, stories)
        aside = _move_aside(target, now)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return put, aside


def _hold_mail(base: sqlite3.Connection, home: Path, now: datetime) -> None:
    """What waits in a copy may have been sent since it was made: nothing leaves until an admin says so (F-29), nor is made unasked."""
    facts = {HELD: {"why": "restored", "since": now.isoformat()}, mail_mark.FACT: {"count": mail_mark.counted(home)}}
    for name, value in facts.items():
        base.execute("DELETE FROM store_deskfact WHERE name = ?", (name,))
        row = (name, json.dumps(value), now.replace(tzinfo=None).isoformat(" "))
        base.execute("INSERT INTO store_deskfact (name, value, changed_at) VALUES (?, ?, ?)", row)
    if base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'store_tomail'").fetchone()[0]:  # an older copy has none
        base.execute(ASKED_AGAIN)


def _ask_no_sooner(base: sqlite3.Connection, present: Path) -> None:
    """What was asked since the copy was made is not asked again before its time: the due dates of the present database hold (P44, P48)."""
    if not present.is_file():
        return
    with suppress(sqlite3.Error):  # it may be broken: the very reason to restore
        base.execute("ATTACH DATABASE ? AS present", (str(present),))
        for statement in NO_SOONER:
            base.execute(statement)
        base.execute("DETACH DATABASE present")


def _own(file: Path, home: Path) -> None:
    """A file that root puts back belongs to whom the home belongs to, or the service could not open it."""
    if os.geteuid() == 0:
        of = home.stat()
        os.chown(file, of.st_uid, of.st_gid)


def _own_file() -> Path:
    file = setup.database_file()
    if file is None:
        raise StoreError("This desk's database is not a SQLite file.")
    return file


def _copy(source: Path, draft: Path, progress: Callable[[int, int], object]) -> None:
    if not source.is_file():
        raise StoreError(f"There is no file {source}.")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as old,
        closing(sqlite3.connect(draft, isolation_level=None)) as new,
    ):
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins here
        old.backup(new, pages=PAGES_A_STEP, progress=lambda _status, left, total: progress(total - left, total))
        new.execute("PRAGMA journal_mode=DELETE")  # one file, whatever the source was


def _checked(file: Path) -> tuple[int, int]:
    """(articles, stories) of a copy that is whole; raises sqlite3.Error or StoreError."""
    with closing(sqlite3.connect(file)) as base:
        found = [row[0] for row in base.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise sqlite3.DatabaseError(str(found[0])[:200])
        if not base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'store_person'").fetchone()[0]:
            raise StoreError("That file is a SQLite database, but none of Monitor.")
        tables = ("store_article", "store_story")
        articles, stories = (base.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)  # noqa: S608 - names are ours
    return articles, stories


def _refuse_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base:
        refuse_newer({name for (name,) in base.execute("SELECT name FROM django_migrations WHERE app = 'store'")})


def refuse_newer(there: Collection[str]) -> None:
    """Raise SchemaMismatch when a copy has had migrations that this version does not know."""
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == "store"}
    if newer := sorted(set(there) - known):
        raise SchemaMismatch(f"That backup was made by a newer version of Monitor ({newer[-1]}). Upgrade Monitor first.")


def _move_aside(target: Path, now: datetime) -> Path | None:
    """Rename the present database, its journal written back or beside it; raises StoreError while anybody has it open."""
    if not target.exists():
        return None
    setup.close_connections()
    try:
        with closing(sqlite3.connect(target, timeout=2, isolation_level=None)) as base:
            base.execute("PRAGMA journal_mode=DELETE")  # needs the file for itself: SQLite's own test whether anybody has it open
    except sqlite3.OperationalError as held:
        raise StoreError(f"The database is in use ({held}). Stop the desk first, then restore. Nothing was changed.") from held
    except sqlite3.DatabaseError:
        pass  # it is broken: the very reason to restore
    aside = target.with_name(f"{target.stem}-before-restore-{now:%Y%m%dT%H%M%S}{target.suffix}")
    for ending in ("-wal", "-shm"):
        journal = target.with_name(target.name + ending)
        if journal.exists():
            journal.rename(aside.with_name(aside.name + ending))
    target.rename(aside)
    return aside


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        return hashlib.file_digest(opened, "sha256").hexdigest()
