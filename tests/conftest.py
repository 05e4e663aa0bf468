"""What every test shares: a home of its own, the database under test, loopback only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import hypothesis

_HOME = tempfile.TemporaryDirectory(prefix="monitor-tests-")
for name in [name for name in os.environ if name.startswith("MONITOR_") and name not in {"MONITOR_TEST_DATABASE_URL", "MONITOR_CORPORA"}]:
    del os.environ[name]
os.environ["MONITOR_HOME"] = _HOME.name
if os.environ.get("MONITOR_TEST_DATABASE_URL"):
    os.environ["MONITOR_DATABASE_URL"] = os.environ["MONITOR_TEST_DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "monitor.config.django_settings"

# The same examples every time, so that no run depends on luck; `make test-long` draws new ones (--hypothesis-profile=default).
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.load_profile("fixed")

PROJECT = Path(__file__).resolve().parent.parent

import django  # noqa: E402 — after the environment above, which its settings are built from

django.setup()

from django.db import connection  # noqa: E402

if connection.vendor == "sqlite":  # a file, as a desk has it: each thread with its own connection, and who writes waits for who writes
    connection.settings_dict["TEST"]["NAME"] = str(Path(_HOME.name) / "tests.sqlite3")
    connection.settings_dict["OPTIONS"]["timeout"] = 60  # seconds: on a slow machine too they wait for their turn
