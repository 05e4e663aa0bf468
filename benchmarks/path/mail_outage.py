"""What a mail server that answers nothing costs the path: the same news taken in with 300 alerts waiting before a black hole, and without.

Method: `monitor run` on a fresh desk of the sample newsroom (25 outlets on loopback), four times each way in turn. The black hole takes
connections and never says a word, so that the worker waits out its patience there while it polls, reads and groups. Time is from the
first answer of a feed to the moment the last article has its story, by the desk's own records; the processor's is that of the whole run,
started and ended. F-18 allows five per cent.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 4
ALERTS = 300
PATIENCE = 120.0  # seconds
ALLOWED = 0.05


@dataclass(frozen=True)
class Run:
    """One desk's morning: seconds from the first feed to the last story, seconds of processor, and connections to the mail server."""

    wall: float
    processor: float
    connections: int


def prepare(home: Path) -> None:
    """A migrated database with so many alerts waiting; in a process of its own."""
    os.environ["MONITOR_HOME"] = str(home)
    from monitor.store import setup

    setup.start()
    from monitor.outside.clock import SystemClock
    from monitor.records import Letter
    from monitor.store import outbox

    now = SystemClock().now()
    setup.migrate(now)
    for number in range(ALERTS):
        to = f"reader{number % 10}@reader.example"
        outbox.keep(
            Letter("alert", f"alert:{number}", to, "Alert", f"<alert.{number}@press.example>", b"Subject: Alert\r\n\r\nA story.\r\n"), now
        )


@contextmanager
def black_hole() -> Iterator[tuple[int, list[socket.socket]]]:
    """A port on which connections are taken and nothing is ever said."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def swallow() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=swallow, daemon=True).start()
        yield listener.getsockname()[1], taken
    for one in taken:
        one.close()


def counted(home: Path, question: str) -> int:
    """One number of the desk's database."""
    with closing(sqlite3.connect(home / "monitor.sqlite3", timeout=10)) as base:
        return int(base.execute(question).fetchone()[0])


def take_in(template: Path, articles: int, *, hole: bool) -> Run:
    """Run a fresh desk until every article has its story."""
    with tempfile.TemporaryDirectory() as folder, black_hole() as (port, taken):
        home = Path(folder) / "home"
        shutil.copytree(template, home)
        settings = {"HOME": str(home), "FEEDS": str(home / "feeds.yaml"), "HOST_INTERVAL": "0", "BIND": f"127.0.0.1:{free_port()}"}
        settings |= {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "desk@press.example"} if hole else {}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        environment |= {f"MONITOR_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-c", "from monitor.cli.app import main; main()", "run"]
        with (Path(folder) / "said").open("wb") as said:
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
            begun = until(home, "SELECT count(*) FROM store_fetchevent", 1)
            ended = until(home, "SELECT count(*) FROM store_article WHERE story_id IS NOT NULL", articles)
            process.send_signal(signal.SIGINT)
            _, status, used = os.wait4(process.pid, 0)
        assert counted(home, "SELECT count(*) FROM store_outboxmessage WHERE state IN ('pending', 'deferred')") == ALERTS
        assert os.waitstatus_to_exitcode(status) == 0
        return Run(ended - begun, used.ru_utime + used.ru_stime, len(taken))


def until(home: Path, question: str, number: int) -> float:
    """When a count of the desk's database has come to a number."""
    limit = time.monotonic() + PATIENCE
    while counted(home, question) < number:
        if time.monotonic() > limit:
            raise SystemExit(f"{question} did not come to {number} within {PATIENCE:.0f} s")
        time.sleep(0.05)
    return time.monotonic()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> int:
    """Measure and print; fails when the processor's time differs by more than F-18 allows."""
    from benchmarks.machine import heading
    from monitor.config.newsroom_file import load_newsroom
    from monitor.outside.clock import SystemClock
    from monitor.outside.newsroom import Newsroom

    samples = load_newsroom()
    with tempfile.TemporaryDirectory() as folder, Newsroom(samples, port=0, clock=SystemClock(), edited=True) as newsroom:
        template = Path(folder) / "home"
        subprocess.run([sys.executable, "-m", "benchmarks.path.mail_outage", "prepare", str(template)], check=True)
        (template / "feeds.yaml").write_text(newsroom.feeds_yaml(), encoding="utf-8")
        found: dict[bool, list[Run]] = {False: [], True: []}
        for number in range(2 * ROUNDS):
            hole = bool(number % 2)
            found[hole].append(take_in(template, len(samples.articles), hole=hole))
    print(heading("The path while the mail server is a black hole", __doc__))
    print(f"  {len(samples.articles)} articles, {ALERTS} alerts waiting; medians of {ROUNDS} runs")
    for hole, name in ((False, "no mail leaves"), (True, "a black hole takes the mail")):
        walls, processors = ([getattr(one, part) for one in found[hole]] for part in ("wall", "processor"))
        print(
            f"  {name:28} {_said(walls)} s to the last story, {_said(processors)} s of processor, {found[hole][-1].connections} connections"
        )
    wall, processor = (_median(found[True], part) / _median(found[False], part) - 1 for part in ("wall", "processor"))
    print(f"  the black hole costs {wall:+.1%} of the time and {processor:+.1%} of the processor (F-18: within {ALLOWED:.0%})")
    return 0 if processor <= ALLOWED else 1


def _median(runs: list[Run], part: str) -> float:
    return statistics.median(getattr(one, part) for one in runs)


def _said(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({' '.join(f'{one:.2f}' for one in sorted(values))})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(Path(sys.argv[2]))
    else:
        sys.exit(main())
