"""Housekeeping: texts leave when their time is over, old rows go, the journal is written back."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.flows.kit import Kit
from monitor.store import keeping, search_index

TEXT_KEPT = timedelta(days=30)
RESERVED_TEXT_KEPT = timedelta(hours=24)
METADATA_KEPT = timedelta(days=730)
MOST_INDEXED = 20_000
"""Articles of before the search index that one night takes in (two minutes or so)."""


def prune(kit: Kit) -> str:
    """Drop what retention says its time is over for; what the search index lacks is put into it."""
    told = prune_at(kit.clock.now(), dry_run=False)
    indexed = 0
    while indexed < MOST_INDEXED and not kit.stop() and (more := search_index.index_missing()):
        indexed += more
    return f"{told}, {indexed} indexed" if indexed else told


def prune_at(now: datetime, *, dry_run: bool) -> str:
    """Drop what is over at `now`, or only count it; says what went."""
    counts = keeping.prune(now, text=now - TEXT_KEPT, reserved=now - RESERVED_TEXT_KEPT, metadata=now - METADATA_KEPT, dry_run=dry_run)
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing to prune"


def checkpoint() -> None:
    """Write SQLite's journal back into the database without holding anybody up."""
    keeping.checkpoint()
