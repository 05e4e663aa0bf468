"""A lead's own page with everything that may be done with it, what was put aside, and what is new since a page was loaded."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from monitor.store import pages_pieces, pages_today, pages_triage
from monitor.web import moment, triage_words
from monitor.web.access import READ, allow, rights_of
from monitor.web.cards import dress
from monitor.web.page import facts_of, local_now, show, zone_of
from monitor.web.views.sign_in import same_site_path
from monitor.web.views.today import NEWS
from monitor.web.views.triage import person_of

NEWS_FROM = timedelta(hours=24)
"""A page left open for longer is asked to be loaded anew: its news is not listed further back."""


@allow(READ, "GET")
def lead(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """One lead: where it stands, every action as a form, and what happened to it."""
    card = pages_today.cards_of([lead_id]).get(str(lead_id))
    if card is None:
        raise Http404
    now, person = moment.now(request), person_of(request)
    context = {
        "page": "today",
        "card": dress(card, facts_of(request), get_language() or "en", now, now - NEWS, str(person.uuid)),
        "choices": {"reasons": triage_words.reasons(), "snoozes": triage_words.snoozes()},
        "covered": pages_pieces.covered(uuid.UUID(card.story), card.reasons),
        "history": [(one, triage_words.happened(one)) for one in pages_triage.history(lead_id)],
        "back": same_site_path(request.GET.get("back", "/")),
    }
    return show(request, "lead.html", context)


@allow(READ, "GET")
def aside(request: HttpRequest) -> HttpResponse:
    """What was dismissed or put off, with the way back."""
    found = pages_triage.aside(person_of(request), moment.now(request))
    context = {
        "page": "today",
        "snoozed": [one for one in found if one.status == "snoozed"],
        "dismissed": [one for one in found if one.status == "dismissed"],
        "most": pages_triage.MOST_ASIDE if len(found) >= pages_triage.MOST_ASIDE else 0,
    }
    return show(request, "aside.html", context)


@allow(READ, "GET")
def news(request: HttpRequest) -> HttpResponse:
    """What came or was moved by others since a page was loaded (`since`) or last asked (`seen`): parts that replace those of their id."""
    now, person = moment.now(request), person_of(request)
    since = _moment(request.GET.get("since", ""), now)
    changed = pages_triage.changed(_moment(request.GET.get("seen", ""), now), person)
    facts, language, reader = facts_of(request), get_language() or "en", str(person.uuid)
    cards = pages_today.cards_of(changed) if changed else {}
    context = {
        "fresh": pages_triage.fresh(since, request.GET.get("section", "")[:40]),
        "cards": [dress(card, facts, language, now, now - NEWS, reader) for card in cards.values()],
        "gone": [str(one) for one in changed if str(one) not in cards],
        "held": pages_triage.held(person),
        "may": {right.replace(" ", "_"): True for right in rights_of(request)},
        "language": language,
        "person": person,
        "zone": zone_of(request),
        "now": local_now(request),
    }
    answer = render(request, "parts/news.html", context)
    answer["X-Desk-Moment"] = now.astimezone(UTC).isoformat()
    return answer


def _moment(text: str, now: datetime) -> datetime:
    """The moment a page names, never in the future nor more than a day ago; now when it is none."""
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return now
    if found.tzinfo is None:
        return now
    return min(max(found, now - NEWS_FROM), now)
