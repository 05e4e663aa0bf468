"""Look at the addresses editors pasted and try the outlets they want tried: off their request, as politely as every poll."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.flows.discover_feeds import discover_feeds
from monitor.flows.kit import Kit
from monitor.flows.try_outlet import try_outlet
from monitor.outside.guard import is_loopback_literal
from monitor.outside.pace import host_of
from monitor.pipeline import when
from monitor.pipeline.discover import Discovery, FoundFeed
from monitor.records import Entry
from monitor.store import feeds, hosts, pastes
from monitor.store.outlets import outlet_to_json
from monitor.store.pastes import ToLook

SAME_ITEMS = 3
"""So many of the last five articles known from one outlet make a feed a duplicate of its feeds."""


def look_at(kit: Kit, look: ToLook) -> None:
    """Look at one claimed address and keep what was found."""
    found = discover_feeds(kit, look.address, from_this_machine=_may_be_local(kit, look.address), article=True)
    pastes.looked(look, _plain(found), kit.clock.now())


def try_wanted(kit: Kit) -> int:
    """Try the outlets somebody asked to be tried; returns how many."""
    tried = 0
    while not kit.stop() and (wish := pastes.claim_try(kit.clock.now(), worker=kit.worker)) is not None:
        row, token, outlet = wish
        try_outlet(kit, outlet)
        pastes.tried(row, token)
        tried += 1
    return tried


def earliest_try(outlet: str, now: datetime) -> tuple[datetime, str] | None:
    """When an outlet may be tried by hand at the earliest, and the wish it waits for ("": none); None when no feed of it is asked."""
    states = feeds.states_of(outlet) or ()
    wishes = hosts.states(host_of(state.url) for state in states)
    moments = []
    for state in states:
        host = wishes[host_of(state.url)]
        first = when.earliest(state, host, claimed=True, manual=True)
        if first is not None:
            reasons = {state.not_before: state.not_before_reason, host.not_before: host.not_before_reason}
            moments.append((max(first, now), reasons.get(first, "") if first > now else ""))
    return min(moments, default=None)


def _may_be_local(kit: Kit, address: str) -> bool:
    """A page may name this machine only while the desk asks no other (the demo), or at an origin its owner has let in before."""
    if not is_loopback_literal(address):
        return False
    return not kit.policy.contact or address.split("/")[2] in pastes.loopback_origins()


def _plain(found: Discovery) -> dict[str, Any]:
    """A discovery as plain values, with what else of the desk brings the same articles."""
    return {
        "outlet": outlet_to_json(found.outlet) if found.outlet else None,
        "feeds": [_feed(feed) for feed in found.feeds],
        "requests": found.requests,
        "reason": found.reason,
        "example": found.example,
        "verdict": found.verdict or "",
        "verdict_reason": found.verdict_reason,
    }


def _feed(feed: FoundFeed) -> dict[str, Any]:
    same = pastes.same_items(entry.link for entry in feed.newest)
    twin = {"outlet": same[0], "name": same[1], "count": same[2]} if same and same[2] >= min(SAME_ITEMS, len(feed.newest)) else None
    return {
        "url": feed.url,
        "title": feed.title,
        "format": feed.format,
        "language": feed.language,
        "per_week": feed.per_week,
        "newest": [_entry(entry) for entry in feed.newest],
        "watched_by": feed.watched_by,
        "same_as": twin,
        "reason": feed.reason,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    moment = entry.published or entry.updated
    return {"title": entry.title[:300], "link": entry.link, "at": moment.at.isoformat() if moment else "", "characters": len(entry.content)}
