"""The state of the desk in numbers: what was given up, what is failing, what is overdue."""

from __future__ import annotations

from datetime import datetime

from monitor.store import models
from monitor.store.due import GIVE_UP_AFTER

_KINDS = {"feeds": models.Feed, "articles to read": models.ToRead, "articles to group": models.ToGroup, "stories to rank": models.ToRank}


def given_up() -> dict[str, int]:
    """Rows of each kind that were given up after repeated failures of our own."""
    return {kind: model._default_manager.filter(attempts__gte=GIVE_UP_AFTER).count() for kind, model in _KINDS.items()}


def failing_feeds() -> int:
    """Live feeds whose last answer was not the feed."""
    live = models.Feed.objects.filter(archived_at=None, enabled=True, outlet__enabled=True)
    return live.exclude(health__in=["ok", "new"]).count()


def due_rows(now: datetime) -> dict[str, int]:
    """How many rows of each kind wait to be worked on."""
    return {kind: model._default_manager.filter(due_at__lte=now, attempts__lt=GIVE_UP_AFTER).count() for kind, model in _KINDS.items()}
