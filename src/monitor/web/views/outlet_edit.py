"""Editing an outlet: a form with every mistake beside its field; who comes second is told and keeps what they typed."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.config.feeds_shape import KINDS, TEXT_SOURCES
from monitor.records import Outlet
from monitor.store import outlet_edits, pastes
from monitor.web import moment, outlet_form
from monitor.web.access import RUN_OUTLETS, allow
from monitor.web.outlet_form import OutletFields
from monitor.web.outlet_words import FIELD
from monitor.web.page import facts_of, show
from monitor.web.views.outlet_acts import refused
from monitor.web.views.triage import person_of


@allow(RUN_OUTLETS, "GET", "POST")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and what was typed into it."""
    found = outlet_edits.now_of(slug)
    if found is None:
        raise Http404
    outlet, revision, keys = found
    before = outlet_form.fields_of(outlet, keys)
    if request.method != "POST":
        return _form(request, slug, before, revision, outlet)
    fields = outlet_form.typed(request.POST, before)
    sections = [section.id for section in facts_of(request).desk.sections]
    wanted, fields, renamed = outlet_form.read(fields, slug, sections, local=pastes.loopback_origins())
    seen = request.POST.get("revision", "")
    if seen != str(revision):  # told before anything else: the fields may not even be the same any more
        return _form(request, slug, fields, revision, outlet, by=outlet_edits.last_editor(slug), theirs=True, status=409)
    if wanted is None:
        return _form(request, slug, fields, revision, outlet, status=422)
    done = outlet_edits.save(
        slug, revision, replace(wanted, enabled=outlet.enabled), person_of(request), moment.now(request), renamed=renamed
    )
    if done.result == "meanwhile":
        again = outlet_edits.now_of(slug)
        if again is None:
            raise Http404
        return _form(request, slug, fields, again[1], again[0], by=done.by, theirs=True, status=409)
    if done.result == "taken":
        messages.warning(request, refused(done))
        return _form(request, slug, fields, revision, outlet, status=422)
    if done.result == "done":
        messages.success(request, _("Saved. “Undo” stands below, under changes."))
    return redirect("outlet", slug=slug)


def _form(
    request: HttpRequest,
    slug: str,
    fields: OutletFields,
    revision: int,
    outlet: Outlet,
    *,
    by: str = "",
    theirs: bool = False,
    status: int = 200,
) -> HttpResponse:
    language = get_language() or "en"
    context = {
        "page": "outlets",
        "slug": slug,
        "name": outlet.name,
        "fields": fields,
        "revision": revision,
        "kinds": KINDS,
        "texts": TEXT_SOURCES,
        "countries": outlet_form.country_choices(language),
        "languages": outlet_form.language_choices(),
        "sections": [(one.id, one.label.get(language, one.id)) for one in facts_of(request).desk.sections],
        "theirs": _differences(outlet, fields) if theirs else None,
        "by": by or _("somebody else, or an import"),
    }
    return show(request, "outlet_edit.html", context, status=status)


def _differences(outlet: Outlet, fields: OutletFields) -> list[tuple[str, str]]:
    """What stands in the desk now where it is not what was typed."""
    pairs = [(name, str(getattr(outlet, name)), str(getattr(fields, name))) for name in FIELD if name not in ("feeds", "weight")]
    pairs.append(("weight", f"{outlet.weight:g}", fields.weight))
    feeds = [feed.url for feed in outlet.feeds]
    pairs.append(("feeds", " ".join(feeds), " ".join(feed.url for feed in fields.feeds if feed.url)))
    return [(str(FIELD[name]), now or "—") for name, now, typed in pairs if now != typed]
