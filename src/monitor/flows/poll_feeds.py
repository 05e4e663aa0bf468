"""Poll the feeds that are due: decide when and how to ask, ask, parse, pick what is new, remember what politeness must know."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.flows.kit import Kit
from monitor.flows.stream import SETTLE_AT, Stream
from monitor.outside import reading
from monitor.outside.pace import host_of, interval_for
from monitor.outside.reader_pool import Killed
from monitor.outside.robots import RobotsRules
from monitor.pipeline import when
from monitor.pipeline.pick import Picked, pick
from monitor.records import Failed, Fetched, HostState, NotAFeed, NotModified, Outcome, ParsedFeed
from monitor.store import entries, feeds, hosts, periodic
from monitor.store.entries import SeenEntries
from monitor.store.feeds import DueFeed, Polled

OFFLINE_PROBE = timedelta(minutes=1)
"""While nothing can be reached, one feed a minute is tried (P32)."""


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
    host: HostState
    paced: float


def poll_feeds(kit: Kit) -> PollReport:
    """Poll every feed that is due; returns when none is due any more."""
    return _Poller(kit).run()


class _Poller:
    """One run: what came back and waits to be written."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.report = PollReport()
        self.results: list[Polled] = []
        self.fetched: dict[int, Fetched] = {}
        self.answers: list[Outcome] = []
        self.offline = bool(periodic.fact("offline").get("since"))

    def run(self) -> PollReport:
        stream: Stream[_Poll] = Stream(
            claim=self._claim, start=self._start, go_on=self._go_on, settle=lambda: self._settle(stream), stop=self.kit.stop, width=self.kit.width
        )
        stream.run()
        self._settle(stream, at_end=True)
        self._note_offline()
        return self.report

    def _claim(self, room: int) -> list[_Poll]:
        if self.offline and self.answers:
            return []
        while not self.kit.stop():
            now = self.kit.clock.now()
            claimed = feeds.claim_due(now, limit=1 if self.offline else room, worker=self.kit.worker, loopback_only=not self.kit.policy.contact)
            if not claimed:
                return []
            work = self._admit(claimed, now)
            if work:
                return work
        return []

    def _admit(self, claimed: list[DueFeed], now: datetime) -> list[_Poll]:
        """Sort claimed feeds into those that may go now and those that must wait for their host, a server's wish or Rule 0."""
        names = {feed.state.key: host_of(feed.state.url) for feed in claimed}
        states = hosts.states(names.values())
        stopped = self._stopped_by_robots(claimed)
        go, wait = [], []
        for feed in claimed:
            host = states[names[feed.state.key]]
            paced = interval_for(feed.state.url, self.kit.policy, host.crawl_delay, "feed")
            earliest = when.earliest(feed.state, host)
            if feed.state.key in stopped:
                self._refused_by_robots(feed, now)
            elif earliest is not None and earliest > now:
                wait.append((feed, earliest))
            elif paced and (until := hosts.reserve(host.name, now)) is not None:
                wait.append((feed, until))
            else:
                go.append(_Poll(feed, host, paced))
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
        failed = Failed(url=feed.state.url, kind="robots", reason=reason, received_at=now)
        after = when.after(feed.state, failed, None, HostState(host_of(feed.state.url)), now, siblings=0)
        self._keep(feed, after, "robots", reason=reason)

    def _start(self, poll: _Poll) -> Future[Any]:
        return self.kit.threads.submit(self.kit.fetcher.fetch, when.ask_for(poll.feed.state, self.kit.clock.now()))

    def _go_on(self, poll: _Poll, result: object) -> Future[Any] | None:
        """The next step of a poll, or None when it is finished."""
        match result:
            case Fetched():
                return self._document_came(poll, result)
            case NotModified() | Failed():
                self._answered(poll, result)
                self._keep_outcome(poll, result, None, _kind(result), reason=getattr(result, "reason", ""))
            case reading.ReadFeed():
                self._parsed(poll, result)
            case Killed():
                fetched = self.fetched.pop(poll.feed.state.key)
                failed = _failed(fetched, "parser", f"The feed could not be read: its parser was stopped ({result.reason}).")
                self._keep_outcome(poll, failed, None, "parser", reason=failed.reason)
        return None

    def _answered(self, poll: _Poll, outcome: Outcome) -> None:
        self.answers.append(outcome)
        if poll.paced:
            hosts.release(poll.host.name, self.kit.clock.now() + timedelta(seconds=poll.paced))

    def _document_came(self, poll: _Poll, fetched: Fetched) -> Future[Any] | None:
        self._answered(poll, fetched)
        digest = reading.body_hash(fetched.body)
        if digest == poll.feed.state.body_sha256 and digest == poll.feed.state.parsed_ok_sha256:
            learned = when.Learned(is_feed=True, body_sha256=digest, unchanged=True)
            self._keep_outcome(poll, fetched, learned, "unchanged")
            return None
        self.fetched[poll.feed.state.key] = replace(fetched, body=b"", wire_bytes=fetched.wire_bytes or len(fetched.body))
        document = reading.FeedDocument(fetched.body, fetched.final_url, fetched.headers.get("content-type", ""), poll.feed.format)
        return self.kit.pool.submit(reading.FEED, document)

    def _parsed(self, poll: _Poll, read: reading.ReadFeed) -> None:
        fetched = self.fetched.pop(poll.feed.state.key)
        if isinstance(read.parsed, NotAFeed) or read.prints is None:
            reason = read.parsed.reason if isinstance(read.parsed, NotAFeed) else ""
            self._keep_outcome(poll, fetched, when.Learned(is_feed=False, body_sha256=read.digest), "not_feed", reason=reason)
            return
        now = self.kit.clock.now()
        state = poll.feed.state
        known = entries.known(state.key, read.prints)
        picked = pick(read.parsed, known, first=state.last_200_at is None, now=now, url_of_feed=fetched.final_url)
        learned = _learned(read.parsed, picked, read.digest)
        result = "changed" if picked.new or picked.changed else "unchanged"
        self._keep_outcome(poll, fetched, learned, result, seen=_seen(poll.feed, picked), title=read.parsed.title)

    def _keep_outcome(
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
        now = self.kit.clock.now()
        after = when.after(poll.feed.state, outcome, learned, poll.host, now, siblings=1)
        if after.host != poll.host and (after.host.not_before, after.host.not_before_reason) != (poll.host.not_before, poll.host.not_before_reason):
            hosts.save_wish(after.host)
        status = 200 if isinstance(outcome, Fetched) else 304 if isinstance(outcome, NotModified) else outcome.status
        wire = outcome.wire_bytes if isinstance(outcome, Fetched) else 0
        self._keep(poll.feed, after, result, reason=reason, status=status, wire=wire, seen=seen, title=title)

    def _keep(
        self,
        feed: DueFeed,
        after: when.After,
        result: str,
        *,
        reason: str = "",
        status: int | None = None,
        wire: int = 0,
        seen: SeenEntries | None = None,
        title: str = "",
    ) -> None:
        self.results.append(Polled(feed, after.state, result, reason, status, wire, seen, title, after.adopt_url or ""))
        report = self.report
        report.polled += 1
        report.changed += result == "changed"
        report.unchanged += result == "unchanged"
        report.not_modified += result == "not_modified"
        report.failed += result not in {"changed", "unchanged", "not_modified"}

    def _settle(self, stream: Stream[_Poll], *, at_end: bool = False) -> None:
        """Write what came back, a hundred feeds a transaction."""
        if self.results and (at_end or len(self.results) >= SETTLE_AT or stream.idle):
            self.report.new += feeds.finish(self.results, self.kit.clock.now())
            self.results.clear()
        self.kit.progress("poll feeds", stream.done, stream.claimed)

    def _note_offline(self) -> None:
        """Remember that nothing at all can be reached, or that something can again (P32)."""
        if not self.answers:
            return
        now = self.kit.clock.now()
        offline = when.offline(self.answers)
        if offline != self.offline:
            periodic.set_fact("offline", {"since": now.isoformat()} if offline else {}, now)


def _learned(parsed: ParsedFeed, picked: Picked, digest: str) -> when.Learned:
    return when.Learned(
        is_feed=True,
        body_sha256=digest,
        entries=len(parsed.entries),
        new=len(picked.new),
        window_full=picked.full,
        gap=picked.gap,
        ttl=parsed.ttl,
        update_every=parsed.update_every,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
    )


def _seen(feed: DueFeed, picked: Picked) -> SeenEntries:
    return SeenEntries(
        new=picked.new,
        changed=picked.changed,
        passed=picked.passed,
        hosts=tuple(host_of(new.entry.link) for new in picked.new),
        language=feed.language,
        section=feed.section,
        text=feed.text,
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


def _kind(outcome: NotModified | Failed) -> str:
    return "not_modified" if isinstance(outcome, NotModified) else outcome.kind


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
