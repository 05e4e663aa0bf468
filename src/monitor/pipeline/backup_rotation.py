"""Which of the nightly backups are kept: the last of each of seven days, of four weeks and of six months."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import datetime

DAYS, WEEKS, MONTHS = 7, 4, 6


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month


_PERIODS: tuple[tuple[Callable[[datetime], Hashable], int], ...] = ((_day, DAYS), (_week, WEEKS), (_month, MONTHS))


def kept(made: Collection[datetime]) -> frozenset[datetime]:
    """The moments whose backups stay. Periods without a backup do not count, so a desk that was off for a year loses none of its last."""
    stays: set[datetime] = set()
    for period, most in _PERIODS:
        last: dict[Hashable, datetime] = {}
        for at in sorted(made):
            last[period(at)] = at
        stays.update(list(last.values())[-most:])
    return frozenset(stays)
