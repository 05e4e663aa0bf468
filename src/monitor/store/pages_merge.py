"""The stories that another could be merged with: the newest ones, those some articles are in, or one by its address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from monitor.store import models
from monitor.store.pages_today import name_of

MOST = 30
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A story to merge with: its headlines (text, language), who tells it, how many articles, who has claimed it, and its version."""

    id: str
    section: str
    headlines: tuple[tuple[str, str], ...]
    outlets: tuple[str, ...]
    articles: int
    newest_at: datetime
    claimed_by: str
    version: str


def named(text: str) -> uuid.UUID | None:
    """The story an address or id names, None when it names none."""
    found = _ID.search(text)
    return uuid.UUID(found.group()) if found else None


def at(story: uuid.UUID, without: uuid.UUID) -> list[Choice]:
    """This one story, or the one it was merged into; empty when it is none, or is the story itself."""
    row = models.Story.objects.select_related("merged_into").filter(uuid=story).first()
    kept = row.merged_into or row if row else None
    return [] if kept is None or kept.uuid == without else _choices([kept.pk])


def newest(without: uuid.UUID) -> list[Choice]:
    """The newest live stories, those alike in country or theme first."""
    row = models.Story.objects.filter(uuid=without).first()
    live = _live(without).order_by("-newest_at", "-pk")
    recent = list(live.values_list("pk", "section", "themes")[: 10 * MOST])
    themes, section = {str(theme) for theme in row.themes} if row else set(), row.section if row else ""
    alike = [2 * bool(themes & {str(theme) for theme in own}) + (where == section) for _pk, where, own in recent]
    order = sorted(range(len(recent)), key=lambda at: (-alike[at], at))
    return _choices([recent[at][0] for at in order[:MOST]])


def of_articles(keys: Sequence[int], without: uuid.UUID) -> list[Choice]:
    """The live stories of these articles, in the order given."""
    story_of = dict(models.Article.objects.filter(pk__in=keys, story__in=_live(without)).values_list("pk", "story_id"))
    return _choices(list(dict.fromkeys(story for key in keys if (story := story_of.get(key)) is not None))[:MOST])


def _live(without: uuid.UUID) -> QuerySet[models.Story]:
    return models.Story.objects.filter(merged_into=None, articles_count__gt=0).exclude(uuid=without)


def _choices(keys: Sequence[int]) -> list[Choice]:
    """The choices of these stories, in five queries whatever their number."""
    found = {row.pk: row for row in models.Story.objects.filter(pk__in=keys).select_related("lead__claimed_by")}
    told: dict[int, list[tuple[str, str, str]]] = {}
    columns = ("story_id", "title", "language", "outlet__name")
    for story, title, language, outlet in (
        models.Article.objects.filter(story_id__in=keys).order_by("discovered_at", "pk").values_list(*columns)
    ):
        told.setdefault(story or 0, []).append((title, language, outlet))
    versions = _versions(keys)
    return [_choice(found[key], told.get(key, []), versions.get(key, "0.0")) for key in keys if key in found]


def _versions(keys: Iterable[int]) -> dict[int, str]:
    """The version of each story (store.story_edits.version), where it has been edited."""
    wanted = list(keys)
    edits = models.StoryEdit.objects
    counts: dict[int, list[int]] = {}
    for side in ("story_id", "other_id"):
        rows = edits.filter(Q(**{f"{side}__in": wanted})).values_list(side).annotate(done=Count("pk"), undone=Count("undone_at"))
        for story, done, undone in rows:
            known = counts.setdefault(story, [0, 0])
            known[0] += done
            known[1] += undone
    return {story: f"{done}.{undone}" for story, (done, undone) in counts.items()}


def _choice(row: models.Story, told: Sequence[tuple[str, str, str]], version: str) -> Choice:
    by_language: dict[str, str] = {}
    for title, language, _outlet in told:
        by_language.setdefault(language, title)
    lead = getattr(row, "lead", None)
    return Choice(
        id=str(row.uuid),
        section=row.section,
        headlines=tuple((title, language) for language, title in by_language.items()),
        outlets=tuple(dict.fromkeys(outlet for _title, _language, outlet in told)),
        articles=len(told),
        newest_at=row.newest_at,
        claimed_by=name_of(lead.claimed_by) if lead else "",
        version=version,
    )
