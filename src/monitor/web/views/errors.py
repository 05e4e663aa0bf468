"""Error pages: plain, without the database, in the reader's language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils import translation
from django.utils.encoding import iri_to_uri
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
    """404: there is no such page; the path asked for is not repeated. A slash too many at the end leads to the page without it."""
    if (meant := _without_slash(request)) is not None:
        return HttpResponsePermanentRedirect(meant)
    language.speak(request)
    return _page(404, _("There is no such page"), _("It may have moved, or the address was mistyped."))


def _without_slash(request: HttpRequest) -> str | None:
    """The address meant by one with a slash at its end, if it is a page of this desk; never another host's."""
    path = request.path.rstrip("/")
    if request.method not in {"GET", "HEAD"} or path == request.path or path.startswith("//") or "\\" in path or not is_valid_path(path):
        return None
    query = request.META.get("QUERY_STRING", "")
    return iri_to_uri(f"{path}?{query}" if query else path)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500: a bug; it is in the log."""
    return _page(500, _("Something broke"), _("It is not your fault. The error is in the log of the desk; try again in a moment."))


def _page(status: int, title: str, advice: str) -> HttpResponse:
    context = {"status": status, "title": title, "advice": advice, "language": translation.get_language() or "en"}
    return HttpResponse(render_to_string("error.html", context), status=status)
