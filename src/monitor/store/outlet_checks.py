"""The source doctor's facts: articles a day and what the last fourteen days' articles show, counted by a job and kept by outlet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from monitor.pipeline.source_doctor import Diagnosis, FeedFacts, Known, OutletFacts, Sample, diagnose
from monitor.store import models
from monitor.store.due import GIVE_UP_AFTER

WEEKS_KEPT = timedelta(days=57)
SAMPLED = timedelta(days=14)
AHEAD = timedelta(minutes=20)
"""An article dated later than this after we saw it was dated by a clock, or in a zone, that is wrong."""
RECOUNT = timedelta(days=2)
"""Days counted anew each time; what is older does not change any more."""
DESK_IDLE_OUTLETS = 5
"""From so many outlets on, a day on which none brought anything says something of the desk and nothing of them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One outlet judged: its facts, what is wrong, and its last 28 complete days with today's count so far."""

    facts: OutletFacts
    diagnosis: Diagnosis
    days: tuple[Known, ...]
    today: int
    counted: bool


def recount(now: datetime, outlets: Iterable[int] | None = None) -> int:
    """Count and judge outlets (all that are not archived unless some are given) and keep the result; returns how many."""
    rows = models.Outlet.objects.filter(archived_at=None)
    rows = rows if outlets is None else rows.filter(pk__in=list(outlets))
    kept = {check.outlet_id: check for check in models.OutletCheck.objects.filter(outlet__in=rows)}
    found = list(rows.prefetch_related("feeds"))
    articles = models.Article.objects.all() if outlets is None else models.Article.objects.filter(outlet__in=[row.pk for row in found])
    days = _days(articles, now, kept, [row.pk for row in found])
    firsts = dict(articles.filter(outlet__in=_unknown_firsts(found, kept)).values_list("outlet").annotate(Min("discovered_at")).order_by())
    samples = _samples(articles, now)
    idle = _idle_days(days, len(found))
    taken = _taken(feed for row in found for feed in row.feeds.all())
    checks = []
    for row in found:
        before, first = kept.get(row.pk), firsts.get(row.pk)
        first_day = before.first_day if before and before.first_day else first.astimezone(UTC).date() if first else None
        check = models.OutletCheck(
            outlet=row, counted_at=now, first_day=first_day, days=days[row.pk], sample=asdict(samples.get(row.pk, Sample()))
        )
        check.week, check.month = _last(check.days, 7, now), _last(check.days, 28, now)
        found_wrong = _judged(row, row.feeds.all(), check, idle, taken, now).diagnosis
        check.codes, check.severity = [trouble.code for trouble in found_wrong.troubles], found_wrong.severity
        checks.append(check)
    _save(checks)
    return len(checks)


def recount_if_old(now: datetime, age: timedelta) -> int:
    """Count again when the last count is older than `age`, or outlets came since; else judge anew with the counts in hand."""
    stale = models.Outlet.objects.filter(archived_at=None).exclude(check_row__counted_at__gt=now - age)
    return recount(now) if stale.exists() else judge_again(now)


def judge_again(now: datetime, outlets: Iterable[int] | None = None) -> int:
    """Judge outlets by their feeds as they are now and the counts in hand; returns how many changed."""
    rows = models.Outlet.objects.filter(archived_at=None).select_related("check_row").prefetch_related("feeds")
    rows = rows if outlets is None else rows.filter(pk__in=list(outlets))
    changed = []
    for row, checked in checked_of(list(rows), now).values():
        check, diagnosis = getattr(row, "check_row", None), checked.diagnosis
        codes = [trouble.code for trouble in diagnosis.troubles]
        if check is not None and (check.codes, check.severity) != (codes, diagnosis.severity):
            check.codes, check.severity = codes, diagnosis.severity
            changed.append(check)
    models.OutletCheck.objects.bulk_update(changed, ["codes", "severity"])
    return len(changed)


def checked_of(rows: Sequence[models.Outlet], now: datetime) -> dict[int, tuple[models.Outlet, Checked]]:
    """Outlets (fetched with check_row and feeds) judged at this moment; two queries however many they are."""
    taken = _taken(feed for row in rows for feed in row.feeds.all())
    idle = idle_days()
    return {row.pk: (row, _judged(row, row.feeds.all(), getattr(row, "check_row", None), idle, taken, now)) for row in rows}


def idle_days() -> frozenset[str]:
    """Days on which the desk itself collected nothing, as the last count found them."""
    fact = models.DeskFact.objects.filter(name="idle_days").values_list("value", flat=True).first()
    return frozenset(fact.get("days", ())) if fact else frozenset()


def _save(checks: Sequence[models.OutletCheck]) -> None:
    fields = ["counted_at", "first_day", "days", "sample", "week", "month", "codes", "severity"]
    with transaction.atomic():
        models.OutletCheck.objects.bulk_create(
            checks, batch_size=200, update_conflicts=True, unique_fields=["outlet"], update_fields=fields
        )


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _days(
    articles: QuerySet[models.Article], now: datetime, kept: Mapping[int, models.OutletCheck], outlets: Sequence[int]
) -> dict[int, dict[str, int]]:
    """Articles a day of each outlet: the last days counted anew, older ones as they were counted before."""
    oldest = now - WEEKS_KEPT
    counted = [kept[pk].counted_at for pk in outlets if pk in kept]
    since = _midnight(max(oldest, min(counted) - RECOUNT) if len(counted) == len(outlets) and counted else oldest)
    first = oldest.astimezone(UTC).date().isoformat()
    days: dict[int, dict[str, int]] = defaultdict(dict)
    for pk in outlets:
        before = kept[pk].days if pk in kept else {}
        days[pk] = {day: count for day, count in before.items() if first <= day < since.date().isoformat()}
    rows = articles.filter(discovered_at__gte=since, discovered_at__lte=now).annotate(day=TruncDate("discovered_at", tzinfo=UTC))
    for pk, day, count in rows.values_list("outlet_id", "day").annotate(n=Count("pk")).order_by():
        if pk in days:
            days[pk][day.isoformat()] = count
    return days


def _samples(articles: QuerySet[models.Article], now: datetime) -> dict[int, Sample]:
    recent = articles.filter(state="read", discovered_at__gte=now - SAMPLED, discovered_at__lte=now)
    ahead = recent.annotate(lead=ExpressionWrapper(F("published_at") - F("discovered_at"), output_field=DurationField()))
    counts = ahead.values("outlet_id").annotate(
        read=Count("pk"),
        summary=Count("pk", filter=Q(verdict__in=("summary", "failed"))),
        paywalled=Count("pk", filter=Q(verdict="paywalled")),
        blocked=Count("pk", filter=Q(verdict="blocked")),
        undated=Count("pk", filter=Q(published_at=None)),
        reserved=Count("pk", filter=Q(rights="reserved")),
        ahead=Count("pk", filter=Q(lead__gt=AHEAD, published_precision="minute")),
    )
    spoken: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, language, count in recent.exclude(language="").values_list("outlet_id", "language").annotate(n=Count("pk")).order_by():
        spoken[pk][language] = count
    samples = {}
    for row in counts.order_by():
        values: dict[str, Any] = {**row}
        key = values.pop("outlet_id")
        samples[key] = Sample(**values, languages=spoken[key])
    return samples


def _unknown_firsts(rows: Sequence[models.Outlet], kept: Mapping[int, models.OutletCheck]) -> list[int]:
    return [row.pk for row in rows if row.pk not in kept or kept[row.pk].first_day is None]


def _idle_days(days: Mapping[int, Mapping[str, int]], outlets: int) -> frozenset[str]:
    """Days between the first and the last on which no outlet brought anything; kept as a fact for the pages."""
    told = {day for counts in days.values() for day, count in counts.items() if count}
    idle: set[str] = set()
    if told and outlets >= DESK_IDLE_OUTLETS:
        day, last = date.fromisoformat(min(told)), date.fromisoformat(max(told))
        while day < last:
            idle |= {day.isoformat()} - told
            day += timedelta(days=1)
    if frozenset(idle) != idle_days() and outlets >= DESK_IDLE_OUTLETS:
        moment = datetime.combine(date.fromisoformat(max(told)), datetime.min.time(), UTC)
        models.DeskFact.objects.update_or_create(name="idle_days", defaults={"value": {"days": sorted(idle)}, "changed_at": moment})
    return frozenset(idle)


# ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _judged(
    row: models.Outlet,
    feeds: Iterable[models.Feed],
    check: models.OutletCheck | None,
    idle: frozenset[str],
    taken: frozenset[str],
    now: datetime,
) -> Checked:
    live = sorted((feed for feed in feeds if feed.archived_at is None and feed.enabled), key=lambda feed: feed.pk)
    facts = OutletFacts(
        language=row.language,
        languages=tuple(feed.language for feed in live if feed.language),
        text=row.text,
        enabled=row.enabled,
        feeds=tuple(_feed(feed, taken) for feed in live),
        days=_series(check, idle, now),
        sample=Sample(**check.sample) if check and check.sample else Sample(),
    )
    today = check.days.get(now.astimezone(UTC).date().isoformat(), 0) if check else 0
    return Checked(facts, diagnose(facts, now), facts.days[-28:], today, check is not None)


def _feed(feed: models.Feed, taken: frozenset[str]) -> FeedFacts:
    return FeedFacts(
        url=feed.url,
        health=feed.health,
        reason=feed.paused_reason or feed.last_error,
        failing_since=feed.failing_since,
        asked_at=feed.last_attempt_at or feed.last_200_at,
        news_at=feed.last_change_at,
        moved_to=feed.perm_redirect_to,
        moved_seen=feed.perm_redirect_seen,
        moved_first_at=feed.perm_redirect_first_at,
        taken=feed.perm_redirect_to in taken,
        given_up=feed.attempts >= GIVE_UP_AFTER,
    )


def _series(check: models.OutletCheck | None, idle: frozenset[str], now: datetime) -> tuple[Known, ...]:
    """Complete days, oldest first, yesterday last; from the day after the outlet's first article, whose many are a feed's past."""
    if check is None or check.first_day is None:
        return ()
    today = now.astimezone(UTC).date()
    start = max(check.first_day + timedelta(days=1), today - WEEKS_KEPT + timedelta(days=1))
    days: list[Known] = []
    while start < today:
        text = start.isoformat()
        days.append(None if text in idle else check.days.get(text, 0))
        start += timedelta(days=1)
    return tuple(days)


def _taken(feeds: Iterable[models.Feed]) -> frozenset[str]:
    """Which new addresses of moved feeds the desk already watches (P21)."""
    wanted = {feed.perm_redirect_to for feed in feeds if feed.perm_redirect_to}
    return frozenset(models.Feed.objects.filter(url__in=wanted).values_list("url", flat=True)) if wanted else frozenset()


def _last(days: Mapping[str, int], count: int, now: datetime) -> int:
    """Articles of the last `count` days, today included."""
    oldest = (now.astimezone(UTC).date() - timedelta(days=count - 1)).isoformat()
    return sum(articles for day, articles in days.items() if day >= oldest)


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
