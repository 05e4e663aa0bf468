"""What people do with a lead: claim, hand back, dismiss, snooze, bring back, undo; and what time does to it.

Every change is a compare-and-swap on where the lead stood (status, claimant, dates) and writes one event in the same transaction. Who
comes second changes nothing and is told where the lead stands now and by whose hand (`Outcome.changed` False).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from monitor.pipeline import lead as lead_rank
from monitor.store import models
from monitor.store.again import tried_again
from monitor.store.pages_today import name_of

LEASE = timedelta(hours=48)
"""How long a claim lasts without a draft."""
REASONS = ("off-topic", "minor", "covered", "old", "thin", "mixed")
"""Why a lead may be dismissed, in the order of their number keys."""
UNDO_FOR = timedelta(hours=24)
OPEN = ("queued", "quiet")
UNDOABLE = ("claimed", "renewed", "released", "dismissed", "snoozed", "restored", "pinned", "unpinned")
BATCH = 200
_STANDING = ("status", "claimed_by_id", "claimed_until", "snoozed_until")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lead stands and what was done last: `by` is a name, "" for the machine; `until` ends a claim or a snooze."""

    lead: str
    headline: str
    headline_language: str
    status: str
    kind: str
    by: str
    mine: bool
    at: datetime | None
    note: str
    until: datetime | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: whether anything changed, and where the lead stands now (None: there is no such lead any more).

    `of_pin`: the action was about the lead's pin.
    """

    changed: bool
    standing: Standing | None
    of_pin: bool = False


@tried_again
def claim(lead: uuid.UUID, person: models.Person, now: datetime, *, seen: str = "queued") -> Outcome:
    """Take a lead for 48 hours; `seen` is the status the person saw: a lead put aside is taken only by who knows that it is."""
    row = _find(lead)
    if row is None or row.status not in (*OPEN, "snoozed", "dismissed") or _class(row.status) != _class(seen):
        return _told(row, person, changed=False)
    taken = {"status": "claimed", "claimed_by_id": person.pk, "claimed_until": now + LEASE, "snoozed_until": None}
    return _change(row, person, now, "claimed", "", taken)


@tried_again
def renew(lead: uuid.UUID, person: models.Person, now: datetime) -> Outcome:
    """Keep a claim of one's own for 48 hours from now."""
    row = _find(lead)
    if row is None or not _holds(row, person) or row.claimed_until is None:
        return _told(row, person, changed=False)
    return _change(row, person, now, "renewed", "", {"claimed_until": now + LEASE})


@tried_again
def release(lead: uuid.UUID, person: models.Person, now: datetime, *, others: bool = False) -> Outcome:
    """Hand a claim back to the queue; somebody else's only when `others` (an editor)."""
    row = _find(lead)
    if row is None or row.status != "claimed" or not (others or _holds(row, person)):
        return _told(row, person, changed=False)
    return _change(row, person, now, "released", "", _queued())


@tried_again
def dismiss(lead: uuid.UUID, person: models.Person, reason: str, now: datetime, *, seen: str = "queued") -> Outcome:
    """Take a lead out of the queue until its story grows; raises ValueError for a reason that is none."""
    if reason not in REASONS:
        raise ValueError(reason)
    row = _find(lead)
    if row is None or not _may_put_aside(row, person, seen):
        return _told(row, person, changed=False)
    return _change(row, person, now, "dismissed", reason, _queued() | {"status": "dismissed"})


@tried_again
def snooze(lead: uuid.UUID, person: models.Person, until: datetime, now: datetime, *, seen: str = "queued") -> Outcome:
    """Take a lead out of sight until a moment."""
    row = _find(lead)
    if row is None or not _may_put_aside(row, person, seen):
        return _told(row, person, changed=False)
    return _change(row, person, now, "snoozed", "", _queued() | {"status": "snoozed", "snoozed_until": until})


@tried_again
def restore(lead: uuid.UUID, person: models.Person, now: datetime) -> Outcome:
    """Bring a dismissed or snoozed lead back into the queue."""
    row = _find(lead)
    if row is None or row.status not in ("snoozed", "dismissed"):
        return _told(row, person, changed=False)
    return _change(row, person, now, "restored", "", _queued())


@tried_again
def pin(lead: uuid.UUID, person: models.Person, now: datetime, *, on: bool = True) -> Outcome:
    """Let a lead stand first for everybody until it is unpinned (`on` False takes the pin out); ranking says the same from then on."""
    row = _find(lead)
    if row is None or row.pinned == on or row.status not in (*OPEN, "claimed"):
        return replace(_told(row, person, changed=False), of_pin=row is not None and row.pinned == on)
    event = models.LeadEvent(lead=row, kind="pinned" if on else "unpinned", at=now, by=person, before=_standing(row))
    with transaction.atomic():
        changed = _set_pin(row, on=on)
        if changed:
            event.save()
    return replace(_told(_find(lead), person, changed=changed), of_pin=True)


def _set_pin(row: models.Lead, *, on: bool) -> bool:
    """Put the pin in or out if it still stands as in `row`; score and reasons say so at once, and the story is ranked again."""
    score, rest = lead_rank.with_pin(row.score, row.reasons, on)
    changed = models.Lead.objects.filter(pk=row.pk, pinned=not on).update(pinned=on, score=score, reasons=rest) == 1
    models.ToRank.objects.filter(story_id=row.story_id, claim_token="").update(due_at=row.ranked_at)
    return changed


# ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def last_of(person: models.Person, now: datetime) -> models.LeadEvent | None:
    """The person's last action of the day that can still be undone: nothing happened to its lead since. With its lead."""
    later = models.LeadEvent.objects.filter(lead=OuterRef("lead"), pk__gt=OuterRef("pk"), undone_at=None).exclude(kind="undone")
    mine = models.LeadEvent.objects.filter(by=person, kind__in=UNDOABLE, undone_at=None, at__gte=now - UNDO_FOR)
    return mine.filter(~Exists(later)).select_related("lead", "by").order_by("-pk").first()


@tried_again
def undo(person: models.Person, now: datetime, lead: uuid.UUID | None = None) -> Outcome:
    """Undo the person's last action, or the last one on this lead; the lead stands as before it.

    Whatever others did to the lead since is never undone: then nothing changes and the person is told.
    """
    if lead is None:
        event = last_of(person, now)
        return Outcome(False, None) if event is None else _undo(event, event.lead, person, now)
    row = _find(lead)
    event = _events(row).first() if row is not None else None
    if row is None or event is None or event.by_id != person.pk or event.kind not in UNDOABLE or now - event.at > UNDO_FOR:
        return _told(row, person, changed=False)
    return _undo(event, row, person, now)


def _undo(event: models.LeadEvent, row: models.Lead, person: models.Person, now: datetime) -> Outcome:
    if event.kind in ("pinned", "unpinned"):
        return _undo_pin(event, row, person, now)
    before = dict(event.before)
    for name in ("claimed_until", "snoozed_until"):
        before[name] = datetime.fromisoformat(before[name]) if before.get(name) else None
    overdue = before.get("status") == "claimed" and before["claimed_until"] is not None and before["claimed_until"] <= now
    values = before if before.get("status") and not overdue else _queued()
    with transaction.atomic():
        if not models.LeadEvent.objects.filter(pk=event.pk, undone_at=None).update(undone_at=now) or not _swap(row, values):
            transaction.set_rollback(True)
            return _told(_find(row.uuid), person, changed=False)
        models.LeadEvent.objects.create(lead=row, kind="undone", at=now, by=person, note=event.kind)
    return _told(_find(row.uuid), person, changed=True)


def _undo_pin(event: models.LeadEvent, row: models.Lead, person: models.Person, now: datetime) -> Outcome:
    with transaction.atomic():
        ours = models.LeadEvent.objects.filter(pk=event.pk, undone_at=None).update(undone_at=now)
        if not ours or not _set_pin(row, on=event.kind == "unpinned"):
            transaction.set_rollback(True)
            return _told(_find(row.uuid), person, changed=False)
        models.LeadEvent.objects.create(lead=row, kind="undone", at=now, by=person, note=event.kind)
    return _told(_find(row.uuid), person, changed=True)


# ── what time does ───────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def lapse(now: datetime) -> int:
    """Hand back a batch of claims whose time is over; returns how many. The event keeps who held it, so that they are told."""
    over = Q(claimed_until__lte=now) | Q(claimed_by=None)  # or who held it has left the desk
    return _return(models.Lead.objects.filter(over, status="claimed"), "lapsed", now)


@tried_again
def wake(now: datetime) -> int:
    """End a batch of snoozes whose time is over; returns how many."""
    return _return(models.Lead.objects.filter(status="snoozed", snoozed_until__lte=now), "woken", now)


def _return(over: QuerySet[models.Lead], kind: str, now: datetime) -> int:
    done = 0
    with transaction.atomic():
        for row in over.order_by("pk")[:BATCH]:
            event = models.LeadEvent(lead=row, kind=kind, at=now, by_id=row.claimed_by_id, before=_standing(row))
            if _swap(row, _queued()):
                event.save()
                done += 1
    return done


# ── the swap ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find(lead: uuid.UUID) -> models.Lead | None:
    return models.Lead.objects.filter(uuid=lead).first()


def _holds(row: models.Lead, person: models.Person) -> bool:
    return row.status == "claimed" and row.claimed_by_id == person.pk


def _may_put_aside(row: models.Lead, person: models.Person, seen: str) -> bool:
    if row.status == "claimed":
        return _holds(row, person)
    return row.status in (*OPEN, "snoozed", "dismissed") and _class(row.status) == _class(seen)


def _class(status: str) -> str:
    return "open" if status in OPEN else status


def _queued() -> dict[str, Any]:
    return {"status": "queued", "claimed_by_id": None, "claimed_until": None, "snoozed_until": None}


def _standing(row: models.Lead) -> dict[str, Any]:
    """Where a lead stands, as JSON."""
    values = {name: getattr(row, name) for name in _STANDING}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _swap(row: models.Lead, values: dict[str, Any]) -> bool:
    """Change a lead if it still stands where `row` says."""
    here = {name: getattr(row, name) for name in _STANDING}
    return models.Lead.objects.filter(pk=row.pk, **here).update(**values) == 1


def _change(row: models.Lead, person: models.Person, now: datetime, kind: str, note: str, values: dict[str, Any]) -> Outcome:
    event = models.LeadEvent(lead=row, kind=kind, at=now, by=person, note=note, before=_standing(row))
    with transaction.atomic():
        changed = _swap(row, values)
        if changed:
            event.save()
    return _told(_find(row.uuid), person, changed=changed)


def _events(row: models.Lead) -> QuerySet[models.LeadEvent]:
    """What happened to a lead and stands, last first."""
    return row.events.filter(undone_at=None).exclude(kind="undone").select_related("by").order_by("-pk")


def _told(row: models.Lead | None, person: models.Person, *, changed: bool) -> Outcome:
    if row is None:
        return Outcome(changed, None)
    return _outcome(row, _events(row).first(), person, changed=changed)


def outcome_of(event: models.LeadEvent, person: models.Person) -> Outcome:
    """The outcome of an action that was done and stands (`last_of`)."""
    return _outcome(event.lead, event, person, changed=True)


def _outcome(row: models.Lead, event: models.LeadEvent | None, person: models.Person, *, changed: bool) -> Outcome:
    by = event.by if event else None
    standing = Standing(
        lead=str(row.uuid),
        headline=row.headline,
        headline_language=row.headline_language,
        status=row.status,
        kind=event.kind if event else "queued",
        by=name_of(by),
        mine=by is not None and by.pk == person.pk,
        at=event.at if event else None,
        note=event.note if event else "",
        until=row.claimed_until if row.status == "claimed" else row.snoozed_until,
        pinned=row.pinned,
    )
    return Outcome(changed, standing)
