"""Story: every article in every language, what could be read of it, and why it is here."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import get_language

from monitor.store import pages_story
from monitor.store.pages_story import Moved
from monitor.web import moment
from monitor.web.access import READ, allow
from monitor.web.cards import dress
from monitor.web.page import facts_of, local_now, show
from monitor.web.story_lines import dress_lines


@allow(READ, "GET")
def story(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """The story, or the way to where it was merged."""
    found = pages_story.story(story_id)
    if found is None:
        raise Http404
    if isinstance(found, Moved):
        return HttpResponsePermanentRedirect(reverse("story", args=[found.story]))
    facts, language = facts_of(request), get_language() or "en"
    midnight = local_now(request).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = dress_lines(found.lines, facts, language)
    card = dress(found.lead, facts, language, moment.now(request), midnight) if found.lead else None
    first = next((line for line in found.lines if line.language == language), found.lines[0] if found.lines else None)
    context = {
        "story": found,
        "card": card,
        "lines": lines,
        "left_out": found.total - len(found.lines),
        "headline": card.headline if card else first.title if first else "",
        "headline_language": card.headline_language if card else first.language if first else "",
        "section": facts.section_label(found.section, language),
        "themes": [facts.theme_label(theme, language) for theme in found.themes],
        "languages": sorted({line.language for line in found.lines if line.language}),
        "outlets": len({line.slug for line in found.lines}),
    }
    return show(request, "story.html", context)
