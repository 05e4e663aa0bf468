"""Search: the whole archive in the query language of alerts, facets over the newest hits, and the searches people keep."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.errors import UsageError
from monitor.pipeline.query import explain
from monitor.pipeline.query_tree import Term, leaves
from monitor.store import keep_searches, pages_search, search
from monitor.store.models import Person
from monitor.store.pages import DeskFacts
from monitor.store.pages_search import Facet, FoundLine
from monitor.store.search import Hits
from monitor.web import language, moment
from monitor.web.access import OWN_ACCOUNT, READ, allow
from monitor.web.page import facts_of, show
from monitor.web.search_asked import FILTERS, Asked, asked
from monitor.web.story_lines import web_address
from monitor.web.templatetags.days import written

A_PAGE = 20
_NOTHING = Hits((), more=False, judged=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One article found as the page prints it; `href` is "" when its address may not be a link."""

    line: FoundLine
    href: str
    section: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet as a link, or of a filter in use with the way back."""

    name: str
    label: str
    href: str
    count: int = 0
    language: str = ""


@allow(READ, "GET")
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found for `?q=` and the filters, `?page=` of the newest thousand, or those older than the article `?older=`."""
    ask = _asked(request)
    hits = _hits(request, ask)
    last = max(1, -(-len(hits.found) // A_PAGE))
    page = min(_number(request.GET.get("page", "")), last)
    keys = [hit.key for hit in hits.found[(page - 1) * A_PAGE : page * A_PAGE]]
    facts, lines = facts_of(request), pages_search.found_lines(ask.query, keys)
    context = {
        "page": "search",
        "ask": ask,
        "help_open": not ask.text and not ask.filters,
        "mistake": _mistake(ask),
        "hints": [hint.text(_tongue()) for hint in ask.query.hints if hint.code != "mixed"] if ask.query else [],
        "read_as": ask.query.canonical if ask.query and ask.query.canonical != ask.text else "",
        "hits": hits,
        "count": len(hits.found),
        "lines": [_dress(line, facts) for line in lines],
        "facets": _facets(ask, hits, facts) if hits.found else [],
        "chosen": _chosen(ask, facts),
        "number": page,
        "before": ask.address(**_older(request), page=str(page - 1)) if page > 1 else "",
        "after": ask.address(**_older(request), page=str(page + 1)) if page < last else "",
        "older": ask.address(older=lines[-1].id) if lines and page == last and hits.more else "",
        "looser": _looser(ask) if ask.anything and not hits.found else [],
        "as_alert": urlencode({"q": ask.as_query()}) if ask.query else "",
        "kept": pages_search.searches(_person(request)),
        "deleted": _deleted(request),
        "name": request.GET.get("name", "")[: keep_searches.LONGEST_NAME],
    }
    return show(request, "search.html", context)


@allow(READ, "GET")
def saved(request: HttpRequest, search_id: uuid.UUID) -> HttpResponse:
    """A saved search: the page of its query."""
    kept = pages_search.saved(_person(request), search_id)
    if kept is None:
        raise Http404
    return redirect(f"{reverse('search')}?{urlencode({'q': kept.query, **kept.filters})}")


@allow(OWN_ACCOUNT, "POST")
def keep(request: HttpRequest) -> HttpResponse:
    """Save the search of this form under a name."""
    ask = asked(_posted(request), french=_tongue() == "fr")
    text = ask.query.canonical if ask.query else ""
    if not ask.anything:
        messages.error(request, _("A search that cannot be read cannot be saved."))
    elif not request.POST.get("name", "").strip():
        messages.error(request, _("Give the search a name, then save it."))
    else:
        try:
            shared = request.POST.get("shared") == "yes"
            keep_searches.keep(_person(request), request.POST["name"], text, ask.filters, shared=shared, now=moment.now(request))
        except UsageError:
            messages.error(request, _("You have saved as many searches as there is room for: delete some first."))
        else:
            messages.success(request, _("Saved: it is listed under “Saved searches”, and has a feed of its own."))
    return redirect(f"{reverse('search')}?{ask.address()}")


@allow(OWN_ACCOUNT, "POST")
def change(request: HttpRequest, search_id: uuid.UUID) -> HttpResponse:
    """Rename a search of one's own, or share it."""
    name, shared = request.POST.get("name", ""), request.POST.get("shared") == "yes"
    try:
        came = keep_searches.change(_person(request), search_id, _number(request.POST.get("version", "")), name=name, shared=shared)
    except UsageError:
        messages.error(request, _("A saved search needs a name; it keeps the one it had."))
        return redirect("search")
    return _told(request, came, _("Changed."))


@allow(OWN_ACCOUNT, "POST")
def delete(request: HttpRequest, search_id: uuid.UUID) -> HttpResponse:
    """Delete a search of one's own; the next page offers to bring it back."""
    came = keep_searches.delete(_person(request), search_id, _number(request.POST.get("version", "")), moment.now(request))
    if came == "done":
        return redirect(f"{reverse('search')}?deleted={search_id}")
    return _told(request, came, "")


@allow(OWN_ACCOUNT, "POST")
def restore(request: HttpRequest, search_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted search back."""
    return _told(request, keep_searches.restore(_person(request), search_id), _("Brought back."))


def _told(request: HttpRequest, came: str, done: str) -> HttpResponse:
    if came == "gone":
        raise Http404
    if came == "changed":
        messages.warning(request, _("This search was changed in another window in the meantime. It stands as shown now; nothing was lost."))
    else:
        messages.success(request, done)
    return redirect("search")


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(request: HttpRequest) -> Asked:
    return asked({name: request.GET.get(name, "") for name in ("q", *FILTERS)}, french=_tongue() == "fr")


def _posted(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("q", *FILTERS)}


def _hits(request: HttpRequest, ask: Asked) -> Hits:
    if not ask.anything:
        return _NOTHING
    older = _older(request).get("older")
    below = pages_search.key_of(uuid.UUID(older)) if older else None
    return search.find(ask.query, ask.wanted, below=below)


def _older(request: HttpRequest) -> dict[str, str]:
    try:
        return {"older": str(uuid.UUID(request.GET.get("older", "")))}
    except ValueError:
        return {}


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and text.isascii() and len(text) < 6 else 1


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _tongue() -> str:
    return (get_language() or "en")[:2]


def _deleted(request: HttpRequest) -> object:
    try:
        return pages_search.saved(_person(request), uuid.UUID(request.GET.get("deleted", "")), deleted=True)
    except ValueError:
        return None


# ── dressing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mistake(ask: Asked) -> dict[str, str] | None:
    """What is wrong, the place with a caret under it, and what to write instead."""
    if ask.mistake is None:
        return None
    lines = explain(ask.mistake, _tongue()).split("\n")
    return {"wrong": lines[0], "place": "\n".join(line[2:] for line in lines[1:-1]), "instead": lines[-1]}


def _dress(line: FoundLine, facts: DeskFacts) -> Line:
    tongue = _tongue()
    section = facts.section_label(line.section, tongue) if line.section else ""
    return Line(line, web_address(line.url), section, tuple(facts.theme_label(theme, tongue) for theme in line.themes))


def _facets(ask: Asked, hits: Hits, facts: DeskFacts) -> list[tuple[str, list[Choice]]]:
    """Each facet with a choice to be made: its heading and its values as links."""
    counted = pages_search.facets(hits.found)
    found = []
    for name, title in _titles().items():
        choices = [_choice(ask, name, one, facts) for one in counted[name]]
        if len(choices) > 1 and name not in ask.filters:
            found.append((title, choices))
    return found


def _titles() -> dict[str, str]:
    return {
        "day": _("Date"),
        "section": _("Section"),
        "theme": _("Theme"),
        "language": _("Language"),
        "country": _("Country of the outlet"),
        "outlet": _("Outlet"),
    }


def _choice(ask: Asked, name: str, one: Facet, facts: DeskFacts) -> Choice:
    return Choice(name, _label(name, one.value, facts, one.name), "?" + ask.address(**{name: one.value}), one.count)


def _chosen(ask: Asked, facts: DeskFacts) -> list[Choice]:
    """The filters in use, each with the address without it."""
    titles = _titles()
    return [Choice(titles[name], _label(name, value, facts, value), "?" + ask.address(**{name: ""})) for name, value in ask.filters.items()]


def _label(name: str, value: str, facts: DeskFacts, named: str) -> str:
    if name == "section":
        return facts.section_label(value, _tongue())
    if name == "theme":
        return facts.theme_label(value, _tongue())
    if name == "language":
        return language.name(value)
    if name == "day":
        return _date(value)
    return named


def _date(value: str) -> str:
    first, _last = search.days(value)
    if first is None:
        return value
    return written(first, {4: "Y", 7: "F Y"}.get(len(value), "j F Y"))


def _looser(ask: Asked) -> list[tuple[str, str]]:
    """Ways to find more: what each is called, and its address."""
    ways = []
    if ask.filters and ask.query:
        ways.append((_("The same words without filters"), "?" + ask.bare().address()))
    terms = [leaf for leaf in leaves(ask.query.root) if isinstance(leaf, Term)] if ask.query else []
    plain = [term.text for term in terms if term.kind == "word" and not term.prefix]
    if len(plain) > 1:
        ways.append((_("Any of the words: %(query)s") % {"query": " OR ".join(plain)}, "?" + urlencode({"q": " OR ".join(plain)})))
    for word in [word for word in plain if len(word) > 4][:2]:
        begun = f"{word[: max(4, len(word) - 2)]}*"
        ways.append((_("Words that begin so: %(query)s") % {"query": begun}, "?" + urlencode({"q": begun})))
    return ways
