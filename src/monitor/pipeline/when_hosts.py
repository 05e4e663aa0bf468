"""Hosts and the line: when a request may start (P43, P44), whether the desk is offline (P32) or behind a portal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.pipeline.addresses import canonical, host_of, is_ip, registrable
from monitor.pipeline.when_failures import NETWORK_KINDS
from monitor.pipeline.when_limits import LONGEST_CRAWL_DELAY, OFFLINE_HOSTS
from monitor.records import Failed, HostState, Outcome


def next_start(host: HostState, now: datetime, interval: timedelta) -> tuple[HostState, datetime]:
    """When a request to this host may start, and the host with that start taken.

    Starts lie `interval` apart, or the host's crawl delay (60 s at most) when that is longer. An interval of zero switches pacing off
    (loopback outlets); a server's own wish to be left alone holds all the same.
    """
    start = max(now, host.not_before or now)
    if interval <= timedelta(0):
        return host, start
    start = max(start, host.next_start_at or start)
    crawl_delay = min(timedelta(seconds=max(0.0, min(host.crawl_delay, 3600.0))), LONGEST_CRAWL_DELAY)
    return replace(host, next_start_at=start + max(interval, crawl_delay)), start


def host_after_clock_jump(host: HostState, now: datetime, interval: timedelta) -> HostState:
    """A host whose next start lies further ahead than one interval starts afresh: the clock was set back (P48)."""
    if host.next_start_at is None or host.next_start_at <= now + max(interval, LONGEST_CRAWL_DELAY):
        return host
    return replace(host, next_start_at=now + interval)


def is_public(name: str) -> bool:
    """Whether a host is a public domain: a name with a dot that is no IP address."""
    return "." in name and not is_ip(name)


def offline(outcomes: Iterable[Outcome]) -> bool:
    """Whether the line is down rather than the outlets: three hosts or more were asked, and none could be reached (P32)."""
    sites: set[str] = set()
    for outcome in outcomes:
        if not isinstance(outcome, Failed) or outcome.kind not in NETWORK_KINDS:
            return False
        sites.add(_site(outcome.url))
    return len(sites) >= OFFLINE_HOSTS


def page_mark(asked: str, final_url: str, digest: str) -> str:
    """What tells that two hosts answered with the same page: the other site they both redirected to, else the hash of the document."""
    landed = _site(final_url)
    return landed if landed != _site(asked) else digest


def portal(answers: Iterable[tuple[str, str]]) -> bool:
    """Whether something answers in the outlets' place: nobody gave a feed, and three hosts or more gave the same page (P37).

    Pairs of (address, mark of the page); an empty mark is a feed. Broken feeds alone do not look like this: their pages differ.
    """
    sites: dict[str, set[str]] = {}
    for url, mark in answers:
        sites.setdefault(mark, set()).add(_site(url))
    return "" not in sites and any(len(found) >= OFFLINE_HOSTS for found in sites.values())


def _site(url: str) -> str:
    """What fails together: a registrable domain, or one port of an IP address."""
    host = host_of(url)
    return urlsplit(canonical(url)).netloc if is_ip(host) else registrable(host)
