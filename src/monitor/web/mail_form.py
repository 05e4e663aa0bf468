"""The form in which a person chooses what to receive by mail: digest and its days, alerts and their quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitor.records import MailWish


@dataclass(frozen=True, slots=True)
class MailForm:
    """The form as it stands: `chosen` are ISO weekdays, quiet times are `HH:MM` or "" as typed."""

    digest: bool
    chosen: tuple[int, ...]
    alerts: bool
    quiet_from: str
    quiet_to: str
    error: str = ""

    @property
    def days(self) -> list[tuple[int, str]]:
        """ISO weekdays with their names, Monday first."""
        return [(number, date_format(date(2024, 1, number), "l")) for number in range(1, 8)]  # 1 January 2024 was a Monday

    @property
    def quiet(self) -> tuple[int | None, int | None]:
        """The quiet hours in minutes of the day, None for none."""
        return _minute(self.quiet_from), _minute(self.quiet_to)


def form_of(wish: MailWish) -> MailForm:
    """The form filled with what a person wants now."""
    return MailForm(wish.digest, wish.digest_days, wish.alerts, _clock(wish.quiet_from), _clock(wish.quiet_to))


def asked(data: QueryDict) -> MailForm:
    """The form as it was sent; quiet hours need both times, and they must differ. All seven days are every day."""
    start, end = (data.get(name, "").strip()[:8] for name in ("quiet_from", "quiet_to"))
    chosen = tuple(sorted({int(day) for day in data.getlist("days")[:7] if day in set("1234567")}))
    chosen = () if len(chosen) == 7 else chosen
    return MailForm(bool(data.get("digest")), chosen, bool(data.get("alerts")), start, end, _mistake(start, end))


def _mistake(start: str, end: str) -> str:
    if not start and not end:
        return ""
    if _minute(start) is None or _minute(end) is None:
        return _("Give both times as hours and minutes, such as 22:00 and 07:00, or neither.")
    return _("The quiet hours begin and end at the same time; leave both empty for none.") if start == end else ""


def _minute(text: str) -> int | None:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute if at.tzinfo is None else None


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
