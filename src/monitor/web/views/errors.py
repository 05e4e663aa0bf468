"""Error pages: plain, without the database, in the reader's language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from monitor.web import language


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400: the request cannot be understood."""
    return _page(400, _("This request cannot be understood"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the person's role does not include this."""
    language.speak(request)
    return _page(403, _("Your role does not include this"), _("Ask an editor or the admin of the desk if you need it."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: there is no such page; the path asked for is not repeated."""
    language.speak(request)
    return _page(404, _("There is no such page"), _("It may have moved, or the address was mistyped."))


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500: a bug; it is in the log."""
    return _page(500, _("Something broke"), _("It is not your fault. The error is in the log of the desk; try again in a moment."))


def _page(status: int, title: str, advice: str) -> HttpResponse:
    context = {"status": status, "title": title, "advice": advice, "language": translation.get_language() or "en"}
    return HttpResponse(render_to_string("error.html", context), status=status)
