"""Leads: the queue as ranking left it, and what people did with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from monitor.pipeline.quota import Candidate, Place
from monitor.pipeline.story_doc_json import from_json
from monitor.records import StoryDoc
from monitor.store import models, rows
from monitor.store.again import tried_again

EDITIONS = timedelta(days=21)
"""What was published in this time is what readers remember: three weekly editions."""
OF_A_STORY = 12
"""Newest articles of a published story that later ones are compared with; copies say nothing more."""
OPEN = ("queued", "snoozed", "quiet", "claimed")
"""Statuses of leads that stand in the balanced queue."""


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
    back: bool = False  # it was dismissed and has grown since


@dataclass(frozen=True, slots=True)
class KnownLead:
    """What people did with a story's lead: `dismissed_at` is set while it is dismissed."""

    status: str
    pinned: bool
    dismissed_at: datetime | None
    articles: int = 0
    ranked_at: datetime | None = None
    novelty: float = 1.0
    follows: str = ""  # the published story it continues


def known(keys: Iterable[int]) -> dict[int, KnownLead]:
    """The leads of these stories, by the story's row."""
    columns = ("pk", "story_id", "status", "pinned", "ranked_at", "articles", "components", "reasons")
    found = list(models.Lead.objects.filter(story_id__in=list(keys)).only(*columns))
    away = [lead.pk for lead in found if lead.status == "dismissed"]
    events = models.LeadEvent.objects.filter(lead_id__in=away, kind="dismissed").values("lead_id").annotate(last=Max("at"))
    dismissed = {event["lead_id"]: event["last"] for event in events} if away else {}
    return {
        lead.story_id: KnownLead(
            lead.status,
            lead.pinned,
            dismissed.get(lead.pk, lead.ranked_at) if lead.status == "dismissed" else None,
            lead.articles,
            lead.ranked_at,
            float(lead.components.get("novelty", 1.0)),
            next((str(reason).rpartition(":")[2] for reason in lead.reasons if str(reason).startswith("follows:")), ""),
        )
        for lead in found
    }


def last_published() -> datetime | None:
    """When a story was last used; None while nothing was published."""
    used = models.LeadEvent.objects.filter(kind="used", lead__status="used").order_by("-at")
    return used.values_list("at", flat=True).first()


def published(now: datetime) -> dict[str, list[StoryDoc]]:
    """The stories used in the last three weeks with their grouping documents; empty while nothing was published."""
    used = models.LeadEvent.objects.filter(kind="used", at__gte=now - EDITIONS, lead__status="used").values("lead__story_id")
    docs = models.ArticleDoc.objects.filter(article__story_id__in=used, article__copy_of=None).order_by("-at", "article_id")
    found: dict[str, list[StoryDoc]] = {}
    for story, doc in docs.values_list("article__story__uuid", "doc"):
        kept = found.setdefault(str(story), [])
        if len(kept) < OF_A_STORY:
            kept.append(from_json(doc))
    return found


@tried_again
def save_ranking(ranked: Sequence[RankedStory], now: datetime) -> int:
    """Write a batch of rankings; returns how many leads are new in the queue. What another worker claimed meanwhile is left alone."""
    with transaction.atomic():
        ours = _settle(ranked)
        mine = [one for one in ranked if one.key in ours]
        rows.update(models.Story, "id", [(one.key, _of_story(one)) for one in mine if one.articles])
        leads = {lead.story_id: lead for lead in models.Lead.objects.filter(story_id__in=ours)}
        gone = [lead.pk for one in mine if not one.lead and (lead := leads.get(one.key)) is not None and lead.status == "queued"]
        if gone:
            models.Lead.objects.filter(pk__in=gone, status="queued").delete()  # unless somebody took it meanwhile
        present = [(leads[one.key], one) for one in mine if one.lead and one.key in leads]
        rows.update(models.Lead, "id", [(lead.pk, _of_lead(one, now, taken=lead.status == "claimed")) for lead, one in present])
        back = [lead for lead, one in present if one.back and lead.status == "dismissed"]
        return _queue([one for one in mine if one.lead and one.key not in leads], now) + _back(back, now)


def _settle(ranked: Sequence[RankedStory]) -> set[int]:
    """Give the claims back until the stories are due again; returns the stories that are still ours. The rows stay locked to the commit."""
    tokens, keys = {one.token for one in ranked}, [one.key for one in ranked]
    held = models.ToRank.objects.filter(pk__in=keys, claim_token__in=tokens)
    held.update(attempts=0, last_error="")
    ours = set(held.values_list("pk", flat=True))
    held.filter(pk__in=[one.key for one in ranked if one.again_at is None]).delete()
    again = [(one.key, {"due_at": one.again_at, "claim_token": ""}) for one in ranked if one.again_at is not None and one.key in ours]
    rows.update(models.ToRank, "story_id", again)
    return ours


def _of_story(one: RankedStory) -> dict[str, Any]:
    return {"section": one.section, "themes": rows.as_json(list(one.themes)), "newest_at": one.newest_at}


def _of_lead(one: RankedStory, now: datetime, *, taken: bool) -> dict[str, Any]:
    """What ranking says of a lead that is there already; one that somebody claimed stays in the section it was claimed in."""
    values = {name: value for name, value in _values(one, now).items() if not (taken and name == "section")}
    return values | {name: rows.as_json(value) for name, value in values.items() if isinstance(value, dict | list)}


def _values(one: RankedStory, now: datetime) -> dict[str, Any]:
    return {
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


def _queue(new: Sequence[RankedStory], now: datetime) -> int:
    stories = [one.key for one in new]
    models.Lead.objects.bulk_create([models.Lead(story_id=one.key, queued_at=now, **_values(one, now)) for one in new])
    made = models.Lead.objects.filter(story_id__in=stories).values_list("pk", flat=True) if stories else ()
    models.LeadEvent.objects.bulk_create([models.LeadEvent(lead_id=pk, kind="queued", at=now) for pk in made])
    return len(new)


def _back(leads: Sequence[models.Lead], now: datetime) -> int:
    """Queue dismissed leads again whose stories grew."""
    away = models.Lead.objects.filter(status="dismissed")
    ours = [lead for lead in leads if away.filter(pk=lead.pk).update(status="queued", queued_at=now) == 1]  # unless somebody took it
    models.LeadEvent.objects.bulk_create([models.LeadEvent(lead=lead, kind="grown", at=now) for lead in ours])
    return len(ours)


# ── the balanced queue ───────────────────────────────────────────────────────────────────────────────────────────────


def queue(since: datetime) -> list[Candidate]:
    """The open leads with an article since a moment, named by their row."""
    rows_ = models.Lead.objects.filter(status__in=OPEN, newest_at__gte=since).values_list("pk", "score", "section")
    return [Candidate(str(pk), score, section) for pk, score, section in rows_]


@tried_again
def save_places(places: Sequence[Place]) -> None:
    """Write where each lead of `queue` stands; all others stand nowhere. Only what changed is written."""
    wanted = {int(one.story): (one.place, one.why) for one in places}
    with transaction.atomic():
        placed = models.Lead.objects.filter(place__isnull=False).values_list("pk", "place", "place_why")
        there = {pk: (place, why) for pk, place, why in placed}
        gone = [(pk, {"place": None, "place_why": ""}) for pk in there.keys() - wanted.keys()]
        moved = [(pk, {"place": place, "place_why": why}) for pk, (place, why) in wanted.items() if there.get(pk) != (place, why)]
        if gone or moved:
            rows.update(models.Lead, "id", [*gone, *moved])


def follow_merge(kept: models.Story, gone: models.Story) -> None:
    """When two stories become one: a queued lead of the younger goes; one that people touched moves along if the other has none."""
    lead = models.Lead.objects.filter(story=gone).first()
    if lead is None:
        return
    rival = models.Lead.objects.filter(story=kept).first()
    if lead.status == "queued" and not lead.pinned:
        lead.delete()
    elif rival is None or rival.status == "queued":
        if rival is not None:
            rival.delete()
        models.Lead.objects.filter(pk=lead.pk).update(story=kept)
