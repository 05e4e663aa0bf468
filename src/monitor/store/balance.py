"""The days of the balance: articles of a day to count, the counts kept, and the summary the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from monitor.pipeline.balance import Counts, Told
from monitor.store import models, periodic
from monitor.store.again import tried_again

SUMMARY = "balance"
"""The fact with what the page shows."""


def counted_days() -> set[date]:
    """The days that have been counted."""
    return set(models.BalanceDay.objects.values_list("day", flat=True))


def articles_of(day: date) -> Iterator[Told]:
    """Every article found on a UTC day that has been read."""
    begins = datetime.combine(day, time(), UTC)
    rows = models.Article.objects.filter(discovered_at__gte=begins, discovered_at__lt=begins + timedelta(days=1), state="read")
    columns = ("outlet__slug", "outlet__country", "language", "section", "themes", "places")
    for outlet, press, language, section, themes, places in rows.values_list(*columns).iterator(5000):
        named = tuple(str(theme["theme"]) for theme in themes)
        told_of = tuple(str(place["country"]) for place in places)
        yield Told(outlet, press, language.partition("-")[0].lower(), section, named, told_of)


@tried_again
def save_day(day: date, counts: Counts) -> None:
    """Keep the counts of a day in place of those it had."""
    models.BalanceDay.objects.update_or_create(day=day, defaults={"counts": counts})


def days(since: date) -> dict[date, Counts]:
    """The counts of every day since one."""
    return dict(models.BalanceDay.objects.filter(day__gte=since).values_list("day", "counts"))


def forget(since: date) -> None:
    """Let the days from one on be counted again."""
    models.BalanceDay.objects.filter(day__gte=since).delete()


@tried_again
def save_summary(summary: Mapping[str, Any], now: datetime, kept_since: date) -> None:
    """Keep what the page shows, and let go of days too old to matter."""
    with transaction.atomic():
        models.BalanceDay.objects.filter(day__lt=kept_since).delete()
        periodic.set_fact(SUMMARY, summary, now)


def spoken() -> list[str]:
    """The languages in which the outlets the desk watches write."""
    outlets = models.Outlet.objects.filter(archived_at=None, enabled=True)
    return sorted({language.partition("-")[0].lower() for language in outlets.values_list("language", flat=True) if language})
