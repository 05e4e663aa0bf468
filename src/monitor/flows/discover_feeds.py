"""Discover the feeds of a site, article or feed address an editor gave: five requests at most, no guessed path (P52).

The address counts as the editor's subscription, so only a robots.txt that names us stops it (P45); hosts keep their pace and their wish.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from monitor.config.countries import load_regions
from monitor.config.feed_address import address_mistake, feed_key
from monitor.config.feeds_shape import canonical_language, slug
from monitor.flows.kit import Kit
from monitor.outside import reading
from monitor.outside.pace import host_of, interval_for
from monitor.outside.reading_front import FRONT
from monitor.outside.robots import RobotsRules
from monitor.pipeline import discover
from monitor.pipeline.addresses import registrable
from monitor.pipeline.discover import Discovery, FoundFeed
from monitor.pipeline.parse_nhk import FORMAT as NHK
from monitor.pipeline.when_headers import retry_after
from monitor.pipeline.when_limits import TOO_MANY_PAUSE, UNAVAILABLE_PAUSE
from monitor.records import AboutArticle, Article, Ask, Extracted, Failed, Feed, Fetched, Outlet, ParsedFeed
from monitor.store import hosts, outlets

MOST_REQUESTS: Final = 5
LONGEST_WAIT: Final = 60.0  # seconds for a host's turn
_ADAPTERS: Final = (NHK,)


class _StopError(Exception):
    """Nothing more may be asked; the text says why, for the editor."""


def discover_feeds(kit: Kit, address: str, *, from_this_machine: bool = False, article: bool = False) -> Discovery:
    """What feeds the address has or leads to, with a preview of each.

    `from_this_machine` says that who runs the machine typed it, and may mean an outlet on loopback; an address out of a page may not.
    With `article` the newest article is read too, when that is still within the five requests and robots.txt lets us.
    """
    address = address.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    if (mistake := address_mistake(address)) is not None:
        return Discovery(address, reason=". ".join(filter(None, (mistake[0][:1].upper() + mistake[0][1:], mistake[1]))) + ".")
    discoverer = _Discoverer(kit, address, address if from_this_machine else "")
    if not article:
        return discoverer.run()
    discoverer.most = MOST_REQUESTS - 1  # the last one is the article's
    return discoverer.with_verdict(discoverer.run())


class _Discoverer:
    """One discovery: what has been asked so far."""

    def __init__(self, kit: Kit, address: str, origin: str) -> None:
        self.kit = kit
        self.address = address
        self.origin = origin
        self.requests = 0
        self.most = MOST_REQUESTS
        self.watched = {feed_key(feed.url): outlet.id for outlet in outlets.outlets() for feed in outlet.feeds}

    def run(self) -> Discovery:
        try:
            self._heed_robots()
            came = self._ask(self.address, "discovery")
        except _StopError as stop:
            return Discovery(self.address, requests=self.requests, reason=str(stop))
        if isinstance(came, Failed):
            return Discovery(self.address, requests=self.requests, reason=came.reason)
        direct = self._feed(came)
        if not direct.reason:
            return self._result((direct,), discover.FrontPage((), direct.title, direct.language), came.final_url)
        front = self.kit.pool.submit(FRONT, reading.BarePage(came.body, came.final_url)).result()
        if not isinstance(front, discover.FrontPage) or not front.links:
            why = "The address is no feed, and the page there names none. Look for a link called RSS on the site and give that address."
            return Discovery(self.address, requests=self.requests, reason=why)
        return self._result(tuple(self._look(link) for link in front.links), front, came.final_url)

    def with_verdict(self, found: Discovery) -> Discovery:
        """The same with what the newest article's page lets us read; without, when its robots.txt is not known or forbids it (P44, P45)."""
        usable = (feed for feed in found.feeds if not feed.reason and not feed.watched_by)
        link = next((entry.link for feed in usable for entry in feed.newest if entry.link), "")
        parts = urlsplit(link)
        origin = f"{parts.scheme}://{parts.netloc}"
        seen = hosts.robots([origin]).get(origin)
        self.most = MOST_REQUESTS
        if not link or self.requests >= MOST_REQUESTS or seen is None or not RobotsRules(seen.status, seen.body).allows_page(link):
            return found
        try:
            came = self._ask(link, "page")
        except _StopError:
            return found
        if isinstance(came, Failed):
            return replace(found, requests=self.requests, example=link, verdict="blocked", verdict_reason=came.reason)
        read = self.kit.pool.submit(reading.EXTRACT, reading.BarePage(came.body, came.final_url)).result()
        if not isinstance(read, Extracted):
            return replace(found, requests=self.requests)
        return replace(found, requests=self.requests, example=link, verdict=read.verdict, verdict_reason=read.reason)

    def _heed_robots(self) -> None:
        """The origin's robots.txt, from memory or by one request: only a rule that names us stops what an editor asks for (P45)."""
        parts = urlsplit(self.address)
        origin, now = f"{parts.scheme}://{parts.netloc}", self.kit.clock.now()
        seen = hosts.robots([origin]).get(origin)
        if seen is None or not seen.fresh(now):
            came = self._ask(f"{origin}/robots.txt", "robots")
            status = came.status if isinstance(came, Failed) else 200
            body = came.body[:512_000].decode("utf-8", "replace").replace("\0", "") if isinstance(came, Fetched) else ""
            seen = hosts.save_robots(origin, hosts.RobotsSeen(self.kit.clock.now(), status, body))
        if RobotsRules(seen.status, seen.body).stops_feed(self.address):
            raise _StopError("The outlet's robots.txt asks PressMonitor by name to stay away.")

    def _ask(self, url: str, kind: str) -> Fetched | Failed:
        """One request, when its host's turn has come; redirects count."""
        if self.requests >= self.most:
            raise _StopError(f"Not looked at: a discovery asks {MOST_REQUESTS} times at most.")
        host = host_of(url)
        pace = self._wait_for(host, url, kind)
        ask = Ask(url, kind=kind, origin=self.origin)  # type: ignore[arg-type]
        try:
            came = self.kit.fetcher.fetch(ask)
        finally:
            if pace:
                hosts.release(host, self.kit.clock.now() + timedelta(seconds=pace))
        self.requests += 1 + len(came.hops)
        if isinstance(came, Failed):
            self._heed_wish(host, came)
            return came
        if not isinstance(came, Fetched):
            return Failed(url, "protocol", "The outlet answered 304 to a first request.", came.received_at, 304)
        return came

    def _wait_for(self, host: str, url: str, kind: str) -> float:
        """Wait for the host's turn and return its pace in seconds (0: no pace)."""
        state, clock = hosts.states([host])[host], self.kit.clock
        if state.not_before is not None and state.not_before > clock.now():
            raise _StopError(f"{host} asked to be left alone until {state.not_before:%Y-%m-%d %H:%M} UTC.")
        pace = interval_for(url, self.kit.policy, state.crawl_delay, "page" if kind == "page" else "discovery")
        until = clock.now() + timedelta(seconds=LONGEST_WAIT)
        while pace and (free_at := hosts.reserve(host, clock.now())) is not None:
            if free_at > until or self.kit.stop():
                raise _StopError(f"{host} is being asked right now; try again in a minute.")
            clock.sleep(max(0.1, (free_at - clock.now()).total_seconds()))
        return pace

    def _heed_wish(self, host: str, failed: Failed) -> None:
        """429 and 503 are a wish of the whole host, kept for the poller too (P28, P29)."""
        if failed.status in {429, 503}:
            wait = retry_after(failed.headers, failed.received_at)
            wait = wait if wait is not None else TOO_MANY_PAUSE if failed.status == 429 else UNAVAILABLE_PAUSE
            state = hosts.states([host])[host]
            until = max(failed.received_at + wait, state.not_before or failed.received_at)
            hosts.save_wish(replace(state, not_before=until, not_before_reason=failed.reason))

    def _look(self, link: discover.FeedLink) -> FoundFeed:
        """Ask for one feed that the page names and say what it brings."""
        watched = self.watched.get(feed_key(link.url), "")
        if watched:
            return FoundFeed(link.url, link.title, watched_by=watched)
        try:
            came = self._ask(link.url, "feed")
        except _StopError as stop:
            return FoundFeed(link.url, link.title, reason=str(stop))
        if isinstance(came, Failed):
            return FoundFeed(link.url, link.title, reason=came.reason)
        found = self._feed(came)
        return replace(found, url=link.url, title=found.title or link.title)

    def _feed(self, came: Fetched) -> FoundFeed:
        """A document as a feed, also in the formats that must be named; the reason says why it is none."""
        formats = ("auto", *_ADAPTERS) if came.body.lstrip()[:1] in (b"{", b"[") else ("auto",)
        kind, reason = came.headers.get("content-type", ""), "The document could not be read."
        for format_ in formats:
            read = self.kit.pool.submit(reading.FEED, reading.FeedDocument(came.body, came.final_url, kind, format_)).result()
            if isinstance(read, reading.ReadFeed) and isinstance(read.parsed, ParsedFeed):
                return self._preview(came, read.parsed, format_)
            reason = read.parsed.reason if isinstance(read, reading.ReadFeed) and not isinstance(read.parsed, ParsedFeed) else reason
        return FoundFeed(came.url, reason=reason)

    def _preview(self, came: Fetched, parsed: ParsedFeed, format_: str) -> FoundFeed:
        return FoundFeed(
            url=came.url,
            title=parsed.title,
            format=format_,
            language=self._language(parsed),
            per_week=discover.expected_per_week(parsed.entries, self.kit.clock.now()),
            newest=discover.newest(parsed.entries),
            watched_by=self.watched.get(feed_key(came.url), ""),
        )

    def _language(self, parsed: ParsedFeed) -> str:
        """The language its headlines are written in, else what the feed states."""
        words = "\n".join(f"{entry.title}. {entry.summary[:200]}" for entry in parsed.entries[:20])
        stated = canonical_language(parsed.language.replace("_", "-")) or ""
        about = AboutArticle(
            "", self.address, "", words, "", (), None, self.kit.clock.now(), "", stated, "", "", "", stated.partition("-")[0], ""
        )
        read = self.kit.pool.submit(reading.ENTRY, reading.EntryDocument(about, "summary", "", words)).result() if words else None
        return read.language if isinstance(read, Article) and read.language else stated

    def _result(self, feeds: tuple[FoundFeed, ...], front: discover.FrontPage, home: str) -> Discovery:
        usable = [feed for feed in feeds if not feed.reason and not feed.watched_by]
        parts = urlsplit(home)
        name = front.name or (parts.hostname or "").removeprefix("www.")
        language = next((feed.language for feed in usable if feed.language), "") or (canonical_language(front.language) or "")
        outlet = Outlet(
            id=slug(name) or slug(parts.hostname or "") or "outlet",
            name=name,
            country=_country(parts.hostname or "", front.language),
            language=language.partition("-")[0] or "en",
            home=f"{parts.scheme}://{parts.netloc}/",
            feeds=tuple(Feed(feed.url, format=feed.format) for feed in usable),
        )
        reason = "" if usable else next((feed.reason for feed in feeds if feed.reason), "Every feed found is watched already.")
        return Discovery(self.address, outlet, feeds, self.requests, reason)


def _country(host: str, language: str) -> str:
    """The country a host's ending or a language's region names; "" when neither does."""
    ending = registrable(host).rpartition(".")[2].upper()
    region = language.rpartition("-")[2].upper()
    known = load_regions()
    return next((code for code in ("GB" if ending == "UK" else ending, region if "-" in language else "") if code in known), "")
