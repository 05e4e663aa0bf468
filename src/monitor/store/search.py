"""Searching the archive: the index finds, newest first, and where it cannot be sure the one evaluator judges what it found."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from monitor.pipeline.query import Query, matches
from monitor.pipeline.query_kin import Kin
from monitor.pipeline.query_presearch import AllOf, AnyOf, Anything, Nothing, Plan, Wanted, Words, presearch
from monitor.pipeline.query_terms import language_key, value_key
from monitor.pipeline.query_tree import Fact, asks_for_facts
from monitor.store import models, search_sql
from monitor.store.search_hits import COLUMNS, Hit, run
from monitor.store.search_index import doc_of, doc_of_words
from monitor.store.search_vectors import Vectors

MOST_HITS = 1_000
"""Newest hits that are listed and counted for the facets."""
_CANDIDATES = 250, 500, 1_000, 1_250
"""Asked of the index one after the other: most pages are filled by the first, and asking again costs as much as asking for few more."""
MOST_JUDGED = sum(_CANDIDATES)
"""Candidates the evaluator judges for one page, where the index cannot decide alone."""
ENOUGH_JUDGED = 100
"""Hits after which judging stops, unless more are asked for: judging costs about half a millisecond an article."""
_CHUNK = 125
_MOST_OUTLETS = 200
"""Outlets that PostgreSQL's index is asked for; more are a condition on the row alone."""
_TOKEN = re.compile(r"[\w.:-]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted besides the query, each "" for anything; `since` is a moment of discovery, `day` a day, month or year as text."""

    outlet: str = ""
    country: str = ""
    language: str = ""
    theme: str = ""
    section: str = ""
    day: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """The newest articles that match; `more` tells that there are others, `judged` that the evaluator had to decide on each."""

    found: tuple[Hit, ...]
    more: bool
    judged: bool


def find(query: Query | None, filters: Filters | None = None, *, below: int | None = None, most: int = MOST_HITS) -> Hits:
    """The newest `most` articles that match a query and filters (older than the article `below`); without a query the filters decide."""
    asked = filters or Filters()
    typed = (asked.outlet, asked.country, asked.language, asked.theme, asked.section)
    if not all(_TOKEN.fullmatch(value) for value in typed if value):
        return Hits((), more=False, judged=False)
    with_outlets = _Outlets()
    plan = presearch(query, with_outlets) if query is not None else Plan(Anything(), exact=True)
    statement = _Statement(plan, asked, with_outlets, below)
    if query is None or (plan.exact and not (plan.phrases and connection.vendor == "postgresql")):
        rows = statement.rows(most + 1)
        return Hits(tuple(rows[:most]), len(rows) > most, judged=False)
    if plan.exact:
        return _partly_judged(query, statement, most)
    return _judged(query, statement, min(most, ENOUGH_JUDGED) if most == MOST_HITS else most)


def newest(wanted: Wanted, most: int) -> list[int]:
    """The newest articles, by key, that the index finds for a condition of its own words."""
    return [row.key for row in _Statement(Plan(wanted, exact=True), Filters(), _Outlets(), None).rows(most)]


def _partly_judged(query: Query, statement: _Statement, most: int) -> Hits:
    """The index is sure of all but the articles that lost positions."""
    rows = statement.rows(most + 1)
    doubtful = [row.key for row in rows if row.cut]
    right = _right(query, doubtful, Kin())
    found = [row for row in rows[:most] if not row.cut or row.key in right]
    return Hits(tuple(found), len(rows) > most, judged=False)


def _judged(query: Query, statement: _Statement, enough: int) -> Hits:
    found: list[Hit] = []
    kin, judged = Kin(), 0
    for candidates in _CANDIDATES:
        rows = statement.rows(candidates)
        were_all = len(rows) < candidates
        while some := rows[: _next(enough + 1 - len(found), len(found), judged)]:
            right = _right(query, [row.key for row in some], kin)
            found += [row for row in some if row.key in right]
            if len(found) > enough:
                return Hits(tuple(found[:enough]), True, judged=True)
            rows, judged, statement.below = rows[len(some) :], judged + len(some), some[-1].key
        if were_all:
            return Hits(tuple(found), more=False, judged=True)
    return Hits(tuple(found), True, judged=True)


def _next(missing: int, found: int, judged: int) -> int:
    """How many candidates to judge at once: as many as should bring what is missing, with a fifth more."""
    return min(_CHUNK, 1 + 6 * missing * judged // (5 * found)) if found else _CHUNK


def _right(query: Query, keys: Sequence[int], kin: Kin) -> set[int]:
    """Which of some articles the evaluator says match; a query of words alone needs nothing that is known of them besides."""
    if not asks_for_facts(query.condition):
        rows = models.ArticleWords.objects.filter(article_id__in=keys).defer("forms", "known")
        return {words.article_id for words in rows if matches(query, doc_of_words(words, kin=kin)) is not None}
    return {words.article_id for words in load(keys) if matches(query, doc_of(words, words.article, kin=kin)) is not None}


def load(keys: Sequence[int]) -> Iterator[models.ArticleWords]:
    """The kept words of articles, each with its article, outlet and story."""
    if keys:
        yield from models.ArticleWords.objects.filter(article_id__in=keys).select_related("article__outlet", "article__story")


# ── what a statement asks ────────────────────────────────────────────────────────────────────────────────────────────


class _Outlets:
    """Which outlets a fact means; all of them are read once, when the first such fact comes."""

    def __init__(self) -> None:
        self._known: list[tuple[str, str, str, str]] | None = None

    def __call__(self, fact: Fact) -> frozenset[str]:
        return self.of(fact.field, fact.value)

    def of(self, field: str, value: str) -> frozenset[str]:
        """The slugs of the outlets of which a field (outlet, country, kind) has a value, both as queries compare them."""
        if self._known is None:
            self._known = list(models.Outlet.objects.values_list("slug", "name", "country", "kind"))
        column = {"country": 2, "kind": 3}.get(field)
        if column is not None:
            return frozenset(row[0] for row in self._known if _key(row[column]) == value != "")
        return frozenset(row[0] for row in self._known if value and value in (_key(row[0]), _key(row[1])))


_key = lru_cache(maxsize=8_192)(value_key)
"""Kept, for a desk has thousands of outlets in a few dozen countries, and cutting names into words takes longer than the search."""


class _Statement:
    """One search in SQL, asked again further down with another `below`."""

    def __init__(self, plan: Plan, filters: Filters, outlets: _Outlets, below: int | None) -> None:
        self.below = below
        self._where: list[str] = []
        self._values: list[Any] = []
        self._outlets: list[tuple[Wanted, str, Sequence[str]]] = []
        self._stories = _articles_of(plan.stories)
        self._wanted = _with_filters(plan.wanted, filters)
        self._filter(plan, filters, outlets)

    def rows(self, limit: int) -> list[Hit]:
        """The newest hits below the last one."""
        found = [] if isinstance(self._wanted, Nothing) else self._ask(self._wanted, None, limit)
        if self._stories:
            by_key = {row.key: row for row in (*found, *self._ask(None, self._stories, limit))}
            found = sorted(by_key.values(), key=lambda row: -row.key)[:limit]
        return found

    def _filter(self, plan: Plan, filters: Filters, outlets: _Outlets) -> None:
        first, last = days(filters.day)
        for sign, day in ((">=", plan.since), ("<", plan.until), (">=", first), ("<", last)):
            if day is not None:
                self._add(f"w.day {sign} %s", day.isoformat() if connection.vendor == "sqlite" else day)
        for among in plan.outlets:
            self._among(sorted(among.slugs), inside=among.inside)
        for column, value in (("outlet", filters.outlet), ("language", filters.language), ("section", filters.section)):
            if value:
                self._add(f"w.{column} = %s", value)
        if filters.theme:
            self._add("' ' || w.themes || ' ' LIKE %s ESCAPE '!'", f"% {_like(filters.theme)} %")
        if filters.country:
            self._among(sorted(outlets.of("country", value_key(filters.country))), inside=True)
        if filters.since is not None:
            oldest = models.Article.objects.filter(discovered_at__gte=filters.since).order_by("discovered_at", "pk")
            self._add("w.article_id >= %s", oldest.values_list("pk", flat=True).first() or 2**62)

    def _add(self, condition: str, *values: Any) -> None:
        self._where.append(condition)
        self._values += values

    def _among(self, slugs: Sequence[str], *, inside: bool) -> None:
        """Vectors are asked for so many outlets, too; FTS5 would gather the articles of all of them first."""
        condition = f"w.outlet {'IN' if inside else 'NOT IN'} ({', '.join(['%s'] * len(slugs))})"
        if not slugs:
            self._add("1 = 0" if inside else "1 = 1")
        elif inside and len(slugs) <= _MOST_OUTLETS and connection.vendor == "postgresql":
            self._outlets.append((AnyOf(tuple(Words((f"¶o¶{slug}",), ("known",)) for slug in slugs)), condition, slugs))
        else:
            self._add(condition, *slugs)

    def _ask(self, wanted: Wanted | None, keys: list[int] | None, limit: int) -> list[Hit]:
        settled = wanted if wanted is not None and search_sql.is_settled(wanted) else None
        if connection.vendor == "postgresql" and keys is None and (settled or self._outlets):
            parts = [*([settled] if settled else []), *(asked for asked, _, _ in self._outlets)]
            told = tuple(query for part in parts for query in search_sql.tsqueries(part))
            return Vectors(told, tuple(self._where), tuple(self._values)).newest(self.below, limit)
        return self._by_fts5(settled, limit) if settled else self._by_rows(keys, limit)

    def _by_rows(self, keys: list[int] | None, limit: int) -> list[Hit]:
        where = [*self._where, *(condition for _, condition, _ in self._outlets)]
        values = [*self._values, *(slug for _, _, slugs in self._outlets for slug in slugs)]
        if keys is not None:
            where.append(f"w.article_id IN ({', '.join(['%s'] * len(keys))})")
            values += keys
        if self.below is not None:
            where.append("w.article_id < %s")
            values.append(self.below)
        asked = f" WHERE {' AND '.join(where)}" if where else ""
        return run(f"SELECT {COLUMNS} FROM store_articlewords w{asked} ORDER BY w.article_id DESC LIMIT %s", [*values, limit])  # noqa: S608

    def _by_fts5(self, wanted: Wanted, limit: int) -> list[Hit]:
        """CROSS JOIN: the index leads, in the order of its rows, and stops at the limit."""
        where, values = ["store_search MATCH %s", *self._where], [search_sql.fts5(wanted), *self._values]
        if self.below is not None:
            where.append("s.rowid < %s")
            values.append(self.below)
        tables = "store_search s CROSS JOIN store_articlewords w ON w.article_id = s.rowid"
        asked = " AND ".join(where)
        return run(f"SELECT {COLUMNS} FROM {tables} WHERE {asked} ORDER BY s.rowid DESC LIMIT %s", [*values, limit])  # noqa: S608


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _articles_of(stories: Iterable[str]) -> list[int]:
    """The articles of stories named by uuid (as the evaluator compares it), those they were merged into included."""
    found = []
    for one in stories:
        try:
            found.append(uuid.UUID(one.replace("-", "")))
        except ValueError:
            continue
    if not found:
        return []
    return list(models.Article.objects.filter(story__uuid__in=found).order_by("-pk").values_list("pk", flat=True)[:MOST_JUDGED])


def _with_filters(wanted: Wanted, filters: Filters) -> Wanted:
    """The index is asked for the filters it knows, too: a rare outlet is found without walking over everybody's articles."""
    asked = {"o": filters.outlet, "s": filters.section, "theme": value_key(filters.theme), "lang": language_key(filters.language)}
    told = [f"¶{mark}¶{value}" for mark, value in asked.items() if value]
    first = days(filters.day)[0]
    if first is not None:
        told.append(f"¶m¶{first.isoformat()[:7]}" if "-" in filters.day else f"¶y¶{first.isoformat()[:4]}")
    if isinstance(wanted, Nothing) or not told:
        return wanted
    parts = tuple(Words((token,), ("known",)) for token in told)
    if isinstance(wanted, AllOf):
        return AllOf((*wanted.parts, *parts), wanted.without)
    return AllOf((wanted, *parts)) if search_sql.is_settled(wanted) else AllOf(parts)


def days(text: str) -> tuple[date | None, date | None]:
    """First day of a day, month or year as text, and the day after its last; (None, None) when it is none."""
    parts = text.split("-") if text else []
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 3:
            first = date(*numbers)
            return first, date.fromordinal(first.toordinal() + 1)
        if len(numbers) == 2:
            return date(numbers[0], numbers[1], 1), date(numbers[0] + numbers[1] // 12, numbers[1] % 12 + 1, 1)
        if len(numbers) == 1:
            return date(numbers[0], 1, 1), date(numbers[0] + 1, 1, 1)
    except (ValueError, OverflowError):
        pass
    return None, None
