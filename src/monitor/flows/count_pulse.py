"""Count what is told of each theme in each country, and find what is told far more than usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

from monitor.flows.kit import Kit
from monitor.pipeline import spike
from monitor.store import pulse, tag_again


@dataclass(frozen=True, slots=True)
class PulseReport:
    """What one count came to: pairs told of today, days of the desk's past to compare with, spikes now and new ones."""

    pairs: int
    days: int
    spikes: int
    new: int


def count_pulse(kit: Kit) -> PulseReport:
    """Count the days since the last count anew (late articles belong to their own day), then look at the last hours.

    While articles are tagged again, today's newest have the new terms and the weeks before the old ones: what stands out then may be no
    more than the change of terms, so no spike is kept nor alerted; the first count after it, with every day counted again, tells.
    """
    now = kit.clock.now()
    mixed = tag_again.under_way(now)
    today = now.astimezone(UTC).date()
    first = pulse.first_day()
    since = _since(today, first)
    mentions = pulse.mentions(since, now)
    counted = spike.count(mentions)
    pulse.save_counts(counted, since, today)
    baseline = spike.Baseline(pulse.days(today - spike.WEEKS), today, first)
    found = spike.spikes(mentions, baseline, now)
    new = 0 if mixed or tag_again.under_way(now) else pulse.save_spikes(found, now)
    pulse.save_usual(spike.usual_now(mentions, baseline, now, spike.voices_a_story(mentions)), baseline.days, now)
    return PulseReport(max(0, len(counted.get(today, ())) - 1), baseline.days, len(found), new)


def _since(today: date, first: date | None) -> date:
    """From where to count: yesterday, or the last day counted when the desk stood still, or its beginning; at most four weeks back."""
    known = pulse.last_counted() or first or today
    return max(min(today - timedelta(days=1), known), today - spike.WEEKS)


def in_words(report: PulseReport) -> str:
    """One line for the timetable."""
    told = f"{report.pairs} pair{'' if report.pairs == 1 else 's'} of theme and country counted"
    if report.days < spike.LEAST_DAYS:
        return f"{told}; what is usual is known after {spike.LEAST_DAYS} days, now {report.days}"
    return f"{told}, {report.spikes} far above usual, {report.new} of them new"
