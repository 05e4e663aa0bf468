"""What holds for all mail at once: the state of the line to the server, whether mail is held, what the admin chose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.pipeline.outbox import Line
from monitor.store import periodic

LINE = "mail line"
HELD = "mail held"
POLICY = "mail policy"


def line() -> Line:
    """The connection to the mail server as the last tries found it."""
    kept: dict[str, Any] = periodic.fact(LINE)
    if not kept.get("failures"):
        return Line()
    return Line(int(kept["failures"]), _moment(kept.get("since")), _moment(kept.get("not_before")), str(kept.get("why", "")))


def set_line(found: Line, now: datetime) -> None:
    """Keep the state of the connection."""
    since, not_before = (moment.isoformat() if moment else "" for moment in (found.since, found.not_before))
    periodic.set_fact(LINE, {"failures": found.failures, "since": since, "not_before": not_before, "why": found.why[:300]}, now)


def held() -> tuple[datetime | None, str] | None:
    """Since when and why no mail leaves until an admin resumes it; None when mail is not held."""
    kept: dict[str, Any] = periodic.fact(HELD)
    return (_moment(kept.get("since")), str(kept.get("why", ""))) if kept.get("why") else None


def hold(why: str, now: datetime) -> None:
    """Let no mail leave from now on: `why` is "restored" or "admin"."""
    periodic.set_fact(HELD, {"why": why, "since": now.isoformat()}, now)


def let_go(now: datetime) -> None:
    """Let mail leave again, and the line be tried at once."""
    periodic.set_fact(HELD, {}, now)
    set_line(Line(), now)


def at_least_once() -> bool:
    """Whether a message of any kind is sent once more when it is not known whether it arrived."""
    return bool(periodic.fact(POLICY).get("at_least_once"))


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
