"""What response headers ask of the next request: freshness (P13, P14), Retry-After (P30, P31) and the dates they are written in.

Header names are lower-case, values are whatever a server sent. Nothing here raises, whatever the headers hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.pipeline.when_limits import LONGEST_FRESHNESS, LONGEST_RETRY_AFTER

LARGEST_DELTA = 2**31  # seconds; RFC 9111 §1.2.2 calls more an overflow
LONGEST_DATE = 64  # characters

_DIRECTIVE = re.compile(r'\s*([^\s=,;"]+)\s*(?:=\s*("[^"]*"|[^,]*))?\s*(?:,|$)')
_DIGITS = re.compile(r"[0-9]+")
_NOT_STORED = frozenset({"no-cache", "no-store"})


def http_date(text: str) -> datetime | None:
    """A moment written as HTTP date (any of the three forms of RFC 9110 §5.6.7), in UTC, or None."""
    if len(text) > LONGEST_DATE or not any(c.isalpha() for c in text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def freshness(headers: Mapping[str, str]) -> timedelta:
    """How long the response stays fresh from its arrival, at most seven days; zero when nothing usable is said (P5, P13, P14)."""
    directives = _directives(headers.get("cache-control", ""))
    if directives is not None:
        if any(name in _NOT_STORED and not value for name, value in directives):
            return timedelta(0)
        ages = [value for name, value in directives if name == "max-age"]
        if ages:
            seconds = _delta(ages[0]) if len(ages) == 1 else None
            if seconds is not None:
                age = _delta(headers.get("age", "").strip()) or 0
                return _capped(timedelta(seconds=max(0, seconds - age)), LONGEST_FRESHNESS)
    return _lifetime_by_date(headers)


def retry_after(headers: Mapping[str, str], received_at: datetime) -> timedelta | None:
    """How long the server wants to be left alone, from arrival: zero when negative or past, at most 30 days; None when not said.

    A date is read against the response's own Date, so a wrong clock on either side does no harm (P30).
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if re.fullmatch(r"-[0-9]+", text):
        return timedelta(0)
    if _DIGITS.fullmatch(text):
        return _capped(timedelta(seconds=min(int(text[:12]) if len(text) <= 12 else LARGEST_DELTA, LARGEST_DELTA)), LONGEST_RETRY_AFTER)
    until = http_date(text)
    if until is None:
        return None
    since = http_date(headers.get("date", "")) or received_at
    return _capped(max(timedelta(0), until - since), LONGEST_RETRY_AFTER)


def challenged(headers: Mapping[str, str]) -> bool:
    """Whether bot protection answered in the outlet's place (P24)."""
    return headers.get("cf-mitigated", "").strip().lower() == "challenge"


def names_a_path(headers: Mapping[str, str]) -> bool:
    """Whether a 429 says that it holds for one resource only, not for the host (P28)."""
    scope = headers.get("x-ratelimit-scope", headers.get("ratelimit-scope", "")).lower()
    return any(word in scope for word in ("path", "resource", "route", "url", "endpoint"))


def validator(headers: Mapping[str, str], name: str, longest: int) -> str:
    """A validator byte for byte as sent (P2, P3); one too long to keep counts as none."""
    value = headers.get(name, "")
    return value if len(value) <= longest else ""


def _directives(text: str) -> list[tuple[str, str]] | None:
    """Cache-Control as (name, value) pairs; None when absent or malformed, which ignores the header as a whole (P13)."""
    text = text.strip()
    if not text:
        return None
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _DIRECTIVE.match(text, at)
        if match is None or match.end() == at:
            at = text.find(",", at) + 1
            if at == 0:
                break
            continue
        found.append((match[1].lower(), (match[2] or "").strip().strip('"')))
        at = match.end()
    return found


def _delta(text: str) -> int | None:
    """Delta-seconds, or None when negative, no number, or an overflow."""
    if len(text) > 10 or not _DIGITS.fullmatch(text):
        return None
    seconds = int(text)
    return seconds if seconds < LARGEST_DELTA else None


def _lifetime_by_date(headers: Mapping[str, str]) -> timedelta:
    """Expires minus Date, both by the server's clock (P14); without Date nothing can be said."""
    expires, date = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    if expires is None or date is None:
        return timedelta(0)
    return _capped(max(timedelta(0), expires - date), LONGEST_FRESHNESS)


def _capped(value: timedelta, most: timedelta) -> timedelta:
    return min(value, most)
