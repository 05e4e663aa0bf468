"""The people of the desk and the one-time links that let them in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from monitor.pipeline.addresses import mail_address


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address; raises Person.DoesNotExist."""
        return self.get(email__iexact=mail_address(username or ""))


class Person(AbstractBaseUser):
    """Someone of the desk; `role` is contributor, editor or admin.

    `epoch` counts how often every session of the person was ended; it is part of what Django signs into a session.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=80, default="", blank=True)
    family_name = models.CharField(max_length=80, default="", blank=True)
    language = models.CharField(max_length=5, default="fr")
    role = models.CharField(max_length=12, default="contributor")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    epoch = models.PositiveIntegerField(default=0)
    languages_read = models.JSONField(default=list)  # codes, in the person's order
    sections_followed = models.JSONField(default=list)  # ids
    themes_followed = models.JSONField(default=list)  # ids
    feed_epoch = models.CharField(max_length=32, default="", blank=True)  # a new one ends the person's private feed addresses
    reset_asked_at = models.DateTimeField(null=True)  # they have forgotten their password and nobody has handed them a link yet

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_session_auth_hash(self) -> str:
        """What a session must carry to stay good: it changes with the password (Django's part) and with `epoch`."""
        usual = super().get_session_auth_hash()
        return salted_hmac("monitor.session", f"{usual}\n{self.epoch}", algorithm="sha256").hexdigest() if self.epoch else usual


class OneTimeLink(models.Model):
    """A link that works once: sign-in, invitation or reset; only the hash of its token is stored."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10)  # sign-in invite reset
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    bound = models.CharField(max_length=64, default="", blank=True)  # hash of the password it was made for: another password ends it


class Invitation(models.Model):
    """A place kept for somebody who is not of the desk yet, with their address and role; only the hash of its token is stored."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(db_index=True)
    role = models.CharField(max_length=12)
    language = models.CharField(max_length=5)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")  # null: by command
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # accepted or revoked
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")  # who came by it


class PersonEvent(models.Model):
    """What was changed about a person, when and by whom (null: by command, or the person alone).

    invited, joined, role, shut_out, let_in, signed_out, reset_asked, reset_link, password.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)


class SignInAttempt(models.Model):
    """One attempt to sign in that has not succeeded; `key` is a keyed hash of account and address, for throttling only."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
