"""The command as a process of its own: how it starts, what it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests import free_ports
from tests.cli.conftest import FEEDS, Told

COMMAND = (sys.executable, "-c", "from monitor.cli.app import main; main()")
LONGEST = 600.0  # seconds a command may take before the test fails


class Machine:
    """A home of its own; `monitor(...)` runs the real command in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = {"MONITOR_HOME": str(home), "MONITOR_FEEDS": str(home.parent / "feeds.yaml")}
        (home.parent / "feeds.yaml").write_text(FEEDS, encoding="utf-8")

    def environment(self, **settings: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        return inherited | self.settings | settings

    def start(self, *args: str, **settings: str) -> subprocess.Popen[str]:
        environment = self.environment(**settings)
        return subprocess.Popen([*COMMAND, *args], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def monitor(self, *args: str, **settings: str) -> Told:
        process = self.start(*args, **settings)
        out, err = process.communicate(timeout=LONGEST)
        return Told(process.returncode, out, err)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "home")


@pytest.fixture
def free_port() -> int:
    return free_ports.free_port()


def test_first_command_makes_the_home_for_its_owner_only(machine: Machine) -> None:
    assert machine.monitor("outlet", "import").status == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in (machine.home, machine.home / "secret_key")}
    assert modes == {"home": 0o700, "secret_key": 0o600}


@pytest.mark.parametrize("command", [("outlet", "list"), ("person", "list"), ("lead", "list"), ("once", "all")])
def test_home_that_cannot_be_used_is_one_sentence(machine: Machine, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be", encoding="utf-8")
    place = f"The home {machine.home} cannot be used: {machine.home}: "
    told = machine.monitor(*command)
    assert (told.status, told.out, told.err.count("\n")) == (78, "", 1)
    assert (told.err.startswith(place), told.err.endswith("Check MONITOR_HOME and who owns that folder.\n")) == (True, True)


def test_database_of_a_newer_version_is_left_alone(machine: Machine) -> None:
    machine.monitor("outlet", "import")
    file = machine.home / "monitor.sqlite3"
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', '2030-01-01')")
    before = rows_of(file)
    for command in (("outlet", "import"), ("migrate",), ("lead", "list"), ("run",)):
        told = machine.monitor(*command)
        assert (told.status, told.out) == (78, "")
        assert told.err.startswith("The database was written by a newer version of Monitor (9999_later).")
    assert rows_of(file) == before


def rows_of(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as base:
        return list(base.iterdump())


def test_file_that_is_no_database_is_refused(machine: Machine) -> None:
    machine.home.mkdir()
    (machine.home / "monitor.sqlite3").write_bytes(b"this is no database" * 100)
    told = machine.monitor("lead", "list")
    sentence = "The database cannot be opened: file is not a database. Check MONITOR_DATABASE_URL and MONITOR_HOME.\n"
    assert told == Told(78, "", sentence)
    assert machine.monitor("doctor").status == 1


def test_nothing_to_do_is_said(machine: Machine) -> None:
    told = machine.monitor("once", "poll_feeds")
    assert told == Told(0, "Nothing to do: the desk has no outlet. `monitor outlet import feeds.yaml` brings them in.\n", "")


def test_reader_that_leaves_early_is_no_error(machine: Machine) -> None:
    machine.monitor("outlet", "import")
    process = machine.start("outlet", "export")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(LONGEST)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_serves_until_it_is_told_to_stop(machine: Machine, free_port: int, number: signal.Signals) -> None:
    process = machine.start("run", MONITOR_BIND=f"127.0.0.1:{free_port}")
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if line.startswith("Ctrl-C"):
            break
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/readyz", timeout=LONGEST) as answer:
        assert (answer.status, answer.read()) == (200, b"ok\n")
    process.send_signal(number)
    _, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, "Traceback" in err) == (0, False)
    assert said[0].endswith("feeds.yaml: 2 outlets added, 0 changed, 0 archived, 0 unchanged.")
    assert f"Press Monitor is running at http://127.0.0.1:{free_port}/" in said
    assert list((machine.home / "workers").iterdir()) == []


def test_taken_port_is_explained(machine: Machine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        told = machine.monitor("web", MONITOR_BIND=bind)
    expected = f"{bind} cannot be listened on (Address already in use). Set MONITOR_BIND to another address, such as 127.0.0.1:8001.\n"
    assert told == Told(1, "", expected)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this machine")
@pytest.mark.parametrize("command", [("theme", "list"), ("--help",)])
def test_output_that_does_not_fit_is_said_in_one_sentence(machine: Machine, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, *command], env=machine.environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=LONGEST, check=False
        )
    sentence = "The output cannot be written: No space left on device. Make room, then type the command again.\n"
    assert (ended.returncode, ended.stderr) == (1, sentence)


def test_what_no_encoding_can_write_does_not_stop_a_tool(machine: Machine) -> None:
    line = '{"id": "a", "title": "a \\ud800 b", "story": "\\ud800"}\n'
    ended = subprocess.run(
        [*COMMAND, "tool", "rank"], env=machine.environment(), input=line, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert (ended.returncode, "Traceback" in ended.stderr, len(ended.stdout.splitlines())) == (0, False, 2)
