"""One unit of work on the database, tried again when the database was only busy, restarted or chose us in a deadlock (F-08, F-12, F-16)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

Params = ParamSpec("Params")
Result = TypeVar("Result")

TRIES = 4
"""A locked SQLite file is waited for five seconds each time (its busy timeout), so twenty seconds in all."""
FIRST_REST = 0.2
"""Seconds before the second try; each further rest is four times as long, so a PostgreSQL restart of four seconds is outlived."""

log = logging.getLogger("monitor.store")


def tried_again(unit: Callable[Params, Result]) -> Callable[Params, Result]:
    """Try a unit again after a passing failure of the database; it must be one transaction, harmless to repeat by its keys and tokens.

    Inside somebody else's transaction the failure is theirs: half a transaction is never repeated.
    """

    @wraps(unit)
    def trying(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        rest = FIRST_REST
        for _ in range(TRIES - 1):
            try:
                return unit(*args, **kwargs)
            except (OperationalError, InterfaceError) as passing:
                if connection.in_atomic_block:
                    raise
                log.warning("the database was not ready (%s); trying again", str(passing).strip()[:200])
                connection.close_if_unusable_or_obsolete()
                time.sleep(rest)
                rest *= 4
        return unit(*args, **kwargs)

    return trying
