"""What programs may do with a lead: claim, keep, hand back, dismiss, put off, bring back. Who comes second is told who was first."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from monitor.store import pages_api, triage
from monitor.store.models import Person
from monitor.store.triage import Outcome
from monitor.web import moment, triage_words
from monitor.web.access import HAND_BACK_OTHERS, TRIAGE, rights_of
from monitor.web.api import problems
from monitor.web.api.bearer import Bearer
from monitor.web.api.problems import Problem
from monitor.web.api.shapes import Dismissed, LeadOut, ProblemOut, Snoozed
from monitor.web.page import zone_of

router = Router()
_ACTS = Bearer(TRIAGE, acts=True)
_ANSWERS: dict[int, Any] = {200: LeadOut} | dict.fromkeys((401, 403, 404, 409, 413, 414, 422, 429), ProblemOut)
_TOLD_MORE: dict[int, Any] = _ANSWERS | dict.fromkeys((400, 415), ProblemOut)


@router.post("leads/{uuid:lead}/claim", auth=_ACTS, response=_ANSWERS, summary="Claim a lead for 48 hours")
def claim(request: HttpRequest, lead: UUID) -> dict[str, Any]:
    """Only one that is free in the queue; claiming again what you hold changes nothing."""
    return _told(request, lead, triage.claim(lead, _person(request), moment.now(request)), "claimed")


@router.post("leads/{uuid:lead}/renew", auth=_ACTS, response=_ANSWERS, summary="Keep a claim for 48 hours from now")
def renew(request: HttpRequest, lead: UUID) -> dict[str, Any]:
    """Only one of your own."""
    return _told(request, lead, triage.renew(lead, _person(request), moment.now(request)), "renewed")


@router.post("leads/{uuid:lead}/release", auth=_ACTS, response=_ANSWERS, summary="Hand a claim back")
def release(request: HttpRequest, lead: UUID) -> dict[str, Any]:
    """Editors may hand back somebody else's."""
    others = HAND_BACK_OTHERS in rights_of(request)
    return _told(request, lead, triage.release(lead, _person(request), moment.now(request), others=others), "released")


@router.post("leads/{uuid:lead}/dismiss", auth=_ACTS, response=_TOLD_MORE, summary="Dismiss a lead for a reason")
def dismiss(request: HttpRequest, lead: UUID, told: Dismissed) -> dict[str, Any]:
    """It comes back when its story grows."""
    outcome = triage.dismiss(lead, _person(request), told.reason, moment.now(request), seen=told.seen)
    return _told(request, lead, outcome, "dismissed")


@router.post("leads/{uuid:lead}/snooze", auth=_ACTS, response=_TOLD_MORE, summary="Put a lead off")
def snooze(request: HttpRequest, lead: UUID, told: Snoozed) -> dict[str, Any]:
    """Out of sight for a while."""
    now = moment.now(request)
    until = triage_words.wake_at(told.until, now, zone_of(request))
    if until is None:  # the shape and the words of the pages name the same lengths; a test says so
        raise problems.missing()
    return _told(request, lead, triage.snooze(lead, _person(request), until, now, seen=told.seen), "snoozed")


@router.post("leads/{uuid:lead}/restore", auth=_ACTS, response=_ANSWERS, summary="Bring back what was dismissed or put off")
def restore(request: HttpRequest, lead: UUID) -> dict[str, Any]:
    """It stands in the queue again."""
    return _told(request, lead, triage.restore(lead, _person(request), moment.now(request)), "restored")


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the bearer set it


def _told(request: HttpRequest, lead: UUID, outcome: Outcome, done: str) -> dict[str, Any]:
    """The lead as it is now; 409 with who was first when nothing was changed, unless it was oneself: a request sent again is harmless."""
    now = pages_api.lead(lead)
    standing = outcome.standing
    if standing is None or now is None:
        raise problems.missing()
    if outcome.changed or (standing.mine and standing.kind in (done, "renewed" if done == "claimed" else done)):
        return now
    text = triage_words.told(outcome, moment.now(request), zone_of(request)).text
    raise Problem("conflict", text, lead=now, by=standing.by)
