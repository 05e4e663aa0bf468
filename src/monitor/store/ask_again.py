"""Articles that were given up, or whose page could not be had, asked again because a person wants it: not within six hours (P44)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from monitor.store import models
from monitor.store.again import tried_again
from monitor.store.due import GIVE_UP_AFTER

PAGE_FLOOR: Final = timedelta(hours=6)
"""A page is never asked again within six hours (P44)."""


@tried_again
def retry(uuid: str, now: datetime, host_of: Callable[[str], str]) -> datetime | None:
    """Let an article's page be asked again, and say when; None when it was read in full. Raises LookupError when there is none."""
    with transaction.atomic():
        article = models.Article.objects.filter(uuid=uuid).first()
        if article is None:
            raise LookupError(uuid)
        row = models.ToRead.objects.filter(article=article).first()
        if row is None:
            if article.verdict == "full":
                return None
            due_at = max(now, (article.read_at or now - PAGE_FLOOR) + PAGE_FLOOR)
            models.ToRead.objects.create(article=article, due_at=due_at, host=host_of(article.url)[:255])
        elif row.attempts >= GIVE_UP_AFTER:
            due_at = _revive(row, now)
        else:
            return row.due_at or now  # it waits for its turn already
        models.Article.objects.filter(pk=article.pk).update(state="waiting")
    return due_at


@tried_again
def retry_given_up(now: datetime) -> tuple[int, int]:
    """Take up all articles that were given up; returns how many are to be read and how many to be grouped."""
    with transaction.atomic():
        rows = list(models.ToRead.objects.filter(attempts__gte=GIVE_UP_AFTER))
        for row in rows:
            _revive(row, now)
        models.Article.objects.filter(pk__in=[row.pk for row in rows]).update(state="waiting")
        grouping = models.ToGroup.objects.filter(attempts__gte=GIVE_UP_AFTER).update(attempts=0, due_at=now, claim_token="", last_error="")
    return len(rows), grouping


def _revive(row: models.ToRead, now: datetime) -> datetime:
    """Due when the six hours since the last attempt are over, which the failure had written down."""
    row.due_at = max(now, row.due_at or now)
    row.attempts, row.claim_token = 0, ""
    row.save(update_fields=["due_at", "attempts", "claim_token"])
    return row.due_at
