"""Housekeeping: texts leave when their time is over, old rows go, the journal is written back."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.flows.kit import Kit
from monitor.store import keeping

TEXT_KEPT = timedelta(days=30)
RESERVED_TEXT_KEPT = timedelta(hours=24)
METADATA_KEPT = timedelta(days=730)


def prune(kit: Kit) -> str:
    """Drop what retention says its time is over for."""
    return prune_at(kit.clock.now(), dry_run=False)


def prune_at(now: datetime, *, dry_run: bool) -> str:
    """Drop what is over at `now`, or only count it; says what went."""
    counts = keeping.prune(now, text=now - TEXT_KEPT, reserved=now - RESERVED_TEXT_KEPT, metadata=now - METADATA_KEPT, dry_run=dry_run)
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing to prune"


def checkpoint() -> None:
    """Write SQLite's journal back into the database without holding anybody up."""
    keeping.checkpoint()
