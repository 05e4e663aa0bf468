"""What an admin must know about mail wherever they are: it is broken, or held; read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.pipeline.outbox import LINE_BROKEN_AFTER
from monitor.store.mail_line import HELD, LINE
from monitor.store.models import DeskFact


@dataclass(frozen=True, slots=True)
class MailTrouble:
    """`kind` is "broken" or "held"; since when, and why as kept: `stage: the server's words`, or "restored", "admin"."""

    kind: str
    since: datetime | None
    why: str


def trouble() -> MailTrouble | None:
    """What keeps mail from leaving, if it should; what is held comes first."""
    kept = {row.name: dict(row.value) for row in DeskFact.objects.filter(name__in=(HELD, LINE))}
    held, line = kept.get(HELD, {}), kept.get(LINE, {})
    if held.get("why"):
        return MailTrouble("held", _moment(held.get("since")), str(held["why"]))
    if int(line.get("failures") or 0) >= LINE_BROKEN_AFTER:
        return MailTrouble("broken", _moment(line.get("since")), str(line.get("why", "")))
    return None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
