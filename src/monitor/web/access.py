"""Who may do what: one table role → rights, and the gate every view stands behind."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec, Protocol, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from monitor.store.models import Person
from monitor.web import language

PROBE = "probe"
"""For machines that watch the process: open to all, and nobody is looked up (the database may be down)."""
EVERYBODY = "everybody"
READ = "read"
OWN_ACCOUNT = "own account"
TRIAGE = "triage"
ALERTS = "alerts"
DESK_ALERTS = "desk alerts"
HAND_BACK_OTHERS = "hand back others"
PIN_LEADS = "pin leads"
WRITE_PIECES = "write pieces"
EDIT_PIECES = "edit pieces"
EDIT_STORIES = "edit stories"
RUN_EDITIONS = "run editions"
RUN_OUTLETS = "run outlets"
RUN_THEMES = "run themes"
RUN_PEOPLE = "run people"
RUN_DESK = "run desk"

RIGHTS: Mapping[str, frozenset[str]] = {
    "contributor": frozenset({READ, OWN_ACCOUNT, TRIAGE, ALERTS, WRITE_PIECES}),
    "editor": frozenset(
        {
            READ,
            OWN_ACCOUNT,
            TRIAGE,
            ALERTS,
            DESK_ALERTS,
            HAND_BACK_OTHERS,
            PIN_LEADS,
            WRITE_PIECES,
            EDIT_PIECES,
            EDIT_STORIES,
            RUN_EDITIONS,
            RUN_OUTLETS,
            RUN_THEMES,
        }
    ),
    "admin": frozenset(
        {
            READ,
            OWN_ACCOUNT,
            TRIAGE,
            ALERTS,
            DESK_ALERTS,
            HAND_BACK_OTHERS,
            PIN_LEADS,
            WRITE_PIECES,
            EDIT_PIECES,
            EDIT_STORIES,
            RUN_EDITIONS,
            RUN_OUTLETS,
            RUN_THEMES,
            RUN_PEOPLE,
            RUN_DESK,
        }
    ),
}
"""What each role may do; a role that is not in the table may do nothing."""

View = ParamSpec("View")


class Gated(Protocol[View]):
    """A view behind its gate: it tells the right it asks for and the methods it answers."""

    right: str
    methods: tuple[str, ...]

    def __call__(self, request: HttpRequest, *args: View.args, **kwargs: View.kwargs) -> HttpResponseBase: ...


def rights_of(request: HttpRequest) -> frozenset[str]:
    """The rights of whoever asks; a stranger has none."""
    user = request.user
    return RIGHTS.get(user.role, frozenset()) if isinstance(user, Person) else frozenset()


def allow(right: str, *methods: str) -> Callable[[Callable[Concatenate[HttpRequest, View], HttpResponseBase]], Gated[View]]:
    """Let a view answer only these methods and only people with this right; strangers are led to the sign-in page.

    Answers for people are never kept by a cache; PermissionDenied (page 403) for a person whose role lacks the right.
    """
    answered = (*methods, "HEAD") if "GET" in methods else methods

    def gate(view: Callable[Concatenate[HttpRequest, View], HttpResponseBase]) -> Gated[View]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: View.args, **kwargs: View.kwargs) -> HttpResponseBase:
            if right != PROBE:
                language.speak(request)
            refusal = _refusal(request, right, answered)
            if refusal is not None:
                return refusal
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        told = cast(Gated[View], guarded)
        told.right, told.methods = right, answered
        return told

    return gate


def _refusal(request: HttpRequest, right: str, methods: tuple[str, ...]) -> HttpResponseBase | None:
    """None when the view may answer; the gate comes before the method, so a stranger learns nothing of what exists."""
    if right not in (PROBE, EVERYBODY):
        if not request.user.is_authenticated:
            there = {"next": request.get_full_path()} if request.method in ("GET", "HEAD") and request.path != "/" else {}
            return HttpResponseRedirect(reverse("sign-in") + (f"?{urlencode(there)}" if there else ""))
        if right not in rights_of(request):
            raise PermissionDenied
    return None if request.method in methods else HttpResponseNotAllowed(methods)
