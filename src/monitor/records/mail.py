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
