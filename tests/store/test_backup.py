"""Backups of the SQLite database: whole, checked, made while others write, put back only when nobody has the desk open."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.outside.clock import SystemClock
from monitor.store import backup, setup, workers

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


def monitor(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with a desk of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_") and name != "DJANGO_SETTINGS_MODULE"}
    own |= {"MONITOR_HOME": str(home), "MONITOR_FEEDS": str(home / "none.yaml")}
    command = [sys.executable, "-c", "from monitor.cli.app import main; main()", *args]
    return subprocess.run(command, env=own, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk")
    assert monitor(home, "person", "add", "ada@example.org").returncode == 0
    return home


def query(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as base:
        return list(base.execute(statement))


def test_a_backup_is_whole_checked_private_and_remembered(desk: Path, tmp_path: Path) -> None:
    told = monitor(desk, "backup", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, told.stderr) == (0, "The secret key and feeds.yaml are not in it.\n")
    copy = tmp_path / "copy.sqlite3"
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    assert told.stdout.endswith(f"0 articles, 0 stories. Checked; sha256 {digest}\n")
    assert (copy.stat().st_mode & 0o777, [file.name for file in tmp_path.iterdir()]) == (0o600, ["copy.sqlite3"])
    assert query(copy, "SELECT email FROM store_person") == [("ada@example.org",)]
    fact = json.loads(str(query(desk / "monitor.sqlite3", "SELECT value FROM store_deskfact WHERE name = 'backup'")[0][0]))
    assert (fact["file"], fact["sha256"]) == (str(copy), digest)


def test_a_backup_overwrites_nothing(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3").write_text("something dear")
    told = monitor(desk, "backup", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, (tmp_path / "copy.sqlite3").read_text()) == (1, "something dear")
    assert "exists already" in told.stderr


def test_a_restore_brings_back_what_was_and_signs_everybody_out(desk: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    monitor(home, "person", "add", "ada@example.org")
    assert monitor(home, "backup", str(tmp_path / "copy.sqlite3")).returncode == 0
    monitor(home, "person", "add", "late@example.org")
    told = monitor(home, "restore", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, told.stderr) == (0, "")
    assert query(home / "monitor.sqlite3", "SELECT email FROM store_person") == [("ada@example.org",)]
    assert query(home / "monitor.sqlite3", "SELECT count(*) FROM store_onetimelink") == [(0,)]
    aside = next(home.glob("monitor-before-restore-*.sqlite3"))
    assert len(query(aside, "SELECT email FROM store_person")) == 2
    assert monitor(home, "person", "list", "--json").returncode == 0


def write(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as base, base:
        base.execute(statement)


def test_an_edition_being_mailed_when_the_copy_was_made_waits_for_a_person(desk: Path, tmp_path: Path) -> None:
    copy, home = tmp_path / "copy.sqlite3", tmp_path / "home"
    home.mkdir()
    assert monitor(desk, "backup", str(copy)).returncode == 0
    asked = "edition_id, due_at, claim_token, attempts, last_error, with_pdf, asked_at"
    write(copy, f"INSERT INTO store_tomail ({asked}) VALUES (1, '2026-03-14', 'w.1', 1, '', 0, '2026-03-14')")
    assert monitor(home, "restore", str(copy)).returncode == 0
    assert query(home / "monitor.sqlite3", "SELECT due_at, claim_token FROM store_tomail") == [(None, "")]
    write(copy, "DROP TABLE store_tomail")  # as in a copy of an older version
    told = monitor(home, "restore", str(copy))
    assert (told.returncode, told.stderr) == (0, "")


def test_a_broken_database_can_be_restored_over(desk: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert monitor(desk, "backup", str(tmp_path / "copy.sqlite3")).returncode == 0
    home.mkdir()
    (home / "monitor.sqlite3").write_bytes(b"this is no database at all" * 1000)
    told = monitor(home, "restore", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, told.stderr) == (0, "")
    assert query(home / "monitor.sqlite3", "SELECT count(*) FROM store_person") == [(1,)]


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"no database" * 500, "is no sound backup"), (b"", "none of Monitor"), (None, "There is no file")]
)
def test_what_is_no_backup_changes_nothing(desk: Path, tmp_path: Path, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / "bad").write_bytes(content)
    before = query(desk / "monitor.sqlite3", "SELECT email FROM store_person")
    told = monitor(desk, "restore", str(tmp_path / "bad"))
    assert (told.returncode, sentence in " ".join(told.stderr.split())) == (1, True)
    assert query(desk / "monitor.sqlite3", "SELECT email FROM store_person") == before
    assert [file.name for file in desk.iterdir() if "part" in file.name] == []


def test_a_backup_of_a_newer_version_is_refused(desk: Path, tmp_path: Path) -> None:
    assert monitor(desk, "backup", str(tmp_path / "copy.sqlite3")).returncode == 0
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as base:
        base.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', '2030-01-01')")
        base.commit()
    told = monitor(desk, "restore", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, "9999_later" in told.stderr) == (1, True)


def test_nothing_is_restored_while_somebody_has_the_desk_open(desk: Path, tmp_path: Path) -> None:
    assert monitor(desk, "backup", str(tmp_path / "copy.sqlite3")).returncode == 0
    with closing(sqlite3.connect(desk / "monitor.sqlite3")) as held:
        held.execute("SELECT count(*) FROM store_person").fetchone()
        told = monitor(desk, "restore", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, "in use" in told.stderr) == (1, True)
    assert list(desk.glob("*before-restore*")) == []


@pytest.mark.django_db
def test_nothing_is_restored_while_a_worker_lives(desk: Path, tmp_path: Path) -> None:
    with workers.alive(desk, SystemClock()) as name:
        assert [one.name for one in workers.living(desk)] == [name]
        told = monitor(desk, "restore", str(tmp_path / "copy.sqlite3"))
    assert (told.returncode, told.stderr) == (1, "The desk is running. Stop it first, then restore.\n")
    assert workers.living(desk) == ()


def test_a_copy_made_while_others_write_is_one_moment(tmp_path: Path) -> None:
    """A writer moves one unit from account to account all the time: every copy has the same sum, and the copy ends."""
    source = tmp_path / "source.sqlite3"
    with closing(sqlite3.connect(source, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, sum INTEGER, ballast BLOB)")
        base.executemany("INSERT INTO account VALUES (?, 1, ?)", [(number, bytes(3000)) for number in range(4000)])
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(source, timeout=600, isolation_level=None)) as base:
            number = 0
            while not stop.is_set():
                number += 1
                base.execute("BEGIN IMMEDIATE")
                base.execute("UPDATE account SET sum = sum - 1 WHERE id = ?", [number % 2000])
                base.execute("UPDATE account SET sum = sum + 1 WHERE id = ?", [3999 - number % 2000])
                base.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup._copy(source, tmp_path / f"copy{number}", lambda _done, _total: None)
    finally:
        stop.set()
        writer.join()
    assert [query(tmp_path / f"copy{number}", "SELECT sum(sum), count(*) FROM account") for number in range(3)] == [[(4000, 4000)]] * 3


@pytest.mark.django_db
def test_a_database_that_is_no_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "database_file", lambda: None)
    with pytest.raises(StoreError, match="not a SQLite file"):
        backup.backup(tmp_path / "copy", NOW)
