"""Read the pages that writers add to their pieces by address, and ask whether the links of a submitted piece still lead somewhere.

As polite as every reading: robots.txt first, the host's pace and wish, one request (P43–P45). What a site reserves is not kept (P46).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from monitor.flows.kit import Kit
from monitor.flows.origin_rights import OriginRights
from monitor.outside import reading
from monitor.outside.guard import is_loopback_literal
from monitor.outside.pace import host_of, interval_for
from monitor.outside.reader_pool import Killed
from monitor.outside.robots import RobotsRules
from monitor.pipeline.addresses import registrable
from monitor.pipeline.moments import local_day
from monitor.pipeline.tdmrep import PATH as TDMREP
from monitor.pipeline.when_headers import retry_after
from monitor.pipeline.when_limits import TOO_MANY_PAUSE, UNAVAILABLE_PAUSE
from monitor.records import AboutArticle, Article, Ask, Failed, Fetched
from monitor.store import hosts, pastes, piece_sources
from monitor.store.piece_sources import PageRead, ToAsk

LONGEST_WAIT: Final = 30.0
"""Seconds a source waits for its host's turn before it is put back."""
PUT_BACK: Final = timedelta(minutes=1)
PAGES_REST: Final = timedelta(hours=24)
"""How long a host's pages are left alone after a refusal (P44)."""
DEAD: Final = frozenset({404, 410})
GONE_KINDS: Final = frozenset({"dns"})


class _LaterError(Exception):
    """Not now: the host's turn or wish has not come; the text says until when for people."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until = until


@dataclass(frozen=True, slots=True)
class _Refused:
    """The page may not be asked for, with why."""

    reason: str


def read_source(kit: Kit, ask: ToAsk) -> None:
    """Do what one claimed source asks for, and write what came of it."""
    asker = _Asker(kit, ask.address)
    try:
        came = asker.page(whole=ask.wish == "read")
    except _LaterError as later:
        if later.until - kit.clock.now() > timedelta(hours=1):
            piece_sources.answered(ask, kit.clock.now(), unread=str(later))
        else:
            piece_sources.later(ask, later.until)
        return
    now = kit.clock.now()
    if isinstance(came, _Refused):
        piece_sources.answered(ask, now, unread=came.reason)
    elif isinstance(came, Failed):
        lost = came.status in DEAD or came.kind in GONE_KINDS
        piece_sources.answered(ask, now, dead=came.reason if lost else "", unread="" if lost else came.reason)
    elif ask.wish == "link":
        piece_sources.answered(ask, now)
    else:
        _keep(kit, ask, came, reserved=asker.reserved and not _granted(came))


def _keep(kit: Kit, ask: ToAsk, page: Fetched, *, reserved: bool) -> None:
    """Read a page as an article's, and write what it says of itself."""
    host = urlsplit(page.final_url or page.url).hostname or ""
    about = AboutArticle("", ask.address, "", "", "", (), None, kit.clock.now(), "", "", "", registrable(host), "", "", "")
    kind = page.headers.get("content-type", "")
    if not _is_page(kind, page.body):
        what = kind.split(";")[0] or "something that is not a page"
        piece_sources.answered(ask, kit.clock.now(), unread=f"The address answers with {what}, not with an article page.")
        return
    document = reading.PageDocument(about, page.body, page.final_url or page.url, kind, reserved=reserved or _reserved(page))
    read = kit.pool.submit(reading.PAGE, document).result()
    if isinstance(read, Killed):
        read = kit.pool.submit(reading.BOUNDED, document).result()
    if not isinstance(read, Article):
        why = read.reason if isinstance(read, Killed) else "nothing came back"
        piece_sources.answered(ask, kit.clock.now(), unread=f"The page could not be read: its parser was stopped ({why}).")
        return
    at = read.published
    found = PageRead(
        outlet=host.removeprefix("www."),
        headline=read.title,
        language=read.language,
        dated=local_day(at.at, at.offset, at.at) if at is not None else None,
        text=read.text if read.rights == "open" else "",
        verdict=read.verdict,
    )
    piece_sources.read(ask, found, kit.clock.now())


def _reserved(page: Fetched) -> bool:
    robots = page.headers.get("x-robots-tag", "").lower()
    return page.headers.get("tdm-reservation", "").strip() == "1" or "noai" in robots.replace(":", ",").replace(" ", "").split(",")


def _granted(page: Fetched) -> bool:
    """Whether the page's own header says that nothing is reserved, which outweighs the origin's tdmrep.json (P46)."""
    return page.headers.get("tdm-reservation", "").strip() == "0"


def _is_page(kind: str, body: bytes) -> bool:
    head = body[:2048].lstrip().lower()
    return "html" in kind.lower() or (not kind.startswith(("image/", "application/pdf", "audio/", "video/")) and b"<html" in head)


class _Asker:
    """One page asked for, after its origin's robots.txt."""

    def __init__(self, kit: Kit, address: str) -> None:
        self.kit = kit
        self.address = address
        # Writers do not run this machine: they read on it only where the desk has outlets (as the demo has), whatever else listens there.
        known = is_loopback_literal(address) and address.split("/")[2] in pastes.loopback_origins()
        self.origin = address if known else ""
        self.reserved = False

    def page(self, *, whole: bool) -> Fetched | Failed | _Refused:
        """The page, or why it is not asked for; `whole`: to be read, so what its origin reserves is learned first.

        Raises _LaterError when it is not its turn.
        """
        parts = urlsplit(self.address)
        origin = f"{parts.scheme}://{parts.netloc}"
        seen = hosts.robots([origin]).get(origin)
        if seen is None or not seen.fresh(self.kit.clock.now()):
            came = self._ask(f"{origin}/robots.txt", "robots")
            status = came.status if isinstance(came, Failed) else 200
            body = came.body[:512_000].decode("utf-8", "replace").replace("\0", "") if isinstance(came, Fetched) else ""
            seen = hosts.save_robots(origin, hosts.RobotsSeen(self.kit.clock.now(), status, body))
        rules = RobotsRules(seen.status, seen.body)
        if not rules.allows_page(self.address):
            return _Refused(rules.reason)
        rest = hosts.pages_of({host_of(self.address)}, self.kit.clock.now()).rests.get(host_of(self.address))
        if rest is not None:
            raise _LaterError(rest.until, rest.reason or "The outlet's pages are left alone for now.")
        if whole:
            self._learn_rights(origin, rules)
        came = self._ask(self.address, "page", rules.crawl_delay)
        if isinstance(came, Failed) and (came.status in {403, 429} or came.kind == "challenge"):
            refusals = 0 if came.status == 429 else 2 if came.kind == "challenge" else 1
            hosts.page_refused(host_of(self.address), came.reason, self.kit.clock.now() + PAGES_REST, refusals=refusals)
        return came

    def _learn_rights(self, origin: str, rules: RobotsRules) -> None:
        """The origin's tdmrep.json, from memory or by one request (P46)."""
        rights = OriginRights()
        rights.learn([origin], self.kit.clock.now())
        if not rights.known(origin) and rules.allows_page(origin + TDMREP):
            rights.came(origin, self._ask(origin + TDMREP, "robots", rules.crawl_delay), self.kit.clock.now())
        self.reserved = rights.reserves(origin, self.address) or rules.reserves(self.address)

    def _ask(self, url: str, kind: str, crawl_delay: float = 0.0) -> Fetched | Failed:
        host, clock = host_of(url), self.kit.clock
        state = hosts.states([host])[host]
        if state.not_before is not None and state.not_before > clock.now():
            raise _LaterError(state.not_before, state.not_before_reason or "The outlet's pages are left alone for now.")
        pace = interval_for(url, self.kit.policy, max(state.crawl_delay, crawl_delay), "page" if kind == "page" else "robots")
        self._wait(host, pace)
        try:
            came = self.kit.fetcher.fetch(Ask(url, kind=kind, origin=self.origin))  # type: ignore[arg-type]
        finally:
            if pace:
                hosts.release(host, clock.now() + timedelta(seconds=pace))
        if isinstance(came, Failed) and came.status in {429, 503}:
            wait = retry_after(came.headers, came.received_at)
            wait = wait if wait is not None else TOO_MANY_PAUSE if came.status == 429 else UNAVAILABLE_PAUSE
            until = max(came.received_at + wait, state.not_before or came.received_at)
            hosts.save_wish(replace(state, not_before=until, not_before_reason=came.reason))
        if not isinstance(came, Fetched | Failed):
            return Failed(url, "protocol", "The outlet answered 304 to a first request.", came.received_at, 304)
        return came

    def _wait(self, host: str, pace: float) -> None:
        """Wait for the host's turn, for a short while."""
        clock = self.kit.clock
        until = clock.now() + timedelta(seconds=LONGEST_WAIT)
        while pace and (free_at := hosts.reserve(host, clock.now())) is not None:
            if free_at > until or self.kit.stop():
                raise _LaterError(min(free_at, clock.now() + PUT_BACK), "The outlet is being asked right now.")
            clock.sleep(max(0.1, (free_at - clock.now()).total_seconds()))
