"""What an admin does about the outbox: send again, cancel, let an address have mail again, let held mail go."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from monitor.config.sender import NOBODY
from monitor.errors import UsageError
from monitor.pipeline import outbox as rules
from monitor.store import mail_line, outbox, periodic
from monitor.store.again import tried_again
from monitor.store.models import Edition, MailRefusal, OutboxEvent, OutboxMessage, Person

SENT_AGAIN = ("failed", "uncertain", "expired", "suppressed", "cancelled", "deferred")
CANCELLED = ("pending", "deferred", "uncertain")


class OutboxRefused(UsageError):
    """Something about a message that cannot be done: `code` says why in any language, the exception's own text in English."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@tried_again
def resend(key: uuid.UUID, by: Person | None, now: datetime, *, seen: str = "") -> None:
    """Have a message sent again as soon as its turn comes, with the same bytes and Message-ID and a fresh time to live.

    `seen` is the state the person saw. Raises OutboxRefused: gone, changed, no-sender, let-go, suppressed, unsubscribed, withdrawn.
    """
    row = _row(key)
    if row.message_id.endswith(f"@{NOBODY.rpartition('@')[2]}>"):
        raise OutboxRefused("no-sender", "This message was made without a sender's address (MONITOR_MAIL_FROM) and cannot leave.")
    if not row.raw:
        raise OutboxRefused("let-go", "The text of this message was let go, because it held a link that lets somebody in. Make a new link.")
    if outbox.is_suppressed(row.recipient):
        raise OutboxRefused("suppressed", f"No mail goes to {row.recipient}: the address refused it. Lift that first.")
    if row.state == "cancelled" and row.events.order_by("-pk").values_list("kind", "note").first() == ("cancelled", outbox.UNSUBSCRIBED):
        raise OutboxRefused("unsubscribed", f"{row.recipient} has unsubscribed: what waited for them then is not sent.")
    if row.kind == "edition" and Edition.objects.filter(uuid=row.key, state="withdrawn").exists():
        raise OutboxRefused("withdrawn", "The edition was withdrawn: publish it again, and what was taken back is sent.")
    changes = {"state": "pending", "due_at": now, "expires_at": rules.lives_until(row.kind, now), "attempts": 0, "last_error": ""}
    _change(row, SENT_AGAIN, seen, changes, "resent", by, now)


@tried_again
def cancel(key: uuid.UUID, by: Person | None, now: datetime, *, seen: str = "") -> None:
    """Have a waiting message not sent. Raises OutboxRefused: gone, changed (it was sent or changed meanwhile)."""
    row = _row(key)
    gone = {"raw": b""} if row.kind in outbox.WITH_A_LINK else {}
    _change(row, CANCELLED, seen, {"state": "cancelled", "due_at": None, **gone}, "cancelled", by, now)


def lift(address: str, now: datetime) -> int:
    """Let an address that refused mail have mail again; how many days of refusal are forgotten. Suppressed messages stay as they are."""
    return MailRefusal.objects.filter(address=address, lifted_at=None).update(lifted_at=now)


@tried_again
def resume(by: Person | None, now: datetime, *, drop: bool = False) -> int:
    """Let mail leave again and try the line at once; with `drop`, what was made before mail was held is cancelled. How many were."""
    held = mail_line.held()
    dropped = 0
    with transaction.atomic():
        if drop:
            since = held[0] if held and held[0] else now
            waiting = OutboxMessage.objects.filter(state__in=outbox.WAITING, made_at__lte=since, claim_token="")
            uncertain = OutboxMessage.objects.filter(state="uncertain", due_at__isnull=False, made_at__lte=since, claim_token="")
            rows = [*waiting.values_list("pk", flat=True), *uncertain.values_list("pk", flat=True)]
            dropped = OutboxMessage.objects.filter(pk__in=rows).update(state="cancelled", due_at=None)
            OutboxMessage.objects.filter(pk__in=rows, kind__in=outbox.WITH_A_LINK).update(raw=b"")
            OutboxEvent.objects.bulk_create([OutboxEvent(message_id=pk, kind="cancelled", at=now, by=by, note="restored") for pk in rows])
        mail_line.let_go(now)
    return dropped


def hold(now: datetime) -> None:
    """Let no mail leave until somebody resumes it."""
    mail_line.hold("admin", now)


def set_at_least_once(wanted: bool, now: datetime) -> None:
    """Whether messages of every kind are sent once more when it is not known whether they arrived."""
    periodic.set_fact(mail_line.POLICY, {"at_least_once": wanted}, now)


def _row(key: uuid.UUID) -> OutboxMessage:
    row = OutboxMessage.objects.filter(uuid=key).first()
    if row is None:
        raise OutboxRefused("gone", "There is no such message.")
    return row


def _change(
    row: OutboxMessage, states: tuple[str, ...], seen: str, changes: dict[str, object], event: str, by: Person | None, now: datetime
) -> None:
    """Change a message nobody has in hand, if it is still as the person saw it."""
    free = Q(claim_token="") | Q(due_at__lte=now) | Q(due_at=None)
    with transaction.atomic():
        as_seen = OutboxMessage.objects.filter(free, pk=row.pk, state__in=states, **({"state": seen} if seen else {}))
        if not as_seen.update(claim_token="", **changes):
            raise OutboxRefused("changed", "This message is being sent or was changed meanwhile; look at it again.")
        OutboxEvent.objects.create(message=row, kind=event, at=now, by=by)
