"""The private part of a person's feed addresses: a keyed hash nobody can make up, which a new epoch makes worthless.

Nothing secret is stored: the token is worked out from the desk's secret key, the person and their epoch, so that every page can show its
feed's address, and a copy of the database opens no feed.
"""

from __future__ import annotations

import base64
import secrets
import uuid

from django.utils.crypto import constant_time_compare, salted_hmac

from monitor.store import models

_SALT = "monitor.feeds"
_ID_SIGNS = 22  # 16 bytes in base64 without padding
_MAC_BYTES = 24


def token_of(person: models.Person) -> str:
    """The token of a person's feed addresses."""
    return _token(person.uuid, person.feed_epoch)


def renew(person: models.Person) -> None:
    """End every feed address of a person; the pages show new ones."""
    person.feed_epoch = secrets.token_hex(16)
    person.save(update_fields=["feed_epoch"])


def person_of(token: str) -> models.Person | None:
    """The active person whose token this is, or None; compared in constant time."""
    if len(token) != _ID_SIGNS + 32 or not token.isascii():
        return None
    try:
        owner = uuid.UUID(bytes=base64.urlsafe_b64decode(token[:_ID_SIGNS] + "=="))
    except ValueError:
        return None
    person = models.Person.objects.filter(uuid=owner, is_active=True).first()
    right = _token(owner, person.feed_epoch if person is not None else "")
    return person if constant_time_compare(right, token) and person is not None else None


def _token(person: uuid.UUID, epoch: str) -> str:
    mac = salted_hmac(_SALT, f"{person}:{epoch}", algorithm="sha256").digest()[:_MAC_BYTES]
    return _text(person.bytes) + _text(mac)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
