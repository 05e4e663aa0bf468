"""Asks one address politely: one hop after the other through the gate and the dialer, within every limit, and never raises for the outside.

Retries, dates and pace are decided elsewhere (pipeline/when.py, the store's host rows). Rules: docs/polling.md, docs/security.md.
"""

from __future__ import annotations

import re
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urldefrag, urljoin

import httpx

from monitor.errors import AddressRefused
from monitor.outside.body import read_body
from monitor.outside.challenge import MOST, SUSPECT_STATUSES, is_challenge
from monitor.outside.dialer import DialError, Leash, Limits, Resolver, SafeBackend, SafeTransport, dial_errors, system_resolver
from monitor.outside.guard import Address, Policy, check_address, is_loopback_literal, is_own_host
from monitor.ports import Clock
from monitor.records import Ask, Failed, FailKind, Fetched, Hop, NotModified, Outcome

BeforeHop = Callable[[Ask, str], tuple[FailKind, str] | None]
"""Called with the ask and each redirect target before it is asked: wait for the host's turn and return None, or say why not."""

MAX_HOPS = 5
MAX_VALIDATOR = 1024
_KEPT = 2  # connections a line keeps open, each of which the outlet may have closed meanwhile
_SMALL = 16 << 10
_ON_THE_WIRE = re.compile("[ -~\x80-\xff]+")
_FOLLOWED = frozenset({301, 302, 303, 307, 308})
_ACCEPT = {
    "feed": b"application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1",
    "page": b"text/html, application/xhtml+xml, */*;q=0.1",
    "robots": b"text/plain, */*;q=0.1",
    "discovery": b"text/html, application/xhtml+xml, application/atom+xml;q=0.9, application/rss+xml;q=0.9, */*;q=0.1",
}
_NO_CONTACT = "No contact is set, so only outlets on this machine are fetched: set MONITOR_CONTACT to a mail address or a web page."
_NOT_A_PAGE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword", "application/vnd.")


def user_agent(policy: Policy) -> str:
    """How the desk introduces itself (P51): product, version, the page about it and its contact; raises ValueError when not plain ASCII."""
    about = "; ".join(part for part in (policy.info_page, policy.contact) if part)
    product = f"PressMonitor/{version('monitor')}"
    text = f"{product} (+{about})" if about else product
    if not text.isascii() or not text.isprintable():
        raise ValueError("contact and info page must be plain ASCII to be sent in a header")
    return text


@dataclass(slots=True)
class _Line:
    """One thread's way outside: its connections and the leash they share."""

    transport: SafeTransport
    leash: Leash


@dataclass(slots=True)
class _Trip:
    """What is known so far of one ask."""

    ask: Ask
    url: str
    deadline: float
    from_public: bool
    hops: list[Hop] = field(default_factory=list)
    conditional: bool = False
    retry_after: str = ""


class HttpFetcher:
    """Implements ports.Fetcher over httpx; safe to share among threads, each ask borrows its own line.

    `before_hop` lets the caller pace and judge redirect targets; its waiting does not count against the time limit.
    """

    def __init__(
        self,
        policy: Policy,
        clock: Clock,
        *,
        before_hop: BeforeHop | None = None,
        limits: Limits | None = None,
        resolver: Resolver = system_resolver,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._before_hop = before_hop
        self._limits = limits or Limits()
        self._resolver = resolver
        self._ssl = ssl_context or httpx.create_ssl_context(trust_env=False)  # made once: 17 ms each
        agent = (b"User-Agent", user_agent(policy).encode("ascii"))
        self._headers = {kind: [agent, (b"Accept", accept), (b"Accept-Encoding", b"gzip")] for kind, accept in _ACCEPT.items()}
        self._free: deque[_Line] = deque()
        self._closed = False

    def fetch(self, ask: Ask) -> Outcome:
        """One request with its redirects, within every limit; whatever the outside does comes back as a value."""
        trip = _Trip(ask, ask.url, monotonic() + self._limits.total, self._led_from_public(ask))
        line = self._borrow()
        try:
            return self._travel(trip, line)
        except DialError as failure:
            return self._failed(trip, failure.kind, failure.reason)
        except AddressRefused as refusal:
            kind: FailKind = "redirect" if trip.hops and trip.hops[-1].url == trip.url and _malformed(trip.url) else "refused"
            return self._failed(trip, kind, str(refusal))
        finally:
            self._give_back(line)

    def close(self) -> None:
        """Close every kept connection; asks still under way close theirs as they end."""
        self._closed = True
        while self._free:
            self._free.pop().transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _led_from_public(self, ask: Ask) -> bool:
        """Only what feeds.yaml names is trusted to be on this machine; a page or robots.txt is as trusted as the feed that led to it."""
        start = ask.origin or (ask.url if ask.kind == "feed" else "")
        return not (self._policy.loopback and start and is_loopback_literal(start))

    def _borrow(self) -> _Line:
        try:
            return self._free.pop()
        except IndexError:
            leash = Leash(self._limits)
            return _Line(SafeTransport(SafeBackend(self._policy.allow_networks, leash, self._resolver), self._ssl), leash)

    def _give_back(self, line: _Line) -> None:
        self._free.append(line)
        if self._closed:
            self.close()

    def _travel(self, trip: _Trip, line: _Line) -> Outcome:
        seen = {trip.url}
        while True:
            address = self._gate(trip)
            target = self._hop(trip, line, address)
            if not isinstance(target, str):
                return target
            if target in seen:
                return self._failed(trip, "redirect", "The outlet redirects in a circle.")
            if len(trip.hops) > MAX_HOPS:
                return self._failed(trip, "redirect", f"The outlet redirects more than {MAX_HOPS} times.")
            seen.add(target)
            trip.url = target
            if self._before_hop is not None:
                stop = self._paced(trip, self._before_hop)
                if stop is not None:
                    return stop

    def _paced(self, trip: _Trip, before_hop: BeforeHop) -> Failed | None:
        self._gate(trip)  # nobody waits for a host that will not be asked
        began = monotonic()
        objection = before_hop(trip.ask, trip.url)
        trip.deadline += monotonic() - began
        return self._failed(trip, *objection) if objection else None

    def _gate(self, trip: _Trip) -> Address:
        policy = self._policy
        address = check_address(trip.url, allow=policy.allow_networks, from_public=trip.from_public)
        if is_own_host(address, policy.own_host):
            raise AddressRefused("That is this desk's own address, which it does not ask.")
        if not policy.contact and not is_loopback_literal(trip.url):
            raise AddressRefused(_NO_CONTACT)
        return address

    def _hop(self, trip: _Trip, line: _Line, address: Address) -> Outcome | str:
        """Ask one address: an outcome, or the address it redirects to."""
        request = _request(address.url, self._request_headers(trip, address))
        for _ in range(_KEPT):
            try:
                return self._once(trip, line, request)
            except DialError as failure:
                if failure.kind != "reset" or not line.leash.stale:
                    raise  # an answer that began is never asked for again in the same run (P34)
        return self._once(trip, line, request)

    def _once(self, trip: _Trip, line: _Line, request: httpx.Request) -> Outcome | str:
        line.leash.start(loopback=not trip.from_public, deadline=trip.deadline)
        with dial_errors(line.leash):
            response = line.transport.handle_request(request)
            try:
                return self._answer(trip, response, line.leash)
            finally:
                response.close()

    def _request_headers(self, trip: _Trip, address: Address) -> tuple[tuple[bytes, bytes], ...]:
        ask = trip.ask
        headers = [(b"Host", address.netloc.encode("ascii")), *self._headers[ask.kind]]
        trip.conditional = False
        if ask.validator_url == trip.url:  # validators belong to an address, not to a feed (P9)
            for name, validator in ((b"If-None-Match", ask.etag), (b"If-Modified-Since", ask.last_modified)):
                raw = _raw(validator)
                if raw:
                    headers.append((name, raw))
                    trip.conditional = True
        return tuple(headers)

    def _answer(self, trip: _Trip, response: httpx.Response, leash: Leash) -> Outcome | str:
        status = response.status_code
        headers = _headers(response, leash.limits)
        if trip.retry_after:
            headers.setdefault("retry-after", trip.retry_after)  # a redirect may ask for patience too (P31)
        if status == 304:
            return self._not_modified(trip, response, headers, leash)
        if status in _FOLLOWED:
            return self._redirect(trip, response, headers)
        if status == 200 and not is_challenge(status, headers):
            return self._whole(trip, response, headers, leash)
        return self._refusal(trip, response, headers, leash)

    def _not_modified(self, trip: _Trip, response: httpx.Response, headers: dict[str, str], leash: Leash) -> Outcome:
        if not trip.conditional:
            return self._failed(trip, "protocol", "The outlet answers 304 to a request without conditions.", 304, headers)
        end = leash.last.find(b"\r\n\r\n")
        if end >= 0 and end + 4 != len(leash.last):
            raise DialError("protocol", "The outlet sent a body with its 304.")  # not drained, so the connection is not kept (P8)
        deque(_stream(response), 0)  # empty, but only a finished answer lets the connection be kept
        return NotModified(trip.ask.url, trip.url, headers, self._clock.now(), tuple(trip.hops))

    def _redirect(self, trip: _Trip, response: httpx.Response, headers: dict[str, str]) -> Outcome | str:
        status = response.status_code
        location = headers.get("location", "").strip()
        try:
            target = urldefrag(urljoin(trip.url, location)).url
        except ValueError:
            location = ""
        if not location:
            return self._failed(trip, "redirect", f"The outlet answers {status} without saying where to.", status, headers)
        trip.retry_after = headers.get("retry-after", "")
        trip.hops.append(Hop(status, target))
        if headers.get("content-length", "").isdigit() and int(headers["content-length"][:9]) < _SMALL:
            deque(_stream(response), 0)  # a finished answer lets the next hop use the same connection
        return target

    def _whole(self, trip: _Trip, response: httpx.Response, headers: dict[str, str], leash: Leash) -> Outcome:
        kind = headers.get("content-type", "").strip().lower()
        if trip.ask.kind == "page" and kind.startswith(_NOT_A_PAGE):
            return self._failed(trip, "not_html", f"The address leads to {kind.split(';')[0][:60]}, not to a page.", 200, headers)
        body = read_body(_stream(response), headers, leash)
        if trip.ask.kind != "robots" and is_challenge(200, headers, body):
            return self._failed(trip, "challenge", _CHALLENGE, 200, headers)
        return Fetched(trip.ask.url, trip.url, body, headers, self._clock.now(), tuple(trip.hops), leash.wire)

    def _refusal(self, trip: _Trip, response: httpx.Response, headers: dict[str, str], leash: Leash) -> Failed:
        status = response.status_code
        body = b""
        if status in SUSPECT_STATUSES and not is_challenge(status, headers):
            try:
                with dial_errors(leash):
                    body = read_body(_stream(response), headers, leash, most=MOST)
            except DialError:
                body = b""  # the status is the answer; its page only tells whether it is a challenge
        if is_challenge(status, headers, body):
            return self._failed(trip, "challenge", _CHALLENGE, status, headers)
        if status < 300:
            return self._failed(trip, "protocol", f"The outlet answers {status}, which carries no whole document.", status, headers)
        return self._failed(trip, "http", sentence(status), status, headers)

    def _failed(
        self, trip: _Trip, kind: FailKind, reason: str, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> Failed:
        return Failed(trip.ask.url, kind, reason, self._clock.now(), status, trip.url, headers or {}, tuple(trip.hops))


_CHALLENGE = "Bot protection answered instead of the outlet; the desk does not try to get round it."
_SENTENCES = {
    400: "it does not understand the request",
    401: "it wants a user name and password",
    402: "it wants payment",
    403: "it refuses this address",
    404: "there is nothing at this address",
    405: "it does not let this address be read",
    406: "it has no version of this that the desk can take",
    407: "a proxy wants a password",
    408: "it lost patience",
    410: "this address is gone for good",
    414: "the address is too long for it",
    429: "it is asked too often",
    431: "the request's headers are too long for it",
    451: "it may not show this for legal reasons",
    500: "it has a fault of its own",
    502: "its server behind the front does not answer",
    503: "it is overloaded or under repair",
    504: "its server behind the front does not answer in time",
}


def sentence(status: int) -> str:
    """What an error status means, for a person."""
    if status in _SENTENCES:
        return f"The outlet answers {status}: {_SENTENCES[status]}."
    sort = "a redirect the desk cannot follow" if status < 400 else "an error in the request" if status < 500 else "a fault of its own"
    return f"The outlet answers {status}: {sort}."


def _headers(response: httpx.Response, limits: Limits) -> dict[str, str]:
    """Header values byte for byte (latin-1), names in lower case, repeats joined."""
    raw = response.headers.raw
    if len(raw) > limits.header_count:
        raise DialError("protocol", f"The outlet sent more than {limits.header_count} headers.")
    headers: dict[str, str] = {}
    size = 0
    for name, value in raw:
        key = name.decode("latin-1").lower()
        size += len(name) + len(value)
        headers[key] = f"{headers[key]}, {value.decode('latin-1')}" if key in headers else value.decode("latin-1")
    if size > limits.header_bytes:
        raise DialError("protocol", f"The outlet sent more than {limits.header_bytes >> 10} KiB of headers.")
    return headers


@lru_cache(maxsize=2048)
def _request(url: str, headers: tuple[tuple[bytes, bytes], ...]) -> httpx.Request:
    """The request for a judged address; feeds are asked for again and again in the same words."""
    return httpx.Request("GET", url, headers=headers)


def _raw(validator: str) -> bytes:
    """A stored validator as it was on the wire; empty when it cannot have been one (P2, P3)."""
    if not validator or len(validator) > MAX_VALIDATOR or not _ON_THE_WIRE.fullmatch(validator):
        return b""
    return validator.encode("latin-1")


def _stream(response: httpx.Response) -> Any:
    return response.stream


def _malformed(url: str) -> bool:
    return not url.lower().startswith(("http://", "https://"))
