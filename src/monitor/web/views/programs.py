"""A person's tokens for programs, and the page that explains the interface under /api/v1."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.errors import PersonRefused
from monitor.store import tokens
from monitor.store.models import Person
from monitor.web import moment, sudo
from monitor.web.access import OWN_ACCOUNT, READ, allow
from monitor.web.api import problems, routes
from monitor.web.page import show

_REFUSED: dict[str, str | Promise] = {
    "token_name": gettext_lazy("Write a name of at most 80 characters."),
    "token_scope": gettext_lazy("Choose what the token may do."),
    "token_known": gettext_lazy("You have a token of this name already. Revoke it first, or choose another name."),
    "token_many": gettext_lazy("You have twenty tokens, which is the most. Revoke one that is no longer used."),
}
_SUMMARIES = {
    "Articles": gettext_lazy("Articles, newest first; with a query, those that match"),
    "One article": gettext_lazy("One article"),
    "Stories, newest first": gettext_lazy("Stories, newest first"),
    "One story with its articles": gettext_lazy("One story with its articles"),
    "Leads, highest score first": gettext_lazy("Leads, highest score first"),
    "One lead": gettext_lazy("One lead"),
    "Outlets in desk order": gettext_lazy("Outlets, in the desk’s order"),
    "One outlet": gettext_lazy("One outlet"),
    "Search the archive": gettext_lazy("Search the archive, newest first"),
    "Claim a lead for 48 hours": gettext_lazy("Claim a lead for 48 hours"),
    "Keep a claim for 48 hours from now": gettext_lazy("Keep a claim for 48 hours from now"),
    "Hand a claim back": gettext_lazy("Hand a claim back"),
    "Dismiss a lead for a reason": gettext_lazy("Dismiss a lead for a reason"),
    "Put a lead off": gettext_lazy("Put a lead off"),
    "Bring back what was dismissed or put off": gettext_lazy("Bring back what was dismissed or put off"),
}
"""What each operation of the OpenAPI document is called on the page; a test keeps the two together."""


@allow(OWN_ACCOUNT, "GET")
def tokens_page(request: HttpRequest) -> HttpResponse:
    """My tokens, what each may do, and when it was last used."""
    return _tokens(request)


@allow(OWN_ACCOUNT, "POST")
@sudo.required
def make(request: HttpRequest) -> HttpResponse:
    """A new token, shown this once. Sent again (a page reloaded) it makes no second one: its name is taken."""
    form = {name: request.POST.get(name, "")[: tokens.LONGEST_NAME + 1] for name in ("name", "scope")}
    try:
        made, text = tokens.make(_person(request), form["name"], form["scope"], moment.now(request))
    except PersonRefused as why:
        return _tokens(request, form | {"wrong": why.code, "error": str(_REFUSED[why.code])}, status=400)
    return show(request, "token_made.html", {"page": "me", "made": made, "text": text, "address": _address(request)})


@allow(OWN_ACCOUNT, "POST")
def revoke(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """End a token for good."""
    gone = tokens.revoke(_person(request), token, moment.now(request))
    if gone is None:
        messages.warning(request, _("You have no such token any more. Nothing was changed."))
    else:
        messages.success(request, _("“%(name)s” is revoked: no program gets in with it any more.") % {"name": gone.name})
    return redirect("me-tokens")


@allow(READ, "GET")
def guide(request: HttpRequest) -> HttpResponse:
    """What a program can ask of this desk, and how."""
    context = {"page": "me", "operations": operations(), "problems": problems.KINDS.items(), "address": _address(request)}
    return show(request, "api.html", context)


def operations() -> list[dict[str, Any]]:
    """Every operation of the OpenAPI document: method, address, what it does, and what may stand behind the `?` or in the body."""
    found = []
    for address, by_method in routes.document()["paths"].items():
        for method, told in by_method.items():
            takes = [one["name"] for one in told.get("parameters", ()) if one["in"] == "query"]
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
            sent = list(_schema(body)["properties"]) if body else []
            summary = str(_SUMMARIES.get(told["summary"], told["summary"]))
            found.append({"method": method.upper(), "path": address, "summary": summary, "takes": takes, "body": sent})
    return found


def _schema(reference: str) -> dict[str, Any]:
    return dict(routes.document()["components"]["schemas"][reference.rpartition("/")[2]])


def _tokens(request: HttpRequest, form: dict[str, str] | None = None, *, status: int = 200) -> HttpResponse:
    context = {"page": "me", "tokens": tokens.of(_person(request)), "form": form or {"scope": "read"}}
    return show(request, "tokens.html", context, status=status)


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _address(request: HttpRequest) -> str:
    """Where programs reach this desk: under its public name where it has one."""
    public = settings.MONITOR.public_url.rstrip("/")
    return f"{public}/api/v1" if public else request.build_absolute_uri("/api/v1")
