"""A loopback mail server on a raw socket that misbehaves as told: for each step a reply, "drop" or "hang"."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from email import message_from_bytes
from types import TracebackType
from typing import BinaryIO, Self

GOOD: Mapping[str, str] = {
    "greeting": "220 mail.example ESMTP",
    "EHLO": "250-mail.example\r\n250 8BITMIME",
    "HELO": "250 mail.example",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "end": "250 2.0.0 Ok: queued as 4QX1",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
    "AUTH": "235 2.7.0 Authentication successful",
    "STARTTLS": "220 2.0.0 Ready to start TLS",
}
Step = str | Callable[[int], str]


class SmtpServer:
    """Answers each step with `steps[step]`, else well: a reply, "drop" (close at once), "hang" (say nothing).

    A step may be a function of how often it was reached before. "body" is reached when the message begins, "end" after the final dot.
    `taken` holds the messages answered with 250; `commands` every line that came.
    """

    def __init__(self, steps: Mapping[str, Step] | None = None, *, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        self.steps = dict(steps or {})
        self.commands: list[str] = []
        self.taken: list[bytes] = []
        self.seen: list[bytes] = []  # every message that came to its end, whatever was answered
        self.connections = 0
        self.dropped = threading.Event()
        self._reached: dict[str, int] = {}
        self._tls, self._implicit = tls, implicit
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [str(message_from_bytes(raw)["Message-ID"]) for raw in self.taken]

    def _listen(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(20)
            if self._implicit and self._tls is not None:
                with self._tls.wrap_socket(connection, server_side=True) as wire:
                    self._talk(wire)
            else:
                self._talk(connection)

    def _answer(self, wire: socket.socket, step: str) -> bool:
        """Answer a step; False when the connection is over."""
        turn = self._reached.get(step, 0)
        self._reached[step] = turn + 1
        told = self.steps.get(step, GOOD.get(step, "502 5.5.2 What?"))
        reply = told(turn) if callable(told) else told
        if reply == "drop":
            wire.close()
            self.dropped.set()
            return False
        if reply == "hang":
            self._stopping.wait(600)
            return False
        wire.sendall(reply.encode() + b"\r\n")
        return not reply.startswith("421")

    def _talk(self, wire: socket.socket) -> None:
        if not self._answer(wire, "greeting"):
            return
        with wire.makefile("rb") as lines:
            upgraded = self._commands(wire, lines)
        if upgraded and self._tls is not None:
            with self._tls.wrap_socket(wire, server_side=True) as protected, protected.makefile("rb") as lines:
                self._commands(protected, lines)

    def _commands(self, wire: socket.socket, lines: BinaryIO) -> bool:
        """Answer one command after the other; True when the client goes on over TLS."""
        while line := lines.readline():
            word, _, rest = line.decode("latin-1").strip().partition(" ")
            self.commands.append(f"{word.upper()} {rest}".strip())
            step = self.commands[-1][:4]
            step = "STARTTLS" if self.commands[-1] == "STARTTLS" else step
            if not self._answer(wire, step) or step == "QUIT":
                return False
            if step == "STARTTLS":
                return True
            if step == "DATA" and GOOD["DATA"] == self.steps.get("DATA", GOOD["DATA"]) and not self._message(wire, lines):
                return False
        return False

    def _message(self, wire: socket.socket, lines: BinaryIO) -> bool:
        if "body" in self.steps and not self._answer(wire, "body"):
            return False
        raw = bytearray()
        while (line := lines.readline()) not in (b".\r\n", b""):
            raw += line[1:] if line.startswith(b".") else line
        if not line:
            return False
        self.seen.append(bytes(raw))
        turn = self._reached.get("end", 0)
        told = self.steps.get("end", GOOD["end"])
        if (told(turn) if callable(told) else told).startswith("250"):
            self.taken.append(bytes(raw))
        return self._answer(wire, "end")
