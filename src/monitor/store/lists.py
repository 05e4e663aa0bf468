"""What the command line and the API list, as plain JSON values in the shapes the product promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, Max, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from monitor.store import models

Row = TypeVar("Row", bound=Model)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters every listing understands; None means "any"."""

    since: datetime | None = None
    outlet: str | None = None
    section: str | None = None
    theme: str | None = None
    language: str | None = None
    limit: int | None = None
    status: str | None = None


def article_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Articles, newest first."""
    for row in _cut(article_rows(wanted).order_by("-discovered_at", "-pk"), wanted):
        yield article_json(row)


def article_rows(wanted: Wanted) -> QuerySet[models.Article]:
    """The articles that are wanted, in no order, with all that `article_json` tells."""
    return _filter_articles(models.Article.objects.select_related("outlet", "story").defer("evidence", "entities"), wanted)


def article_json(row: models.Article) -> dict[str, Any]:
    """One article as the product describes it."""
    return {
        "id": str(row.uuid),
        "url": row.url,
        "outlet": row.outlet.slug,
        "title": row.title,
        "language": row.language,
        "language_confidence": round(row.language_confidence, 3),
        "section": row.section,
        "themes": [theme["theme"] for theme in row.themes],
        "places": [{"country": place["country"], "count": place["count"]} for place in row.places],
        "published": row.published_at.isoformat() if row.published_at else None,
        "discovered": row.discovered_at.isoformat(),
        "story": str(row.story.uuid) if row.story else None,
        "verdict": row.verdict,
        "rights": row.rights,
        "characters": row.characters,
        "state": row.state,
        "reason": row.reason,
    }


def story_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Living stories, newest first."""
    for some in _batches(_cut(story_rows(wanted).order_by("-newest_at", "-pk"), wanted)):
        yield from stories_json(some)


def story_rows(wanted: Wanted) -> QuerySet[models.Story]:
    """The living stories that are wanted, in no order."""
    return _story_filters(models.Story.objects.filter(merged_into=None, articles_count__gt=0), wanted)


def stories_json(rows: Sequence[models.Story]) -> list[dict[str, Any]]:
    """Some stories as the product describes them; their outlets and languages are counted in one query."""
    counted = models.Article.objects.filter(story__in=rows).order_by().values_list("story")
    counts = {
        story: (outlets, languages)
        for story, outlets, languages in counted.annotate(Count("outlet", distinct=True), Count("language", distinct=True))
    }
    return [_story_json(row, *counts.get(row.pk, (0, 0))) for row in rows]


def _story_json(row: models.Story, outlets: int, languages: int) -> dict[str, Any]:
    return {
        "id": str(row.uuid),
        "section": row.section,
        "themes": row.themes,
        "articles": row.articles_count,
        "outlets": outlets,
        "languages": languages,
        "oldest": row.oldest_at.isoformat(),
        "newest": row.newest_at.isoformat(),
    }


def story_show(uuid: str) -> dict[str, Any] | None:
    """One story with its articles in time order, following a merge; None when there is no such story."""
    story = models.Story.objects.filter(uuid=uuid).select_related("merged_into").first()
    if story is None:
        return None
    story = story.merged_into or story
    rows = models.Article.objects.filter(story=story).select_related("outlet", "story", "copy_of").order_by("discovered_at", "pk")
    rows = rows.defer("evidence", "entities", "copy_of__evidence", "copy_of__entities")
    articles = [article_json(row) | {"why": row.story_why, "copy_of": str(row.copy_of.uuid) if row.copy_of else None} for row in rows]
    return {"id": str(story.uuid), "section": story.section, "themes": story.themes, "articles": articles}


def lead_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Leads, highest score first."""
    for row in _cut(lead_rows(wanted).order_by("-score", "-pk"), wanted):
        yield lead_json(row)


def lead_rows(wanted: Wanted) -> QuerySet[models.Lead]:
    """The leads that are wanted, in no order, with all that `lead_json` tells."""
    rows = models.Lead.objects.select_related("story", "claimed_by")
    if wanted.since:
        rows = rows.filter(newest_at__gte=wanted.since)
    if wanted.section:
        rows = rows.filter(section=wanted.section)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.outlet:
        rows = rows.filter(story__in=models.Article.objects.filter(outlet__slug=wanted.outlet).values("story"))
    if wanted.theme:
        rows = _holding(rows, "themes", f'"{wanted.theme}"')
    return _holding(rows, "languages", f'"{wanted.language}"') if wanted.language else rows


def lead_json(row: models.Lead) -> dict[str, Any]:
    """One lead as the product describes it."""
    return {
        "id": str(row.uuid),
        "story": str(row.story.uuid),
        "section": row.section,
        "headline": row.headline,
        "score": round(row.score, 1),
        "reasons": [*row.reasons, *([row.place_why] if row.place_why else [])],
        "outlets": row.outlets,
        "languages": row.languages,
        "articles": row.articles,
        "status": row.status,
        "claimed_by": row.claimed_by.email if row.claimed_by else None,
    }


def outlet_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Outlets in desk order with the health of their feeds."""
    for some in _batches(_cut(outlet_rows(wanted).order_by("position", "pk"), wanted)):
        yield from outlets_json(some)


def outlet_rows(wanted: Wanted) -> QuerySet[models.Outlet]:
    """The outlets that are wanted and not archived, in no order, with their feeds."""
    rows = models.Outlet.objects.filter(archived_at=None).prefetch_related("feeds")
    if wanted.outlet:
        rows = rows.filter(slug=wanted.outlet)
    return rows.filter(language=wanted.language) if wanted.language else rows


def outlets_json(rows: Sequence[models.Outlet]) -> list[dict[str, Any]]:
    """Some outlets with the health of their feeds; their articles are counted in one query."""
    counted = models.Article.objects.filter(outlet__in=rows).order_by().values_list("outlet")
    counts = {outlet: (count, newest) for outlet, count, newest in counted.annotate(Count("pk"), Max("discovered_at"))}
    return [_outlet_json(row, *counts.get(row.pk, (0, None))) for row in rows]


def _outlet_json(row: models.Outlet, articles: int, newest: datetime | None) -> dict[str, Any]:
    return {
        "id": row.slug,
        "name": row.name,
        "country": row.country,
        "language": row.language,
        "kind": row.kind,
        "weight": row.weight,
        "enabled": row.enabled,
        "articles": articles,
        "newest": newest.isoformat() if newest else None,
        "feeds": [_feed_json(feed) for feed in sorted(row.feeds.all(), key=lambda feed: feed.pk) if feed.archived_at is None],
        "note": row.note,
    }


def _feed_json(feed: models.Feed) -> dict[str, Any]:
    return {
        "url": feed.url,
        "health": feed.health,
        "enabled": feed.enabled,
        "last_200": feed.last_200_at.isoformat() if feed.last_200_at else None,
        "last_change": feed.last_change_at.isoformat() if feed.last_change_at else None,
        "next": feed.due_at.isoformat() if feed.due_at else None,
        "error": feed.last_error,
    }


def _filter_articles(rows: QuerySet[models.Article], wanted: Wanted) -> QuerySet[models.Article]:
    if wanted.since:
        rows = rows.filter(discovered_at__gte=wanted.since)
    if wanted.outlet:
        rows = rows.filter(outlet__slug=wanted.outlet)
    if wanted.section:
        rows = rows.filter(section=wanted.section)
    if wanted.language:
        rows = rows.filter(language=wanted.language)
    if wanted.theme:
        rows = _holding(rows, "themes", f'"theme": "{wanted.theme}"', f'"theme":"{wanted.theme}"')
    return rows


def _story_filters(rows: QuerySet[models.Story], wanted: Wanted) -> QuerySet[models.Story]:
    if wanted.since:
        rows = rows.filter(newest_at__gte=wanted.since)
    if wanted.section:
        rows = rows.filter(section=wanted.section)
    if wanted.outlet:
        rows = rows.filter(pk__in=models.Article.objects.filter(outlet__slug=wanted.outlet).values("story"))
    if wanted.language:
        rows = rows.filter(Exists(models.Article.objects.filter(story=OuterRef("pk"), language=wanted.language)))
    return _holding(rows, "themes", f'"{wanted.theme}"') if wanted.theme else rows


def _holding(rows: QuerySet[Row], column: str, *texts: str) -> QuerySet[Row]:
    """Rows whose JSON list holds one of these texts: SQLite has no operator for it, and both databases find a text in a text.

    A value with a quotation mark or a backslash is in no list: JSON writes them otherwise.
    """
    as_text = Cast(column, TextField())
    places = [StrIndex(as_text, Value(text)) for text in texts]
    met = Q()
    for place in places:
        met |= Q(GreaterThan(place, 0))
    return rows.filter(met)


def _batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """The rows in lists short enough to be named in one question."""
    batch: list[Row] = []
    for row in rows.iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cut(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    return rows[: wanted.limit] if wanted.limit else rows
