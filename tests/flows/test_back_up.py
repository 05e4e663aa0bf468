"""The nightly backup: made in the home, old ones let go, said plainly where it cannot be made."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.flows import back_up as flow
from monitor.outside import pg_dump
from monitor.store import models, nightly_backups, pages_desk, setup
from tests.fakes import NOON

NIGHTLY = "monitor-nightly-{:%Y%m%dT%H%M%S}Z.sqlite3"


@pytest.fixture
def desk_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small database of Monitor's shape in a file, taken for the desk's own."""
    file = tmp_path / "monitor.sqlite3"
    with closing(sqlite3.connect(file)) as base:
        for table in ("store_person", "store_article", "store_story"):
            base.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
        base.execute("INSERT INTO store_article VALUES (1)")
        base.commit()
    monkeypatch.setattr(setup, "database_file", lambda: file)
    monkeypatch.setattr(setup, "is_sqlite", lambda: True)
    return file


@pytest.mark.django_db
def test_each_night_leaves_a_checked_copy_and_the_old_ones_go(desk_file: Path) -> None:
    home = desk_file.parent
    for night in range(10):
        said = flow.back_up(home, "", NOON + timedelta(days=night))
    folder = home / "backups"
    names = sorted(file.name for file in folder.iterdir())
    assert said.endswith(("MB copied, 1 old backups let go", "MB copied"))
    assert names[-7:] == [NIGHTLY.format(NOON + timedelta(days=night)) for night in range(3, 10)]
    last = folder / names[-1]
    with closing(sqlite3.connect(last)) as copy:
        assert copy.execute("SELECT count(*) FROM store_article").fetchone() == (1,)
    assert (stat.S_IMODE(last.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    told = pages_desk.last_backup()
    assert (told["file"], told["at"], told["articles"]) == (str(last), NOON + timedelta(days=9), 1)
    assert flow.nightly(home) == flow.Nightly(True, str(folder), len(names))


@pytest.mark.django_db
def test_only_nightly_backups_are_ever_deleted(desk_file: Path) -> None:
    folder = desk_file.parent / "backups"
    folder.mkdir()
    others = {"mine.sqlite3", "monitor-nightly-20200101T000000Z.sqlite3.bak", "monitor-20200101T030000.sqlite3"}
    for name in others:
        (folder / name).write_text("dear")
    for night in range(40):
        flow.back_up(desk_file.parent, "", NOON + timedelta(days=night))
    assert {file.name for file in folder.iterdir()} >= others


@pytest.mark.django_db
def test_without_room_nothing_is_written_and_it_says_so(desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly_backups, "ROOM", 2**62)
    with pytest.raises(StoreError, match="no room for a backup"):
        flow.back_up(desk_file.parent, "", NOON)
    assert list((desk_file.parent / "backups").iterdir()) == []


@pytest.mark.django_db
def test_a_database_in_memory_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "is_sqlite", lambda: True)
    monkeypatch.setattr(setup, "database_file", lambda: None)
    assert (flow.back_up(tmp_path, "", NOON), list(tmp_path.iterdir())) == ("", [])


@pytest.mark.django_db
def test_without_pg_dump_it_says_so_and_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "is_sqlite", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (flow.back_up(tmp_path, "postgresql://desk@db.example/desk", NOON), flow.nightly(tmp_path).may) == (flow.NO_PROGRAM, False)


def _program(folder: Path, text: str) -> None:
    """A stand-in for pg_dump, to see what it is told."""
    file = folder / "pg_dump"
    file.write_text(f"#!{sys.executable}\n{text}\n")
    file.chmod(0o755)


@pytest.mark.django_db
def test_pg_dump_gets_the_password_where_nobody_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs, home = tmp_path / "bin", tmp_path / "home"
    programs.mkdir()
    home.mkdir()
    find = "import os, sys\nfile = next(a[7:] for a in sys.argv if a.startswith('--file='))"
    write = f"{find}\nopen(file, 'w').write(repr(sys.argv[1:]) + os.environ['PGPASSWORD'])"
    _program(programs, write)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(setup, "is_sqlite", lambda: False)
    flow.back_up(home, "postgresql://desk:s%20ecret@db.example:5433/desk?sslmode=require", NOON)
    (file,) = (home / "backups").iterdir()
    said = file.read_text()
    assert ("--dbname=postgresql://desk@db.example:5433/desk?sslmode=require" in said, said.endswith("]s ecret"), "s%20ecret" in said) == (
        True,
        True,
        False,
    )


@pytest.mark.django_db
def test_a_dump_that_failed_leaves_nothing_behind_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs, home = tmp_path / "bin", tmp_path / "home"
    programs.mkdir()
    home.mkdir()
    _program(programs, "import sys\nsys.exit('pg_dump: error: connection refused')")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(setup, "is_sqlite", lambda: False)
    with pytest.raises(StoreError, match="connection refused"):
        flow.back_up(home, "postgresql://desk@db.example/desk", NOON)
    assert (list((home / "backups").iterdir()), models.DeskFact.objects.filter(name="backup").count()) == ([], 0)


@pytest.mark.skipif(not os.environ.get("MONITOR_TEST_DATABASE_URL"), reason="a real PostgreSQL is named by MONITOR_TEST_DATABASE_URL")
def test_a_real_server_is_dumped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.postgres import _programs

    monkeypatch.setenv("PATH", f"{_programs(tmp_path)}:{os.environ['PATH']}")
    target = tmp_path / "copy.dump"
    pg_dump.dump(os.environ["MONITOR_TEST_DATABASE_URL"], target)
    assert (target.read_bytes()[:5], stat.S_IMODE(target.stat().st_mode), shutil.which("pg_restore") is not None) == (b"PGDMP", 0o600, True)


def test_the_time_of_a_backup_is_read_from_its_name(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "monitor-nightly-20260314T020000Z.dump").write_text("")
    assert list(nightly_backups.made(tmp_path)) == [datetime(2026, 3, 14, 2, tzinfo=UTC)]


@pytest.mark.django_db
def test_how_the_backups_stand_is_said_in_one_sentence(desk_file: Path) -> None:
    assert flow.worry(NOON) == (True, "The first backup is made in the coming night.")
    flow.back_up(desk_file.parent, "", NOON)
    assert flow.worry(NOON + timedelta(days=1)) == (True, "The last backup is of 2026-11-02 12:00 UTC.")
    assert flow.worry(NOON + timedelta(days=3))[0] is False
    models.Periodic.objects.create(name=nightly_backups.JOB, last_error="StoreError: There is no room.")
    assert flow.worry(NOON) == (False, "The last nightly backup broke: StoreError: There is no room.")
