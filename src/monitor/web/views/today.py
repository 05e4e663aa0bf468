"""Today: the leads of a day by section, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.store import pages_today
from monitor.store.pages import DeskFacts
from monitor.store.pages_today import FeedPulse, Queue
from monitor.web import moment
from monitor.web.access import READ, allow
from monitor.web.cards import StoryCard, dress
from monitor.web.page import facts_of, local_now, show, zone_of

A_SECTION = 24
"""Cards of one section on the whole day's page; the section's own page shows them all."""
MOST_CARDS = 400
MOVED_WITHIN = timedelta(hours=48)
"""A story without an article for longer than this is not the day's news any more: its lead is folded away."""
SILENT_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Column:
    """One section of the day; `older` did not move, `more` is how many leads are only on the section's own page."""

    id: str
    label: str
    cards: tuple[StoryCard, ...]
    more: int
    older: tuple[StoryCard, ...]
    older_more: int


@allow(READ, "GET")
def today(request: HttpRequest) -> HttpResponse:
    """The leads of `?day=YYYY-MM-DD` (default: today in the desk's zone), of one `?section=` if asked."""
    now, zone, facts = moment.now(request), zone_of(request), facts_of(request)
    this_day = local_now(request).date()
    day = min(_day(request.GET.get("day", "")) or this_day, this_day)
    section = request.GET.get("section", "")
    section = section if section in {one.id for one in facts.desk.sections} else ""
    start, end = _bounds(day, zone)
    queue = _queue(now, start, end, section, is_today=day == this_day)
    feeds = pages_today.pulses()
    silent = pages_today.silent(feeds, now) if day == this_day else pages_today.without_article(start, end)
    context = {
        "page": "today",
        "day": day,
        "is_today": day == this_day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < this_day else None,
        "section": section,
        "columns": _columns(queue, facts, section, now, start),
        "nothing_moved": bool(queue.older) and not queue.moved,
        "left_out": queue.total - len(queue.moved) - len(queue.older),
        "notices": _notices(feeds, facts),
        "why_empty": _why_empty(feeds, is_today=day == this_day) if not queue.total else "",
        "silent": silent[:SILENT_SHOWN],
        "silent_more": max(0, len(silent) - SILENT_SHOWN),
    }
    return show(request, "today.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and date.fromisoformat(text).year > 1999 else None
    except ValueError:
        return None


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of the day and of the next one in the desk's zone (23, 24 or 25 hours apart)."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _queue(now: datetime, start: datetime, end: datetime, section: str, *, is_today: bool) -> Queue:
    """Today also brings what is still open of the days before; a past day only what it was alive with."""
    if is_today:
        return pages_today.open_leads(start, end, moved_since=now - MOVED_WITHIN, section=section, limit=MOST_CARDS)
    return pages_today.leads_between(start, end, moved_since=end - MOVED_WITHIN, section=section, limit=MOST_CARDS)


def _columns(queue: Queue, facts: DeskFacts, only: str, now: datetime, start: datetime) -> list[Column]:
    language = get_language() or "en"
    known = [one.id for one in facts.desk.sections]
    columns = []
    for section in known + sorted({card.section for card in (*queue.moved, *queue.older)} - set(known)):
        moved = [card for card in queue.moved if card.section == section]
        older = [card for card in queue.older if card.section == section]
        most = MOST_CARDS if only else A_SECTION
        if moved or older:
            cards = tuple(dress(card, facts, language, now, start) for card in moved[:most])
            folded = tuple(dress(card, facts, language, now, start) for card in older[:most])
            label = facts.section_label(section, language) or _("Without section")
            columns.append(Column(section, label, cards, max(0, len(moved) - most), folded, max(0, len(older) - most)))
    return columns


def _notices(feeds: Sequence[FeedPulse], facts: DeskFacts) -> list[str]:
    """What keeps news from coming in, one line each (P51 for the contact)."""
    found = []
    if _needs_contact(feeds):
        found.append(_("No outlet is being read yet: set MONITOR_CONTACT to an e-mail address or page where the desk can be reached."))
    if facts.offline:
        found.append(_("This machine has no way out to the network. `make demo` shows a filled desk without one."))
    return found


def _needs_contact(feeds: Sequence[FeedPulse]) -> bool:
    return not settings.MONITOR.contact and any(not _is_loopback(feed.url) for feed in feeds)


def _why_empty(feeds: Sequence[FeedPulse], *, is_today: bool) -> str:
    if not feeds:
        return _("The desk has no outlet yet: write feeds.yaml and run `monitor outlet import`.")
    if not any(feed.polls for feed in feeds):
        if _needs_contact(feeds):
            return _(
                "No outlet is asked before it knows whom to write to. End the desk with Ctrl-C and start it again with your own address: "
                "`MONITOR_CONTACT=desk@example.org make run`. Until then, `make demo` shows a filled desk."
            )
        return _("The outlets have not been polled yet: `monitor run` polls them, and the first leads follow within minutes.")
    if is_today:
        return _("The outlets have been read, but no story is a lead yet today.")
    return _("No story was a lead on this day.")


def _is_loopback(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
