"""Leads: the queue as ranking left it, and what people did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitor.store import models
from monitor.store.again import tried_again


@dataclass(frozen=True, slots=True)
class RankedStory:
    """What ranking decided of one story; `lead` False takes a queued lead out of the queue again."""

    key: int
    token: str
    lead: bool
    section: str
    themes: tuple[str, ...]
    headline: str
    headline_language: str
    score: float
    components: dict[str, float]
    reasons: tuple[str, ...]
    outlets: int
    countries: int
    languages: tuple[str, ...]
    articles: int
    newest_at: datetime
    again_at: datetime | None


@tried_again
def save_ranking(ranked: Sequence[RankedStory], now: datetime) -> int:
    """Write a batch of rankings; returns how many leads are new in the queue."""
    new = 0
    with transaction.atomic():
        for one in ranked:
            settled = models.ToRank.objects.filter(pk=one.key, claim_token=one.token)
            if one.again_at is None:
                ours = settled.delete()[0] > 0
            else:
                ours = settled.update(due_at=one.again_at, claim_token="", attempts=0, last_error="") == 1
            if ours:
                new += _save(one, now)
    return new


def _save(one: RankedStory, now: datetime) -> int:
    models.Story.objects.filter(pk=one.key).update(section=one.section, themes=list(one.themes), newest_at=one.newest_at)
    existing = models.Lead.objects.filter(story_id=one.key).first()
    if not one.lead:
        if existing is not None and existing.status == "queued":
            existing.delete()
        return 0
    values = {
        "section": one.section,
        "headline": one.headline[:1000],
        "headline_language": one.headline_language,
        "score": one.score,
        "components": one.components,
        "reasons": list(one.reasons),
        "themes": list(one.themes),
        "outlets": one.outlets,
        "countries": one.countries,
        "languages": list(one.languages),
        "articles": one.articles,
        "newest_at": one.newest_at,
        "ranked_at": now,
    }
    if existing is not None:
        models.Lead.objects.filter(pk=existing.pk).update(**values)
        return 0
    lead = models.Lead.objects.create(story_id=one.key, queued_at=now, **values)
    models.LeadEvent.objects.create(lead=lead, kind="queued", at=now)
    return 1
