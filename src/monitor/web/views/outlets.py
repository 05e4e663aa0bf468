"""Outlets: what is wrong with each in plain words, what it brings, its history; and the desk's outlets as files."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from monitor.errors import ConfigError
from monitor.flows.import_outlets import export_opml, export_outlets
from monitor.store import pages_outlets
from monitor.web import doctor_words, moment, outlet_table
from monitor.web.access import READ, RUN_OUTLETS, allow
from monitor.web.outlet_words import changes_in_words
from monitor.web.page import facts_of, show


@allow(READ, "GET")
def outlets(request: HttpRequest) -> HttpResponse:
    """The table of outlets, the troubled first; `?health=attention`, `?trouble=`, `?q=` show some, `?sort=` orders them."""
    index, asked, facts = pages_outlets.index(), outlet_table.wanted(request), facts_of(request)
    found = outlet_table.chosen(index, asked, facts)
    pages = max(1, -(-len(found) // outlet_table.PAGE))
    page = min(asked.page, pages)
    shown = found[(page - 1) * outlet_table.PAGE : page * outlet_table.PAGE]
    lines = pages_outlets.outlet_lines([line.key for line in shown], moment.now(request))
    context = {
        "page": "outlets",
        "asked": asked,
        "groups": outlet_table.grouped(lines, asked, facts, get_language() or "en"),
        "told": {line.slug: [doctor_words.told(one) for one in line.checked.diagnosis.troubles] for line in lines},
        "sorts": [(sort, asked.address(sort=sort)) for sort in outlet_table.SORTS],
        "troubles": [(name, count, asked.address(trouble=code, health=""), code) for code, name, count in outlet_table.counts(index)],
        "all_address": asked.address(trouble="", health=""),
        "attention_address": asked.address(trouble="", health="attention"),
        "total": len(index),
        "found": len(found),
        "attention": sum(line.severity >= outlet_table.ATTENTION for line in index),
        "articles_7": sum(line.week for line in index),
        "previous": asked.address(page=page - 1) if page > 1 else "",
        "following": asked.address(page=page + 1) if page < pages else "",
        "number": page,
        "pages": pages,
    }
    return show(request, "outlets.html", context)


@allow(READ, "GET")
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """One outlet with its troubles, feeds, last fetches (`?feed=` those of one), articles and changes."""
    found = pages_outlets.outlet_page(slug, moment.now(request), feed=request.GET.get("feed", ""))
    if found is None:
        raise Http404
    diagnosis = found.line.checked.diagnosis
    context = {
        "page": "outlets",
        "outlet": found.line,
        "told": [doctor_words.told(one) for one in diagnosis.troubles],
        "feed_uuids": {feed.url: feed.uuid for feed in found.line.feeds},
        "unknown": doctor_words.not_known_yet(diagnosis) if found.line.enabled and not found.line.archived else [],
        "events": found.events,
        "articles": found.articles,
        "changes": changes_in_words(found.changes),
        "to_try": found.to_try,
        "only": found.only,
    }
    return show(request, "outlet.html", context)


@allow(READ, "GET")
def archived(request: HttpRequest) -> HttpResponse:
    """The outlets that were taken out of the desk."""
    return show(request, "outlets_archived.html", {"page": "outlets", "lines": pages_outlets.archived_lines()})


@allow(RUN_OUTLETS, "GET")
def as_yaml(_request: HttpRequest) -> HttpResponse:
    """The desk's outlets as feeds.yaml, with the order and comments of the file it was imported from."""
    path = settings.MONITOR.feeds
    try:
        text = export_outlets(path.read_text(encoding="utf-8") if path.exists() else None)
    except (ConfigError, OSError, UnicodeDecodeError):  # the file beside has mistakes: what the desk holds is written anew
        text = export_outlets(None)
    return _file(text, "application/yaml", "feeds.yaml")


@allow(RUN_OUTLETS, "GET")
def as_opml(request: HttpRequest) -> HttpResponse:
    """The desk's outlets as OPML 2.0, for other readers."""
    return _file(export_opml(moment.now(request), get_language() or "en"), "text/x-opml", "outlets.opml")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
