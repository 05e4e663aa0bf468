"""The digest as a page: today's and earlier ones as they were told, and what would be told now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.flows import send_digest
from monitor.pipeline.digest_clock import next_due
from monitor.records import Digest, DigestLead
from monitor.store import digests, mail_troubles, mail_wishes
from monitor.store.digests import Kept
from monitor.store.models import Person
from monitor.web import digest_words, moment
from monitor.web.access import READ, allow
from monitor.web.page import facts_of, local_now, show


@dataclass(frozen=True, slots=True)
class Group:
    """New leads of one section."""

    label: str
    leads: tuple[DigestLead, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """One line of the list of digests."""

    day: date
    note: str


@allow(READ, "GET")
def digest(request: HttpRequest) -> HttpResponse:
    """Today's digest; before its hour, or when there was none, what would be told now."""
    kept = digests.of(_person(request), local_now(request).date())
    if kept is None or kept.content is None:
        return _now(request)
    return _page(request, kept.content, kept)


@allow(READ, "GET")
def digest_now(request: HttpRequest) -> HttpResponse:
    """What would be told at this moment; nothing is kept."""
    return _now(request)


@allow(READ, "GET")
def digest_of_day(request: HttpRequest, day: str) -> HttpResponse:
    """A person's own digest of a date as it was told; 404 when there is none."""
    try:
        kept = digests.of(_person(request), date.fromisoformat(day))
    except ValueError:
        kept = None
    if kept is None:
        raise Http404
    return _page(request, kept.content, kept)


def _now(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    _addressee, content = send_digest.of_now(facts_of(request).desk, moment.now(request), person.email)
    return _page(request, content, None)


def _page(request: HttpRequest, content: Digest | None, kept: Kept | None) -> HttpResponse:
    person, desk, today = _person(request), facts_of(request).desk, local_now(request).date()
    days = digests.days_of(person)
    wish = mail_wishes.wishes_of(person.pk)
    at = next_due(moment.now(request), send_digest.zone_of(desk), send_digest.hour_of(desk), wish.digest_days)
    day = kept.local_date if kept else content.local_date if content else today
    context: dict[str, Any] = {
        "page": "today",
        "day": day,
        "is_now": kept is None,
        "is_today": day == today,
        "digest": content,
        "became": digest_words.became(kept) if kept else "",
        "next_at": at if wish.digest else None,
        "wants": wish.digest,
        "mail_stands": mail_troubles.trouble() is not None,
        "days": [Earlier(one.local_date, digest_words.short(one)) for one in days],
        "groups": _groups(content.new, request) if content else (),
        "elsewhere": _elsewhere(content, request) if content else (),
    }
    return show(request, "digest.html", context)


def _groups(new: Sequence[DigestLead], request: HttpRequest) -> list[Group]:
    by_section: dict[str, list[DigestLead]] = {}
    for lead in new:
        by_section.setdefault(lead.section, []).append(lead)
    return [Group(_label(section, request), tuple(leads)) for section, leads in by_section.items()]


def _elsewhere(content: Digest, request: HttpRequest) -> list[tuple[str, str, int]]:
    return [(section, _label(section, request), count) for section, count in content.elsewhere.items()]


def _label(section: str, request: HttpRequest) -> str:
    return facts_of(request).section_label(section, get_language() or "en") or _("Without section")


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in
