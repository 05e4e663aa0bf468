"""/livez asks nothing of the database; /readyz says what is missing; /bot answers for the robot."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from monitor.store import pages_health, setup
from tests.web.reading import elements, texts

_Usage = namedtuple("_Usage", "total used free")


def test_livez_answers_without_the_database() -> None:
    """No database mark: a query would fail this test; a session cookie must not cause one either."""
    client = Client()
    client.cookies["session"] = "somebody"
    response = client.get("/livez")
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"ok\n", "text/plain; charset=utf-8")


@pytest.mark.django_db
def test_readyz_is_ready_when_all_is_well() -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: _Usage(10**12, 10**12 - 199_999_999, 199_999_999))
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (503, b"disk: not ready\n")


@pytest.mark.django_db
def test_readyz_names_a_missing_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "pending_migrations", lambda: ["store.0002_more"])
    assert Client().get("/readyz").content == b"migrations: not ready\n"


@pytest.mark.django_db
def test_readyz_names_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(setup, "pending_migrations", list)
    assert pages_health.problems(settings.MONITOR.home) == ["database"]


@pytest.mark.django_db
def test_bot_tells_how_to_refuse_it(stranger: Client) -> None:
    assert texts(stranger.get("/bot"), "pre") == ["User-agent: PressMonitor Disallow: /"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contact", "href"), [("desk@example.org", "mailto:desk@example.org"), ("https://example.org/desk", "https://example.org/desk")]
)
def test_bot_gives_the_contact(stranger: Client, monkeypatch: pytest.MonkeyPatch, contact: str, href: str) -> None:
    from dataclasses import replace

    monkeypatch.setattr(settings, "MONITOR", replace(settings.MONITOR, contact=contact))
    assert [link.get("href") for link in elements(stranger.get("/bot"), "main a")] == [href]
