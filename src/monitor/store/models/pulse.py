"""How much is told of each theme in each country, day by day, and what stood out."""

from __future__ import annotations

import uuid

from django.db import models


class PulseDay(models.Model):
    """The voices of one UTC day on a theme in a country by hour, 24 numbers; empty theme and country: all the desk heard."""

    day = models.DateField()
    theme = models.CharField(max_length=40, default="", blank=True)
    country = models.CharField(max_length=3, default="", blank=True)
    hours = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "theme", "country"], name="one_pulse_a_day")]


class Spike(models.Model):
    """That a theme in a country was told far more than usual, from when to when; the figures are those of its least likely window."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    theme = models.CharField(max_length=40)
    country = models.CharField(max_length=3)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    hours = models.PositiveSmallIntegerField()
    voices = models.PositiveIntegerField()
    owners = models.PositiveIntegerField()
    usual = models.FloatField()
    chance = models.FloatField()
    stories = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "country", "began_at"], name="one_spike_a_beginning")]
