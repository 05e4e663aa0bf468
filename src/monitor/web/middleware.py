"""The headers every answer carries, static files and errors included (docs/security.md, CSP)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = "page"
FRAMING = "framing"
LETTER = "letter"
FILE = "file"
POLICIES = {
    PAGE: CONTENT_SECURITY_POLICY,
    # a page that shows a mail in a frame of our own
    FRAMING: CONTENT_SECURITY_POLICY + "; frame-src 'self'",
    # that mail itself: an origin of its own, no script, no form, nothing fetched; its styles stand on its elements
    LETTER: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox",
    # a file to be kept, which must do nothing should a browser show it after all
    FILE: "default-src 'none'; sandbox",
}
"""Every policy there is; a view may choose one, never write one."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def under(policy: str, response: HttpResponse) -> HttpResponse:
    """The answer under one of the policies of the table instead of the pages' own."""
    response.monitor_policy = policy  # type: ignore[attr-defined]
    return response


class SecurityHeaders:
    """Sets the headers on whatever the inner layers answer; a view may not weaken them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response[name] = value
        response["Content-Security-Policy"] = POLICIES[getattr(response, "monitor_policy", PAGE)]
        return response
