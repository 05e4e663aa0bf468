"""The sample newsroom's articles in a demo desk: found by who wrote them, cited as a writer would."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config.newsroom_values import SampleArticle, SampleOutlet
from monitor.store import models, piece_acts, piece_sources
from monitor.store.piece_acts import Saved
from monitor.store.piece_sources import Typed

Writer = models.Person


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead and where it stands."""

    id: uuid.UUID
    status: str


def lead_of(written: Sequence[tuple[str, str]]) -> FoundLead | None:
    """The lead of the story that most of these articles (outlet, headline) are of; None when it has none."""
    stories: dict[int, int] = {}
    for outlet, title in written:
        row = _article(outlet, title)
        if row is not None and row.story_id is not None:
            stories[row.story_id] = stories.get(row.story_id, 0) + 1
    if not stories:
        return None
    story = max(stories, key=lambda key: (stories[key], -key))
    lead = models.Lead.objects.filter(story_id=story).first()
    return FoundLead(lead.uuid, lead.status) if lead is not None else None


def cite(piece: uuid.UUID, writer: models.Person, seen: int, now: datetime, written: tuple[str, str], typed: Typed) -> tuple[Saved, str]:
    """Cite an article of the archive, or what is typed of it when the desk has not read it."""
    row = _article(*written)

    def change(one: models.Piece) -> str:
        if row is not None and piece_sources.cite(one, row.uuid, now):
            return ""
        return "" if piece_sources.type_in(one, typed, now) else "refused"

    return piece_acts.change_sources(piece, writer, seen, now, change, editor=False)


def typed(outlet: SampleOutlet, article: SampleArticle, now: datetime) -> Typed:
    """What a writer would type of a sample article: its date is the outlet's own."""
    day = (now - timedelta(hours=article.hours_ago)).astimezone(ZoneInfo(outlet.zone)).date()
    return Typed(outlet.name, article.title, "", day, article.language, outlet.country)


def plain(name: str) -> str:
    """A name as the first part of an address."""
    told = unicodedata.normalize("NFKD", name.lower())
    return "".join(sign for sign in told if sign.isascii() and (sign.isalnum() or sign == "-"))


def _article(outlet: str, title: str) -> models.Article | None:
    return models.Article.objects.filter(outlet__slug=outlet, title=title).first()
