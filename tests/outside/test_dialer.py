from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from time import monotonic

import httpcore
import httpx
import pytest

from monitor.outside.dialer import DialError, Leash, LeashedStream, Limits, SafeBackend, SafeTransport, resolve_within
from monitor.outside.guard import Networks
from tests.outside.server import Server

LOOPBACK: Networks = (ipaddress.ip_network("127.0.0.0/8"),)


def leash(*, loopback: bool = False, total: float = 5.0) -> Leash:
    made = Leash(Limits())
    made.start(loopback=loopback, deadline=monotonic() + total)
    return made


def names(*answers: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: answers


def refusal(backend: SafeBackend, host: str, port: int = 80) -> DialError:
    with pytest.raises(DialError) as error:
        backend.connect_tcp(host, port)
    return error.value


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.1",),
        ("10.0.0.1",),
        ("93.184.216.34", "10.0.0.1"),
        ("10.0.0.1", "93.184.216.34"),
        ("2606:4700::1111", "::1"),
        ("::ffff:169.254.169.254",),
        ("fe80::1%eth0",),
        ("64:ff9b::7f00:1",),
    ],
)
def test_name_with_a_private_answer_is_refused(answers: tuple[str, ...]) -> None:
    assert refusal(SafeBackend((), leash(), names(*answers)), "outlet.example").kind == "refused"


def test_name_of_loopback_is_refused_even_when_literal_loopback_may_be_asked() -> None:
    assert refusal(SafeBackend((), leash(loopback=True), names("127.0.0.1")), "outlet.example").kind == "refused"


def test_literal_loopback_is_refused_unless_the_ask_started_there() -> None:
    assert refusal(SafeBackend((), leash(), names()), "127.0.0.1").kind == "refused"


def test_other_port_is_refused_for_a_public_name() -> None:
    assert refusal(SafeBackend((), leash(), names("93.184.216.34")), "outlet.example", 5432).kind == "refused"


def test_name_without_answer_is_unknown() -> None:
    def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert refusal(SafeBackend((), leash(), nobody), "outlet.example").kind == "dns"
    assert refusal(SafeBackend((), leash(), names()), "outlet.example").kind == "dns"


def test_resolver_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        release.wait(600)
        return ()

    with pytest.raises(DialError) as error:
        resolve_within(slow, "outlet.example", 80, 0.05)
    release.set()
    assert error.value.kind == "dns"


def test_unix_socket_is_never_dialled() -> None:
    with pytest.raises(DialError) as error:
        SafeBackend((), leash()).connect_unix_socket("/run/x")
    assert error.value.kind == "refused"


def test_name_is_resolved_once_and_the_judged_number_is_dialled() -> None:
    """Rebinding: the second answer would be another machine, and nobody asks for it."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.2",)

    with Server() as server:
        server.answer("/", body=b"x")
        stream = SafeBackend(LOOPBACK, leash(), rebinding).connect_tcp("outlet.example", server.port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
        stream.close()
    assert asked == ["outlet.example"]


def test_next_answer_is_dialled_when_the_first_does_not_take_the_call() -> None:
    with Server() as server:
        stream = SafeBackend(LOOPBACK, leash(), names("127.0.0.9", "127.0.0.1")).connect_tcp("outlet.example", server.port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
        stream.close()


def test_name_stays_in_the_host_header() -> None:
    held = leash()
    with Server() as server:
        server.answer("/x", body=b"hello")
        transport = SafeTransport(SafeBackend(LOOPBACK, held, names("127.0.0.1")), httpx.create_ssl_context(trust_env=False))
        with httpx.Client(transport=transport, trust_env=False) as client:
            assert client.get(f"http://outlet.example:{server.port}/x").text == "hello"
        assert server.seen[0].header("Host") == f"outlet.example:{server.port}"


def test_leash_ends_a_stream_whose_time_is_up() -> None:
    with pytest.raises(DialError) as error:
        LeashedStream(httpcore.NetworkStream(), leash(total=-1.0)).read(10)
    assert error.value.kind == "timeout"
