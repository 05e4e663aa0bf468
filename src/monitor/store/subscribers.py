"""Those who receive editions: who agreed and how, who was asked, who left; nobody is written to who did not agree.

A subscription is confirmed by a token made of the desk's key, the subscriber and their epoch: it opens nothing but this one question.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.crypto import constant_time_compare, salted_hmac

from monitor.errors import EditionRefused
from monitor.pipeline.subscriber_list import ListLine, address_in, plain_name
from monitor.store import mail_wishes, models
from monitor.store.again import tried_again

MOST_SHOWN = 500
LONGEST_HOW = 200
_SALT = "monitor.subscribe"
_MAC_BYTES = 18

Person = models.Person | None


@dataclass(frozen=True, slots=True)
class SubscriberLine:
    """One subscriber as listed."""

    id: str
    email: str
    name: str
    language: str
    state: str
    agreed_at: datetime | None
    agreed_how: str
    made_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of a pasted list with what would become of it: new, again (asked before), known, left, or why it cannot be used."""

    line: ListLine
    verdict: str


def listed(search: str = "") -> list[SubscriberLine]:
    """The subscribers by address; only those whose address or name holds a text when one is asked for."""
    rows = models.Subscriber.objects.order_by("email")
    if search.strip():
        rows = rows.filter(email__icontains=search.strip()[:100]) | rows.filter(name__icontains=search.strip()[:100])
    return [_told(row) for row in rows[:MOST_SHOWN]]


def counts() -> dict[tuple[str, str], int]:
    """How many by state and language."""
    rows = models.Subscriber.objects.values_list("state", "language").annotate(n=Count("pk"))
    return {(state, language): n for state, language, n in rows}


@tried_again
def add(email: str, name: str, language: str, how: str, person: Person, now: datetime) -> models.Subscriber:
    """Keep somebody who agreed, with how they did; whoever was asked or left counts as agreed from now on.

    Raises EditionRefused: address, how, known.
    """
    address = address_in(email)
    if not address:
        raise EditionRefused("address", f"{plain_name(email)[:80]!r} is no mail address.")
    said = plain_name(how)
    if not said:
        raise EditionRefused("how", "Write how they agreed: nobody receives editions who did not.")
    with transaction.atomic():
        row, made = _get_or_make(address, name, language, person, now)
        if not made and row.state == "agreed":
            raise EditionRefused("known", f"{address} receives the editions already.")
        _agree(row, said[:LONGEST_HOW], now)
    return row


@tried_again
def ask(email: str, name: str, language: str, person: Person, now: datetime) -> models.Subscriber:
    """Keep somebody who is to be asked by mail; the caller writes the letter. Raises EditionRefused: address, known, left."""
    address = address_in(email)
    if not address:
        raise EditionRefused("address", f"{plain_name(email)[:80]!r} is no mail address.")
    with transaction.atomic():
        row, _made = _get_or_make(address, name, language, person, now)
        if row.state == "agreed":
            raise EditionRefused("known", f"{address} receives the editions already.")
        if row.state == "left":
            raise EditionRefused("left", f"{address} left the editions and is not asked again.")
    return row


def judge(lines: Sequence[ListLine]) -> list[Judged]:
    """What would become of each line of a pasted list, in one query per five hundred lines."""
    emails = [line.email for line in lines if not line.wrong]
    there: dict[str, str] = {}
    for at in range(0, len(emails), 500):
        rows = models.Subscriber.objects.filter(email__in=emails[at : at + 500]).values_list("email", "state")
        there.update(rows)
    known = {"agreed": "known", "asked": "again", "left": "left"}
    return [Judged(line, line.wrong or known.get(there.get(line.email, ""), "new")) for line in lines]


@tried_again
def leave(key: uuid.UUID, now: datetime) -> SubscriberLine | None:
    """Take somebody off at once, with every message that waits for them; None when there is nobody."""
    row = models.Subscriber.objects.filter(uuid=key).first()
    if row is None:
        return None
    mail_wishes.stop(mail_wishes.Subscription("editions", "", row.language, row.state != "left", subscriber=row), now)
    row.refresh_from_db()
    return _told(row)


@tried_again
def erase(key: uuid.UUID, now: datetime) -> bool:
    """Forget somebody whole, as when they ask for it; what waits for them is not sent."""
    with transaction.atomic():
        if leave(key, now) is None:
            return False
        return bool(models.Subscriber.objects.filter(uuid=key).delete()[0])


def receivers(language: str) -> list[SubscriberLine]:
    """Those who agreed to receive the editions of a language, by address."""
    return [_told(row) for row in models.Subscriber.objects.filter(state="agreed", language=language).order_by("email")]


def still_agreed(key: str) -> bool:
    """Whether somebody still wants editions; inside a transaction they cannot leave until its end without their message going too."""
    return bool(models.Subscriber.objects.filter(uuid=key, state="agreed").update(state="agreed"))


# ── the question by mail ─────────────────────────────────────────────────────────────────────────────────────────────


def confirm_token(row: models.Subscriber) -> str:
    """The token by which somebody who was asked agrees."""
    return _token(row.uuid, row.token_epoch)


def by_token(token: str) -> models.Subscriber | None:
    """Whose token this is, compared in constant time; None for what is none."""
    if not token.isascii() or not 40 <= len(token) <= 60:
        return None
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(data) != 16 + _MAC_BYTES:
        return None
    owner = uuid.UUID(bytes=data[:16])
    row = models.Subscriber.objects.filter(uuid=owner).first()
    right = _token(owner, row.token_epoch if row is not None else "")
    return row if constant_time_compare(right, token) else None


@tried_again
def confirm(row: models.Subscriber, now: datetime) -> bool:
    """They agreed by the link; False when they had agreed before or have left (a link is no way back after leaving)."""
    how = "by the link in the desk’s mail"
    changed = models.Subscriber.objects.filter(pk=row.pk, state="asked").update(state="agreed", agreed_at=now, agreed_how=how)
    return bool(changed)


def _token(owner: uuid.UUID, epoch: str) -> str:
    mac = salted_hmac(_SALT, f"{owner}:{epoch}", algorithm="sha256").digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(owner.bytes + mac).decode().rstrip("=")


def _get_or_make(address: str, name: str, language: str, person: Person, now: datetime) -> tuple[models.Subscriber, bool]:
    kept = models.Subscriber.objects.filter(email=address).first()
    if kept is not None:
        return kept, False
    try:
        with transaction.atomic():
            made = models.Subscriber.objects.create(
                email=address, name=plain_name(name), language=language, made_at=now, made_by=person, token_epoch=secrets.token_hex(8)
            )
    except IntegrityError:  # somebody else was first
        return models.Subscriber.objects.get(email=address), False
    return made, True


def _agree(row: models.Subscriber, how: str, now: datetime) -> None:
    if row.state == "left":
        row.token_epoch = secrets.token_hex(8)  # the addresses in older mails end
    row.state, row.agreed_at, row.agreed_how, row.left_at = "agreed", now, how, None
    row.save()


def _told(row: models.Subscriber) -> SubscriberLine:
    agreed = (row.agreed_at, row.agreed_how)
    return SubscriberLine(str(row.uuid), row.email, row.name, row.language, row.state, *agreed, row.made_at, row.left_at)


def usable(judged: Iterable[Judged]) -> list[ListLine]:
    """The lines that would make somebody a subscriber."""
    return [one.line for one in judged if one.verdict in ("new", "again")]
