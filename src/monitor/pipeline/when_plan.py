"""When a feed is due next, as a pure function of its state: interval, back-off, jitter, skipped hours, jumps of the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.pipeline import when_limits as limits
from monitor.records import FeedState

LOOKED_AT_DAILY = frozenset({"credentials", "blocked", "robots"})
STOPPED = frozenset({"gone", "dormant"})

HOUR = timedelta(hours=1)


def fraction(*parts: object) -> float:
    """A number from 0 up to 1 that depends on nothing but its arguments: jitter without chance (P42)."""
    digest = hashlib.sha256("|".join(str(part) for part in parts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def is_stopped(state: FeedState) -> bool:
    """Whether the feed is asked no more until a person revives it (P26, P27, P40)."""
    return state.gone_at is not None or state.health in STOPPED


def interval_of(state: FeedState, now: datetime) -> timedelta:
    """The time between polls that holds now: the editor's or the feed's own rhythm, never below what the outlet asks for."""
    interval = state.every or clamp(state.interval, limits.SHORTEST_INTERVAL, limits.LONGEST_INTERVAL)
    if state.slowed_until is not None and now < state.slowed_until:
        interval = interval * limits.SLOWED_BY if state.every else min(interval * limits.SLOWED_BY, limits.LONGEST_INTERVAL)
    return max(interval, floor_of(state))


def floor_of(state: FeedState) -> timedelta:
    """The shortest interval the outlet allows (P4, P10, P15, P16) and Rule 0."""
    untrusted = limits.UNTRUSTED_FLOOR if state.validators_untrusted_at is not None else timedelta(0)
    return max(state.floor, untrusted, limits.FLOOR)


def planned(state: FeedState, base: datetime) -> datetime | None:
    """The next poll counted from `base`: back-off for failures (P40), jitter (P42), skipped hours (P17), the server's wish (P13, P30)."""
    if is_stopped(state):
        return None
    interval = _with_backoff(state, interval_of(state, base))
    if state.health in LOOKED_AT_DAILY:
        interval = max(interval, limits.DAILY)
    jitter = interval * (limits.JITTER * fraction(state.url, state.attempts))
    due = base + min(interval + jitter, _longest(state, interval))
    if state.not_before is not None:
        due = max(due, state.not_before)
    return allowed_hour(due, state.skip)


def after_clock_jump(state: FeedState, now: datetime) -> FeedState:
    """The feed's plan made anew after a start or a jump of the clock (P48).

    A clock set back never makes a feed wait more than one interval; how long the server wanted to be left alone is kept as a length
    of time. Nothing becomes due by this that was not due already.
    """
    if state.last_attempt_at is None:
        return state
    last = min(state.last_attempt_at, now)
    ahead = state.last_attempt_at - last
    not_before = state.not_before - ahead if state.not_before is not None else None
    moved = replace(state, last_attempt_at=last, not_before=not_before)
    return replace(moved, next_at=planned(moved, last))


def spread(state: FeedState, now: datetime) -> FeedState:
    """An overdue feed put off within min(interval, 30 minutes), so that a resumed machine does not ask everybody at once (P48).

    A feed never polled stays due at once: only the pace of its host spreads it.
    """
    if state.next_at is None or state.next_at > now or state.last_attempt_at is None:
        return state
    width = min(interval_of(state, now), limits.SPREAD)
    return replace(state, next_at=now + width * fraction(state.url, state.attempts, "spread"))


def clamp(value: timedelta, least: timedelta, most: timedelta) -> timedelta:
    """`value` within its bounds."""
    return max(least, min(value, most))


# ── skipped hours (P17) ──────────────────────────────────────────────────────────────────────────────────────────────


def skip_text(hours: Iterable[int], days: Iterable[int]) -> str:
    """Hours (GMT, 24 is 0) and days (Monday is 0) not to be asked, as kept in the state; empty when they would exclude everything."""
    hours_kept = _sensible([0 if hour == 24 else hour for hour in hours], 24)
    days_kept = _sensible(list(days), 7)
    if not hours_kept and not days_kept:
        return ""
    return " ".join(map(str, hours_kept)) + "|" + " ".join(map(str, days_kept))


def allowed_hour(due: datetime, skip: str) -> datetime:
    """`due`, or the start of the next hour that is not skipped."""
    hours_text, _, days_text = skip.partition("|")
    hours, days = _numbers(hours_text, 24), _numbers(days_text, 7)
    if len(hours) == 24 or len(days) == 7:
        return due
    moment = due
    while moment.hour in hours or moment.weekday() in days:
        moment = moment.replace(minute=0, second=0, microsecond=0) + HOUR
    return moment


def _sensible(values: list[int], size: int) -> list[int]:
    """The values within range, sorted; none when there are too many or they leave nothing."""
    kept = sorted({value for value in values if 0 <= value < size})
    return [] if len(values) > size or len(kept) == size else kept


def _numbers(text: str, size: int) -> frozenset[int]:
    return frozenset(int(word) for word in text.split() if word.isdecimal() and len(word) < 3 and int(word) < size)


def _longest(state: FeedState, interval: timedelta) -> timedelta:
    """The longest delay jitter may lead to: 23 hours for a healthy feed whose outlet, or editor, does not ask for more."""
    if interval > limits.LONGEST_INTERVAL:
        return interval * (1 + limits.JITTER)
    asked = max(floor_of(state), state.every or timedelta(0))
    if state.fail_score > 0 or state.health in LOOKED_AT_DAILY:
        asked = interval
    return max(asked, limits.LONGEST_OWN_DELAY)


def _with_backoff(state: FeedState, interval: timedelta) -> timedelta:
    """Linear back-off, a day at most, then weekly probes (P40)."""
    if state.fail_score >= limits.WEEKLY_SCORE:
        return max(interval, limits.WEEKLY)
    if state.fail_score <= 0:
        return interval
    return max(interval, min(interval * max(1.0, state.fail_score), limits.LONGEST_BACKOFF))
