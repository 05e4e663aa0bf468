from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest

from monitor.outside.fetch import HttpFetcher, sentence, user_agent
from monitor.outside.guard import Policy
from monitor.records import Ask, Failed, FailKind, Fetched, Hop, NotModified
from tests.fakes import NOON, FakeClock
from tests.outside.asking import DESK, FEED, body, failure, fetch
from tests.outside.server import Server


def conditional(url: str, *, validator_url: str | None = None, etag: str = 'W/"a\xe9b"') -> Ask:
    return Ask(url, etag=etag, last_modified="Mon, 99 Foo 2026", validator_url=url if validator_url is None else validator_url)


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_document_comes_back_whole(server: Server) -> None:
    server.answer("/feed", body=FEED, Content_Type="text/xml", ETag='W/"\xe9"', Link="<a>", link="<b>")
    outcome = fetch(server.url("/feed"))
    assert isinstance(outcome, Fetched)
    assert replace(outcome, wire_bytes=0) == Fetched(
        url=server.url("/feed"),
        final_url=server.url("/feed"),
        body=FEED,
        headers={"content-type": "text/xml", "etag": 'W/"\xe9"', "link": "<a>, <b>", "content-length": "6"},
        received_at=NOON,
    )
    assert outcome.wire_bytes > len(FEED)


def test_desk_introduces_itself_and_sends_nothing_else(server: Server) -> None:
    server.answer("/feed?a=1", body=FEED, Set_Cookie="id=1")
    with HttpFetcher(replace(DESK, info_page="https://desk.example.org/bot"), FakeClock()) as fetcher:
        fetcher.fetch(Ask(server.url("/feed?a=1")))
        fetcher.fetch(Ask(server.url("/feed?a=1")))
    accept = (
        "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9, "
        "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
    )
    expected = (
        ("Host", f"127.0.0.1:{server.port}"),
        ("User-Agent", f"PressMonitor/{version('monitor')} (+https://desk.example.org/bot; desk@example.org)"),
        ("Accept", accept),
        ("Accept-Encoding", "gzip"),
    )
    assert [seen.headers for seen in server.seen] == [expected, expected]


def test_user_agent_without_contact_names_only_the_product() -> None:
    assert user_agent(Policy()) == f"PressMonitor/{version('monitor')}"


@pytest.mark.parametrize("contact", ["räd@example.org", "a\r\nX: y"])
def test_contact_that_fits_no_header_is_an_error(contact: str) -> None:
    with pytest.raises(ValueError, match="plain ASCII"):
        user_agent(Policy(contact=contact))


def test_validators_go_back_byte_for_byte(server: Server) -> None:
    server.answer("/feed", "304 Not Modified", ETag='"new"')
    outcome = fetch(conditional(server.url("/feed")))
    assert outcome == NotModified(server.url("/feed"), server.url("/feed"), {"etag": '"new"'}, NOON)
    assert [server.seen[0].header(name) for name in ("If-None-Match", "If-Modified-Since")] == ['W/"a\xe9b"', "Mon, 99 Foo 2026"]


@pytest.mark.parametrize("validator_url", ["", "http://127.0.0.1:1/feed"])
def test_validators_of_another_address_are_kept_back(server: Server, validator_url: str) -> None:
    server.answer("/feed", body=FEED)
    fetch(conditional(server.url("/feed"), validator_url=validator_url))
    assert server.seen[0].header("If-None-Match") is None


@pytest.mark.parametrize("etag", ["x" * 1025, 'a\r\nX: "b"', "日", "\x00"])
def test_validator_that_never_was_on_the_wire_is_kept_back(server: Server, etag: str) -> None:
    server.answer("/feed", body=FEED)
    fetch(replace(conditional(server.url("/feed"), etag=etag), last_modified=""))
    assert server.seen[0].header("If-None-Match") is None


def test_validators_are_not_sent_to_a_redirect_target(server: Server) -> None:
    server.answer("/old", "302 Found", Location="/new")
    server.answer("/new", body=FEED)
    fetch(conditional(server.url("/old")))
    assert [(seen.path, seen.header("If-None-Match")) for seen in server.seen] == [("/old", 'W/"a\xe9b"'), ("/new", None)]


def test_validators_of_a_redirect_target_are_sent_only_there(server: Server) -> None:
    server.answer("/old", "301 Moved", Location="/new")
    server.answer("/new", "304 Not Modified")
    outcome = fetch(conditional(server.url("/old"), validator_url=server.url("/new")))
    assert outcome == NotModified(server.url("/old"), server.url("/new"), {}, NOON, (Hop(301, server.url("/new")),))
    assert [seen.header("If-None-Match") for seen in server.seen] == [None, 'W/"a\xe9b"']


def test_304_without_condition_is_a_protocol_error(server: Server) -> None:
    server.answer("/feed", "304 Not Modified")
    assert failure(server.url("/feed")).kind == "protocol"


def test_304_with_a_body_is_a_protocol_error_and_its_connection_is_not_kept() -> None:
    with Server(keep=True) as server, HttpFetcher(DESK, FakeClock()) as fetcher:
        server.scripts["/feed"] = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        first = fetcher.fetch(conditional(server.url("/feed")))
        second = fetcher.fetch(conditional(server.url("/feed")))
    assert [getattr(outcome, "kind", None) for outcome in (first, second)] == ["protocol", "protocol"]
    assert server.connections == 2


def test_304_keeps_the_connection() -> None:
    with Server(keep=True) as server, HttpFetcher(DESK, FakeClock()) as fetcher:
        server.answer("/feed", "304 Not Modified", Content_Length="99")
        outcomes = [fetcher.fetch(conditional(server.url("/feed"))) for _ in range(3)]
    assert {type(outcome) for outcome in outcomes} == {NotModified}
    assert server.connections == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 451, 500, 503, 599, 300, 305])
def test_error_status_is_told_with_its_headers(server: Server, status: int) -> None:
    server.answer("/feed", f"{status} X", body=b"no", Retry_After="120")
    assert failure(server.url("/feed")) == Failed(
        server.url("/feed"), "http", sentence(status), NOON, status, server.url("/feed"), {"retry-after": "120", "content-length": "2"}
    )


def test_reason_is_a_sentence() -> None:
    assert sentence(403) == "The outlet answers 403: it refuses this address."
    assert sentence(599) == "The outlet answers 599: a fault of its own."


@pytest.mark.parametrize("status", [201, 202, 203, 204, 205, 206, 226])
def test_success_without_a_whole_document_is_a_protocol_error(server: Server, status: int) -> None:
    server.answer("/feed", f"{status} X")
    assert (failure(server.url("/feed")).kind, failure(server.url("/feed")).status) == ("protocol", status)


@pytest.mark.parametrize(
    ("status", "headers", "page"),
    [
        ("403 Forbidden", {"cf_mitigated": "challenge"}, b""),
        ("200 OK", {"cf_mitigated": "challenge"}, b"<html>"),
        ("202 Accepted", {"x_amzn_waf_action": "challenge"}, b""),
        ("503 Unavailable", {"Content_Type": "text/html"}, b"<html><script>window._cf_chl_opt={}</script>"),
        ("200 OK", {"Content_Type": "text/html"}, b"<html><title>Just a moment...</title>"),
    ],
)
def test_bot_challenge_is_recognised(server: Server, status: str, headers: dict[str, str], page: bytes) -> None:
    server.answer("/feed", status, page, **headers)
    assert failure(server.url("/feed")).kind == "challenge"


def test_article_about_challenges_is_no_challenge(server: Server) -> None:
    page = b"<html>" + b"<p>They saw _cf_chl_opt in the page.</p>" * 2000
    server.answer("/page", body=page, Content_Type="text/html")
    assert body(server, "/page") == page


def test_page_that_is_a_film_is_not_taken(server: Server) -> None:
    server.answer("/page", body=b"x", Content_Type="video/mp4")
    outcome = failure(Ask(server.url("/page"), kind="page", origin=server.url()))
    assert (outcome.kind, outcome.reason) == ("not_html", "The address leads to video/mp4, not to a page.")


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_followed_and_told(server: Server, status: int) -> None:
    server.answer("/old", f"{status} X", b"bye", Location="../new#part")
    server.answer("/new", body=FEED)
    outcome = fetch(server.url("/old"))
    assert isinstance(outcome, Fetched)
    assert (outcome.url, outcome.final_url, outcome.hops) == (server.url("/old"), server.url("/new"), (Hop(status, server.url("/new")),))


def test_patience_asked_by_a_redirect_is_passed_on(server: Server) -> None:
    server.answer("/old", "302 Found", Location="/new", Retry_After="90")
    server.answer("/new", body=FEED)
    outcome = fetch(server.url("/old"))
    assert isinstance(outcome, Fetched)
    assert outcome.headers["retry-after"] == "90"


def chain(server: Server, hops: int) -> None:
    for number in range(hops):
        server.answer(f"/{number}", "302 Found", Location=f"/{number + 1}")
    server.answer(f"/{hops}", body=FEED)


def test_five_redirects_are_followed(server: Server) -> None:
    chain(server, 5)
    assert body(server, "/0") == FEED


def test_sixth_redirect_is_not_followed(server: Server) -> None:
    chain(server, 6)
    assert (failure(server.url("/0")).kind, len(server.seen)) == ("redirect", 6)


def test_circle_is_not_followed(server: Server) -> None:
    server.answer("/a", "302 Found", Location="/b")
    server.answer("/b", "302 Found", Location="/a")
    assert (failure(server.url("/a")).kind, server.paths()) == ("redirect", ["/a", "/b"])


def test_redirect_to_itself_is_not_followed(server: Server) -> None:
    server.answer("/a", "302 Found", Location="/a")
    assert (failure(server.url("/a")).kind, server.paths()) == ("redirect", ["/a"])


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        (None, "redirect"),
        ("", "redirect"),
        ("http://[x", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("gopher://example.org/", "redirect"),
        ("http://u:p@127.0.0.1/", "refused"),
        ("http://10.0.0.1/", "refused"),
        ("http://169.254.169.254/", "refused"),
        ("http://localhost/", "refused"),
        ("http://2130706433/", "refused"),
        ("//127.1/", "refused"),
        ("/" + "a" * 66_000, "protocol"),
        ("/" + "a" * 5_000, "refused"),
    ],
)
def test_redirect_to_nowhere_is_not_followed(server: Server, location: str | None, kind: FailKind) -> None:
    server.answer("/a", "302 Found", **({} if location is None else {"Location": location}))
    assert (failure(server.url("/a")).kind, server.paths()) == (kind, ["/a"])


def test_callback_is_asked_before_each_redirect_target_only(server: Server) -> None:
    chain(server, 2)
    asked: list[str] = []

    def before_hop(ask: Ask, url: str) -> tuple[FailKind, str] | None:
        asked.append(url)
        return ("robots", "Not this one.") if url.endswith("/2") else None

    outcome = failure(server.url("/0"), before_hop=before_hop)
    assert (outcome.kind, outcome.reason, asked, server.paths()) == (
        "robots",
        "Not this one.",
        [server.url("/1"), server.url("/2")],
        ["/0", "/1"],
    )


# ── who is asked at all ──────────────────────────────────────────────────────────────────────────────────────────────

LOOPBACK_BY_NAME = Policy(contact="desk@example.org", allow_networks=(ipaddress.ip_network("127.0.0.1/32"),))


def named(addresses: Mapping[str, str]) -> Any:
    return lambda host, port: [addresses[host]]


def test_without_contact_only_loopback_is_asked(server: Server) -> None:
    server.answer("/feed", body=FEED)
    assert body(server, "/feed", policy=Policy()) == FEED
    refused = failure("https://outlet.example/feed", Policy(), resolver=named({}))
    assert (refused.kind, refused.reason) == (
        "refused",
        "No contact is set, so only outlets on this machine are fetched: set MONITOR_CONTACT to a mail address or a web page.",
    )


def test_without_contact_loopback_may_not_redirect_outside(server: Server) -> None:
    server.answer("/feed", "302 Found", Location="https://outlet.example/")
    assert failure(server.url("/feed"), Policy(), resolver=named({})).kind == "refused"


def test_public_outlet_may_not_redirect_to_loopback(server: Server) -> None:
    server.answer("/feed", "302 Found", Location="http://127.0.0.2:9/")
    outcome = failure(f"http://outlet.example:{server.port}/feed", LOOPBACK_BY_NAME, resolver=named({"outlet.example": "127.0.0.1"}))
    assert (outcome.kind, outcome.reason) == (
        "refused",
        "http://127.0.0.2:9/ is this machine, and an outlet elsewhere may not send us here.",
    )


@pytest.mark.parametrize("kind", ["page", "robots", "discovery"])
def test_page_on_loopback_is_asked_only_when_a_loopback_feed_led_there(server: Server, kind: Any) -> None:
    server.answer("/page", body=b"<p>x")
    assert failure(Ask(server.url("/page"), kind=kind)).kind == "refused"
    assert failure(Ask(server.url("/page"), kind=kind, origin="https://outlet.example/feed")).kind == "refused"
    assert isinstance(fetch(Ask(server.url("/page"), kind=kind, origin=server.url("/feed"))), Fetched)


def test_policy_can_close_loopback(server: Server) -> None:
    assert failure(server.url("/feed"), replace(DESK, loopback=False)).kind == "refused"


def test_own_host_is_not_asked(server: Server) -> None:
    own = replace(DESK, own_host=f"127.0.0.1:{server.port}")
    assert (failure(server.url("/feed"), own).kind, server.seen) == ("refused", [])


def test_unknown_name_is_a_dns_failure() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    outcome = failure("https://outlet.example/feed", resolver=nobody)
    assert (outcome.kind, outcome.reason) == ("dns", "The name outlet.example is not known (no such name).")


def test_proxy_of_the_environment_is_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answer("/feed", body=FEED)
    assert body(server, "/feed") == FEED


@pytest.mark.parametrize("url", ["", "nonsense", "http://[", "\ud800", "http://\x00/", "file:///etc/passwd"])
def test_any_address_gives_a_value(url: str) -> None:
    assert failure(url).kind in {"refused", "redirect"}


def test_lines_are_reused_and_closed(server: Server) -> None:
    server.answer("/feed", body=FEED)
    fetcher = HttpFetcher(DESK, FakeClock())
    for _ in range(3):
        fetcher.fetch(Ask(server.url("/feed")))
    assert len(fetcher._free) == 1
    fetcher.close()
    assert len(fetcher._free) == 0
