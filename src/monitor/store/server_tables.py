"""The desk's tables on a PostgreSQL server as a restore meets them: whether anybody uses them, and what must hold once they are back.

Plain SQL, because a copy may be of an older version than the models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction

from monitor.errors import StoreError
from monitor.store import mail_mark
from monitor.store.backup import ASKED_AGAIN, OPENED_BY
from monitor.store.mail_line import HELD

OURS = ("store_", "django_", "auth_")
_MOMENTS = (
    ("store_feed", "url", "due_at"), ("store_feed", "url", "not_before"),
    ("store_host", "name", "not_before"), ("store_host", "name", "next_start_at"), ("store_host", "name", "pages_not_before"),
)  # fmt: skip
_FUNCTIONS = """SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
AND p.prokind = 'f' AND starts_with(p.proname, 'store_')"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_LOOKS = 10
_PAGES_READ = "SELECT key, read_at + interval '6 hours' FROM store_article WHERE read_at > %s - interval '6 hours'"
_PAGES_WAIT = """UPDATE store_toread SET due_at = %s FROM store_article
WHERE store_article.id = store_toread.article_id AND store_article.key = %s AND store_toread.due_at < %s"""


@dataclass(frozen=True, slots=True)
class NoSooner:
    """When each feed, host and page may be asked next, by statement."""

    values: Sequence[tuple[str, Sequence[tuple[Any, Any]]]]


def ours() -> list[str]:
    """The desk's tables there are."""
    with connection.cursor() as cursor:
        return [name for name in connection.introspection.table_names(cursor) if name.startswith(OURS)]


def refuse_in_use() -> None:
    """Raise StoreError while anybody else has the database open; who is just leaving (a program that ended) has a second to be gone."""
    for _ in range(_LOOKS):
        with connection.cursor() as cursor:
            cursor.execute(_OTHERS)
            others = int(cursor.fetchone()[0])
            if not others:
                return
            cursor.execute("SELECT pg_sleep(0.1)")
    raise StoreError(f"The database is in use ({others} other connections). Stop the desk first, then restore. Nothing was changed.")


def no_sooner(now: datetime) -> NoSooner:
    """What the present database says of when to ask, to hold after it has gone (P44, P48); what it cannot say is left out."""
    questions = [(_PAGES_WAIT, _PAGES_READ)]
    for table, key, column in _MOMENTS:
        statement = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND ({column} IS NULL OR {column} < %s)"  # noqa: S608 - names are ours
        questions.append((statement, f"SELECT {key}, {column} FROM {table} WHERE {column} > %s"))  # noqa: S608
    found: list[tuple[str, Sequence[tuple[Any, Any]]]] = []
    for statement, question in questions:
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:  # it may be broken: the very reason to restore
            cursor.execute(question, [now])
            found.append((statement, cursor.fetchall()))
    return NoSooner(found)


def drop() -> None:
    """Drop the desk's tables and functions, all or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ours():
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)} CASCADE")
        cursor.execute(_FUNCTIONS)
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION IF EXISTS {signature} CASCADE")


def settle(home: Path, asked: NoSooner, now: datetime) -> tuple[int, int]:
    """Sign everybody out, hold mail and keep the moments of asking in a database just put back; its articles and stories."""
    facts = {HELD: {"why": "restored", "since": now.isoformat()}, mail_mark.FACT: {"count": mail_mark.counted(home)}}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in OPENED_BY:
            cursor.execute(statement)
        for name, value in facts.items():
            cursor.execute("DELETE FROM store_deskfact WHERE name = %s", [name])
            cursor.execute("INSERT INTO store_deskfact (name, value, changed_at) VALUES (%s, %s, %s)", [name, json.dumps(value), now])
        if "store_tomail" in ours():  # an older copy has none
            cursor.execute(ASKED_AGAIN)
        for statement, values in asked.values:
            cursor.executemany(statement, [(moment, key, moment) for key, moment in values])
        cursor.execute("SELECT (SELECT count(*) FROM store_article), (SELECT count(*) FROM store_story)")
        articles, stories = cursor.fetchone()
    return int(articles), int(stories)
