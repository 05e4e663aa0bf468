"""What an admin changes about people: role, in or out, sessions, links for those who forgot their password.

The desk is never left without an admin: whoever could be the last one is changed under a lock on every admin's row, so that two admins
who send each other away at the same moment do it one after the other. Each change leaves an event.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from monitor.errors import PersonRefused
from monitor.pipeline.addresses import mail_address
from monitor.store import mail_wishes, models, outbox, people, triage
from monitor.store.again import tried_again
from monitor.store.models import Person

RESET_LIFETIME = timedelta(hours=1)
"""How long a link to set a new password works (docs/security.md, reset)."""


@tried_again
def change_role(key: uuid.UUID, role: str, by: Person | None, now: datetime, *, seen: str = "") -> Person:
    """Give a person another role; `seen` is the role the admin saw. Raises PersonRefused: role, nobody, meanwhile, last-admin."""
    people.role_of(role)
    with transaction.atomic():
        person = _held(key)
        if seen and person.role != seen:
            raise PersonRefused("meanwhile", f"{person.email} is {person.role} by now; nothing was changed.")
        if person.role == role:
            return person
        if role != "admin":
            _not_the_last(person)
        note = f"{person.role} {role}"
        person.role = role
        if person.has_usable_password():  # they sign in anew (docs/security.md, auth); without a password they could not
            person.epoch += 1
        person.save(update_fields=["role", "epoch"])
        tell(person, "role", by, now, note)
    return person


@tried_again
def shut_out(key: uuid.UUID, by: Person | None, now: datetime) -> int:
    """Let a person in no more: sessions and links end, claims go back to the queue, mail that waits for them is not sent, all else is kept.

    Returns how many claims were handed back.

    Raises PersonRefused: nobody, meanwhile (they are out already), last-admin, yourself.
    """
    with transaction.atomic():
        person = _held(key)
        if not person.is_active:
            raise PersonRefused("meanwhile", f"{person.email} is shut out already.")
        if by is not None and by.pk == person.pk:
            raise PersonRefused("yourself", "Nobody shuts themselves out; ask another admin.")
        _not_the_last(person)
        person.is_active, person.epoch, person.reset_asked_at = False, person.epoch + 1, None
        person.save(update_fields=["is_active", "epoch", "reset_asked_at"])
        models.OneTimeLink.objects.filter(person=person, used_at=None).delete()
        mail_wishes.held(person.pk, now)
        outbox.take_back(models.OutboxMessage.objects.filter(person=person), now, "")
        given_back = _hand_back(person, now)
        tell(person, "shut_out", by, now)
    return given_back


@tried_again
def let_in(key: uuid.UUID, by: Person | None, now: datetime) -> Person:
    """Let a person in again, with the role and password they had. Raises PersonRefused: nobody, meanwhile."""
    with transaction.atomic():
        person = _held(key)
        if person.is_active:
            raise PersonRefused("meanwhile", f"{person.email} is in already.")
        person.is_active = True
        person.save(update_fields=["is_active"])
        tell(person, "let_in", by, now)
    return person


@tried_again
def sign_out_everywhere(key: uuid.UUID, by: Person | None, now: datetime) -> Person:
    """End every session and unused link of a person; raises PersonRefused when nobody is there."""
    with transaction.atomic():
        if not Person.objects.filter(uuid=key).update(epoch=F("epoch") + 1):
            raise _nobody()
        person = Person.objects.get(uuid=key)
        models.OneTimeLink.objects.filter(person=person, used_at=None).delete()
        tell(person, "signed_out", by, now)
    return person


def ask_reset(email: str, now: datetime) -> None:
    """Somebody at the sign-in page has forgotten the password of this address: the admin will see it. Nothing tells whether it is known.

    The same one statement is sent for a known and for an unknown address.
    """
    Person.objects.filter(email=mail_address(email), is_active=True).update(reset_asked_at=now)


@tried_again
def reset_link(key: uuid.UUID, by: Person | None, now: datetime) -> tuple[Person, str]:
    """A link by which a person sets a new password within the hour; earlier ones stop working. Raises PersonRefused: nobody, out."""
    with transaction.atomic():
        person = _held(key)
        if not person.is_active:
            raise PersonRefused("out", f"{person.email} is shut out; let them in first.")
        person.reset_asked_at = None
        person.save(update_fields=["reset_asked_at"])
        models.OneTimeLink.objects.filter(person=person, purpose="reset", used_at=None).delete()
        token = people.make_link(person, "reset", now, RESET_LIFETIME)
        tell(person, "reset_link", by, now)
    return person, token


def dismiss_reset(key: uuid.UUID) -> None:
    """Nobody needs a link after all."""
    Person.objects.filter(uuid=key).update(reset_asked_at=None)


def tell(person: Person, kind: str, by: Person | None, now: datetime, note: str = "") -> None:
    """Keep what was done about a person; inside the transaction that does it."""
    models.PersonEvent.objects.create(person=person, kind=kind, by=by, at=now, note=note)


def _hand_back(person: Person, now: datetime) -> int:
    claimed = models.Lead.objects.filter(status="claimed", claimed_by=person).order_by("pk").values_list("uuid", flat=True)
    return sum(triage.release(lead, person, now).changed for lead in list(claimed))


def _held(key: uuid.UUID) -> Person:
    """The person, their row locked together with every admin's, always in the same order; raises PersonRefused."""
    locked = Person.objects.select_for_update().filter(Q(uuid=key) | Q(role="admin")).order_by("pk")
    found = next((person for person in locked if person.uuid == key), None)
    if found is None:
        raise _nobody()
    return found


def _not_the_last(person: Person) -> None:
    if person.role == "admin" and person.is_active and not _other_admins(person):
        raise PersonRefused("last-admin", f"{person.email} is the only admin; make somebody else admin first.")


def _other_admins(person: Person) -> bool:
    return Person.objects.filter(role="admin", is_active=True).exclude(pk=person.pk).exists()


def _nobody() -> PersonRefused:
    return PersonRefused("nobody", "There is no such person at this desk.")
