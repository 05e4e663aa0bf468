"""Keeping searches: saved, renamed, shared, deleted and brought back; a change made on an old version is refused and told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db.models import F, Q, QuerySet

from monitor.errors import UsageError
from monitor.store import models

LONGEST_NAME = 120
MOST_OF_ONE = 200
"""Saved searches one person may have."""
Outcome = Literal["done", "gone", "changed"]
"""What came of a change: done; no such search of theirs; somebody else changed it in the meantime."""


def keep(person: models.Person, name: str, query: str, filters: Mapping[str, str], *, shared: bool, now: datetime) -> str:
    """Save a search; returns its id. Raises UsageError when there is no name or there are too many."""
    if not name.strip():
        raise UsageError("A saved search needs a name.")
    if models.SavedSearch.objects.filter(owner=person, deleted_at=None).count() >= MOST_OF_ONE:
        raise UsageError(f"At most {MOST_OF_ONE} searches can be saved; delete some first.")
    kept = {key: value for key, value in filters.items() if value}
    row = models.SavedSearch(owner=person, name=name.strip()[:LONGEST_NAME], query=query, filters=kept, shared=shared, made_at=now)
    row.save()
    return str(row.uuid)


def change(person: models.Person, search: uuid.UUID, version: int, *, name: str, shared: bool) -> Outcome:
    """Rename or share a search of one's own; raises UsageError when there is no name."""
    if not name.strip():
        raise UsageError("A saved search needs a name.")
    values = {"name": name.strip()[:LONGEST_NAME], "shared": shared}
    return _changed(_mine(person, search), version, values)


def delete(person: models.Person, search: uuid.UUID, version: int, now: datetime) -> Outcome:
    """Delete a search of one's own; it can be brought back."""
    return _changed(_mine(person, search), version, {"deleted_at": now})


def restore(person: models.Person, search: uuid.UUID) -> Outcome:
    """Bring a deleted search back; doing it twice is harmless."""
    rows = models.SavedSearch.objects.filter(owner=person, uuid=search)
    rows.filter(~Q(deleted_at=None)).update(deleted_at=None, version=F("version") + 1)
    return "done" if rows.exists() else "gone"


def _mine(person: models.Person, search: uuid.UUID) -> QuerySet[models.SavedSearch]:
    return models.SavedSearch.objects.filter(owner=person, uuid=search, deleted_at=None)


def _changed(rows: QuerySet[models.SavedSearch], version: int, values: Mapping[str, object]) -> Outcome:
    """Compare and swap on the version."""
    if rows.filter(version=version).update(version=F("version") + 1, **values):
        return "done"
    return "changed" if rows.exists() else "gone"
