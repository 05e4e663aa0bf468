"""One story with all its articles, for its page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.store import models
from monitor.store.pages_today import Card, Told, card, theme_id

MOST_ARTICLES = 200


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier headline of an article and when the desk saw it replaced."""

    title: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One article of a story; `first_seen` is the earlier of publication and discovery, `text` only where rights are open."""

    id: str
    url: str
    title: str
    summary: str
    outlet: str
    slug: str
    country: str
    language: str
    verdict: str
    reason: str
    rights: str
    state: str
    characters: int
    section: str
    agency: str
    authors: tuple[str, ...]
    themes: tuple[str, ...]
    places: tuple[str, ...]
    evidence: tuple[Mapping[str, Any], ...]
    why: tuple[str, ...]
    copy_outlet: str
    copy_id: str
    published_at: datetime | None
    published_precision: str
    discovered_at: datetime
    first_seen: datetime
    text: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story, its lead as a card (None when it is no lead), its articles in first-seen order and how many there are in all."""

    id: str
    section: str
    themes: tuple[str, ...]
    created_at: datetime
    newest_at: datetime
    lead: Card | None
    lines: tuple[StoryLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The story was merged; it now lives under `story`."""

    story: str


def story(story_id: uuid.UUID) -> StoryPage | Moved | None:
    """The story with this id, where it moved, or None."""
    row = models.Story.objects.select_related("merged_into", "lead__claimed_by").filter(uuid=story_id).first()
    if row is None:
        return None
    if row.merged_into is not None:
        return Moved(str(row.merged_into.uuid))
    articles = list(
        models.Article.objects.filter(story=row)
        .select_related("outlet", "copy_of__outlet", "body")
        .prefetch_related("versions")
        .order_by("discovered_at", "pk")[: MOST_ARTICLES + 1]
    )
    total = len(articles) if len(articles) <= MOST_ARTICLES else models.Article.objects.filter(story=row).count()
    lines = sorted((_line(article) for article in articles[:MOST_ARTICLES]), key=lambda line: (line.first_seen, line.outlet))
    lead = getattr(row, "lead", None)
    if lead is not None:
        lead.story = row  # saves card() a query
    return StoryPage(
        id=str(row.uuid),
        section=(lead.section if lead else "") or row.section,
        themes=tuple(theme_id(theme) for theme in (lead.themes if lead else row.themes)),
        created_at=row.created_at,
        newest_at=row.newest_at,
        lead=card(lead, [_told(line) for line in lines]) if lead else None,
        lines=tuple(lines),
        total=total,
    )


def _told(line: StoryLine) -> Told:
    return Told(line.outlet, line.language, line.title, 0.0, bool(line.copy_id))


def _line(row: models.Article) -> StoryLine:
    body = getattr(row, "body", None)
    original = row.copy_of
    return StoryLine(
        id=str(row.uuid),
        url=row.url,
        title=row.title,
        summary=row.summary,
        outlet=row.outlet.name,
        slug=row.outlet.slug,
        country=row.outlet.country,
        language=row.language or row.language_hint or row.outlet.language,
        verdict=row.verdict,
        reason=row.reason,
        rights=row.rights,
        state=row.state,
        characters=row.characters,
        section=row.section,
        agency=row.agency,
        authors=tuple(str(author) for author in row.authors),
        themes=tuple(theme_id(theme) for theme in row.themes),
        places=tuple(str(place.get("country", "")) for place in row.places if isinstance(place, dict)),
        evidence=tuple(one for one in row.evidence if isinstance(one, dict)),
        why=tuple(str(why) for why in row.story_why),
        copy_outlet=original.outlet.name if original else "",
        copy_id=str(original.uuid) if original else "",
        published_at=row.published_at,
        published_precision=row.published_precision,
        discovered_at=row.discovered_at,
        first_seen=min(row.published_at or row.discovered_at, row.discovered_at),
        text=body.text if body is not None and row.rights == "open" else "",
        versions=tuple(Version(v.title, v.seen_at) for v in sorted(row.versions.all(), key=lambda v: v.seen_at)),
    )
