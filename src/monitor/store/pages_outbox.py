"""The outbox as its page and listings show it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from monitor.pipeline import outbox as rules
from monitor.store.models import MailRefusal, OutboxEvent, OutboxMessage
from monitor.store.people import name_of

STATES = ("pending", "handed", "deferred", "uncertain", "failed", "suppressed", "expired", "cancelled", "sent")
"""States in the order an admin wants to see them."""
KINDS = ("alert", "digest", "edition", "invite", "reset", "notice", "test")
A_PAGE = 50
_LISTED = (
    "uuid",
    "kind",
    "recipient",
    "subject",
    "state",
    "made_at",
    "due_at",
    "expires_at",
    "sent_at",
    "last_error",
    "message_id",
    "queue_id",
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a message."""

    kind: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `last_error` is the reason of its present state as pipeline/outbox.py writes it."""

    uuid: uuid.UUID
    kind: str
    recipient: str
    subject: str
    state: str
    made_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    sent_at: datetime | None
    last_error: str
    message_id: str
    queue_id: str
    events: tuple[Happened, ...] = ()
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address no mail goes to: on how many days it refused, when last, and whether it does not exist."""

    address: str
    days: int
    at: datetime
    final: bool
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages: of one state, one kind, to an address or with a subject holding these words; from which place on."""

    state: str = ""
    kind: str = ""
    words: str = ""
    since: datetime | None = None
    offset: int = 0


def counts() -> Mapping[str, int]:
    """How many messages are in each state, every state named."""
    found = dict(OutboxMessage.objects.values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in STATES}


def messages(asked: Asked, limit: int = A_PAGE) -> tuple[tuple[Message, ...], bool]:
    """Messages, newest first, and whether there are more."""
    wanted = Q()
    if asked.state:
        wanted &= Q(state=asked.state)
    if asked.kind:
        wanted &= Q(kind=asked.kind)
    if asked.words:
        wanted &= Q(recipient__icontains=asked.words) | Q(subject__icontains=asked.words)
    if asked.since:
        wanted &= Q(made_at__gte=asked.since)
    rows = list(OutboxMessage.objects.filter(wanted).order_by("-made_at", "-pk").values(*_LISTED)[asked.offset : asked.offset + limit + 1])
    return tuple(Message(**row) for row in rows[:limit]), len(rows) > limit


def message(key: uuid.UUID) -> Message | None:
    """One message with its bytes and everything that happened to it, oldest first."""
    row: dict[str, Any] | None = OutboxMessage.objects.filter(uuid=key).values(*_LISTED, "raw").first()
    if row is None:
        return None
    found = OutboxEvent.objects.filter(message__uuid=key).select_related("by").order_by("pk")
    events = tuple(Happened(one.kind, one.at, name_of(one.by), one.note) for one in found)
    return Message(**(row | {"raw": bytes(row["raw"])}), events=events)


def suppressions() -> tuple[Suppression, ...]:
    """Every address no mail goes to, by address."""
    by_address: dict[str, list[MailRefusal]] = {}
    for row in MailRefusal.objects.filter(lifted_at=None).order_by("address", "at"):
        by_address.setdefault(row.address, []).append(row)
    return tuple(
        Suppression(address, len(rows), rows[-1].at, any(row.final for row in rows), rows[-1].note)
        for address, rows in by_address.items()
        if rules.suppressed(len(rows), final=any(row.final for row in rows))
    )


def waiting() -> int:
    """How many messages wait to be handed over."""
    return OutboxMessage.objects.filter(state__in=("pending", "deferred")).count()
