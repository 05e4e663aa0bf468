"""Putting a copy back on a server: nothing is dropped while anybody has the database open."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.flows.put_back import put_back
from monitor.outside import pg_dump
from monitor.store import server_tables
from monitor.store.server_tables import NoSooner
from tests.fakes import NOON


def test_who_came_while_the_database_was_copied_aside_is_not_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[str] = []
    dropped: list[bool] = []

    def in_use() -> None:
        if came:
            raise StoreError("The database is in use.")

    monkeypatch.setattr(pg_dump, "can_load", lambda: True)
    monkeypatch.setattr(pg_dump, "rows_of", lambda _source, _table: [["1", "store", "0001_initial"]])
    monkeypatch.setattr(pg_dump, "dump", lambda _address, _target: came.append("a worker"))
    monkeypatch.setattr(server_tables, "ours", lambda: ["store_feed"])
    monkeypatch.setattr(server_tables, "refuse_in_use", in_use)
    monkeypatch.setattr(server_tables, "no_sooner", lambda _now: NoSooner(()))
    monkeypatch.setattr(server_tables, "drop", lambda: dropped.append(True))
    source = tmp_path / "copy.dump"
    source.write_text("a copy")
    (tmp_path / "backups").mkdir()
    with pytest.raises(StoreError, match="in use"):
        put_back(tmp_path, "postgresql://desk@db.example/desk", source, NOON)
    assert (came, dropped) == (["a worker"], [])
