"""Alert rules: made, changed, paused, deleted and brought back; a change made on an old version is refused and told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet

from monitor.errors import UsageError
from monitor.store import mail_wishes, models
from monitor.store.again import tried_again

LONGEST_NAME = 120
MOST_OF_ONE = 200
"""Alert rules one person may have."""
MOST_CAP = 60
"""Mails an hour a rule may be allowed."""
CADENCES = ("at_once", "hourly", "daily")
KINDS = ("words", "spike")
LATE = timedelta(minutes=10)
"""How long after its time a change may still become visible: a transaction on PostgreSQL commits after it took its time."""
Outcome = Literal["done", "gone", "changed"]
"""What came of a change: done; no such rule of theirs; somebody else changed it in the meantime."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule says; `query` is the canonical form, `written` what was typed. Of a spike rule `theme` and `country` may be ""."""

    name: str
    query: str = ""
    written: str = ""
    kind: str = "words"
    theme: str = ""
    country: str = ""
    whole_desk: bool = False
    cadence: str = "at_once"
    cap: int = 6

    def columns(self) -> dict[str, Any]:
        """As the table has it; raises UsageError for what no rule can say."""
        name = self.name.strip()[:LONGEST_NAME]
        if not name:
            raise UsageError("An alert needs a name.")
        if self.cadence not in CADENCES or self.kind not in KINDS:
            raise UsageError(f"An alert tells {', '.join(CADENCES)}, of {' or '.join(KINDS)}.")
        if not 1 <= self.cap <= MOST_CAP:
            raise UsageError(f"Between 1 and {MOST_CAP} mails an hour are possible.")
        if self.kind == "words" and not self.query:
            raise UsageError("An alert on words needs a query.")
        words = {"query": self.query, "written": self.written[:2000]} if self.kind == "words" else {"query": "", "written": ""}
        spike = {"theme": self.theme, "country": self.country} if self.kind == "spike" else {"theme": "", "country": ""}
        told = {"name": name, "kind": self.kind, "whole_desk": self.whole_desk, "cadence": self.cadence, "cap": self.cap}
        return told | words | spike


class Rule(NamedTuple):
    """A rule as the index of waiting queries knows it; `active` False: take it out."""

    key: int
    version: int
    query: str
    active: bool
    matches_from: datetime
    changed_at: datetime


@tried_again
def make(person: models.Person, wanted: Wanted, now: datetime) -> str:
    """A new rule; returns its id. Raises UsageError when something is missing or there are too many."""
    columns = wanted.columns()
    if models.AlertRule.objects.filter(owner=person, deleted_at=None).count() >= MOST_OF_ONE:
        raise UsageError(f"At most {MOST_OF_ONE} alerts can be kept; delete some first.")
    row = models.AlertRule.objects.create(owner=person, made_at=now, changed_at=now, matches_from=now, **columns)
    return str(row.uuid)


@tried_again
def change(person: models.Person, rule: uuid.UUID, version: int, wanted: Wanted, now: datetime, *, desk: bool) -> Outcome:
    """Change a rule; with `desk` those of the whole desk too. Another query begins anew: what was found before does not alert."""
    columns = wanted.columns()
    with transaction.atomic():
        row = _theirs(person, rule, desk=desk).filter(version=version).first()
        if row is not None and any(getattr(row, name) != columns[name] for name in ("kind", "query", "theme", "country")):
            columns["matches_from"] = now
        return _changed(_theirs(person, rule, desk=desk), version, columns, now)


@tried_again
def pause(person: models.Person, rule: uuid.UUID, version: int, now: datetime, *, desk: bool) -> Outcome:
    """Let a rule rest; what was due by it is told to nobody."""
    return _changed(_theirs(person, rule, desk=desk), version, {"paused_at": now}, now)


@tried_again
def resume(person: models.Person, rule: uuid.UUID, version: int, now: datetime, *, desk: bool) -> Outcome:
    """Let a rule go on; what was found meanwhile does not alert."""
    return _changed(_theirs(person, rule, desk=desk), version, {"paused_at": None, "matches_from": now}, now)


@tried_again
def delete(person: models.Person, rule: uuid.UUID, version: int, now: datetime, *, desk: bool) -> Outcome:
    """Delete a rule; it can be brought back."""
    return _changed(_theirs(person, rule, desk=desk), version, {"deleted_at": now}, now)


@tried_again
def restore(person: models.Person, rule: uuid.UUID, now: datetime, *, desk: bool) -> Outcome:
    """Bring a deleted rule back; doing it twice is harmless. What was found meanwhile does not alert."""
    rows = models.AlertRule.objects.filter(_of(person, desk=desk), uuid=rule)
    rows.filter(~Q(deleted_at=None)).update(deleted_at=None, version=F("version") + 1, changed_at=now, matches_from=now)
    return "done" if rows.exists() else "gone"


@tried_again
def leave(rule: uuid.UUID, person: models.Person, now: datetime) -> bool:
    """Tell a person no more by a rule, nor what waits by it; everybody else still is. False when they are not told by such a rule."""
    row = models.AlertRule.objects.filter(Q(owner=person) | Q(whole_desk=True), uuid=rule, deleted_at=None).first()
    if row is None:
        return False
    mail_wishes.stop(mail_wishes.Subscription(f"alert:{row.uuid}", row.name, person.language, on=True, person=person), now)
    return True


@tried_again
def join(rule: uuid.UUID, person: models.Person) -> bool:
    """Tell a person again by a rule they had left; False when there is no such rule for them."""
    models.AlertLeft.objects.filter(rule__uuid=rule, person=person).delete()
    return models.AlertRule.objects.filter(Q(owner=person) | Q(whole_desk=True), uuid=rule, deleted_at=None).exists()


def changed_since(moment: datetime | None) -> list[Rule]:
    """The rules that changed since about a moment (None: all that are active), in the order of their changes; active ones ask for words."""
    rows = models.AlertRule.objects.all()
    rows = rows.filter(deleted_at=None, paused_at=None) if moment is None else rows.filter(changed_at__gte=moment - LATE)
    columns = ("pk", "version", "query", "kind", "deleted_at", "paused_at", "matches_from", "changed_at")
    return [
        Rule(key, version, query, kind == "words" and deleted is None and paused is None, since, changed)
        for key, version, query, kind, deleted, paused, since, changed in rows.order_by("changed_at", "pk").values_list(*columns)
    ]


def spike_rules(pairs: Sequence[tuple[str, str]], now: datetime) -> list[tuple[int, str, str]]:
    """The active spike rules that ask for one of these pairs of theme and country: row, theme, country ("" any)."""
    rows = models.AlertRule.objects.filter(kind="spike", deleted_at=None, paused_at=None, matches_from__lte=now)
    themes, countries = {"", *(theme for theme, _ in pairs)}, {"", *(country for _, country in pairs)}
    return list(rows.filter(theme__in=themes, country__in=countries).order_by("pk").values_list("pk", "theme", "country"))


def _of(person: models.Person, *, desk: bool) -> Q:
    return Q(owner=person, whole_desk=False) | Q(whole_desk=True) if desk else Q(owner=person, whole_desk=False)


def _theirs(person: models.Person, rule: uuid.UUID, *, desk: bool) -> QuerySet[models.AlertRule]:
    return models.AlertRule.objects.filter(_of(person, desk=desk), uuid=rule, deleted_at=None)


def _changed(rows: QuerySet[models.AlertRule], version: int, values: dict[str, Any], now: datetime) -> Outcome:
    """Compare and swap on the version."""
    if rows.filter(version=version).update(version=F("version") + 1, changed_at=now, **values):
        return "done"
    return "changed" if rows.exists() else "gone"
