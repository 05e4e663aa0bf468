"""The outbox, for the admin: what waits, what became of the rest and why, and what can be done about it."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from email import message_from_bytes, policy
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin

from monitor.config.sender import leaves
from monitor.store import mail_line, outbox_acts, pages_outbox
from monitor.store.models import Person
from monitor.store.outbox import WITH_A_LINK
from monitor.store.pages_outbox import A_PAGE, KINDS, STATES, Asked, Message
from monitor.web import moment, outbox_words
from monitor.web.access import RUN_DESK, allow
from monitor.web.middleware import FRAMING, LETTER, under
from monitor.web.page import show

_LONGEST_WORDS = 100
_FARTHEST = 100_000


@allow(RUN_DESK, "GET")
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages by state, newest first, with what holds for all of them."""
    asked = _asked(request)
    found, more = pages_outbox.messages(asked)
    counts = pages_outbox.counts()
    line, held = mail_line.line(), mail_line.held()
    said = {"state": asked.state, "kind": asked.kind, "words": asked.words}
    context: dict[str, Any] = {
        "page": "outbox",
        "messages_found": [_shown(one) for one in found],
        "states": [{"id": name, "words": outbox_words.state(name), "count": counts[name]} for name in STATES if counts[name]],
        "kinds": [{"id": name, "words": outbox_words.kind(name)} for name in KINDS],
        "total": sum(counts.values()),
        "waiting": counts["pending"] + counts["deferred"],
        "asked": said,
        "older": urlencode({**_given(said), "from": asked.offset + A_PAGE}) if more else "",
        "newer": urlencode({**_given(said), "from": max(0, asked.offset - A_PAGE)}) if asked.offset else "",
        "leaves": leaves(settings.MONITOR),
        "mail_page": settings.MONITOR.mail_page,
        "lacks": [name for name, value in _needed() if not value],
        "held": {"since": held[0], "why": held[1]} if held else None,
        "line": {"broken": line.broken, "failures": line.failures, "since": line.since, "next": line.not_before} if line.failures else None,
        "line_why": outbox_words.line(line.why) if line.failures else ("", ""),
        "suppressed": [asdict(one) | {"why": outbox_words.reason(one.note)} for one in pages_outbox.suppressions()],
        "at_least_once": mail_line.at_least_once(),
    }
    return show(request, "outbox.html", context)


@allow(RUN_DESK, "GET")
def message(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One message: its headers, its forms, and everything that happened to it."""
    found = _found(key)
    parsed = message_from_bytes(found.raw, policy=policy.compat32)
    plain, html = ("", "") if found.kind in WITH_A_LINK else _forms(found.raw)
    context: dict[str, Any] = {
        "page": "outbox",
        "one": _shown(found),
        "events": [
            {"kind": one.kind, "words": outbox_words.event(one.kind), "at": one.at, "by": one.by, "why": outbox_words.reason(one.note)}
            for one in found.events
        ],
        "plain": plain,
        "html": bool(html),
        "secret": found.kind in WITH_A_LINK,
        "headers": [] if found.kind in WITH_A_LINK else [(name, " ".join(str(value).split())) for name, value in parsed.items()],
        "bytes": len(found.raw),
    }
    return under(FRAMING, show(request, "outbox_message.html", context))


@xframe_options_sameorigin
@allow(RUN_DESK, "GET")
def message_html(request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - every view takes one
    """The HTML form of a message, alone in a sandbox without scripts, frames, forms or anything fetched."""
    found = _found(key)
    html = "" if found.kind in WITH_A_LINK else _forms(found.raw)[1]
    if not html:
        raise Http404
    return under(LETTER, HttpResponse(html, content_type="text/html; charset=utf-8"))


@allow(RUN_DESK, "POST")
def resend(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Send a message again, as it is."""
    try:
        outbox_acts.resend(key, _admin(request), moment.now(request), seen=_seen(request))
    except outbox_acts.OutboxRefused as why:
        return _refused(request, why, key)
    messages.success(
        request, _("It is sent again when its turn comes: the same message, so that whoever has it already sees no second one.")
    )
    return redirect("outbox-message", key)


@allow(RUN_DESK, "POST")
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have a waiting message not sent."""
    try:
        outbox_acts.cancel(key, _admin(request), moment.now(request), seen=_seen(request))
    except outbox_acts.OutboxRefused as why:
        return _refused(request, why, key)
    messages.success(request, _("It will not be sent. “Send again” takes that back."))
    return redirect("outbox-message", key)


@allow(RUN_DESK, "POST")
def lift(request: HttpRequest) -> HttpResponse:
    """Let an address have mail again."""
    address = request.POST.get("address", "").replace("\0", "")[:254]
    if outbox_acts.lift(address, moment.now(request)):
        messages.success(
            request, _("Mail goes to %(address)s again. What was not sent meanwhile can be sent again.") % {"address": address}
        )
    else:
        messages.info(request, _("Nothing is held back for this address any more."))
    return redirect("outbox")


@allow(RUN_DESK, "POST")
def resume(request: HttpRequest) -> HttpResponse:
    """Let mail leave, and the line be tried at once; what waited since before a restore goes or is cancelled."""
    dropped = outbox_acts.resume(_admin(request), moment.now(request), drop=request.POST.get("drop") == "1")
    said = _("Mail leaves again; the server is tried within seconds.")
    if dropped:
        said += " " + ngettext("%(n)d message is cancelled.", "%(n)d messages are cancelled.", dropped) % {"n": dropped}
    messages.success(request, said)
    return redirect("outbox")


@allow(RUN_DESK, "POST")
def hold(request: HttpRequest) -> HttpResponse:
    """Let no mail leave for now."""
    outbox_acts.hold(moment.now(request))
    messages.success(request, _("No mail leaves until you let it go. Messages are made and wait."))
    return redirect("outbox")


@allow(RUN_DESK, "POST")
def repeat(request: HttpRequest) -> HttpResponse:
    """Choose whether every kind of message is sent once more when it is not known whether it arrived."""
    wanted = request.POST.get("at_least_once") == "1"
    outbox_acts.set_at_least_once(wanted, moment.now(request))
    messages.success(
        request, _("Every message may come twice rather than not at all.") if wanted else _("Digests and editions come once or not at all.")
    )
    return redirect("outbox")


def _asked(request: HttpRequest) -> Asked:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    start = request.GET.get("from", "")
    return Asked(
        state=state if state in STATES else "",
        kind=kind if kind in KINDS else "",
        words=request.GET.get("words", "").replace("\0", "").strip()[:_LONGEST_WORDS],
        offset=min(int(start), _FARTHEST) if start.isascii() and start.isdecimal() and len(start) < 9 else 0,
    )


def _given(said: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}


def _needed() -> list[tuple[str, str]]:
    own = settings.MONITOR
    return [("MONITOR_MAIL_FROM", own.mail_from), ("MONITOR_SMTP_URL", own.smtp_url)]


def _found(key: uuid.UUID) -> Message:
    found = pages_outbox.message(key)
    if found is None:
        raise Http404
    return found


def _shown(one: Message) -> dict[str, Any]:
    """A message with its words and what may be done about it."""
    sendable = one.kind not in WITH_A_LINK or one.state in ("deferred", "uncertain")
    return {
        "id": one.uuid,
        "kind": outbox_words.kind(one.kind),
        "recipient": one.recipient,
        "subject": one.subject,
        "state": one.state,
        "words": outbox_words.state(one.state),
        "tone": outbox_words.tone(one.state),
        "why": outbox_words.reason(one.last_error) if one.last_error else ("", ""),
        "made_at": one.made_at,
        "due_at": one.due_at,
        "expires_at": one.expires_at,
        "sent_at": one.sent_at,
        "message_id": one.message_id,
        "queue_id": one.queue_id,
        "again": one.state in outbox_acts.SENT_AGAIN and sendable and not one.message_id.endswith("@localhost>"),
        "cancel": one.state in ("pending", "deferred") or (one.state == "uncertain" and one.due_at is not None),
        "unsendable": one.message_id.endswith("@localhost>"),
    }


def _forms(raw: bytes) -> tuple[str, str]:
    """The text and the HTML of a message; each "" when it has none."""
    parsed = message_from_bytes(raw, policy=policy.default)
    parts = [parsed.get_body(preferencelist=(kind,)) for kind in ("plain", "html")]
    plain, html = (str(part.get_content()) if part is not None else "" for part in parts)
    return plain, html


def _seen(request: HttpRequest) -> str:
    return request.POST.get("seen", "")[:20]


def _admin(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _refused(request: HttpRequest, why: outbox_acts.OutboxRefused, key: uuid.UUID) -> HttpResponse:
    if why.code == "gone":
        raise Http404
    messages.warning(request, outbox_words.refused(why.code))
    return redirect("outbox-message", key)
