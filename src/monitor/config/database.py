"""Turns a checked database address into Django's settings for it (docs/reliability.md, database rules)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

STATEMENT_TIMEOUT = 30_000  # milliseconds
LOCK_TIMEOUT = 5_000
IDLE_TIMEOUT = 60_000
CONNECTION_AGE = 600  # seconds a PostgreSQL connection is kept

POSTGRESQL_PLANNING = {"jit": "off", "max_parallel_workers_per_gather": 0, "random_page_cost": 1.1, "work_mem": "16MB"}
"""A desk asks small questions all day: compiling them or sharing them out costs more than answering, and what it asks for is in memory."""

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA journal_size_limit=67108864",
}


def database_settings(address: str) -> dict[str, Any]:
    """One entry of Django's DATABASES for an address that `load_settings` has accepted."""
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]), "OPTIONS": dict(SQLITE_OPTIONS)}
    parameters = dict(parse_qsl(parts.query))
    limits = {
        "statement_timeout": STATEMENT_TIMEOUT,
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        **POSTGRESQL_PLANNING,
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parameters.pop("host", "") or parts.hostname or "",
        "PORT": parameters.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_AGE,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parameters, "options": options},
    }
