"""Poll the feeds that are due: decide when and how to ask, ask, parse, pick what is new, remember what politeness must know."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from monitor.flows import portal_watch
from monitor.flows.kit import Kit, Queues
from monitor.flows.stream import SETTLE_AT, Stream
from monitor.outside import reading
from monitor.outside.one_core import one_core
from monitor.outside.pace import host_of, interval_for
from monitor.outside.reader_pool import Killed
from monitor.outside.robots import RobotsRules
from monitor.pipeline import when
from monitor.pipeline.pick import FULL_WINDOW, Picked, pick
from monitor.pipeline.when_failures import NETWORK_KINDS
from monitor.pipeline.when_limits import OFFLINE_PROBE
from monitor.records import Failed, FeedState, Fetched, HostState, NotAFeed, NotModified, Outcome, ParsedFeed
from monitor.store import entries, feeds, hosts, periodic
from monitor.store.entries import SeenEntries
from monitor.store.feeds import DueFeed, Polled

WIDTH = 128
"""Feeds claimed at once; the fetching threads ask a quarter of them at a time."""

HELD = timedelta(milliseconds=100)
"""How long an answer without a document waits for others to be written with; a transaction costs the same for one as for many."""


@dataclass(slots=True)
class PollReport:
    """What one run of polling came to."""

    polled: int = 0
    changed: int = 0
    unchanged: int = 0
    not_modified: int = 0
    failed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class _Poll:
    """One feed being polled, with its host and the moment it was asked."""

    feed: DueFeed
    state: FeedState  # as when.before_request left it
    host: HostState
    paced: float


def poll_feeds(kit: Kit, *, by_hand: frozenset[int] = frozenset()) -> PollReport:
    """Poll every feed that is due, or, when a person asks, those of the given keys; returns when none is due any more."""
    return _Poller(kit, by_hand).run()


class _Poller:
    """One run: what came back and waits to be written."""

    def __init__(self, kit: Kit, by_hand: frozenset[int]) -> None:
        self.kit = kit
        self.by_hand = by_hand
        self.report = PollReport()
        self.results: list[Polled] = []
        self.held_since: datetime | None = None  # the first of them
        self.found_none_at: datetime | None = None  # nothing was due then
        self.fetched: dict[int, Fetched] = {}
        self.unreached: list[tuple[_Poll, Failed]] = []  # judged at the end: was it the outlets, or our own line?
        self.answers: list[Outcome] = []
        self.no_feeds: list[tuple[_Poll, Fetched, when.Learned]] = []  # likewise: outlets' pages, or one page in the place of all?
        self.portal = portal_watch.PortalWatch()
        self.line = periodic.fact("offline")
        self.offline = bool(self.line.get("since"))

    def run(self) -> PollReport:
        stream: Stream[_Poll] = Stream(
            claim=lambda room: [] if stream.in_flight and self._looked_just_now() else self._claim(room),
            start=self._start,
            go_on=self._go_on,
            settle=lambda: self._settle(stream),
            let_go=self._let_go,
            broke=self._broke,
            stop=self.kit.stop,
            width=WIDTH,
            first=WIDTH,  # most feeds answer that nothing changed, and nothing then waits to be read
        )
        try:
            with one_core():
                stream.run()
        finally:
            self._settle(stream, at_end=True)  # what has been answered is not asked again, whatever broke
        self._judge_unreached()
        self._judge_pages()
        self._settle(stream, at_end=True)
        return self.report

    def _let_go(self, poll: _Poll, begun: bool) -> None:
        feeds.let_go(poll.feed, begun=begun, now=self.kit.clock.now())

    def _broke(self, poll: _Poll, error: Exception) -> None:
        feeds.broke(poll.feed, f"{type(error).__name__}: {error}")

    def _claim(self, room: int) -> list[_Poll]:
        if self.offline and (self.answers or self._probed_just_now()):
            return []
        while not self.kit.stop():
            now = self.kit.clock.now()
            claimed = feeds.claim_due(
                now,
                limit=1 if self.offline else room,
                worker=self.kit.worker,
                loopback_only=not self.kit.policy.contact,
                only=self.by_hand,
            )
            if not claimed:
                self.found_none_at = now
                return []
            work = self._admit(claimed, now)
            if work:
                return work
        return []

    def _probed_just_now(self) -> bool:
        """While there is no network one feed a minute is tried, however often we look (P32)."""
        probed = self.line.get("probed")
        return isinstance(probed, str) and self.kit.clock.now() < datetime.fromisoformat(probed) + OFFLINE_PROBE

    def _admit(self, claimed: list[DueFeed], now: datetime) -> list[_Poll]:
        """Sort claimed feeds into those that may go now and those that must wait for their host, a server's wish or Rule 0."""
        names = {feed.state.key: host_of(feed.state.url) for feed in claimed}
        states = hosts.states(names.values())
        stopped = self._stopped_by_robots(claimed)
        go: list[_Poll] = []
        wait: list[tuple[DueFeed, datetime | None]] = []
        queues = Queues(now)
        for feed in claimed:
            host = states[names[feed.state.key]]
            paced = interval_for(feed.state.url, self.kit.policy, host.crawl_delay, "feed")
            earliest = when.earliest(feed.state, host, claimed=True, manual=bool(self.by_hand))
            if feed.state.key in stopped:
                self._refused_by_robots(feed, now)
            elif earliest is None or earliest > now:
                wait.append((feed, earliest))
            elif paced and (until := hosts.reserve(host.name, now)) is not None:
                wait.append((feed, queues.turn(host.name, until, paced)))
            else:
                go.append(_Poll(feed, when.before_request(feed.state, now), host, paced))
        if wait:
            feeds.postpone(wait)
        return go

    def _stopped_by_robots(self, claimed: list[DueFeed]) -> set[int]:
        """Feeds whose outlet names our own token in a robots.txt we have already seen (P45)."""
        origins = {feed.state.key: _origin(feed.state.url) for feed in claimed}
        rules = {origin: RobotsRules(seen.status, seen.body) for origin, seen in hosts.robots(origins.values()).items()}
        return {f.state.key for f in claimed if (r := rules.get(origins[f.state.key])) is not None and r.stops_feed(f.state.url)}

    def _refused_by_robots(self, feed: DueFeed, now: datetime) -> None:
        reason = "The outlet's robots.txt asks PressMonitor by name to stay away."
        poll = _Poll(feed, when.before_request(feed.state, now), HostState(host_of(feed.state.url)), 0.0)
        self._keep(poll, Failed(url=feed.state.url, kind="robots", reason=reason, received_at=now), None, "robots", reason=reason)

    def _start(self, poll: _Poll) -> Future[Any]:
        self.kit.ready()
        return self.kit.threads.submit(self.kit.fetcher.fetch, when.ask_for(poll.state))

    def _go_on(self, poll: _Poll, result: object) -> Future[Any] | None:
        """The next step of a poll, or None when it is finished."""
        match result:
            case Fetched():
                return self._document_came(poll, result)
            case NotModified():
                self._answered(poll, result)
                self.portal.fed()
                self._keep(poll, result, None, "not_modified")
            case Failed():
                self._answered(poll, result)
                if result.kind in NETWORK_KINDS:
                    self.unreached.append((poll, result))
                else:
                    self._keep(poll, result, None, result.kind, reason=result.reason)
            case reading.ReadFeed():
                self._parsed(poll, result)
            case Killed():
                reason = f"The feed could not be read: its parser was stopped ({result.reason})."
                fetched = self.fetched.pop(poll.feed.state.key)
                self._keep(poll, _failed(fetched, "parser", reason), None, "parser", reason=reason)
        return None

    def _answered(self, poll: _Poll, outcome: Outcome) -> None:
        self.answers.append(outcome)
        if poll.paced:
            hosts.release(poll.host.name, self.kit.clock.now() + timedelta(seconds=poll.paced))

    def _document_came(self, poll: _Poll, fetched: Fetched) -> Future[Any] | None:
        self._answered(poll, fetched)
        if when.is_unchanged(poll.state, fetched, reading.body_hash(fetched.body)):
            self.portal.fed()
            self._keep(poll, replace(fetched, body=b""), None, "unchanged")
            return None
        self.fetched[poll.feed.state.key] = replace(fetched, body=b"", wire_bytes=fetched.wire_bytes or len(fetched.body))
        kind = fetched.headers.get("content-type", "")
        document = reading.FeedDocument(fetched.body, fetched.final_url, kind, poll.feed.format, poll.feed.seen)
        return self.kit.pool.submit(reading.FEED, document)

    def _parsed(self, poll: _Poll, read: reading.ReadFeed) -> None:
        fetched = self.fetched.pop(poll.feed.state.key)
        if isinstance(read.parsed, NotAFeed) or read.prints is None:
            reason = read.parsed.reason if isinstance(read.parsed, NotAFeed) else ""
            learned = when.Learned(is_feed=False, body_sha256=read.digest, reason=reason)
            self.portal.page(poll.feed.state.key, poll.state.url, fetched.final_url, read.digest, self.kit.clock.now())
            self.no_feeds.append((poll, fetched, learned))
            return
        self.portal.fed()
        now = self.kit.clock.now()
        first = poll.feed.state.last_200_at is None
        picked = pick(read.parsed, entries.known(poll.feed.state.key, read.prints), first=first, now=now, url_of_feed=fetched.final_url)
        result = "changed" if picked.new or picked.changed else "unchanged"
        learned = _learned(read.parsed, picked, read)
        self._keep(poll, fetched, learned, result, seen=_seen(poll.feed, picked, read.seen), title=read.parsed.title)

    def _keep(
        self,
        poll: _Poll,
        outcome: Outcome,
        learned: when.Learned | None,
        result: str,
        *,
        reason: str = "",
        seen: SeenEntries | None = None,
        title: str = "",
    ) -> None:
        """Let the policy decide what the answer means and put it with the results to be written."""
        siblings = feeds.siblings(poll.feed.outlet_key) if isinstance(outcome, Failed) else 1
        after = when.after(poll.state, outcome, learned, poll.host, self.kit.clock.now(), siblings=siblings)
        if after.host != poll.host:
            hosts.save_wish(after.host)
        state = after.state
        adopt = after.adopt_url if after.adopt_url and feeds.address_is_free(after.adopt_url) else ""
        if adopt:
            state = when.moved(state, adopt)
        status = 200 if isinstance(outcome, Fetched) else 304 if isinstance(outcome, NotModified) else outcome.status
        wire = outcome.wire_bytes if isinstance(outcome, Fetched) else 0
        words = " ".join([reason, *after.notices]).strip()
        self._keep_state(poll, state, result, words, status=status, wire_bytes=wire, seen=seen, title=title, adopt_url=adopt)

    def _keep_state(self, poll: _Poll, state: FeedState, result: str, reason: str, **facts: Any) -> None:
        self.results.append(Polled(poll.feed, state, result, reason, **facts))
        self.held_since = self.held_since or self.kit.clock.now()
        report = self.report
        report.polled += 1
        report.changed += result == "changed"
        report.unchanged += result == "unchanged"
        report.not_modified += result == "not_modified"
        report.failed += result not in {"changed", "unchanged", "not_modified"}

    def _held_long(self) -> bool:
        """Whether to write what there is: a document that was read at once, for it would be asked for again after a kill."""
        if any(one.seen is not None for one in self.results):
            return True
        return self.held_since is not None and not self._within(HELD, self.held_since)

    def _looked_just_now(self) -> bool:
        """Whether nothing was due a moment ago; while answers come in, the database is not asked after each."""
        return self.found_none_at is not None and self._within(HELD, self.found_none_at)

    def _within(self, time: timedelta, since: datetime) -> bool:
        return timedelta(0) <= self.kit.clock.now() - since < time

    def _judge_unreached(self) -> None:
        """Failures to reach anything count against the outlets only if some outlet could be reached (P32)."""
        offline = when.offline(self.answers) or (self.offline and len(self.unreached) == len(self.answers))
        now = self.kit.clock.now()
        for poll, failed in self.unreached:
            if offline:
                asked = poll.state.last_attempt_at if failed.kind != "dns" else poll.feed.state.last_attempt_at
                next_at = now + OFFLINE_PROBE if failed.kind == "dns" else when.freeze(poll.state, now).next_at
                frozen = replace(when.freeze(poll.state, now), next_at=next_at, last_attempt_at=asked)
                self._keep_state(poll, frozen, failed.kind, f"No network: {failed.reason}")
            else:
                self._keep(poll, failed, None, failed.kind, reason=failed.reason)
        if self.answers and (offline or self.offline):
            since = self.line.get("since") or now.isoformat()
            periodic.set_fact("offline", {"since": since, "probed": now.isoformat()} if offline else {}, now)

    def _judge_pages(self) -> None:
        """Pages that are no feeds count against the outlets unless one page stands in the place of many (P37)."""
        now = self.kit.clock.now()
        portal = self.portal.judge(now)
        for poll, fetched, learned in self.no_feeds:
            if portal:
                self._keep_state(
                    poll, when.freeze(poll.state, now), "not_feed", portal_watch.REASON, status=200, wire_bytes=fetched.wire_bytes
                )
            else:
                self._keep(poll, fetched, learned, "not_feed", reason=learned.reason)

    def _settle(self, stream: Stream[_Poll], *, at_end: bool = False) -> None:
        """Write what came back, a hundred feeds a transaction, and what there is when answers come slowly."""
        if self.results and (at_end or len(self.results) >= SETTLE_AT or stream.quiet or (stream.idle and self._held_long())):
            self.report.new += feeds.finish(self.results, self.kit.clock.now())
            self.results.clear()
            self.held_since = None
        self.kit.progress("poll feeds", stream.done, stream.claimed)


def _learned(parsed: ParsedFeed, picked: Picked, read: reading.ReadFeed) -> when.Learned:
    return when.Learned(
        is_feed=True,
        body_sha256=read.digest,
        entries=read.items,
        new=len(picked.new),
        window_full=picked.full or read.items >= FULL_WINDOW,
        gap=picked.gap,
        ttl=parsed.ttl,
        update_every=parsed.update_every,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
    )


def _seen(feed: DueFeed, picked: Picked, items: bytes) -> SeenEntries:
    return SeenEntries(
        new=picked.new,
        changed=picked.changed,
        passed=picked.passed,
        hosts=tuple(host_of(new.entry.link) for new in picked.new),
        language=feed.language,
        section=feed.section,
        text=feed.text,
        items=items,
    )


def _failed(fetched: Fetched, kind: Any, reason: str) -> Failed:
    return Failed(
        url=fetched.url,
        kind=kind,
        reason=reason,
        received_at=fetched.received_at,
        status=200,
        final_url=fetched.final_url,
        headers=fetched.headers,
        hops=fetched.hops,
    )


@lru_cache(maxsize=16384)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
