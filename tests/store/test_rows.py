"""Rows written in one statement: defaults as the model says, what is there already passed over."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from monitor.store import models, rows

AT = datetime(2026, 11, 21, 7, 30, 15, 250_000, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def article(number: int, outlet: models.Outlet, **fields: Any) -> dict[str, Any]:
    given = {"key": f"key {number}", "url": f"https://port.example/{number}", "outlet_id": outlet.pk, "title": "Port closed"}
    return {"uuid": uuid.UUID(int=number).hex, "authors": rows.as_json(["An Example"]), "discovered_at": AT} | given | fields


def test_rows_get_the_defaults_of_their_model_and_keep_what_they_are_given() -> None:
    outlet = models.Outlet.objects.create(slug="port", name="Port News")
    rows.insert_objects(models.Article, [article(1, outlet), article(2, outlet)])
    written = models.Article(key="key 2", url="https://port.example/2", outlet=outlet, title="Port closed", discovered_at=AT)
    written.uuid, written.authors = uuid.UUID(int=2), ["An Example"]
    names = [field.attname for field in models.Article._meta.concrete_fields if not field.primary_key]
    found = models.Article.objects.get(key="key 2")
    assert {name: getattr(found, name) for name in names} == {name: getattr(written, name) for name in names}


def test_rows_that_are_there_already_are_passed_over_only_when_asked() -> None:
    outlet = models.Outlet.objects.create(slug="port", name="Port News")
    rows.insert_objects(models.Article, [article(1, outlet)])
    rows.insert_objects(models.Article, [article(2, outlet, key="key 1"), article(3, outlet)], if_new=True)
    assert list(models.Article.objects.order_by("pk").values_list("key", "url")) == [
        ("key 1", "https://port.example/1"),
        ("key 3", "https://port.example/3"),
    ]


def test_nothing_is_written_for_no_rows() -> None:
    rows.insert_objects(models.Article, [])
    assert models.Article.objects.count() == 0


@pytest.mark.parametrize("at", [AT, AT.replace(microsecond=0)])
def test_moments_are_aware_even_when_read_without_the_models(at: datetime) -> None:
    """On both databases, and written by prepared statements or by Django alike."""
    outlet = models.Outlet.objects.create(slug="port", name="Port News")
    rows.insert_objects(models.Article, [article(1, outlet, discovered_at=at)])
    models.Article.objects.create(key="key 2", url="https://port.example/2", outlet=outlet, title="Port closed", discovered_at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT discovered_at FROM store_article")
        assert [moment for (moment,) in cursor.fetchall()] == [at, at]
    assert models.Article.objects.filter(discovered_at=at).count() == 2


@pytest.mark.parametrize(
    "written", ["2026-11-21 07:30:15+00:00", "2026-11-21T07:30:15Z", "2026-11-21 07:30:15", "2026-11-21 08:30:15+01:00"]
)
def test_moments_that_a_hand_wrote_are_read(written: str) -> None:
    """Dates of an older file may have been mended with sqlite3 itself."""
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite only")
    outlet = models.Outlet.objects.create(slug="port", name="Port News")
    rows.insert_objects(models.Article, [article(1, outlet)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_article SET discovered_at = %s", [written])
    assert models.Article.objects.get().discovered_at == AT.replace(microsecond=0)
