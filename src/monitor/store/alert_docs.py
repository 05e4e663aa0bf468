"""Articles as alerts judge them, for what has just been grouped and for a preview on the archive: the same documents, the same answer.

A reserved article is judged by its title alone. A copy tells nothing that its original told; news that was a month old when the desk found
it is not told at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.pipeline.query import MatchDoc, Query, matches
from monitor.pipeline.search_words import as_doc, without_text
from monitor.store import models, search
from monitor.store.search import Filters
from monitor.store.search_index import about_of, words_of

OLD_NEWS = timedelta(days=30)
PREVIEWED = timedelta(days=30)
MOST_PREVIEWED = 200
"""Newest matches that a preview counts."""
_MOST_RESERVED = 200
_TEXT_STAYS = timedelta(days=2)
"""For so long at most a reserved article may still have words of its text in the index."""


class Judged(NamedTuple):
    """One article as alerts judge it: its row and id, the document, when it was found, and the article it copies."""

    key: int
    article: str
    doc: MatchDoc
    discovered_at: datetime
    copy_of: int | None


def docs(articles: Mapping[str, str]) -> list[Judged]:
    """The documents of articles (id -> id of the story each was placed in); those without words, and old news, are left out."""
    held = models.ArticleWords.objects.filter(article__uuid__in=articles).select_related("article__outlet", "article__story")
    return list(_judged(held.order_by("article_id"), articles))


def named(articles: Collection[str]) -> dict[str, MatchDoc]:
    """The documents of articles by their ids, old news too."""
    held = models.ArticleWords.objects.filter(article__uuid__in=articles).select_related("article__outlet", "article__story")
    return {str(words.article.uuid): doc for words in held if (doc := _doc(words, None)) is not None}


def of_keys(keys: Collection[int]) -> dict[int, MatchDoc]:
    """The documents of articles by their rows, old news too."""
    return {words.article_id: doc for words in search.load(list(keys)) if (doc := _doc(words, None)) is not None}


def _judged(held: Iterable[models.ArticleWords], stories: Mapping[str, str]) -> Iterable[Judged]:
    for words in held:
        article = words.article
        doc = None if is_old(article.published_at, article.discovered_at) else _doc(words, stories.get(str(article.uuid)))
        if doc is not None:
            yield Judged(article.pk, str(article.uuid), doc, article.discovered_at, article.copy_of_id)


def _doc(words: models.ArticleWords, story: str | None) -> MatchDoc | None:
    """The document of one article, in a story it is about to be placed in; None when its kept words are damaged."""
    article = words.article
    about = about_of(article) if story is None else replace(about_of(article), story=story)
    told = words_of(words)
    try:
        if article.rights == "reserved":
            told = without_text(told, words.language, about, lead=False)
        return as_doc(told, words.language, about)
    except ValueError:
        return None


def is_old(published: datetime | None, discovered: datetime) -> bool:
    """Whether an article was old news already when the desk found it (an archive page, the deep end of a new feed)."""
    return published is not None and published < discovered - OLD_NEWS


# ── preview ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Preview:
    """What an alert would have sent: the articles that match (newest first, at most MOST_PREVIEWED), by language, in how many stories."""

    keys: tuple[int, ...]
    languages: tuple[tuple[str, int], ...]
    stories: int
    more: bool


class _Row(NamedTuple):
    key: int
    language: str
    story: int | None
    copy_of: int | None
    rights: str
    published: datetime | None
    discovered: datetime


_COLUMNS = ("pk", "language", "story_id", "copy_of_id", "rights", "published_at", "discovered_at")


def preview(query: Query, now: datetime) -> Preview:
    """What a query would have told of in the last thirty days."""
    since = now - PREVIEWED
    hits = search.find(query, Filters(since=since), most=MOST_PREVIEWED)
    keys = [hit.key for hit in hits.found]
    rows = {row.key: row for row in map(_Row._make, models.Article.objects.filter(pk__in=keys).values_list(*_COLUMNS))}
    reserved = models.Article.objects.filter(rights="reserved", discovered_at__gte=max(since, now - _TEXT_STAYS)).exclude(read_at=None)
    for row in map(_Row._make, reserved.order_by("-pk").values_list(*_COLUMNS)[:_MOST_RESERVED]):
        rows[row.key] = row
    by_title = _right(query, [row.key for row in rows.values() if row.rights == "reserved"])
    right = {row.key for row in rows.values() if row.rights != "reserved" or row.key in by_title}
    original = _right(query, [row.copy_of for row in rows.values() if row.key in right and row.copy_of])
    told = [
        row
        for row in sorted(rows.values(), key=lambda row: -row.key)
        if row.key in right and row.copy_of not in original and row.discovered >= since and not is_old(row.published, row.discovered)
    ]
    return _preview(told, more=hits.more)


def _preview(told: Sequence[_Row], *, more: bool) -> Preview:
    languages: dict[str, int] = {}
    for row in told:
        languages[row.language] = languages.get(row.language, 0) + 1
    ordered = tuple(sorted(languages.items(), key=lambda pair: (-pair[1], pair[0])))
    alone = sum(1 for row in told if row.story is None)
    return Preview(tuple(row.key for row in told), ordered, len({row.story for row in told if row.story is not None}) + alone, more)


def _right(query: Query, keys: Collection[int]) -> set[int]:
    """Which of these articles a query means."""
    return {key for key, doc in of_keys(keys).items() if matches(query, doc) is not None} if keys else set()
