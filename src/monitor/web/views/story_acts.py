"""What people do to a story: merge it, split it, take an article out, undo, follow; each answer is a page, never a part."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.errors import QueryError
from monitor.pipeline.query import parse
from monitor.store import pages_merge, pages_story, search, story_edits
from monitor.store.pages_merge import Choice
from monitor.store.pages_story import Moved
from monitor.store.story_edits import Edited
from monitor.web import moment, story_words
from monitor.web.access import EDIT_STORIES, OWN_ACCOUNT, allow
from monitor.web.page import facts_of, show, zone_of
from monitor.web.views.triage import person_of

MOST_FOUND = 200
MOST_CHOSEN = 200
LONGEST = 2000


@allow(EDIT_STORIES, "GET", "POST")
def merge(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Choose the other story (`?q=` words or an address; the newest ones without), and make one of the two."""
    if request.method == "POST":
        other = pages_merge.named(request.POST.get("other", ""))
        if other is None:
            messages.warning(request, _("Choose the story to merge with."))
            return redirect("story-merge", story_id)
        seen = {"seen": request.POST.get("seen", "")[:20], "seen_other": request.POST.get("seen_other", "")[:20]}
        return _answer(request, story_edits.merge(story_id, other, person_of(request), moment.now(request), **seen), story_id)
    found = pages_story.story(story_id, person_of(request))
    if found is None:
        raise Http404
    if isinstance(found, Moved):
        return redirect("story-merge", found.story)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    choices, mistake = _choices(asked, story_id)
    facts, language = facts_of(request), get_language() or "en"
    first = next((line for line in found.lines if line.language == language), found.lines[0] if found.lines else None)
    context = {
        "page": "today",
        "story": found,
        "headline": found.lead.headline if found.lead else first.title if first else "",
        "headline_language": found.lead.headline_language if found.lead else first.language if first else "",
        "asked": asked,
        "mistake": mistake,
        "choices": [(one, *_headline(one, language), facts.section_label(one.section, language)) for one in choices],
    }
    return show(request, "story_merge.html", context)


def _choices(asked: str, story: uuid.UUID) -> tuple[list[Choice], str]:
    """The stories to choose from, and what is wrong with what was asked."""
    if not asked:
        return pages_merge.newest(story), ""
    named = pages_merge.named(asked)
    if named is not None:
        return pages_merge.at(named, story), ""
    try:
        query = parse(asked, french=(get_language() or "en")[:2] == "fr")
    except QueryError as wrong:
        return [], str(wrong)
    return pages_merge.of_articles([hit.key for hit in search.find(query, most=MOST_FOUND).found], story), ""


def _headline(choice: Choice, language: str) -> tuple[str, str]:
    """A headline in the reader's language, else the first."""
    own = [pair for pair in choice.headlines if pair[1] == language]
    return (own or list(choice.headlines) or [("", "")])[0]


@allow(EDIT_STORIES, "POST")
def part(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Make a story of its own of the chosen articles."""
    chosen = set(request.POST.getlist("article")[:MOST_CHOSEN])
    done = story_edits.part(story_id, chosen, person_of(request), moment.now(request), seen=request.POST.get("seen", "")[:20])
    return _answer(request, done, story_id, chosen)


@allow(EDIT_STORIES, "POST")
def leave_out(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """“Not this”: take one article out of the story."""
    chosen, seen = {request.POST.get("article", "")} - {""}, request.POST.get("seen", "")[:20]
    done = story_edits.part(story_id, chosen, person_of(request), moment.now(request), seen=seen, kind="left_out")
    return _answer(request, done, story_id)


@allow(EDIT_STORIES, "POST")
def undo(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Take an edit back."""
    edit = pages_merge.named(request.POST.get("edit", ""))
    if edit is None:
        raise Http404
    done = story_edits.undo(edit, person_of(request), moment.now(request))
    if done.changed:
        messages.success(request, _("Undone: the articles are where they were."))
        return redirect("story", done.story)
    return _answer(request, done, story_id)


@allow(OWN_ACCOUNT, "POST")
def follow(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """See on Today when this story grows."""
    if not story_edits.follow(story_id, person_of(request), moment.now(request)):
        raise Http404
    return redirect("story", story_id)


@allow(OWN_ACCOUNT, "POST")
def unfollow(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Follow it no longer."""
    story_edits.unfollow(story_id, person_of(request))
    return redirect("story", story_id)


def _answer(request: HttpRequest, done: Edited, story: uuid.UUID, chosen: set[str] | None = None) -> HttpResponse:
    """The story with what was done; when nothing was, why, and what was chosen is still chosen."""
    if done.changed:
        return HttpResponseRedirect(f"{reverse('story', args=[done.story])}?{urlencode({'done': done.edit})}")
    if not done.story:
        messages.warning(request, story_words.refused(done.why, None, zone_of(request)))
        return redirect("story", story)
    messages.warning(request, story_words.refused(done.why, pages_story.last_edit(uuid.UUID(done.story)), zone_of(request)))
    there = reverse("story", args=[done.story])
    kept = urlencode({"sort": "1", "chosen": sorted(chosen)}, doseq=True) if chosen is not None else ""
    return HttpResponseRedirect(f"{there}?{kept}#articles" if kept else there)
