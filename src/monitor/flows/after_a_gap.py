"""After a gap (the machine slept, the desk was off, the clock was set): overdue feeds are spread instead of asked all at once (P48)."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.pipeline import when
from monitor.store import feeds

GAP = timedelta(minutes=5)
"""Overdue by less than this is ordinary work."""


def spread_overdue(now: datetime) -> int:
    """Give every feed that fell due during a gap a moment of its own within its interval or half an hour; returns how many.

    A feed never polled stays due at once; a due date that a clock set back has left too far ahead comes back to one interval.
    """
    moved = []
    for state in feeds.states():
        if state.last_attempt_at is None or state.next_at is None:
            continue
        fresh = when.after_clock_jump(state, now)
        if fresh.next_at is not None and fresh.next_at < now - GAP:
            fresh = when.spread(fresh, now)
        if fresh.next_at is not None and abs(fresh.next_at - state.next_at) > GAP:
            moved.append((state.key, state.next_at, fresh.next_at))
    return feeds.reschedule(moved)
