"""One article found, and the columns of its row that search reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

COLUMNS = "w.article_id, w.outlet, w.language, w.section, w.themes, w.day, w.cut"


class Hit(NamedTuple):
    """One article found, with what the facets count."""

    key: int
    outlet: str
    language: str
    section: str
    themes: str
    day: date | None
    cut: bool


def run(statement: str, values: Sequence[Any]) -> list[Hit]:
    """The hits of a statement that selects COLUMNS of store_articlewords w."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [_hit(row) for row in cursor.fetchall()]


def _hit(row: tuple[Any, ...]) -> Hit:
    key, outlet, language, section, themes, day, cut = row
    return Hit(key, outlet, language, section, themes, date.fromisoformat(day) if isinstance(day, str) else day, bool(cut))
