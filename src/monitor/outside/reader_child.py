"""The far side of the reader pool: a nursery that imports everything once, and the children it forks to read what is foreign.

Started by reader_pool as `python -m monitor.outside.reader_child`. The nursery never reads anything foreign; it has one thread, so that
forking is safe, and it ends when its parent does. A child owns two pipes and nothing else: jobs come in, results go out.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import logging
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

LENGTH = struct.Struct("!I")
READY, RESULT, ERROR, MEMORY, TOO_BIG, UNFIT = b"0", b"r", b"e", b"m", b"b", b"u"
_COLLECT_AT = (50_000, 20, 100)
"""Objects before rubbish is looked for: a page makes many that live together and go together (an eighth of its cost when left at 700)."""
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def find(path: str) -> Callable[..., Any]:
    """The module-level function that `package.module:function` names; raises ImportError or AttributeError."""
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def main() -> None:
    """Be the nursery: warm up, then fork and bury children as asked, until the parent's end of the socket closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when we end; it closes the socket, even by dying
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as control:
        plan = pickle.loads(_exactly(control, LENGTH.unpack(_exactly(control, LENGTH.size))[0]))  # noqa: S301 - from our own parent
        try:
            jobs = {path: find(path) for path in plan["jobs"]}
            if plan["setup"]:
                find(plan["setup"])(*plan["setup_args"])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the setup is told to the parent, which raises it
            _answer(control, {"error": f"{type(error).__name__}: {error}"})
            return
        _quiet()
        gc.collect()
        gc.freeze()  # forked children then share these pages
        gc.set_threshold(*_COLLECT_AT)
        _answer(control, {"pid": os.getpid(), "alone": _leave_the_network()})
        _nurse(control, jobs, plan)


def _nurse(control: socket.socket, jobs: dict[str, Callable[..., Any]], plan: dict[str, Any]) -> None:
    nursery = os.getpid()
    while True:
        message, fds, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            return  # the parent is gone; our children die of PR_SET_PDEATHSIG
        if message.startswith(b"fork"):
            pid = os.fork()
            if pid == 0:
                control.close()
                _child(fds[0], fds[1], jobs, plan, nursery)
            for fd in fds:
                os.close(fd)
            _answer(control, {"pid": pid})
        else:
            pid = int(message.split()[1])
            os.kill(pid, signal.SIGKILL)  # of a child that already ended nothing changes: its first status stays
            _answer(control, {"status": os.waitpid(pid, 0)[1]})


def _child(jobs_in: int, results_out: int, jobs: dict[str, Callable[..., Any]], plan: dict[str, Any], nursery: int) -> NoReturn:
    try:
        _die_with_parent(nursery)
        _fence(plan["memory"])
        with os.fdopen(jobs_in, "rb") as reading, os.fdopen(results_out, "wb", buffering=0) as writing:
            _send(writing, READY, b"")
            while len(head := reading.read(LENGTH.size)) == LENGTH.size:
                _limit_cpu(plan["cpu"])
                sort, data = _work(reading.read(LENGTH.unpack(head)[0]), jobs, plan["result_cap"])
                _send(writing, sort, data)
                if sort == MEMORY:
                    break  # what else the lack of memory broke is unknown
    finally:
        os._exit(0)


def _work(message: bytes, jobs: dict[str, Callable[..., Any]], cap: int) -> tuple[bytes, bytes]:
    try:
        path, payload = pickle.loads(message)  # noqa: S301 - from our own parent
        result = jobs[path](payload)
    except MemoryError:
        return MEMORY, b""
    except Exception as error:  # noqa: BLE001 - a bug of the job is told, not raised: the parent must live
        return ERROR, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000]
    try:
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return MEMORY, b""
    except Exception as error:  # noqa: BLE001 - pickle raises what the object raises
        return UNFIT, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000]
    return (RESULT, data) if len(data) <= cap else (TOO_BIG, str(len(data)).encode())


def _send(writing: Any, sort: bytes, data: bytes) -> None:
    message = memoryview(LENGTH.pack(len(data) + 1) + sort + data)
    while message:
        message = message[writing.write(message) :]


def _fence(memory: int) -> None:
    """Limits for whatever the document makes us do: address space beyond what is used now, no files written, no core dumped."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    socket.socket = _NoSocket  # type: ignore[assignment,misc]


class _NoSocket:
    """Stands where sockets are made: a reader opens none."""

    def __init__(self, *_: object, **__: object) -> None:
        raise PermissionError("parser children open no sockets")


def _limit_cpu(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, resource.RLIM_INFINITY))


def _die_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _leave_the_network() -> bool:
    """Move to a network of our own with nothing in it, where the system lets us; True when it did."""
    return bool(ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _quiet() -> None:
    """From here on foreign text could reach the terminal through a library's warnings: nothing is printed any more."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with Path(os.devnull).open("r+b") as nowhere:
        for fd in (0, 1, 2):
            os.dup2(nowhere.fileno(), fd)


def _exactly(control: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = control.recv(min(size - len(data), 1 << 20))
        if not part:
            sys.exit(0)
        data += part
    return bytes(data)


def _answer(control: socket.socket, answer: dict[str, object]) -> None:
    control.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
