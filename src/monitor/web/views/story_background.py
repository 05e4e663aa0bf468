"""Background of a story: older and related coverage from the whole archive, ready to be cited."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from monitor.flows.find_background import Older, find_background
from monitor.render.citation import citation, local_day
from monitor.store import pages_story
from monitor.store.pages import DeskFacts
from monitor.web.access import READ, allow
from monitor.web.likeness_words import why_in_story
from monitor.web.page import facts_of, show
from monitor.web.story_lines import web_address


@allow(READ, "GET")
def background(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """The page, or for a script (X-Desk: part) what belongs into the story's page."""
    named = pages_story.name(story_id)
    if named is None:
        raise Http404
    if named.story != str(story_id):
        return redirect("story-background", named.story)
    context = {"page": "today", "named": named, "older": [_dressed(one, facts_of(request)) for one in find_background(story_id)]}
    return show(request, "parts/background.html" if request.headers.get("X-Desk") == "part" else "story_background.html", context)


def _dressed(one: Older, facts: DeskFacts) -> dict[str, Any]:
    line, language = one.line, get_language() or "en"
    return {
        "line": line,
        "at": line.published_at or line.discovered_at,
        "href": web_address(line.url),
        "why": [why_in_story(code, facts, language) for code in one.why],
        "citation": citation(line.outlet, line.title, local_day(line.published_at, line.published_offset, line.discovered_at), language),
    }
