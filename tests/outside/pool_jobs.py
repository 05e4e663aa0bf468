"""What the parser children are made to do in the tests of the reader pool."""

from __future__ import annotations

import ctypes
import os
import socket
import time
from pathlib import Path

from monitor.outside.reader_pool import Killed
from monitor.records import Hop

_SETUP: list[str] = []


def set_up(*words: str) -> None:
    if not all(isinstance(word, str) for word in words):
        raise ValueError("words only")
    _SETUP.extend(words)


def fail_to_set_up() -> None:
    raise ValueError("no gazetteer")


def echo(payload: object) -> object:
    return payload


def setup_words(_: object) -> tuple[str, ...]:
    return tuple(_SETUP)


def pid(_: object) -> int:
    return os.getpid()


def hang(_: object) -> None:
    while True:
        time.sleep(60)


def burn(_: object) -> None:
    while True:
        pass


def eat(size: int) -> int:
    return len(bytearray(size))


def crash(_: object) -> None:
    ctypes.string_at(0)


def leave(_: object) -> None:
    os._exit(3)


def boom(_: object) -> None:
    raise LookupError("broken document")


def huge(size: int) -> bytes:
    return b"x" * size


def unpicklable(_: object) -> object:
    return lambda: None


def not_a_record(_: object) -> object:
    return Path("/")


class Evil:
    def __reduce__(self) -> object:
        return os.system, ("true",)


def evil(_: object) -> object:
    return Evil()


def record(_: object) -> Hop:
    return Hop(301, "https://example.org/")


def killed(_: object) -> Killed:
    return Killed("wall", "as data")


def dial(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 1)
    except OSError as error:
        return type(error).__name__
    return "connected"


def write(path: str) -> str:
    try:
        Path(path).write_text("x")
    except OSError as error:
        return type(error).__name__
    return "written"


def open_sockets(_: object) -> int:
    links = [entry.readlink() for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return sum(str(link).startswith("socket:") for link in links)


def environment(_: object) -> list[str]:
    return sorted(name for name in os.environ if name.startswith("MONITOR_"))
