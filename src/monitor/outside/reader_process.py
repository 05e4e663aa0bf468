"""The parent's side of the parser processes: a nursery that forks and buries, and children spoken to through two pipes.

Every byte to and from a child has a deadline, and nothing is taken back but our own frozen records.
"""

from __future__ import annotations

import dataclasses
import enum
import fcntl
import io
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from monitor.outside.one_core import set_free
from monitor.outside.reader_child import ERROR, LENGTH, MEMORY, READY, TOO_BIG, UNFIT

_PIPE_BYTES = 1 << 20  # a payload or result of usual size is one write and one read
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Killed:
    """Why a job has no result: `detail` is one sentence for the log, `reason` what to decide by.

    wall: too slow, by the clock or the processor; memory: wanted too much; crash: the parser died or raised; too_big: the result is over
    the cap; refused: the job is not on the list, its payload or result cannot travel, or the pool is closed.
    """

    reason: Literal["wall", "memory", "crash", "too_big", "refused"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What one job may cost: seconds by the clock, seconds of processor, bytes of result."""

    wall: float
    cpu: int
    result_cap: int


class Nursery:
    """One nursery process, told over a socket pair to fork and to bury."""

    def __init__(self, plan: bytes) -> None:
        self._socket, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self.ready = False
        self.lost = False
        self.children: set[int] = set()
        # One thread each, or forking would be unsafe; the parent's import path, so that the same code is found from wherever we started.
        # The desk's secrets stay with the parent.
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "monitor.outside.reader_child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**plain, **single, "PYTHONPATH": path},
                start_new_session=True,
            )
        set_free(self._process.pid)
        self._pending = LENGTH.pack(len(plan)) + plan

    def fork(self) -> Child:
        """A child that has reported ready; raises OSError when there is none to be had."""
        jobs_out, jobs_in = _wide_pipe()
        results_out, results_in = _wide_pipe()
        child = Child(self, jobs_in, results_out)
        try:
            self.get_ready()
            child.pid = int(self._ask(b"fork", (jobs_out, results_in))["pid"])
            self.children.add(child.pid)
        except OSError:
            child.close()
            raise
        finally:
            os.close(jobs_out)
            os.close(results_in)
        frame = child.receive(monotonic() + _START_SECONDS, 64)
        if not isinstance(frame, bytes) or frame[:1] != READY:
            child.end()
            raise OSError("a new child did not report ready")
        return child

    def bury(self, pid: int) -> int | None:
        """Kill and wait for a child; its wait status, or None when the nursery is lost and the child died with it."""
        self.children.discard(pid)
        with suppress(OSError):
            status = self._ask(b"bury %d" % pid)["status"]
            return int(status)
        return None

    def hang_up(self) -> None:
        """Close the line, at which the nursery ends and its children with it."""
        self.lost = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up, and make sure that the process is gone."""
        self.hang_up()
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def get_ready(self) -> None:
        """Wait until it can fork; raises OSError with why it cannot."""
        with self._lock:
            if self.ready:
                return
            self._socket.settimeout(_START_SECONDS)
            self._socket.sendall(self._pending)
            answer = self._answer()
            if "error" in answer:
                self.lost = True
                raise OSError(answer["error"])
            self.ready = True
            self._pending = b""

    def _ask(self, request: bytes, fds: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            try:
                self._socket.settimeout(_START_SECONDS)
                socket.send_fds(self._socket, [request], fds)
                return self._answer()
            except OSError:
                self.lost = True
                raise

    def _answer(self) -> dict[str, Any]:
        line = b""
        while not line.endswith(b"\n"):
            part = self._socket.recv(4096)
            if not part:
                self.lost = True
                raise OSError("the process they come from has ended")
            line += part
        answer: dict[str, Any] = json.loads(line)
        return answer


class Child:
    """One child and the parent's ends of its two pipes."""

    def __init__(self, nursery: Nursery, jobs_in: int, results_out: int) -> None:
        self.nursery = nursery
        self._jobs_in = jobs_in
        self._results_out = results_out
        self.pid = 0
        for fd in (jobs_in, results_out):
            os.set_blocking(fd, False)

    def work(self, message: bytes, limits: JobLimits) -> tuple[object, bool]:
        """Do one job: its result or Killed, and whether the child can do another."""
        deadline = monotonic() + limits.wall
        frame: bytes | Killed = b""
        if self._send(LENGTH.pack(len(message)) + message, deadline):
            frame = self.receive(deadline, limits.result_cap + 1)
        if isinstance(frame, Killed):
            return frame, False
        if frame == b"":
            return self._cause(late=monotonic() >= deadline, limits=limits), False
        sort, data = frame[:1], frame[1:]
        if sort == ERROR:
            return Killed("crash", f"The parser raised {data.decode('utf-8', 'replace')}"), True
        if sort == UNFIT:
            return Killed("refused", f"The result cannot travel: {data.decode('utf-8', 'replace')}"), True
        if sort == TOO_BIG:
            return Killed("too_big", f"The result has {int(data):,} bytes, over {limits.result_cap:,}."), True
        if sort == MEMORY:
            return Killed("memory", "The parser wanted more memory than it may have."), False
        result = _trusted(data)
        return result, not isinstance(result, Killed)

    def receive(self, deadline: float, cap: int) -> bytes | Killed:
        """One frame; empty when the child ended or time is up, Killed when it announces more than `cap` bytes."""
        head = self._read(LENGTH.size, deadline)
        if len(head) < LENGTH.size:
            return b""
        size = LENGTH.unpack(head)[0]
        if size > cap:
            return Killed("too_big", f"The child announces {size:,} bytes, over {cap:,}.")
        data = self._read(size, deadline)
        return data if len(data) == size else b""

    def end(self) -> int | None:
        """Kill the child, close the pipes; its wait status if it can be known."""
        self.close()
        status = self.nursery.bury(self.pid) if self.pid else None
        self.pid = 0
        return status

    def close(self) -> None:
        """Close the pipes."""
        for fd in {self._jobs_in, self._results_out} - {-1}:
            os.close(fd)
        self._jobs_in = self._results_out = -1

    def _cause(self, *, late: bool, limits: JobLimits) -> Killed:
        status = self.end()
        if late:
            return Killed("wall", f"The parser took longer than {limits.wall:g} seconds.")
        if status is None or not os.WIFSIGNALED(status):
            return Killed("crash", "The parser process ended before its work was done.")
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return Killed("wall", f"The parser used more than {limits.cpu} seconds of processor time.")
        if number == signal.SIGKILL:  # by nobody here: the kernel, short of memory
            return Killed("memory", "The system killed the parser, most likely for want of memory.")
        return Killed("crash", f"The parser process died of {signal.Signals(number).name}.")

    def _send(self, message: bytes, deadline: float) -> bool:
        view = memoryview(message)
        while view:
            try:
                view = view[os.write(self._jobs_in, view) :]
            except BlockingIOError:
                if not _wait(self._jobs_in, select.POLLOUT, deadline):
                    return False
            except BrokenPipeError:
                return False
        return True

    def _read(self, size: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while size > 0:
            try:
                part = os.read(self._results_out, min(size, _PIPE_BYTES))
            except BlockingIOError:
                if not _wait(self._results_out, select.POLLIN, deadline):
                    break
                continue
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _wait(fd: int, event: int, deadline: float) -> bool:
    """Wait until something can be done with the pipe; False when the time is up."""
    poll = select.poll()
    poll.register(fd, event)
    return bool(poll.poll(max(0.0, deadline - monotonic()) * 1000))


def _wide_pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    with suppress(OSError, AttributeError):  # the system's limit of pipe memory; narrow pipes work too
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reading, writing


class _RecordsOnly(pickle.Unpickler):
    """Rebuilds our own records and plain values, so that a captured child cannot make the parent run anything."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in {"datetime", "timedelta", "timezone", "date"}:
            return super().find_class(module, name)
        found = getattr(sys.modules.get(module), name, None) if module.startswith("monitor.") and "." not in name else None
        if isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, enum.Enum)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is not one of our records")


_UNPICKLING = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What damaged or invented pickles were seen to raise."""


def _trusted(data: bytes) -> object:
    try:
        return _RecordsOnly(io.BytesIO(data)).load()
    except _UNPICKLING as error:
        return Killed("refused", f"The result is not one of our records: {type(error).__name__}: {error}")
