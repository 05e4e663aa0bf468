"""Count where the desk's articles come from, day by day, and keep what the balance page shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, timedelta
from typing import Any

from monitor.flows.kit import Kit
from monitor.pipeline import balance
from monitor.store import balance as kept
from monitor.store import pulse

RECOUNTED = 3
"""Days counted anew each time: articles are read late, and belong to the day they were found."""
AT_ONCE = 60
"""Days counted in one run at the most; a desk with a long past catches up over the next runs, newest days first."""


def count_balance(kit: Kit) -> int:
    """Count the days that are open or were never counted, then add them up; returns how many days were counted."""
    today = kit.clock.now().astimezone(UTC).date()
    oldest = today - timedelta(days=balance.KEPT_DAYS - 1)
    wanted = _days_to_count(today, oldest)
    done = 0
    for day in wanted:
        if kit.stop():
            break
        kept.save_day(day, balance.count(kept.articles_of(day)))
        done += 1
        kit.progress("count balance", done, len(wanted))
    kept.save_summary(_summary(today, oldest), kit.clock.now(), oldest)
    return done


def _days_to_count(today: date, oldest: date) -> list[date]:
    first = pulse.first_day()
    if first is None:
        return []
    counted = kept.counted_days()
    every = [today - timedelta(days=back) for back in range((today - max(first, oldest)).days + 1)]
    return [day for back, day in enumerate(every) if back < RECOUNTED or day not in counted][:AT_ONCE]


def _summary(today: date, oldest: date) -> dict[str, Any]:
    days = kept.days(oldest)
    periods = {str(length): asdict(balance.period(days, today, length)) for length in balance.PERIODS}
    since = min(days).isoformat() if days else ""
    return {"until": today.isoformat(), "since": since, "periods": periods, "weeks": balance.weeks(days, today), "spoken": kept.spoken()}
