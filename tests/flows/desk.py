"""A desk for the tests of the flows: outlets written down in a line, a fake web, a clock that is moved."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from monitor.flows.kit import Kit
from monitor.jobs.once import once
from monitor.jobs.timetable import TIMETABLE
from monitor.jobs.worker import Worker
from monitor.outside.guard import Policy
from monitor.outside.reader_pool import ReaderPool
from monitor.records import Ask, Desk, Failed, Feed, Fetched, Hop, NotModified, Outcome, Outlet
from monitor.store import models, outlets
from tests.fakes import FakeClock, FakeFetcher

TEXT = """The harbour of Port Vell was closed on Monday after a cargo ship lost its steering and drifted into the outer breakwater, the port
authority said. Nobody was hurt, and the nineteen members of the crew were taken ashore by the pilots’ launch before noon.

Divers began to look at the hull in the afternoon while two tugs held the ship against the swell. The authority expects to open the
northern channel again on Wednesday, and ferries sail from the old basin until then, with delays of up to two hours.

The ship carries timber and machine parts and was on its way to the northern yards. Insurers have sent an engineer, and the maritime
office opened an inquiry into the failure of the steering gear, which had been repaired at another yard in the spring."""


class FaultyPool(ReaderPool):
    """The real parser children; `replaced` says which job is done by another one instead."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.replaced: dict[str, str] = {}

    def submit(self, job: str, payload: object) -> Future[Any]:
        return super().submit(self.replaced.get(job, job), payload)


class FlowDesk:
    """A worker whose outside is fake: `web` maps addresses to answers, `asked` lists what was asked and when."""

    def __init__(self, pool: FaultyPool, threads: Executor, *, contact: str = "desk@example.org", stop: Any = lambda: False) -> None:
        self.clock = FakeClock()
        self.start = self.clock.now()
        self.pool = pool
        self.fetcher = FakeFetcher(clock=self.clock)
        self.asked: list[tuple[float, str]] = []
        kit = Kit(self.clock, self._Timed(self), pool, threads, Policy(contact=contact), "worker", stop=stop)
        self.worker = Worker(kit, Desk(), {})
        self.kit = kit

    class _Timed:
        """The fake fetcher with the second of each ask beside it."""

        def __init__(self, desk: FlowDesk) -> None:
            self._desk = desk

        def fetch(self, ask: Ask) -> Outcome:
            desk = self._desk
            desk.asked.append(((desk.clock.now() - desk.start).total_seconds(), ask.url))
            return desk.fetcher.fetch(ask)

    @property
    def web(self) -> dict[str, Any]:
        return self.fetcher.web

    def watch(self, *urls: str, text: str = "page", every: timedelta | None = None) -> None:
        """Watch these feeds, all of one outlet for each host."""
        by_host: dict[str, list[str]] = {}
        for url in urls:
            by_host.setdefault(url.split("/")[2], []).append(url)
        found = []
        for host, named in by_host.items():
            slug, feeds = host.replace(".", "-").replace(":", "-"), tuple(Feed(url, every=every) for url in named)
            found.append(Outlet(slug, host, "FR", "en", text=text, feeds=feeds))
        outlets.save_merge(found, (), found, self.clock.now())

    def publish(self, feed: str, *articles: str, page: bool = True, titles: dict[str, str] | None = None) -> None:
        """Let a feed name these article addresses, and their pages be there."""
        document = rss(*articles, titles=titles, now=self.clock.now())
        self.web[feed] = ok(feed, document, "application/rss+xml", etag=f'"{len(self.asked)}"')
        for article in articles:
            origin = "/".join(article.split("/", 3)[:3])
            for path in ("/robots.txt", "/.well-known/tdmrep.json"):
                self.web.setdefault(origin + path, Failed(origin + path, "http", "", self.start, 404))
            if page:
                self.web.setdefault(article, ok(article, html(title_of(article)), "text/html"))

    def run(self) -> bool:
        """Every job until nothing is due that only waits for its host."""
        return once(self.worker, TIMETABLE[:4], say=lambda job, summary: None)

    def later(self, **by: float) -> None:
        """Let time pass and work again."""
        self.clock.advance(timedelta(**by))
        self.run()

    def feed(self, url: str) -> models.Feed:
        return models.Feed.objects.get(url=url)

    def articles(self) -> dict[str, tuple[str, str, str]]:
        """Address of each article: its state, verdict and reason."""
        return {row.url: (row.state, row.verdict, row.reason) for row in models.Article.objects.all()}


def title_of(url: str) -> str:
    return f"Ship drifts into the breakwater at {url.rsplit('/', 1)[-1]}"


def rss(*urls: str, titles: dict[str, str] | None = None, now: datetime) -> str:
    items = "".join(
        f"<item><title>{escape((titles or {}).get(url, title_of(url)))}</title><link>{url}</link><guid>{url}</guid>"
        f"<description>A cargo ship lost its steering off Port Vell.</description><pubDate>{format_datetime(now)}</pubDate></item>"
        for url in urls
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Port News</title><link>https://x.example/</link>{items}</channel></rss>'
    )


def html(title: str) -> str:
    body = "".join(f"<p>{part}</p>" for part in TEXT.split("\n\n"))
    return f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def ok(url: str, body: str, kind: str, *, final: str = "", hops: tuple[Hop, ...] = (), **headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(url, final or url, body.encode(), {"content-type": kind} | named, FakeClock().now(), hops)


def unchanged(url: str) -> NotModified:
    return NotModified(url, url, {}, FakeClock().now())


def failed(url: str, kind: Any, status: int | None = None, reason: str = "", **headers: str) -> Failed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Failed(url, kind, reason or f"It answers {status or kind}.", FakeClock().now(), status, url, named)
