"""Feeds as rows of work: claim what is due, and write what a poll found in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, Q

from monitor.pipeline.when_limits import FLOOR, SOFT
from monitor.records import FeedState
from monitor.store import due, entries, models, rows
from monitor.store.again import tried_again
from monitor.store.entries import SeenEntries

LEASE = timedelta(minutes=15)
"""A claimed feed is asked again after this at the earliest, so a killed worker cannot cause a poll loop (Rule 0)."""
LOOPBACK = r"^https?://(127\.[0-9.]+|\[::1\])(:[0-9]+)?/"
"""Literal loopback addresses: the only ones asked while no contact is set."""
EVENTS_KEPT = 30
"""Fetches remembered for each feed."""

_COLUMN = {"key": "id", "next_at": "due_at", "attempts": "polls"}
_STATE = [field.name for field in fields(FeedState)]
_STATE_COLUMNS = [_COLUMN.get(name, name) for name in _STATE]
_WRITTEN = [(name, _COLUMN.get(name, name)) for name in _STATE if name not in {"key", "url", "every", "next_at"}]
log = logging.getLogger("monitor.store")

_EVENT = ("feed_id", "at", "result", "status", "wire_bytes", "new_entries", "reason")


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A claimed feed: its state, and what its outlet says about reading it."""

    state: FeedState
    token: str
    outlet_key: int
    outlet: str
    language: str
    section: str
    format: str
    text: str
    seen: bytes = b""  # hashes of the items read before


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to: the next state, the event to remember, entries to keep, and a title the feed gave itself."""

    feed: DueFeed
    state: FeedState
    result: str
    reason: str = ""
    status: int | None = None
    wire_bytes: int = 0
    seen: SeenEntries | None = None
    title: str = ""
    adopt_url: str = ""


def claim_due(now: datetime, *, limit: int, worker: str, loopback_only: bool = False, only: frozenset[int] = frozenset()) -> list[DueFeed]:
    """Claim up to `limit` feeds that are due, most overdue first; without a contact only those on loopback (P51); `only` of these keys."""
    where = Q(url__regex=LOOPBACK) if loopback_only else None
    if only:
        where = Q(pk__in=only) & (where if where is not None else Q())
    token, keys = due.claim(models.Feed, now, limit=limit, lease=LEASE, worker=worker, where=where)
    if not keys:
        return []
    extra = (
        "outlet_id",
        "outlet__slug",
        "outlet__language",
        "language",
        "section",
        "format",
        "outlet__text",
        "outlet__enabled",
        "enabled",
        "seen_items",
        "archived_at",
        "outlet__archived_at",
    )
    width, found = len(_STATE), {}
    for row in models.Feed.objects.filter(pk__in=keys, claim_token=token).values_list(*_STATE_COLUMNS, *extra):
        state = FeedState(*row[:width])
        outlet_key, outlet, outlet_language, language, section, format_, text, *enabled, seen, feed_gone, outlet_gone = row[width:]
        if not all(enabled) or feed_gone or outlet_gone:
            continue
        found[state.key] = DueFeed(state, token, outlet_key, outlet, language or outlet_language, section, format_, text, bytes(seen))
    paused = [key for key in keys if key not in found]
    if paused:
        models.Feed.objects.filter(pk__in=paused, claim_token=token).update(due_at=None, claim_token="", attempts=0)
    return [found[key] for key in keys if key in found]


@tried_again
def postpone(waiting: Iterable[tuple[DueFeed, datetime | None]]) -> None:
    """Hand claimed feeds back, untouched, each until its host's turn; None stops a feed for good."""
    with transaction.atomic():
        for feed, until in waiting:
            due.hand_back(models.Feed, [feed.state.key], feed.token, until)


def let_go(feed: DueFeed, *, begun: bool, now: datetime) -> None:
    """Release a feed whose poll was cut short; one that was not asked yet is due again as if nothing had been."""
    if begun:
        due.let_go(models.Feed, [feed.state.key], feed.token, now)
    else:
        due.hand_back(models.Feed, [feed.state.key], feed.token, now)


def broke(feed: DueFeed, reason: str) -> None:
    """Note that a poll failed for a reason of our own: it is tried again when its lease is over, five times in all."""
    due.fail(models.Feed, feed.state.key, feed.token, reason)


def finish(polled: Sequence[Polled], now: datetime) -> int:
    """Write a batch of polls in one transaction: entries, states and events; returns how many new articles there are.

    A feed whose claim was taken over meanwhile is skipped whole: its entries and its event are thrown away with it. When the database
    refuses what one feed brought, that feed alone is left out.
    """
    try:
        return _finish(polled, now)
    except (DataError, IntegrityError, ValueError) as refused:
        if len(polled) > 1:
            return sum(finish([poll], now) for poll in polled)
        for poll in polled:
            log.exception("what a feed brought could not be kept: %s", poll.feed.state.url)
            broke(poll.feed, f"What the feed brought could not be kept: {refused}")
        return 0


@tried_again
def _finish(polled: Sequence[Polled], now: datetime) -> int:
    with transaction.atomic():
        ours = _still_ours(polled)
        kept = [poll for poll in polled if (poll.feed.state.key, poll.feed.token) in ours]
        counts = {}
        for poll in kept:
            counts[poll.feed.state.key] = 0
            if poll.seen is not None:
                counts[poll.feed.state.key] = entries.keep(poll.feed.state.key, poll.feed.outlet_key, poll.seen, now)
        _write_states(kept)
        rows.insert(models.FetchEvent, _EVENT, [_event(poll, counts[poll.feed.state.key], now) for poll in kept])
        for poll in kept:
            if poll.title or poll.adopt_url or poll.seen is not None:
                _write_names(poll)
        return sum(counts.values())


def address_is_free(url: str) -> bool:
    """Whether no other feed of the desk has this address (P21)."""
    return not models.Feed.objects.filter(url=url).exists()


def siblings(outlet: int) -> int:
    """How many live feeds the desk has of an outlet (P28: a wish to be left alone may hold for all of them)."""
    return models.Feed.objects.filter(outlet_id=outlet, archived_at=None, enabled=True).count()


def states() -> tuple[FeedState, ...]:
    """The polling state of every live feed."""
    live = models.Feed.objects.filter(archived_at=None, enabled=True, outlet__enabled=True)
    return tuple(FeedState(*row) for row in live.values_list(*_STATE_COLUMNS))


def states_of(outlet: str) -> tuple[FeedState, ...] | None:
    """The polling state of an outlet's live feeds, as configured; None when no outlet has this id."""
    if not models.Outlet.objects.filter(slug=outlet, archived_at=None).exists():
        return None
    live = models.Feed.objects.filter(archived_at=None, enabled=True, outlet__slug=outlet, outlet__enabled=True).order_by("pk")
    return tuple(FeedState(*row) for row in live.values_list(*_STATE_COLUMNS))


@tried_again
def make_due(keys: Iterable[int], now: datetime) -> None:
    """Let feeds be due now, also those that were given up; who is being asked at this moment is left alone."""
    models.Feed.objects.filter(pk__in=list(keys), claim_token="").update(due_at=now, attempts=0)


def last_events(keys: Iterable[int], since: datetime) -> dict[int, tuple[str, int, str]]:
    """What the latest attempt at each feed since a moment came to: result, new entries, reason."""
    rows = models.FetchEvent.objects.filter(feed_id__in=list(keys), at__gte=since).order_by("at", "pk")
    return {feed: (result, new, reason) for feed, result, new, reason in rows.values_list("feed_id", "result", "new_entries", "reason")}


def due_dates(keys: Iterable[int]) -> dict[int, datetime | None]:
    """When each of these feeds is due."""
    return dict(models.Feed.objects.filter(pk__in=list(keys)).values_list("pk", "due_at"))


def reschedule(moved: Iterable[tuple[int, datetime | None, datetime]]) -> int:
    """Move due dates, given as (feed, old, new), where nobody claimed or moved them meanwhile; returns how many moved."""
    count = 0
    with transaction.atomic():
        for key, old, new in moved:
            count += models.Feed.objects.filter(pk=key, due_at=old, claim_token="").update(due_at=new)
    return count


@tried_again
def pardon(keys: Iterable[int], now: datetime) -> int:
    """Take the last failure back from feeds that answered with a page in their outlet's place (P37); returns how many it was.

    They are asked again soon, not before Rule 0 allows; one that somebody is asking right now is left alone.
    """
    count = 0
    blamed = models.Feed.objects.filter(pk__in=list(keys), health="not_feed", claim_token="")
    for feed in blamed.exclude(due_at=None):
        score = max(0.0, feed.fail_score - SOFT)
        changes: dict[str, Any] = {"fail_score": score, "due_at": max(now, (feed.last_attempt_at or now) + FLOOR)}
        if not score:
            changes |= {"health": "ok" if feed.last_200_at else "new", "failing_since": None, "last_error": ""}
        count += models.Feed.objects.filter(pk=feed.pk, claim_token="").update(**changes)
    return count


def prune_events() -> int:
    """Keep the newest events of each feed only; returns how many went."""
    gone = 0
    for feed in models.Feed.objects.values_list("pk", flat=True):
        old = list(models.FetchEvent.objects.filter(feed=feed).order_by("-at", "-pk").values_list("pk", flat=True)[EVENTS_KEPT:])
        if old:
            gone += models.FetchEvent.objects.filter(pk__in=old).delete()[0]
    return gone


def _still_ours(polled: Sequence[Polled]) -> set[tuple[int, str]]:
    """Which claims still stand; on PostgreSQL the rows are locked by writing their own token, so that none falls until we commit."""
    rows_of = models.Feed.objects.filter(pk__in=[poll.feed.state.key for poll in polled])
    if connection.vendor != "sqlite":  # whose transactions begin IMMEDIATE: nobody else writes meanwhile
        rows_of.order_by("pk").update(claim_token=F("claim_token"))
    return set(rows_of.values_list("pk", "claim_token"))


def _write_states(polled: Sequence[Polled]) -> None:
    """Write what changed of each state; the due date always, for the claim had moved it."""
    rows.update_claimed(models.Feed, [(poll.feed.state.key, poll.feed.token, _changes(poll)) for poll in polled])


def _changes(poll: Polled) -> dict[str, Any]:
    before, after = poll.feed.state, poll.state
    old, new = vars(before), vars(after)
    changed = {column: new[name] for name, column in _WRITTEN if new[name] != old[name]}
    return changed | {"due_at": after.next_at}


def _write_names(poll: Polled) -> None:
    changes: dict[str, object] = {"title": poll.title[:300]} if poll.title else {}
    if poll.seen is not None:
        changes["seen_items"] = poll.seen.items
    if poll.adopt_url:
        changes["url"] = poll.adopt_url
    models.Feed.objects.filter(pk=poll.feed.state.key).update(**changes)


def _event(poll: Polled, new_entries: int, now: datetime) -> tuple[Any, ...]:
    """One attempt, in the order of _EVENT."""
    return (poll.feed.state.key, now, poll.result, poll.status, poll.wire_bytes, new_entries, poll.reason[:300])
