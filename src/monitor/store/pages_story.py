"""One story with all its articles, for its page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from monitor.store import models, story_edits
from monitor.store.pages_today import Card, Told, card, name_of, theme_id

MOST_ARTICLES = 200
A_PAGE = 60
"""Articles of a story on its page; all of them (as many as `MOST_ARTICLES`) when they are asked for."""
MOST_TEXTS = 20
MOST_EDITS = 50


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier headline of an article and when the desk saw it replaced."""

    title: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One article of a story; `first_seen` is the earlier of publication and discovery, `text` only where rights are open.

    `text_apart`: there is a text, on the article's own page.
    """

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
    published_offset: int | None
    discovered_at: datetime
    first_seen: datetime
    text: str
    text_apart: bool
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class EditLine:
    """One thing people did to the story: `other` is the second story's id, `came` how many articles moved, `undone_by` "" while it stands.

    `here` says whether the story of the page is the one that kept its id.
    """

    id: str
    kind: str
    at: datetime
    by: str
    other: str
    headline: str
    headline_language: str
    came: int
    here: bool
    undone_at: datetime | None
    undone_by: str
    undo: bool


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story, its lead as a card (None when it is no lead), its articles in first-seen order and how many there are in all.

    `version` is what an edit says it has seen; `edits` what people did to it, last first; `followed` whether the reader follows it.
    """

    id: str
    section: str
    themes: tuple[str, ...]
    created_at: datetime
    newest_at: datetime
    lead: Card | None
    lines: tuple[StoryLine, ...]
    total: int
    version: str
    edits: tuple[EditLine, ...]
    followed: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The story was merged; it now lives under `story`."""

    story: str


def story(story_id: uuid.UUID, reader: models.Person | None = None, *, most: int = A_PAGE) -> StoryPage | Moved | None:
    """The story with this id and its first `most` articles, where it moved, or None."""
    row = models.Story.objects.select_related("merged_into", "lead__claimed_by").filter(uuid=story_id).first()
    if row is None:
        return None
    if row.merged_into is not None:
        return Moved(str(row.merged_into.uuid))
    articles = list(
        models.Article.objects.filter(story=row)
        .select_related("outlet", "copy_of__outlet")
        .prefetch_related("versions")
        .order_by("discovered_at", "pk")[: most + 1]
    )
    total = len(articles) if len(articles) <= most else models.Article.objects.filter(story=row).count()
    shown = sorted(articles[:most], key=lambda article: (_first_seen(article), article.outlet.name))
    texts, edits = _texts(shown), _edits(row)
    lines = [_line(article, texts.get(article.pk, "")) for article in shown]
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
        version=_version(row, edits),
        edits=_lines(row, edits),
        followed=reader is not None and models.StoryFollow.objects.filter(story=row, person=reader).exists(),
    )


@dataclass(frozen=True, slots=True)
class Name:
    """What a story is called, and where it lives now."""

    story: str
    headline: str
    language: str


def name(story_id: uuid.UUID) -> Name | None:
    """The name of a story, of its kept one when it was merged; None when it is none."""
    row = models.Story.objects.select_related("merged_into__lead", "lead").filter(uuid=story_id).first()
    if row is None:
        return None
    kept = row.merged_into or row
    lead = getattr(kept, "lead", None)
    if lead is not None:
        return Name(str(kept.uuid), lead.headline, lead.headline_language)
    first = models.Article.objects.filter(story=kept).order_by("discovered_at", "pk").only("title", "language").first()
    return Name(str(kept.uuid), first.title if first else "", first.language if first else "")


def last_edit(story_id: uuid.UUID) -> EditLine | None:
    """What was done to a story last, for the person who came second."""
    row = models.Story.objects.filter(uuid=story_id).first()
    return next(iter(_lines(row, _edits(row))), None) if row else None


def _edits(row: models.Story) -> list[models.StoryEdit]:
    """What people did to a story and to those that were merged into it, last first."""
    about = Q(story=row) | Q(other=row) | Q(story__merged_into=row) | Q(other__merged_into=row)
    return list(models.StoryEdit.objects.filter(about).select_related("story", "other", "by", "undone_by").order_by("-pk")[:MOST_EDITS])


def _version(row: models.Story, edits: Sequence[models.StoryEdit]) -> str:
    """As store.story_edits.version, without asking again where all edits are at hand."""
    if len(edits) == MOST_EDITS:
        return story_edits.version(row)
    own = [edit for edit in edits if row.pk in (edit.story_id, edit.other_id)]
    return f"{len(own)}.{sum(edit.undone_at is not None for edit in own)}"


def _lines(row: models.Story, edits: Sequence[models.StoryEdit]) -> tuple[EditLine, ...]:
    standing: set[int] = set()  # stories that a later edit stands on
    lines = []
    for edit in edits:
        both = {edit.story_id, edit.other_id}
        last = edit.undone_at is None and not both & standing
        if edit.undone_at is None:
            standing |= both
        here = edit.story_id == row.pk
        lines.append(
            EditLine(
                id=str(edit.uuid),
                kind=edit.kind,
                at=edit.at,
                by=name_of(edit.by),
                other=str((edit.other if here else edit.story).uuid),
                headline=edit.headline,
                headline_language=edit.headline_language,
                came=len(edit.articles),
                here=here,
                undone_at=edit.undone_at,
                undone_by=name_of(edit.undone_by),
                undo=last and here,
            )
        )
    return tuple(lines)


def article(article_id: uuid.UUID) -> tuple[StoryLine, Name | None] | None:
    """One article with its text, and what its story is called; None when there is none."""
    rows = models.Article.objects.select_related("outlet", "copy_of__outlet", "body", "story").prefetch_related("versions")
    row = rows.filter(uuid=article_id).first()
    if row is None:
        return None
    body = getattr(row, "body", None)
    return _line(row, body.text if body is not None else ""), name(row.story.uuid) if row.story else None


def _texts(shown: Sequence[models.Article]) -> dict[int, str | None]:
    """The texts of the first articles that may be read here; None for the others that have one: a page of two hundred would be heavy."""
    held = models.ArticleText.objects.filter(article_id__in=[row.pk for row in shown if row.rights == "open"])
    there = set(held.values_list("article_id", flat=True))
    first = [row.pk for row in shown if row.pk in there][:MOST_TEXTS]
    return dict.fromkeys(there) | dict(held.filter(article_id__in=first).values_list("article_id", "text"))


def _first_seen(row: models.Article) -> datetime:
    return min(row.published_at or row.discovered_at, row.discovered_at)


def _told(line: StoryLine) -> Told:
    return Told(line.outlet, line.language, line.title, 0.0, bool(line.copy_id))


def _line(row: models.Article, text: str | None) -> StoryLine:
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
        published_offset=row.published_offset,
        discovered_at=row.discovered_at,
        first_seen=_first_seen(row),
        text=text if text and row.rights == "open" else "",
        text_apart=text is None and row.rights == "open",
        versions=tuple(Version(v.title, v.seen_at) for v in sorted(row.versions.all(), key=lambda v: v.seen_at)),
    )
