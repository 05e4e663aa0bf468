"""The people of the desk: who they are, what role they have, and the one-time links that let them in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from monitor.errors import PersonRefused, UsageError
from monitor.pipeline.addresses import mail_address
from monitor.store import models
from monitor.store.models import Person

Purpose = Literal["sign-in", "invite", "reset"]

ROLES = ("contributor", "editor", "admin")
LANGUAGES = ("fr", "en")
PURPOSES: tuple[Purpose, ...] = ("sign-in", "invite", "reset")
LONGEST_ADDRESS = 254
LIFETIME = timedelta(hours=1)
"""How long a one-time link works unless its maker says otherwise."""
FIRST_ADMIN = "editor@desk.localhost"
"""The account made when nobody exists; .localhost can never receive mail, so it stands for no real mailbox."""
FAILURES_ALLOWED = 10
FAILURE_WINDOW = timedelta(minutes=15)
"""Ten failed sign-ins an account and address in a quarter of an hour; then the answer is "later" (docs/security.md, auth)."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person as listed: everything that may be printed."""

    id: str
    email: str
    given: str
    family: str
    role: str
    language: str
    active: bool
    has_password: bool
    joined_at: datetime


def add(email: str, given: str, family: str, role: str, language: str, now: datetime) -> Person:
    """Take a person in, without a password; raises PersonRefused for a bad or known address, role or language."""
    person = Person(email=address_of(email), given_name=given.strip()[:80], family_name=family.strip()[:80])
    person.role, person.language, person.joined_at = role_of(role), language_of(language), now
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise PersonRefused("known", f"{person.email} is already a person of this desk.") from None
    return person


def find(email: str) -> Person:
    """The person with this address, whatever its capitals; raises PersonRefused when there is none."""
    person = Person.objects.filter(email=address_of(email)).first()
    if person is None:
        raise PersonRefused("nobody", f"Nobody of this desk has the address {email.strip()[:254]}.")
    return person


def name_of(person: Person | None) -> str:
    """A person's name, or their address when they have none; "" for nobody."""
    return (f"{person.given_name} {person.family_name}".strip() or person.email) if person is not None else ""


def list_all() -> tuple[Member, ...]:
    """Everybody, by family name, given name and address."""
    rows = Person.objects.order_by("family_name", "given_name", "email")
    return tuple(
        Member(
            id=str(row.uuid),
            email=row.email,
            given=row.given_name,
            family=row.family_name,
            role=row.role,
            language=row.language,
            active=row.is_active,
            has_password=row.has_usable_password(),
            joined_at=row.joined_at,
        )
        for row in rows
    )


def set_language(person: Person, language: str) -> None:
    """Keep the language a person reads the desk in; raises UsageError for one it does not speak."""
    person.language = language_of(language)
    person.save(update_fields=["language"])


def set_names(person: Person, given: str, family: str) -> None:
    """Keep a person's names, cut at 80 characters each."""
    person.given_name, person.family_name = given.strip()[:80], family.strip()[:80]
    person.save(update_fields=["given_name", "family_name"])


def follow(person: Person, *, languages: Sequence[str], sections: Sequence[str], themes: Sequence[str]) -> None:
    """Keep what a person reads and follows: codes and ids the caller has checked, each once, in their order."""
    person.languages_read = list(dict.fromkeys(languages))
    person.sections_followed = list(dict.fromkeys(sections))
    person.themes_followed = list(dict.fromkeys(themes))
    person.save(update_fields=["languages_read", "sections_followed", "themes_followed"])


def set_password(person: Person, password: str) -> None:
    """Set a password; every unused link of the person stops working, and other sessions end by their session hash."""
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        models.OneTimeLink.objects.filter(person=person, used_at=None).delete()


def first_admin(now: datetime) -> Person | None:
    """Make the first admin when the desk has none, also when an admin let other people in first; None when there is one."""
    if an_admin() is not None:
        return None
    try:
        return add(FIRST_ADMIN, "", "", "admin", "fr", now)
    except UsageError:  # another process was first, or the address belongs to somebody who may not come in any more
        return None


def an_admin() -> Person | None:
    """An active admin of the desk, the longest there; None when nobody is."""
    return Person.objects.filter(role="admin", is_active=True).order_by("joined_at", "pk").first()


def make_link(person: Person, purpose: Purpose, now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """A token that lets this person in once until `now + lifetime`; only its hash is kept, and lapsed links are cleared."""
    if purpose not in PURPOSES:
        raise UsageError(f"There is no link for {purpose!r}; links are for {', '.join(PURPOSES)}.")
    token = secrets.token_urlsafe(32)
    models.OneTimeLink.objects.filter(expires_at__lt=now - timedelta(days=7)).delete()
    models.OneTimeLink.objects.create(
        person=person, purpose=purpose, token_hash=hash_of(token), made_at=now, expires_at=now + lifetime, bound=hash_of(person.password)
    )
    return token


def link_works(token: str, now: datetime, purpose: Purpose | None = None) -> bool:
    """Whether a token would let somebody in now; looking does not use it."""
    return _live(token, purpose, now) is not None


def whose_link(token: str, purpose: Purpose, now: datetime) -> Person | None:
    """Who a token would let in now, or None; looking does not use it."""
    link = _live(token, purpose, now)
    return link.person if link is not None else None


def use_link(token: str, purpose: Purpose | None, now: datetime) -> Person | None:
    """Use a token up; the person it lets in, or None when it is unknown, used, lapsed or for another purpose.

    Without a purpose it is a link to sign in: any but a reset, which must set a password first. The use is one compare-and-swap on
    `used_at`, so of two who come at once only one gets in.
    """
    link = _live(token, purpose, now)
    if link is None or not models.OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        return None
    return link.person


def attempt_allowed(account: str, address: str, now: datetime) -> bool:
    """Count one attempt to sign in and say whether it may go on; counted first, so parallel guesses are all seen."""
    models.SignInAttempt.objects.filter(at__lte=now - FAILURE_WINDOW).delete()
    key = _attempt_key(account, address)
    models.SignInAttempt.objects.create(key=key, at=now)
    return models.SignInAttempt.objects.filter(key=key).count() <= FAILURES_ALLOWED


def forget_attempts(account: str, address: str) -> None:
    """A sign-in succeeded: its failures no longer count."""
    models.SignInAttempt.objects.filter(key=_attempt_key(account, address)).delete()


def _live(token: str, purpose: Purpose | None, now: datetime) -> models.OneTimeLink | None:
    """The link a token stands for if it works now: not used, not lapsed, its person not shut out and with the password it was made for."""
    good = models.OneTimeLink.objects.filter(token_hash=hash_of(token), used_at=None, expires_at__gt=now, person__is_active=True)
    good = good.exclude(purpose="reset") if purpose is None else good.filter(purpose=purpose)
    link = good.select_related("person").first()
    return link if link is not None and link.bound in ("", hash_of(link.person.password)) else None


def hash_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _attempt_key(account: str, address: str) -> str:
    return salted_hmac("monitor.sign-in", f"{mail_address(account)}\n{address}", algorithm="sha256").hexdigest()


def address_of(email: str) -> str:
    """An e-mail address as the desk keeps it and mail servers carry it; raises PersonRefused for what is none."""
    address = mail_address(email)
    try:
        if len(address) > LONGEST_ADDRESS or not address.isascii():
            raise ValidationError("too long, or with letters mail servers do not carry")
        validate_email(address)
    except ValidationError:
        raise PersonRefused("address", f"{email.strip()[:80]!r} is no e-mail address{_accents(email)}.") from None
    return address


def _accents(email: str) -> str:
    """What to write instead when only letters before the @ are in the way; a domain may have any."""
    return "" if email.rpartition("@")[0].isascii() else ": before the @ it takes letters without accents only"


def role_of(role: str) -> str:
    """The role, if there is one of that name; else raises PersonRefused."""
    if role not in ROLES:
        raise PersonRefused("role", f"There is no role {role[:40]!r}; roles are {', '.join(ROLES)}.")
    return role


def language_of(language: str) -> str:
    """The language, if the desk speaks it; else raises PersonRefused."""
    if language not in LANGUAGES:
        raise PersonRefused("language", f"The desk does not speak {language[:40]!r}; languages are {', '.join(LANGUAGES)}.")
    return language
