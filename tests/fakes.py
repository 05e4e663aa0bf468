"""The three fakes, and no others: a clock that stands until moved, a web of prepared answers, a mailbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.records import Accepted, Ask, Broken, Failed, MailOutcome, Outcome

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

Answer = Outcome | Sequence[Outcome] | Callable[[Ask], Outcome]


@dataclass
class FakeClock:
    """Stands still at `at` until it is set, advanced or slept on."""

    at: datetime = NOON
    slept: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.at += timedelta(seconds=max(0.0, seconds))

    def advance(self, by: timedelta) -> None:
        with self._lock:
            self.at += by

    def set(self, at: datetime) -> None:
        with self._lock:
            self.at = at


class FakeFetcher:
    """Answers from `web`: one outcome for ever, a list of outcomes (the last one stays), or a function of the ask.

    Every ask is kept in `asks`. An address that is not in the web does not resolve. With a clock, outcomes are stamped with its time.
    """

    def __init__(self, web: Mapping[str, Answer] | None = None, clock: FakeClock | None = None) -> None:
        self.web: dict[str, Answer] = dict(web or {})
        self.asks: list[Ask] = []
        self._clock = clock
        self._taken: dict[str, int] = {}
        self._lock = threading.Lock()

    def fetch(self, ask: Ask) -> Outcome:
        with self._lock:
            self.asks.append(ask)
            answer = self.web.get(ask.url)
            if isinstance(answer, Sequence):
                turn = self._taken.get(ask.url, 0)
                self._taken[ask.url] = turn + 1
                answer = answer[min(turn, len(answer) - 1)]
        if answer is None:
            return Failed(ask.url, "dns", f"The name in {ask.url} is not known.", self._clock.now() if self._clock else NOON)
        outcome = answer(ask) if callable(answer) else answer
        return replace(outcome, received_at=self._clock.now()) if self._clock else outcome

    def urls(self) -> list[str]:
        """The addresses asked, in order."""
        return [ask.url for ask in self.asks]


@dataclass(frozen=True)
class Mail:
    """One message handed over."""

    sender: str
    recipient: str
    message: bytes


class FakeMailer:
    """Keeps what it is given and accepts it; while `outcomes` has something, the next of them is the answer instead.

    A refusal before the dot is answered without asking `before_dot`, as a server would.
    """

    def __init__(self, *outcomes: MailOutcome) -> None:
        self.sent: list[Mail] = []
        self.tried: list[Mail] = []
        self.outcomes: list[MailOutcome] = list(outcomes)
        self.closed = 0

    def send(self, sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        mail = Mail(sender, recipient, message)
        self.tried.append(mail)
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"fake-{len(self.sent) + 1}")
        reached_the_dot = isinstance(outcome, Accepted) or outcome.stage == "end"
        if reached_the_dot and not before_dot():
            return Broken("data", "taken back")
        if isinstance(outcome, Accepted):
            self.sent.append(mail)
        return outcome

    def close(self) -> None:
        self.closed += 1
