"""The pulse of the news: counts of voices by day for each theme and country, and the spikes found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from monitor.pipeline.spike import Mention, Pair, Spike, Usual, pairs_of
from monitor.records import SpikeFact
from monitor.store import alert_rules, alerts, models, periodic
from monitor.store.again import tried_again

KEPT = timedelta(days=36)
SPIKES_KEPT = timedelta(days=730)
LASTS = timedelta(hours=24)
"""A pair that stands out again within this time is the same spike."""
NOW = timedelta(hours=3)
"""A spike seen within this time is going on."""
USUAL = "usual"


def first_day() -> date | None:
    """The day the desk found its first article, which it heard in part only; None while there is no article."""
    first = models.Article.objects.order_by("discovered_at").values_list("discovered_at", flat=True).first()
    return first.astimezone(UTC).date() if first else None


def last_counted() -> date | None:
    """The latest day of which there are counts."""
    return models.PulseDay.objects.order_by("-day").values_list("day", flat=True).first()


def mentions(since: date, now: datetime) -> list[Mention]:
    """The articles told since a day that are nobody's copies and have been read, with what they count for; a day is UTC's."""
    start = datetime.combine(since, time(), UTC)
    found = models.Article.objects.filter(discovered_at__gte=start, state="read", copy_of=None)
    columns = ("published_at", "discovered_at", "outlet__owner", "outlet__slug", "story__uuid", "themes", "places")
    told = []
    for published, seen, owner, outlet, story, themes, places in found.order_by("pk").values_list(*columns).iterator(2000):
        at = min(published or seen, seen, now)
        if at >= start:
            sure = {theme["theme"]: theme["confidence"] for theme in themes}
            pairs = pairs_of(sure, (place["country"] for place in places))
            told.append(Mention(at, owner or outlet, str(story or ""), pairs))
    return told


@tried_again
def save_counts(counted: Mapping[date, Mapping[Pair, Sequence[int]]], since: date, today: date) -> None:
    """Write the counts of the days from `since` on in place of what was there; what is older than five weeks goes."""
    rows = [
        models.PulseDay(day=day, theme=pair.theme, country=pair.country, hours=list(hours))
        for day, pairs in counted.items()
        for pair, hours in pairs.items()
        if day >= since
    ]
    with transaction.atomic():
        models.PulseDay.objects.filter(day__gte=since).delete()
        models.PulseDay.objects.filter(day__lt=today - KEPT).delete()
        models.PulseDay.objects.bulk_create(rows, batch_size=500)


def forget(since: date) -> None:
    """Let the days from one on be counted again."""
    models.PulseDay.objects.filter(day__gte=since).delete()


def days(since: date) -> dict[date, dict[Pair, list[int]]]:
    """The counts of every day since one."""
    found: dict[date, dict[Pair, list[int]]] = {}
    rows = models.PulseDay.objects.filter(day__gte=since).values_list("day", "theme", "country", "hours")
    for day, theme, country, hours in rows.iterator(5000):
        found.setdefault(day, {})[Pair(theme, country)] = hours
    return found


@tried_again
def save_spikes(spikes: Iterable[Spike], now: datetime) -> int:
    """Keep what stands out: one that goes on is brought up to date, others are new and alert; returns how many are new."""
    new = 0
    with transaction.atomic():
        models.Spike.objects.filter(last_at__lt=now - SPIKES_KEPT).delete()
        for spike in spikes:
            values = {"hours": spike.hours, "voices": spike.voices, "owners": spike.owners, "usual": spike.usual, "chance": spike.chance}
            told = models.Spike.objects.filter(theme=spike.pair.theme, country=spike.pair.country, last_at__gte=now - LASTS)
            known = told.order_by("-last_at").first()
            if known is None:
                both = {"theme": spike.pair.theme, "country": spike.pair.country, "began_at": now, "last_at": now}
                row = models.Spike.objects.create(**both, **values, stories=list(spike.stories))
                _alert(row, now)
                new += 1
            else:
                better = values if spike.chance <= known.chance else {}
                stories = sorted({*known.stories, *spike.stories})
                models.Spike.objects.filter(pk=known.pk).update(last_at=now, stories=stories, **better)
    return new


def _alert(spike: models.Spike, now: datetime) -> None:
    """Write the alerts of the rules that ask for a new spike, in the transaction that keeps it."""
    for rule, theme, country in alert_rules.spike_rules([(spike.theme, spike.country)], now):
        if theme in ("", spike.theme) and country in ("", spike.country):
            alerts.write_spike(rule, spike.pk, spike.stories, now)


def going_on(now: datetime) -> dict[Pair, SpikeFact]:
    """The spikes of the last hours by pair."""
    rows = models.Spike.objects.filter(last_at__gt=now - NOW).order_by("last_at")
    return {Pair(row.theme, row.country): SpikeFact(row.theme, row.country, row.voices, row.hours, row.usual) for row in rows}


def save_usual(usual: Mapping[Pair, Usual], baseline_days: int, now: datetime) -> None:
    """Keep what is usual now, for ranking."""
    pairs = [[pair.theme, pair.country, one.six_hours, one.a_story] for pair, one in sorted(usual.items())]
    periodic.set_fact(USUAL, {"days": baseline_days, "pairs": pairs}, now)


def usual() -> tuple[dict[Pair, Usual], int]:
    """What is usual for each pair as last counted, and how many days of the desk's past say so."""
    fact = models.DeskFact.objects.filter(name=USUAL).values_list("value", flat=True).first() or {}
    found = {Pair(theme, country): Usual(six, story) for theme, country, six, story in fact.get("pairs", ())}
    return found, int(fact.get("days", 0))
