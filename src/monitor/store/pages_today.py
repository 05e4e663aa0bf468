"""The leads of a day as story cards, and what an empty day has to say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When, Window

from monitor.store import models

SHOWN = ("queued", "claimed", "used", "quiet")
QUIET_AFTER = timedelta(hours=12)
"""A story without a new article for this long is called quiet."""
OPEN_FOR = timedelta(days=7)
"""A lead nobody has taken stands among the older ones of today for this long after its newest article."""
SILENT_AFTER = timedelta(hours=24)
"""No outlet is called silent sooner; slower ones after three times their own gap between entries (P40)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One outlet's telling of a story; `seen_at` is when the desk found it."""

    outlet: str
    language: str
    title: str
    weight: float
    copy: bool
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One lead with what its card shows; `told` is in first-seen order, one an outlet; `claimer` is the id of who has claimed it."""

    id: str
    story: str
    section: str
    status: str
    headline: str
    headline_language: str
    score: float
    components: Mapping[str, float] = field(hash=False)
    reasons: tuple[str, ...]
    themes: tuple[str, ...]
    outlets: int
    countries: int
    languages: tuple[str, ...]
    articles: int
    newest_at: datetime
    queued_at: datetime
    claimed_by: str
    claimed_until: datetime | None
    told: tuple[Told, ...]
    titles: Mapping[str, str] = field(hash=False)  # best headline by language
    claimer: str = ""
    snoozed_until: datetime | None = None
    seen: tuple[datetime, ...] = ()  # when the desk found each article
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One lead of a day before its card is made: enough to place and count it."""

    key: int
    section: str
    status: str
    queued_at: datetime
    newest_at: datetime
    moved: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """An outlet from which nothing new came for unusually long; `since` None: never."""

    slug: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The leads of a day, those that moved first, then best first; `total` counts also those above the limit."""

    lines: tuple[Line, ...]
    total: int


def leads_between(start: datetime, end: datetime, *, moved_since: datetime, section: str = "", limit: int = 400) -> Queue:
    """Leads alive in [start, end): queued in it, or queued before and growing in it.

    A lead has moved when it has an article since `moved_since`, or somebody has taken or pinned it; the others are older. Those that moved
    come first under the limit, of them those pinned.
    """
    return _queue([Q(queued_at__gte=start), Q(newest_at__gte=start)], Q(), end, moved_since, section, limit)


def open_leads(start: datetime, end: datetime, *, moved_since: datetime, section: str = "", limit: int = 400) -> Queue:
    """As `leads_between`, with the leads taken or pinned by somebody and, among the older ones, those open for no longer than a week."""
    reached = [Q(queued_at__gte=start), Q(newest_at__gte=end - OPEN_FOR), Q(status="claimed"), Q(pinned=True)]
    waiting = Q(status__in=("queued", "quiet"))
    alive = Q(queued_at__gte=start) | Q(newest_at__gte=moved_since) | Q(status="claimed") | waiting
    return _queue(reached, alive, end, moved_since, section, limit)


def _queue(reached: Sequence[Q], alive: Q, end: datetime, moved_since: datetime, section: str, limit: int) -> Queue:
    """One index leads to the leads of each part of `reached`."""
    leads = models.Lead.objects
    still = Q(newest_at__gte=moved_since) | Q(status="claimed") | Q(pinned=True) & ~Q(status="used")
    moved = Case(When(still, then=Value(1)), default=Value(0))
    rows = leads.filter(_any(reached), alive, queued_at__lt=end, status__in=SHOWN)
    if section:
        rows = rows.filter(section=section)
    in_place = F("place").asc(nulls_last=True)  # the queue balanced by section, so that no section fills the limit alone
    ordered = rows.annotate(moved=moved, total=Window(Count("pk"))).order_by("-moved", "-pinned", in_place, "-score", "pk")
    columns = list(ordered.values_list("pk", "section", "status", "queued_at", "newest_at", "moved", "total")[:limit])
    lines = [Line(key, where, status, queued, newest, bool(moving)) for key, where, status, queued, newest, moving, _n in columns]
    return Queue(tuple(lines), columns[0][-1] if columns else 0)


def _any(parts: Sequence[Q]) -> Q:
    """At least one of the parts: PostgreSQL joins what its indexes bring, SQLite would seek one condition in the whole table."""
    if connection.vendor == "postgresql":
        return reduce(or_, parts)
    found = [models.Lead.objects.filter(part).values("pk") for part in parts]
    return Q(pk__in=found[0].union(*found[1:]))


def cards(keys: Iterable[int]) -> dict[int, Card]:
    """The cards of these leads by their row, in two queries."""
    return _cards(models.Lead.objects.filter(pk__in=list(keys)))


def cards_of(leads: Iterable[uuid.UUID]) -> dict[str, Card]:
    """The cards of these leads by their id, in two queries; what is no lead any more is not there."""
    return {one.id: one for one in _cards(models.Lead.objects.filter(uuid__in=list(leads))).values()}


def _cards(leads: QuerySet[models.Lead]) -> dict[int, Card]:
    found = list(leads.select_related("story", "claimed_by"))
    told = _told({lead.story_id for lead in found})
    return {lead.pk: card(lead, told.get(lead.story_id, [])) for lead in found}


def live_feeds() -> QuerySet[models.Feed]:
    """The feeds that are read: live ones of enabled outlets."""
    return models.Feed.objects.filter(enabled=True, archived_at=None, outlet__enabled=True, outlet__archived_at=None)


def addresses() -> Iterator[str]:
    """The addresses of the feeds that are read, some at a time, in the desk's order."""
    yield from live_feeds().order_by("outlet__position", "pk").values_list("url", flat=True).iterator(chunk_size=20)


def silent(now: datetime) -> list[Silent]:
    """The outlets from which nothing new came for a day and three times their usual gap, longest silence first (P40)."""
    heard = live_feeds().filter(last_change_at__gte=now - SILENT_AFTER, polls__gt=0).values("outlet_id")
    asked = live_feeds().filter(polls__gt=0).exclude(outlet_id__in=heard).values("outlet__slug", "outlet__name")
    told = asked.annotate(latest=Max("last_change_at"), gap=Min("gap_median", filter=Q(gap_median__gt=timedelta())))
    found = []
    for slug, name, latest, gap in told.values_list("outlet__slug", "outlet__name", "latest", "gap").order_by():
        if latest is None or now - latest > max(SILENT_AFTER, 3 * (gap or timedelta())):
            found.append(Silent(slug, name, latest))
    return sorted(found, key=lambda one: (one.since is not None, one.since, one.name))


def without_article(start: datetime, end: datetime) -> list[Silent]:
    """The enabled outlets that brought no article between two moments."""
    heard = models.Article.objects.filter(discovered_at__gte=start, discovered_at__lt=end).values("outlet_id")
    rows = models.Outlet.objects.filter(enabled=True, archived_at=None).exclude(pk__in=heard).order_by("position", "pk")
    return [Silent(slug, name, None) for slug, name in rows.values_list("slug", "name")]


def _told(stories: set[int]) -> dict[int, list[Told]]:
    columns = (
        "story_id", "outlet__slug", "outlet__name", "language", "title", "outlet__weight", "copy_of_id", "published_at", "discovered_at"
    )  # fmt: skip
    rows = models.Article.objects.filter(story_id__in=stories).values_list(*columns)
    ordered = sorted(rows, key=lambda row: (min(row[7] or row[8], row[8]), row[1]))
    found: dict[int, list[Told]] = {}
    for story, _slug, name, language, title, weight, copy, _published, seen in ordered:
        found.setdefault(story, []).append(Told(name, language, title, weight, copy is not None, seen))
    return found


def card(lead: models.Lead, articles: list[Told]) -> Card:
    """A lead as its card; `articles` in first-seen order."""
    first: dict[tuple[str, str], Told] = {}
    best: dict[str, Told] = {}
    for one in articles:
        first.setdefault((one.outlet, one.language), one)
        rival = best.get(one.language)
        if rival is None or (one.copy, -one.weight) < (rival.copy, -rival.weight):
            best[one.language] = one
    return Card(
        id=str(lead.uuid),
        story=str(lead.story.uuid),
        section=lead.section,
        status=lead.status,
        headline=lead.headline,
        headline_language=lead.headline_language,
        score=lead.score,
        components=lead.components,
        reasons=tuple(str(reason) for reason in (*lead.reasons, lead.place_why) if reason),
        themes=tuple(theme_id(theme) for theme in lead.themes),
        outlets=lead.outlets,
        countries=lead.countries,
        languages=tuple(lead.languages),
        articles=lead.articles,
        newest_at=lead.newest_at,
        queued_at=lead.queued_at,
        claimed_by=name_of(lead.claimed_by),
        claimed_until=lead.claimed_until,
        told=tuple(first.values()),
        titles={language: one.title for language, one in best.items() if language and one.title},
        claimer=str(lead.claimed_by.uuid) if lead.claimed_by else "",
        snoozed_until=lead.snoozed_until,
        seen=tuple(one.seen_at for one in articles if one.seen_at),
        pinned=lead.pinned,
    )


def theme_id(theme: object) -> str:
    """The id of a theme stored as an id or as an object with its score."""
    return str(theme.get("theme") or theme.get("id") or "") if isinstance(theme, dict) else str(theme)


def name_of(person: models.Person | None) -> str:
    """A person's name as others read it, or their address when they have none; "" for the machine."""
    if person is None:
        return ""
    return f"{person.given_name} {person.family_name}".strip() or person.email
