"""Pieces: the lists, and one piece with its text, its sources, its checks, its versions and what was said about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from monitor.pipeline.piece_text import LONGEST_TEXT, compare
from monitor.store import pages_pieces, pages_triage, piece_acts
from monitor.store.pages_pieces import PiecePage, Step
from monitor.web import house_style, language, moment, piece_sheet, piece_words
from monitor.web.access import EDIT_PIECES, READ, WRITE_PIECES, allow, rights_of
from monitor.web.page import local_now, show, zone_of
from monitor.web.views.triage import person_of


@allow(READ, "GET")
def pieces(request: HttpRequest) -> HttpResponse:
    """One's own pieces, those handed in, what others write, what is accepted and waits for an edition."""
    reader = person_of(request)
    told = [(one, piece_words.notice(one)) for one in pages_pieces.notices(reader, moment.now(request))]
    claimed = [one for one in pages_triage.held(reader) if one.mine and one.until is not None]
    return show(request, "pieces.html", {"page": "pieces", "lists": pages_pieces.lists(reader), "notices": told, "claimed": claimed})


@allow(WRITE_PIECES, "POST")
def write(request: HttpRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Begin a piece on one's claim, or go on with the one begun."""
    begun = piece_acts.start(lead_id, person_of(request), moment.now(request), language=get_language() or "en")
    return redirect("piece", begun) if begun else redirect("lead", lead_id)


@allow(READ, "GET")
def piece(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The piece: to be written by whoever may, to be read by everybody else."""
    found = page_of(request, key)
    return show(request, "piece.html", context_of(request, found))


@allow(READ, "GET")
def parts(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What changes by itself while the page is open: sources being read, the checks, the version that stands."""
    return part(request, page_of(request, key))


@allow(READ, "GET")
def versions(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What was written when, and what changed from one version to another (`?a=` earlier, `?b=` later)."""
    found = page_of(request, key)
    lines = pages_pieces.versions(key)
    later = _chosen(request.GET.get("b", ""), lines) or (lines[0] if lines else None)
    before = next((one for one in lines if later and one.version < later.version), later)
    earlier = _chosen(request.GET.get("a", ""), lines) or before
    context = {
        "page": "pieces",
        "piece": found,
        "lines": lines,
        "earlier": earlier,
        "later": later,
        "title_changes": compare(earlier.title, later.title) if earlier and later else (),
        "changes": compare(earlier.text, later.text) if earlier and later else (),
        "sources_gone": [one for one in earlier.sources if one not in later.sources] if earlier and later else [],
        "sources_new": [one for one in later.sources if one not in earlier.sources] if earlier and later else [],
    }
    return show(request, "piece_versions.html", context)


def _chosen(text: str, lines: list[pages_pieces.VersionLine]) -> pages_pieces.VersionLine | None:
    return next((one for one in lines if text.isdecimal() and one.version == int(text[:9])), None)


# ── for the acts too ─────────────────────────────────────────────────────────────────────────────────────────────────


def is_editor(request: HttpRequest) -> bool:
    """Whether whoever asks may change and judge everybody's pieces."""
    return EDIT_PIECES in rights_of(request)


def page_of(request: HttpRequest, key: uuid.UUID) -> PiecePage:
    """The piece with what the reader may do; raises Http404."""
    found = pages_pieces.piece(key, person_of(request), moment.now(request), editor=is_editor(request))
    if found is None:
        raise Http404
    return found


def context_of(request: HttpRequest, found: PiecePage) -> dict[str, Any]:
    """Everything the page and its parts show."""
    styles, wrong = house_style.styles()
    tongues = dict.fromkeys([*(code for style in styles.values() for code in style.languages), found.language])
    return {
        "page": "pieces",
        "piece": found,
        "dressed": piece_sheet.dress(found, styles, local_now(request).date()),
        "state": piece_words.state(found.state),
        "history": [(one, piece_words.happened(one)) for one in found.steps],
        "open_comments": [one for one in found.comments if one.settled_at is None],
        "settled_comments": [one for one in found.comments if one.settled_at is not None],
        "returned": _returned(found),
        "languages": [(code, language.name(code)) for code in tongues],
        "waiting": any(one.waiting for one in found.sources),
        "editor": is_editor(request),
        "wrong_style": wrong,
        "limits": {"title": piece_acts.LONGEST_TITLE, "text": LONGEST_TEXT, "signature": piece_acts.LONGEST_SIGNATURE},
    }


def _returned(found: PiecePage) -> Step | None:
    """With what remark the piece was returned, while it is."""
    steps = (one for one in found.steps if one.kind == "returned" and not one.undone)
    return next(steps, None) if found.state == "returned" else None


def part(request: HttpRequest, found: PiecePage, *, told: str = "", status: int = 200) -> HttpResponse:
    """The parts of the page that acts change, each to replace the one of its id."""
    shared = {
        "told": told,
        "may": {right.replace(" ", "_"): True for right in rights_of(request)},
        "zone": zone_of(request),
        "now": local_now(request),
        "language": get_language() or "en",
        "person": request.user,
    }
    return render(request, "parts/piece_parts.html", context_of(request, found) | shared, status=status)
