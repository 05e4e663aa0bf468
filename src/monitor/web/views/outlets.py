"""Outlets: how each is doing in plain words, its history, and pausing it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.config.countries import section_of_country
from monitor.store import outlets as stored
from monitor.store import pages_outlets
from monitor.store.pages import DeskFacts
from monitor.store.pages_outlets import OutletLine
from monitor.web import moment, words
from monitor.web.access import READ, RUN_OUTLETS, allow
from monitor.web.page import facts_of, show


@allow(READ, "GET")
def outlets(request: HttpRequest) -> HttpResponse:
    """Every outlet, by the section its country belongs to; `?health=attention` shows those that need a look."""
    lines = pages_outlets.outlet_lines(moment.now(request))
    attention = [line for line in lines if words.tone(line.health) in ("bad", "warn")]
    wanted = attention if request.GET.get("health") == "attention" else lines
    context = {
        "page": "outlets",
        "groups": _by_section(wanted, facts_of(request)),
        "total": len(lines),
        "attention": len(attention),
        "only_attention": wanted is attention,
        "articles_7": sum(line.articles_7 for line in lines),
        "articles_28": sum(line.articles_28 for line in lines),
    }
    return show(request, "outlets.html", context)


@allow(READ, "GET")
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """One outlet with its feeds, last fetches and last articles."""
    found = pages_outlets.outlet_page(slug, moment.now(request))
    if found is None:
        raise Http404
    return show(request, "outlet.html", {"page": "outlets", "outlet": found.line, "events": found.events, "articles": found.articles})


@allow(RUN_OUTLETS, "POST")
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop polling an outlet until somebody resumes it."""
    _switch(request, slug, enabled=False)
    messages.success(request, _("Paused: this outlet is not polled until somebody resumes it."))
    return redirect("outlet", slug=slug)


@allow(RUN_OUTLETS, "POST")
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Poll an outlet again, no sooner than politeness allows."""
    _switch(request, slug, enabled=True)
    messages.success(request, _("Resumed: it is polled again as soon as politeness allows."))
    return redirect("outlet", slug=slug)


def _by_section(lines: Iterable[OutletLine], facts: DeskFacts) -> list[tuple[str, list[OutletLine]]]:
    """Outlets under the label of their country's section, in the desk's order; those of no country (EU, INT) come last."""
    language = get_language() or "en"
    order = [section.id for section in facts.desk.sections]
    groups: dict[str, list[OutletLine]] = {section: [] for section in [*order, ""]}
    for line in lines:
        section = section_of_country().get(line.country, "")
        groups[section if section in groups else ""].append(line)
    named = [(facts.section_label(section, language) if section else _("International"), group) for section, group in groups.items()]
    return [(label, sorted(group, key=lambda line: (line.country, line.name))) for label, group in named if group]


def _switch(request: HttpRequest, slug: str, *, enabled: bool) -> None:
    if not stored.set_enabled(slug, enabled=enabled, now=moment.now(request)):
        raise Http404
