"""The pages as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """What people see; it has no tables of its own."""

    name = "monitor.web"
    label = "web"
