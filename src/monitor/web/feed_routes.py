"""Which feed a page has: the same view, for readers of feeds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from monitor.web.search_asked import FILTERS, asked

FORMS = ("atom", "json")
_OF = {"today": "feed-today", "story": "feed-story", "outlet": "feed-outlet", "search": "feed-search", "editions": "feed-editions"}


def feed_route(request: HttpRequest) -> tuple[str, dict[str, Any], str] | None:
    """The route of the page's feed, its names, and what is asked of it; None for a page without one."""
    match = request.resolver_match
    route = _OF.get(match.url_name or "") if match is not None else None
    if match is None or route is None:
        return None
    if route == "feed-today":
        section = request.GET.get("section", "")
        return route, {}, f"section={section}" if section.isidentifier() and section.isascii() else ""
    if route == "feed-search":
        values = {name: request.GET.get(name, "") for name in ("q", *FILTERS)}
        ask = asked(values, french=(get_language() or "en")[:2] == "fr")
        return (route, {}, ask.canonical_address()) if ask.anything else None
    return route, dict(match.kwargs), ""
