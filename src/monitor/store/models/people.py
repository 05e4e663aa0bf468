"""The people of the desk and the one-time links that let them in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address; raises Person.DoesNotExist."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Someone of the desk; `role` is contributor, editor or admin."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=80, default="", blank=True)
    family_name = models.CharField(max_length=80, default="", blank=True)
    language = models.CharField(max_length=5, default="fr")
    role = models.CharField(max_length=12, default="contributor")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class OneTimeLink(models.Model):
    """A link that works once: sign-in, invitation or reset; only the hash of its token is stored."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10)  # sign-in invite reset
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SignInAttempt(models.Model):
    """One attempt to sign in that has not succeeded; `key` is a keyed hash of account and address, for throttling only."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
