"""What the desk's own feeds carry: leads of late, a story's articles, an outlet's; the newest first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from monitor.store import models
from monitor.store.pages_today import theme_id

MOST = 50
_SHOWN = ("queued", "claimed", "used", "quiet")


@dataclass(frozen=True, slots=True)
class LeadItem:
    """A lead as an entry of a feed."""

    id: str
    story: str
    headline: str
    language: str
    section: str
    themes: tuple[str, ...]
    outlets: int
    languages: tuple[str, ...]
    queued_at: datetime
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleItem:
    """An article as an entry of a feed."""

    id: str
    url: str
    title: str
    summary: str
    language: str
    outlet: str
    story: str
    authors: tuple[str, ...]
    themes: tuple[str, ...]
    published_at: datetime
    seen_at: datetime


def newest_leads(section: str = "") -> list[LeadItem]:
    """The leads queued last, of one section or all."""
    rows = models.Lead.objects.filter(status__in=_SHOWN).select_related("story").order_by("-queued_at", "-pk")
    return [
        LeadItem(
            id=str(lead.uuid),
            story=str(lead.story.uuid),
            headline=lead.headline,
            language=lead.headline_language,
            section=lead.section,
            themes=tuple(theme_id(theme) for theme in lead.themes),
            outlets=lead.outlets,
            languages=tuple(lead.languages),
            queued_at=lead.queued_at,
            newest_at=lead.newest_at,
        )
        for lead in (rows.filter(section=section) if section else rows)[:MOST]
    ]


def of_story(story_id: uuid.UUID) -> list[ArticleItem] | None:
    """A story's newest articles, following a merge; None when there is no such story."""
    story = models.Story.objects.filter(uuid=story_id).select_related("merged_into").first()
    if story is None:
        return None
    return _articles(models.Article.objects.filter(story=story.merged_into or story).order_by("-discovered_at", "-pk"))


def of_outlet(slug: str) -> tuple[str, list[ArticleItem]] | None:
    """An outlet's name and newest articles; None when there is no such outlet."""
    outlet = models.Outlet.objects.filter(slug=slug).first()
    if outlet is None:
        return None
    return outlet.name, _articles(models.Article.objects.filter(outlet=outlet).order_by("-discovered_at", "-pk"))


def of_keys(keys: list[int]) -> list[ArticleItem]:
    """These articles, newest first."""
    return _articles(models.Article.objects.filter(pk__in=keys).order_by("-pk"))


def _articles(rows: QuerySet[models.Article]) -> list[ArticleItem]:
    return [_item(row) for row in rows.select_related("outlet", "story").defer("evidence")[:MOST]]


def _item(row: models.Article) -> ArticleItem:
    return ArticleItem(
        id=str(row.uuid),
        url=row.url,
        title=row.title,
        summary=row.summary,
        language=row.language or row.language_hint,
        outlet=row.outlet.name,
        story=str(row.story.uuid) if row.story else "",
        authors=tuple(str(name) for name in row.authors),
        themes=tuple(theme_id(theme) for theme in row.themes),
        published_at=row.published_at or row.discovered_at,
        seen_at=row.discovered_at,
    )
