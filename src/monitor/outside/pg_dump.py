"""Copies a PostgreSQL database by its own program, pg_dump, where this machine has it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from monitor.errors import StoreError

TIMEOUT = 3600
"""Seconds a copy may take."""


def found() -> bool:
    """Whether this machine has pg_dump."""
    return shutil.which("pg_dump") is not None


def dump(address: str, target: Path) -> None:
    """Write the database at an address to a new file in pg_restore's format, readable by its owner only. Raises StoreError.

    The password is handed over in the environment: everybody on the machine can read a command line.
    """
    parts = urlsplit(address)
    bare, env = address, dict(os.environ)
    if parts.password is not None:
        user, _, place = parts.netloc.rpartition("@")
        bare = urlunsplit(parts._replace(netloc=f"{user.split(':', 1)[0]}@{place}"))
        env["PGPASSWORD"] = unquote(parts.password)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _run(["pg_dump", "--format=custom", "--no-password", f"--file={target}", f"--dbname={bare}"], env)
    if shutil.which("pg_restore"):
        _run(["pg_restore", "--list", str(target)], env)  # reads its table of contents: a copy cut short has none


def _run(command: list[str], env: dict[str, str]) -> None:
    try:
        subprocess.run(command, env=env, check=True, capture_output=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
    except subprocess.TimeoutExpired as slow:
        raise StoreError(f"{command[0]} took longer than an hour and was ended.") from slow
    except OSError as broken:
        raise StoreError(f"{command[0]} cannot be started: {broken.strerror or broken}.") from broken
    except subprocess.CalledProcessError as broken:
        said = broken.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StoreError(f"{command[0]} failed: {said[-1][:300] if said else f'status {broken.returncode}'}") from broken
