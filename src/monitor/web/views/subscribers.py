"""Who receives the editions: added with the consent the desk recorded, asked by mail, read from a pasted list, taken off."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitor.errors import EditionRefused, MailRefused
from monitor.flows import send_edition
from monitor.pipeline.subscriber_list import read_list
from monitor.store import subscribers
from monitor.web import edition_words, language, moment
from monitor.web.access import EVERYBODY, RUN_EDITIONS, allow
from monitor.web.page import facts_of, show
from monitor.web.templatetags.desk import plain
from monitor.web.views.edition_send import sender
from monitor.web.views.triage import person_of

LARGEST_LIST = 400_000
"""Signs of a pasted list; docs/security.md, lists."""
LANGUAGES = ("fr", "en")
_LONGEST = 254


@allow(RUN_EDITIONS, "GET")
def page(request: HttpRequest) -> HttpResponse:
    """The subscribers, and the forms that make new ones."""
    return _page(request)


@allow(RUN_EDITIONS, "POST")
def add(request: HttpRequest) -> HttpResponse:
    """Keep somebody with how they agreed, or ask them by mail."""
    form = {name: request.POST.get(name, "").strip()[:_LONGEST] for name in ("email", "name", "language", "how", "way")}
    tongue = form["language"] if form["language"] in LANGUAGES else LANGUAGES[0]
    try:
        if form["way"] == "ask":
            _ask(request, form["email"], form["name"], tongue)
            messages.success(request, _("The question is in the outbox. Nothing else is sent until they say yes."))
        else:
            subscribers.add(form["email"], form["name"], tongue, form["how"], person_of(request), moment.now(request))
            messages.success(request, _("They receive the editions from the next one on."))
    except (EditionRefused, MailRefused) as why:
        return _page(request, form=form | {"error": _said(why), "wrong": getattr(why, "code", "address")}, status=400)
    return redirect("subscribers")


@allow(RUN_EDITIONS, "POST")
def paste(request: HttpRequest) -> HttpResponse:
    """Judge a pasted list line by line; on the second press keep the lines that can be used."""
    text, how, tongue = request.POST.get("list", ""), request.POST.get("how", "").strip()[:_LONGEST], request.POST.get("language", "")
    tongue = tongue if tongue in LANGUAGES else LANGUAGES[0]
    form: dict[str, Any] = {"list": text, "list_how": how, "language": tongue}
    if len(text) > LARGEST_LIST:
        return _page(request, form=form | {"list": "", "list_error": _("The list is too long; paste it in parts.")}, status=400)
    judged = subscribers.judge(read_list(text, LANGUAGES, tongue))
    shown = [{"one": one, "why": edition_words.verdict(one.verdict)} for one in judged]
    if not judged:
        return _page(request, form=form | {"list_error": _("Paste a list first: one address a line.")}, status=400)
    if request.POST.get("act") != "keep":
        return _page(request, form=form, judged=shown)
    if not how:
        said = _("Write how they agreed: nobody receives editions who did not.")
        return _page(request, form=form | {"list_error": said}, judged=shown, status=400)
    kept = 0
    for line in subscribers.usable(judged):
        try:
            subscribers.add(line.email, line.name, line.language, how, person_of(request), moment.now(request))
        except EditionRefused:
            continue  # somebody added them a moment ago
        kept += 1
    messages.success(request, ngettext("%(n)d subscriber added.", "%(n)d subscribers added.", kept) % {"n": kept})
    return redirect("subscribers")


@allow(RUN_EDITIONS, "POST")
def leave(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take somebody off; what waits for them in the outbox is cancelled."""
    gone = subscribers.leave(key, moment.now(request))
    if gone is None:
        raise Http404
    messages.success(request, _("%(email)s receives no more editions.") % {"email": gone.email})
    return redirect("subscribers")


@allow(RUN_EDITIONS, "POST")
def erase(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Forget somebody whole."""
    if not subscribers.erase(key, moment.now(request)):
        raise Http404
    messages.success(request, _("Name, address and consent are erased."))
    return redirect("subscribers")


@allow(EVERYBODY, "GET", "POST")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of the question: a button, because scanners of mail open links too."""
    row = subscribers.by_token(token)
    if row is None:
        return show(request, "subscribe.html", {"state": "none"}, status=404)
    if request.method == "POST":
        subscribers.confirm(row, moment.now(request))
        row.refresh_from_db()
    return show(request, "subscribe.html", {"state": row.state, "email": row.email, "editions_in": language.name(row.language)})


def _ask(request: HttpRequest, email: str, name: str, tongue: str) -> None:
    row = subscribers.ask(email, name, tongue, person_of(request), moment.now(request))
    desk = facts_of(request).desk
    token = subscribers.confirm_token(row)
    send_edition.ask_by_mail(row.email, row.name, tongue, token, sender(request), desk.organisation or desk.name, moment.now(request))


def _said(why: EditionRefused | MailRefused) -> str:
    return edition_words.refused(why) if isinstance(why, EditionRefused) else str(why)


def _page(
    request: HttpRequest, *, form: Mapping[str, Any] | None = None, judged: list[dict[str, Any]] | None = None, status: int = 200
) -> HttpResponse:
    search = plain(request.GET.get("q", "")).strip()[:100]
    found = subscribers.counts()
    context = {
        "page": "editions",
        "found": [{"one": one, "state": edition_words.subscriber_state(one.state)} for one in subscribers.listed(search)],
        "search": search,
        "counts": [(language.name(code), found.get(("agreed", code), 0)) for code in LANGUAGES],
        "asked": sum(n for (state, _code), n in found.items() if state == "asked"),
        "total": sum(found.values()),
        "most": subscribers.MOST_SHOWN,
        "languages": [(code, language.name(code)) for code in LANGUAGES],
        "form": form or {"way": "kept", "language": person_of(request).language},
        "judged": judged or [],
        "usable": sum(1 for one in judged or [] if one["one"].verdict in ("new", "again")),
    }
    return show(request, "subscribers.html", context, status=status)
