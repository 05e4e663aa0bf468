"""What becomes of a message after each thing that can happen to it: the outbox's state machine (docs/reliability.md, The outbox).

A message is never sent twice by our doing unless the server fell silent after the final dot, and never lost: every event leads to a
state a person can see. Reasons are `code` or `code: the server's words`; web/outbox_words.py says them in English and French.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.records import Accepted, Broken, MailOutcome, MessageNext, Refused

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Waits between tries of one message; the last one repeats until the message is too old."""
LIVES: Mapping[str, timedelta] = {
    "alert": timedelta(hours=24),  # an expired alert is told in the next digest
    "digest": timedelta(hours=6),
    "edition": timedelta(days=2),
    "invite": timedelta(days=3),  # as long as the link in it
    "reset": timedelta(hours=1),  # as long as the link in it
    "test": timedelta(hours=1),
    "notice": timedelta(hours=24),
}
"""How long a message of each kind is worth sending."""
REPEATED_ONCE = frozenset({"alert", "invite", "reset", "notice"})
"""Kinds sent once more when it is not known whether they arrived: a second copy, with the same Message-ID, harms less than none."""
REPEAT_AFTER = timedelta(minutes=15)

LINE_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Waits between connections after the first, second, third failure in a row; the last one repeats: six tries in the first hour (F-19)."""
LINE_BROKEN_AFTER = 5
"""Failures in a row after which the queue is paused: people are told, and one message at a time tries whether it goes again."""
A_MINUTE = 60
"""Messages handed over within any minute."""

REFUSED_DAYS = 3
"""Different days on which an address was refused for good before no more mail goes there."""
_NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.1\b")
_TOO_LARGE = re.compile(r"\b5\.(?:3\.4|2\.3)\b")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the next step of a message depends on: its kind, how often it was deferred and uncertain since a person last acted on it."""

    kind: str
    deferred: int
    uncertain: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """The connection to the mail server: failures in a row, since when, why, and before when no new one is made (UTC)."""

    failures: int = 0
    since: datetime | None = None
    not_before: datetime | None = None
    why: str = ""

    @property
    def broken(self) -> bool:
        """Whether the queue is paused and people are told."""
        return self.failures >= LINE_BROKEN_AFTER


def after(outcome: MailOutcome, standing: Standing, now: datetime, *, at_least_once: bool = False) -> MessageNext:
    """Where a message goes after it was tried; `at_least_once` repeats every kind once when it is not known whether it arrived."""
    if isinstance(outcome, Accepted):
        return MessageNext("sent", None, f"accepted: {outcome.queue_id}" if outcome.queue_id else "accepted")
    if isinstance(outcome, Broken):
        if outcome.stage == "end":
            return _uncertain("silent-after-end", outcome.why, standing, now, at_least_once)
        return _deferred(f"no-{outcome.stage}" if outcome.stage in _SETTING_UP else "cut-before-end", outcome.why, standing, now)
    said = f"{outcome.code} {outcome.reply}".strip()
    if outcome.code == 421:
        return _deferred("server-closes", said, standing, now)
    if outcome.stage in _SETTING_UP:
        return _deferred(f"no-{outcome.stage}", said, standing, now)
    if outcome.code < 500:
        return _deferred("later", said, standing, now)
    if outcome.stage == "sender" and not _TOO_LARGE.search(outcome.reply) and outcome.code != 552:
        return _deferred("sender-refused", said, standing, now)  # the desk's own address: a setting to mend, no fault of the message
    return MessageNext("failed", None, f"{'address' if outcome.stage == 'recipient' else 'message'}-refused: {said}")


def after_a_crash(standing: Standing, now: datetime, *, at_least_once: bool = False) -> MessageNext:
    """Where a message goes whose worker ended between the final dot and writing down the answer."""
    return _uncertain("worker-ended", "", standing, now, at_least_once)


def expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a message is too old to be sent."""
    return expires_at is not None and expires_at <= now


def lives_until(kind: str, now: datetime) -> datetime:
    """Until when a message of this kind, made now, is worth sending."""
    return now + LIVES.get(kind, timedelta(hours=24))


def refuses_address(outcome: MailOutcome) -> bool:
    """Whether the server refused the recipient for good (5xx to RCPT)."""
    return isinstance(outcome, Refused) and outcome.stage == "recipient" and 500 <= outcome.code < 600


def refuses_for_ever(outcome: MailOutcome) -> bool:
    """Whether it said that there is no such address (5.1.1): no more mail goes there at once."""
    return refuses_address(outcome) and isinstance(outcome, Refused) and bool(_NO_SUCH_ADDRESS.search(outcome.reply))


def suppressed(refusals: int, *, final: bool) -> bool:
    """Whether no more mail goes to an address that was refused on so many different days; `final` once it does not exist."""
    return final or refusals >= REFUSED_DAYS


def line_after(outcome: MailOutcome, line: Line, now: datetime) -> Line:
    """The line after one message was tried: whole after any answer about the message itself, one failure more otherwise."""
    if isinstance(outcome, Accepted) or not _line_fails(outcome):
        return Line()
    why = outcome.why if isinstance(outcome, Broken) else f"{outcome.code} {outcome.reply}".strip()
    wait = LINE_WAITS[min(line.failures, len(LINE_WAITS) - 1)]
    return Line(line.failures + 1, line.since or now, now + wait, f"{outcome.stage}: {why}")


_SETTING_UP = frozenset({"connect", "hello", "tls", "login"})


def _line_fails(outcome: Broken | Refused) -> bool:
    """Whether this says something about the server or our settings, so that the next message would fare the same."""
    if isinstance(outcome, Broken):
        return True
    return outcome.code == 421 or outcome.stage in _SETTING_UP or (outcome.stage == "sender" and not _TOO_LARGE.search(outcome.reply))


def _deferred(code: str, said: str, standing: Standing, now: datetime) -> MessageNext:
    due = now + BACK_OFF[min(standing.deferred, len(BACK_OFF) - 1)]
    reason = f"{code}: {said}"
    if expired(standing.expires_at, due):
        return MessageNext("expired", None, reason)
    return MessageNext("deferred", due, reason)


def _uncertain(code: str, said: str, standing: Standing, now: datetime, at_least_once: bool) -> MessageNext:
    """Once more after a quarter of an hour where a second copy does no harm; never a third time."""
    reason = f"{code}: {said}" if said else code
    due = now + REPEAT_AFTER
    again = standing.uncertain == 0 and (at_least_once or standing.kind in REPEATED_ONCE) and not expired(standing.expires_at, due)
    return MessageNext("uncertain", due if again else None, reason)
