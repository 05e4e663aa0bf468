"""Reads a written moment: ISO 8601, RFC 822, and the spellings met in feeds and page metadata, keeping zone and precision.

A shared helper of the steps, like words and addresses. Years before 1995 or after 2100 are mistakes of the source (P49).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from monitor.records import Moment

FIRST_YEAR, LAST_YEAR = 1995, 2100
_LONGEST = 80

_CLOCK = r"(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d{1,9})?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"\s*(?P<zone>z|(?:utc|gmt)?\s*[+\-−]\d{1,2}:?\d{0,2}(?::\d\d)?|[a-z]{2,5})?"
_AFTER_DATE = rf"(?:\s*(?:t|,|at|um|à|[-–|])?\s*{_CLOCK}{_ZONE})?"
_ISO = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_AFTER_DATE}(?![\d:])", re.IGNORECASE)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?(?P<half>)"
    rf"{_ZONE})?\b",
    re.IGNORECASE,
)
_WORDY = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de\s+)?(?P<name>[^\W\d]{{3,12}})\.?,?[\s-]+(?:de\s+)?"
    rf"(?P<year>\d{{4}}|\d{{2}}\b){_AFTER_DATE}",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<name>[^\W\d]{{3,12}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_AFTER_DATE}",
    re.IGNORECASE,
)
_CTIME = re.compile(
    r"[a-z]{3,9},?\s+(?P<name>[a-z]{3,9})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?P<half>)"
    r"(?:\s+(?P<zone>[+-]\d{4}|[a-z]{2,5}))?\s+(?P<year>\d{4})",
    re.IGNORECASE,
)
_DOTTED = re.compile(rf"(?P<day>\d{{1,2}})(?P<sep>[./-])(?P<month>\d{{1,2}})(?P=sep)(?P<year>\d{{4}}){_AFTER_DATE}", re.IGNORECASE)

# Minutes east of UTC of the zone names met in feeds; IST is India, CST and BST are America's and Britain's.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "sast": 120,
    "eet": 120, "eest": 180, "msk": 180, "trt": 180, "eat": 180, "irst": 210, "gst": 240, "pkt": 300, "ist": 330, "wib": 420, "ict": 420,
    "sgt": 480, "hkt": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "ast": -240, "adt": -180,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "brt": -180, "art": -180,
}  # fmt: skip

_MONTH_NAMES = (
    "jan january januar janvier enero gennaio janeiro januari ianuarie stycznia ocak jän jänner ene gen января січня ledna januára",
    "feb february februar février fevrier fév febrero febbraio fevereiro fev februari februarie lutego şubat feber февраля лютого února",
    "mar march märz maerz mär mrz mars marzo março marco maart martie marca mart mrt марта березня března",
    "apr april avril avr abril abr aprile aprilie kwietnia nisan апреля квітня dubna",
    "may mai mayo maggio maio mei maj maja mayıs mag мая травня května",
    "jun june juni juin junio giugno junho iunie czerwca haziran giu июня червня června",
    "jul july juli juillet juil julio luglio julho iulie lipca temmuz lug июля липня července",
    "aug august août aout agosto augustus augusti ago sierpnia ağustos августа серпня srpna",
    "sep sept september septembre septiembre settembre setembro septembrie set września eylül wrzesnia сентября вересня září",
    "oct october oktober octobre octubre ottobre outubro octombrie okt ott out października ekim октября жовтня října",
    "nov november novembre noviembre novembro noiembrie listopada kasım ноября листопада listopadu",
    """dec december dezember décembre decembre déc diciembre dicembre dezembro decembrie dez dic grudnia aralık des
    desember декабря грудня prosince""",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}


def read_moment(text: str) -> Moment | None:
    """The moment a short text states, or None; a date alone has precision "day", a time without zone offset None (taken as UTC)."""
    text = " ".join(text[: _LONGEST * 2].split())[:_LONGEST]
    for pattern in (_ISO, _WORDY, _CTIME, _AMERICAN, _DOTTED, _COMPACT):
        if (found := pattern.match(text)) and (moment := _built(found.groupdict(), bool(found.groupdict().get("sep")))):
            return moment
    return None


def from_epoch(number: float) -> Moment | None:
    """The moment of a Unix time in seconds or milliseconds, or None when it lies outside the believable years."""
    seconds = number / 1000 if number > 1e11 else number
    if not 788_918_400 <= seconds < 4_133_980_800:  # 1995 … 2100; also refuses NaN
        return None
    return Moment(datetime.fromtimestamp(int(seconds), UTC), 0)


def _built(parts: dict[str, str | None], day_first_or_not: bool) -> Moment | None:
    """A Moment of the named groups of a pattern, or None when they are no date; 03/04/2024 is refused, 03.04.2024 is European."""
    name = parts.get("name")
    month = MONTHS.get(name.lower()) or MONTHS.get(name.lower()[:3]) if name else int(parts["month"] or 0)
    day, year = int(parts["day"] or 0), int(parts["year"] or 0)
    if day_first_or_not and parts.get("sep") == "/" and month is not None:
        if day <= 12 and month <= 12 and day != month:
            return None
        if month > 12:
            day, month = month, day
    year += 2000 if year < 100 else 0
    if month is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return _at(year, month, day, parts)


def _at(year: int, month: int, day: int, parts: dict[str, str | None]) -> Moment | None:
    """The moment of a calendar day and the clock of `parts`, or None when the calendar has no such day."""
    try:
        if parts.get("hour") is None:
            return Moment(datetime(year, month, day, tzinfo=UTC), None, "day")
        hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), min(int(parts.get("second") or 0), 59)
        half = (parts.get("half") or "").lower()[:1]
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        days, hour = divmod(hour, 24) if (hour, minute) == (24, 0) else (0, hour)
        offset = read_offset(parts.get("zone") or "")
        local = datetime(year, month, day, hour, minute, second, tzinfo=timezone(timedelta(minutes=offset or 0)))
        return Moment((local + timedelta(days=days)).astimezone(UTC), offset)
    except (ValueError, OverflowError):
        return None


def read_offset(zone: str) -> int | None:
    """Minutes east of UTC of a written zone (`Z`, `+0200`, `GMT+1`, `CEST`), or None when it says nothing we know."""
    zone = zone.strip().lower()
    if zone in ZONES:
        return ZONES[zone]
    found = re.fullmatch(r"(?:utc|gmt)?\s*([+\-−])(\d{1,2}):?(\d{2})?(?::\d\d)?", zone)
    if not found or int(found[2]) > 14 or int(found[3] or 0) > 59:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return minutes if found[1] == "+" else -minutes


def local_day(published: datetime | None, offset_minutes: int | None, seen: datetime) -> date:
    """The day of publication where the outlet is; without one the day the desk found it (UTC)."""
    return (published + timedelta(minutes=offset_minutes or 0)).date() if published is not None else seen.date()
