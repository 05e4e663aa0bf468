"""A count of the times mail was handed over, in the database and beside it: a database that counts less was put back to an earlier moment.

`monitor restore` holds mail by itself; this notices what other tools put back (pg_restore, a copied file, a snapshot), on any database.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from monitor.store import mail_line, periodic

FILE = "mail_mark"
FACT = "mail mark"


def step(home: Path, now: datetime) -> None:
    """Count one more, before anything is handed over; the database first, so that the file never runs ahead by itself."""
    count = _in_database() + 1
    periodic.set_fact(FACT, {"count": count}, now)
    draft = home / f".{FILE}.{os.getpid()}"
    draft.write_text(f"{count}\n", encoding="ascii")
    draft.replace(home / FILE)


def look_back(home: Path, now: datetime) -> bool:
    """Hold mail when the database counts less than the file in the home does; whether it did. An admin lets it go (F-29)."""
    seen = counted(home)
    if seen <= _in_database():
        return False
    periodic.set_fact(FACT, {"count": seen}, now)  # said once
    mail_line.hold("restored", now)
    return True


def _in_database() -> int:
    kept = periodic.fact(FACT).get("count", 0)
    return kept if isinstance(kept, int) else 0


def counted(home: Path) -> int:
    """How often mail was handed over, as the home has it; 0 when it does not say."""
    try:
        return int((home / FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
