"""Ending a stream of mail by the address in it: without signing in, for people by a button, for mail programs by one POST (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from monitor.store import mail_wishes
from monitor.store.mail_wishes import Subscription
from monitor.web import language, moment
from monitor.web.access import EVERYBODY, allow
from monitor.web.page import show


@csrf_exempt  # the token is the proof, and a mail program has no form of ours; it can only end or resume this one stream
@allow(EVERYBODY, "GET", "POST")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would end, with a button; POST ends it (or, with `come=back`, takes it up again) and says so."""
    found = mail_wishes.read(token)
    if found is None:
        translation.activate(language.asked_for(request))
        return show(request, "unsubscribe.html", {"found": None, "person": None}, status=404)
    if request.method == "POST":
        act = mail_wishes.come_back if request.POST.get("come") == "back" else mail_wishes.stop
        act(found, moment.now(request))
        found = mail_wishes.read(token) or found
    return _page(request, found, acted=request.method == "POST")


def _page(request: HttpRequest, found: Subscription, *, acted: bool) -> HttpResponse:
    translation.activate(found.language)
    told = {"found": found, "acted": acted, "kind": found.stream.partition(":")[0], "person": None}  # the same for whoever holds it
    return show(request, "unsubscribe.html", told)
