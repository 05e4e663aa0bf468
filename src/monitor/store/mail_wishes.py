"""What people wish of mail, and the addresses that end a stream of it without signing in.

A token is worked out, never stored: who (a person's or subscriber's id), which stream, and a keyed hash of both with an epoch. Whoever
has it can stop that one stream and start it again, nothing else. A stream switched on again on a person's own page gets a new epoch: the
addresses in older mails of it end (docs/security.md, unsubscribe).
"""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from monitor.records import MailWish
from monitor.store import models, outbox
from monitor.store.again import tried_again

STREAMS = {"digest": b"d", "alerts": b"a", "alert": b"r", "editions": b"e"}
"""The first part of a stream's name and the byte it has in a token."""
_KINDS = {mark: name for name, mark in STREAMS.items()}
_SALT = "monitor.unsubscribe"
_MAC_BYTES = 18
_SIZES = {b"d": 17, b"a": 17, b"r": 33, b"e": 17}


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a token stands for: one stream of one person or subscriber; `on` says whether they receive it now."""

    stream: str
    rule_name: str  # of an alert rule's stream
    language: str
    on: bool
    person: models.Person | None = None
    subscriber: models.Subscriber | None = None


def wishes_of(person_id: int) -> MailWish:
    """What a person wants by mail, by their row; the defaults when they never said."""
    return wishes_of_all([person_id])[person_id]


def wishes_of_all(person_ids: list[int]) -> dict[int, MailWish]:
    """What several people want, in two queries."""
    kept = {row.person_id: row for row in models.MailWishes.objects.filter(person__in=person_ids)}
    left: dict[int, set[str]] = {key: set() for key in person_ids}
    for person, rule in models.AlertLeft.objects.filter(person__in=person_ids).values_list("person_id", "rule__uuid"):
        left[person].add(str(rule))
    return {key: _wish(kept.get(key), left[key]) for key in person_ids}


def _wish(row: models.MailWishes | None, left: Iterable[str] = ()) -> MailWish:
    if row is None:
        return MailWish(rules_off=frozenset(left))
    days = tuple(row.digest_days)
    return MailWish(row.digest, days, row.alerts, row.quiet_from, row.quiet_to, frozenset(left))


@tried_again
def change(person_id: int, now: datetime, **values: Any) -> MailWish:
    """Keep what a person wants: digest, digest_days, alerts, quiet_from, quiet_to; what is switched off is taken back from the outbox."""
    with transaction.atomic():
        row = held(person_id, now)
        before = _wish(row)
        for name, value in values.items():
            setattr(row, name, sorted(value) if name == "digest_days" else value)
        row.changed_at = now
        after = _wish(row)
        for stream, mark in (("digest", "d"), ("alerts", "a")):
            if after.takes(stream) and not before.takes(stream):
                row.token_epoch = _renewed(row.token_epoch, mark)
            if before.takes(stream) and not after.takes(stream):
                _take_back(_messages(person_id, stream), now)
        row.save()
    return wishes_of(person_id)


def held(person_id: int, now: datetime) -> models.MailWishes:
    """A person's wishes, held until the caller's transaction ends: who leaves and who is being told wait for each other."""
    row, _made = models.MailWishes.objects.select_for_update().get_or_create(person_id=person_id, defaults={"changed_at": now})
    return row


def unsubscribe_token(person_id: int, stream: str) -> str:
    """The token that ends one stream (digest, alerts, alert:<rule's id>) of the person with this row; raises ValueError for no stream."""
    columns = models.Person.objects.values_list("uuid", "mail_wishes__token_epoch")
    owner, epoch = columns.get(pk=person_id)
    return _token(owner, stream, epoch or "")


def subscriber_token(subscriber: uuid.UUID) -> str:
    """The token that ends the editions of a subscriber; empty when they were erased."""
    epoch = models.Subscriber.objects.filter(uuid=subscriber).values_list("token_epoch", flat=True).first()
    return _token(subscriber, "editions", epoch) if epoch is not None else ""


def read(token: str) -> Subscription | None:
    """What a token stands for; None for what is none, has ended, or belongs to nobody any more."""
    shape = _shape(token)
    if shape is None:
        return None
    owner, stream = shape
    found = _of_subscriber(owner) if stream == "editions" else _of_person(owner, stream)
    right = _token(owner, stream, _epoch_of(found))
    return found if constant_time_compare(right, token) else None


def stop(found: Subscription, now: datetime) -> None:
    """End the stream at once: wish and waiting messages in one transaction. Doing it again changes nothing."""
    _set(found, now, on=False)


def come_back(found: Subscription, now: datetime) -> None:
    """Take the stream up again from now on, by the same address; what was taken back is not sent."""
    _set(found, now, on=True)


@tried_again
def _set(found: Subscription, now: datetime, *, on: bool) -> None:
    with transaction.atomic():
        if found.subscriber is not None:
            _set_subscriber(found.subscriber.pk, now, on=on)
        elif found.person is not None:
            _set_person(found.person.pk, found.stream, now, on=on)


def _set_subscriber(key: int, now: datetime, *, on: bool) -> None:
    rows = models.Subscriber.objects.filter(pk=key)
    if on:
        rows.filter(state="left").update(state="agreed", agreed_at=now, left_at=None, agreed_how="came back by the address in a mail")
        return
    rows.exclude(state="left").update(state="left", left_at=now)
    email = rows.values_list("email", flat=True).first() or ""
    theirs = Q(kind="edition") | Q(kind="notice", key__startswith="subscribe:")  # the question whether they want them, too
    _take_back(models.OutboxMessage.objects.filter(theirs, recipient__iexact=email), now)


def _set_person(key: int, stream: str, now: datetime, *, on: bool) -> None:
    kind, _sep, rule = stream.partition(":")
    if kind == "alert":
        _leave_rule(key, rule, now, on=on)
    else:
        row = held(key, now)
        setattr(row, kind, on)
        row.changed_at = now
        row.save()
    if not on:
        _take_back(_messages(key, stream), now)


def _leave_rule(key: int, rule: str, now: datetime, *, on: bool) -> None:
    held(key, now)
    left = models.AlertLeft.objects.filter(person_id=key, rule__uuid=rule)
    if on:
        left.delete()
    elif not left.exists():
        models.AlertLeft.objects.create(person_id=key, rule=models.AlertRule.objects.get(uuid=rule), at=now)


def _messages(person_id: int, stream: str) -> QuerySet[models.OutboxMessage]:
    kind, _sep, rule = stream.partition(":")
    mine = models.OutboxMessage.objects.filter(person=person_id)
    if kind == "digest":
        return mine.filter(kind="digest")
    mine = mine.filter(kind="alert")
    return mine.filter(alerts__alert__rule__uuid=rule) if rule else mine


def _take_back(messages: QuerySet[models.OutboxMessage], now: datetime) -> None:
    """Cancel what waits; what a worker has claimed but not handed over loses its claim, so that it is not handed over."""
    outbox.take_back(messages, now, outbox.UNSUBSCRIBED)


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_person(owner: uuid.UUID, stream: str) -> Subscription | None:
    person = models.Person.objects.filter(uuid=owner, is_active=True).select_related("mail_wishes").first()
    if person is None:
        return None
    kind, _sep, rule = stream.partition(":")
    if kind != "alert":
        return Subscription(stream, "", person.language, _wish(getattr(person, "mail_wishes", None)).takes(stream), person=person)
    name = models.AlertRule.objects.filter(uuid=rule).values_list("name", flat=True).first()
    on = not models.AlertLeft.objects.filter(person=person, rule__uuid=rule).exists()
    return Subscription(stream, name, person.language, on, person=person) if name is not None else None


def _of_subscriber(owner: uuid.UUID) -> Subscription | None:
    row = models.Subscriber.objects.filter(uuid=owner).first()
    return Subscription("editions", "", row.language, row.state != "left", subscriber=row) if row is not None else None


def _epoch_of(found: Subscription | None) -> str:
    if found is None:
        return ""
    if found.subscriber is not None:
        return found.subscriber.token_epoch
    kept = getattr(found.person, "mail_wishes", None)
    return kept.token_epoch if kept is not None else ""


def _shape(token: str) -> tuple[uuid.UUID, str] | None:
    if not token.isascii() or not 40 <= len(token) <= 80:
        return None
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mark = data[:1]
    if len(data) != _SIZES.get(mark, 0) + _MAC_BYTES:
        return None
    rule = f":{uuid.UUID(bytes=data[17:33])}" if mark == b"r" else ""
    return uuid.UUID(bytes=data[1:17]), _KINDS[mark] + rule


def _token(owner: uuid.UUID, stream: str, epochs: str) -> str:
    kind, _sep, rule = stream.partition(":")
    if kind not in STREAMS or bool(rule) != (kind == "alert"):
        raise ValueError(f"there is no stream {stream[:60]!r}")
    body = STREAMS[kind] + owner.bytes + (uuid.UUID(rule).bytes if rule else b"")
    epoch = epochs if kind == "editions" else _part(epochs, "d" if kind == "digest" else "a")
    mac = salted_hmac(_SALT, body.hex() + f":{epoch}", algorithm="sha256").digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(body + mac).decode().rstrip("=")


def _part(epochs: str, mark: str) -> str:
    """The epoch of digests (d) or alerts (a) out of both, kept as `d12ab34cd.a56ef78ab`."""
    return next((part for part in epochs.split(".") if part.startswith(mark)), "")


def _renewed(epochs: str, mark: str) -> str:
    others = [part for part in epochs.split(".") if part and not part.startswith(mark)]
    return ".".join(sorted([*others, mark + secrets.token_hex(4)]))
