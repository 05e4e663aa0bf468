"""What the buttons of a piece do. Every one of them saves the text first, so that nothing typed is lost by pressing another.

A form's answer is the page again; a script's (header X-Desk: part) the parts that changed. Who writes upon an older version than stands is
shown both, side by side, and nothing is overwritten.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from monitor.pipeline.piece_text import as_written, compare, merged
from monitor.store import models, pages_pieces, piece_acts, piece_sources
from monitor.store.piece_acts import Saved, Text
from monitor.store.piece_sources import Typed
from monitor.web import language, moment, piece_words
from monitor.web.access import WRITE_PIECES, allow
from monitor.web.page import show
from monitor.web.views.pieces import is_editor, page_of, part
from monitor.web.views.triage import person_of


@allow(WRITE_PIECES, "POST")
def save(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Save the text: by the clock (`auto`) or because somebody asked; a source typed and sent by the Enter key is added."""
    if "auto" not in request.POST and request.headers.get("X-Desk") != "part":
        if request.POST.get("address", "").strip():
            return _source(request, key, "add")
        if any(request.POST.get(name, "").strip() for name in ("outlet", "headline")):
            return _source(request, key, "type")
    saved = _save(request, key, kept="auto" not in request.POST)
    told = "" if "auto" in request.POST or saved.outcome not in ("done", "same") else _("Saved.")
    return _answer(request, key, saved, told)


@allow(WRITE_PIECES, "POST")
def merge(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show one's own text beside the newer one, with a proposal that holds both."""
    return _merge_page(request, key, status=200)


@allow(WRITE_PIECES, "POST")
def source(request: HttpRequest, key: uuid.UUID, act: str) -> HttpResponse:
    """Cite, add by address, type in, correct, put in order, take out, take over the headline."""
    if act not in _SOURCE_ACTS:
        raise Http404
    return _source(request, key, act)


def _source(request: HttpRequest, key: uuid.UUID, act: str) -> HttpResponse:
    saved = _save(request, key)
    if saved.outcome not in ("done", "same"):
        return _answer(request, key, saved, "")

    def change(piece: models.Piece) -> str:
        return _SOURCE_ACTS[act](request, piece)

    saved, told = piece_acts.change_sources(key, person_of(request), saved.version, moment.now(request), change, editor=is_editor(request))
    return _answer(request, key, saved, told, wrong=True)


@allow(WRITE_PIECES, "POST")
def move(request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
    """Hand in, take back, return, accept, withdraw, bring back; `undo` takes one's last step back."""
    if step not in (*piece_acts.MOVES, "undo"):
        raise Http404
    seen = _number(request.POST.get("version", ""))
    if "text" in request.POST and "write" in page_of(request, key).may:
        saved = _save(request, key)
        if saved.outcome not in ("done", "same"):
            return _answer(request, key, saved, "")
        seen = saved.version
    person, now, editor = person_of(request), moment.now(request), is_editor(request)
    if step == "undo":
        saved = piece_acts.undo(key, person, now, editor=editor)
    else:
        note = request.POST.get("note", "")
        if step == "return" and not note.strip() and not _has_remarks(request, key):
            messages.error(request, _("Say what is to be changed: a remark here, or a comment on the piece."))
            return redirect("piece", key)
        saved = piece_acts.move(key, step, person, seen, now, editor=editor, note=note)
    return _answer(request, key, saved, piece_words.done(step))


@allow(WRITE_PIECES, "POST")
def comment(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say something about the piece, or about some words of it."""
    said = request.POST.get("note", "")
    saved = piece_acts.comment(key, person_of(request), said, request.POST.get("passage", ""), moment.now(request))
    if saved.outcome == "gone":
        raise Http404
    if saved.outcome == "refused":
        messages.error(request, _("An empty comment says nothing: it was not kept."))
    return redirect(_at(key, "comments"))


@allow(WRITE_PIECES, "POST")
def settle(request: HttpRequest, key: uuid.UUID, which: uuid.UUID) -> HttpResponse:
    """A comment has been seen to, or, with `again`, has not; whose page offers no button for it changes nothing."""
    editor, settled = is_editor(request), "again" not in request.POST
    piece_acts.settle(key, which, person_of(request), moment.now(request), editor=editor, settled=settled)
    return redirect(_at(key, "comments"))


@allow(WRITE_PIECES, "POST")
def bring_back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Set the piece back to an earlier version."""
    number, seen = _number(request.POST.get("which", "")), _number(request.POST.get("version", ""))
    saved = piece_acts.bring_back(key, person_of(request), number, seen, moment.now(request), editor=is_editor(request))
    if saved.outcome == "behind":
        messages.warning(request, _("%(name)s has saved a newer version meanwhile: nothing was changed.") % {"name": saved.by})
        return redirect("piece-versions", key)
    return _answer(request, key, saved, _("The piece stands as in version %(n)d again. The later ones are kept too.") % {"n": number})


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _save(request: HttpRequest, key: uuid.UUID, *, kept: bool = False) -> Saved:
    said = Text(
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        signature=request.POST.get("signature", ""),
        language=_tongue(request.POST.get("language", "")),
    )
    seen = _number(request.POST.get("version", ""))
    return piece_acts.save(key, person_of(request), said, seen, moment.now(request), editor=is_editor(request), kept=kept)


def _tongue(code: str) -> str:
    known = language.code(code[:5])
    return known if 2 <= len(known) <= 5 else ""


def _number(text: str) -> int:
    return int(text[:9]) if text.isdecimal() else 0


def _has_remarks(request: HttpRequest, key: uuid.UUID) -> bool:
    return any(one.settled_at is None for one in page_of(request, key).comments)


def _answer(request: HttpRequest, key: uuid.UUID, saved: Saved, told: str, *, wrong: bool = False) -> HttpResponse:
    """The page or its parts after an act; who came second sees both texts. `wrong`: what is told is why nothing was done."""
    if saved.outcome == "gone":
        raise Http404
    by_script = request.headers.get("X-Desk") == "part"
    if saved.outcome == "behind":
        if by_script:
            return part(request, page_of(request, key), told=_behind(saved), status=409)
        return _merge_page(request, key, status=409)
    said = piece_words.refused(saved.state) if saved.outcome == "refused" else told
    if by_script:
        return part(request, page_of(request, key), told=said, status=403 if saved.outcome == "refused" else 200)
    if said:
        messages.add_message(request, messages.WARNING if wrong or saved.outcome == "refused" else messages.SUCCESS, said)
    return redirect("piece", key)


def _behind(saved: Saved) -> str:
    return _("%(name)s has saved a newer version (%(n)d) meanwhile. Your text is still here and was not overwritten.") % {
        "name": saved.by or _("Somebody"),
        "n": saved.version,
    }


def _merge_page(request: HttpRequest, key: uuid.UUID, *, status: int) -> HttpResponse:
    found = page_of(request, key)
    title, text = request.POST.get("title", "")[: piece_acts.LONGEST_TITLE], as_written(request.POST.get("text", ""))
    base = pages_pieces.version(key, _number(request.POST.get("version", "")))
    together, clean = merged(base.text if base else "", text, found.text)
    both_titles, _clean = merged(base.title if base else "", title, found.title)
    context = {
        "page": "pieces",
        "piece": found,
        "mine": {"title": title, "text": text},
        "together": {"title": both_titles if _clean else title, "text": together, "clean": clean and _clean},
        "from_mine": compare(text, found.text),
        "from_mine_title": compare(title, found.title),
        "signature": request.POST.get("signature", "")[: piece_acts.LONGEST_SIGNATURE],
        "tongue": _tongue(request.POST.get("language", "")) or found.language,
        "base": base,
    }
    return show(request, "piece_merge.html", context, status=status)


# ── the sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _cite(request: HttpRequest, piece: models.Piece) -> str:
    which = _key(request.POST.get("article", ""))
    cited = which is not None and piece_sources.cite(piece, which, moment.now(request))
    return "" if cited else _("This article is cited already, or is not in the archive any more.")


def _add(request: HttpRequest, piece: models.Piece) -> str:
    how = piece_sources.add_address(piece, request.POST.get("address", ""), moment.now(request))
    said = {
        "wrong": _("That is no address of a web page: it begins with https:// and names a site."),
        "again": _("This source is cited already."),
        "full": _("A piece cites thirty sources at most."),
    }
    return said.get(how, "")


def _type_in(request: HttpRequest, piece: models.Piece) -> str:
    which = _key(request.POST.get("source", ""))
    mark = f"-{which}" if which else ""
    posted = {name: request.POST.get(f"{name}{mark}", "") for name in ("outlet", "headline", "link", "dated", "tongue", "country")}
    dated = _day(posted["dated"])
    if posted["dated"] and dated is None:
        return _("The date of a source is a day such as 2025-02-11.")
    said = Typed(posted["outlet"], posted["headline"], posted["link"], dated, _tongue(posted["tongue"]), posted["country"].strip()[:2])
    kept = piece_sources.type_in(piece, said, moment.now(request), which)
    return "" if kept else _("A source typed by hand needs an outlet and a headline.")


def _place(request: HttpRequest, piece: models.Piece) -> str:
    which, at = _key(request.POST.get("source", "")), _number(request.POST.get("place", ""))
    return "" if which is not None and piece_sources.place(piece, which, at) else _("Nothing was moved.")


def _up(request: HttpRequest, piece: models.Piece) -> str:
    return _by(piece, _key(request.POST.get("source", "")), -1)


def _down(request: HttpRequest, piece: models.Piece) -> str:
    return _by(piece, _key(request.POST.get("source", "")), 1)


def _by(piece: models.Piece, which: uuid.UUID | None, by: int) -> str:
    return "" if which is not None and piece_sources.step(piece, which, by) else _("Nothing was moved.")


def _remove(request: HttpRequest, piece: models.Piece) -> str:
    which = _key(request.POST.get("source", ""))
    return "" if which is not None and piece_sources.remove(piece, which) else _("This source is not cited any more.")


def _renew(request: HttpRequest, piece: models.Piece) -> str:
    which = _key(request.POST.get("source", ""))
    return "" if which is not None and piece_sources.renew(piece, which) else _("This source is no article of the archive.")


_SOURCE_ACTS: dict[str, Callable[[HttpRequest, models.Piece], str]] = {
    "cite": _cite,
    "add": _add,
    "type": _type_in,
    "place": _place,
    "up": _up,
    "down": _down,
    "remove": _remove,
    "renew": _renew,
}


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def _at(key: uuid.UUID, place: str) -> str:
    return f"/piece/{key}#{place}"
