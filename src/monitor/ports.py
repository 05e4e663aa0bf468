"""What tests replace, and nothing else: the fetcher, the mailer and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from monitor.records import Ask, MailOutcome, Outcome


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
    """Hands finished messages to a mail server, one after the other; never raises for what the server does."""

    def send(self, sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        """Hand one message over and say what came of it.

        `before_dot` is called when all but the final dot has been written; the dot follows only if it returns True.
        """

    def close(self) -> None:
        """End the connection, if there is one; what goes wrong with that is of no consequence."""
