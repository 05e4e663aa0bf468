"""Where the desk's articles come from, counted day by day."""

from __future__ import annotations

from django.db import models


class BalanceDay(models.Model):
    """The articles of one UTC day by outlet, press country, language, section, theme, and country told of (pipeline.balance.Counts)."""

    day = models.DateField(unique=True)
    counts = models.JSONField(default=dict)
