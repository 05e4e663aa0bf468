"""The week: its leads by section, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.store import pages_triage
from monitor.store.pages import DeskFacts
from monitor.store.pages_triage import WeekLine
from monitor.web.page import facts_of, local_now, show, zone_of

A_WEEK = timedelta(days=7)
A_SECTION = 40
"""Leads of one section on the week's page."""


@dataclass(frozen=True, slots=True)
class Group:
    """One section of the week, best first; `more` are of lower rank and not shown."""

    id: str
    label: str
    lines: tuple[WeekLine, ...]
    more: int


def week_page(request: HttpRequest) -> HttpResponse:
    """The leads that were queued or grew in `?week=YYYY-Www` (ISO 8601, Monday first); this week when it is none."""
    zone, this_day = zone_of(request), local_now(request).date()
    monday = _monday(request.GET.get("week", "")) or _start(this_day)
    monday = min(monday, _start(this_day))
    start, end = datetime.combine(monday, time(), zone), datetime.combine(monday + A_WEEK, time(), zone)
    lines, total = pages_triage.week(start, end, get_language() or "en")
    context = {
        "page": "today",
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "number": monday.isocalendar().week,
        "before": (monday - A_WEEK).strftime("%G-W%V"),
        "after": (monday + A_WEEK).strftime("%G-W%V") if monday < _start(this_day) else "",
        "groups": _groups(lines, facts_of(request)),
        "total": total,
        "left_out": total - len(lines),
    }
    return show(request, "week.html", context)


def _monday(text: str) -> date | None:
    year, _sep, number = text.partition("-W")
    if len(year) != 4 or len(number) != 2 or not (year + number).isascii() or not (year + number).isdigit() or int(year) < 2000:
        return None
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return None


def _start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _groups(lines: Sequence[WeekLine], facts: DeskFacts) -> list[Group]:
    language = get_language() or "en"
    by_section: dict[str, list[WeekLine]] = {one.id: [] for one in facts.desk.sections}
    for line in lines:
        by_section.setdefault(line.section, []).append(line)
    groups = []
    for section, some in by_section.items():
        if some:
            label = facts.section_label(section, language) or _("Without section")
            groups.append(Group(section, label, tuple(some[:A_SECTION]), max(0, len(some) - A_SECTION)))
    return groups
