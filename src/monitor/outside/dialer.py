"""The safe dialer: resolves a name once, judges every answer, dials the judged number, and keeps a leash on the connection.

httpcore asks `SafeBackend` for connections; TLS server name and Host header stay the name. Because the number that was judged is the
number that is dialled, a name that changes its answer in between gains nothing (rebinding). `SafeTransport` is httpx's seam for it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpcore
import httpx

from monitor.errors import AddressRefused
from monitor.outside.guard import IP, Networks, check_ip, literal_ip
from monitor.records import FailKind

Resolver = Callable[[str, int], Sequence[str]]
"""Gives every IP address of a host name, as text; raises OSError (socket.gaierror) when there is none."""


class DialError(Exception):
    """A connection did not come about or broke its limits; stays inside this room, where it becomes a `Failed`."""

    def __init__(self, kind: FailKind, reason: str) -> None:
        self.kind: FailKind = kind
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class Limits:
    """Limits of one ask, in seconds and bytes (P34, P36); tests shorten them."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 30.0
    slow_after: float = 10.0
    slow_rate: float = 1024.0
    wire: int = 16 << 20  # a 15 MiB body and its framing
    body: int = 15 << 20
    header_bytes: int = 64 << 10
    header_count: int = 200


@dataclass(slots=True)
class Leash:
    """What one line may still do in the ask at hand; set anew for each ask, used by one thread at a time.

    `phase` tells what is being waited for, `last` holds the bytes that came last, `dialled` whether this hop opened a connection.
    """

    limits: Limits
    loopback: bool = False
    deadline: float = 0.0
    phase: str = ""
    wire: int = 0
    budget: int = 0
    last: bytes = b""
    dialled: bool = False

    def start(self, *, loopback: bool, deadline: float) -> None:
        """Begin one hop."""
        self.loopback = loopback
        self.deadline = deadline
        self.phase = "connect"
        self.wire = 0
        self.budget = self.limits.header_bytes
        self.last = b""
        self.dialled = False

    @property
    def stale(self) -> bool:
        """Whether a kept connection broke before it gave a single byte: the outlet had hung up meanwhile."""
        return not self.dialled and self.wire == 0

    def left(self, most: float) -> float:
        """Seconds that may still be waited, at most `most`; raises DialError when the time is up."""
        remaining = self.deadline - monotonic()
        if remaining <= 0:
            raise DialError("timeout", f"The outlet took longer than {self.limits.total:g} seconds in all.")
        return min(most, remaining)


class LeashedStream(httpcore.NetworkStream):
    """A connection that waits no longer and takes no more bytes than its leash allows."""

    def __init__(self, stream: httpcore.NetworkStream, leash: Leash) -> None:
        self._stream = stream
        self._leash = leash

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        """Read some bytes; `timeout` is the leash's business."""
        leash = self._leash
        data = self._stream.read(max_bytes, leash.left(leash.limits.read))
        leash.wire += len(data)
        leash.last = data
        if leash.wire > leash.budget + max_bytes:
            if leash.phase == "body":
                raise DialError("too_large", f"The outlet sent more than {leash.limits.body >> 20} MiB.")
            raise DialError("protocol", "The outlet sent headers without end.")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - httpcore's signature
        """Write all bytes."""
        leash = self._leash
        self._stream.write(buffer, leash.left(leash.limits.read))
        leash.phase = "headers"

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        """Encrypt the connection; the certificate must be valid for the name."""
        leash = self._leash
        leash.phase = "tls"
        return LeashedStream(self._stream.start_tls(ssl_context, server_hostname, leash.left(leash.limits.connect)), leash)

    def get_extra_info(self, info: str) -> Any:
        """Ask the socket beneath."""
        return self._stream.get_extra_info(info)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Every address the operating system knows for a name, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolver: Resolver, host: str, port: int, seconds: float) -> Sequence[str]:
    """Resolve in a thread that is left behind when it takes longer, since the system's resolver knows no time limit."""
    result: list[Sequence[str] | OSError | UnicodeError] = []

    def ask() -> None:
        try:
            result.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            result.append(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if not result:
        raise DialError("dns", f"Nobody could say within {seconds:.0f} seconds where {host} is.")
    if isinstance(result[0], OSError | UnicodeError):
        raise DialError("dns", f"The name {host} is not known ({result[0]}).")
    return result[0]


class SafeBackend(httpcore.NetworkBackend):
    """Dials only machines the gate lets through, by the number it judged."""

    def __init__(self, allow: Networks, leash: Leash, resolver: Resolver = system_resolver) -> None:
        self._allow = allow
        self._leash = leash
        self._resolver = resolver
        self._dial = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        """Connect to the first answer that takes the call; raises DialError when any answer is not allowed."""
        leash = self._leash
        leash.phase = "connect"
        leash.dialled = True
        answers = self._judged(host, port)
        problem: Exception | None = None
        for ip in answers[:3]:
            try:
                stream = self._dial.connect_tcp(str(ip), port, leash.left(leash.limits.connect / min(len(answers), 2)))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return LeashedStream(stream, leash)
        assert problem is not None
        raise problem

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - httpcore's signature
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        """Never: outlets are not files of this machine."""
        raise DialError("refused", "Unix sockets are not asked.")

    def sleep(self, seconds: float) -> None:
        """Never called: there is no retry beneath the poller."""
        raise NotImplementedError

    def _judged(self, host: str, port: int) -> list[IP]:
        ip = literal_ip(host)
        if ip is not None:
            if not (ip.is_loopback and self._leash.loopback):
                self._judge(host, ip)
            return [ip]
        leash = self._leash
        answers = [
            ipaddress.ip_address(answer.partition("%")[0])
            for answer in resolve_within(self._resolver, host, port, leash.left(leash.limits.connect))
        ]
        for answer in answers:  # one private answer among public ones spoils them all
            self._judge(host, answer)
            if port not in (80, 443) and not any(answer in network for network in self._allow):
                raise DialError("refused", f"{host} is asked on port {port}, which only networks in MONITOR_ALLOW_NETWORKS may use.")
        if not answers:
            raise DialError("dns", f"The name {host} has no address.")
        return answers

    def _judge(self, host: str, ip: IP) -> None:
        try:
            check_ip(ip, self._allow)
        except AddressRefused as refusal:
            raise DialError("refused", f"{host} leads to a machine that is not asked: {refusal}") from refusal


class _Body(httpx.SyncByteStream):
    """A response's raw bytes, as httpx wants them."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class SafeTransport(httpx.BaseTransport):
    """httpx's way to the safe dialer: one small connection pool for one thread at a time."""

    def __init__(self, backend: SafeBackend, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, network_backend=backend, max_connections=4, max_keepalive_connections=2, keepalive_expiry=4.0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the response's body is still on the wire."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions)

    def close(self) -> None:
        """Close every kept connection."""
        self._pool.close()


@contextmanager
def dial_errors(leash: Leash) -> Iterator[None]:
    """Turn what httpcore raises into DialError, by what was being waited for."""
    try:
        yield
    except httpcore.TimeoutException as error:
        leash.left(0.0)  # tells when it was the whole time that was up
        waited = {"connect": "did not take the call", "tls": "did not finish the TLS handshake"}.get(leash.phase, "fell silent")
        raise DialError("timeout", f"The outlet {waited} in time.") from error
    except httpcore.ConnectError as error:
        if leash.phase == "tls":
            raise DialError("tls", f"No safe connection: {_why(error)}.") from error
        raise DialError("connect", f"The outlet cannot be reached: {_why(error)}.") from error
    except (httpcore.ReadError, httpcore.WriteError) as error:
        raise DialError("reset", "The outlet cut the connection.") from error
    except httpcore.RemoteProtocolError as error:
        raise _protocol(error, leash) from error
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        raise DialError("protocol", f"The request could not be written: {_why(error)}.") from error


def _protocol(error: httpcore.RemoteProtocolError, leash: Leash) -> DialError:
    text = str(error)
    if leash.phase == "body" and "peer closed" in text:
        return DialError("truncated", "The outlet sent fewer bytes than it announced.")
    if "disconnected without sending" in text:
        return DialError("reset", "The outlet cut the connection without an answer.")
    return DialError("protocol", f"The outlet's answer is not proper HTTP: {_why(error)}.")


def _why(error: Exception) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in str(error))[:200].strip()
    return text.rstrip(".") or type(error).__name__
