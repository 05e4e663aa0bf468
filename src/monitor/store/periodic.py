"""The timetable's rows: which periodic work is due, and when it last succeeded."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import Error
from django.db.models import Q

from monitor.store import due, models

LEASE = timedelta(minutes=10)


def ensure(names: Mapping[str, datetime]) -> None:
    """Make sure each job of the timetable has its row, first due at the moment given."""
    present = set(models.Periodic.objects.values_list("name", flat=True))
    missing = [models.Periodic(name=name, due_at=at) for name, at in names.items() if name not in present]
    models.Periodic.objects.bulk_create(missing, ignore_conflicts=True)


def claim(name: str, now: datetime, *, worker: str) -> str:
    """Claim one job if it is due; returns the token, or "" when it is not due or somebody else has it."""
    models.Periodic.objects.filter(name=name, attempts__gte=due.GIVE_UP_AFTER).update(attempts=0)  # the timetable gives nothing up
    token, keys = due.claim(models.Periodic, now, limit=1, lease=LEASE, worker=worker, where=Q(name=name))
    return token if keys else ""


def finish(name: str, token: str, now: datetime, *, next_at: datetime, summary: str = "") -> bool:
    """Record a success and when the job is due again."""
    return (
        models.Periodic.objects.filter(name=name, claim_token=token).update(
            claim_token="", attempts=0, last_error="", due_at=next_at, last_success_at=now, last_summary=summary[:500]
        )
        == 1
    )


def failed(name: str, token: str, now: datetime, *, next_at: datetime, reason: str) -> bool:
    """Record a failure; the job is tried again at `next_at`."""
    changes = {"claim_token": "", "due_at": next_at, "last_error": reason[:500], "failed_at": now}
    return models.Periodic.objects.filter(name=name, claim_token=token).update(**changes) == 1


def did(name: str, now: datetime, summary: str) -> None:
    """Record that a job whose rows fall due one by one has done something; its own row is never due."""
    _note(name, last_success_at=now, last_summary=summary[:500], last_error="")


def broke(name: str, now: datetime, reason: str) -> None:
    """Record that such a job broke; it looks again at its next tick. Nothing is raised: the database may be what broke it."""
    with suppress(Error):
        _note(name, failed_at=now, last_error=reason[:500])


def _note(name: str, **values: object) -> None:
    if not models.Periodic.objects.filter(name=name).update(**values):
        models.Periodic.objects.bulk_create([models.Periodic(name=name, **values)], ignore_conflicts=True)


def fact(name: str) -> dict[str, object]:
    """A small fact about this installation, or an empty mapping."""
    row = models.DeskFact.objects.filter(name=name).first()
    return dict(row.value) if row else {}


def set_fact(name: str, value: Mapping[str, object], now: datetime) -> None:
    """Keep a small fact about this installation."""
    models.DeskFact.objects.update_or_create(name=name, defaults={"value": dict(value), "changed_at": now})
