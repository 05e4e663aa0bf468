"""What an address asks for, read into what the store takes: moments, cursors and queries, each mistake in words."""

from __future__ import annotations

import base64
import json
import math
import re
import uuid
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.errors import QueryError
from monitor.pipeline.query import Query, parse
from monitor.pipeline.query_says import explain
from monitor.store.lists import Wanted
from monitor.store.pages_api import Page, Place
from monitor.store.search import Filters
from monitor.web import moment
from monitor.web.api import problems
from monitor.web.api.problems import Problem
from monitor.web.api.shapes import ArticlesAsked, LeadsAsked, Searched, StoriesAsked

_AGO = re.compile(r"([0-9]{1,6})([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")


def wanted(request: HttpRequest, asked: StoriesAsked) -> Wanted:
    """The filters of a listing."""
    status = asked.status if isinstance(asked, LeadsAsked) else None
    return Wanted(since(request, asked.since), asked.outlet, asked.section, asked.theme, asked.language, None, status)


def filters(request: HttpRequest, asked: ArticlesAsked | Searched) -> Filters:
    """The filters of a search."""
    country = (asked.country or "") if isinstance(asked, Searched) else ""
    outlet, language, theme, section = (value or "" for value in (asked.outlet, asked.language, asked.theme, asked.section))
    return Filters(outlet, country, language, theme, section, since=since(request, asked.since))


def query(text: str, operators: str) -> Query:
    """The query as read; raises Problem with the place of the mistake, the mistake explained, and what to write instead."""
    try:
        return parse(text, french=operators == "fr")
    except QueryError as mistake:
        lines = explain(mistake, get_language() or "en").split("\n")
        raise Problem("wrong-query", lines[0], place=mistake.position, explained="\n".join(lines), suggestion=lines[-1]) from None


def since(request: HttpRequest, text: str | None) -> datetime | None:
    """A moment from `2d`, `36h`, `90m` (ago) or an ISO date or time (UTC where it names no zone); raises Problem."""
    if text is None:
        return None
    try:
        if ago := _AGO.fullmatch(text):
            return moment.now(request) - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise problems.wrong("query", "since", _("Write 2d, 36h, 90m, or a date or time such as 2026-11-20.")) from None


# ── cursors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def cursor(listing: str, place: Place | None) -> str | None:
    """A place as text that a program hands back as it is."""
    if place is None:
        return None
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    return base64.urlsafe_b64encode(json.dumps([listing, value, place.id]).encode()).decode().rstrip("=")


def place(listing: str, text: str | None) -> Place | None:
    """The place a cursor tells; raises Problem for what is no cursor of this listing."""
    if text is None:
        return None
    try:
        told, value, row = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if told != listing or not isinstance(row, str):
            raise ValueError(told)
        return _outlet_place(value, row) if listing == "outlets" else _place(listing, value, row)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise problems.wrong("query", "cursor", _("This is no “next” of this listing; leave it out to begin at its first page.")) from None


def _outlet_place(value: object, row: str) -> Place:
    if not isinstance(value, int) or abs(value) > 2**31 or not _SLUG.fullmatch(row):
        raise ValueError(row)
    return Place(value, row)


def _place(listing: str, value: object, row: str) -> Place:
    known = str(uuid.UUID(row))
    if listing == "leads" and isinstance(value, int | float) and math.isfinite(value):
        return Place(float(value), known)
    if listing in ("articles", "stories") and isinstance(value, str):
        at = datetime.fromisoformat(value)
        return Place(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), known)
    if listing == "search" and value == 0:
        return Place(0, known)
    raise ValueError(listing)


def page(listing: str, told: Page) -> dict[str, object]:
    """A page as it is answered."""
    return {"items": told.items, "next": cursor(listing, told.next), "complete": told.complete}
