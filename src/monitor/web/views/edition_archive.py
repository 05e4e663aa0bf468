"""A finished edition and its pieces at addresses of their own: as they were frozen, with what was corrected since; and as files."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from monitor.errors import EditionRefused, UsageError
from monitor.flows import edition_now, export_edition, export_site
from monitor.pipeline.edition_json import style_of, text_of
from monitor.records import EditionText, Style
from monitor.render.edition_forms import FORMS
from monitor.render.edition_sheet import sheet
from monitor.store import edition_mail, models, pages_editions
from monitor.web import edition_words, house_style, language
from monitor.web.access import READ, RUN_EDITIONS, allow
from monitor.web.middleware import FILE, under
from monitor.web.page import facts_of, show
from monitor.web.views.editions import board, found_or_404


@allow(READ, "GET")
def edition(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """The board while an edition is in progress; the edition itself once it is frozen."""
    row = found_or_404(edition)
    if row.state == "open" or row.snapshot is None:
        return board(request, row)
    mailed = edition_mail.withdrawn(row) if row.state == "withdrawn" else None
    return show(request, "edition_read.html", _reading(row) | {"mailed": mailed})


@allow(READ, "GET")
def piece(request: HttpRequest, edition: uuid.UUID, piece: uuid.UUID) -> HttpResponse:
    """One piece of a finished edition."""
    row = found_or_404(edition)
    if row.snapshot is None:
        raise Http404
    context = _reading(row)
    printed = list(context["sheet"].pieces)
    at = next((place for place, one in enumerate(printed) if one.piece.id == str(piece)), None)
    if at is None:
        raise Http404
    section = next(one for one in context["sheet"].sections if printed[at] in one.pieces)
    around = {"before": printed[at - 1] if at else None, "after": printed[at + 1] if at + 1 < len(printed) else None}
    return show(request, "edition_piece.html", context | around | {"one": printed[at], "section": section})


@allow(READ, "GET")
def preview(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """An edition in progress as it would be printed now."""
    row = found_or_404(edition)
    told = as_it_stands(request, row)
    if told is None:
        raise Http404
    return show(request, "edition_read.html", _told(row, *told) | {"preview": True})


@allow(READ, "GET")
def file(request: HttpRequest, edition: uuid.UUID, form: str) -> HttpResponse:
    """A finished edition in one of its forms, to keep; when a template of the desk's own cannot be filled, the page says so."""
    row = found_or_404(edition)
    told = pages_editions.frozen(row)
    if told is None or form not in FORMS:
        raise Http404
    try:
        made = export_edition.export(*told, form, house_style.folder())
    except UsageError as why:
        messages.warning(request, str(why))
        return redirect("edition", edition)
    return _download(made.data, made.name, made.media_type)


@allow(RUN_EDITIONS, "POST")
def site(request: HttpRequest) -> HttpResponse:
    """The archive as a web site in one file, for any web host."""
    desk = facts_of(request).desk
    try:
        made = export_site.packed(pages_editions.published(), desk.organisation or desk.name, get_language() or "en", house_style.folder())
    except UsageError as why:
        messages.warning(request, str(why))
        return redirect("editions")
    return _download(made, "press-review.zip", "application/zip")


def as_it_stands(request: HttpRequest, row: models.Edition) -> tuple[EditionText, Style] | None:
    """The text of an edition as the board has it now, or as it was frozen; None when its style is not there."""
    known, _wrong = house_style.styles()
    try:
        return edition_now.standing(row, known, facts_of(request).desk.organisation)
    except EditionRefused:
        return None


def _reading(row: models.Edition) -> dict[str, Any]:
    if row.snapshot is None:
        raise Http404
    return _told(row, text_of(row.snapshot), style_of(row.snapshot))


def _told(row: models.Edition, text: EditionText, style: Style) -> dict[str, Any]:
    said: dict[str, list[pages_editions.CorrectionLine]] = {}
    for one in pages_editions.corrections(row):
        said.setdefault(one.piece, []).append(one)
    before, after = pages_editions.before_and_after(row)
    printed = sheet(text, style)
    return {
        "page": "editions",
        "edition": row,
        "title": text.title,
        "sheet": printed,
        "lacking": export_edition.missing_fonts(printed),
        "direction": language.direction(row.language),
        "said": said,
        "of_all": said.get("", []),
        "before": before,
        "after": after,
        "forms": list(FORMS.values()),
        "state": edition_words.state(row.state),
        "tone": edition_words.TONE.get(row.state, "calm"),
        "events": [{"one": one, "what": edition_words.done(one.kind, one.note)} for one in pages_editions.history(row)],
    }


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'  # names are made of numbers and codes only
    return under(FILE, response)
