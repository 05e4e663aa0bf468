"""The page the User-Agent points to: who polls, why, what is promised, how to refuse (P51)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from monitor.web.access import EVERYBODY, allow
from monitor.web.page import show


@allow(EVERYBODY, "GET")
def bot(request: HttpRequest) -> HttpResponse:
    """For the people who run the sites the desk reads."""
    contact = settings.MONITOR.contact
    is_page = contact.startswith(("https://", "http://"))
    return show(request, "bot.html", {"contact": contact, "contact_href": contact if is_page else f"mailto:{contact}" if contact else ""})
