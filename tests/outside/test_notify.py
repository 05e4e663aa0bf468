"""The service manager hears what it is told, and its absence hurts nobody."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from monitor.outside import notify


def test_notify_without_a_manager_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify.tell("READY=1") is False


def test_notify_reaches_the_manager(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        assert notify.tell("WATCHDOG=1") is True
        assert manager.recv(64) == b"WATCHDOG=1"


def test_notify_to_a_dead_manager_is_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert notify.tell("READY=1") is False
