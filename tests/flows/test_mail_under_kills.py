"""The outbox while its worker is killed again and again: nothing lost, nothing twice but in the one window where nobody can know."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.outside.smtp_server import SmtpServer

LONGEST = 600.0  # seconds a process may take before the test fails
STARTED = "import runpy; runpy.run_module('tests.flows.mail_worker', run_name='__main__', alter_sys=True)"


class Outbox:
    """A home with an outbox, and workers on it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MONITOR_", "DJANGO_"))}
        own = {"MONITOR_HOME": str(home), "MONITOR_SMTP_URL": f"smtp://127.0.0.1:{port}", "MONITOR_MAIL_FROM": "desk@press.example"}
        self._environment = inherited | own

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", STARTED, *args], env=self._environment, stdout=subprocess.PIPE, text=True)

    def run(self, *args: str) -> None:
        with self.start(*args) as process:
            assert process.wait(LONGEST) == 0

    def monitor(self, *args: str) -> str:
        """What the command says, on both its outputs."""
        command = [sys.executable, "-c", "from monitor.cli.app import main; main()", *args]
        told = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=LONGEST, check=True)
        return told.stdout + told.stderr

    def kill_after(self, seconds: float) -> bool:
        """Start a worker and kill it that long after it began; False when it was done before."""
        with self.start("send", "0") as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(LONGEST)
                return True
            return False

    def states(self) -> Counter[str]:
        with closing(sqlite3.connect(self.home / "monitor.sqlite3")) as base:
            return Counter(state for (state,) in base.execute("SELECT state FROM store_outboxmessage"))


def slow(_turn: int) -> str:
    """The server takes a moment before it answers the final dot, as real ones do: kills fall into the window."""
    time.sleep(0.004)
    return "250 2.0.0 Ok: queued as K1"


@pytest.mark.parametrize(
    ("messages", "kills"), [pytest.param(40, 4, id="sample"), pytest.param(300, 60, id="in-full", marks=pytest.mark.long)]
)
def test_killed_worker_loses_no_message_and_doubles_only_in_the_window(tmp_path: Path, messages: int, kills: int) -> None:
    chance = random.Random(2026)
    with SmtpServer({"end": slow}) as server:
        outbox = Outbox(tmp_path / "home", server.port)
        outbox.run("prepare", str(messages))
        killed = 0
        while killed < kills and outbox.kill_after(chance.uniform(0.0, 0.25)):
            killed += 1
        outbox.run("send", "0")
        outbox.run("send", "16")
        taken = Counter(server.ids())
    twice = {name for name, count in taken.items() if count > 1}
    print(f"{messages} messages, {killed} kills, {len(twice)} twice, lost {messages - len(taken)}")
    assert len(taken) == messages
    assert outbox.states() == Counter({"sent": messages})
    assert max(taken.values()) <= 2
    assert len(twice) <= killed
    copies = {name: {raw for raw in server.taken if name.encode() in raw} for name in twice}
    assert {name: len(forms) for name, forms in copies.items()} == dict.fromkeys(twice, 1)


def test_restored_desk_sends_nothing_until_it_is_told_to(tmp_path: Path) -> None:
    """F-29: what waits in a backup was sent since it was made; another copy of the desk must not send it again."""
    with SmtpServer() as server:
        old, new = Outbox(tmp_path / "old", server.port), Outbox(tmp_path / "new", server.port)
        old.run("prepare", "3")
        copy = str(tmp_path / "copy.sqlite3")
        assert "Checked" in old.monitor("backup", copy)
        old.run("send", "0")
        assert "No mail leaves until `monitor outbox resume`" in new.monitor("restore", copy)
        new.run("send", "0")
        assert (len(server.taken), new.states()) == (3, Counter({"pending": 3}))
        assert "restored from a backup" in new.monitor("outbox", "list")
        assert "3 messages made before that will not be sent" in new.monitor("outbox", "resume", "--drop-waiting")
        new.run("send", "0")
        assert (len(server.taken), new.states()) == (3, Counter({"cancelled": 3}))
