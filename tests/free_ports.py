"""Ports for programs under test that must be told theirs before they begin to listen.

They lie below the range from which the system gives a port to whoever asks for any (32768 and above on Linux), so that no other test is
given one between the look and the program's start; and every process of tests begins its search elsewhere.
"""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _COUNT = 20_000, 12_000
_NEXT = itertools.count(os.getpid() * 97)


def free_port() -> int:
    """A port of this machine nobody listens on; another at each call."""
    for number in itertools.islice(_NEXT, _COUNT):
        port = _FIRST + number % _COUNT
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port is taken")
