"""Adding outlets: paste addresses or bring a file, see what was found, choose, save; nothing is asked of anybody within the request."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from monitor.config.feeds_shape import KINDS
from monitor.config.opml_file import LARGEST, looks_like_opml, parse_opml
from monitor.errors import ConfigError
from monitor.flows.import_outlets import import_text
from monitor.records import Outlet
from monitor.store import outlet_edits, outlets, pastes
from monitor.store.models import Person
from monitor.store.pastes import PastedLine
from monitor.web import moment, outlet_form, pasted
from monitor.web.access import RUN_OUTLETS, allow
from monitor.web.page import facts_of, show
from monitor.web.pasted import Brought, Row
from monitor.web.views.outlet_acts import refused
from monitor.web.views.triage import person_of


@allow(RUN_OUTLETS, "GET", "POST")
def add(request: HttpRequest) -> HttpResponse:
    """The form for addresses and files; what was brought becomes a paste the worker looks at."""
    if request.method != "POST":
        return _add_form(request, request.GET.get("address", "")[:2048])
    text, file = request.POST.get("addresses", ""), request.FILES.get("file")
    data = file.read(LARGEST + 1) if isinstance(file, UploadedFile) else b""
    if not data and looks_like_opml(text.encode("utf-8", "replace")):
        data = text.encode("utf-8", "replace")
    if data and not looks_like_opml(data) and _is_yaml(file):
        return _yaml(request, data.decode("utf-8", "replace"), apply=False)
    brought = _brought(request, data) if data else pasted.from_text(text)
    if brought.mistakes:
        return _add_form(request, text, brought.mistakes)
    name = str(getattr(file, "name", "") or "")
    made = pastes.make(person_of(request), brought.addresses, moment.now(request), file=name)
    return redirect("outlet-paste", key=made)


@allow(RUN_OUTLETS, "POST")
def import_yaml(request: HttpRequest) -> HttpResponse:
    """Bring in a feeds.yaml whose effect was shown before."""
    return _yaml(request, request.POST.get("text", ""), apply=True)


@allow(RUN_OUTLETS, "GET")
def paste(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What was found, address by address."""
    return _paste_page(request, key)


@allow(RUN_OUTLETS, "POST")
def save(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Save the rows that are ticked, or, for a long list, all of them; with a mistake in one nothing is saved."""
    whole = request.POST.get("whole") == "1"
    lines = pastes.all_lines(str(key)) if whole else _page(key, _number(request)).lines
    rows = _rows([line for line in lines if line.state != "saved"])
    rows = [_with_defaults(request, row) for row in rows] if whole else [pasted.typed(row, request.POST) for row in rows]
    ready, wrong = _read(request, [row for row in rows if row.taken and any(feed["chosen"] for feed in row.feeds)])
    if wrong:
        return _paste_page(request, key, {row.line.uuid: row for row in [*rows, *wrong]}, wrong, status=422)
    if not ready:
        messages.warning(request, _("Nothing was saved: no outlet with a feed is ticked."))
        return redirect("outlet-paste", key=key)
    saved, refusals = _save(ready, str(key), person_of(request), request)
    if saved:
        messages.success(
            request, ngettext("%(n)d outlet saved; it is polled now.", "%(n)d outlets saved; they are polled now.", saved) % {"n": saved}
        )
    for refusal in refusals[:5]:
        messages.warning(request, refusal)
    return redirect("outlet-paste", key=key)


@allow(RUN_OUTLETS, "POST")
def look_again(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Let an address be looked at once more."""
    pastes.look_again(str(key), str(row), moment.now(request))
    return redirect("outlet-paste", key=key)


# ── adding ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_form(request: HttpRequest, text: str, mistakes: tuple[str, ...] = ()) -> HttpResponse:
    context = {"page": "outlets", "text": text, "mistakes": mistakes}
    return show(request, "outlet_add.html", context, status=422 if mistakes else 200)


def _brought(request: HttpRequest, data: bytes) -> Brought:
    """A file as OPML when it looks like it, else as a list of addresses."""
    if looks_like_opml(data) or data.lstrip()[:1] == b"<" or len(data) > LARGEST:
        words = {one.id.casefold(): one.id for one in facts_of(request).desk.sections}
        words |= {label.casefold(): one.id for one in facts_of(request).desk.sections for label in one.label.values()}
        feeds, mistakes = parse_opml(data)
        return pasted.from_opml(feeds, mistakes, words)
    return pasted.from_text(data.decode("utf-8", "replace"))


def _is_yaml(file: object) -> bool:
    return str(getattr(file, "name", "") or "").lower().endswith((".yaml", ".yml"))


def _yaml(request: HttpRequest, text: str, *, apply: bool) -> HttpResponse:
    """Show what a feeds.yaml would do, or do it."""
    try:
        merge = import_text(text.encode("utf-8", "replace"), "feeds.yaml", moment.now(request), apply=apply)
    except ConfigError as error:
        return _add_form(request, "", tuple(str(problem) for problem in error.problems))
    if apply:
        messages.success(request, _("Brought in. What was changed in the pages has stayed."))
        return redirect("outlets")
    names = {outlet.id: outlet.name for outlet in outlets.outlets()}
    context = {
        "page": "outlets",
        "text": text,
        "did": merge.summary,
        "archive": [names.get(one, one) for one in merge.to_archive],
        "differences": merge.differences,
    }
    return show(request, "outlet_import.html", context)


# ── a paste ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(request: HttpRequest) -> int:
    page = request.POST.get("page") or request.GET.get("page", "")
    return int(page) if page.isdecimal() and len(page) < 5 and int(page) else 1


def _page(key: uuid.UUID, number: int) -> pastes.PastePage:
    found = pastes.page(str(key), number)
    if found is None:
        raise Http404
    return found


def _rows(lines: list[PastedLine] | tuple[PastedLine, ...]) -> list[Row]:
    sites = [pasted.site_of((line.found.get("outlet") or {}).get("home") or line.said.get("home") or line.address) for line in lines]
    near = pastes.neighbours(sites, pasted.site_of)
    return [pasted.row_of(line, near) for line in lines]


def _paste_page(
    request: HttpRequest, key: uuid.UUID, typed: dict[str, Row] | None = None, wrong: list[Row] | None = None, *, status: int = 200
) -> HttpResponse:
    number = _number(request)
    found = _page(key, number)
    rows = [(typed or {}).get(row.line.uuid, row) for row in _rows(found.lines)]
    pages = max(1, -(-found.total // pastes.PAGE))
    elsewhere = [row for row in wrong or [] if row.line.uuid not in {one.line.uuid for one in rows}]
    context = {
        "page": "outlets",
        "paste": found,
        "rows": rows,
        "ready": sum(row.taken for row in rows),
        "countries": outlet_form.country_choices(get_language() or "en"),
        "languages": outlet_form.language_choices(),
        "kinds": KINDS,
        "wrong": wrong,
        "elsewhere": [(row.line.address, row.wrong or " ".join(row.fields.wrong.values())) for row in elsewhere][:50],
        "number": number,
        "pages": pages,
        "previous": number - 1 if number > 1 else 0,
        "following": number + 1 if number < pages else 0,
        "default_country": request.POST.get("default-country", ""),
        "default_language": request.POST.get("default-language", ""),
    }
    return show(request, "outlet_paste.html", context, status=status)


def _with_defaults(request: HttpRequest, row: Row) -> Row:
    """A row of a whole list, with the country and language given for those that have none."""
    fields = row.fields
    country, language = (
        fields.country or request.POST.get("default-country", "")[:3],
        fields.language or request.POST.get("default-language", "")[:12],
    )
    return replace(row, fields=replace(fields, country=country, language=language))


def _read(request: HttpRequest, rows: list[Row]) -> tuple[list[tuple[Row, Outlet]], list[Row]]:
    """The outlets the ticked rows mean, and the rows with a mistake; an outlet that is to be added to lends its own words."""
    sections = [section.id for section in facts_of(request).desk.sections]
    known = {one.id: one for one in outlets.outlets()} if any(row.chosen_into for row in rows) else {}
    before = pastes.loopback_origins()
    ready, wrong = [], []
    for row in rows:
        fields, into = pasted.with_feeds(row), known.get(row.chosen_into)
        if into is not None:
            fields = replace(outlet_form.fields_of(into, {}), feeds=fields.feeds)
        outlet, said, _renamed = outlet_form.read(fields, into.id if into else "", sections, local=before | _let_in(row))
        if outlet is None:
            feed_wrong = next((text for name, text in said.wrong.items() if "-feed-" in name), "")
            wrong.append(replace(row, fields=replace(row.fields, wrong=said.wrong), wrong=feed_wrong))
        else:
            ready.append((row, outlet if into else replace(outlet, enabled=bool(row.line.said.get("enabled", True)))))
    return ready, wrong


def _let_in(row: Row) -> frozenset[str]:
    """Origins of feeds the worker was let in to and read; what a list merely names is not enough to reach into this machine."""
    return frozenset(feed["url"].split("/")[2] for feed in row.line.found.get("feeds", ()) if not feed["reason"] and feed["newest"])


def _save(ready: list[tuple[Row, Outlet]], key: str, by: Person, request: HttpRequest) -> tuple[int, list[str]]:
    """Write outlets; one whose feed somebody else watched meanwhile is told and left out."""
    saved, refusals, now = [], list[str](), moment.now(request)

    def each(item: tuple[Row, Outlet]) -> None:
        row, outlet = item
        if row.chosen_into:
            known = next((one for one in outlets.outlets() if one.id == row.chosen_into), outlet)
            fresh = tuple(feed for feed in outlet.feeds if feed.url not in {one.url for one in known.feeds})
            done = outlet_edits.save(known.id, None, replace(known, feeds=(*known.feeds, *fresh)), by, now)
        else:
            done = outlet_edits.add(outlet, by, now, check=len(ready) <= pastes.PAGE)
        if done.result in ("done", "same") and done.outlet is not None:
            saved.append(pastes.saved(key, row.line.uuid, done.outlet.id))
        else:
            refusals.append(f"{outlet.name}: {refused(done)}")

    outlet_edits.in_batches(ready, each)
    return sum(saved), refusals
