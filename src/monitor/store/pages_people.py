"""The people of the desk as their pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from monitor.store import models
from monitor.store.models import Person
from monitor.store.people import name_of

CHANGES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person as listed; `name` is "" when they have written none, `claims` counts the leads they hold."""

    id: str
    name: str
    email: str
    role: str
    language: str
    active: bool
    has_password: bool
    joined_at: datetime
    last_seen_at: datetime | None
    reset_asked_at: datetime | None
    claims: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing done about a person; `by` is "" for a command or the person alone."""

    at: datetime
    person: str
    person_id: str
    kind: str
    note: str
    by: str


def everybody() -> tuple[PersonLine, ...]:
    """Everybody, those who may come in first, by family name, given name and address."""
    return tuple(_line(row) for row in _rows().order_by("-is_active", "family_name", "given_name", "email"))


def one(key: uuid.UUID) -> PersonLine | None:
    """One person, or None."""
    row = _rows().filter(uuid=key).first()
    return _line(row) if row is not None else None


def changes(key: uuid.UUID | None = None) -> tuple[Change, ...]:
    """What was done about people, or about one of them, newest first."""
    rows = models.PersonEvent.objects.select_related("person", "by").order_by("-at", "-pk")
    rows = rows.filter(person__uuid=key) if key else rows
    return tuple(
        Change(row.at, name_of(row.person), str(row.person.uuid), row.kind, row.note, name_of(row.by)) for row in rows[:CHANGES_SHOWN]
    )


def spoken() -> tuple[str, ...]:
    """The languages the desk's outlets write in, most outlets first."""
    rows = models.Outlet.objects.exclude(language="").values("language").annotate(n=Count("pk")).order_by("-n", "language")
    return tuple(row["language"] for row in rows)


def _rows() -> QuerySet[Person]:
    return Person.objects.annotate(held=Count("leads", filter=Q(leads__status="claimed")))


def _line(row: Person) -> PersonLine:
    return PersonLine(
        id=str(row.uuid),
        name=f"{row.given_name} {row.family_name}".strip(),
        email=row.email,
        role=row.role,
        language=row.language,
        active=row.is_active,
        has_password=row.has_usable_password(),
        joined_at=row.joined_at,
        last_seen_at=row.last_login,
        reset_asked_at=row.reset_asked_at,
        claims=getattr(row, "held", 0),
    )
