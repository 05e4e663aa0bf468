"""Handing mail to a server: smtplib driven command by command, so that the moment before the final dot can be written down first.

`sendmail` cannot tell a connection lost before the dot from one lost after it (finding 8), and the difference is whether a message may
be sent again. TLS is required unless the server is this machine: no certificate, no mail; there is no fallback to plain text (F-19).
"""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.config.settings_values import is_loopback
from monitor.records import Accepted, Broken, MailOutcome, MailStage, Refused

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 30.0
DATA_SECONDS = 120.0
"""Seconds for writing a whole message, an edition with its files on a slow line; all waits of one message stay below its lease."""
END_SECONDS = 180.0
"""Seconds to wait for the answer to the final dot: servers look for viruses and spam then; what is silent longer is uncertain."""
MESSAGES_A_CONNECTION = 50
GRACE_SECONDS = 5.0
"""How long a worker that is asked to stop still waits for the answer to the final dot."""
_QUEUED_AS = re.compile(r"(?:queued as |\bid=)<?([\w.+@-]{3,120})", re.IGNORECASE)
_DOT = re.compile(rb"(?m)^\.")
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd]+")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as MONITOR_SMTP_URL names it; `tls` is "implicit", "starttls" or "" (this machine only)."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def server_of(address: str) -> Server:
    """The server an smtp:// or smtps:// address names: ports 465 and 587, on this machine 25; user and password unquoted."""
    parts = urlsplit(address)
    host, implicit = parts.hostname or "", parts.scheme == "smtps"
    tls = "implicit" if implicit else "" if is_loopback(host) else "starttls"
    port = parts.port or {"implicit": 465, "starttls": 587, "": 25}[tls]
    return Server(host, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


class _Stopped(OSError):
    """The worker was asked to stop while it waited for an answer."""


class _Talk(smtplib.SMTP):
    """One connection whose waits for an answer end when the worker is asked to stop."""

    seconds = COMMAND_SECONDS
    grace = 0.0

    def __init__(self, server: Server, stop: Callable[[], bool], **more: Any) -> None:
        self.stop = stop  # first: the greeting is waited for while the connection is made
        try:
            super().__init__(server.host, server.port, _own_name(), timeout=CONNECT_SECONDS, **more)
        except OSError:
            self.close()  # smtplib leaves a connection open whose greeting did not come
            raise

    def getreply(self) -> tuple[int, bytes]:
        """The next answer; raises TimeoutError, or _Stopped when the worker ends."""
        self._wait()
        return super().getreply()

    def _wait(self) -> None:
        if self.sock is None or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return
        until, leave_at = time.monotonic() + self.seconds, None
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        while not poll.poll(250):
            now = time.monotonic()
            if leave_at is None and self.stop():
                leave_at = now + self.grace
            if leave_at is not None and now >= leave_at:
                raise _Stopped("the worker was asked to stop")
            if now >= until:
                raise TimeoutError(f"no answer within {self.seconds:g} seconds")


class _TalkOverTls(_Talk, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class SmtpMailer:
    """Hands messages to one server over one connection, kept while it lasts."""

    def __init__(self, server: Server, *, stop: Callable[[], bool] = lambda: False, end_seconds: float = END_SECONDS) -> None:
        self._server = server
        self._stop = stop
        self._end_seconds = end_seconds
        self._talk: _Talk | None = None
        self._carried = 0

    def send(self, sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        """Hand one message over; a kept connection that turns out to be closed is made anew once."""
        kept = self._talk is not None
        outcome = self._send(sender, recipient, message, before_dot)
        if kept and isinstance(outcome, Broken) and outcome.stage == "sender" and not self._stop():
            self._drop()
            outcome = self._send(sender, recipient, message, before_dot)
        if isinstance(outcome, Broken) or (isinstance(outcome, Refused) and outcome.code == 421):
            self._drop()
        return outcome

    def close(self) -> None:
        """Say goodbye; an error now changes nothing about what was sent."""
        if self._talk is not None:
            self._talk.seconds = 2.0
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._talk.docmd("QUIT")
        self._drop()

    def _drop(self) -> None:
        if self._talk is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._talk.close()
        self._talk = None

    def _send(self, sender: str, recipient: str, message: bytes, before_dot: Callable[[], bool]) -> MailOutcome:
        if self._talk is not None and self._carried >= MESSAGES_A_CONNECTION:
            self.close()
        if self._talk is None and (failure := self._open()) is not None:
            self._drop()
            return failure
        talk = self._talk
        assert talk is not None
        self._carried += 1
        stage: MailStage = "sender"
        try:
            for stage, command in (("sender", f"MAIL FROM:<{sender}>"), ("recipient", f"RCPT TO:<{recipient}>"), ("data", "DATA")):
                code, reply = talk.docmd(command)
                if code // 100 != (3 if stage == "data" else 2):
                    return self._refused(stage, code, reply)
            _pour(talk, _stuffed(message))
            if not before_dot():
                return Broken("data", "taken back")
            early = _said_early(talk)
            if early is not None:
                return early
            stage = "end"
            talk.seconds, talk.grace = self._end_seconds, GRACE_SECONDS
            code, reply = talk.docmd(".")
        except (OSError, smtplib.SMTPException) as broken:
            return Broken(stage, _why(broken))
        talk.seconds, talk.grace = COMMAND_SECONDS, 0.0
        if code // 100 == 2:
            return Accepted(_queue_id(_said(reply)))
        return self._refused("end", code, reply)

    def _open(self) -> MailOutcome | None:
        """Connect, say hello, protect, sign in; None when the connection is ready, else what went wrong and where."""
        server, stage = self._server, "connect"
        try:
            context = ssl.create_default_context() if server.tls else None
            talk = self._talk = self._connected(context)
            stage = "hello"
            code, reply = talk.ehlo()
            if code // 100 != 2:
                return Refused("hello", code, _said(reply))
            if server.tls == "starttls":
                stage = "tls"
                if not talk.has_extn("starttls"):
                    return Broken("tls", "the server offers no STARTTLS, and without it nothing is sent")
                talk.starttls(context=context)
                code, reply = talk.ehlo()
                if code // 100 != 2:
                    return Refused("tls", code, _said(reply))
            if server.user:
                stage = "login"
                talk.login(server.user, server.password)
        except (smtplib.SMTPResponseException, smtplib.SMTPConnectError) as refused:
            return Refused(_stage(stage), refused.smtp_code, _said(refused.smtp_error))
        except ssl.SSLError as broken:
            return Broken("tls", _why(broken))
        except UnicodeEncodeError:
            return Broken("login", "the user or password of MONITOR_SMTP_URL has characters mail servers do not take")
        except (OSError, smtplib.SMTPException) as broken:
            return Broken(_stage(stage), _why(broken))
        return None

    def _connected(self, context: ssl.SSLContext | None) -> _Talk:
        server = self._server
        self._carried = 0
        if server.tls == "implicit":
            talk: _Talk = _TalkOverTls(server, self._stop, context=context)
        else:
            talk = _Talk(server, self._stop)
        if talk.sock is not None:
            talk.sock.settimeout(COMMAND_SECONDS)
        return talk

    def _refused(self, stage: MailStage, code: int, reply: bytes) -> MailOutcome:
        """A refusal, after which the connection is made ready for the next message, or given up."""
        talk = self._talk
        if code // 100 not in (4, 5):  # smtplib's -1, or a code that answers nothing we asked
            return Broken(stage, f"the server's answer is none: {_said(reply)}")
        if talk is not None and code != 421:
            talk.seconds, talk.grace = COMMAND_SECONDS, 0.0
            try:
                sound = talk.docmd("RSET")[0] // 100 == 2
            except (OSError, smtplib.SMTPException):
                sound = False
            if not sound:
                self._drop()
        return Refused(stage, code, _said(reply))


def _pour(talk: _Talk, data: bytes) -> None:
    """Write the message's bytes; Python's timeout holds for all of them together."""
    if talk.sock is not None:
        talk.sock.settimeout(DATA_SECONDS)
    talk.send(data)
    if talk.sock is not None:
        talk.sock.settimeout(COMMAND_SECONDS)


def _said_early(talk: _Talk) -> MailOutcome | None:
    """What the server said or did before the final dot: then the message is certainly not delivered. None: it listens, as it should."""
    sock = talk.sock
    if sock is None:
        return Broken("data", "the connection is closed")
    before = sock.gettimeout()
    sock.settimeout(0)
    try:
        said = sock.recv(4096)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    except OSError as broken:
        return Broken("data", _why(broken))
    finally:
        sock.settimeout(before)
    talk.close()
    if not said:
        return Broken("data", "the server closed the connection before the end of the message")
    text = _said(said)
    return Refused("data", 421, text) if text[:3].isdecimal() and text[:1] == "4" else Broken("data", f"the server interrupted: {text}")


def _stuffed(message: bytes) -> bytes:
    """The message as DATA takes it: leading dots doubled, a line end at its end, the final dot not yet there."""
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    return _DOT.sub(b"..", whole)


def _stage(name: str) -> MailStage:
    stages: dict[str, MailStage] = {"connect": "connect", "hello": "hello", "tls": "tls", "login": "login"}
    return stages[name]


def _said(reply: bytes | str) -> str:
    """A server's words on one line, at most 300 characters; what could act in a log or on a page is taken out."""
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return _NOT_SHOWN.sub(" ", text).strip()[:300]


def _queue_id(reply: str) -> str:
    match = _QUEUED_AS.search(reply)
    return (match[1] if match else reply)[:200]


def _why(broken: Exception) -> str:
    """One sentence for what happened to a connection."""
    if isinstance(broken, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {broken.verify_message}"
    if isinstance(broken, socket.gaierror):
        return "the server's name is not known"
    if isinstance(broken, TimeoutError):
        return str(broken) if "no answer" in str(broken) else "no answer in time"
    if isinstance(broken, OSError) and broken.strerror:
        return broken.strerror
    return _said(str(broken)) or type(broken).__name__


def _own_name() -> str:
    """The name we greet with: the machine's, without asking any name server."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,60}[A-Za-z0-9])?", name) else "localhost"
