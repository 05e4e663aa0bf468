"""Which workers of this machine are alive, so that the claims of a killed one can be released at once.

Each worker holds an exclusive lock on a small file in the home for as long as it lives; the operating system drops the lock with the
process, whatever ended it. Claim tokens begin with the worker's name, so the claims of a name whose lock is free are dead.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.ports import Clock
from monitor.store import due, outbox
from monitor.store.models import (
    Alert,
    Feed,
    OutboxMessage,
    PastedAddress,
    Periodic,
    Retagging,
    ThemeTrial,
    ToAskSource,
    ToGroup,
    ToMail,
    ToRank,
    ToRead,
    ToTry,
)

KINDS = (Feed, ToRead, ToGroup, ToRank, Alert, PastedAddress, ToTry, ToAskSource, ToMail, ThemeTrial, Retagging, OutboxMessage, Periodic)

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Working:
    """A worker alive on this machine; `since` None when its file does not say."""

    name: str
    pid: int
    since: datetime | None


@contextmanager
def alive(home: Path, clock: Clock) -> Iterator[str]:
    """Register as a living worker and release what dead ones held; yields this worker's name and on leaving releases what it holds."""
    folder = home / "workers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = uuid.uuid4().hex[:12]
    own, unlocked = folder / f"{name}.lock", folder / f"{name}.new"
    descriptor = os.open(unlocked, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, json.dumps({"pid": os.getpid(), "since": clock.now().isoformat()}).encode())
    unlocked.rename(own)  # seen by others only once it is locked, or they would take it for a dead one's
    try:
        release_dead(folder, clock.now())
        yield name
        _release(name, clock.now())
        own.unlink(missing_ok=True)
    finally:
        os.close(descriptor)  # after an error the file stays, and a successor releases what is left


def living(home: Path) -> tuple[Working, ...]:
    """The workers of this home that are alive, longest first; looking takes nothing from them."""
    found = []
    for file in sorted((home / "workers").glob("*.lock")):
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue  # it ended this moment
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            found.append(_said(file.stem, os.read(descriptor, 1000)))
        finally:
            os.close(descriptor)
    return tuple(sorted(found, key=lambda one: (one.since is None, one.since or _LONG_AGO)))


def _said(name: str, text: bytes) -> Working:
    try:
        value = json.loads(text)
        return Working(name, int(value["pid"]), datetime.fromisoformat(value["since"]))
    except (ValueError, KeyError, TypeError):  # of an earlier version
        return Working(name, 0, None)


def release_dead(folder: Path, now: datetime) -> int:
    """Release the claims of every worker whose lock is free; returns how many rows came free."""
    freed = 0
    for file in sorted(folder.glob("*.lock")):
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # alive
        else:
            freed += _release(file.stem, now)
            file.unlink(missing_ok=True)
        finally:
            os.close(descriptor)
    return freed


def _release(name: str, now: datetime) -> int:
    outbox.release_of(name)
    return sum(due.release_of(kind, name, now) for kind in KINDS)
