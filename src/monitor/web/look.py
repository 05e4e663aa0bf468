"""Whether the desk is light or dark in a browser: a cookie of that browser's, for a phone in the tram is not the screen at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SYSTEM = "system"
SCHEMES = ("light", "dark")
KEPT = timedelta(days=365)
Answer = TypeVar("Answer", bound=HttpResponseBase)


def chosen(request: HttpRequest) -> str:
    """light or dark, or "" when the system decides."""
    kept = request.COOKIES.get(_cookie(), "")
    return kept if kept in SCHEMES else ""


def keep(answer: Answer, wanted: str) -> Answer:
    """The answer that keeps a choice in the browser; the system's is kept by forgetting."""
    name, secure = _cookie(), settings.MONITOR.https
    value, age = (wanted, KEPT) if wanted in SCHEMES else ("", timedelta())  # delete_cookie would not be believed for a __Host- name
    answer.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def _cookie() -> str:
    return "__Host-scheme" if settings.MONITOR.https else "scheme"
