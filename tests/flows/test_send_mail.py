"""What waits in the outbox is handed over once, or it is plain why not; the server is a fake, the database is real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.flows.send_mail import Post, in_words, send_mail
from monitor.pipeline.outbox import LINE_BROKEN_AFTER
from monitor.records import Accepted, Broken, Letter, MailOutcome, Refused
from monitor.store import mail_line, outbox, periodic, workers
from monitor.store.models import MailRefusal, OutboxEvent, OutboxMessage
from tests.fakes import NOON, FakeClock, FakeMailer

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LATER = Refused("recipient", 451, "4.7.1 later")
SILENT = Broken("end", "no answer")


def a_letter(number: int = 1, kind: str = "alert", recipient: str = "ana@reader.example", domain: str = "press.example") -> Letter:
    return Letter(kind, f"key {number}", recipient, f"Subject {number}", f"<{kind}.{number}@{domain}>", f"letter {number}".encode())


class Desk:
    """A post with a fake server and a clock that stands."""

    def __init__(self, *outcomes: MailOutcome, worker: str = "w") -> None:
        self.clock, self.mailer = FakeClock(), FakeMailer(*outcomes)
        self.post = Post(self.clock, self.mailer, "desk@press.example", worker)

    def keep(self, *letters: Letter) -> list[int | None]:
        return [outbox.keep(letter, self.clock.now()) for letter in letters]

    def send(self) -> dict[str, int]:
        return dict(send_mail(self.post))


def events(number: int = 1) -> list[tuple[str, str]]:
    rows = OutboxEvent.objects.filter(message__key=f"key {number}").order_by("pk")
    return list(rows.values_list("kind", "note"))


def row(number: int = 1) -> OutboxMessage:
    return OutboxMessage.objects.get(key=f"key {number}")


def test_message_is_handed_over_once_with_its_bytes() -> None:
    desk = Desk()
    desk.keep(a_letter())
    assert (desk.send(), desk.send()) == ({"sent": 1}, {})
    assert [(mail.sender, mail.recipient, mail.message) for mail in desk.mailer.sent] == [
        ("desk@press.example", "ana@reader.example", b"letter 1")
    ]
    assert (row().state, row().queue_id, row().sent_at, row().due_at) == ("sent", "fake-1", NOON, None)
    assert events() == [("made", ""), ("handed", ""), ("sent", "accepted: fake-1")]


def test_same_key_and_recipient_are_kept_once() -> None:
    desk = Desk()
    first, again, other = desk.keep(a_letter(), a_letter(), a_letter(recipient="bo@reader.example"))
    assert (first is not None, again, other is not None) == (True, None, True)


def test_message_waits_while_no_server_is_set_and_expires_then() -> None:
    desk = Desk()
    desk.keep(a_letter())
    without = Post(desk.clock, None, "press-monitor@localhost", "w")
    assert dict(send_mail(without)) == {}
    assert row().state == "pending"
    desk.clock.advance(timedelta(hours=24))
    assert dict(send_mail(without)) == {"expired": 1}
    assert (row().state, events()[-1]) == ("expired", ("expired", "too-old"))


def test_message_made_without_a_sender_never_leaves() -> None:
    desk = Desk()
    desk.keep(a_letter(domain="localhost"))
    assert desk.send() == {}
    assert (row().state, row().due_at, events()) == ("pending", None, [("made", "no-sender")])


def test_messages_go_over_one_connection_that_is_closed_in_the_end() -> None:
    desk = Desk()
    desk.keep(*map(a_letter, range(5)))
    assert desk.send() == {"sent": 5}
    assert desk.mailer.closed == 1


def test_deferred_message_comes_back_with_the_same_bytes_when_its_wait_is_over() -> None:
    desk = Desk(LATER, LATER)
    desk.keep(a_letter())
    assert desk.send() == {"deferred": 1}
    assert row().due_at == NOON + MINUTE
    desk.clock.advance(MINUTE - timedelta(seconds=1))
    assert desk.send() == {}
    desk.clock.advance(timedelta(seconds=1))
    assert desk.send() == {"deferred": 1}
    assert row().due_at == NOON + 6 * MINUTE
    desk.clock.advance(5 * MINUTE)
    assert desk.send() == {"sent": 1}
    assert {mail.message for mail in desk.mailer.tried} == {b"letter 1"}


def test_refusal_of_one_recipient_stops_no_other() -> None:
    desk = Desk(Refused("recipient", 550, "5.7.1 no"))
    desk.keep(a_letter(1, recipient="gone@reader.example"), a_letter(2))
    assert desk.send() == {"failed": 1, "sent": 1}
    assert (row(1).state, row(1).last_error, row(2).state) == ("failed", "address-refused: 550 5.7.1 no", "sent")


def test_address_that_does_not_exist_gets_no_more_mail_until_an_admin_lifts_it() -> None:
    desk = Desk(Refused("recipient", 550, "5.1.1 nobody"))
    desk.keep(a_letter(1), a_letter(2))
    assert desk.send() == {"failed": 1, "suppressed": 1}
    desk.keep(a_letter(3))
    assert (row(2).state, row(3).state, row(3).due_at) == ("suppressed", "suppressed", None)
    MailRefusal.objects.update(lifted_at=NOON)
    desk.keep(a_letter(4))
    assert desk.send() == {"sent": 1}


def test_address_refused_on_three_days_gets_no_more_mail_and_a_success_forgets_the_days() -> None:
    refused = Refused("recipient", 550, "5.2.1 disabled")
    desk = Desk(refused, refused, refused, Accepted("q"), refused, refused, refused)
    states = []
    for number in range(8):
        desk.keep(a_letter(number))
        desk.send()
        states.append(row(number).state)
        desk.clock.advance(timedelta(days=1) if number != 0 else timedelta(hours=1))
    assert states == ["failed", "failed", "failed", "sent", "failed", "failed", "failed", "suppressed"]


def test_silence_after_the_dot_is_repeated_once_for_an_alert_and_never_for_a_digest() -> None:
    desk = Desk(SILENT)
    desk.keep(a_letter(1, "alert"))
    assert desk.send() == {"uncertain": 1}
    desk.clock.advance(15 * MINUTE)
    desk.mailer.outcomes.append(SILENT)
    assert desk.send() == {"uncertain": 1}
    assert (row().state, row().due_at) == ("uncertain", None)
    desk.clock.advance(timedelta(days=1))
    desk.keep(a_letter(2, "digest"))
    desk.mailer.outcomes.append(SILENT)
    assert desk.send() == {"uncertain": 1}
    desk.clock.advance(timedelta(days=1))
    assert desk.send() == {}
    assert len(desk.mailer.tried) == 3
    assert [kind for kind, _ in events(1)] == ["made", "handed", "uncertain", "handed", "uncertain"]


def test_digest_is_repeated_once_when_the_admin_wants_so() -> None:
    desk = Desk(SILENT)
    periodic.set_fact(mail_line.POLICY, {"at_least_once": True}, NOON)
    desk.keep(a_letter(1, "digest"))
    assert desk.send() == {"uncertain": 1}
    desk.clock.advance(15 * MINUTE)
    assert desk.send() == {"sent": 1}


def test_message_whose_worker_was_killed_in_the_window_is_uncertain_and_comes_again() -> None:
    desk = Desk()
    desk.keep(a_letter())
    message = outbox.claim(NOON, "dead")
    assert message is not None
    assert outbox.mark_handed(message, NOON)
    assert desk.send() == {}  # its lease still runs
    workers._release("dead", NOON)
    assert desk.send() == {"uncertain": 1}
    assert (row().due_at, row().last_error) == (NOON + 15 * MINUTE, "worker-ended")
    desk.clock.advance(15 * MINUTE)
    assert desk.send() == {"sent": 1}


def test_message_whose_worker_was_killed_before_the_window_goes_on_at_once_however_often() -> None:
    desk = Desk()
    desk.keep(a_letter())
    for _ in range(12):
        assert outbox.claim(NOON, "dead") is not None
        workers._release("dead", NOON)
    assert desk.send() == {"sent": 1}


def test_late_worker_s_result_is_thrown_away() -> None:
    desk = Desk()
    desk.keep(a_letter())
    slow = outbox.claim(NOON, "slow")
    assert slow is not None
    desk.clock.advance(outbox.LEASE)
    assert desk.send() == {"sent": 1}
    assert not outbox.mark_handed(slow, desk.clock.now())
    assert [kind for kind, _ in events()] == ["made", "handed", "sent"]


def test_message_taken_back_while_it_is_handed_over_is_not_delivered() -> None:
    desk = Desk()
    desk.keep(a_letter())
    real = desk.mailer.send

    def send(sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        outbox.take_back(OutboxMessage.objects.all(), desk.clock.now(), "unsubscribed")
        return real(sender, recipient, message, before_dot=before_dot)

    desk.mailer.send = send  # type: ignore[method-assign]
    assert desk.send() == {}
    assert (desk.mailer.sent, row().state, events()[-1]) == ([], "cancelled", ("cancelled", "unsubscribed"))


def test_taking_back_takes_only_what_was_left() -> None:
    desk = Desk()
    desk.keep(a_letter(1, "alert"), a_letter(2, "digest"), a_letter(3, "alert", "bo@reader.example"))
    assert outbox.take_back(OutboxMessage.objects.filter(recipient="ana@reader.example", kind="alert"), NOON, "unsubscribed") == 1
    assert [row(number).state for number in (1, 2, 3)] == ["cancelled", "pending", "pending"]


def test_no_message_is_tried_while_mail_is_held() -> None:
    desk = Desk()
    desk.keep(a_letter())
    mail_line.hold("restored", NOON)
    assert desk.send() == {}
    mail_line.let_go(NOON)
    assert desk.send() == {"sent": 1}


def test_server_that_refuses_the_password_is_asked_six_times_an_hour_at_most_and_nothing_is_lost() -> None:
    wrong = Refused("login", 535, "5.7.8 wrong")
    desk = Desk(*[wrong] * 100)
    desk.keep(*map(a_letter, range(30)))
    for _ in range(60):
        desk.send()
        desk.clock.advance(MINUTE)
    assert len(desk.mailer.tried) == 6
    assert mail_line.line().failures == 6
    assert mail_line.line().broken
    desk.mailer.outcomes.clear()
    desk.clock.advance(15 * MINUTE)
    while desk.send():
        desk.clock.advance(5 * MINUTE)
    assert sorted(mail.message for mail in desk.mailer.sent) == sorted(f"letter {number}".encode() for number in range(30))
    assert not mail_line.line().broken


def test_message_that_always_breaks_the_connection_does_not_block_the_others() -> None:
    desk = Desk()
    real = desk.mailer.send

    def send(sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        if message == b"letter 0":
            return Broken("data", "cut")
        return real(sender, recipient, message, before_dot=before_dot)

    desk.mailer.send = send  # type: ignore[method-assign]
    desk.keep(*map(a_letter, range(4)))
    assert desk.send() == {"deferred": 1}
    desk.clock.advance(MINUTE)
    assert desk.send() == {"sent": 3, "deferred": 1}


def test_line_far_ahead_of_a_clock_that_was_set_back_is_tried() -> None:
    desk = Desk(Broken("connect", "refused"))
    desk.keep(a_letter(1), a_letter(2))
    desk.clock.advance(timedelta(hours=2))
    assert desk.send() == {"deferred": 1}
    desk.clock.set(NOON)
    assert desk.send() == {"sent": 1}


def test_at_most_sixty_messages_leave_within_a_minute() -> None:
    desk = Desk()
    desk.keep(*map(a_letter, range(70)))
    assert (desk.send(), desk.send()) == ({"sent": 60}, {})
    desk.clock.advance(MINUTE)
    assert desk.send() == {"sent": 10}


def test_line_belongs_to_one_worker_at_a_time() -> None:
    desk, other = Desk(), Desk(worker="other")
    desk.keep(a_letter())
    periodic.ensure({"send_mail": NOON})
    token = periodic.claim("send_mail", NOON, worker="other")
    assert desk.send() == {}
    periodic.finish("send_mail", token, NOON, next_at=NOON)
    assert (desk.send(), other.send()) == ({"sent": 1}, {})


def test_worker_asked_to_stop_gives_the_message_back_untouched() -> None:
    desk = Desk(Broken("recipient", "the worker was asked to stop"))
    desk.keep(a_letter())
    asked = iter([False, True, True, True])
    stopping = Post(desk.clock, desk.mailer, "desk@press.example", "w", stop=lambda: next(asked))
    assert dict(send_mail(stopping)) == {}
    assert (row().state, row().due_at, row().attempts, mail_line.line().failures) == ("pending", NOON, 0, 0)


def test_five_failures_pause_the_queue_and_say_since_when() -> None:
    desk = Desk(*[Broken("connect", "refused")] * LINE_BROKEN_AFTER)
    desk.keep(*map(a_letter, range(3)))
    for _ in range(LINE_BROKEN_AFTER):
        desk.send()
        desk.clock.set(mail_line.line().not_before or NOON)
    assert (mail_line.line().broken, mail_line.line().since, mail_line.line().why) == (True, NOON, "connect: refused")


def test_run_is_told_in_words() -> None:
    desk = Desk(LATER)
    desk.keep(a_letter(1), a_letter(2))
    assert in_words(send_mail(desk.post)) == "1 messages deferred, 1 messages sent"
