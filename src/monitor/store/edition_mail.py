"""How far the sending of an edition is: its messages in the outbox, one a subscriber, never two."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet

from monitor.pipeline.outbox import lives_until
from monitor.records import Letter
from monitor.store import due, models, outbox, subscribers
from monitor.store.again import tried_again

KIND = "edition"
WAITING = ("pending", "deferred", "handed", "uncertain")
LEASE = timedelta(minutes=10)
"""Longer than ten thousand mails take to be made."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Messages of an edition by what became of them; `to_go` are subscribers who agreed and have none yet.

    `being_made`: a job makes those; `trouble`: why it could not. `unknown`: the server fell silent, and they are not tried again;
    `under_way`: those of the waiting that are due some time.
    """

    made: int
    sent: int
    waiting: int
    failed: int
    to_go: int
    states: tuple[tuple[str, int], ...]
    being_made: bool = False
    trouble: str = ""
    unknown: int = 0
    under_way: int = 0


@dataclass(frozen=True, slots=True)
class ToMake:
    """A claimed edition whose mails are to be made."""

    key: int
    token: str
    edition: uuid.UUID
    with_pdf: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """One message that will not arrive by itself, and why."""

    recipient: str
    state: str
    why: str


def progress(edition: models.Edition) -> Progress:
    """How far it is, in three queries."""
    rows = models.OutboxMessage.objects.filter(kind=KIND, key=str(edition.uuid))
    counted = list(rows.values_list("state").annotate(n=Count("pk"), due=Count("due_at")))
    states, tried = {state: n for state, n, _ in counted}, {state: n for state, _, n in counted}
    receivers = models.Subscriber.objects.filter(state="agreed", language=edition.language)
    to_go = receivers.exclude(email__in=rows.values("recipient")).count()
    unknown = states.get("uncertain", 0) - tried.get("uncertain", 0)
    waiting = sum(states.get(state, 0) for state in WAITING) - unknown
    under_way = sum(tried.get(state, 0) for state in WAITING)
    sent, made = states.get("sent", 0), sum(states.values())
    wish = models.ToMail.objects.filter(edition=edition).first()
    told = (wish.attempts < due.GIVE_UP_AFTER and wish.due_at is not None, wish.last_error) if wish else (False, "")
    failed = made - sent - waiting - unknown
    return Progress(made, sent, waiting, failed, to_go, tuple(sorted(states.items())), *told, unknown, under_way)


def missed(edition: models.Edition, most: int = 50) -> list[Missed]:
    """The messages that failed, were refused or taken back."""
    away = ("failed", "suppressed", "expired", "cancelled")
    rows = models.OutboxMessage.objects.filter(kind=KIND, key=str(edition.uuid), state__in=away).order_by("recipient")
    return [Missed(row.recipient, row.state, row.last_error) for row in rows.only("recipient", "state", "last_error")[:most]]


def without_message(edition: models.Edition, most: int, since: str = "") -> list[tuple[str, str, str]]:
    """Subscribers who agreed and have no message of it yet, by their addresses after `since`: id, address, name."""
    have = models.OutboxMessage.objects.filter(kind=KIND, key=str(edition.uuid)).values("recipient")
    rows = models.Subscriber.objects.filter(state="agreed", language=edition.language, email__gt=since)
    rows = rows.exclude(email__in=have).order_by("email")
    return [(str(row.uuid), row.email, row.name) for row in rows[:most]]


def ask(edition: models.Edition, now: datetime, *, with_pdf: bool) -> None:
    """Let the mails of an edition be made, inside the transaction that publishes it."""
    wish = {"with_pdf": with_pdf, "asked_at": now, "due_at": now, "claim_token": "", "attempts": 0, "last_error": ""}
    models.ToMail.objects.update_or_create(edition=edition, defaults=wish)


def claim(now: datetime, *, worker: str) -> ToMake | None:
    """The next edition whose mails are to be made; None when there is none, or it was withdrawn at this moment."""
    token, keys = due.claim(models.ToMail, now, limit=1, lease=LEASE, worker=worker)
    if not keys:
        return None
    row = models.ToMail.objects.select_related("edition").filter(pk=keys[0], claim_token=token).first()
    if row is None:
        return None
    return ToMake(keys[0], token, row.edition.uuid, row.with_pdf)


@tried_again
def done(wish: ToMake) -> bool:
    """All its mails are made; False when somebody asked anew meanwhile."""
    return models.ToMail.objects.filter(pk=wish.key, claim_token=wish.token).delete()[0] == 1


def later(wish: ToMake, now: datetime) -> None:
    """The worker ends: another goes on."""
    due.hand_back(models.ToMail, [wish.key], wish.token, now)


def broke(wish: ToMake, reason: str) -> None:
    """It failed for a reason of our own; it is tried again when the lease is over."""
    due.fail(models.ToMail, wish.key, wish.token, reason)


@tried_again
def keep_all(letters: Iterable[tuple[str, Letter]], now: datetime) -> int:
    """Put messages of subscribers into the outbox, all of them or none; how many are new there."""
    with transaction.atomic():
        return sum(keep(subscriber, letter, now) for subscriber, letter in letters)


@tried_again
def keep(subscriber: str, letter: Letter, now: datetime) -> bool:
    """Put a subscriber's message into the outbox, unless they left or the edition was withdrawn meanwhile, or they have it already."""
    with transaction.atomic():
        return _published(letter.key) and subscribers.still_agreed(subscriber) and outbox.keep(letter, now) is not None


def _published(edition: str) -> bool:
    """Whether an edition is published; until the end of the transaction nobody can withdraw it without the message going, too."""
    return bool(models.Edition.objects.filter(uuid=edition, state="published").update(state="published"))


def take_back(edition: models.Edition, now: datetime) -> int:
    """Cancel the messages of a withdrawn edition that still wait, and make no more, inside the caller's transaction; how many."""
    models.ToMail.objects.filter(edition=edition, due_at=None).delete()  # of a restored copy: only who presses Send again mails those
    models.ToMail.objects.filter(edition=edition).update(due_at=None, claim_token="")  # a worker in the middle finishes on its token only
    return outbox.take_back(_messages(edition), now, outbox.WITHDRAWN)


def bring_back(edition: models.Edition, now: datetime) -> int:
    """Let wait again what withdrawing took back, for those who still want editions, inside the caller's transaction; how many.

    Mails that were not made yet when it was withdrawn are made now; they are not among the number.
    """
    models.ToMail.objects.filter(edition=edition).update(due_at=now, claim_token="", attempts=0, last_error="")
    subscribed = models.Subscriber.objects.filter(state="agreed", language=edition.language)
    held = subscribed.filter(email__in=_messages(edition).filter(state="cancelled").values("recipient")).select_for_update().order_by("pk")
    wanted = [one.email for one in held]  # who leaves now waits, and finds the message among those that wait
    rows = outbox.taken_back(_messages(edition).filter(recipient__in=wanted), outbox.WITHDRAWN)
    return outbox.bring_back(rows, now, expires_at=lives_until(KIND, now))


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of the messages of a withdrawn edition: gone out before, on their way and not to be stopped, taken back."""

    sent: int
    on_the_way: int
    taken_back: int


def withdrawn(edition: models.Edition) -> Withdrawn:
    """Whom a withdrawn edition has reached by mail all the same."""
    states = dict(_messages(edition).values_list("state").annotate(n=Count("pk")))
    taken = len(outbox.taken_back(_messages(edition), outbox.WITHDRAWN))
    return Withdrawn(states.get("sent", 0), states.get("handed", 0) + states.get("uncertain", 0), taken)


def _messages(edition: models.Edition) -> QuerySet[models.OutboxMessage]:
    return models.OutboxMessage.objects.filter(kind=KIND, key=str(edition.uuid))
