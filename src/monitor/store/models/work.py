"""Rows with a due date: the shape every kind of work shares, and the periodic work of the timetable."""

from __future__ import annotations

from django.db import models


class DueRow(models.Model):
    """Work that falls due: a claim moves `due_at` to the end of its lease and leaves a fresh token (see store/due.py)."""

    due_at = models.DateTimeField(null=True, db_index=True)
    claim_token = models.CharField(max_length=64, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        abstract = True


class Periodic(DueRow):
    """One job of the timetable; any number of workers may look at it, one does it."""

    name = models.CharField(max_length=40, unique=True)
    last_success_at = models.DateTimeField(null=True)
    last_summary = models.CharField(max_length=500, default="", blank=True)
    failed_at = models.DateTimeField(null=True)  # when it broke last; `last_error` is empty once it succeeded again


class DeskFact(models.Model):
    """A small fact about this installation: the imported desk settings, the offline state, the schema's version."""

    name = models.CharField(max_length=60, unique=True)
    value = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
