"""Hand over what waits in the outbox: one connection, one message at a time, each result written down before the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.pipeline import outbox as rules
from monitor.ports import Clock, Mailer
from monitor.records import Accepted, Broken, MailOutcome, MessageNext
from monitor.store import mail_line, outbox, periodic

FREE = datetime(2000, 1, 1, tzinfo=UTC)
"""The due date of the line while nobody has it: in the past even for a clock that is set back."""
AT_MOST = timedelta(minutes=5)
"""How long one run goes on; its claim of the line lives ten minutes, a message's wait for an answer three."""


@dataclass(frozen=True, slots=True)
class Post:
    """What the flow needs: no `mailer` while no server is set, and then messages stay in the outbox."""

    clock: Clock
    mailer: Mailer | None
    sender: str
    worker: str
    stop: Callable[[], bool] = lambda: False
    a_minute: int = rules.A_MINUTE
    begins: Callable[[], None] = lambda: None  # called before the first message of a run is handed over


@dataclass(slots=True)
class Run:
    """One run: what became of messages, by state, and how many may still go within this minute."""

    post: Post
    line: rules.Line
    room: int
    at_least_once: bool
    became: Counter[str] = field(default_factory=Counter)


def send_mail(post: Post) -> Counter[str]:
    """Hand over what is due while the server takes it; how many messages came into which state."""
    now = post.clock.now()
    expired = Counter({"expired": count} if (count := outbox.expire(now)) else {})
    if post.mailer is None or mail_line.held() or not outbox.something_due(now):
        return expired
    line = mail_line.line()
    if _rests(line, now):
        return expired
    periodic.ensure({outbox.LINE_JOB: FREE})
    token = periodic.claim(outbox.LINE_JOB, now, worker=post.worker)
    if not token:
        return expired  # another worker has the line
    try:
        post.begins()
        room = post.a_minute - outbox.handed_since(now - timedelta(minutes=1))
        run = Run(post, line, room, mail_line.at_least_once(), expired)
        while run.room > 0 and not post.stop() and post.clock.now() < now + AT_MOST and _next(run, post.mailer):
            pass
    finally:
        post.mailer.close()
        periodic.finish(outbox.LINE_JOB, token, post.clock.now(), next_at=FREE)
    return run.became


def in_words(became: Counter[str]) -> str:
    """`3 messages sent, 1 messages deferred`, or nothing."""
    return ", ".join(f"{count} messages {state}" for state, count in became.items() if count)


def _next(run: Run, mailer: Mailer) -> bool:
    """Take one message through; False when none is due or the line must rest."""
    post = run.post
    now = post.clock.now()
    message = outbox.claim(now, post.worker)
    if message is None:
        return False
    if (without := _without_sending(message, now, run)) is not None:
        run.became[without.state] += outbox.settle(message, without, now)
        return True
    marked: list[bool] = []

    def before_dot() -> bool:
        marked.append(outbox.mark_handed(message, post.clock.now()))
        return marked[0]

    outcome = mailer.send(post.sender, message.recipient, message.raw, before_dot=before_dot)
    if marked == [False]:
        return True  # cancelled or taken over meanwhile; the server threw away what it had
    if not marked and isinstance(outcome, Broken) and post.stop():
        outbox.leave(message, post.clock.now())
        return False
    return _result(run, message, outcome)


def _without_sending(message: outbox.InHand, now: datetime, run: Run) -> MessageNext | None:
    """Where a message goes that is not handed over now: its worker ended, it is too old, its address takes no mail."""
    if message.state == "handed":
        return rules.after_a_crash(message.standing, now, at_least_once=run.at_least_once)
    if rules.expired(message.standing.expires_at, now):
        return MessageNext("uncertain" if message.state == "uncertain" else "expired", None, "too-old")
    if outbox.is_suppressed(message.recipient):
        return MessageNext("suppressed", None, "address-suppressed")
    return None


def _result(run: Run, message: outbox.InHand, outcome: MailOutcome) -> bool:
    """Write down what the server did: the message, the address, the line. False when the line must rest."""
    now = run.post.clock.now()
    then = rules.after(outcome, message.standing, now, at_least_once=run.at_least_once)
    queue_id = outcome.queue_id if isinstance(outcome, Accepted) else ""
    run.became[then.state] += outbox.settle(message, then, now, queue_id=queue_id)
    run.room -= 1
    if isinstance(outcome, Accepted):
        outbox.forget_refusals(message.recipient, now)
    elif rules.refuses_address(outcome):
        outbox.note_refusal(message.recipient, now, final=rules.refuses_for_ever(outcome), note=then.reason)
    line = rules.line_after(outcome, run.line, now)
    if line != run.line:
        mail_line.set_line(line, now)
        run.line = line
    return not _rests(line, now)


def _rests(line: rules.Line, now: datetime) -> bool:
    """Whether no connection is made yet; a moment too far ahead was written by a clock that has been set back since (F-20)."""
    return line.not_before is not None and now < line.not_before <= now + max(rules.LINE_WAITS)
