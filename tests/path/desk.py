"""A desk of its own for a test: a home, a database on whichever server is under test, and the real command."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from monitor.config.newsroom_values import Samples
from monitor.outside.newsroom import Newsroom, Request

COMMAND = (sys.executable, "-c", "from monitor.cli.app import main; main()")
PROJECT = Path(__file__).resolve().parent.parent.parent
LONGEST = 600.0  # seconds a command may take before the test fails


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Desk:
    """One desk in a folder; `monitor(...)` runs the real command, `rows(...)` asks its database directly."""

    def __init__(self, home: Path, *, server: str = "", **settings: str) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self._server = server
        self.database = _new_database(server) if server else ""
        self._settings = {"HOST_INTERVAL": "0", "FEEDS": str(home / "feeds.yaml"), "THEMES": str(PROJECT / "themes.yaml")} | settings

    @property
    def environment(self) -> dict[str, str]:
        """What the command sees: nothing of the desk of whoever runs the tests."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        own = {f"MONITOR_{name}": value for name, value in self._settings.items()} | {"MONITOR_HOME": str(self.home)}
        return inherited | own | ({"MONITOR_DATABASE_URL": self.database} if self.database else {})

    def start(self, *args: str) -> subprocess.Popen[str]:
        """The command in a process of its own, with pipes."""
        return subprocess.Popen([*COMMAND, *args], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def monitor(self, *args: str, ok: bool = True) -> Told:
        """Run the command to its end; with `ok` a failure fails the test with what it said."""
        process = self.start(*args)
        out, err = process.communicate(timeout=LONGEST)
        told = Told(process.returncode, out, err)
        assert not ok or told.status == 0, f"monitor {' '.join(args)} ended with {told.status}:\n{out}\n{err}"
        return told

    def open(self, newsroom: Newsroom) -> None:
        """Make the database and bring the newsroom's outlets in."""
        (self.home / "feeds.yaml").write_text(newsroom.feeds_yaml(), encoding="utf-8")
        if self.database:
            self.monitor("migrate")
        self.monitor("outlet", "import", str(self.home / "feeds.yaml"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer of the desk's database to a query."""
        if self.database:
            with closing(psycopg.connect(self.database)) as base:
                return base.execute(query).fetchall()
        with closing(sqlite3.connect(self.home / "monitor.sqlite3")) as base:
            return base.execute(query).fetchall()

    def write(self, statement: str) -> None:
        """Change the desk's database behind its back."""
        if self.database:
            with psycopg.connect(self.database) as base:
                base.execute(statement)
            return
        with closing(sqlite3.connect(self.home / "monitor.sqlite3")) as base, base:
            base.execute(statement)

    def sound(self) -> bool:
        """Whether the database itself is intact."""
        return True if self.database else self.rows("PRAGMA integrity_check") == [("ok",)]

    def claims(self) -> list[tuple[Any, ...]]:
        """Every claim that stands on a row of work."""
        kinds = ("store_feed", "store_toread", "store_togroup", "store_torank", "store_periodic")
        return [(kind, *row) for kind in kinds for row in self.rows(f"SELECT claim_token FROM {kind} WHERE claim_token <> ''")]

    def close(self) -> None:
        """Let the database go, if it was made for this desk."""
        if self.database:
            with closing(psycopg.connect(self._server, autocommit=True)) as base:
                base.execute(f'DROP DATABASE IF EXISTS "{urlsplit(self.database).path[1:]}" WITH (FORCE)')


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool], number: int = signal.SIGKILL) -> bool:
    """Send a signal the moment something is reached; False when the process ended before."""
    while process.poll() is None:
        if reached():
            process.send_signal(number)
            return True
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.002)
    return False


ORIGIN_FILES = ("/robots.txt", "/.well-known/tdmrep.json")
"""What speaks for a whole origin and is asked before its pages."""


def requests_of(newsroom: Newsroom, *, robots: bool = False) -> list[Request]:
    """The requests for feeds and pages, in the order in which they came."""
    return [one for one in newsroom.requests if robots or one.path not in ORIGIN_FILES]


def few(samples: Samples, outlets: Sequence[str]) -> Samples:
    """The newsroom with some of its outlets only, for tests that need many runs."""
    kept = set(outlets)
    articles = tuple(article for article in samples.articles if article.outlet in kept)
    ids = {article.id for article in articles}
    truths = tuple(
        replace(truth, articles={one: language for one, language in truth.articles.items() if one in ids})
        for truth in samples.truths
        if ids & set(truth.articles)
    )
    chosen = tuple(outlet for outlet in samples.outlets if outlet.id in kept)
    return Samples(chosen, articles, truths, samples.labels)


def _new_database(server: str) -> str:
    name = f"path_{uuid.uuid4().hex[:12]}"
    with closing(psycopg.connect(server, autocommit=True)) as base:
        base.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def in_process(desk: Desk, *args: str) -> Told:
    """`tests.path.worker`, which works like `once all` with what the command has no option for, on this desk."""
    command = [sys.executable, "-m", "tests.path.worker", *args]
    done = subprocess.run(command, env=desk.environment, cwd=PROJECT, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return Told(done.returncode, done.stdout, done.stderr)
