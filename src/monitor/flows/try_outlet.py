"""Poll one outlet now because a person asks: before its due date, never against a server's wish or within five minutes (Rule 0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.flows.kit import Kit
from monitor.flows.poll_feeds import poll_feeds
from monitor.outside.pace import host_of
from monitor.pipeline import when
from monitor.records import FeedState, HostState
from monitor.store import feeds, hosts

PATIENCE: Final = timedelta(seconds=75)
"""Feeds that wait for their host's turn are waited for this long (P43)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying a feed came to: its result and new articles, or, with an empty result, why and until when it is not asked."""

    url: str
    result: str
    new: int = 0
    reason: str = ""
    until: datetime | None = None


def try_outlet(kit: Kit, outlet: str) -> tuple[Tried, ...] | None:
    """Try every live feed of an outlet; None when there is no such outlet."""
    found = feeds.states_of(outlet)
    if found is None:
        return None
    began = kit.clock.now()
    wishes = hosts.states(host_of(state.url) for state in found)
    may = {state.key for state in found if when.may_fetch(state, wishes[host_of(state.url)], began, manual=True)}
    feeds.make_due(may, began)
    waiting = frozenset(may)
    while waiting and not kit.stop():
        poll_feeds(kit, by_hand=waiting)
        waiting -= feeds.last_events(waiting, began).keys()
        now, dates = kit.clock.now(), feeds.due_dates(waiting)
        soon = min((moment for moment in dates.values() if moment is not None), default=None)
        if soon is None or soon > now + PATIENCE:
            break
        kit.clock.sleep(max(0.1, (soon - now).total_seconds()))
    told = feeds.last_events(may, began)
    return tuple(_tried(state, told.get(state.key), wishes[host_of(state.url)]) for state in found)


def _tried(state: FeedState, told: tuple[str, int, str] | None, host: HostState) -> Tried:
    if told is not None:
        return Tried(state.url, *told)
    if state.gone_at is not None:
        return Tried(state.url, "", reason="The outlet said that this feed is gone for good; it is not asked again.")
    until = when.earliest(state, host, claimed=True, manual=True)
    wishes = {state.not_before: state.not_before_reason, host.not_before: host.not_before_reason}
    wish = wishes.get(until, "") if until is not None else ""
    return Tried(state.url, "", reason=wish or "It was asked a moment ago, or is being asked now.", until=until)
