"""Who waits for a link to set a new password, and giving them one by mail in one transaction with the letter."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitor.records import Letter
from monitor.store import change_people, outbox
from monitor.store.again import tried_again
from monitor.store.models import Person
from monitor.store.people import name_of

MINUTES = int(change_people.RESET_LIFETIME.total_seconds() // 60)
MOST = 20
"""Requests answered in one go."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One person who asked, and the language their mail is in."""

    key: uuid.UUID
    email: str
    name: str
    language: str


def waiting() -> tuple[Waiting, ...]:
    """Everybody let in who has forgotten their password and was given no link yet, longest waiting first."""
    rows = Person.objects.filter(is_active=True).exclude(reset_asked_at=None).order_by("reset_asked_at")[:MOST]
    return tuple(_waiting(row) for row in rows)


@tried_again
def answer(key: uuid.UUID, now: datetime, letter_of: Callable[[Waiting, str], Letter]) -> bool:
    """Make the link and keep its letter (`letter_of` gets the person and the link's path); False when nobody waits any more."""
    with transaction.atomic():
        if not Person.objects.filter(uuid=key, is_active=True).exclude(reset_asked_at=None).exists():
            return False
        person, token = change_people.reset_link(key, None, now)
        outbox.keep(letter_of(_waiting(person), f"/reset/{token}"), now, person=person.pk)
    return True


def _waiting(row: Person) -> Waiting:
    return Waiting(row.uuid, row.email, name_of(row) if row.given_name or row.family_name else "", row.language)
