"""Reads when a feed says it wants to be asked: ttl (P15), sy:update* (P16), skipHours and skipDays (P17).

feedparser keeps only the last `<hour>` and `<day>`, so they are read from the document's own text, outside its entries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_FAR = 64 * 1024
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_DAY = timedelta(days=1)
_DAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_PERIODS = {
    "always": timedelta(hours=1),  # a misspelling seen in the wild
    "hourly": timedelta(hours=1),
    "daily": _DAY,
    "dayly": _DAY,  # likewise
    "weekly": _DAY * 7,
    "monthly": _DAY * 30,
    "yearly": _DAY * 365,
}


@dataclass(frozen=True, slots=True)
class Hints:
    """The scheduling wishes of a feed, as stated but within P15's and P16's clamps; hours are GMT, Monday is day 0."""

    ttl: timedelta | None = None
    update_every: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def read_hints(text: str) -> Hints:
    """The wishes found before the first and after the last entry; what is garbage is no wish."""
    first = _ENTRY.search(text)
    head = text[: first.start() if first else len(text)][:_FAR]
    tail = text[-_FAR:]
    last = max(tail.rfind("</item>"), tail.rfind("</entry>"))
    around = head + (tail[last:] if first and last >= 0 else "")
    return Hints(_ttl(around), _update_every(around), _skip_hours(around), _skip_days(around))


def _element(text: str, name: str) -> str:
    found = re.search(rf"<{name}(?:\s[^<>]*)?>([^<]{{0,40}})</{name}\s*>", text, re.IGNORECASE)
    return found[1].strip() if found else ""


def _ttl(text: str) -> timedelta | None:
    """P15: minutes, up to a day; zero, negative numbers and words are ignored."""
    written = _element(text, "ttl")
    return min(timedelta(minutes=int(written)), _DAY) if re.fullmatch(r"\d{1,9}", written) and int(written) > 0 else None


def _update_every(text: str) -> timedelta | None:
    """P16: period divided by frequency, between 15 minutes and a day; frequency may be a fraction, zero is ignored."""
    period = _PERIODS.get(_element(text, "sy:updatePeriod").lower())
    written = _element(text, "sy:updateFrequency") or "1"
    if period is None or not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", written) or float(written) == 0:
        return None
    return max(timedelta(minutes=15), min(period / float(written), _DAY))


def _block(text: str, outer: str, inner: str) -> list[str]:
    """The contents of the first 40 `inner` elements of the first `outer` element."""
    found = re.search(rf"<{outer}\s*>(.{{0,3000}}?)</{outer}\s*>", text, re.IGNORECASE | re.DOTALL)
    return re.findall(rf"<{inner}\s*>\s*([^<\s]{{1,12}})\s*</{inner}\s*>", found[1], re.IGNORECASE)[:40] if found else []


def _skip_hours(text: str) -> tuple[int, ...]:
    """P17: hour 24 is 0; more than 24 values, or all 24, mean nothing."""
    written = [int(hour) % 24 for hour in _block(text, "skipHours", "hour") if re.fullmatch(r"\d{1,2}", hour) and int(hour) <= 24]
    hours = tuple(sorted(set(written)))
    return hours if len(written) <= 24 and len(hours) < 24 else ()


def _skip_days(text: str) -> tuple[int, ...]:
    """P17: all seven days mean nothing."""
    days = tuple(sorted({_DAYS[day.lower()[:3]] for day in _block(text, "skipDays", "day") if day.lower()[:3] in _DAYS}))
    return days if len(days) < 7 else ()
