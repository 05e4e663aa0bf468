"""Claims on rows that fall due: compare-and-swap on the due date, finish on the token.

Works alike on SQLite and PostgreSQL and needs no lock: a claim is one UPDATE that moves `due_at` from the past to the end of the
lease, so whoever comes second finds nothing due; a finish counts the rows that still carry its token. A killed worker's claim lapses
by itself; on one machine `store/workers.py` lets a successor release it at once.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

from monitor.store.again import tried_again
from monitor.store.models.work import DueRow

GIVE_UP_AFTER = 5
"""Attempts after which a row is given up and shown to people with a retry button."""

Row = TypeVar("Row", bound=DueRow)


@tried_again
def claim(
    model: type[Row], now: datetime, *, limit: int, lease: timedelta, worker: str, where: Q | None = None, first: str = "due_at"
) -> tuple[str, list[Any]]:
    """Claim up to `limit` due rows; returns the fresh token and the primary keys that are now ours, by `first` (the most overdue)."""
    due = Q(due_at__lte=now, attempts__lt=GIVE_UP_AFTER) & (where if where is not None else Q())
    manager: models.Manager[Row] = model._default_manager
    wanted = list(manager.filter(due).order_by(first, "pk").values_list("pk", flat=True)[:limit])
    if not wanted:
        return "", []
    token = f"{worker}.{uuid.uuid4().hex}"
    taken = manager.filter(due, pk__in=wanted).update(due_at=now + lease, claim_token=token, attempts=F("attempts") + 1)
    if taken == len(wanted):
        return token, wanted
    ours = set(manager.filter(claim_token=token).values_list("pk", flat=True))
    return token, [pk for pk in wanted if pk in ours]


@tried_again
def finish(model: type[DueRow], pk: object, token: str, **values: object) -> bool:
    """Write the result of claimed work; False when somebody else took the row over and the result must be thrown away."""
    fields = {"claim_token": "", "attempts": 0, "last_error": ""} | values
    return model._default_manager.filter(pk=pk, claim_token=token).update(**fields) == 1


@tried_again
def hand_back(model: type[DueRow], pks: list[Any], token: str, due_at: datetime | None) -> int:
    """Release claimed rows untouched until `due_at`; the attempt does not count."""
    return model._default_manager.filter(pk__in=pks, claim_token=token).update(due_at=due_at, claim_token="", attempts=F("attempts") - 1)


@tried_again
def fail(model: type[DueRow], pk: Any, token: str, reason: str, due_at: datetime | None = None) -> bool:
    """Release claimed work that failed for a reason of our own; the attempt counts. Due at `due_at`, or when the lease would have ended."""
    changes: dict[str, object] = {"claim_token": "", "last_error": reason[:500]} | ({"due_at": due_at} if due_at else {})
    return model._default_manager.filter(pk=pk, claim_token=token).update(**changes) == 1


@tried_again
def let_go(model: type[DueRow], pks: list[Any], token: str, now: datetime) -> int:
    """Release claimed work that was cut short; the attempt counts, and only the first one makes the row due at once."""
    return _released(model._default_manager.filter(pk__in=pks, claim_token=token), now)


@tried_again
def release_of(model: type[DueRow], worker: str, now: datetime) -> int:
    """Release what an ended worker still held; returns how many rows are due at once."""
    return _released(model._default_manager.filter(claim_token__startswith=f"{worker}."), now)


def _released(held: models.QuerySet[Any], now: datetime) -> int:
    """Once at once; cut short a second time, a row waits out its lease, so that restarting in a loop is no polling in a loop (P54)."""
    at_once = held.filter(attempts__lte=1, due_at__gt=now).update(due_at=now, claim_token="")
    held.update(claim_token="")
    return at_once


def earliest(model: type[DueRow], after: datetime) -> datetime | None:
    """When the next row of this kind falls due after a moment, or None; what is due already and was not claimed is not work for us."""
    rows = model._default_manager.filter(due_at__gt=after, attempts__lt=GIVE_UP_AFTER)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()
