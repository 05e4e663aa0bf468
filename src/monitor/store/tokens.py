"""Personal tokens for programs: made, shown once, hashed at rest, found again in constant time, revoked for good."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.utils import OperationalError
from django.utils.crypto import constant_time_compare

from monitor.errors import PersonRefused
from monitor.store import models

SCOPES = ("read", "act")
"""What a token lets a program do: read; or read and act on leads."""
MOST = 20
"""Living tokens of one person."""
LONGEST_NAME = 80
_PREFIX = "desk_"  # so that tools which look for secrets in files can know one
_SHAPE = re.compile(r"desk_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})")
_NOBODY = hashlib.sha256(b"").hexdigest()
_USED_EVERY = timedelta(minutes=1)

log = logging.getLogger("monitor.store")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as listed: everything but its secret."""

    id: str
    name: str
    scope: str
    made_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token a program showed, and what it lets it do."""

    id: str
    scope: str
    person: models.Person


def make(person: models.Person, name: str, scope: str, now: datetime) -> tuple[Token, str]:
    """A new token and its text, which is kept nowhere; raises PersonRefused (token_name, token_scope, token_known, token_many)."""
    told = name.strip()
    if not told or len(told) > LONGEST_NAME or not told.isprintable():
        raise PersonRefused("token_name", f"Write a name of at most {LONGEST_NAME} characters.")
    if scope not in SCOPES:
        raise PersonRefused("token_scope", "Choose what the token may do.")
    if models.ApiToken.objects.filter(person=person, revoked_at=None).count() >= MOST:
        raise PersonRefused("token_many", f"At most {MOST} tokens; revoke one you no longer need.")
    secret = secrets.token_bytes(32)
    row = models.ApiToken(person=person, name=told, scope=scope, secret_hash=_hash(secret), made_at=now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise PersonRefused("token_known", f"You have a token named {told} already.") from None
    return _token(row), f"{_PREFIX}{_text(row.uuid.bytes)}{_text(secret)}"


def of(person: models.Person) -> list[Token]:
    """A person's living tokens, the newest first."""
    return [_token(row) for row in models.ApiToken.objects.filter(person=person, revoked_at=None).order_by("-made_at", "-pk")]


def revoke(person: models.Person, token: uuid.UUID, now: datetime) -> Token | None:
    """End one of a person's tokens for good; None when they have no such living token."""
    row = models.ApiToken.objects.filter(person=person, uuid=token, revoked_at=None).first()
    if row is None or not models.ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=now):
        return None
    return _token(row)


def holder(text: str, now: datetime) -> Holder | None:
    """Whose living token this is, or None; the secret is compared in constant time, and the use is noted once a minute at most."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    key, secret = _bytes(shape[1]), _bytes(shape[2])
    row = models.ApiToken.objects.filter(uuid=uuid.UUID(bytes=key)).select_related("person").first()
    right = constant_time_compare(row.secret_hash if row is not None else _NOBODY, _hash(secret))
    if row is None or not right or row.revoked_at is not None or not row.person.is_active:
        return None
    _note_use(row, now)
    return Holder(str(row.uuid), row.scope, row.person)


def _note_use(row: models.ApiToken, now: datetime) -> None:
    if row.last_used_at is not None and now - row.last_used_at < _USED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USED_EVERY)
    try:
        models.ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    except OperationalError as busy:  # a read must not fail because another process is writing
        log.warning("the last use of a token was not noted: %s", str(busy).strip()[:200])


def _token(row: models.ApiToken) -> Token:
    return Token(str(row.uuid), row.name, row.scope, row.made_at, row.last_used_at)


def _hash(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()  # 256 random bits need no slow hash


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
