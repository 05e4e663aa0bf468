"""What an editor does with a whole edition: freeze, open again, publish, withdraw, correct."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitor.errors import EditionRefused
from monitor.store import editions
from monitor.web import edition_words, house_style, moment
from monitor.web.access import RUN_EDITIONS, allow
from monitor.web.page import facts_of
from monitor.web.templatetags.desk import plain
from monitor.web.views.editions import answer, found_or_404, number_in
from monitor.web.views.triage import person_of

Did = TypeVar("Did")


@allow(RUN_EDITIONS, "POST")
def freeze(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Close the board: pieces and citations are kept as they are."""
    row = found_or_404(edition)
    known, _wrong = house_style.styles()
    style = known.get(row.series)
    try:
        if style is None:
            raise EditionRefused("hindered", "")
        organisation = facts_of(request).desk.organisation
        editions.freeze(edition, style, organisation, person_of(request), moment.now(request), seen=number_in(request, "seen"))
    except EditionRefused as why:
        return answer(request, edition, why)
    messages.success(request, _("Frozen. It can be sent and published now, or opened again."))
    return redirect("edition", edition)


@allow(RUN_EDITIONS, "POST")
def reopen(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Open a frozen edition again."""
    note = plain(request.POST.get("note", "")).strip()
    done = _("Opened again; what it was is kept in its history.")
    return _tried(request, edition, lambda: editions.reopen(edition, person_of(request), moment.now(request), note=note), done)


@allow(RUN_EDITIONS, "POST")
def discard(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Let go of an edition that was begun by mistake."""
    found_or_404(edition)
    try:
        editions.discard(edition, seen=number_in(request, "seen"))
    except EditionRefused as why:
        return answer(request, edition, why)
    messages.success(request, _("The edition is let go of; its pieces wait to be placed again."))
    return redirect("editions")


@allow(RUN_EDITIONS, "POST")
def publish(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Make a frozen edition public."""
    done = _("Published. Its stories count as told from now on.")
    return _tried(request, edition, lambda: editions.publish(edition, person_of(request), moment.now(request)), done)


@allow(RUN_EDITIONS, "POST")
def withdraw(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Take a published edition back."""
    note = plain(request.POST.get("note", "")).strip()

    def told(mails: int) -> str:
        taken = ngettext("%(n)d mail of it that waited is taken back.", "%(n)d mails of it that waited are taken back.", mails)
        return f"{_('Withdrawn. It stays in the archive and says so.')} {taken % {'n': mails} if mails else ''}".strip()

    return _tried(request, edition, lambda: editions.withdraw(edition, person_of(request), moment.now(request), note=note), told)


@allow(RUN_EDITIONS, "POST")
def restore(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Publish a withdrawn edition again."""

    def told(mails: int) -> str:
        back = ngettext("%(n)d mail of it that was taken back is sent.", "%(n)d mails of it that were taken back are sent.", mails)
        return f"{_('Published again.')} {back % {'n': mails} if mails else ''}".strip()

    return _tried(request, edition, lambda: editions.restore(edition, person_of(request), moment.now(request)), told)


@allow(RUN_EDITIONS, "POST")
def correct(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Say what was wrong, beside the piece or of the whole edition."""
    try:
        piece = uuid.UUID(request.POST["piece"]) if request.POST.get("piece") else None
    except ValueError:
        raise Http404 from None
    text = plain(request.POST.get("text", ""))
    done = _("The correction stands beside the piece.") if piece else _("The correction stands at the head of the edition.")
    return _tried(request, edition, lambda: editions.correct(edition, piece, text, person_of(request), moment.now(request)), done)


@allow(RUN_EDITIONS, "POST")
def uncorrect(request: HttpRequest, edition: uuid.UUID, correction: uuid.UUID) -> HttpResponse:
    """Take a correction back."""
    if editions.withdraw_correction(correction, person_of(request), moment.now(request)) is None:
        messages.warning(request, _("This correction was taken back already."))
    else:
        messages.success(request, _("The correction is taken back."))
    return redirect("edition", edition)


def _tried(request: HttpRequest, edition: uuid.UUID, act: Callable[[], Did], done: str | Callable[[Did], str]) -> HttpResponse:
    try:
        did = act()
    except EditionRefused as why:
        if why.code == "gone":
            raise Http404 from None
        messages.warning(request, edition_words.refused(why))
    else:
        messages.success(request, done if isinstance(done, str) else done(did))
    return redirect("edition", edition)
