"""Sending an edition: to oneself first, then to everybody who agreed; how far it is, and whom it could not reach."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitor.config.sender import leaves, sender_of
from monitor.errors import EditionRefused, MailRefused, UsageError
from monitor.flows import send_edition
from monitor.pipeline.outbox import A_MINUTE
from monitor.records import Sender
from monitor.store import edition_mail, mail_line
from monitor.web import edition_words, house_style, language, moment
from monitor.web.access import RUN_EDITIONS, allow
from monitor.web.page import facts_of, show
from monitor.web.views.edition_archive import as_it_stands
from monitor.web.views.editions import found_or_404
from monitor.web.views.triage import person_of


@allow(RUN_EDITIONS, "GET")
def page(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Who would receive it, a test to oneself, and how far the sending is."""
    row = found_or_404(edition)
    told = as_it_stands(request, row)
    known, _wrong = house_style.styles()
    context = {
        "page": "editions",
        "edition": row,
        "title": told[0].title if told else house_style.title(row, known),
        "tongue": language.name(row.language),
        "progress": edition_mail.progress(row),
        "missed": [(one, edition_words.mail_state(one.state)) for one in edition_mail.missed(row)],
        "ready": row.state in ("frozen", "published"),
        "leaves": leaves(settings.MONITOR),
        "held": mail_line.held() is not None,
        "a_minute": A_MINUTE,
        "site": sender(request).site,
        "own": person_of(request).email,
    }
    return show(request, "edition_send.html", context)


@allow(RUN_EDITIONS, "POST")
def send(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Publish it and let a message be made for each subscriber."""
    row = found_or_404(edition)
    with_pdf = request.POST.get("pdf") == "1"
    try:
        to_go = send_edition.queue(
            row.uuid, sender(request), person_of(request), moment.now(request), pdf=with_pdf, folder=house_style.folder()
        )
    except EditionRefused as why:
        messages.warning(request, edition_words.refused(why))
        return redirect("edition-send", edition)
    except UsageError as why:  # a template of the desk's own
        messages.warning(request, str(why))
        return redirect("edition-send", edition)
    told = ngettext("%(n)d message is being made and sent.", "%(n)d messages are being made and sent.", to_go) % {"n": to_go}
    messages.success(request, told if to_go else _("Everybody who agreed has it already; nobody gets it twice."))
    return redirect("edition-send", edition)


@allow(RUN_EDITIONS, "POST")
def send_test(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Send it to oneself as subscribers would see it."""
    row, person = found_or_404(edition), person_of(request)
    told = as_it_stands(request, row)
    if told is None or not told[0].sections:
        messages.warning(request, _("There is nothing to send yet."))
        return redirect("edition-send", edition)
    name = f"{person.given_name} {person.family_name}".strip()
    try:
        made = send_edition.send_test(row.uuid, *told, sender(request), (person.email, name), moment.now(request))
    except MailRefused as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, _("The test is in the outbox.") if made else _("The test is in the outbox already."))
    return redirect("edition-send", edition)


def sender(request: HttpRequest) -> Sender:
    """Who the desk's mail comes from."""
    desk = facts_of(request).desk
    return sender_of(settings.MONITOR, desk.organisation or desk.name)
