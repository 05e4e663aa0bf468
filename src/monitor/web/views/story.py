"""Story: every article in every language, what could be read of it, why it is here, and what people did to it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import get_language

from monitor.render.citation import sources
from monitor.store import pages_alerts, pages_pieces, pages_story
from monitor.store.models import Person
from monitor.store.pages_story import Moved, StoryPage
from monitor.web import moment, story_words
from monitor.web.access import EDIT_STORIES, READ, allow, rights_of
from monitor.web.cards import StoryCard, dress
from monitor.web.page import facts_of, local_now, show
from monitor.web.story_lines import ArticleCard, dress_lines


@allow(READ, "GET")
def story(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """The story (`?language=` of one language only, `?all` articles, `?sort` to choose them), or the way to where it was merged."""
    person = cast(Person, request.user)
    whole = not {"all", "sort", "language"}.isdisjoint(request.GET)
    found = pages_story.story(story_id, person, most=pages_story.MOST_ARTICLES if whole else pages_story.A_PAGE)
    if found is None:
        raise Http404
    if isinstance(found, Moved):
        return HttpResponsePermanentRedirect(reverse("story", args=[found.story]))
    facts, language = facts_of(request), get_language() or "en"
    midnight = local_now(request).replace(hour=0, minute=0, second=0, microsecond=0)
    card = dress(found.lead, facts, language, moment.now(request), midnight, str(person.uuid)) if found.lead else None
    cards = dress_lines(found.lines, facts, language)
    told = _told(request, found) | dict(zip(("muted", "alerted"), pages_alerts.standing(person, story_id), strict=True))
    told["covered"] = pages_pieces.covered(uuid.UUID(found.id), found.lead.reasons if found.lead else ())
    return show(request, "story.html", _named(found, card, language) | _chosen(request, found, cards) | told)


@allow(READ, "GET")
def article(request: HttpRequest, article_id: uuid.UUID) -> HttpResponse:
    """One article with its text, where its rights allow."""
    found = pages_story.article(article_id)
    if found is None:
        raise Http404
    line, named = found
    context = {"page": "today", "one": dress_lines([line], facts_of(request), get_language() or "en")[0], "named": named, "alone": True}
    return show(request, "article.html", context)


def _named(found: StoryPage, card: StoryCard | None, language: str) -> dict[str, Any]:
    """What the story is called, in the reader's language where an outlet tells it so."""
    first = next((line for line in found.lines if line.language == language), found.lines[0] if found.lines else None)
    return {
        "page": "today",
        "story": found,
        "card": card,
        "left_out": found.total - len(found.lines),
        "more": min(found.total, pages_story.MOST_ARTICLES) - len(found.lines),
        "headline": card.headline if card else first.title if first else "",
        "headline_language": card.headline_language if card else first.language if first else "",
        "outlets": len({line.slug for line in found.lines}),
    }


def _chosen(request: HttpRequest, found: StoryPage, cards: Sequence[ArticleCard]) -> dict[str, Any]:
    """The articles to show: of all languages or of one, with boxes to choose them when they are sorted."""
    facts, reader = facts_of(request), get_language() or "en"
    counts = Counter(line.language for line in found.lines if line.language)
    wanted = request.GET.get("language", "")
    sorting = "sort" in request.GET and EDIT_STORIES in rights_of(request) and len(found.lines) > 1
    one_language = wanted if wanted in counts and not sorting else ""
    told = [one for one in cards if not one.line.copy_id]
    return {
        "lines": [one for one in cards if not one_language or one.line.language == one_language],
        "languages": sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])),
        "language_shown": one_language,
        "section": facts.section_label(found.section, reader),
        "themes": [facts.theme_label(theme, reader) for theme in found.themes],
        "sorting": sorting,
        "chosen": set(request.GET.getlist("chosen")),
        "sources": sources(one.citation for one in told),
        "several": len(found.lines) > 1,
    }


def _told(request: HttpRequest, found: StoryPage) -> dict[str, Any]:
    """The story's history, and what the reader's own last edit came to."""
    done = next((one for one in found.edits if one.id == request.GET.get("done") and one.undone_at is None), None)
    return {
        "history": story_words.history(found.edits),
        "done": done,
        "done_words": story_words.done(done) if done else "",
    }
