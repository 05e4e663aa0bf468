"""A loopback web server that plays the sample newsroom: every outlet on an address of its own, with feeds, pages and manners.

    with Newsroom(load_newsroom(), clock=SystemClock()) as newsroom:
        Path("feeds.yaml").write_text(newsroom.feeds_yaml(), encoding="utf-8")
        ...                                        # monitor once all
        newsroom.edit_headlines()                  # the desks sharpen a few headlines

Feeds answer with ETag, Last-Modified and Cache-Control where the outlet has them, 304 to a conditional request, gzip to who takes it.
Only 127.0.0.0/8 is ever bound. One thread runs the server; leaving the block ends it with every connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import hashlib
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final, Literal, Self

from monitor.config.newsroom_values import SampleOutlet, Samples
from monitor.errors import UsageError
from monitor.outside.newsroom_feeds import FEED_TYPES, feed_document
from monitor.outside.newsroom_pages import Printed, Site, article_page, error_page, home_page, print_article, robots_txt
from monitor.ports import Clock

PORT: Final = 8901
EDITED_AFTER: Final = timedelta(minutes=3)
IDLE: Final = 30.0  # seconds a connection may stay silent
LARGEST_HEAD: Final = 32 * 1024
SLOW_STEP: Final = 0.2  # seconds between two bytes of a slow answer

Fault = Literal["reset", "slow"] | int


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; `host` is the address asked, header names are lower-case, `status` 0 means the connection was cut."""

    at: datetime
    outlet: str
    host: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What goes back; `fault` replaces it by a cut or endless one."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    fault: str = ""


@dataclass(slots=True)
class _House:
    """One outlet on its socket."""

    outlet: SampleOutlet
    listener: socket.socket
    base: str
    paths: Mapping[str, str] = field(default_factory=dict)  # path of the address -> article id


class Newsroom:
    """The sample newsroom on loopback; a context manager. `requests` grows as it is asked, `faults` may be set at any time.

    `faults` maps (outlet id, article id) or (outlet id, "feed") to a status to answer, "reset" (the connection is cut) or "slow" (a
    body that never ends). `port` 0 takes free ports. `edited`: the headlines are the final ones from the start; otherwise they
    change three minutes of the clock after the start, or when `edit_headlines` is called. An article whose `hours_ago` is below zero
    comes out so long after the start: until then its outlet knows nothing of it.
    """

    def __init__(self, samples: Samples, *, port: int = PORT, clock: Clock, edited: bool = False) -> None:
        self.samples = samples
        self.clock = clock
        self.started = clock.now()
        self.requests: list[Request] = []
        self.faults: dict[tuple[str, str], Fault] = {}
        self._edited_at: datetime | None = self.started if edited else None
        self._port = port
        self._houses: dict[str, _House] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        """Binds every outlet and begins to answer; raises UsageError when a port is taken."""
        ready = threading.Event()
        try:
            for number, outlet in enumerate(self.samples.outlets, 1):
                self._houses[outlet.id] = self._open(outlet, number)
        except OSError as error:
            self._close_listeners()
            raise UsageError(f"The sample newsroom cannot listen on port {self._port}: {error.strerror}. Choose another port.") from error
        self._thread = threading.Thread(target=self._run, args=(ready,), name="newsroom", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """Cuts every connection, frees the ports and ends the thread."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop, self._thread = None, None
        self._close_listeners()

    def edit_headlines(self) -> None:
        """The headlines that were to be sharpened are sharpened now, in feeds and on pages."""
        self._edited_at = self._edited_at or self.clock.now()

    def address(self, outlet_id: str, path: str = "/") -> str:
        """The address of a path on an outlet's site."""
        return self._houses[outlet_id].base + path

    def feed_address(self, outlet_id: str) -> str:
        """The address of an outlet's feed."""
        return self.address(outlet_id, "/feed")

    def article_address(self, article_id: str) -> str:
        """The address of an article's page."""
        outlet_id = self.samples.article(article_id).outlet
        paths = self._houses[outlet_id].paths
        return self.address(outlet_id, next(path for path, known in paths.items() if known == article_id))

    def feeds_yaml(self, *, every: str = "") -> str:
        """The demo desk's feeds.yaml: every outlet with its feed at the addresses of this run, asked `every` so often (`15m`) if said."""
        lines = ["desk:", "  name: Sample desk", "outlets:"]
        for house in self._houses.values():
            outlet = house.outlet
            said = {"name": outlet.name, "id": outlet.id, "home": f"{house.base}/", "country": outlet.country, "language": outlet.language}
            said |= {"kind": outlet.kind, "owner": outlet.owner, "text": outlet.text}
            pairs = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
            lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:]), f"    weight: {outlet.weight:g}"]
            lines += (
                ["    feeds:", f"      - url: {house.base}/feed", f"        every: {every}"]
                if every
                else ["    feeds:", f"      - {house.base}/feed"]
            )
        return "\n".join(lines) + "\n"

    # ── the thread ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, outlet: SampleOutlet, number: int) -> _House:
        """A listening socket on 127.0.77.<number>, or on 127.0.0.1 and a port of its own where the system has only that address."""
        try:
            listener = _listener(f"127.0.77.{number}", self._port)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            listener = _listener("127.0.0.1", self._port and self._port + number)
        host, port = listener.getsockname()[:2]
        house = _House(outlet, listener, f"http://{host}:{port}")
        house.paths = {one.path: one.article.id for one in self._planned(outlet)}
        return house

    def _planned(self, outlet: SampleOutlet) -> tuple[Printed, ...]:
        edited = self._edited()
        return tuple(print_article(outlet, article, self.started, edited=edited) for article in self.samples.of(outlet.id))

    def _printed(self, outlet: SampleOutlet) -> tuple[Printed, ...]:
        """What is out by now, newest first."""
        now = self.clock.now()
        return tuple(one for one in self._planned(outlet) if one.article.hours_ago >= 0 or one.at <= now)

    def _edited(self) -> bool:
        if self._edited_at is None and self.clock.now() >= self.started + EDITED_AFTER:
            self._edited_at = self.started + EDITED_AFTER
        return self._edited_at is not None

    def _close_listeners(self) -> None:
        for house in self._houses.values():
            house.listener.close()
        self._houses.clear()

    def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()
        try:
            servers = [self._loop.run_until_complete(self._serve(house)) for house in self._houses.values()]
            self._loop.call_soon(ready.set)
            self._loop.run_forever()
            for server in servers:
                server.close()
            self._loop.run_until_complete(self._end_connections())
        finally:
            ready.set()  # nobody waits for a server that could not start
            self._loop.close()

    async def _serve(self, house: _House) -> asyncio.Server:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._connections.add(task)
            try:
                await self._converse(house, reader, writer)
            except asyncio.CancelledError:
                return  # the newsroom ends; a cancelled handler would be logged as an error by asyncio's streams
            finally:
                self._connections.discard(task)
                writer.close()

        return await asyncio.start_server(connected, sock=house.listener, limit=LARGEST_HEAD)

    async def _end_connections(self) -> None:
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # one round for the transports to close

    # ── one connection ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _converse(self, house: _House, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError, ValueError):
            while True:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), IDLE)
                method, path, headers = _read_head(head)
                answer = self._answer(house, method, path, headers)
                cut = answer.fault == "reset"
                host = house.base.partition("//")[2].partition(":")[0]
                status = 0 if cut else answer.status
                self.requests.append(Request(self.clock.now(), house.outlet.id, host, method, path, status, headers))
                if cut:
                    writer.transport.abort()
                    return
                writer.write(_head_of(answer, self.clock.now()))
                if answer.fault == "slow":
                    await _drip(writer)
                writer.write(b"" if method == "HEAD" else answer.body)
                await writer.drain()
                if headers.get("connection", "").lower() == "close":
                    return

    def _answer(self, house: _House, method: str, path: str, headers: Mapping[str, str]) -> _Answer:
        """What this outlet says to one request."""
        site, what = self._site(house), "feed" if path == "/feed" else house.paths.get(path, "")
        fault = self.faults.get((house.outlet.id, what)) if what else None
        if isinstance(fault, str):
            return _Answer(200, headers=(("Content-Type", "text/html"), ("Content-Length", "100000")), fault=fault)
        if fault is not None or method not in ("GET", "HEAD"):
            return _page(site, error_page(site, fault or 405), headers, fault or 405)
        if path == "/robots.txt":
            return _Answer(200, robots_txt().encode(), (("Content-Type", "text/plain; charset=utf-8"),))
        if path == "/":
            return _page(site, home_page(site, FEED_TYPES[house.outlet.form]), headers)
        if what == "feed":
            return self._feed(site, headers)
        if what:
            return self._article(site, what, headers)
        return _page(site, error_page(site, 404), headers, 404)

    def _site(self, house: _House) -> Site:
        return Site(house.outlet, house.base, self._printed(house.outlet), self.samples.labels[house.outlet.language])

    def _article(self, site: Site, article_id: str, headers: Mapping[str, str]) -> _Answer:
        if site.outlet.pages != 200:
            return _page(site, error_page(site, site.outlet.pages), headers, site.outlet.pages)
        one = next((one for one in site.printed if one.article.id == article_id), None)
        return _page(site, article_page(site, one) if one else error_page(site, 404), headers, 200 if one else 404)

    def _feed(self, site: Site, headers: Mapping[str, str]) -> _Answer:
        body, outlet = feed_document(site), site.outlet
        tag, changed = f'"{hashlib.sha256(body).hexdigest()[:20]}"', self._changed(site)
        validators = [("ETag", tag)] if outlet.validators != "modified" else []
        validators += [("Last-Modified", format_datetime(changed, usegmt=True))] if outlet.validators != "etag" else []
        validators += [("Cache-Control", f"max-age={outlet.max_age}")] if outlet.max_age else []
        if outlet.feed != "broken" and _unchanged(headers, tag, changed, outlet.validators):
            return _Answer(304, headers=tuple(validators))
        kind = ("Content-Type", f"{FEED_TYPES[outlet.form]}; charset={outlet.charset}")
        return _packed(_Answer(200, body, (kind, *validators)), headers)

    def _changed(self, site: Site) -> datetime:
        """When the feed last changed: its newest article, or the edit of a headline, in whole seconds."""
        newest = max((one.at.astimezone(self.started.tzinfo) for one in site.printed), default=self.started)
        if self._edited_at is not None and any(one.article.first_title for one in site.printed):
            newest = max(newest, self._edited_at)
        return newest.replace(microsecond=0)


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(64)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _read_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, path and headers; raises ValueError when the request line has not three parts."""
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _version = first.split(" ")
    return method, path, {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}


def _head_of(answer: _Answer, now: datetime) -> bytes:
    length = [] if any(name == "Content-Length" for name, _ in answer.headers) else [("Content-Length", str(len(answer.body)))]
    pairs = [("Date", format_datetime(now, usegmt=True)), *answer.headers, *(length if answer.status != 304 else [])]
    return "\r\n".join([f"HTTP/1.1 {answer.status} -", *(f"{name}: {value}" for name, value in pairs), "", ""]).encode("latin-1")


def _page(site: Site, text: str, headers: Mapping[str, str], status: int = 200) -> _Answer:
    charset = site.outlet.charset
    return _packed(
        _Answer(status, text.encode(charset, "xmlcharrefreplace"), (("Content-Type", f"text/html; charset={charset}"),)), headers
    )


def _packed(answer: _Answer, headers: Mapping[str, str]) -> _Answer:
    """The answer in gzip for who takes it; mtime 0 keeps equal bodies equal."""
    if "gzip" not in headers.get("accept-encoding", ""):
        return answer
    more = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return _Answer(answer.status, gzip.compress(answer.body, 6, mtime=0), (*answer.headers, *more))


def _unchanged(headers: Mapping[str, str], tag: str, changed: datetime, validators: str) -> bool:
    """If-None-Match decides where the outlet knows it; else If-Modified-Since (RFC 9110 §13.2.2)."""
    asked = headers.get("if-none-match")
    if asked is not None and validators != "modified":
        return tag in [one.strip().removeprefix("W/") for one in asked.split(",")]
    since = headers.get("if-modified-since")
    if since is None or validators == "etag":
        return False
    try:
        return parsedate_to_datetime(since) >= changed
    except (TypeError, ValueError):
        return False


async def _drip(writer: asyncio.StreamWriter) -> None:
    """One byte at a time, until the other side has had enough or the newsroom closes."""
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(SLOW_STEP)
