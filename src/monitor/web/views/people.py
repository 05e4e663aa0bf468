"""The people of the desk, for its admin: who they are, invitations, roles, in and out, links for those who forgot their password."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from monitor.config.settings_values import is_loopback
from monitor.errors import PersonRefused
from monitor.flows import mail_links
from monitor.store import change_people, invite, pages_people
from monitor.store.models import Invitation, Person
from monitor.store.people import LANGUAGES, ROLES, name_of
from monitor.web import moment, people_words, sudo
from monitor.web.access import RUN_PEOPLE, allow
from monitor.web.page import show

_LONGEST = 254


@allow(RUN_PEOPLE, "GET")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, the open invitations, who has forgotten their password, and what was changed last."""
    return _people(request)


@allow(RUN_PEOPLE, "GET")
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One person and what an admin may do about them."""
    return _person(request, key)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def send_invitation(request: HttpRequest) -> HttpResponse:
    """Keep a place for somebody and show the link to hand over."""
    form = {name: request.POST.get(name, "").strip()[:_LONGEST] for name in ("email", "role", "language")}
    try:
        made, token = invite.invite(form["email"], form["role"], form["language"], _admin(request), moment.now(request))
    except PersonRefused as why:
        return _people(request, form=form | {"wrong": why.code, "error": people_words.refused(why)}, status=400)
    return _invited(request, made, token)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def renew_invitation(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A new link for an invitation whose link was lost or has lapsed."""
    try:
        made, token = invite.renew(key, _admin(request), moment.now(request))
    except PersonRefused as why:
        return _refused(request, why)
    return _invited(request, made, token)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def revoke_invitation(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End an invitation."""
    try:
        gone = invite.revoke(key, moment.now(request))
    except PersonRefused as why:
        return _refused(request, why)
    messages.success(request, _("The invitation of %(email)s is revoked; its link no longer works.") % {"email": gone.email})
    return redirect("people")


@allow(RUN_PEOPLE, "POST")
@sudo.required
def change_role(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give somebody another role."""
    role, seen = request.POST.get("role", ""), request.POST.get("seen", "")
    try:
        changed = change_people.change_role(key, role, _admin(request), moment.now(request), seen=seen)
    except PersonRefused as why:
        return _refused(request, why, key)
    if changed.pk == _admin(request).pk:
        update_session_auth_hash(request, changed)
        return redirect("me")
    messages.success(request, _("The role is changed."))
    return redirect("person", key)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def shut_out(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let somebody in no more."""
    try:
        claims = change_people.shut_out(key, _admin(request), moment.now(request))
    except PersonRefused as why:
        return _refused(request, why, key)
    messages.success(request, _("Shut out. Claims handed back: %(n)d. Everything else is kept.") % {"n": claims})
    return redirect("person", key)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def let_in(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let somebody in again."""
    try:
        change_people.let_in(key, _admin(request), moment.now(request))
    except PersonRefused as why:
        return _refused(request, why, key)
    messages.success(request, _("Let in again, with the role and password they had."))
    return redirect("person", key)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def end_sessions(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Sign somebody out of every browser."""
    try:
        ended = change_people.sign_out_everywhere(key, _admin(request), moment.now(request))
    except PersonRefused as why:
        return _refused(request, why)
    if ended.pk == _admin(request).pk:
        update_session_auth_hash(request, ended)
    messages.success(request, _("Signed out everywhere; links that were not used have ended, too."))
    return redirect("person", key)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def make_reset_link(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A link by which somebody sets a new password, shown once."""
    try:
        whose, token = change_people.reset_link(key, _admin(request), moment.now(request))
    except PersonRefused as why:
        return _refused(request, why, key)
    path, name = f"/reset/{token}", name_of(whose)
    mailed = mail_links.mail_reset(
        settings.MONITOR,
        moment.now(request),
        person=whose.pk,
        email=whose.email,
        name="" if name == whose.email else name,
        path=path,
        language=whose.language,
    )
    return _hand_over(request, "reset", name, path, None, mailed=mailed)


@allow(RUN_PEOPLE, "POST")
@sudo.required
def dismiss_reset(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a request for a new password off the page."""
    change_people.dismiss_reset(key)
    messages.success(request, _("The request is put aside."))
    return redirect("people")


def _admin(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _people(request: HttpRequest, *, form: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    everybody = pages_people.everybody()
    context: dict[str, Any] = {
        "page": "people",
        "people": [one for one in everybody if one.active],
        "gone": [one for one in everybody if not one.active],
        "asked": [one for one in everybody if one.active and one.reset_asked_at],
        "invitations": invite.open_invitations(moment.now(request)),
        "changes": _changes(),
        "roles": ROLES,
        "languages": LANGUAGES,
        "by_mail": mail_links.by_mail(settings.MONITOR),
        "form": form or {"role": "contributor", "language": _admin(request).language},
    }
    return show(request, "people.html", context, status=status)


def _person(request: HttpRequest, key: uuid.UUID, *, status: int = 200) -> HttpResponse:
    found = pages_people.one(key)
    if found is None:
        raise Http404
    context = {"page": "people", "one": found, "roles": ROLES, "changes": _changes(key), "own": found.id == str(_admin(request).uuid)}
    return show(request, "person.html", context, status=status)


def _changes(key: uuid.UUID | None = None) -> list[dict[str, Any]]:
    return [{"one": one, "what": people_words.change(one)} for one in pages_people.changes(key)]


def _refused(request: HttpRequest, why: PersonRefused, key: uuid.UUID | None = None) -> HttpResponse:
    """Back to where the form was, with the sentence why nothing was changed."""
    if why.code == "nobody":
        raise Http404
    messages.warning(request, people_words.refused(why))
    return redirect("person", key) if key else redirect("people")


def _invited(request: HttpRequest, made: Invitation, token: str) -> HttpResponse:
    """The link by mail when mail leaves, and in the answer in any case."""
    path = f"/join/{token}"
    mailed = mail_links.mail_invitation(
        settings.MONITOR,
        moment.now(request),
        key=str(made.uuid),
        email=made.email,
        role=made.role,
        by=name_of(_admin(request)),
        path=path,
        until=made.expires_at,
        language=made.language,
    )
    return _hand_over(request, "invitation", made.email, path, made, mailed=mailed)


def _hand_over(request: HttpRequest, kind: str, whom: str, path: str, invitation: Any, *, mailed: bool) -> HttpResponse:
    """The link, in the answer to the form itself: kept for a page after it, it would have to be stored readable."""
    own = settings.MONITOR
    context = {
        "page": "people",
        "kind": kind,
        "whom": whom,
        "link": own.address_of(path),
        "invitation": invitation,
        "mailed": mailed,
        "only_here": not own.public_url and is_loopback(own.host),
    }
    return show(request, "hand_over.html", context)
