"""`monitor outbox` and `monitor mail`: what waits, why, sent again, let go; a test message goes out and says what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from monitor.outside.clock import SystemClock
from monitor.outside.mail_sink import MailSink
from monitor.records import Letter
from monitor.store import mail_line, outbox
from monitor.store.models import OutboxMessage
from tests.cli.conftest import Told
from tests.outside.smtp_server import SmtpServer

Monitor = Callable[..., Told]
SENDER = "Revue de presse <desk@press.example>"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink(SystemClock()) as opened:
        yield opened


def kept(number: int, state: str = "pending", reason: str = "") -> OutboxMessage:
    raw = b"Subject: x\r\n\r\n"
    outbox.keep(
        Letter("alert", f"key {number}", "ana@reader.example", f"Subject {number}", f"<a.{number}@press.example>", raw), SystemClock().now()
    )
    OutboxMessage.objects.filter(key=f"key {number}").update(state=state, last_error=reason)
    return OutboxMessage.objects.get(key=f"key {number}")


def test_list_tells_state_and_reason(monitor: Monitor) -> None:
    failed = kept(1, "failed", "message-refused: 550 5.7.1 spam")
    kept(2)
    told = monitor("outbox", "list", "--json", "--state", "failed").objects
    assert [(one["id"], one["state"], one["to"], one["subject"], one["reason"]) for one in told] == [
        (str(failed.uuid), "failed", "ana@reader.example", "Subject 1", "The mail server refused the message: 550 5.7.1 spam")
    ]
    assert [one["subject"] for one in monitor("outbox", "list", "--json").objects] == ["Subject 2", "Subject 1"]


def test_list_says_why_nothing_leaves(monitor: Monitor) -> None:
    mail_line.hold("restored", SystemClock().now())
    said = monitor("outbox", "list").err.splitlines()
    assert [line.partition(":")[0] for line in said] == ["Nothing leaves", "Nothing leaves"]
    assert "MONITOR_MAIL_FROM" in said[0]
    assert "restored from a backup" in said[1]


@pytest.mark.parametrize(
    "arguments", [("list", "--state", "x"), ("list", "--kind", "x"), ("retry",), ("retry", "no-id"), ("retry", "--state", "sent")]
)
def test_mistakes_are_one_sentence(monitor: Monitor, arguments: tuple[str, ...]) -> None:
    told = monitor("outbox", *arguments)
    assert (told.status, len(told.err.strip().splitlines())) == (2, 1)


def test_retry_sends_again_what_may_be_and_says_what_may_not(monitor: Monitor) -> None:
    failed, sent = kept(1, "failed"), kept(2, "sent")
    told = monitor("outbox", "retry", str(failed.uuid), str(sent.uuid), "--json")
    assert (told.status, [(one["id"], one["again"]) for one in told.objects]) == (1, [(str(failed.uuid), True), (str(sent.uuid), False)])
    assert OutboxMessage.objects.get(pk=failed.pk).state == "pending"
    kept(3, "uncertain")
    assert monitor("outbox", "retry", "--state", "uncertain").status == 0
    assert OutboxMessage.objects.get(key="key 3").state == "pending"


def test_resume_lets_held_mail_go_and_may_cancel_what_waited(monitor: Monitor) -> None:
    kept(1)
    mail_line.hold("restored", SystemClock().now())
    assert monitor("outbox", "resume", "--drop-waiting", "--json").objects == [{"held_before": True, "cancelled": 1, "waiting": 0}]
    assert (mail_line.held(), OutboxMessage.objects.get().state) == (None, "cancelled")


def test_check_sends_a_test_message_and_prints_the_records(monitor: Monitor, sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_MAIL_FROM", SENDER)
    monkeypatch.setenv("MONITOR_SMTP_URL", f"smtp://127.0.0.1:{sink.smtp_port}")
    told = monitor("mail", "check", "ana@reader.example")
    assert (told.status, "calls it SINK1" in told.out) == (0, True)
    assert [line.split()[0] for line in told.out.splitlines() if line.startswith("  ")] == ["SPF", "DKIM", "DMARC"]
    assert "press.example. TXT" in told.out
    (arrived,) = sink.arrived()
    assert (arrived.sender, arrived.recipients) == ("desk@press.example", ("ana@reader.example",))


def test_check_says_where_the_way_ends(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_MAIL_FROM", SENDER)
    with SmtpServer({"RCPT": "550 5.1.1 nobody"}) as server:
        monkeypatch.setenv("MONITOR_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        told = monitor("mail", "check", "ana@reader.example")
    assert (told.status, told.err.strip()) == (
        1,
        "The test message was not sent (recipient): 550 5.1.1 nobody. The server does not take mail for that address.",
    )


def test_check_without_a_server_says_what_to_set(monitor: Monitor) -> None:
    told = monitor("mail", "check", "ana@reader.example")
    assert (told.status, told.err.strip()) == (1, "No test message was sent: set MONITOR_MAIL_FROM and MONITOR_SMTP_URL.")


def test_check_of_what_is_no_address(monitor: Monitor, sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_MAIL_FROM", SENDER)
    monkeypatch.setenv("MONITOR_SMTP_URL", f"smtp://127.0.0.1:{sink.smtp_port}")
    assert (monitor("mail", "check", "a@b\r\nBcc: c@d").status, len(sink.arrived())) == (2, 0)


def test_sink_that_finds_its_port_taken_says_so(monitor: Monitor, sink: MailSink) -> None:
    told = monitor("mail", "sink", "--smtp", "0", "--web", str(sink.web_port))
    assert (told.status, "Name others with --smtp and --web" in told.err) == (1, True)
    told = monitor("mail", "sink", "--smtp", str(sink.smtp_port), "--web", "0")
    assert (told.status, "Name another with --smtp" in told.err) == (1, True)
