"""What is wrong with the desk's outlets as sources, for `monitor outlet check` and `monitor doctor`, in the words of the pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.cli import show
from monitor.outside.clock import SystemClock

if TYPE_CHECKING:
    from monitor.web.doctor_words import Told

SHOWN = 20
"""Outlets that `monitor doctor` names one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Source:
    """One outlet with everything that is wrong with it, worst first."""

    id: str
    name: str
    severity: int
    told: tuple[Told, ...]


def sources(now: datetime, *, count: bool) -> list[Source]:
    """The outlets something is wrong with, the worst first; with `count` articles are counted anew when the last count is an hour old."""
    from django.utils import translation  # Django is set up only once the desk is open

    from monitor.store import models, outlet_checks
    from monitor.web import doctor_words

    if count:
        outlet_checks.recount_if_old(now, timedelta(hours=1))
    rows = models.Outlet.objects.filter(archived_at=None).select_related("check_row").prefetch_related("feeds").order_by("position", "pk")
    found = []
    with translation.override("en"):
        for row, checked in outlet_checks.checked_of(list(rows), now).values():
            told = tuple(doctor_words.told(one) for one in checked.diagnosis.troubles)
            if told:
                found.append(Source(row.slug, row.name, checked.diagnosis.severity, told))
    return sorted(found, key=lambda source: -source.severity)


def show_sources(*, as_json: bool) -> bool:
    """Print what is wrong with each outlet and what to do; True when something needs an editor."""
    found = sources(SystemClock().now(), count=True)
    for source in found:
        if as_json:
            sys.stdout.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in _as_json(source))
            continue
        show.line(f"{source.name} ({source.id})")
        for told in source.told:
            since = f" since {told.since:%Y-%m-%d}" if told.since else ""
            show.line(f"  {told.name}{since}: {told.means}{' ' + told.reason if told.reason else ''}")
            if told.feed:
                show.line(f"    {told.feed}")
            show.line(f"    → {told.advice}")
    return any(source.severity > 1 for source in found)


def in_trouble(now: datetime) -> Iterator[str]:
    """One sentence for each outlet that needs a look, the worst first, and one for the rest."""
    found = [source for source in sources(now, count=False) if source.severity > 1]
    for source in found[:SHOWN]:
        names = ", ".join(dict.fromkeys(told.name.lower() for told in source.told))
        yield f"{source.name} ({source.id}): {names}. {source.told[0].advice}"
    if len(found) > SHOWN:
        yield f"{len(found) - SHOWN} more outlets need a look; `monitor outlet check` names them all."


def _as_json(source: Source) -> Iterator[dict[str, Any]]:
    for told in source.told:
        yield {
            "id": source.id,
            "name": source.name,
            "trouble": told.code,
            "severity": told.tone,
            "since": told.since.isoformat() if told.since else None,
            "feed": told.feed or None,
            "says": told.means,
            "reason": told.reason or None,
            "remedy": told.advice,
        }
