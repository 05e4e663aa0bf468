"""Invitations: a place at the desk kept for an address with a role, taken by whoever opens its one-time link."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from monitor.errors import PersonRefused
from monitor.store import people
from monitor.store.again import tried_again
from monitor.store.change_people import tell
from monitor.store.models import Invitation, Person

LIFETIME = timedelta(days=3)
FORGOTTEN_AFTER = timedelta(days=30)
"""An ended or lapsed invitation is cleared a month later: it holds an address of somebody who may never have come."""


@dataclass(frozen=True, slots=True)
class Invited:
    """One open invitation as listed; `lapsed` ones can only be renewed or revoked."""

    id: str
    email: str
    role: str
    language: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    lapsed: bool


@tried_again
def invite(email: str, role: str, language: str, by: Person | None, now: datetime) -> tuple[Invitation, str]:
    """Keep a place for an address; the invitation and its token, of which only the hash is kept. An earlier one of the address ends.

    Raises PersonRefused: address, role, language, known.
    """
    address = people.address_of(email)
    people.role_of(role)
    people.language_of(language)
    if Person.objects.filter(email=address).exists():
        raise PersonRefused("known", f"{address} is already a person of this desk.")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(expires_at__lt=now - FORGOTTEN_AFTER).delete()
        Invitation.objects.filter(email=address, ended_at=None).update(ended_at=now)
        made = Invitation.objects.create(
            email=address,
            role=role,
            language=language,
            token_hash=people.hash_of(token),
            made_at=now,
            made_by=by,
            expires_at=now + LIFETIME,
        )
    return made, token


def renew(key: uuid.UUID, by: Person | None, now: datetime) -> tuple[Invitation, str]:
    """A new link for an open invitation, good from now; the old link ends. Raises PersonRefused: ended, and what `invite` raises."""
    old = Invitation.objects.filter(uuid=key, ended_at=None).first()
    if old is None:
        raise _ended()
    return invite(old.email, old.role, old.language, by, now)


def revoke(key: uuid.UUID, now: datetime) -> Invitation:
    """End an open invitation; raises PersonRefused (ended) when it was accepted or revoked meanwhile."""
    if not Invitation.objects.filter(uuid=key, ended_at=None).update(ended_at=now):
        raise _ended()
    return Invitation.objects.get(uuid=key)


def open_invitations(now: datetime) -> tuple[Invited, ...]:
    """Every invitation that was neither accepted nor revoked, newest first."""
    rows = Invitation.objects.filter(ended_at=None).select_related("made_by").order_by("-made_at", "-pk")
    return tuple(
        Invited(
            id=str(row.uuid),
            email=row.email,
            role=row.role,
            language=row.language,
            made_at=row.made_at,
            made_by=people.name_of(row.made_by),
            expires_at=row.expires_at,
            lapsed=row.expires_at <= now,
        )
        for row in rows
    )


def of_token(token: str, now: datetime) -> Invitation | None:
    """The invitation a token stands for, if it can be taken now; looking does not use it."""
    return Invitation.objects.filter(token_hash=people.hash_of(token), ended_at=None, expires_at__gt=now).first()


@tried_again
def accept(token: str, given: str, family: str, language: str, password: str, now: datetime) -> Person | None:
    """Take the place: the person with the invited address and role, or None when the link was used, revoked or its time is over.

    `password` may be "". Raises PersonRefused: language, known (somebody with this address came in another way).
    """
    people.language_of(language)
    with transaction.atomic():
        place = of_token(token, now)
        if place is None or not Invitation.objects.filter(pk=place.pk, ended_at=None).update(ended_at=now):
            return None
        person = people.add(place.email, given, family, place.role, language, now)
        if password:
            people.set_password(person, password)
        Invitation.objects.filter(pk=place.pk).update(person=person)
        tell(person, "joined", place.made_by, now, place.role)
    return person


def _ended() -> PersonRefused:
    return PersonRefused("ended", "This invitation was accepted or revoked meanwhile.")
