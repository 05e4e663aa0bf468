"""Each way a mail server can misbehave ends exactly where docs/reliability.md's table says; the server is a socket on loopback (F-17)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from monitor.flows.send_mail import Post, send_mail
from monitor.outside.smtp import Server, SmtpMailer
from monitor.records import Letter
from monitor.store import outbox
from monitor.store.models import OutboxMessage
from tests.fakes import NOON, FakeClock
from tests.outside.smtp_server import SmtpServer, Step

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def keep(number: int, kind: str, domain: str = "reader.example") -> None:
    raw = f"Message-ID: <{kind}.{number}@press.example>\r\nSubject: {number}\r\n\r\nBody {number}\r\n".encode()
    outbox.keep(Letter(kind, f"key {number}", f"ana{number}@{domain}", "x", f"<{kind}.{number}@press.example>", raw), NOON)


def tried(server: SmtpServer, clock: FakeClock) -> Counter[str]:
    mailer = SmtpMailer(Server("127.0.0.1", server.port, "", "", ""), end_seconds=0.6)
    return send_mail(Post(clock, mailer, "desk@press.example", "w"))


def states() -> list[tuple[str, timedelta | None]]:
    rows = OutboxMessage.objects.order_by("pk").values_list("state", "due_at")
    return [(state, due - NOON if due else None) for state, due in rows]


def refused_first(turn: int) -> str:
    return "550 5.2.1 mailbox disabled" if turn == 0 else "250 2.1.5 Ok"


@pytest.mark.parametrize(
    ("name", "steps", "kind", "state", "due"),
    [
        ("421 at the greeting", {"greeting": "421 4.3.2 busy"}, "alert", "deferred", MINUTE),
        ("421 in between", {"MAIL": "421 4.7.0 too many"}, "alert", "deferred", MINUTE),
        ("greylisting", {"RCPT": "451 4.7.1 greylisted"}, "alert", "deferred", MINUTE),
        ("no such recipient", {"RCPT": "550 5.1.1 nobody"}, "alert", "failed", None),
        ("drop before the dot", {"RCPT": "drop"}, "alert", "deferred", MINUTE),
        ("451 after the dot", {"end": "451 4.3.0 later"}, "alert", "deferred", MINUTE),
        ("550 after the dot", {"end": "550 5.7.1 spam"}, "alert", "failed", None),
        ("552 after the dot", {"end": "552 5.2.2 full"}, "alert", "failed", None),
        ("drop after the dot, alert", {"end": "drop"}, "alert", "uncertain", 15 * MINUTE),
        ("drop after the dot, digest", {"end": "drop"}, "digest", "uncertain", None),
        ("hang after the dot, alert", {"end": "hang"}, "alert", "uncertain", 15 * MINUTE),
        ("hang after the dot, digest", {"end": "hang"}, "digest", "uncertain", None),
        ("drop on QUIT", {"QUIT": "drop"}, "alert", "sent", None),
    ],
)
def test_misbehaviour_ends_where_the_table_says(name: str, steps: dict[str, Step], kind: str, state: str, due: timedelta | None) -> None:
    keep(1, kind)
    with SmtpServer(steps) as server:
        tried(server, FakeClock())
    assert (name, states()) == (name, [(state, due)])


def test_one_refused_recipient_of_several_stops_no_other() -> None:
    for number in range(3):
        keep(number, "alert")
    with SmtpServer({"RCPT": refused_first}) as server:
        assert tried(server, FakeClock()) == Counter(sent=2, failed=1)
    assert server.ids() == ["<alert.1@press.example>", "<alert.2@press.example>"]
    assert server.connections == 1


def test_message_of_a_server_that_comes_to_itself_arrives_once_with_its_first_id() -> None:
    keep(1, "alert")
    clock = FakeClock()
    with SmtpServer({"RCPT": lambda turn: "451 4.7.1 greylisted" if turn < 2 else "250 2.1.5 Ok"}) as server:
        for _ in range(4):
            tried(server, clock)
            clock.advance(5 * MINUTE)
    assert (server.ids(), states()) == (["<alert.1@press.example>"], [("sent", None)])


def test_alert_uncertain_twice_is_left_to_people() -> None:
    keep(1, "alert")
    clock = FakeClock()
    with SmtpServer({"end": "drop"}) as server:
        for _ in range(5):
            tried(server, clock)
            clock.advance(30 * MINUTE)
    assert (len(server.seen), states()) == (2, [("uncertain", None)])
    assert server.seen[0] == server.seen[1]


def test_server_that_swallows_everything_for_half_an_hour_loses_nothing() -> None:
    """A black hole: 300 alerts wait, few connections are made, and all arrive once when it is over (F-18)."""
    for number in range(300):
        keep(number, "alert")
    clock, hole = FakeClock(), threading.Event()
    with SmtpServer({"greeting": lambda _turn: "220 mail.example" if hole.is_set() else "drop"}) as server:
        for _ in range(30):
            tried(server, clock)
            clock.advance(MINUTE)
        asked = server.connections
        hole.set()
        for _ in range(60):
            tried(server, clock)
            clock.advance(MINUTE)
    assert asked == 4
    assert sorted(Counter(server.ids()).values()) == [1] * 300
    assert {state for state, _ in states()} == {"sent"}
