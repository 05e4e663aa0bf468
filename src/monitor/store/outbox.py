"""The outbox's rows: every message rendered once, kept with its bytes and its history, claimed by whoever hands it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from monitor.config.sender import NOBODY
from monitor.pipeline import outbox as rules
from monitor.records import Letter, MessageNext
from monitor.store import due
from monitor.store.again import tried_again
from monitor.store.models import Edition, MailRefusal, OutboxEvent, OutboxMessage, Periodic, Subscriber

WAITING = ("pending", "deferred")
"""States of messages that have certainly not been delivered and will be tried."""
LONGEST_NOTE = 500
UNSUBSCRIBED = "unsubscribed"
"""Why a message was taken back whose recipient left; it is never sent again (RFC 8058: honoured at once)."""
MUTED = "muted"
"""Why an alert was taken back whose recipient muted its story; it is sent after all when they want to hear of it again in time."""
WITHDRAWN = "withdrawn"
"""Why a mail was taken back whose edition was withdrawn; it is sent after all when the edition is published again."""
LINE_JOB = "send_mail"
"""The keyed row whose claim is the one connection to the mail server."""
WITH_A_LINK = frozenset({"invite", "reset"})
"""Kinds whose text holds a link that lets somebody in: shown to nobody, and let go once the message waits no more."""
LEASE = timedelta(minutes=10)
"""Longer than any one message can take: connecting, five commands and the wait after the final dot (outside/smtp.py)."""
_WAITS = Q(state__in=WAITING) | Q(state="uncertain", due_at__isnull=False)
_MAY_GO = Q(state__in=(*WAITING, "uncertain", "handed"))


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


def take_back(messages: QuerySet[OutboxMessage], now: datetime, note: str) -> int:
    """Cancel those of these messages that wait, as when their recipient leaves the stream; how many.

    One that a worker has claimed but not handed over loses its claim, so that nothing is mailed once this is committed. One that may have
    been delivered and is not tried again stays as it is.
    """
    gone = 0
    with transaction.atomic():
        for pk, kind in list(messages.filter(_WAITS).values_list("pk", "kind").distinct()):
            let_go = {"raw": b""} if kind in WITH_A_LINK else {}
            if OutboxMessage.objects.filter(_WAITS, pk=pk).update(state="cancelled", due_at=None, claim_token="", **let_go):
                OutboxEvent.objects.create(message_id=pk, kind="cancelled", at=now, note=note[:LONGEST_NOTE])
                gone += 1
    return gone


def taken_back(messages: QuerySet[OutboxMessage], note: str) -> list[int]:
    """Those of these messages (their rows) that were taken back for this reason, and nothing was done about them since."""
    last = OutboxEvent.objects.filter(message=OuterRef("pk")).order_by("-pk")
    rows = messages.filter(state="cancelled").annotate(did=Subquery(last.values("kind")[:1]), why=Subquery(last.values("note")[:1]))
    return list(rows.filter(did="cancelled", why=note).order_by("pk").values_list("pk", flat=True))


def bring_back(messages: Sequence[int], now: datetime, *, expires_at: datetime | None = None) -> int:
    """Let cancelled messages (their rows) wait again with the same bytes, unless their time is over meanwhile; how many.

    `expires_at` gives them a new time. One that was made without a sender's address, or is kept without its text, never leaves.
    """
    back = 0
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(pk__in=messages, state="cancelled").exclude(raw=b"")
        rows = rows.exclude(message_id__endswith=f"@{NOBODY.rpartition('@')[2]}>")
        for pk in list(rows.values_list("pk", flat=True)):
            alive = rows.filter(pk=pk) if expires_at else rows.filter(pk=pk, expires_at__gt=now)
            new = {"expires_at": expires_at} if expires_at else {}
            if alive.update(state="pending", due_at=now, attempts=0, claim_token="", last_error="", **new):
                OutboxEvent.objects.create(message_id=pk, kind="resent", at=now)
                back += 1
    return back


def is_suppressed(address: str) -> bool:
    """Whether no more mail goes to this address."""
    rows = list(MailRefusal.objects.filter(address=address, lifted_at=None).values_list("final", flat=True))
    return bool(rows) and rules.suppressed(len(rows), final=any(rows))


@dataclass(frozen=True, slots=True)
class InHand:
    """A claimed message: what is handed over, and what the next step depends on."""

    pk: int
    token: str
    state: str
    recipient: str
    raw: bytes
    standing: rules.Standing
    key: str = ""


def something_due(now: datetime) -> bool:
    """Whether any message waits for its turn now."""
    return OutboxMessage.objects.filter(_MAY_GO, due_at__lte=now).exists()


def claim(now: datetime, worker: str) -> InHand | None:
    """Take the most overdue message in hand; None when none is due. A message whose worker ended is among them, still `handed`."""
    OutboxMessage.objects.filter(_MAY_GO, attempts__gte=due.GIVE_UP_AFTER, due_at__lte=now).update(attempts=0)  # no mail is given up
    token, keys = due.claim(OutboxMessage, now, limit=1, lease=LEASE, worker=worker, where=_MAY_GO)
    if not keys:
        return None
    row = OutboxMessage.objects.get(pk=keys[0])
    return InHand(row.pk, token, row.state, row.recipient, bytes(row.raw), _standing(row), row.key)


@tried_again
def mark_handed(message: InHand, now: datetime) -> bool:
    """Commit that the final dot is about to be written; False when the message was cancelled or taken over: then it must not be."""
    with transaction.atomic():
        ours = OutboxMessage.objects.filter(pk=message.pk, claim_token=message.token, state__in=(*WAITING, "uncertain"))
        if not ours.update(state="handed", handed_at=now):
            return False
        OutboxEvent.objects.create(message_id=message.pk, kind="handed", at=now)
    return True


@tried_again
def settle(message: InHand, then: MessageNext, now: datetime, *, queue_id: str = "") -> bool:
    """Write down what became of a message in hand; False when it is ours no more and the result is thrown away.

    A mail of an edition that would be tried again is cancelled when the edition was withdrawn, or its recipient left, after the final dot.
    """
    sent = {"sent_at": now, "queue_id": queue_id[:200]} if then.state == "sent" else {}
    values = {"state": then.state, "due_at": then.due_at, "last_error": "" if then.state == "sent" else then.reason[:LONGEST_NOTE]}
    gone = {"raw": b""} if message.standing.kind in WITH_A_LINK and then.due_at is None else {}
    with transaction.atomic():
        unwanted = _unwanted(message) if then.due_at is not None and message.standing.kind == "edition" else ""
        if unwanted:
            values |= {"state": "cancelled", "due_at": None}
        if not due.finish(OutboxMessage, message.pk, message.token, **values, **sent, **gone):
            return False
        OutboxEvent.objects.create(message_id=message.pk, kind=then.state, at=now, note=then.reason[:LONGEST_NOTE])
        if unwanted:
            OutboxEvent.objects.create(message_id=message.pk, kind="cancelled", at=now, note=unwanted)
    return True


def _unwanted(message: InHand) -> str:
    """Why a mail of an edition is not tried again, or nothing; until the end of the transaction who withdraws or leaves waits for us.

    Taking back leaves a message alone that is past its final dot, so that its result is written down: whether it goes again is asked here.
    """
    edition = Edition.objects.select_for_update().filter(uuid=message.key).values_list("state", flat=True).first()
    left = Subscriber.objects.select_for_update().filter(email__iexact=message.recipient).values_list("state", flat=True).first() == "left"
    if left:
        return UNSUBSCRIBED  # which publishing again does not send
    return WITHDRAWN if edition == "withdrawn" else ""


def leave(message: InHand, now: datetime) -> None:
    """Give a message back untouched, due at once: the worker ends."""
    due.hand_back(OutboxMessage, [message.pk], message.token, now)


@tried_again
def expire(now: datetime) -> int:
    """Note as expired what has certainly not been delivered and is too old to be; how many."""
    late = OutboxMessage.objects.filter(state__in=WAITING, expires_at__lte=now).filter(Q(claim_token="") | Q(due_at__lte=now))
    rows = list(late.values_list("pk", flat=True)[:200])
    gone = 0
    with transaction.atomic():
        for pk in rows:
            if late.filter(pk=pk).update(state="expired", due_at=None, claim_token=""):
                OutboxEvent.objects.create(message_id=pk, kind="expired", at=now, note="too-old")
                gone += 1
        OutboxMessage.objects.filter(pk__in=rows, kind__in=WITH_A_LINK).update(raw=b"")
    return gone


@tried_again
def note_refusal(address: str, now: datetime, *, final: bool, note: str) -> None:
    """Keep that an address was refused for good today (a day of UTC)."""
    with transaction.atomic():
        row, made = MailRefusal.objects.get_or_create(
            address=address, day=now.date(), defaults={"at": now, "final": final, "note": note[:LONGEST_NOTE]}
        )
        if not made:
            MailRefusal.objects.filter(pk=row.pk).update(at=now, final=final, note=note[:LONGEST_NOTE], lifted_at=None)


def forget_refusals(address: str, now: datetime) -> None:
    """An address that took a message is no longer counted against."""
    MailRefusal.objects.filter(address=address, lifted_at=None).update(lifted_at=now)


def handed_since(moment: datetime) -> int:
    """How many messages were handed over since a moment."""
    return OutboxEvent.objects.filter(kind="handed", at__gt=moment).count()


def release_of(worker: str) -> None:
    """What the end of a worker cut short, a message or the line, is due at once when its claim is released, however often it happened."""
    OutboxMessage.objects.filter(claim_token__startswith=f"{worker}.").update(attempts=1)
    Periodic.objects.filter(name=LINE_JOB, claim_token__startswith=f"{worker}.").update(attempts=1)


def _standing(row: OutboxMessage) -> rules.Standing:
    """How often a message was deferred and uncertain since a person last acted on it."""
    kinds = list(row.events.order_by("-pk").values_list("kind", flat=True))
    recent = kinds[: kinds.index("resent")] if "resent" in kinds else kinds
    return rules.Standing(row.kind, recent.count("deferred"), recent.count("uncertain"), row.expires_at)
