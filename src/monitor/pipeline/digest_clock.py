"""When a digest is due: the desk's hour on each of its dates, once, however its zone or the machine's clock jumps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

STILL_SENT = timedelta(hours=6)
"""A digest that could not be made at its hour is still made within this (reliability, digest clock); after it, it is skipped."""
LATE_AFTER = timedelta(minutes=10)
"""A digest made later than this says that it is late."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done about the digest of one date of the desk's zone; `wanted_at` is the moment of the desk's hour, in UTC."""

    local_date: date
    wanted_at: datetime
    act: Literal["make", "late", "skip"]


def hour_of(text: str) -> time:
    """`07:00` as a time of day; raises ValueError for what is none."""
    return time.fromisoformat(text)


def due_moment(day: date, at: time, zone: tzinfo) -> datetime | None:
    """The instant, in UTC, of a time of day on a date: the first of two, and in a gap the first valid instant after it.

    None for a date the zone never had (a gap over it, as Apia's 30 December 2011).
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        instant = _end_of_gap(local, zone)
    return instant if instant.astimezone(zone).date() == day else None


def _end_of_gap(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which a local time that never was is passed over: where the offset changes, found to the second."""
    before, after = local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC)
    early, late = min(before, after) - _SECOND, max(before, after)
    new = late.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == new else (middle, late)
    return late


def turns(now: datetime, zone: tzinfo, at: time, *, done: Collection[date], since: datetime) -> tuple[Turn, ...]:
    """What is due now for somebody with digests of these dates behind them, who is there `since`.

    Yesterday is looked at, too: an hour late in the evening may be past midnight when the machine wakes, and a date slept through whole
    is recorded as skipped.
    """
    today = now.astimezone(zone).date()
    found = (_turn(day, now, zone, at, since) for day in (today - timedelta(days=1), today) if day not in done)
    return tuple(turn for turn in found if turn is not None)


def is_on(day: date, days: Sequence[int]) -> bool:
    """Whether a date is one of the chosen ISO weekdays; without any every date is."""
    return not days or day.isoweekday() in days


def next_due(now: datetime, zone: tzinfo, at: time, days: Sequence[int] = ()) -> datetime:
    """The next moment a digest is due after now."""
    day = now.astimezone(zone).date()
    for ahead in range(9):
        moment = due_moment(day + timedelta(days=ahead), at, zone) if is_on(day + timedelta(days=ahead), days) else None
        if moment is not None and moment > now:
            return moment
    return now + timedelta(days=7)


def _turn(day: date, now: datetime, zone: tzinfo, at: time, since: datetime) -> Turn | None:
    wanted = due_moment(day, at, zone)
    if wanted is None or wanted > now or wanted < since:
        return None
    if now >= wanted + STILL_SENT:
        return Turn(day, wanted, "skip")
    return Turn(day, wanted, "late" if now - wanted > LATE_AFTER else "make")
