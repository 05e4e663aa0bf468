"""In which language the desk answers, and how it names languages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy

from monitor.render.foreign import RIGHT_TO_LEFT, code, direction
from monitor.store.models import Person

__all__ = ["RIGHT_TO_LEFT", "asked_for", "code", "direction", "name", "speak"]
_PLAIN = {"zh": gettext_lazy("Chinese"), "no": gettext_lazy("Norwegian")}
"""Languages that Django names only by their written forms."""


def speak(request: HttpRequest) -> None:
    """Answer in the person's language; a stranger gets what the browser asks for (Accept-Language)."""
    user = getattr(request, "user", None)
    translation.activate(user.language if isinstance(user, Person) else asked_for(request))


def asked_for(request: HttpRequest) -> str:
    """The language of the desk that the browser prefers (Accept-Language)."""
    return translation.get_language_from_request(request)


def name(value: str) -> str:
    """The language's name in the language of the page, or its code where Django has no name for it (French writes it small)."""
    known = value.lower()
    try:
        named = str(_PLAIN.get(known) or translation.get_language_info(known)["name_translated"])
    except KeyError:
        return value
    return named if (translation.get_language() or "en").startswith("en") else named.lower()
