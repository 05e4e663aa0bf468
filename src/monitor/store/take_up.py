"""Work that was given up after repeated failures, taken up again because an admin wants it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from monitor.store import ask_again, models
from monitor.store.again import tried_again
from monitor.store.due import GIVE_UP_AFTER

Kind = Literal["feeds", "articles", "stories", "alerts", "taggings"]
KINDS: tuple[Kind, ...] = ("feeds", "articles", "stories", "alerts", "taggings")


def take_up(kind: Kind, now: datetime) -> int:
    """Let every given-up row of a kind be worked on again, feeds and pages never sooner than they may be asked; returns how many."""
    if kind == "articles":
        return sum(ask_again.retry_given_up(now))
    given_up: QuerySet[Any] = models.ToRank.objects.filter(attempts__gte=GIVE_UP_AFTER)
    if kind == "alerts":
        given_up = models.Alert.objects.filter(attempts__gte=GIVE_UP_AFTER, state="due")
    if kind == "taggings":
        given_up = models.Retagging.objects.filter(attempts__gte=GIVE_UP_AFTER, done_at=None)
    if kind == "feeds":
        given_up = models.Feed.objects.filter(attempts__gte=GIVE_UP_AFTER, archived_at=None, enabled=True)
    return _due_again(given_up, now)


@tried_again
def _due_again(given_up: QuerySet[Any], now: datetime) -> int:
    due_at = Greatest(Coalesce(F("due_at"), Value(now)), Value(now))  # until when a feed may not be asked stands in its due date (P44)
    return given_up.update(attempts=0, claim_token="", last_error="", due_at=due_at)
