"""What went wrong, for programs and the people who write them: RFC 9457 problem JSON in plain words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

MEDIA_TYPE = "application/problem+json"
KINDS: Mapping[str, tuple[int, str | Promise]] = {
    "unreadable": (400, gettext_lazy("This request cannot be read")),
    "no-token": (401, gettext_lazy("A token is needed")),
    "not-allowed": (403, gettext_lazy("This token does not allow it")),
    "not-there": (404, gettext_lazy("There is no such thing")),
    "method": (405, gettext_lazy("Not by this method")),
    "conflict": (409, gettext_lazy("Somebody else was first")),
    "too-large": (413, gettext_lazy("This request is too large")),
    "too-long": (414, gettext_lazy("This address is too long")),
    "not-json": (415, gettext_lazy("JSON is needed")),
    "wrong-value": (422, gettext_lazy("A value cannot be used")),
    "wrong-query": (422, gettext_lazy("This query cannot be read")),
    "too-often": (429, gettext_lazy("Too many requests")),
    "broken": (500, gettext_lazy("Something broke")),
}
"""Every kind of problem: its status and its title. The page /api explains each under its name."""
_SAID: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("It is missing."),
    "string_pattern_mismatch": gettext_lazy("It contains signs that cannot be in it, or is too long."),
    "string_too_long": gettext_lazy("It is too long."),
    "string_too_short": gettext_lazy("It is empty."),
    "int_parsing": gettext_lazy("It is not a whole number."),
    "greater_than_equal": gettext_lazy("It is too small."),
    "less_than_equal": gettext_lazy("It is too large."),
    "extra_forbidden": gettext_lazy("There is no such name here."),
}
log = logging.getLogger("monitor.web")


class Problem(Exception):
    """An answer that is a problem: its kind, what is wrong in words, and what else it tells."""

    def __init__(self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **told: Any) -> None:
        self.kind, self.detail = kind, detail
        self.headers = headers or {}
        self.told = told
        super().__init__(detail)


def answer(problem: Problem) -> HttpResponse:
    """A problem as an answer."""
    status, title = KINDS[problem.kind]
    body = {"type": f"/api#{problem.kind}", "title": str(title), "status": status, "detail": problem.detail, **problem.told}
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    response = HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(problem.headers))
    response._has_been_logged = True  # type: ignore[attr-defined]  # the program was told; the desk's log is for the desk's faults
    return response


def wrong(where: str, name: str, message: str) -> Problem:
    """One value that cannot be used."""
    return wrong_values([{"where": where, "name": name, "message": message}])


def wrong_values(errors: Sequence[Mapping[str, str]]) -> Problem:
    """Every value that cannot be used, at once."""
    detail = " ".join(f"{one['name']}{pgettext('before a list', ': ')}{one['message']}" for one in errors)
    return Problem("wrong-value", detail, errors=[dict(one) for one in errors])


def missing() -> Problem:
    """What was asked for is not at this desk."""
    return Problem("not-there", _("Nothing is at this address: it was mistyped, or what stood there has gone."))


def register(api: NinjaAPI) -> None:
    """Let an interface answer every error as a problem."""
    handlers: Sequence[tuple[type[Exception], Callable[..., HttpResponse]]] = (
        (Problem, lambda _request, error: answer(error)),
        (AuthenticationError, _no_token),
        (HttpError, _unreadable),
        (ValidationError, _invalid),
        (Exception, broken),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A bug: it goes to the log, and nothing of it to the program."""
    log.error("%s %s broke", request.method, request.path, exc_info=error)
    return answer(Problem("broken", _("It is not your fault. The error is in the log of the desk; try again in a moment.")))


def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    told = _("Send a token of yours in the header “Authorization: Bearer …”; it may be mistyped or revoked. Cookies do not count here.")
    return answer(Problem("no-token", told, headers={"WWW-Authenticate": 'Bearer realm="Press Monitor"'}))


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    return answer(Problem("unreadable", _("The body is not JSON.")))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    return answer(wrong_values([_wrong_value(one) for one in error.errors]))


def _wrong_value(error: Mapping[str, Any]) -> dict[str, str]:
    where, *path = [str(part) for part in error.get("loc", ())] or ["query"]
    if error.get("type") == "literal_error":
        message = _("It is none of %(choices)s.") % {"choices": str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")}
    else:
        message = str(_SAID.get(error.get("type", ""), _("It cannot be used here.")))
    return {"where": where, "name": path[-1][:80] if path else where, "message": message}
