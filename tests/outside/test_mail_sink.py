"""The sink keeps what it is given and shows it without letting it act."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from monitor.outside.mail_sink import MailSink
from monitor.outside.smtp import SmtpMailer, server_of
from monitor.records import Accepted, Sender
from monitor.render.letter import letter
from tests.fakes import NOON, FakeClock

EVIL = '<script>alert(1)</script><img src="https://evil.example/pixel"> & "x"'


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink(FakeClock()) as opened:
        yield opened


def hand_over(sink: MailSink, subject: str = "Hello") -> None:
    sender = Sender("desk@press.example", "Desk", "desk@press.example", "")
    made = letter(
        kind="alert",
        key="k",
        sender=sender,
        recipient="ana@reader.example",
        recipient_name="Ana",
        subject=subject,
        text=f"Text {EVIL}",
        html=f"<p>{EVIL}</p>",
        language="en",
        at=NOON,
    )
    mailer = SmtpMailer(server_of(f"smtp://127.0.0.1:{sink.smtp_port}"))
    assert mailer.send(sender.address, made.recipient, made.raw, before_dot=lambda: True) == Accepted(f"SINK{len(sink.arrived())}")
    mailer.close()


def page(sink: MailSink, path: str = "", host: str = "") -> tuple[str, str]:
    request = urllib.request.Request(sink.page + path, headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def test_what_is_handed_over_arrives_and_is_listed(sink: MailSink) -> None:
    assert "Nothing has arrived yet" in page(sink)[0]
    hand_over(sink)
    (arrived,) = sink.arrived()
    assert (arrived.sender, arrived.recipients, arrived.at) == ("desk@press.example", ("ana@reader.example",), NOON)
    assert '<a href="/1"><bdi>Hello</bdi></a>' in page(sink)[0]


def test_what_arrived_is_shown_and_cannot_act(sink: MailSink) -> None:
    hand_over(sink, subject=EVIL)
    text, csp = page(sink, "1")
    assert "<script>" not in text
    assert "script-src" not in csp
    assert csp.startswith("default-src 'none'")
    html, sandbox = page(sink, "1.html")
    assert EVIL in html
    assert "sandbox allow-popups" in sandbox
    assert "allow-scripts" not in sandbox
    assert "img-src data:" in sandbox


def test_sink_answers_to_this_machine_s_names_only(sink: MailSink) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        page(sink, host="evil.example")
    assert refused.value.code == 403
    refused.value.close()


@pytest.mark.parametrize("path", ["2", "x", "1.txt", "../etc/passwd"])
def test_no_such_message(sink: MailSink, path: str) -> None:
    hand_over(sink)
    with pytest.raises(urllib.error.HTTPError) as refused:
        page(sink, path)
    assert refused.value.code == 404
    refused.value.close()
