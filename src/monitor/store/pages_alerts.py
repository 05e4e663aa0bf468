"""What the pages of alerts show: the rules a person sees with what they met lately, one rule to be changed, the stories they muted."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from monitor.store import models

LATELY = timedelta(days=30)
MOST_MUTED = 50
LAST = 3
"""Stories shown for each rule."""


class LastMet(NamedTuple):
    """A story a rule met lately: what it is called, in which language, when."""

    story: str
    headline: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as it is listed; `stories` it met in the last thirty days, `last` the newest of them, `left` that the reader left it."""

    id: str
    name: str
    kind: str
    query: str
    written: str
    theme: str
    country: str
    whole_desk: bool
    cadence: str
    cap: int
    version: int
    own: bool
    owner: str
    paused: bool
    left: bool
    changed_at: datetime
    stories: int = 0
    last: tuple[LastMet, ...] = ()


@dataclass(frozen=True, slots=True)
class MutedStory:
    """A story a person wants to hear no more of."""

    story: str
    headline: str
    language: str
    at: datetime


def rules(person: models.Person, now: datetime, left: Collection[str] = ()) -> list[RuleLine]:
    """A person's own rules and those of the whole desk, by name, with those (by id) they left; four queries whatever their number."""
    rows = list(_seen_by(person).filter(deleted_at=None).select_related("owner").order_by("name", "pk"))
    return _lines(rows, person, now, left)


def rule(person: models.Person, rule_id: uuid.UUID, now: datetime, *, deleted: bool = False) -> RuleLine | None:
    """One rule that a person sees, or None."""
    rows = list(_seen_by(person).filter(uuid=rule_id, deleted_at__isnull=not deleted).select_related("owner"))
    return _lines(rows, person, now)[0] if rows else None


def _seen_by(person: models.Person) -> QuerySet[models.AlertRule]:
    return models.AlertRule.objects.filter(Q(owner=person) | Q(whole_desk=True))


def _lines(rows: Sequence[models.AlertRule], person: models.Person | None, now: datetime, left: Collection[str] = ()) -> list[RuleLine]:
    keys = [row.pk for row in rows]
    met = models.Alert.objects.filter(rule_id__in=keys, made_at__gte=now - LATELY).exclude(kind="more")
    counts = dict(met.values_list("rule_id").annotate(n=Count("pk")).order_by())
    last = _last(keys)
    return [_line(row, person, counts.get(row.pk, 0), last.get(row.pk, ()), left=str(row.uuid) in left) for row in rows]


def _line(row: models.AlertRule, person: models.Person | None, stories: int, last: Sequence[LastMet], *, left: bool) -> RuleLine:
    owner = f"{row.owner.given_name} {row.owner.family_name}".strip() or row.owner.email
    return RuleLine(
        id=str(row.uuid),
        name=row.name,
        kind=row.kind,
        query=row.query,
        written=row.written,
        theme=row.theme,
        country=row.country,
        whole_desk=row.whole_desk,
        cadence=row.cadence,
        cap=row.cap,
        version=row.version,
        own=person is not None and row.owner_id == person.pk,
        owner=owner,
        paused=row.paused_at is not None,
        left=left,
        changed_at=row.changed_at,
        stories=stories,
        last=tuple(last),
    )


def _last(keys: Collection[int]) -> dict[int, list[LastMet]]:
    """The newest stories each rule met."""
    number = Window(RowNumber(), partition_by=F("rule_id"), order_by=[F("made_at").desc(), F("pk").desc()])
    newest = models.Alert.objects.filter(rule_id__in=keys).exclude(kind="more").annotate(number=number).filter(number__lte=LAST)
    rows = list(newest.select_related("story").order_by("-made_at", "-pk"))
    headlines = _headlines([row.pk for row in rows])
    found: dict[int, list[LastMet]] = {}
    for row in rows:
        headline, language = headlines.get(row.pk, ("", ""))
        found.setdefault(row.rule_id, []).append(LastMet(str(row.story.uuid), headline, language, row.made_at))
    return found


def _headlines(alerts: Collection[int]) -> dict[int, tuple[str, str]]:
    """The headline of the first article of each alert."""
    found: dict[int, tuple[str, str]] = {}
    rows = models.AlertMatch.objects.filter(alert_id__in=alerts).order_by("article__discovered_at", "article_id")
    for alert, title, language in rows.values_list("alert_id", "article__title", "article__language"):
        found.setdefault(alert, (title, language))
    return found


def muted(person: models.Person) -> list[MutedStory]:
    """The stories a person muted, the latest first."""
    first = models.Article.objects.filter(story=OuterRef("story")).order_by("discovered_at", "pk")
    rows = models.StoryMute.objects.filter(person=person, story__merged_into=None)
    rows = rows.annotate(title=Subquery(first.values("title")[:1]), language=Subquery(first.values("language")[:1]))
    found = rows.order_by("-at", "-pk").values_list("story__uuid", "title", "language", "at")[:MOST_MUTED]
    return [MutedStory(str(story), title or "", language or "", at) for story, title, language, at in found]


def standing(person: models.Person, story: uuid.UUID) -> tuple[bool, bool]:
    """Whether a person muted a story, and whether an alert they see has met it."""
    met = models.Alert.objects.filter(Q(rule__owner=person) | Q(rule__whole_desk=True), story__uuid=story, rule__deleted_at=None)
    return models.StoryMute.objects.filter(person=person, story__uuid=story).exists(), met.exists()


def readers() -> int:
    """How many people work here who take alerts by mail."""
    return models.Person.objects.filter(is_active=True).exclude(mail_wishes__alerts=False).count()


def rules_json(now: datetime) -> Iterator[dict[str, Any]]:
    """Every rule that was not deleted, as the product lists it."""
    rows = list(models.AlertRule.objects.filter(deleted_at=None).select_related("owner").order_by("name", "pk"))
    for line in _lines(rows, None, now):
        told = {"id": line.id, "name": line.name, "owner": line.owner, "whole_desk": line.whole_desk, "kind": line.kind}
        told |= {"query": line.query, "theme": line.theme, "country": line.country, "cadence": line.cadence, "cap": line.cap}
        last = line.last[0].at.isoformat() if line.last else None
        yield told | {"state": "paused" if line.paused else "on", "stories_30_days": line.stories, "last_match": last}
