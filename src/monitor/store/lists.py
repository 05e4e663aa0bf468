"""What the command line and the API list, as plain JSON values in the shapes the product promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from monitor.store import models


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters every listing understands; None means "any"."""

    since: datetime | None = None
    outlet: str | None = None
    section: str | None = None
    theme: str | None = None
    language: str | None = None
    limit: int | None = None


def article_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Articles, newest first."""
    rows = models.Article.objects.select_related("outlet", "story").defer("evidence").order_by("-discovered_at", "-pk")
    for row in _cut(_filter_articles(rows, wanted), wanted):
        yield article_json(row)


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
    rows = models.Story.objects.filter(merged_into=None, articles_count__gt=0).order_by("-newest_at", "-pk")
    rows = _story_filters(rows, wanted).annotate(
        n_outlets=Count("articles__outlet", distinct=True), n_languages=Count("articles__language", distinct=True)
    )
    for row in _cut(rows, wanted):
        yield {
            "id": str(row.uuid),
            "section": row.section,
            "themes": row.themes,
            "articles": row.articles_count,
            "outlets": row.n_outlets,
            "languages": row.n_languages,
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
    articles = [article_json(row) | {"why": row.story_why, "copy_of": str(row.copy_of.uuid) if row.copy_of else None} for row in rows]
    return {"id": str(story.uuid), "section": story.section, "themes": story.themes, "articles": articles}


def lead_list(wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Leads, highest score first."""
    rows = models.Lead.objects.select_related("story", "claimed_by").order_by("-score", "-pk")
    if wanted.since:
        rows = rows.filter(newest_at__gte=wanted.since)
    if wanted.section:
        rows = rows.filter(section=wanted.section)
    if wanted.outlet:
        rows = rows.filter(story__articles__outlet__slug=wanted.outlet).distinct()
    for row in _cut(_in_json(rows, wanted, theme_in="themes", language_in="languages"), wanted):
        yield lead_json(row)


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
    rows = models.Outlet.objects.filter(archived_at=None).order_by("position", "pk").prefetch_related("feeds")
    if wanted.outlet:
        rows = rows.filter(slug=wanted.outlet)
    if wanted.language:
        rows = rows.filter(language=wanted.language)
    counted = rows.annotate(
        n_articles=Count("articles"), newest=Max("articles__discovered_at", filter=Q(articles__discovered_at__isnull=False))
    )
    for row in _cut(counted, wanted):
        yield {
            "id": row.slug,
            "name": row.name,
            "country": row.country,
            "language": row.language,
            "kind": row.kind,
            "weight": row.weight,
            "enabled": row.enabled,
            "articles": row.n_articles,
            "newest": row.newest.isoformat() if row.newest else None,
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
        ids = [pk for pk, themes in rows.values_list("pk", "themes").iterator() if wanted.theme in {theme["theme"] for theme in themes}]
        rows = rows.filter(pk__in=ids)
    return rows


def _story_filters(rows: QuerySet[models.Story], wanted: Wanted) -> QuerySet[models.Story]:
    if wanted.since:
        rows = rows.filter(newest_at__gte=wanted.since)
    if wanted.section:
        rows = rows.filter(section=wanted.section)
    if wanted.outlet:
        rows = rows.filter(pk__in=models.Article.objects.filter(outlet__slug=wanted.outlet).values("story"))
    if wanted.language:
        rows = rows.filter(pk__in=models.Article.objects.filter(language=wanted.language).values("story"))
    return _in_json(rows, wanted, theme_in="themes", language_in=None)


def _in_json(rows: QuerySet[Any], wanted: Wanted, *, theme_in: str, language_in: str | None) -> QuerySet[Any]:
    """Membership in a JSON list, decided in Python: SQLite has no portable operator for it."""
    if wanted.theme:
        rows = rows.filter(pk__in=[pk for pk, values in rows.values_list("pk", theme_in) if wanted.theme in values])
    if wanted.language and language_in:
        rows = rows.filter(pk__in=[pk for pk, values in rows.values_list("pk", language_in) if wanted.language in values])
    return rows


def _cut(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    return rows[: wanted.limit] if wanted.limit else rows
