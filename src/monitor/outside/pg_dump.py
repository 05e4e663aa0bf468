"""Copies a PostgreSQL database by its own programs, pg_dump and pg_restore, where this machine has them."""

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
    bare, env = _bare(address)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _run(["pg_dump", "--format=custom", "--no-password", f"--file={target}", f"--dbname={bare}"], env)
    if shutil.which("pg_restore"):
        _run(["pg_restore", "--list", str(target)], env)  # reads its table of contents: a copy cut short has none


def can_load() -> bool:
    """Whether this machine has pg_restore, too."""
    return found() and shutil.which("pg_restore") is not None


def load(address: str, source: Path) -> None:
    """Fill an empty database from a copy that `dump` made, whole or not at all. Raises StoreError."""
    bare, env = _bare(address)
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"]
    _run(["pg_restore", *options, f"--dbname={bare}", str(source)], env)


def rows_of(source: Path, table: str) -> list[list[str]]:
    """The rows of a table in a copy, a text a column; none when the copy has no such table. Raises StoreError when it is no copy."""
    text = _run(["pg_restore", "--data-only", f"--table={table}", "--file=-", str(source)], dict(os.environ)).decode("utf-8", "replace")
    _, _, data = text.partition(f".{table} (")
    lines = data.splitlines()[1:]
    return [line.split("\t") for line in lines[: lines.index("\\.")]] if "\\." in lines else []


def _bare(address: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and the environment with it."""
    parts, env = urlsplit(address), dict(os.environ)
    if parts.password is None:
        return address, env
    user, _, place = parts.netloc.rpartition("@")
    env["PGPASSWORD"] = unquote(parts.password)
    return urlunsplit(parts._replace(netloc=f"{user.split(':', 1)[0]}@{place}")), env


def _run(command: list[str], env: dict[str, str]) -> bytes:
    try:
        done = subprocess.run(command, env=env, check=True, capture_output=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
    except subprocess.TimeoutExpired as slow:
        raise StoreError(f"{command[0]} took longer than an hour and was ended.") from slow
    except OSError as broken:
        raise StoreError(f"{command[0]} cannot be started: {broken.strerror or broken}.") from broken
    except subprocess.CalledProcessError as broken:
        said = broken.stderr.decode("utf-8", "replace").strip().splitlines()
        why = next((line for line in said if "error:" in line), said[-1] if said else f"status {broken.returncode}")
        raise StoreError(f"{command[0]} failed: {why[:300]}") from broken
    return done.stdout
