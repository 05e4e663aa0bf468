"""Read the pages of new articles: robots, pace, fetch, extract, recognise, tag; whatever a page does costs only itself."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.flows.kit import Kit, Queues
from monitor.flows.origin_rights import OriginRights
from monitor.flows.stream import Stream
from monitor.outside import reading
from monitor.outside.pace import host_of, interval_for, is_loopback
from monitor.outside.reader_pool import Killed
from monitor.outside.robots import RobotsRules
from monitor.pipeline.tdmrep import PATH as TDMREP
from monitor.pipeline.when_headers import retry_after
from monitor.records import Article, Ask, Failed, FailKind, Fetched, NotModified, Verdict
from monitor.store import articles, hosts
from monitor.store.articles import DueArticle, Reading

RETRY_AFTER = timedelta(hours=6)
"""A page is never asked again within six hours (P44)."""
PAGES_REST = timedelta(hours=24)
"""How long a host's pages are left alone after a refusal (P44)."""
PATIENCE = timedelta(hours=1)
"""Articles wait this long for their page; when it takes longer they stand by title and summary meanwhile."""
CLAIM = 48
"""Articles claimed at once at the least; those that find no room yet are asked next, and handed back when the process stops."""
WRITTEN_AT = 8
"""Readings written in one transaction: each would otherwise cost half as much again, and a kill loses no more than these."""
TRIES = 3
PASSING: frozenset[FailKind] = frozenset({"dns", "connect", "tls", "timeout", "reset", "truncated"})
"""Failures that may pass: the page is asked again, at most three times in all."""
REFUSING = frozenset({401, 402, 403, 407, 429, 451})


log = logging.getLogger("monitor.flows")


class ParserLostError(RuntimeError):
    """No parser child could read even what a feed said of an article."""


@dataclass(slots=True)
class ReadReport:
    """What one run of reading came to."""

    read: int = 0
    without_text: int = 0
    postponed: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    """One thing to do: fetch what speaks for an origin, read one article's page, or (without host) read it by what its feed said."""

    article: DueArticle
    host: str
    origin: str = ""  # whose robots.txt or tdmrep.json is to be fetched
    reserved: bool = False
    refused: str = ""  # why the page is not asked


def read_articles(kit: Kit) -> ReadReport:
    """Read every article that is due; returns when none is due any more."""
    return _Reader(kit).run()


class _Reader:
    """One run: the rules of robots and pace it has met, and the work in flight."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.report = ReadReport()
        self.rules: dict[str, RobotsRules] = {}
        self.rights = OriginRights()
        self.bodies: dict[int, reading.PageDocument] = {}
        self.parked: dict[str, list[DueArticle]] = {}  # articles whose origin's robots.txt or tdmrep.json is on its way
        self.ready: list[_Work] = []
        self.pages = hosts.PagesOfHosts({}, frozenset())  # of the hosts of the last claim
        self.refusing: set[str] = set()  # hosts whose last page was refused
        self.by_feed: set[int] = set()  # articles whose feed's words are with a parser
        self.unwritten: list[Reading] = []
        self.retry: dict[int, datetime] = {}  # when to ask again for articles whose failure may pass

    def run(self) -> ReadReport:
        stream: Stream[_Work] = Stream(
            claim=self._claim,
            start=self._start,
            go_on=self._go_on,
            settle=lambda: self._settle(stream),
            let_go=lambda work, begun: articles.let_go(work.article, begun=begun, now=self.kit.clock.now()),
            broke=self._broke,
            stop=self.kit.stop,
            width=self.kit.width,
        )
        stream.run()
        self._hand_back_the_rest()
        return self.report

    def _hand_back_the_rest(self) -> None:
        """Articles that waited for a robots.txt or their turn when the process was asked to stop: nothing was asked for them."""
        left = [work.article for work in self.ready] + [article for waiting in self.parked.values() for article in waiting]
        for article in left:
            articles.let_go(article, begun=False, now=self.kit.clock.now())

    def _broke(self, work: _Work, error: Exception) -> None:
        self._forget(work)
        articles.broke(work.article, f"{type(error).__name__}: {error}", self.kit.clock.now() + RETRY_AFTER)

    def _settle(self, stream: Stream[_Work]) -> None:
        """Write a handful of readings at a time, and what there is when no page is with a parser or nothing ends for a while."""
        if len(self.unwritten) >= WRITTEN_AT or (self.unwritten and (stream.quiet or not stream.answered)):
            self._write()
        self.kit.progress("read articles", stream.done, stream.claimed)

    def _claim(self, room: int) -> list[_Work]:
        if self.ready:
            return self._taken(room)
        while not self.kit.stop():
            now = self.kit.clock.now()
            claimed = articles.claim_to_read(now, limit=max(room, CLAIM), worker=self.kit.worker, loopback_only=not self.kit.policy.contact)
            if not claimed:
                return []
            self.ready += self._admit(claimed, now)
            if self.ready:
                return self._taken(room)
        return []

    def _taken(self, room: int) -> list[_Work]:
        taken, self.ready = self.ready[:room], self.ready[room:]
        return taken

    def _admit(self, claimed: list[DueArticle], now: datetime) -> list[_Work]:
        """Sort claimed articles into those that may go now and those whose host's turn has not come."""
        pages = [article.about.url for article in claimed if _wants_page(article)]
        self._learn_robots({_origin(url) for url in pages}, now)
        self.pages = hosts.pages_of({host_of(url) for url in pages}, now)
        self.refusing |= self.pages.refusing
        go: list[_Work] = []
        wait: list[tuple[DueArticle, datetime]] = []
        queues = Queues(now)
        for article in claimed:
            place = self._place(article, now, queues)
            if isinstance(place, datetime):
                wait.append((article, place))
            elif place is not None:
                go.append(place)
        if wait:
            articles.postpone(wait)
        self.report.postponed += len(wait)
        return go

    def _place(self, article: DueArticle, now: datetime, queues: Queues) -> _Work | datetime | None:
        """What to do for an article now, when to come back for it, or None when it waits for a robots.txt that is on its way."""
        if not _wants_page(article):
            return _Work(article, "")
        origin, host = _origin(article.about.url), host_of(article.about.url)
        if origin in self.parked:
            self.parked[origin].append(article)
            return None
        rules = self.rules.get(origin)
        if rules is not None and not rules.allows_page(article.about.url):
            return self._disallowed(article, rules)
        if (rest := self.pages.rests.get(host)) is not None:
            return self._rested(article, rest, now)
        if (turn := self._turn(article, host, now, queues)) is not None:
            return turn
        if rules is None or self._rights_wanted(origin, rules):
            self.parked[origin] = []
            return _Work(article, host, origin=origin)
        return _Work(article, host, reserved=rules.reserves(article.about.url))

    def _disallowed(self, article: DueArticle, rules: RobotsRules) -> _Work:
        if rules.unreachable:
            self._try_again(article)
        return _Work(article, "", refused=rules.reason)

    def _rested(self, article: DueArticle, rest: hosts.Rest, now: datetime) -> _Work | datetime:
        """Wait for a short rest; through a long one the article stands by title and summary, and its page may be asked afterwards."""
        if rest.until <= now + PATIENCE:
            return rest.until
        if not rest.refused:
            self._try_again(article, rest.until)
        return _Work(article, "", refused=rest.reason or "The outlet's pages are left alone for now.")

    def _paced(self, url: str, host: str) -> float:
        delay = hosts.states([host])[host].crawl_delay if not is_loopback(url) else 0.0
        return interval_for(url, self.kit.policy, delay, "page")

    def _turn(self, article: DueArticle, host: str, now: datetime, queues: Queues) -> datetime | None:
        """When to come back for this host, or None when it is our turn now."""
        pace = self._paced(article.about.url, host)
        if pace == 0 or (free_at := hosts.reserve(host, now)) is None:
            return None
        return queues.turn(host, free_at, pace)

    def _learn_robots(self, origins: set[str], now: datetime) -> None:
        for origin, seen in hosts.robots(origins - set(self.rules)).items():
            if seen.fresh(now):
                self.rules[origin] = RobotsRules(seen.status, seen.body)
        self.rights.learn(origins, now)

    def _start(self, work: _Work) -> Future[Any]:
        self.kit.ready()
        if work.origin:
            return self._ask_origin(work)
        if work.refused:
            return self._by_feed(work, "blocked", work.refused, text=work.article.about.content)
        if not work.host:
            return self._by_feed(work, "summary", _no_page_reason(work.article), text=_feed_text(work.article))
        if self._paced(work.article.about.url, work.host):
            hosts.count_page(work.host, self.kit.clock.now())
        return self.kit.threads.submit(self.kit.fetcher.fetch, Ask(work.article.about.url, kind="page", origin=work.article.feed_url))

    def _by_feed(self, work: _Work, verdict: Verdict, reason: str, text: str = "") -> Future[Any]:
        if text and verdict == "blocked":
            verdict = "summary"
        self.by_feed.add(work.article.key)
        return self.kit.pool.submit(reading.ENTRY, reading.EntryDocument(work.article.about, verdict, reason, text))

    def _go_on(self, work: _Work, result: object) -> Future[Any] | None:
        """The next step for a piece of work, or None when it is finished."""
        match result:
            case Fetched() | NotModified() | Failed() if work.origin:
                return self._origin_spoke(work, result)
            case Fetched():
                return self._page_came(work, result)
            case NotModified():
                return self._by_feed(work, "failed", "The outlet answered 304 to a first request: there is no page to read.")
            case Failed():
                return self._page_failed(work, result)
            case Killed():
                return self._child_died(work, result)
            case Article():
                self._finish(work, result)
        return None

    def _ask_origin(self, work: _Work) -> Future[Any]:
        """Ask for the origin's robots.txt, or, when that is known, for its tdmrep.json."""
        path = TDMREP if work.origin in self.rules else "/robots.txt"
        ask = Ask(work.origin + path, kind="robots", origin=work.article.feed_url)
        return self.kit.threads.submit(self.kit.fetcher.fetch, ask)

    def _origin_spoke(self, work: _Work, result: Fetched | NotModified | Failed) -> Future[Any] | None:
        """Keep the robots.txt or tdmrep.json; its articles come back when the host's next turn is due."""
        now = self.kit.clock.now()
        if work.origin not in self.rules:
            self._robots_came(work, result, now)
        else:
            self._rights_came(work, result, now)
        rules = self.rules[work.origin]
        pace = interval_for(work.article.about.url, self.kit.policy, rules.crawl_delay, "page")
        waiting = [work.article, *self.parked[work.origin]]
        if pace == 0 and self._rights_wanted(work.origin, rules) and any(rules.allows_page(article.about.url) for article in waiting):
            return self._ask_origin(work)
        del self.parked[work.origin]
        if pace == 0:
            self.ready += [self._allowed(article, work.host, rules) for article in waiting]
            return None
        hosts.release(work.host, now + timedelta(seconds=pace))
        articles.postpone([(article, now + timedelta(seconds=pace)) for article in waiting])
        return None

    def _rights_wanted(self, origin: str, rules: RobotsRules) -> bool:
        """Whether the origin's tdmrep.json is to be asked for: it is not known, and robots.txt does not keep us from it."""
        return not self.rights.known(origin) and rules.allows_page(origin + TDMREP)

    def _robots_came(self, work: _Work, result: Fetched | NotModified | Failed, now: datetime) -> None:
        status = 200 if isinstance(result, Fetched) else getattr(result, "status", None)
        body = result.body[:512_000].decode("utf-8", "replace").replace("\0", "") if isinstance(result, Fetched) else ""
        holds = hosts.save_robots(work.origin, hosts.RobotsSeen(now, status, body))
        rules = RobotsRules(holds.status, holds.body)
        self.rules[work.origin] = rules
        if rules.crawl_delay:
            hosts.crawl_delay(work.host, rules.crawl_delay)

    def _rights_came(self, work: _Work, result: Fetched | NotModified | Failed, now: datetime) -> None:
        self.rights.came(work.origin, result, now)
        if isinstance(result, Failed) and result.status == 429:  # its wish holds for the pages too (P28, P30)
            asked_for = now + (retry_after(result.headers, result.received_at) or timedelta(0))
            hosts.page_refused(work.host, result.reason, max(now + PAGES_REST, asked_for), refusals=0)

    def _allowed(self, article: DueArticle, host: str, rules: RobotsRules) -> _Work:
        if not rules.allows_page(article.about.url):
            return self._disallowed(article, rules)
        return _Work(article, host, reserved=rules.reserves(article.about.url))

    def _page_came(self, work: _Work, page: Fetched) -> Future[Any]:
        self._release(work)
        if work.host in self.refusing:
            hosts.page_answered(work.host)
            self.refusing.discard(work.host)
        document = reading.PageDocument(
            work.article.about,
            page.body,
            page.final_url or page.url,
            page.headers.get("content-type", ""),
            reserved=work.reserved or _reserved_by(page),
            reserved_by_file=self.rights.reserves(_origin(work.article.about.url), work.article.about.url) and not _granted_by(page),
        )
        if not _is_html(document):
            kind = document.content_type.split(";")[0] or "something that is not a page"
            return self._by_feed(work, "failed", f"The address answers with {kind}, not with an article page.")
        self.bodies[work.article.key] = document
        return self.kit.pool.submit(reading.PAGE, document)

    def _page_failed(self, work: _Work, failure: Failed) -> Future[Any]:
        self._release(work)
        now = self.kit.clock.now()
        asked_for = now + (retry_after(failure.headers, failure.received_at) or timedelta(0))  # P30
        if failure.status == 429:
            until = max(now + PAGES_REST, asked_for)
            hosts.page_refused(work.host, failure.reason, until, refusals=0)
            self._try_again(work.article, until)
        elif failure.status == 403 or failure.kind == "challenge":
            until = max(now + PAGES_REST, asked_for)
            hosts.page_refused(work.host, failure.reason, until, refusals=2 if failure.kind == "challenge" else 1)
            self.refusing.add(work.host)
        elif failure.kind in PASSING or (failure.status or 0) >= 500:
            self._try_again(work.article, asked_for)
        blocked = failure.kind in {"challenge", "robots"} or failure.status in REFUSING
        return self._by_feed(work, "blocked" if blocked else "failed", failure.reason)

    def _child_died(self, work: _Work, killed: Killed) -> Future[Any]:
        """Once more with the bounded extractor; a second death leaves what the feed said."""
        document = self.bodies.pop(work.article.key, None)
        if document is not None:
            return self.kit.pool.submit(reading.BOUNDED, document)
        if work.article.key in self.by_feed:
            raise ParserLostError(killed.reason)  # what the feed said is short and clean: this is our own fault
        return self._by_feed(work, "failed", f"The page could not be read: its parser was stopped ({killed.reason}).")

    def _try_again(self, article: DueArticle, earliest: datetime | None = None) -> None:
        """Keep the page for another attempt, after the floor and at most three times in all."""
        if article.attempts < TRIES:
            floor = self.kit.clock.now() + RETRY_AFTER * article.attempts
            self.retry[article.key] = max(floor, earliest or floor)

    def _finish(self, work: _Work, read: Article) -> None:
        self.unwritten.append(Reading(work.article, read, self.retry.get(work.article.key)))
        self._forget(work)

    def _write(self) -> None:
        """Write what has been read, in one transaction; when that breaks one by one, so that a reading costs only itself."""
        parts, self.unwritten = [self.unwritten], []
        while parts:
            readings = parts.pop()
            try:
                written = articles.finish(readings, self.kit.clock.now())
            except Exception as error:  # noqa: BLE001 — the per-article loop: the rest is written, and this one's failure noted
                if len(readings) > 1:
                    parts += [[one] for one in readings]
                else:
                    self._not_written(readings[0].claimed, error)
                continue
            for one in written:  # of the others somebody else took the article over, and reads it
                if one.read.text and one.read.verdict in {"full", "summary", "paywalled"}:
                    self.report.read += 1
                else:
                    self.report.without_text += 1

    def _not_written(self, article: DueArticle, error: Exception) -> None:
        log.error("a reading could not be written", exc_info=error)
        articles.broke(article, f"{type(error).__name__}: {error}", self.kit.clock.now() + RETRY_AFTER)

    def _forget(self, work: _Work) -> None:
        self.bodies.pop(work.article.key, None)
        self.retry.pop(work.article.key, None)
        self.by_feed.discard(work.article.key)

    def _release(self, work: _Work) -> None:
        pace = self._paced(work.article.about.url, work.host)
        if pace:
            hosts.release(work.host, self.kit.clock.now() + timedelta(seconds=pace))


def _wants_page(article: DueArticle) -> bool:
    return article.text_from == "page"


def _feed_text(article: DueArticle) -> str:
    return article.about.content if article.text_from == "feed" else ""


def _no_page_reason(article: DueArticle) -> str:
    if article.text_from == "feed":
        how = "not by its pages" if article.about.content else "and the feed gave only a summary"
        return f"The desk reads this outlet by its feed, {how}."
    return "The desk takes only title and summary of this outlet."


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_html(document: reading.PageDocument) -> bool:
    kind = document.content_type.split(";")[0].strip().lower()
    if kind in {"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream"}:
        head = document.body[:2048].lstrip().lower()
        return kind in {"text/html", "application/xhtml+xml"} or b"<html" in head or b"<!doctype html" in head
    return False


def _reserved_by(page: Fetched) -> bool:
    """Whether the response's own headers reserve the text (P46)."""
    robots = page.headers.get("x-robots-tag", "").lower()
    return page.headers.get("tdm-reservation", "").strip() == "1" or "noai" in [
        word.strip() for word in robots.replace(":", ",").split(",")
    ]


def _granted_by(page: Fetched) -> bool:
    """Whether the response's own headers say that nothing is reserved, which outweighs the origin's tdmrep.json (P46)."""
    return page.headers.get("tdm-reservation", "").strip() == "0"
