"""What people change of the themes' terms, and the trials that show what a change would do."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.work import DueRow


class ThemeChange(models.Model):
    """One change of a theme's terms in a language; `number` counts all changes, so that of two at once only one is written.

    `before` and `after` map each changed term to its weight, null where the term is not there.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True)
    theme = models.CharField(max_length=40, db_index=True)
    language = models.CharField(max_length=12)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undoes = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="undone_by")


class ThemeTrial(DueRow):
    """Terms somebody wants to try: what they wrote, the terms they began from, and what the trial found."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    theme = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    written = models.TextField(default="", blank=True)
    terms = models.JSONField(default=dict)
    began = models.JSONField(default=dict)
    asked_at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    found = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    saved_as = models.ForeignKey(ThemeChange, null=True, on_delete=models.SET_NULL, related_name="+")


class Retagging(DueRow):
    """Articles tagged again because terms changed: which themes and languages, and how far it has come, newest article first.

    `prints` names the terms they are tagged with. `reached` is the last article tagged (null before the first, 0 when all were, below
    it the last, negated, of those read since), found at `reached_at`; `total`, `done` and `changed` count articles.
    """

    prints = models.CharField(max_length=16)
    themes = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    since = models.DateTimeField()
    asked_at = models.DateTimeField()
    reached = models.BigIntegerField(null=True)
    reached_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
