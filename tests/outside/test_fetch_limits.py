from __future__ import annotations

import gzip
import socket
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from monitor.outside.dialer import Limits
from monitor.outside.fetch import HttpFetcher
from monitor.records import Ask, Fetched
from tests.fakes import FakeClock
from tests.outside.asking import DESK, FEED, body, failure
from tests.outside.server import Seen, Server, Wire

QUICK = Limits(read=0.3, total=0.6)


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
        answered.result(timeout=600)
