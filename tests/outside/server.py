"""A loopback server that misbehaves as told: each path has a script that writes raw bytes to the connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came: its path and its header lines in order."""

    path: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """The value of a header, None when it was not sent."""
        return next((value for key, value in self.headers if key == name), None)


class Wire:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self.stopping = stopping

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def trickle(self, data: bytes, pause: float) -> None:
        """Send byte by byte until all is sent or the server stops."""
        for position in range(len(data)):
            self.send(data[position : position + 1])
            if self.stopping.wait(pause):
                return

    def silence(self) -> None:
        """Say nothing until the server stops or the other side leaves."""
        self._connection.settimeout(0.05)
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                if not self._connection.recv(1):
                    return

    def reset(self) -> None:
        """Cut the connection with RST."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self._connection.close()


Script = Callable[[Wire, Seen], None] | bytes


class Server:
    """Serves its scripts on 127.0.0.1; bytes are sent as they are, after which the connection closes unless `keep` is set."""

    def __init__(self, *, keep: bool = False) -> None:
        self.scripts: dict[str, Script] = {}
        self.seen: list[Seen] = []
        self.connections = 0
        self._keep = keep
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path: str, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        """Script a well-formed answer; underscores in header names become hyphens."""
        lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        if "Content_Length" not in headers and not status.startswith("304"):
            lines.append(f"Content-Length: {len(body)}")
        self.scripts[path] = "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while not self._stopping.is_set():
                seen = self._request(connection)
                if seen is None:
                    return
                self.seen.append(seen)
                script = self.scripts[seen.path]
                wire = Wire(connection, self._stopping)
                if isinstance(script, bytes):
                    wire.send(script)
                else:
                    script(wire, seen)
                if not self._keep:
                    return

    def _request(self, connection: socket.socket) -> Seen | None:
        connection.settimeout(0.05)
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                part = connection.recv(65536)
            except TimeoutError:
                if self._stopping.is_set():
                    return None
                continue
            if not part:
                return None
            data += part
        connection.settimeout(10.0)
        first, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = tuple((line.partition(": ")[0], line.partition(": ")[2]) for line in lines)
        return Seen(first.split(" ")[1], headers)
