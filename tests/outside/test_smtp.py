"""The transport against a server that misbehaves: what is certain, what is not, and that nothing goes out unprotected."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.outside.smtp import Server, SmtpMailer, server_of
from monitor.records import Accepted, Broken, MailOutcome, MailStage, Refused
from tests.outside.smtp_server import SmtpServer, Step

MESSAGE = b"Message-ID: <a@press.example>\r\nSubject: x\r\n\r\n.leading dot\r\nlast"


def plain(server: SmtpServer) -> Server:
    return Server("127.0.0.1", server.port, "", "", "")


def told(steps: Mapping[str, Step], *, messages: int = 1) -> tuple[list[MailOutcome], list[int], SmtpServer]:
    """What came of sending, how often the dot was announced for each, and the server."""
    announced: list[int] = []
    with SmtpServer(steps) as server:
        mailer = SmtpMailer(plain(server), end_seconds=0.6 if "hang" in steps.values() else 600.0)
        outcomes = []
        for _ in range(messages):
            marks: list[bool] = []

            def before_dot(marks: list[bool] = marks) -> bool:
                marks.append(True)
                if "body" in server.steps:
                    server.dropped.wait(600)
                return True

            outcomes.append(mailer.send("desk@press.example", "ana@reader.example", MESSAGE, before_dot=before_dot))
            announced.append(len(marks))
        mailer.close()
    return outcomes, announced, server


def test_message_arrives_as_it_was_given() -> None:
    outcomes, announced, server = told({})
    assert outcomes == [Accepted("4QX1")]
    assert announced == [1]
    assert server.taken == [MESSAGE + b"\r\n"]


@pytest.mark.parametrize(
    ("steps", "outcome", "announced"),
    [
        ({"greeting": "421 4.3.2 busy"}, Refused("connect", 421, "4.3.2 busy"), 0),
        ({"greeting": "554 5.7.1 no"}, Refused("connect", 554, "5.7.1 no"), 0),
        ({"greeting": "drop"}, Broken("connect", "Connection unexpectedly closed"), 0),
        ({"EHLO": "550 no", "HELO": "550 no"}, Refused("hello", 550, "no"), 0),
        ({"MAIL": "421 4.7.0 closing"}, Refused("sender", 421, "4.7.0 closing"), 0),
        ({"MAIL": "553 5.7.1 not yours"}, Refused("sender", 553, "5.7.1 not yours"), 0),
        ({"RCPT": "451 4.7.1 greylisted"}, Refused("recipient", 451, "4.7.1 greylisted"), 0),
        ({"RCPT": "550 5.1.1 no such user"}, Refused("recipient", 550, "5.1.1 no such user"), 0),
        ({"RCPT": "drop"}, Broken("recipient", "Connection unexpectedly closed"), 0),
        ({"DATA": "451 4.3.0 later"}, Refused("data", 451, "4.3.0 later"), 0),
        ({"end": "451 4.3.0 later"}, Refused("end", 451, "4.3.0 later"), 1),
        ({"end": "550 5.7.1 spam"}, Refused("end", 550, "5.7.1 spam"), 1),
        ({"end": "552 5.2.2 full"}, Refused("end", 552, "5.2.2 full"), 1),
        ({"end": "421 4.3.2 closing"}, Refused("end", 421, "4.3.2 closing"), 1),
        ({"end": "drop"}, Broken("end", "Connection unexpectedly closed"), 1),
        ({"end": "hang"}, Broken("end", "no answer within 0.6 seconds"), 1),
        ({"end": "OK it is"}, Broken("end", "the server's answer is none: t is"), 1),
        ({"QUIT": "drop"}, Accepted("4QX1"), 1),
    ],
)
def test_each_misbehaviour_is_told_apart(steps: dict[str, Step], outcome: MailOutcome, announced: int) -> None:
    outcomes, marks, _ = told(steps)
    assert outcomes == [outcome]
    assert marks == [announced]


def test_connection_lost_before_the_dot_is_not_uncertain() -> None:
    outcomes, _, server = told({"body": "drop"})
    assert [(type(outcome), outcome.stage) for outcome in outcomes if isinstance(outcome, Broken)] == [(Broken, "data")]
    assert server.seen == []


def test_refused_recipient_does_not_spoil_the_next_message() -> None:
    def first_refused(turn: int) -> str:
        return "550 5.1.1 no such user" if turn == 0 else "250 2.1.5 Ok"

    outcomes, _, server = told({"RCPT": first_refused}, messages=3)
    assert outcomes == [Refused("recipient", 550, "5.1.1 no such user"), Accepted("4QX1"), Accepted("4QX1")]
    assert server.connections == 1


def test_kept_connection_that_was_closed_is_made_anew() -> None:
    def second_drops(turn: int) -> str:
        return "drop" if turn == 1 else "250 2.1.0 Ok"

    outcomes, _, server = told({"MAIL": second_drops}, messages=2)
    assert outcomes == [Accepted("4QX1"), Accepted("4QX1")]
    assert server.connections == 2


def test_message_taken_back_before_the_dot_is_not_delivered() -> None:
    with SmtpServer() as server:
        mailer = SmtpMailer(plain(server))
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: False)
        mailer.close()
    assert outcome == Broken("data", "taken back")
    assert server.seen == []


@pytest.mark.parametrize(("silent_at", "stage"), [("greeting", "connect"), ("EHLO", "hello"), ("RCPT", "recipient")])
def test_worker_that_stops_does_not_wait_for_a_silent_server(silent_at: str, stage: MailStage) -> None:
    with SmtpServer({silent_at: "hang"}) as server:
        mailer = SmtpMailer(plain(server), stop=lambda: True)
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: True)
    assert outcome == Broken(stage, "the worker was asked to stop")


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    try:
        subprocess.run([*command, *names, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed: TLS to a mail server was not tested")
    return key, certificate


def context_of(pair: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    return context


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_certificate_nobody_vouches_for_ends_it_without_a_word_of_the_message(tls: str, own_certificate: tuple[Path, Path]) -> None:
    with SmtpServer({"EHLO": "250-x\r\n250 STARTTLS"}, tls=context_of(own_certificate), implicit=tls == "implicit") as server:
        mailer = SmtpMailer(Server("127.0.0.1", server.port, "user", "secret", tls))
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: True)
        mailer.close()
    assert isinstance(outcome, Broken)
    assert (outcome.stage, outcome.why.partition(":")[0]) == ("tls", "the server's certificate is not trusted")
    assert [line for line in server.commands if line.split()[0] not in ("EHLO", "STARTTLS")] == []


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_trusted_certificate_carries_login_and_message(
    tls: str, own_certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate[1]))
    steps: dict[str, Step] = {"EHLO": "250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN"}
    with SmtpServer(steps, tls=context_of(own_certificate), implicit=tls == "implicit") as server:
        mailer = SmtpMailer(Server("localhost", server.port, "user", "secret", tls))
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: True)
        mailer.close()
    assert outcome == Accepted("4QX1")
    assert "AUTH" in [line.split()[0] for line in server.commands]


def test_server_without_starttls_gets_no_mail_and_no_password() -> None:
    with SmtpServer({"EHLO": "250-x\r\n250 AUTH PLAIN"}) as server:
        mailer = SmtpMailer(Server("127.0.0.1", server.port, "user", "secret", "starttls"))
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: True)
        mailer.close()
    assert outcome == Broken("tls", "the server offers no STARTTLS, and without it nothing is sent")
    assert [line.split()[0] for line in server.commands] == ["EHLO", "QUIT"][: len(server.commands)]


def test_wrong_password_is_told_and_nothing_is_sent() -> None:
    with SmtpServer({"EHLO": "250-x\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 wrong"}) as server:
        mailer = SmtpMailer(Server("127.0.0.1", server.port, "user", "secret", ""))
        outcome = mailer.send("a@press.example", "b@reader.example", MESSAGE, before_dot=lambda: True)
        mailer.close()
    assert outcome == Refused("login", 535, "5.7.8 wrong")
    assert "MAIL" not in [line.split()[0] for line in server.commands]


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://127.0.0.1", Server("127.0.0.1", 25, "", "", "")),
        ("smtp://localhost:8025", Server("localhost", 8025, "", "", "")),
        ("smtp://mail.example.org", Server("mail.example.org", 587, "", "", "starttls")),
        ("smtp://u%40x:p%3Aw@mail.example.org:25", Server("mail.example.org", 25, "u@x", "p:w", "starttls")),
        ("smtps://mail.example.org", Server("mail.example.org", 465, "", "", "implicit")),
        ("smtps://127.0.0.1", Server("127.0.0.1", 465, "", "", "implicit")),
    ],
)
def test_address_of_a_server_says_how_it_is_protected(address: str, server: Server) -> None:
    assert server_of(address) == server
