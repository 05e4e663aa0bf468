from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.database import database_settings

WANTED = [
    "INSTALLED_APPS",
    "AUTH_USER_MODEL",
    "DATABASES",
    "USE_TZ",
    "TIME_ZONE",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_NAME",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_SSL_HEADER",
    "DEBUG",
    "SECRET_KEY",
    "ROOT_URLCONF",
    "MIDDLEWARE",
]
PROGRAM = f"""
import json
from monitor.config import django_settings as s
print(json.dumps({{name: getattr(s, name) for name in {WANTED!r}}}, default=str))
"""


def settings_of(home: Path, **environ: str) -> dict[str, object]:
    """Settings are read at import, so each environment gets a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**clean, "MONITOR_HOME": str(home), **environ}, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def test_the_settings_of_a_desk_on_loopback(tmp_path):
    got = settings_of(tmp_path)
    assert got["INSTALLED_APPS"] == [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django_htmx",
        "monitor.store",
        "monitor.web",
    ]
    assert got["DATABASES"] == {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(tmp_path / "monitor.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA journal_size_limit=67108864",
            },
        }
    }
    names = ("AUTH_USER_MODEL", "USE_TZ", "TIME_ZONE", "DEBUG", "ROOT_URLCONF")
    assert [got[name] for name in names] == ["store.Person", True, "UTC", False, "monitor.web.urls"]
    assert got["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert (got["SESSION_COOKIE_NAME"], got["CSRF_COOKIE_NAME"], got["SESSION_COOKIE_SECURE"]) == ("session", "csrf", False)
    assert (got["CSRF_TRUSTED_ORIGINS"], got["SECURE_PROXY_SSL_HEADER"]) == ([], None)
    assert got["MIDDLEWARE"][0] == "monitor.web.middleware.SecurityHeaders"
    assert got["SECRET_KEY"] == (tmp_path / "secret_key").read_text(encoding="ascii").strip()


def test_https_makes_the_cookies_secure_and_host_bound(tmp_path):
    got = settings_of(tmp_path, MONITOR_PUBLIC_URL="https://desk.example.org", MONITOR_BIND="192.0.2.7:80")
    assert (got["SESSION_COOKIE_NAME"], got["CSRF_COOKIE_NAME"], got["SESSION_COOKIE_SECURE"]) == ("__Host-session", "__Host-csrf", True)
    assert (got["SESSION_COOKIE_HTTPONLY"], got["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")
    assert got["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]", "192.0.2.7", "desk.example.org"]
    assert got["CSRF_TRUSTED_ORIGINS"] == ["https://desk.example.org"]
    assert got["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_an_insecure_desk_without_a_name_answers_to_any_host(tmp_path):
    got = settings_of(tmp_path, MONITOR_BIND="0.0.0.0:8000", MONITOR_INSECURE="1")
    assert got["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]", "*"]


def test_a_bad_setting_stops_the_import(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as caught:
        settings_of(tmp_path, MONITOR_LOG="xml")
    last = caught.value.stderr.strip().splitlines()[-1]
    assert last == "monitor.errors.ConfigError: MONITOR_LOG: 'xml' is no form of log (write text or json)"


def test_postgresql_gets_its_timeouts():
    assert database_settings("postgresql://desk:p%40ss@db.example.org:5433/monitor?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "monitor",
        "USER": "desk",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "5433",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "sslmode": "require",
            "options": "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
            " -c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1 -c work_mem=16MB",
        },
    }


def test_postgresql_by_socket():
    got = database_settings("postgresql://postgres:@/postgres?host=/run/pg")
    assert (got["HOST"], got["USER"], got["NAME"], got["PORT"]) == ("/run/pg", "postgres", "postgres", "")
