"""Pieces as lists and the board show them, and what becomes of their leads when an edition is published."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from monitor.pipeline.piece_text import count_words
from monitor.records import PieceLine
from monitor.store import models
from monitor.store.again import tried_again
from monitor.store.pages_today import name_of

MOST = 200
IN_WORK = ("draft", "submitted", "returned")


def ready(edition: uuid.UUID | None = None) -> list[PieceLine]:
    """The accepted pieces that stand in this edition, or (without one) in none yet, in the order of the board."""
    rows = models.Piece.objects.filter(state="accepted")
    rows = rows.filter(edition=None) if edition is None else rows.filter(edition__uuid=edition)
    return lines(rows.order_by("section", "position", "accepted_at", "pk"))


def lines(rows: QuerySet[models.Piece], reader: models.Person | None = None) -> list[PieceLine]:
    """Pieces as lines, in two queries."""
    open_comments = Count("events", filter=Q(events__kind="comment", events__settled_at=None))
    found = list(rows.select_related("author", "story", "edition").annotate(open_comments=open_comments)[:MOST])
    cited: dict[int, list[tuple[str, str]]] = {}
    sources = models.PieceSource.objects.filter(piece_id__in=[row.pk for row in found]).order_by("position", "pk")
    for piece, language, country in sources.values_list("piece_id", "language", "country"):
        cited.setdefault(piece, []).append((language, country))
    return [_line(row, cited.get(row.pk, []), reader, int(getattr(row, "open_comments", 0))) for row in found]


def _line(row: models.Piece, cited: list[tuple[str, str]], reader: models.Person | None, comments: int) -> PieceLine:
    signed = row.signature or name_of(row.author)
    return PieceLine(
        uuid=str(row.uuid),
        title=row.title,
        authors=(signed,) if signed else (),
        state=row.state,
        words=count_words(row.text),
        section=row.section,
        position=row.position,
        language=row.language,
        sources=len(cited),
        languages=_once(language for language, _ in cited),
        countries=_once(country for _, country in cited),
        story=str(row.story.uuid) if row.story else "",
        edition=str(row.edition.uuid) if row.edition else "",
        changed_at=row.changed_at,
        mine=reader is not None and row.author_id == reader.pk,
        comments=comments,
    )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


@tried_again
def mark_published(edition: uuid.UUID, now: datetime) -> int:
    """The leads of an edition's pieces are used: each gets its event, once; returns how many. Call it in the publishing transaction."""
    with transaction.atomic():
        leads = [lead for lead in _leads_of(edition) if lead.status != "used"]
        for lead in leads:
            before = {"status": lead.status, "claimed_by_id": lead.claimed_by_id, "claimed_until": None, "snoozed_until": None}
            models.LeadEvent.objects.create(lead=lead, kind="used", at=now, note=str(edition), before=before)
        models.Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(status="used", claimed_until=None, snoozed_until=None)
    return len(leads)


def _leads_of(edition: uuid.UUID) -> list[models.Lead]:
    """The leads of an edition's pieces; of a story that was merged the lead it lives on in."""
    told = models.Piece.objects.filter(edition__uuid=edition, state="accepted").exclude(lead=None)
    found = [piece.lead for piece in told.select_related("lead__story__merged_into__lead").order_by("pk") if piece.lead]
    kept = [getattr(lead.story.merged_into, "lead", lead) if lead.status == "merged" else lead for lead in found]
    return list({lead.pk: lead for lead in kept}.values())


@tried_again
def unmark_published(edition: uuid.UUID, now: datetime) -> int:
    """The edition was withdrawn or opened again: leads that it alone used stand with their writers again; returns how many."""
    with transaction.atomic():
        events = models.LeadEvent.objects.filter(kind="used", note=str(edition), undone_at=None)
        leads = list(models.Lead.objects.filter(pk__in=events.values("lead_id"), status="used"))
        for lead in leads:
            held = lead.claimed_by_id is not None
            models.Lead.objects.filter(pk=lead.pk).update(status="claimed" if held else "queued")
            models.LeadEvent.objects.create(lead=lead, kind="undone", at=now, note="used")
        events.update(undone_at=now)
    return len(leads)
