"""Count what each outlet brings and judge every one anew: the source doctor's round."""

from __future__ import annotations

from datetime import timedelta

from monitor.flows.kit import Kit
from monitor.store import outlet_checks

RECOUNT_AFTER = timedelta(minutes=55)


def check_outlets(kit: Kit) -> int:
    """Judge every outlet by its feeds as they are now, and count its articles anew once an hour; returns how many were written."""
    return outlet_checks.recount_if_old(kit.clock.now(), RECOUNT_AFTER)
