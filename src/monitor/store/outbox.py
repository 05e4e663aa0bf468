"""The outbox's rows: every message rendered once, kept with its bytes and its history, claimed by whoever hands it over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from monitor.config.sender import NOBODY
from monitor.pipeline import outbox as rules
from monitor.records import Letter
from monitor.store.models import MailRefusal, OutboxEvent, OutboxMessage

WAITING = ("pending", "deferred")
"""States of messages that have certainly not been delivered and will be tried."""
LONGEST_NOTE = 500


def keep(letter: Letter, now: datetime, *, person: int | None = None, expires_at: datetime | None = None) -> int | None:
    """Keep a finished letter to be sent, inside the caller's transaction; its row, or None when this (kind, key, recipient) stood there.

    Without `expires_at` it is worth sending as long as its kind says. A letter made while the desk has no sender's address is kept to
    be read and never leaves; one to an address that refuses mail is kept as suppressed.
    """
    held = letter.message_id.endswith(f"@{NOBODY.rpartition('@')[2]}>")
    refused = is_suppressed(letter.recipient)
    with transaction.atomic():
        message, made = OutboxMessage.objects.get_or_create(
            kind=letter.kind,
            key=letter.key,
            recipient=letter.recipient,
            defaults={
                "person_id": person,
                "subject": letter.subject,
                "message_id": letter.message_id,
                "raw": letter.raw,
                "state": "suppressed" if refused else "pending",
                "made_at": now,
                "due_at": None if held or refused else now,
                "expires_at": expires_at or rules.lives_until(letter.kind, now),
            },
        )
        if not made:
            return None
        note = "address-suppressed" if refused else "no-sender" if held else ""
        OutboxEvent.objects.create(message=message, kind="suppressed" if refused else "made", at=now, note=note)
    return message.pk


def withdraw(now: datetime, *, recipient: str, kinds: tuple[str, ...], key_begins: str = "", note: str = "") -> int:
    """Cancel what still waits for a recipient, as when they leave a stream: nothing is mailed after that is committed. How many."""
    waiting = OutboxMessage.objects.filter(recipient=recipient, kind__in=kinds, state__in=(*WAITING, "uncertain"))
    rows = list(waiting.filter(key__startswith=key_begins).exclude(Q(state="uncertain") & Q(due_at=None)).values_list("pk", flat=True))
    gone = 0
    with transaction.atomic():
        for pk in rows:
            row = OutboxMessage.objects.filter(pk=pk, state__in=(*WAITING, "uncertain"))
            if row.update(state="cancelled", due_at=None, claim_token=""):
                OutboxEvent.objects.create(message_id=pk, kind="cancelled", at=now, note=note[:LONGEST_NOTE])
                gone += 1
    return gone


def is_suppressed(address: str) -> bool:
    """Whether no more mail goes to this address."""
    rows = list(MailRefusal.objects.filter(address=address, lifted_at=None).values_list("final", flat=True))
    return bool(rows) and rules.suppressed(len(rows), final=any(rows))
