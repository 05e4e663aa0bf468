"""Editions: the list with the archive, a new one, and the board where an edition is put together."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.errors import EditionRefused
from monitor.pipeline.edition import authors, hindrances, missing, words_of
from monitor.records import Style
from monitor.store import editions, models, pages_editions
from monitor.store.pages_editions import Board, EditionLine
from monitor.web import edition_words, house_style, language, moment
from monitor.web.access import READ, RUN_EDITIONS, allow, rights_of
from monitor.web.edition_words import hindrance
from monitor.web.page import facts_of, local_now, show, zone_of
from monitor.web.templatetags.desk import plain
from monitor.web.views.triage import person_of

_LONGEST = 300


@allow(READ, "GET")
def editions_page(request: HttpRequest) -> HttpResponse:
    """What is in progress, what was published, and a form for a new one."""
    return _list(request)


@allow(RUN_EDITIONS, "POST")
def make(request: HttpRequest) -> HttpResponse:
    """Begin an edition."""
    known, _wrong = house_style.styles()
    form = {name: _typed(request, name) for name in ("style", "language", "dated", "number", "deadline", "title")}
    style = known.get(form["style"])
    try:
        if style is None:
            raise EditionRefused("style", _("Choose a house style."))
        made = editions.make(style, wanted(request, form, form["language"]), person_of(request), moment.now(request))
    except EditionRefused as why:
        return _list(request, form=form | {"wrong": why.code, "error": _said(why)}, status=400)
    return redirect("edition", made.uuid)


def _list(request: HttpRequest, *, form: Mapping[str, str] | None = None, status: int = 200) -> HttpResponse:
    known, wrong = house_style.styles()
    lines = pages_editions.listed()
    working = [_item(one, known) for one in lines if one.state in ("open", "frozen")]
    archive = [_item(one, known) for one in lines if one.state in ("published", "withdrawn")]
    first = next(iter(known.values()), None)
    context = {
        "page": "editions",
        "working": working,
        "archive": archive,
        "styles": list(known.values()),
        "languages": [(code, language.name(code)) for code in dict.fromkeys(code for style in known.values() for code in style.languages)],
        "wrong": wrong,
        "form": form or {"style": first.id if first else "", "language": _tongue(), "dated": _next_week(request).isoformat()},
    }
    return show(request, "editions.html", context, status=status)


def _item(one: EditionLine, known: Mapping[str, Style]) -> dict[str, Any]:
    return {"one": one, "title": house_style.title(one, known)}


def _next_week(request: HttpRequest) -> date:
    """The Friday after today: most reviews are weekly, and the date can be changed."""
    today = local_now(request).date()
    return today + timedelta(days=(4 - today.weekday()) % 7 or 7)


# ── the board ────────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(RUN_EDITIONS, "POST")
def place(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Put a piece somewhere on the board, or back into the tray."""
    piece = _key(request.POST.get("piece", ""))
    if piece is None:
        return answer(request, edition, EditionRefused("piece", ""))
    section, position = _where(request)
    try:
        editions.place(edition, piece, section, position, person_of(request), moment.now(request), seen=number_in(request, "seen"))
    except EditionRefused as why:
        return answer(request, edition, why, piece=piece, wish={"section": section, "position": position})
    return answer(request, edition, None, piece=piece)


@allow(RUN_EDITIONS, "POST")
def undo(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Take back the last change of the board."""
    try:
        editions.undo(edition, person_of(request), moment.now(request), seen=number_in(request, "seen"))
    except EditionRefused as why:
        return answer(request, edition, why)
    return answer(request, edition, None)


@allow(RUN_EDITIONS, "POST")
def change(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Change number, date, title, deadline and how many pieces each section should have."""
    row = found_or_404(edition)
    form = {name: _typed(request, name) for name in ("dated", "number", "deadline", "title")}
    try:
        targets = {str(one["id"]): _target(request.POST.get(f"target-{one['id']}", "")) for one in row.sections}
        facts = wanted(request, form, row.language)
        editions.change(edition, facts, targets, person_of(request), moment.now(request), seen=number_in(request, "seen"))
    except EditionRefused as why:
        return _page(request, row, status=409 if why.code == "meanwhile" else 400, more={"form": form, "form_error": _said(why)})
    return redirect("edition", edition)


def board(request: HttpRequest, row: models.Edition) -> HttpResponse:
    """The page of an open edition."""
    return _page(request, row)


def answer(
    request: HttpRequest,
    edition: uuid.UUID,
    why: EditionRefused | None,
    *,
    piece: uuid.UUID | None = None,
    wish: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The board after a change: for a script the part that changed, else the page; when somebody was first, with the wish still open."""
    if why is not None and why.code == "gone":
        raise Http404
    script = request.headers.get("X-Desk") == "part"
    if why is None and not script:
        return redirect(f"{request.path.rpartition('/')[0]}#{f'piece-{piece}' if piece else 'board'}")
    row = found_or_404(edition)
    first = why is not None and why.code == "meanwhile"
    told: dict[str, Any] = {"refused": _said(why) if why else "", "wish": None}
    if first and piece is not None and wish is not None:
        told["wish"] = {
            "piece": str(piece),
            "since": pages_editions.history(row, since=max(1, row.version - number_in(request, "seen"))),
        } | dict(wish)
    status = 200 if why is None else 409
    if script:
        return render(request, "parts/board.html", _shared(request, _context(request, row) | told), status=status)
    return _page(request, row, status=status, more=told)


def _page(request: HttpRequest, row: models.Edition, *, status: int = 200, more: Mapping[str, Any] | None = None) -> HttpResponse:
    context = _context(request, row)
    deadline = row.deadline.astimezone(zone_of(request)).strftime("%Y-%m-%dT%H:%M") if row.deadline else ""
    facts = {"number": row.number, "dated": row.dated.isoformat(), "title": row.title, "deadline": deadline}
    return show(request, "edition_board.html", context | {"form": facts} | dict(more or {}), status=status)


def _context(request: HttpRequest, row: models.Edition) -> dict[str, Any]:
    known, wrong = house_style.styles()
    found = pages_editions.board(row, person_of(request))
    style = known.get(row.series)
    gaps = missing(found.sections, found.placed)
    wish_names = {line.uuid: line.title for line in (*found.tray, *found.coming, *(one for part in found.columns for one in part.pieces))}
    return {
        "page": "editions",
        "edition": row,
        "title": house_style.title(row, known),
        "tongue": language.name(row.language),
        "board": found,
        "names": wish_names,
        "gaps": [edition_words.gap(one) for one in gaps],
        "hinders": _hinders(found, style, row, wrong),
        "authors": authors((one.piece for one in found.placed), words_of(style, row.language), row.language) if style else (),
        "events": [{"one": one, "what": edition_words.done(one.kind, one.note)} for one in found.events],
        "undoable": editions.last_undoable(row) is not None,
        "late": row.deadline is not None and row.deadline < moment.now(request),
        "wrong": wrong,
    }


def _hinders(found: Board, style: Style | None, row: models.Edition, wrong: list[str]) -> list[str]:
    if style is None:
        return wrong or [_("The house style “%(style)s” is not in style.yaml any more.") % {"style": row.series}]
    return [hindrance(one) for one in hindrances(found.sections, found.placed, style)]


def _shared(request: HttpRequest, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a part needs of what every page has."""
    return dict(context) | {
        "may": {right.replace(" ", "_"): True for right in rights_of(request)},
        "language": get_language() or "en",
        "zone": zone_of(request),
        "now": local_now(request),
        "facts": facts_of(request),
    }


# ── what forms say ───────────────────────────────────────────────────────────────────────────────────────────────────


def wanted(request: HttpRequest, form: Mapping[str, str], tongue: str) -> editions.Wanted:
    """What a form wants of an edition; raises EditionRefused (date, deadline, number)."""
    try:
        dated = date.fromisoformat(form["dated"])
    except ValueError:
        raise EditionRefused("date", _("Write the date of the edition, such as 2026-03-20.")) from None
    deadline = None
    if form["deadline"]:
        try:
            deadline = datetime.fromisoformat(form["deadline"]).replace(tzinfo=zone_of(request)).astimezone(UTC)
        except (ValueError, OverflowError):  # the second for the first and the last day there is
            raise EditionRefused("deadline", _("Write the deadline as day and hour, such as 2026-03-19 18:00.")) from None
    number = None
    if form["number"]:
        if not (form["number"].isascii() and form["number"].isdigit() and len(form["number"]) < 8):
            raise EditionRefused("number", "")
        number = int(form["number"])
    return editions.Wanted(tongue, dated, number, form["title"], deadline)


def found_or_404(edition: uuid.UUID) -> models.Edition:
    """The edition's row; a page that is not there otherwise."""
    row = pages_editions.find(edition)
    if row is None:
        raise Http404
    return row


def _said(why: EditionRefused) -> str:
    return str(why) if why.code in ("date", "deadline", "style") else edition_words.refused(why)


def _where(request: HttpRequest) -> tuple[str, int]:
    """Section and position a form wants: one up, one down, or the end of the chosen section."""
    step, standing = request.POST.get("step", ""), number_in(request, "place")
    if step in ("up", "down"):
        return request.POST.get("from", "")[:40], max(1, standing + (1 if step == "down" else -1))
    return request.POST.get("section", "")[:40], number_in(request, "position") or 999


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number a form holds; 0 when it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _target(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 50):
        raise EditionRefused("date", _("A section has from 0 to 50 pieces."))
    return int(text)


def _typed(request: HttpRequest, name: str) -> str:
    """What a field holds, without signs that no text has and no database takes."""
    return plain(request.POST.get(name, "")).strip()[:_LONGEST]


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _tongue() -> str:
    return (get_language() or "en")[:2]
