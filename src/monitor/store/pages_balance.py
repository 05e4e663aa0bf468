"""What the balance page shows: the summary last kept, and the names of the outlets in it, in two queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from monitor.store import models
from monitor.store.balance import SUMMARY

LAST_EDITIONS = 4


@dataclass(frozen=True, slots=True)
class Cited:
    """What the last published editions cited: how many editions and sources, and the sources by country, language and outlet's name."""

    editions: int
    sources: int
    countries: Mapping[str, int]
    languages: Mapping[str, int]
    outlets: Mapping[str, int]


def cited(most: int = LAST_EDITIONS) -> Cited:
    """The sources of the last published editions, in two queries."""
    last = list(models.Edition.objects.filter(state="published").order_by("-dated", "-number").values_list("pk", flat=True)[:most])
    rows = models.PieceSource.objects.filter(piece__edition__in=last).exclude(piece__section="")
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("country", "language", "outlet")}
    for country, language, outlet, n in rows.values_list("country", "language", "outlet").annotate(n=Count("pk")):
        counted["country"][country] += n
        counted["language"][language.partition("-")[0].lower()] += n
        counted["outlet"][outlet] += n
    return Cited(len(last), sum(counted["outlet"].values()), counted["country"], counted["language"], counted["outlet"])


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
