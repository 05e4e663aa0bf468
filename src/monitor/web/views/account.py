"""A person's own page: language and password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from monitor.errors import UsageError
from monitor.store import people
from monitor.store.models import Person
from monitor.web import language, moment
from monitor.web.access import OWN_ACCOUNT, allow
from monitor.web.page import show
from monitor.web.views.sign_in import BY_LINK

_LONGEST_PASSWORD = 1_000


@allow(OWN_ACCOUNT, "GET")
def me(request: HttpRequest) -> HttpResponse:
    """Who I am to the desk, and what I may change about it."""
    return _page(request)


@allow(OWN_ACCOUNT, "POST")
def change_language(request: HttpRequest) -> HttpResponse:
    """Read the desk in another language from the next page on."""
    try:
        people.set_language(_person(request), request.POST.get("language", ""))
    except UsageError:
        return _page(request, errors=[_("The desk does not speak this language.")], status=400)
    language.speak(request)
    messages.success(request, _("Language changed."))
    return redirect("me")


@sensitive_post_parameters()
@allow(OWN_ACCOUNT, "POST")
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a password; the old one is asked for unless there is none or the person came by a one-time link."""
    person = _person(request)
    new = request.POST.get("new", "")
    errors, status = _old_password_errors(request, person), 403
    if not errors:
        errors, status = _new_password_errors(new, request.POST.get("again", ""), person), 400
    if errors:
        return _page(request, errors=errors, status=status)
    people.set_password(person, new)
    update_session_auth_hash(request, person)
    request.session.pop(BY_LINK, None)
    messages.success(request, _("Password set. Your other sessions have ended."))
    return redirect("me")


def _old_password_errors(request: HttpRequest, person: Person) -> list[str]:
    if not _asks_old(request, person):
        return []
    address = request.META.get("REMOTE_ADDR", "")
    if not people.attempt_allowed(person.email, address, moment.now(request)):
        return [_("Too many attempts. Wait a quarter of an hour, or ask the admin for a sign-in link.")]
    if not person.check_password(request.POST.get("old", "")[:_LONGEST_PASSWORD]):
        return [_("The present password is not right.")]
    people.forget_attempts(person.email, address)
    return []


def _new_password_errors(new: str, again: str, person: Person) -> list[str]:
    if new != again:
        return [_("The two new passwords differ.")]
    if len(new) > _LONGEST_PASSWORD:
        return [_("This password is too long.")]
    try:
        validate_password(new, person)
    except ValidationError as refused:
        return list(refused.messages)
    return []


def _asks_old(request: HttpRequest, person: Person) -> bool:
    return person.has_usable_password() and not request.session.get(BY_LINK)


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _page(request: HttpRequest, *, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
    context = {"page": "me", "errors": errors or [], "asks_old": _asks_old(request, _person(request))}
    return show(request, "me.html", context, status=status)
