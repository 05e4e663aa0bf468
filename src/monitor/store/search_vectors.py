"""Asking PostgreSQL's index, which knows no order, for the newest articles: in windows of their numbers, each as wide as it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import connection, transaction

from monitor.store import search_sql
from monitor.store.search_hits import COLUMNS, Hit, run

_FIRST, _WIDEST, _WIDER = 2, 512, 8
"""Buckets of the first window (the newest is partly filled), of the widest, and how many times wider than the last one a window may be."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """What is asked: tsqueries that all have to hold, and conditions on the row of store_articlewords w with their values.

    Left to choose, the planner walks the whole table backwards for a rare word (6.9 s of a million articles), or reads every article of a
    frequent one; so it is only offered the index, and a window is a word in it (search_sql.bucket). Each tsquery is a condition of its
    own: between conditions GIN skips to the next article that may meet all of them, within one it tries every article of its words.
    """

    keys: tuple[str, ...]
    where: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def newest(self, below: int | None, limit: int) -> list[Hit]:
        """The newest articles with a number below."""
        if not all(self.keys):
            return []
        found: list[Hit] = []
        with transaction.atomic(savepoint=False):
            newest = _newest_without_walking()
            top = below if below is not None else newest + 1
            last, width, looked = (top - 1) // search_sql.BUCKET, _FIRST, 0
            while last >= 0 and width <= _WIDEST:
                window = " | ".join(search_sql.bucket(number) for number in range(max(0, last - width + 1), last + 1))
                found += self._ask((*self.keys, window), top, limit - len(found))
                last, looked = last - width, looked + width
                if len(found) >= limit:
                    return found
                width = min(_WIDER * width, _wide_enough(limit - len(found), len(found) / looked))
            return found + self._ask(self.keys, (last + 1) * search_sql.BUCKET, limit - len(found)) if last >= 0 else found

    def _ask(self, keys: Sequence[str], below: int, limit: int) -> list[Hit]:
        """The sums with 0 keep the planner from walking the primary key; rows are looked at in order, until there are enough."""
        inner = "SELECT s.article_id, s.article_id + 0 AS place FROM store_search s WHERE s.article_id + 0 < %s"
        inner += " AND s.vector @@ %s::tsquery" * len(keys) + " ORDER BY place DESC"
        values: list[Any] = [below, *keys]
        if not self.where:
            inner, values = f"{inner} LIMIT %s", [*values, limit]
        asked = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        tables = f"({inner}) s JOIN store_articlewords w ON w.article_id = s.article_id"
        return run(f"SELECT {COLUMNS} FROM {tables}{asked} ORDER BY s.place DESC LIMIT %s", [*values, *self.values, limit])  # noqa: S608


def _wide_enough(missing: int, a_bucket: float) -> int:
    """Buckets that should bring what is missing, with a tenth more."""
    return ceil(1.1 * missing / a_bucket) if a_bucket else _WIDEST


def _newest_without_walking() -> int:
    """The highest number in the index; from here to the end of the transaction the planner is not offered to walk whole tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true), (SELECT max(article_id) FROM store_search)")
        return int(cursor.fetchone()[1] or 0)
