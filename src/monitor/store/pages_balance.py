"""What the balance page shows: the summary last kept, and the names of the outlets in it, in two queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from monitor.store import models
from monitor.store.balance import SUMMARY


@dataclass(frozen=True, slots=True)
class BalanceView:
    """One period of the summary, the weeks, when it was counted, and the outlets' names and countries by id."""

    counted_at: datetime
    since: date | None
    until: date
    period: Mapping[str, Any]
    weeks: list[Mapping[str, Mapping[str, int]]]
    spoken: list[str]
    outlets: Mapping[str, tuple[str, str, str]]


def balance(days: int) -> BalanceView | None:
    """The balance of a period; None while nothing was counted."""
    row = models.DeskFact.objects.filter(name=SUMMARY).first()
    if row is None or str(days) not in row.value.get("periods", {}):
        return None
    value = row.value
    period = value["periods"][str(days)]
    slugs = list(period["now"]["outlet"])
    named = models.Outlet.objects.filter(slug__in=slugs).values_list("slug", "name", "country", "language")
    outlets = {slug: (name, country, language) for slug, name, country, language in named}
    since = date.fromisoformat(value["since"]) if value["since"] else None
    return BalanceView(row.changed_at, since, date.fromisoformat(value["until"]), period, value["weeks"], value["spoken"], outlets)
