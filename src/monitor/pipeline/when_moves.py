"""Permanent redirects (P18, P19): counted for days before they are believed, and some never are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from monitor.pipeline.addresses import host_of, is_ip, same_site
from monitor.pipeline.when_limits import ADOPT_AFTER, ADOPT_SIGHTINGS
from monitor.records import FeedState, Fetched, NotModified

PERMANENT = frozenset({301, 308})
DOORWAYS = frozenset(
    {"login", "signin", "sign-in", "consent", "cookies", "cookie-wall", "captcha", "paywall", "subscribe", "account", "geoblock"}
)


@dataclass(frozen=True, slots=True)
class Move:
    """What a redirect chain means: the state with its count, an address to adopt, or a notice that asks the editor."""

    state: FeedState
    adopt_url: str = ""
    notice: str = ""


def sighted(state: FeedState, outcome: Fetched | NotModified, now: datetime) -> Move:
    """Count a permanent redirect that led to the feed; after three sightings over two days it may be adopted."""
    target = outcome.final_url
    if not outcome.hops or not _is_permanent(state, outcome):
        if not state.perm_redirect_seen and not state.perm_redirect_to:
            return Move(state)
        return Move(replace(state, perm_redirect_to="", perm_redirect_seen=0, perm_redirect_first_at=None))
    if target != state.perm_redirect_to or state.perm_redirect_first_at is None:
        return Move(replace(state, perm_redirect_to=target, perm_redirect_seen=1, perm_redirect_first_at=now))
    state = replace(state, perm_redirect_seen=state.perm_redirect_seen + 1)
    first = state.perm_redirect_first_at or now
    if state.perm_redirect_seen < ADOPT_SIGHTINGS or now - first < ADOPT_AFTER:
        return Move(state)
    if not same_site(state.url, target):
        return Move(state, notice=f"This feed has moved to {target} on another site; adopt the address if it is the outlet's.")
    return Move(state, adopt_url=target, notice=f"This feed has moved to {target}.")


def _is_permanent(state: FeedState, outcome: Fetched | NotModified) -> bool:
    """Whether the chain may ever be adopted: permanent throughout, no downgrade, no bare IP address, no login or consent page."""
    target = outcome.final_url
    try:
        schemes = [urlsplit(address).scheme for address in (state.url, *(hop.url for hop in outcome.hops))]
        segments = set(urlsplit(target).path.lower().split("/"))
    except ValueError:
        return False
    downgraded = any(a == "https" and b == "http" for a, b in pairwise(schemes))
    strange_ip = is_ip(host_of(target)) and host_of(target) != host_of(state.url)
    permanent = all(hop.status in PERMANENT for hop in outcome.hops)
    return permanent and not downgraded and not strange_ip and not segments & DOORWAYS
