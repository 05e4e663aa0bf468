"""What travels towards a mail server: a finished letter, what became of handing it over, and what the outbox does next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MessageState = Literal["pending", "handed", "sent", "deferred", "uncertain", "failed", "expired", "suppressed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished message to one recipient: `raw` is what is handed over, byte for byte, every time."""

    kind: str
    key: str
    recipient: str
    subject: str
    message_id: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message comes from: the bare address of the envelope, the name shown, where answers go, the desk's own web address."""

    address: str
    name: str
    reply_to: str
    site: str  # public address of the desk without a slash at its end; empty: none is set, links to pages are left out


@dataclass(frozen=True, slots=True)
class MessageNext:
    """Where a message goes after an event: its state, when it is tried again (UTC; None: not by itself), and why in words."""

    state: MessageState
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a letter."""

    name: str
    media_type: str
    data: bytes


MailStage = Literal["connect", "hello", "tls", "login", "sender", "recipient", "data", "end"]
"""How far the talk with a mail server came: "end" is after the final dot, when the message may have been delivered."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message (250 after the final dot); `queue_id` is what it calls it."""

    queue_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server answered 4xx or 5xx; `reply` is its text on one line, with the enhanced code if it gave one."""

    stage: MailStage
    code: int
    reply: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection could not be made, was cut or fell silent; `why` is one plain sentence."""

    stage: MailStage
    why: str


MailOutcome = Accepted | Refused | Broken


@dataclass(frozen=True, slots=True)
class MailWish:
    """What one person wants by mail; `digest_days` are ISO weekdays (empty: every day), quiet minutes are of the desk's day (None: no
    quiet hours; from > to runs over midnight), `rules_off` are the ids of alert rules the person is not mailed by.
    """

    digest: bool = True
    digest_days: tuple[int, ...] = ()
    alerts: bool = True
    quiet_from: int | None = None
    quiet_to: int | None = None
    rules_off: frozenset[str] = frozenset()

    def takes(self, stream: str) -> bool:
        """Whether mail of a stream (digest, alerts, alert:<rule's id>) is wanted at all."""
        if stream == "digest":
            return self.digest
        kind, _sep, rule = stream.partition(":")
        return self.alerts and not (kind == "alert" and rule in self.rules_off)

    def is_quiet(self, minute: int) -> bool:
        """Whether a minute of the desk's day (0 … 1439) lies in the quiet hours; the last one does not."""
        start, end = self.quiet_from, self.quiet_to
        if start is None or end is None or start == end:
            return False
        return start <= minute < end if start < end else minute >= start or minute < end
