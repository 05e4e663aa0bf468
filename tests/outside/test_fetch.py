from __future__ import annotations

import gzip
import ipaddress
import socket
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest

from monitor.outside.dialer import Limits
from monitor.outside.fetch import HttpFetcher, sentence, user_agent
from monitor.outside.guard import Policy
from monitor.records import Ask, Failed, FailKind, Fetched, Hop, NotModified, Outcome
from tests.fakes import NOON, FakeClock
from tests.outside.server import Seen, Server, Wire

DESK = Policy(contact="desk@example.org")
FEED = b"<rss/>"
QUICK = Limits(read=0.3, total=0.6)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def fetch(ask: Ask | str, policy: Policy = DESK, **options: Any) -> Outcome:
    with HttpFetcher(policy, FakeClock(), **options) as fetcher:
        return fetcher.fetch(Ask(ask) if isinstance(ask, str) else ask)


def failure(ask: Ask | str, policy: Policy = DESK, **options: Any) -> Failed:
    outcome = fetch(ask, policy, **options)
    assert isinstance(outcome, Failed), outcome
    return outcome


def body(server: Server, path: str, **options: Any) -> bytes:
    outcome = fetch(server.url(path), **options)
    assert isinstance(outcome, Fetched), outcome
    return outcome.body


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


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_gzip_is_unpacked(server: Server, coding: str) -> None:
    server.answer("/feed", body=gzip.compress(FEED * 50_000), Content_Encoding=coding)
    assert body(server, "/feed") == FEED * 50_000


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(FEED[:3]) + gzip.compress(FEED[3:]), gzip.compress(FEED) + b"\0" * 100, gzip.compress(FEED) + b"garbage"],
    ids=["members", "padding", "garbage"],
)
def test_gzip_with_something_behind_is_unpacked(server: Server, packed: bytes) -> None:
    server.answer("/feed", body=packed, Content_Encoding="gzip")
    assert body(server, "/feed") == FEED


def test_empty_body_announced_as_gzip_is_empty(server: Server) -> None:
    server.answer("/feed", Content_Encoding="gzip")
    assert body(server, "/feed") == b""


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, identity", "compress", "\xe9"])
def test_other_and_nested_codings_are_refused(server: Server, coding: str) -> None:
    server.answer("/feed", body=b"x", Content_Encoding=coding)
    assert failure(server.url("/feed")).kind == "encoding"


def bomb(mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(mib)), packer.flush()])


def test_decompression_bomb_is_stopped(server: Server) -> None:
    server.answer("/feed", body=bomb(64), Content_Encoding="gzip")
    assert failure(server.url("/feed")).kind == "too_large"


def test_repetitive_but_modest_body_is_no_bomb(server: Server) -> None:
    server.answer("/feed", body=bomb(4), Content_Encoding="gzip")
    assert len(body(server, "/feed")) == 4 << 20


def test_many_gzip_members_are_not_followed_for_ever(server: Server) -> None:
    server.answer("/feed", body=gzip.compress(b"x") * 1000, Content_Encoding="gzip")
    assert body(server, "/feed") == b"x" * 32


@pytest.mark.parametrize("length", [None, "999999999"])
def test_body_over_the_limit_is_stopped(server: Server, length: str | None) -> None:
    headers = {"Content_Length": length} if length else {}
    server.answer("/feed", body=b"x" * 200_000, **headers)
    assert failure(server.url("/feed"), limits=Limits(body=100_000)).kind == "too_large"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def test_endless_chunks_are_stopped(server: Server) -> None:
    def endless(wire: Wire, seen: Seen) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            wire.send(chunk(b"x" * 60_000))

    server.scripts["/feed"] = endless
    assert failure(server.url("/feed"), limits=Limits(body=1 << 20)).kind == "too_large"


HEAD = b"HTTP/1.1 200 OK\r\n"
PACKED = gzip.compress(FEED * 1000)


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 10\r\n\r\n<rss/>",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(FEED),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n<rss",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-10],
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-8] + b"\0" * 8,
        HEAD + b"Content-Encoding: gzip\r\n\r\n<rss/>",
    ],
    ids=["short", "no last chunk", "half a chunk", "gzip cut", "gzip checksum", "not gzip"],
)
def test_incomplete_body_is_truncated(server: Server, answer: bytes) -> None:
    server.scripts["/feed"] = answer
    assert failure(server.url("/feed")).kind == "truncated"


# ── broken and slow servers ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        HEAD + b"X: y\r\n" * 10_000 + b"\r\n",
        HEAD + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        HEAD + b"X: y\r\n" * 201 + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
    ],
    ids=str.split("status header negative huge two-lengths te nul chunk upgrade many-headers long-header 201-headers endless-1xx"),
)
def test_malformed_http_is_a_protocol_error(server: Server, answer: bytes) -> None:
    server.scripts["/feed"] = answer
    assert failure(server.url("/feed")).kind in {"protocol", "too_large"}


def test_endless_headers_are_a_protocol_error(server: Server) -> None:
    def endless(wire: Wire, seen: Seen) -> None:
        wire.send(HEAD)
        while True:
            wire.send(b"X-Header: value\r\n" * 1000)

    server.scripts["/feed"] = endless
    assert failure(server.url("/feed")).kind == "protocol"


def test_cut_connection_is_a_reset(server: Server) -> None:
    server.scripts["/now"] = lambda wire, seen: wire.reset()
    server.scripts["/nothing"] = b""

    def midway(wire: Wire, seen: Seen) -> None:
        wire.send(HEAD + b"Content-Length: 10\r\n\r\n<rss")
        wire.reset()

    server.scripts["/midway"] = midway
    assert [failure(server.url(path)).kind for path in ("/now", "/nothing", "/midway")] == ["reset"] * 3


def test_connection_the_outlet_hung_up_is_dialled_again(server: Server) -> None:
    server.answer("/feed", body=FEED)  # the server closes without saying so
    with HttpFetcher(DESK, FakeClock()) as fetcher:
        outcomes = [fetcher.fetch(Ask(server.url("/feed"))) for _ in range(20)]
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 20
    assert len(server.seen) == 20


def test_closed_port_cannot_be_reached() -> None:
    with Server() as server:
        url = server.url("/feed")
    assert failure(url).kind == "connect"


def test_silent_server_runs_into_the_read_limit(server: Server) -> None:
    server.scripts["/feed"] = lambda wire, seen: wire.silence()
    assert failure(server.url("/feed"), limits=Limits(read=0.1)).kind == "timeout"


def test_trickling_headers_run_into_the_total_limit(server: Server) -> None:
    server.scripts["/feed"] = lambda wire, seen: wire.trickle(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000, 0.02)
    assert failure(server.url("/feed"), limits=QUICK).reason == "The outlet took longer than 0.6 seconds in all."


def test_trickling_body_runs_into_the_total_limit(server: Server) -> None:
    server.scripts["/feed"] = lambda wire, seen: wire.trickle(HEAD + b"\r\n" + b"y" * 1000, 0.02)
    assert failure(server.url("/feed"), limits=QUICK).reason == "The outlet took longer than 0.6 seconds in all."


def test_slow_body_runs_into_the_rate_limit(server: Server) -> None:
    server.scripts["/feed"] = lambda wire, seen: wire.trickle(HEAD + b"\r\n" + b"y" * 1000, 0.02)
    outcome = failure(server.url("/feed"), limits=Limits(slow_after=0.1))
    assert (outcome.kind, outcome.reason.startswith("The outlet sent only ")) == ("timeout", True)


def test_server_that_does_not_speak_tls_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionResetError):
                connection.recv(1)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                while connection.recv(4096):
                    pass

        answered = thread.submit(answer)
        assert failure(f"https://127.0.0.1:{listener.getsockname()[1]}/feed").kind == "tls"
        answered.result(timeout=10)


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
