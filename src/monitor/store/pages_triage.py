"""Who has what, what was put aside, what happened meanwhile, and the leads of a week."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from monitor.store import models, triage
from monitor.store.pages_today import SHOWN, name_of

MOST_HELD = 100
MOST_ASIDE = 200
DISMISSED_SHOWN = timedelta(days=14)
LAPSE_TOLD = timedelta(days=3)
"""For so long people are told that a claim of theirs was handed back."""
MOST_CHANGED = 30


@dataclass(frozen=True, slots=True)
class Held:
    """One claim: whose it is and until when (None: a draft holds it)."""

    lead: str
    story: str
    headline: str
    headline_language: str
    name: str
    mine: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Aside:
    """One lead put aside: by whom, when and why; `until` ends a snooze."""

    lead: str
    story: str
    section: str
    status: str
    headline: str
    headline_language: str
    by: str
    mine: bool
    at: datetime | None
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a lead; `by` "" is the machine."""

    kind: str
    at: datetime
    by: str
    note: str
    undone: bool


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One lead of a week."""

    lead: str
    story: str
    section: str
    status: str
    headline: str
    headline_language: str
    outlets: int
    languages: tuple[str, ...]
    queued_at: datetime
    claimed_by: str


def held(person: models.Person) -> list[Held]:
    """Every claim of the desk: one's own first, then by name; the one that ends first leads."""
    claims = models.Lead.objects.filter(status="claimed").order_by("claimed_until", "pk").values_list(*_HELD)
    found = [_claim(row, person) for row in claims[:MOST_HELD]]
    return sorted(found, key=lambda one: (not one.mine, "" if one.mine else one.name))


_HELD = (
    "uuid", "story__uuid", "headline", "headline_language", "claimed_until", "claimed_by_id", "claimed_by__given_name",
    "claimed_by__family_name", "claimed_by__email",
)  # fmt: skip


def _claim(row: tuple[Any, ...], person: models.Person) -> Held:
    lead, story, headline, language, until, holder, given, family, email = row
    name = f"{given or ''} {family or ''}".strip() or email or ""
    return Held(str(lead), str(story), headline, language, name, holder == person.pk, until)


def _held(row: models.Lead, by: models.Person | None, person: models.Person) -> Held:
    mine = by is not None and by.pk == person.pk
    return Held(str(row.uuid), str(row.story.uuid), row.headline, row.headline_language, name_of(by), mine, row.claimed_until)


def lapsed(person: models.Person, now: datetime) -> list[Held]:
    """The person's claims that time handed back in the last days and nobody has taken since."""
    lost = models.LeadEvent.objects.filter(by=person, kind="lapsed", at__gte=now - LAPSE_TOLD, lead__status__in=triage.OPEN)
    rows = lost.select_related("lead__story").order_by("-pk")[:MOST_HELD]
    return list({row.lead_id: _held(row.lead, person, person) for row in rows}.values())


def aside(person: models.Person, now: datetime) -> list[Aside]:
    """The leads put aside: snoozed ones, and those dismissed in the last two weeks, last touched first."""
    wanted = Q(status="snoozed") | Q(status="dismissed", touched__gte=now - DISMISSED_SHOWN)
    touched = Max("events__at", filter=Q(events__kind__in=("dismissed", "snoozed")))
    away = models.Lead.objects.filter(status__in=("snoozed", "dismissed")).annotate(touched=touched).filter(wanted)
    rows = list(away.select_related("story").order_by("-touched", "-pk")[:MOST_ASIDE])
    events = _last_events(row.pk for row in rows)
    return [_aside(row, events.get(row.pk), person) for row in rows]


def put_aside_since(since: datetime) -> bool:
    """Whether a lead with an article since a moment is put aside."""
    return models.Lead.objects.filter(status__in=("snoozed", "dismissed"), newest_at__gte=since).exists()


def _last_events(leads: Iterable[int]) -> dict[int, models.LeadEvent]:
    standing = models.LeadEvent.objects.filter(lead_id__in=list(leads), undone_at=None, kind__in=("dismissed", "snoozed"))
    return {event.lead_id: event for event in standing.select_related("by").order_by("pk")}


def _aside(row: models.Lead, event: models.LeadEvent | None, person: models.Person) -> Aside:
    by = event.by if event else None
    return Aside(
        lead=str(row.uuid),
        story=str(row.story.uuid),
        section=row.section,
        status=row.status,
        headline=row.headline,
        headline_language=row.headline_language,
        by=name_of(by),
        mine=by is not None and by.pk == person.pk,
        at=event.at if event else None,
        reason=event.note if event else "",
        until=row.snoozed_until,
    )


def aside_of(lead: uuid.UUID, person: models.Person) -> Aside | None:
    """One lead as the list of what was put aside shows it."""
    row = models.Lead.objects.filter(uuid=lead).select_related("story").first()
    return _aside(row, _last_events([row.pk]).get(row.pk), person) if row is not None else None


def history(lead: uuid.UUID) -> list[Happened]:
    """What happened to a lead, last first."""
    events = models.LeadEvent.objects.filter(lead__uuid=lead).select_related("by").order_by("-pk")[:MOST_HELD]
    return [Happened(one.kind, one.at, name_of(one.by), one.note, one.undone_at is not None) for one in events]


# ── the live page ────────────────────────────────────────────────────────────────────────────────────────────────────


def fresh(since: datetime, section: str = "") -> int:
    """How many leads came into the queue after a moment."""
    came = models.Lead.objects.filter(queued_at__gt=since, status__in=SHOWN)
    return (came.filter(section=section) if section else came).count()


def changed(since: datetime, person: models.Person) -> list[uuid.UUID]:
    """The leads that others, or time, moved after a moment: at most 30, last first."""
    kinds = (*triage.UNDOABLE, "undone", "lapsed", "woken", "used")
    events = models.LeadEvent.objects.filter(at__gt=since, kind__in=kinds).exclude(by=person, kind__in=(*triage.UNDOABLE, "undone"))
    return list(dict.fromkeys(events.order_by("-pk").values_list("lead__uuid", flat=True)[:MOST_CHANGED]))


# ── the week ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def week(start: datetime, end: datetime, language: str, limit: int = 400) -> tuple[list[WeekLine], int]:
    """The leads queued or growing in [start, end), best first, with headlines in a language where told in it; and how many there are."""
    alive = (Q(queued_at__gte=start) | Q(newest_at__gte=start)) & Q(queued_at__lt=end)
    rows = models.Lead.objects.filter(alive, status__in=SHOWN)
    found = list(rows.select_related("story", "claimed_by").order_by("-score", "pk")[: limit + 1])
    total = rows.count() if len(found) > limit else len(found)
    told = _titles({row.story_id for row in found[:limit]}, language)
    return [_week_line(row, told.get(row.story_id, ""), language) for row in found[:limit]], total


def _titles(stories: set[int], language: str) -> dict[int, str]:
    """Each story's headline in a language: the earliest telling that copies nobody."""
    articles = models.Article.objects.filter(story_id__in=stories, language=language, copy_of=None).exclude(title="")
    return dict(articles.order_by("-discovered_at").values_list("story_id", "title"))


def _week_line(row: models.Lead, title: str, language: str) -> WeekLine:
    return WeekLine(
        lead=str(row.uuid),
        story=str(row.story.uuid),
        section=row.section,
        status=row.status,
        headline=title or row.headline,
        headline_language=language if title else row.headline_language,
        outlets=row.outlets,
        languages=tuple(row.languages),
        queued_at=row.queued_at,
        claimed_by=name_of(row.claimed_by),
    )
