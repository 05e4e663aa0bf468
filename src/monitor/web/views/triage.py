"""What a button or key on a story card does: claim, keep, hand back, dismiss, put off, bring back, pin, undo.

A form's answer is the page it came from; a script's (header X-Desk: part) the parts that changed, each to replace the one of its id.
"""

from __future__ import annotations

import uuid
from typing import cast
from urllib.parse import urldefrag

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from monitor.store import pages_today, pages_triage, triage
from monitor.store.models import Person
from monitor.store.triage import Outcome
from monitor.web import moment, triage_words
from monitor.web.access import HAND_BACK_OTHERS, PIN_LEADS, TRIAGE, allow, rights_of
from monitor.web.cards import dress
from monitor.web.page import facts_of, local_now, zone_of
from monitor.web.views.sign_in import same_site_path
from monitor.web.views.today import NEWS


@allow(TRIAGE, "POST")
def claim(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Take a lead for 48 hours."""
    return _answer(request, triage.claim(lead_id, person_of(request), moment.now(request), seen=_seen(request)), lead_id)


@allow(TRIAGE, "POST")
def renew(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Keep one's claim for 48 hours from now."""
    return _answer(request, triage.renew(lead_id, person_of(request), moment.now(request)), lead_id)


@allow(TRIAGE, "POST")
def release(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Hand a claim back; an editor may hand back somebody else's."""
    others = HAND_BACK_OTHERS in rights_of(request)
    return _answer(request, triage.release(lead_id, person_of(request), moment.now(request), others=others), lead_id)


@allow(TRIAGE, "POST")
def dismiss(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Take a lead out of the queue for a reason, until its story grows."""
    reason = request.POST.get("reason", "")
    if reason not in triage.REASONS:
        return _wrong(request, lead_id, _("Choose why this lead is dismissed."))
    return _answer(request, triage.dismiss(lead_id, person_of(request), reason, moment.now(request), seen=_seen(request)), lead_id)


@allow(TRIAGE, "POST")
def snooze(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Take a lead out of sight for a while."""
    until = triage_words.wake_at(request.POST.get("until", ""), moment.now(request), zone_of(request))
    if until is None:
        return _wrong(request, lead_id, _("Choose for how long this lead is put off."))
    return _answer(request, triage.snooze(lead_id, person_of(request), until, moment.now(request), seen=_seen(request)), lead_id)


@allow(TRIAGE, "POST")
def restore(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Bring back what was put aside."""
    return _answer(request, triage.restore(lead_id, person_of(request), moment.now(request)), lead_id)


@allow(PIN_LEADS, "POST")
def pin(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Let a lead stand first for everybody."""
    return _answer(request, triage.pin(lead_id, person_of(request), moment.now(request)), lead_id)


@allow(PIN_LEADS, "POST")
def unpin(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Let a lead stand where its rank puts it."""
    return _answer(request, triage.pin(lead_id, person_of(request), moment.now(request), on=False), lead_id)


@allow(TRIAGE, "POST")
def undo_one(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Undo one's last action on this lead."""
    return _answer(request, triage.undo(person_of(request), moment.now(request), lead_id), lead_id, undone=True)


@allow(TRIAGE, "POST")
def undo(request: HttpRequest) -> HttpResponse:
    """Undo one's last action."""
    outcome = triage.undo(person_of(request), moment.now(request))
    lead = uuid.UUID(outcome.standing.lead) if outcome.standing else None
    return _answer(request, outcome, lead, undone=True)


def person_of(request: HttpRequest) -> Person:
    """Who asks; the gate lets nobody else in."""
    return cast(Person, request.user)


def _seen(request: HttpRequest) -> str:
    return request.POST.get("seen", "queued")[:10]


def _answer(request: HttpRequest, outcome: Outcome, lead: uuid.UUID | None, *, undone: bool = False) -> HttpResponse:
    told = triage_words.told(outcome, moment.now(request), zone_of(request), undone=undone)
    if request.headers.get("X-Desk") == "part":
        return _parts(request, told, lead)
    if told.refused:
        messages.warning(request, told.text)
    elif undone:
        messages.success(request, told.text)
    return _back(request, lead)


def _wrong(request: HttpRequest, lead: uuid.UUID, text: str) -> HttpResponse:
    if request.headers.get("X-Desk") == "part":
        return _parts(request, triage_words.Told(text, "", "", str(lead), refused=True, undo=False), lead)
    messages.warning(request, text)
    return _back(request, lead)


def _back(request: HttpRequest, lead: uuid.UUID | None) -> HttpResponse:
    """To the page the form was on, at the lead it was about."""
    there = urldefrag(same_site_path(request.POST.get("back", "/"))).url
    return HttpResponseRedirect(f"{there}#lead-{lead}" if lead else there)


def _parts(request: HttpRequest, told: triage_words.Told, lead: uuid.UUID | None) -> HttpResponse:
    """The told line, the lead in the shape it has on the page, and who has what."""
    person, shape = person_of(request), request.POST.get("shape", "card")
    card = pages_today.cards_of([lead]).get(str(lead)) if lead else None
    now = moment.now(request)
    facts, language = facts_of(request), translation.get_language() or "en"
    context = {
        "told": told,
        "card": dress(card, facts, language, now, now - NEWS, str(person.uuid)) if card else None,
        "one": pages_triage.aside_of(lead, person) if lead and shape == "aside" else None,
        "shape": shape,
        "gone": str(lead) if lead and card is None else "",
        "held": pages_triage.held(person),
        "may": {right.replace(" ", "_"): True for right in rights_of(request)},
        "language": language,
        "person": person,
        "zone": zone_of(request),
        "now": local_now(request),
    }
    return render(request, "parts/answer.html", context)
