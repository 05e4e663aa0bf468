"""How far apart the desk asks one host: whose turn it is stands in the store's host rows, the arithmetic is here (P43–P45)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from monitor.outside.guard import Policy
from monitor.pipeline.addresses import registrable

FEED_SECONDS = 5.0
PAGE_SECONDS = 10.0
LEAST_SECONDS, MOST_SECONDS = 1.0, 60.0


@lru_cache(maxsize=16384)
def host_of(url: str) -> str:
    """What counts as one host for pace: the registrable domain, or an IP literal with its port; "" when the address names none."""
    host, port, scheme = _parts(url)
    if not host:
        return ""
    if _literal(host) is not None:
        shown = f"[{host}]" if ":" in host else host
        return f"{shown}:{port or (443 if scheme == 'https' else 80)}"
    try:
        name = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return host
    return registrable(name)


@lru_cache(maxsize=16384)
def is_loopback(url: str) -> bool:
    """Whether the address names this machine by number."""
    ip = _literal(_parts(url)[0])
    return ip is not None and ip.is_loopback


def interval_for(url: str, policy: Policy, crawl_delay: float, kind: Literal["feed", "page", "robots", "discovery"]) -> float:
    """Seconds from one start to the next on this address's host: 5 for feeds, 10 for pages, more when robots.txt asks (at most 60).

    `policy.host_interval` (1 to 60) replaces the 5 and can lengthen the 10; 0 switches pacing off for loopback hosts alone.
    """
    if policy.host_interval == 0:
        if is_loopback(url):
            return 0.0
        own = FEED_SECONDS
    else:
        own = min(max(policy.host_interval, LEAST_SECONDS), MOST_SECONDS)
    floor = max(own, PAGE_SECONDS) if kind == "page" else own
    return max(floor, min(crawl_delay, MOST_SECONDS))


def _parts(url: str) -> tuple[str, int | None, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip("."), parts.port, parts.scheme
    except ValueError:
        return "", None, ""


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
