"""Renders a page with what every page shows: the desk, the person, the time in the desk's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from monitor.store import mail_troubles
from monitor.store.pages import DeskFacts, desk_facts
from monitor.web import access, moment


def facts_of(request: HttpRequest) -> DeskFacts:
    """The desk's facts, read once a request."""
    kept: DeskFacts | None = getattr(request, "monitor_facts", None)
    if kept is None:
        kept = desk_facts()
        request.monitor_facts = kept  # type: ignore[attr-defined]
    return kept


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The desk's zone; UTC when its name is not known on this machine."""
    try:
        return ZoneInfo(facts_of(request).desk.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_now(request: HttpRequest) -> datetime:
    """Now, in the desk's zone."""
    return moment.now(request).astimezone(zone_of(request))


def show(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The page; `context` comes on top of facts, desk, language, now, zone, person and may (the rights)."""
    facts = facts_of(request)
    may = access.rights_of(request)
    shared = {
        "facts": facts,
        "desk": facts.desk,
        "language": translation.get_language() or "en",
        "now": local_now(request),
        "zone": zone_of(request),
        "person": request.user if request.user.is_authenticated else None,
        "may": {right.replace(" ", "_"): True for right in may},
        "mail_trouble": mail_troubles.trouble() if access.RUN_DESK in may else None,
    }
    return render(request, template, shared | dict(context), status=status)
