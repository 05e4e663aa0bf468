"""Who may do what: every address × every role × GET and POST, made from the URLconf, against one table written out here."""

from __future__ import annotations

import uuid

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from monitor.store import invite, mail_wishes, models, pastes, people
from monitor.store.models import Person
from monitor.web.access import (
    ALERTS,
    EDIT_STORIES,
    EVERYBODY,
    OWN_ACCOUNT,
    PIN_LEADS,
    PROBE,
    READ,
    RIGHTS,
    RUN_DESK,
    RUN_EDITIONS,
    RUN_OUTLETS,
    RUN_PEOPLE,
    RUN_THEMES,
    TRIAGE,
    WRITE_PIECES,
)
from tests.web import alerting, lab, mailing, publishing, rows, searching, writing

pytestmark = pytest.mark.django_db

# route → (right, methods); written out, so that a new address must be thought about here
TABLE = {
    "today": (READ, "GET"),
    "digest": (READ, "GET"),
    "digest-now": (READ, "GET"),
    "digest-day": (READ, "GET"),
    "news": (READ, "GET"),
    "aside": (READ, "GET"),
    "undo": (TRIAGE, "POST"),
    "lead": (READ, "GET"),
    "lead-claim": (TRIAGE, "POST"),
    "lead-renew": (TRIAGE, "POST"),
    "lead-release": (TRIAGE, "POST"),
    "lead-dismiss": (TRIAGE, "POST"),
    "lead-snooze": (TRIAGE, "POST"),
    "lead-restore": (TRIAGE, "POST"),
    "lead-undo": (TRIAGE, "POST"),
    "story": (READ, "GET"),
    "article": (READ, "GET"),
    "pieces": (READ, "GET"),
    "lead-write": (WRITE_PIECES, "POST"),
    "piece": (READ, "GET"),
    "piece-parts": (READ, "GET"),
    "piece-versions": (READ, "GET"),
    "piece-save": (WRITE_PIECES, "POST"),
    "piece-merge": (WRITE_PIECES, "POST"),
    "piece-bring-back": (WRITE_PIECES, "POST"),
    "piece-source": (WRITE_PIECES, "POST"),
    "piece-move": (WRITE_PIECES, "POST"),
    "piece-comment": (WRITE_PIECES, "POST"),
    "piece-settle": (WRITE_PIECES, "POST"),
    "story-merge": (EDIT_STORIES, "GET POST"),
    "story-part": (EDIT_STORIES, "POST"),
    "story-leave-out": (EDIT_STORIES, "POST"),
    "story-undo": (EDIT_STORIES, "POST"),
    "story-follow": (OWN_ACCOUNT, "POST"),
    "story-unfollow": (OWN_ACCOUNT, "POST"),
    "story-background": (READ, "GET"),
    "story-mute": (ALERTS, "GET POST"),
    "story-unmute": (ALERTS, "POST"),
    "alerts": (ALERTS, "GET"),
    "alert-new": (ALERTS, "GET POST"),
    "alert-preview": (ALERTS, "GET"),
    "alert": (ALERTS, "GET POST"),
    "alert-pause": (ALERTS, "POST"),
    "alert-resume": (ALERTS, "POST"),
    "alert-delete": (ALERTS, "POST"),
    "alert-restore": (ALERTS, "POST"),
    "alert-leave": (ALERTS, "POST"),
    "alert-join": (ALERTS, "POST"),
    "outlets": (READ, "GET"),
    "search": (READ, "GET"),
    "search-keep": (OWN_ACCOUNT, "POST"),
    "search-saved": (READ, "GET"),
    "search-change": (OWN_ACCOUNT, "POST"),
    "search-delete": (OWN_ACCOUNT, "POST"),
    "search-restore": (OWN_ACCOUNT, "POST"),
    "feed-today": (EVERYBODY, "GET"),
    "feed-search": (EVERYBODY, "GET"),
    "feed-saved": (EVERYBODY, "GET"),
    "feed-story": (EVERYBODY, "GET"),
    "feed-outlet": (EVERYBODY, "GET"),
    "editions": (READ, "GET"),
    "edition-make": (RUN_EDITIONS, "POST"),
    "editions-site": (RUN_EDITIONS, "POST"),
    "edition": (READ, "GET"),
    "edition-preview": (READ, "GET"),
    "edition-piece": (READ, "GET"),
    "edition-file": (READ, "GET"),
    "edition-place": (RUN_EDITIONS, "POST"),
    "edition-undo": (RUN_EDITIONS, "POST"),
    "edition-change": (RUN_EDITIONS, "POST"),
    "edition-freeze": (RUN_EDITIONS, "POST"),
    "edition-reopen": (RUN_EDITIONS, "POST"),
    "edition-discard": (RUN_EDITIONS, "POST"),
    "edition-publish": (RUN_EDITIONS, "POST"),
    "edition-withdraw": (RUN_EDITIONS, "POST"),
    "edition-restore": (RUN_EDITIONS, "POST"),
    "edition-correct": (RUN_EDITIONS, "POST"),
    "edition-uncorrect": (RUN_EDITIONS, "POST"),
    "edition-send": (RUN_EDITIONS, "GET"),
    "edition-send-all": (RUN_EDITIONS, "POST"),
    "edition-send-test": (RUN_EDITIONS, "POST"),
    "subscribers": (RUN_EDITIONS, "GET"),
    "subscriber-add": (RUN_EDITIONS, "POST"),
    "subscribers-paste": (RUN_EDITIONS, "POST"),
    "subscriber-leave": (RUN_EDITIONS, "POST"),
    "subscriber-erase": (RUN_EDITIONS, "POST"),
    "subscribe": (EVERYBODY, "GET POST"),
    "feed-editions": (EVERYBODY, "GET"),
    "me-feeds": (OWN_ACCOUNT, "POST"),
    "lead-pin": (PIN_LEADS, "POST"),
    "lead-unpin": (PIN_LEADS, "POST"),
    "outlet": (READ, "GET"),
    "outlet-pause": (RUN_OUTLETS, "POST"),
    "outlet-resume": (RUN_OUTLETS, "POST"),
    "outlet-edit": (RUN_OUTLETS, "GET POST"),
    "outlet-archive": (RUN_OUTLETS, "POST"),
    "outlet-restore": (RUN_OUTLETS, "POST"),
    "outlet-try": (RUN_OUTLETS, "POST"),
    "outlet-remedy": (RUN_OUTLETS, "POST"),
    "outlet-undo": (RUN_OUTLETS, "POST"),
    "outlet-add": (RUN_OUTLETS, "GET POST"),
    "outlet-import": (RUN_OUTLETS, "POST"),
    "outlet-paste": (RUN_OUTLETS, "GET"),
    "outlet-paste-save": (RUN_OUTLETS, "POST"),
    "outlet-look-again": (RUN_OUTLETS, "POST"),
    "outlets-archived": (READ, "GET"),
    "outlets-opml": (RUN_OUTLETS, "GET"),
    "outlets-yaml": (RUN_OUTLETS, "GET"),
    "me-tokens": (OWN_ACCOUNT, "GET"),
    "me-tokens-make": (OWN_ACCOUNT, "POST"),
    "me-tokens-revoke": (OWN_ACCOUNT, "POST"),
    "api-guide": (READ, "GET"),
    "themes": (READ, "GET"),
    "themes-file": (READ, "GET"),
    "theme": (READ, "GET"),
    "theme-try": (RUN_THEMES, "POST"),
    "theme-trial": (RUN_THEMES, "GET"),
    "theme-save": (RUN_THEMES, "POST"),
    "theme-undo": (RUN_THEMES, "POST"),
    "balance": (READ, "GET"),
    "me": (OWN_ACCOUNT, "GET"),
    "me-language": (OWN_ACCOUNT, "POST"),
    "me-look": (OWN_ACCOUNT, "POST"),
    "me-names": (OWN_ACCOUNT, "POST"),
    "me-follows": (OWN_ACCOUNT, "POST"),
    "me-mail": (OWN_ACCOUNT, "POST"),
    "me-password": (OWN_ACCOUNT, "POST"),
    "me-sessions": (OWN_ACCOUNT, "POST"),
    "desk": (RUN_DESK, "GET"),
    "desk-retry": (RUN_DESK, "POST"),
    "outbox": (RUN_DESK, "GET"),
    "outbox-lift": (RUN_DESK, "POST"),
    "outbox-resume": (RUN_DESK, "POST"),
    "outbox-hold": (RUN_DESK, "POST"),
    "outbox-repeat": (RUN_DESK, "POST"),
    "outbox-message": (RUN_DESK, "GET"),
    "outbox-html": (RUN_DESK, "GET"),
    "outbox-resend": (RUN_DESK, "POST"),
    "outbox-cancel": (RUN_DESK, "POST"),
    "people": (RUN_PEOPLE, "GET"),
    "invite": (RUN_PEOPLE, "POST"),
    "invitation-renew": (RUN_PEOPLE, "POST"),
    "invitation-revoke": (RUN_PEOPLE, "POST"),
    "person": (RUN_PEOPLE, "GET"),
    "person-role": (RUN_PEOPLE, "POST"),
    "person-out": (RUN_PEOPLE, "POST"),
    "person-in": (RUN_PEOPLE, "POST"),
    "person-sessions": (RUN_PEOPLE, "POST"),
    "person-reset": (RUN_PEOPLE, "POST"),
    "person-no-reset": (RUN_PEOPLE, "POST"),
    "sign-in": (EVERYBODY, "GET POST"),
    "sign-out": (EVERYBODY, "POST"),
    "sign-in-link": (EVERYBODY, "GET POST"),
    "join": (EVERYBODY, "GET POST"),
    "forgot": (EVERYBODY, "GET POST"),
    "reset": (EVERYBODY, "GET POST"),
    "unsubscribe": (EVERYBODY, "GET POST"),
    "bot": (EVERYBODY, "GET"),
    "livez": (PROBE, "GET"),
    "readyz": (PROBE, "GET"),
}
ROLES = ("stranger", *people.ROLES, "nonsense")


def patterns() -> dict[str, URLPattern]:
    found = {pattern.name or "": pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)}
    assert len(found) + 1 == len(get_resolver().url_patterns)  # the interface for programs: test_api_access.py
    return found


def client_of(role: str) -> Client:
    client = Client()
    if role == "nonsense":
        person = rows.a_person("contributor")
        Person.objects.filter(pk=person.pk).update(role="nonsense")
        client.force_login(person)
    elif role != "stranger":
        client.force_login(rows.a_person(role))
    return client


def address(route: str) -> str:
    """The address of a route with something real behind it."""
    if route.startswith(("edition", "subscribe")) or route == "feed-editions":
        return publishing.address(route)
    if route.startswith(("search-", "feed-")) and route != "search-keep":
        return searching.address(route)
    if route.startswith("story"):
        return reverse(route, args=[rows.a_told_lead("Convoy", rows.an_outlet()).story.uuid])
    if route in ("alerts", "alert-new", "alert-preview"):
        return reverse(route)
    if route.startswith("alert"):
        return reverse(route, args=[alerting.a_rule(rows.a_person("editor"), whole_desk=True).uuid])
    if route.startswith("theme"):
        return lab.address(route)
    if route.startswith("piece-") or route == "piece":
        more = {"piece-source": ["cite"], "piece-move": ["submit"], "piece-settle": [uuid.uuid4()]}
        return reverse(route, args=[writing.a_piece().uuid, *more.get(route, [])])
    if route == "article":
        return reverse(route, args=[rows.an_article(rows.an_outlet(), rows.a_story(), "Convoy").uuid])
    if route.startswith("lead"):
        return reverse(route, args=[rows.a_told_lead("Convoy", rows.an_outlet()).uuid])
    if route in ("outlet-add", "outlet-import") or route.startswith("outlets"):
        return reverse(route)
    if route in ("outlet-paste", "outlet-paste-save", "outlet-look-again"):
        made = pastes.make(None, [("https://port.example/", {})], rows.NOW)
        return reverse(route, args=[made, *([uuid.uuid4()] if route == "outlet-look-again" else [])])
    if route in ("outbox-message", "outbox-html", "outbox-resend", "outbox-cancel"):
        return reverse(route, args=[mailing.a_message("failed").uuid])
    if route == "outlet-undo":
        return reverse(route, args=[rows.an_outlet().slug, uuid.uuid4()])
    if route.startswith("outlet"):
        return reverse(route, args=[rows.an_outlet().slug])
    if route == "person" or route.startswith("person-"):
        return reverse(route, args=[rows.a_person().uuid])
    if route.startswith("invitation-"):
        return reverse(route, args=[invite.invite("new@desk.localhost", "editor", "en", None, rows.NOW)[0].uuid])
    if route == "join":
        return reverse(route, args=[invite.invite("new@desk.localhost", "editor", "en", None, rows.NOW)[1]])
    if route == "reset":
        return reverse(route, args=[people.make_link(rows.a_person(), "reset", rows.NOW)])
    if route == "sign-in-link":
        return reverse(route, args=[people.make_link(rows.a_person(), "sign-in", rows.NOW)])
    if route == "digest-day":
        return reverse(route, args=["2026-03-14"])
    if route == "unsubscribe":
        return reverse(route, args=[mail_wishes.unsubscribe_token(rows.a_person().pk, "digest")])
    if route == "me-tokens-revoke":
        return reverse(route, args=[uuid.uuid4()])
    return reverse(route)


def expected(route: str, role: str, method: str) -> str:
    right, methods = TABLE[route]
    if right not in (EVERYBODY, PROBE):
        if role == "stranger":
            return "sent to sign in"
        if right not in RIGHTS.get(role, frozenset()):
            return "refused"
    return "answered" if method in methods.split() else "wrong method"


def test_every_address_is_in_the_table_with_the_right_its_gate_asks_for() -> None:
    gates = {
        name: (pattern.callback.right, " ".join(m for m in pattern.callback.methods if m != "HEAD")) for name, pattern in patterns().items()
    }
    assert gates == TABLE


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", sorted(TABLE))
def test_each_role_gets_what_the_table_says(route: str, role: str, method: str) -> None:
    response = client_of(role).generic(method, address(route))
    sent = response.status_code == 302 and response["Location"].partition("?")[0] == reverse("sign-in")
    if route == "sign-out" and method == "POST":
        assert sent
        return
    met = {403: "refused", 405: "wrong method"}.get(response.status_code, "sent to sign in" if sent else "answered")
    if route == "sign-in" and role != "stranger" and method == "GET":
        sent = False
    assert met == expected(route, role, method)


def _state() -> list[object]:
    people_ = Person.objects.values_list("password", "language")
    return [*models.Outlet.objects.values_list("enabled"), *models.Lead.objects.values_list("status"), *people_]


NO_FORM_OF_OURS = {"unsubscribe"}
"""Posted by mail programs, which have no token of ours: the address itself is the proof (test_unsubscribe.py)."""


@pytest.mark.parametrize(
    "route", sorted(route for route, (_right, methods) in TABLE.items() if "POST" in methods and route not in NO_FORM_OF_OURS)
)
def test_a_post_without_the_forms_token_changes_nothing(route: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rows.a_person("admin"))
    there = address(route)
    before = _state()
    assert client.post(there, {"language": "fr", "reason": "old", "until": "week"}).status_code == 403
    assert _state() == before
    assert models.OneTimeLink.objects.exclude(used_at=None).count() == 0
    assert client.get("/me").status_code == 200


def test_a_stranger_is_led_back_where_they_wanted_to_go(stranger: Client) -> None:
    assert stranger.get("/outlets?health=attention")["Location"] == "/sign-in?next=%2Foutlets%3Fhealth%3Dattention"


def test_a_person_who_was_shut_out_is_a_stranger(contributor: Client) -> None:
    Person.objects.update(is_active=False)
    assert contributor.get("/")["Location"] == "/sign-in"


def test_pages_are_never_kept_by_a_cache(contributor: Client) -> None:
    assert contributor.get("/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/livez", "/no-such-page", "/static/desk/page.css", "/outlets/none"])
def test_every_answer_carries_the_security_headers(contributor: Client, path: str) -> None:
    response = contributor.get(path)
    response.close()  # a static file is an open one
    names = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    assert tuple(response[name] for name in names) == (
        (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "nosniff",
        "same-origin",
        "same-origin",
    )


def test_no_page_has_script_or_style_of_its_own(contributor: Client) -> None:
    from tests.web.reading import elements

    story = rows.a_told_lead("Convoy", rows.an_outlet()).story
    for path in ("/", f"/story/{story.uuid}", "/outlets", "/me", "/sign-in", "/bot", "/no-such-page"):
        page = contributor.get(path, follow=True)
        inline = [one.tag for one in elements(page, "script") if not one.get("src")] + [one.tag for one in elements(page, "style")]
        handlers = [name for one in elements(page, "*") for name in one.attrib if name.startswith("on") or name == "style"]
        assert (path, inline, handlers) == (path, [], [])


def test_a_refused_form_says_so_in_the_readers_words() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "fr"})
    response = client.post("/sign-in", {"email": "a@desk.localhost", "password": "x"})
    assert (response.status_code, "Ce formulaire a expiré" in response.content.decode()) == (403, True)


def test_a_bug_is_a_page_without_its_words(contributor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.store import pages_today

    def broken(*_args: object, **_values: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(pages_today, "silent", broken)
    contributor.raise_request_exception = False
    response = contributor.get("/")
    assert (response.status_code, "Something broke" in response.content.decode(), "secret" in response.content.decode()) == (
        500,
        True,
        False,
    )


def test_the_gate_asks_before_the_page_is_looked_up(stranger: Client) -> None:
    """A stranger cannot learn which stories or outlets exist."""
    there = rows.an_outlet().slug
    assert [stranger.get(f"/outlets/{slug}").status_code for slug in (there, "no-such-outlet")] == [302, 302]


def test_a_request_without_a_clock_says_how_to_start() -> None:
    from monitor.errors import UsageError
    from monitor.web import moment

    moment._HELD.clear()
    with pytest.raises(UsageError, match="started without a clock"):
        moment.now(HttpRequest())
