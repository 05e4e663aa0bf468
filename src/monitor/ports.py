"""What tests replace, and nothing else: the fetcher, the mailer and the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.records import Ask, Outcome


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; returns early when the process is asked to stop."""


class Fetcher(Protocol):
    """Asks one address politely and says what came back; never raises for what the outside does."""

    def fetch(self, ask: Ask) -> Outcome:
        """One request with its redirects, within every limit of docs/polling.md."""


class Mailer(Protocol):
    """Hands one finished message to a mail server."""

    def send(self, sender: str, recipient: str, message: bytes) -> str:
        """Deliver and return the server's queue id."""
