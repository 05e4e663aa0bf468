"""The index over store_articlewords: FTS5 kept by triggers on SQLite, tsvectors with GIN in a table beside it on PostgreSQL.

Migrations make it; `monitor search --rebuild` makes it again. Tokens are ours (pipeline.query_doc.columns): neither database splits or
folds words of its own, so both index exactly what the evaluator reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS = ("title", "lead", "body", "forms", "known")
_NAMES = ", ".join(COLUMNS)
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in COLUMNS) for row in ("old", "new"))
_DROP_WORDS = f"INSERT INTO store_search(store_search, rowid, {_NAMES}) VALUES ('delete', old.article_id, {_OLD});"  # noqa: S608
_ADD_WORDS = f"INSERT INTO store_search(rowid, {_NAMES}) VALUES (new.article_id, {_NEW});"  # noqa: S608
_FTS5 = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS store_search USING fts5({_NAMES}, content='store_articlewords', content_rowid='article_id', "
    "tokenize=\"ascii tokenchars '-_.:'\")"
)
_CHANGED = (
    f"CREATE TRIGGER IF NOT EXISTS store_search_changed AFTER UPDATE OF {_NAMES} ON store_articlewords BEGIN {_DROP_WORDS} {_ADD_WORDS} END"
)
SQLITE = (
    _FTS5,
    f"CREATE TRIGGER IF NOT EXISTS store_search_added AFTER INSERT ON store_articlewords BEGIN {_ADD_WORDS} END",
    f"CREATE TRIGGER IF NOT EXISTS store_search_gone AFTER DELETE ON store_articlewords BEGIN {_DROP_WORDS} END",
    _CHANGED,
)
SQLITE_GONE = (
    *(f"DROP TRIGGER IF EXISTS store_search_{event}" for event in ("added", "gone", "changed")),
    "DROP TABLE IF EXISTS store_search",
)
_FORGET = (
    "CREATE OR REPLACE FUNCTION store_search_forget() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN DELETE FROM store_search WHERE article_id = old.article_id; RETURN NULL; END$$"
)
POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS store_search (article_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS store_search_words ON store_search USING gin (vector) WITH (fastupdate = on)",
    _FORGET,
    "DROP TRIGGER IF EXISTS store_search_gone ON store_articlewords",
    "CREATE TRIGGER store_search_gone AFTER DELETE ON store_articlewords FOR EACH ROW EXECUTE FUNCTION store_search_forget()",
)
POSTGRESQL_GONE = (
    "DROP TRIGGER IF EXISTS store_search_gone ON store_articlewords",
    "DROP FUNCTION IF EXISTS store_search_forget()",
    "DROP TABLE IF EXISTS store_search",
)


def make(connection: BaseDatabaseWrapper) -> None:
    """Makes what is not there yet; harmless when all of it is."""
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the index away; the kept words stay."""
    _run(connection, SQLITE_GONE if connection.vendor == "sqlite" else POSTGRESQL_GONE)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
