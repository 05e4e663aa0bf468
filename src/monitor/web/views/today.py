"""Today: the leads of a day by section, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.store import pages_pieces, pages_today, pages_triage, triage
from monitor.store.models import Person
from monitor.store.pages import DeskFacts
from monitor.store.pages_today import Card, Line, Queue
from monitor.web import follows, moment, piece_words, triage_words
from monitor.web.access import READ, allow
from monitor.web.cards import StoryCard, dress, pace
from monitor.web.page import facts_of, local_now, show, zone_of
from monitor.web.views.week import week_page

A_SECTION = 12
"""Cards of one section on the whole day's page; the section's own page shows them all."""
OLDER = 6
"""Lines of older leads of one section on the whole day's page."""
MOST_CARDS = 400
MOVED_WITHIN = timedelta(hours=48)
"""A story without an article for longer than this is not the day's news any more: its lead is folded away."""
NEWS = timedelta(hours=24)
"""New, grown and quiet are told since yesterday at this hour; of a past day since its beginning."""
SILENT_SHOWN = 24
UNDO_SHOWN = timedelta(minutes=10)
"""For so long the page of a person without scripts offers to undo their last action."""
PACES = ("new", "grown", "quiet")


@dataclass(frozen=True, slots=True)
class Column:
    """One section of the day; `older` did not move, `more` is how many leads are only on the section's own page."""

    id: str
    label: str
    cards: tuple[StoryCard, ...]
    more: int
    older: tuple[StoryCard, ...]
    older_more: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see, and from when on something is news."""

    day: date
    is_today: bool
    section: str
    pace: str
    start: datetime
    end: datetime
    now: datetime
    since: datetime


@allow(READ, "GET")
def today(request: HttpRequest) -> HttpResponse:
    """The leads of `?day=YYYY-MM-DD` (default: today in the desk's zone) or `?week=YYYY-Www`, of one `?section=`, one pace (`?show=`)."""
    if "week" in request.GET:
        return week_page(request)
    wanted, facts = _wanted(request), facts_of(request)
    queue = _queue(wanted)
    columns = _columns(queue, wanted, facts, cast(Person, request.user))
    return show(request, "today.html", _of_the_day(wanted, queue, columns, facts) | _of_the_person(request, wanted))


def _wanted(request: HttpRequest) -> Wanted:
    now, zone = moment.now(request), zone_of(request)
    this_day = local_now(request).date()
    day = min(_day(request.GET.get("day", "")) or this_day, this_day)
    section, chosen = request.GET.get("section", ""), request.GET.get("show", "")
    start, end = _bounds(day, zone)
    return Wanted(
        day=day,
        is_today=day == this_day,
        section=section if section in {one.id for one in facts_of(request).desk.sections} else "",
        pace=chosen if chosen in PACES else "",
        start=start,
        end=end,
        now=min(now, end),
        since=now - NEWS if day == this_day else start,
    )


def _of_the_day(wanted: Wanted, queue: Queue, columns: Sequence[Column], facts: DeskFacts) -> dict[str, Any]:
    silent = pages_today.silent(wanted.now) if wanted.is_today else pages_today.without_article(wanted.start, wanted.end)
    moved = sum(line.moved for line in queue.lines)
    return {
        "page": "today",
        "day": wanted.day,
        "is_today": wanted.is_today,
        "before": wanted.day - timedelta(days=1),
        "after": None if wanted.is_today else wanted.day + timedelta(days=1),
        "week": wanted.day.strftime("%G-W%V"),
        "section": wanted.section,
        "since": wanted.since,
        "show": wanted.pace,
        "counts": _counts(queue, wanted),
        "columns": columns,
        "nothing_moved": bool(queue.lines) and not moved,
        "left_out": queue.total - len(queue.lines),
        "notices": _notices(facts),
        "why_empty": _why_empty(wanted.now - MOVED_WITHIN, is_today=wanted.is_today) if not queue.total else "",
        "silent": silent[:SILENT_SHOWN],
        "silent_more": max(0, len(silent) - SILENT_SHOWN),
    }


def _of_the_person(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    """Who has what, what this person did last and lost by time: of today only."""
    person, now = cast(Person, request.user), wanted.now
    choices = {"reasons": triage_words.reasons(), "snoozes": triage_words.snoozes()}
    if not wanted.is_today:
        return {"choices": choices}
    return {
        "choices": choices,
        "held": pages_triage.held(person),
        "lapsed": pages_triage.lapsed(person, now),
        "pieces_told": [(one, piece_words.notice(one)) for one in pages_pieces.notices(person, now)],
        "told": _last(person, now, zone_of(request)),
        "moment": now.astimezone(UTC).isoformat(),
    }


def _last(person: Person, now: datetime, zone: ZoneInfo) -> triage_words.Told | None:
    """What this person did a moment ago, with the way back."""
    event = triage.last_of(person, now)
    if event is None or now - event.at > UNDO_SHOWN:
        return None
    return triage_words.told(triage.outcome_of(event, person), now, zone)


def _counts(queue: Queue, wanted: Wanted) -> Mapping[str, int]:
    """How many leads that moved are new, grown, quiet."""
    counts = dict.fromkeys(PACES, 0)
    for line in queue.lines:
        if line.moved and (name := _pace(line, wanted)):
            counts[name] += 1
    return counts


def _pace(line: Line, wanted: Wanted) -> str:
    return pace(line.status, line.queued_at, line.newest_at, wanted.now, wanted.since)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and date.fromisoformat(text).year > 1999 else None
    except ValueError:
        return None


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of the day and of the next one in the desk's zone (23, 24 or 25 hours apart)."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _queue(wanted: Wanted) -> Queue:
    """Today also brings what is still open of the days before; a past day only what it was alive with."""
    found = pages_today.open_leads if wanted.is_today else pages_today.leads_between
    return found(wanted.start, wanted.end, moved_since=wanted.now - MOVED_WITHIN, section=wanted.section, limit=MOST_CARDS)


def _columns(queue: Queue, wanted: Wanted, facts: DeskFacts, person: Person) -> list[Column]:
    """The sections in the desk's order, those the reader follows first; cards are made only of what is shown."""
    language, reader, own = get_language() or "en", str(person.uuid), follows.of(person)
    known = [one.id for one in facts.desk.sections]
    most, most_older = (MOST_CARDS, MOST_CARDS) if wanted.section else (A_SECTION, OLDER)
    lines = [line for line in queue.lines if not wanted.pace or (line.moved and _pace(line, wanted) == wanted.pace)]
    by_section: dict[str, tuple[list[Line], list[Line]]] = {}
    for line in lines:
        by_section.setdefault(line.section, ([], []))[0 if line.moved else 1].append(line)
    shown = [line for moved, older in by_section.values() for line in (*moved[:most], *older[:most_older])]
    cards = pages_today.cards(line.key for line in shown)

    def dressed(some: list[Line]) -> tuple[StoryCard, ...]:
        found: list[Card] = [cards[line.key] for line in some if line.key in cards]
        return own.first(dress(card, facts, language, wanted.now, wanted.since, reader) for card in found)

    columns = []
    for section in own.sections_first([*known, *sorted(by_section.keys() - set(known))]):
        moved, older = by_section.get(section, ([], []))
        if moved or older:
            label = facts.section_label(section, language) or _("Without section")
            more, older_more = max(0, len(moved) - most), max(0, len(older) - most_older)
            columns.append(Column(section, label, dressed(moved[:most]), more, dressed(older[:most_older]), older_more))
    return columns


def _notices(facts: DeskFacts) -> list[str]:
    """What keeps news from coming in, one line each (P51 for the contact)."""
    found = []
    if _needs_contact():
        found.append(_("No outlet is being read yet: set MONITOR_CONTACT to an e-mail address or page where the desk can be reached."))
    if facts.offline:
        found.append(_("This machine has no way out to the network. `make demo` shows a filled desk without one."))
    return found


def _needs_contact() -> bool:
    return not settings.MONITOR.contact and any(not _is_loopback(url) for url in pages_today.addresses())


def _why_empty(since: datetime, *, is_today: bool) -> str:
    feeds = pages_today.live_feeds()
    if not feeds.exists():
        return _("The desk has no outlet yet: write feeds.yaml and run `monitor outlet import`.")
    if not feeds.filter(polls__gt=0).exists():
        if _needs_contact():
            return _(
                "No outlet is asked before it knows whom to write to. End the desk with Ctrl-C and start it again with your own address: "
                "`MONITOR_CONTACT=desk@example.org make run`. Until then, `make demo` shows a filled desk."
            )
        return _("The outlets have not been polled yet: `monitor run` polls them, and the first leads follow within minutes.")
    if is_today:
        if pages_triage.put_aside_since(since):
            return _("Every lead is dealt with: what was put off or dismissed stands under “Put aside”.")
        return _("The outlets have been read, but no story is a lead yet today.")
    return _("No story was a lead on this day.")


def _is_loopback(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
