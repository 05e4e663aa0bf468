"""The store as a Django app."""

from __future__ import annotations

from datetime import datetime

from django.apps import AppConfig
from django.db.backends.sqlite3.base import Database  # type: ignore[attr-defined]
from django.utils.dateparse import parse_datetime


class StoreConfig(AppConfig):
    """Tables and the only queries the flows use."""

    name = "monitor.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have SQLite's moments come out aware, as PostgreSQL's do; Django would look at each of them twice more to make them so."""
        Database.register_converter("datetime", _moment)


def _moment(stored: bytes) -> datetime | None:
    """A moment as Django writes it, UTC without saying so; whatever else a hand may have written is read as Django reads it."""
    try:
        return datetime.fromisoformat(f"{stored.decode()}+00:00")
    except ValueError:
        return parse_datetime(stored.decode())
