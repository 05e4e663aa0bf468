"""Asking for the password again before people are changed: a screen left alone must not be enough (docs/security.md, auth)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from monitor.store import people
from monitor.store.models import Person
from monitor.web import moment
from monitor.web.page import show

FRESH = timedelta(minutes=10)
"""For so long after a sign-in or a confirmation nobody is asked again."""
CONFIRMED = "confirmed_at"
PASSWORD = "confirm-password"  # noqa: S105 - the name of a form's field
_LONGEST_PASSWORD = 1_000

View = ParamSpec("View")


def mark(request: HttpRequest) -> None:
    """The person has just shown who they are."""
    request.session[CONFIRMED] = moment.now(request).timestamp()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed who they are within the last ten minutes; a clock set back does not lengthen them."""
    at = request.session.get(CONFIRMED)
    return isinstance(at, float) and 0 <= moment.now(request).timestamp() - at < FRESH.total_seconds()


def required(
    view: Callable[Concatenate[HttpRequest, View], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, View], HttpResponseBase]:
    """Let a form through only within ten minutes of a proof; else ask for the password and keep what was filled in."""

    @sensitive_post_parameters(PASSWORD)
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: View.args, **kwargs: View.kwargs) -> HttpResponseBase:
        if not is_fresh(request):
            error, status = _proof(request)
            if status != 204:
                return _ask(request, error, status)
            request.session.cycle_key()  # a new session id whenever rights grow (docs/security.md, auth)
            mark(request)
        return view(request, *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, View], HttpResponseBase], guarded)


def _proof(request: HttpRequest) -> tuple[str, int]:
    """(sentence, status): 204 when the password is right, 200 when it was not asked for yet."""
    if PASSWORD not in request.POST:
        return "", 200
    person, address = cast(Person, request.user), request.META.get("REMOTE_ADDR", "")
    if not people.attempt_allowed(person.email, address, moment.now(request)):
        return _("Too many attempts. Wait a quarter of an hour, or ask the admin for a sign-in link."), 429
    if not person.check_password(request.POST[PASSWORD][:_LONGEST_PASSWORD]):
        return _("The present password is not right."), 403
    people.forget_attempts(person.email, address)
    return "", 204


def _ask(request: HttpRequest, error: str, status: int) -> HttpResponseBase:
    kept = [(name, value) for name, values in request.POST.lists() if name not in (PASSWORD, "csrfmiddlewaretoken") for value in values]
    return show(request, "confirm.html", {"page": "people", "kept": kept, "error": error}, status=status)
