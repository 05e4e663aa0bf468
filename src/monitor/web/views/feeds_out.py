"""The desk's views as Atom and JSON Feed, for readers that cannot sign in: a private token stands in the address.

An unknown token, a view that is not there and a form that is none are the same plain 404, and no such address is ever logged.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitor.render.edition_sheet import sheet
from monitor.render.edition_site import item_of
from monitor.render.web_feed import ATOM, JSON_FEED, FeedItem, WebFeed, atom, json_feed
from monitor.store import feed_keys, pages_editions, pages_feeds, pages_search, search
from monitor.store.models import Person
from monitor.store.pages_feeds import ArticleItem, LeadItem
from monitor.web.access import EVERYBODY, OWN_ACCOUNT, allow
from monitor.web.page import facts_of
from monitor.web.search_asked import FILTERS, Asked, asked
from monitor.web.story_lines import web_address

_WRITERS = {"atom": (atom, ATOM), "json": (json_feed, JSON_FEED)}
_GONE = b"There is no such feed, or its address is no longer valid.\n"
Told = tuple[str, str, list[FeedItem]]
"""A feed's title, the path of the page it is of, and its entries."""


def today_feed(request: HttpRequest, _person: Person) -> Told:
    """The leads queued last, of `?section=` if asked."""
    facts = facts_of(request)
    known = {one.id for one in facts.desk.sections}
    section = wanted if (wanted := request.GET.get("section", "")) in known else ""
    label = facts.section_label(section, _tongue()) if section else _("Leads")
    items = [_lead(request, lead) for lead in pages_feeds.newest_leads(section)]
    return label, reverse("today") + (f"?section={section}" if section else ""), items


def search_feed(request: HttpRequest, _person: Person) -> Told | None:
    """What a search finds, newest first; its query is read in canonical English."""
    ask = asked({name: request.GET.get(name, "") for name in ("q", *FILTERS)}, french=False)
    return _found(request, ask, ask.text or _("Search")) if ask.anything else None


def saved_feed(request: HttpRequest, person: Person, search_id: uuid.UUID) -> Told | None:
    """What a saved search finds; it ends when its owner deletes it or no longer shares it."""
    kept = pages_search.saved(person, search_id)
    if kept is None:
        return None
    ask = asked({"q": kept.query, **kept.filters}, french=False)
    return _found(request, ask, kept.name) if ask.anything else (kept.name, reverse("search"), [])


def story_feed(request: HttpRequest, _person: Person, story_id: uuid.UUID) -> Told | None:
    """A story's articles, newest first."""
    articles = pages_feeds.of_story(story_id)
    if articles is None:
        return None
    title = articles[-1].title if articles else _("Story")
    return title, reverse("story", args=[story_id]), _articles(request, articles)


def outlet_feed(request: HttpRequest, _person: Person, slug: str) -> Told | None:
    """An outlet's articles, newest first."""
    told = pages_feeds.of_outlet(slug)
    return (told[0], reverse("outlet", args=[slug]), _articles(request, told[1])) if told else None


def editions_feed(request: HttpRequest, _person: Person) -> Told:
    """The published editions, the newest first."""
    items = []
    for text, style in pages_editions.published(pages_feeds.MOST):
        items.append(item_of(sheet(text, style), _absolute(request, reverse("edition", args=[text.id]))))
    return _("Editions"), reverse("editions"), items


def _found(request: HttpRequest, ask: Asked, title: str) -> Told:
    hits = search.find(ask.query, ask.wanted, most=pages_feeds.MOST)
    return title, f"{reverse('search')}?{ask.address()}", _articles(request, pages_feeds.of_keys([hit.key for hit in hits.found]))


def _published(view: Callable[..., Told | None]) -> Callable[..., HttpResponse]:
    """The view as an answer: for the person whose token it is, in their language, in the form the address ends with."""

    @functools.wraps(view)
    def answer(request: HttpRequest, token: str, form: str, **names: object) -> HttpResponse:
        person = feed_keys.person_of(token)
        writer = _WRITERS.get(form)
        if person is None or writer is None:
            return _nothing()
        with translation.override(person.language):
            told = view(request, person, **names)
            if told is None:
                return _nothing()
            return _answer(request, told, *writer)

    return answer


def _answer(request: HttpRequest, told: Told, write: Callable[[WebFeed], bytes], kind: str) -> HttpResponse:
    title, home, items = told
    desk = facts_of(request).desk
    page = _absolute(request, home)
    author = desk.organisation or desk.name
    feed = WebFeed(page, f"{title} · {desk.name}", page, _absolute(request, request.get_full_path()), _tongue(), author, tuple(items))
    body = write(feed)
    mark = f'"{sha256(body).hexdigest()[:32]}"'
    response: HttpResponse = HttpResponse(body, content_type=kind)
    if request.headers.get("If-None-Match", "").removeprefix("W/") == mark:
        response = HttpResponseNotModified()
    response["ETag"] = mark
    return response


def _nothing() -> HttpResponse:
    response = HttpResponseNotFound(
        b"There is no such feed, or its address is no longer valid.\n", content_type="text/plain; charset=utf-8"
    )
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, and with it a token
    return response


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lead(request: HttpRequest, lead: LeadItem) -> FeedItem:
    facts = facts_of(request)
    tongue = _tongue()
    tags = [facts.section_label(lead.section, tongue), *(facts.theme_label(theme, tongue) for theme in lead.themes)]
    told = ngettext("%(n)d outlet", "%(n)d outlets", lead.outlets) % {"n": lead.outlets}
    return FeedItem(
        id=lead.id,
        title=lead.headline,
        link=_absolute(request, reverse("story", args=[lead.story])),
        published=lead.queued_at,
        updated=lead.newest_at,
        summary=f"{told} · {', '.join(lead.languages)}",
        language=lead.language,
        tags=tuple(tag for tag in tags if tag),
    )


def _articles(request: HttpRequest, articles: Iterable[ArticleItem]) -> list[FeedItem]:
    facts, tongue = facts_of(request), _tongue()
    return [
        FeedItem(
            id=one.id,
            title=one.title,
            link=web_address(one.url) or _absolute(request, reverse("story", args=[one.story]) if one.story else "/"),
            published=one.published_at,
            updated=one.seen_at,
            summary=one.summary,
            language=one.language,
            source=one.outlet,
            authors=one.authors,
            tags=tuple(facts.theme_label(theme, tongue) for theme in one.themes),
        )
        for one in articles
    ]


def _absolute(request: HttpRequest, path: str) -> str:
    """An address of the desk: under its public name where it has one (never what the Host header says then)."""
    public = settings.MONITOR.public_url.rstrip("/")
    return public + path if public else request.build_absolute_uri(path)


def _tongue() -> str:
    return (translation.get_language() or "en")[:2]


@allow(OWN_ACCOUNT, "POST")
def renew(request: HttpRequest) -> HttpResponse:
    """End all of one's feed addresses; the pages show new ones."""
    if isinstance(request.user, Person):
        feed_keys.renew(request.user)
        messages.success(request, _("Your old feed addresses no longer work. Every page shows its new one."))
    return redirect("me")


today_out = allow(EVERYBODY, "GET")(_published(today_feed))
search_out = allow(EVERYBODY, "GET")(_published(search_feed))
saved_out = allow(EVERYBODY, "GET")(_published(saved_feed))
story_out = allow(EVERYBODY, "GET")(_published(story_feed))
editions_out = allow(EVERYBODY, "GET")(_published(editions_feed))
outlet_out = allow(EVERYBODY, "GET")(_published(outlet_feed))
