"""The store as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables and the only queries the flows use."""

    name = "monitor.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
