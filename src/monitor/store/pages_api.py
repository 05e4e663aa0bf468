"""Listings for programs, a page at a time: each page begins where the last one ended, whatever has come in since."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from monitor.pipeline.query import Query
from monitor.store import lists, pages_search, search
from monitor.store.lists import Wanted
from monitor.store.search import Filters, Hits

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: what the listing is ordered by (time, score, position) and its id."""

    value: datetime | float | int
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows as JSON values and where the next page begins (None: this is the last).

    `complete` is False when a search was given up before the end of the archive.
    """

    items: list[dict[str, Any]]
    next: Place | None
    complete: bool = True


def articles(wanted: Wanted, after: Place | None, most: int) -> Page:
    """Articles, newest first."""
    rows, place = _page(lists.article_rows(wanted), "discovered_at", after, most)
    return Page([lists.article_json(row) for row in rows], place)


def article(article_id: uuid.UUID) -> dict[str, Any] | None:
    """One article, or None."""
    row = lists.article_rows(Wanted()).filter(uuid=article_id).first()
    return lists.article_json(row) if row is not None else None


def articles_matching(query: Query, filters: Filters, after: Place | None, most: int) -> Page:
    """The articles that a query finds, newest first."""
    hits = _hits(query, filters, after, most)
    keys = [hit.key for hit in hits.found]
    held = {row.pk: row for row in lists.article_rows(Wanted()).filter(pk__in=keys)}
    return _found(hits, [lists.article_json(held[key]) for key in keys if key in held])


def found(query: Query, filters: Filters, after: Place | None, most: int) -> Page:
    """What a query finds, newest first, with the words that made it match."""
    hits = _hits(query, filters, after, most)
    return _found(hits, list(pages_search.found_json(query, [hit.key for hit in hits.found])))


def stories(wanted: Wanted, after: Place | None, most: int) -> Page:
    """Living stories, newest first."""
    rows, place = _page(lists.story_rows(wanted), "newest_at", after, most)
    return Page(lists.stories_json(rows), place)


def leads(wanted: Wanted, after: Place | None, most: int) -> Page:
    """Leads, highest score first."""
    rows, place = _page(lists.lead_rows(wanted), "score", after, most)
    return Page([lists.lead_json(row) for row in rows], place)


def lead(lead_id: uuid.UUID) -> dict[str, Any] | None:
    """One lead, or None."""
    row = lists.lead_rows(Wanted()).filter(uuid=lead_id).first()
    return lists.lead_json(row) if row is not None else None


def outlets(wanted: Wanted, after: Place | None, most: int) -> Page:
    """Outlets in the desk's order."""
    rows, place = _page(lists.outlet_rows(wanted), "position", after, most, tie="slug", rising=True)
    return Page(lists.outlets_json(rows), place)


def outlet(slug: str) -> dict[str, Any] | None:
    """One outlet that is not archived, or None."""
    rows = list(lists.outlet_rows(Wanted(outlet=slug)))
    return lists.outlets_json(rows)[0] if rows else None


def _page(
    rows: QuerySet[Row], column: str, after: Place | None, most: int, *, tie: str = "uuid", rising: bool = False
) -> tuple[list[Row], Place | None]:
    """The rows behind a place: ordered by a column and, where that is the same, by their id, so that none comes twice or is left out."""
    sign, beyond = ("", "g") if rising else ("-", "l")
    if after is not None:
        not_yet: Mapping[str, Any] = {column: after.value, f"{tie}__{'lte' if rising else 'gte'}": after.id}
        rows = rows.filter(**{f"{column}__{beyond}te": after.value}).exclude(**not_yet)
    # The keys alone first: joined to its outlets, SQLite would sort the whole archive instead of walking down its index.
    keys = list(rows.order_by(f"{sign}{column}", f"{sign}{tie}").values_list("pk", column, tie)[: most + 1])
    held = {row.pk: row for row in rows.filter(pk__in=[key for key, _value, _id in keys[:most]])}
    found = [held[key] for key, _value, _id in keys[:most] if key in held]
    return found, Place(keys[most - 1][1], str(keys[most - 1][2])) if len(keys) > most else None


def _hits(query: Query, filters: Filters, after: Place | None, most: int) -> Hits:
    below = pages_search.key_of(uuid.UUID(after.id)) if after is not None else None
    if after is not None and below is None:
        return Hits((), more=False, judged=False)
    return search.find(query, filters, below=below, most=most)


def _found(hits: Hits, items: list[dict[str, Any]]) -> Page:
    if not hits.more:
        return Page(items, None)
    if not items:
        return Page(items, None, complete=False)
    return Page(items, Place(0, items[-1]["id"]))
