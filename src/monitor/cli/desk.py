"""Opening the desk for a command: settings, database, clock."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime, timedelta

from monitor.cli import show
from monitor.config.environment import Settings, load_settings
from monitor.errors import ConfigError, MonitorError, UsageError
from monitor.jobs.logs import configure
from monitor.outside.clock import OffsetClock, SystemClock
from monitor.ports import Clock
from monitor.store import setup


def settings() -> Settings:
    """The settings of this process; mistakes end the command with every one of them named."""
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        raise show.config_mistakes(error) from error


def open_desk(*, migrate: bool = False, clock: Clock | None = None) -> Settings:
    """Make the database usable: migrated when `migrate` says so (or when it is new and on SQLite), else refused if it is behind."""
    found = settings()
    configure(found.log, sys.stderr)
    try:
        found.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        setup.start()
        file = setup.database_file()
        if migrate or (file is not None and not file.exists()):
            for name in setup.migrate((clock or SystemClock()).now()):
                logging.getLogger("monitor").debug("migrated %s", name)
        else:
            setup.require_current_schema()
    except ConfigError as error:
        raise show.config_mistakes(error) from error
    except MonitorError as error:
        raise show.fail(str(error), code=78) from error
    except OSError as error:  # the home, its secret key or the backup before a migration
        raise show.fail(show.unwritable(found.home, error), code=78) from error
    return found


def clock_for(as_of: str | None) -> Clock:
    """The real clock, or one moved on by `+24h`, `+90m`, `+2d` (for outlets on loopback)."""
    return SystemClock() if not as_of else OffsetClock(_offset(as_of), SystemClock())


def since(text: str | None) -> datetime | None:
    """A moment from `2d`, `36h`, `90m` (ago) or an ISO date or time; raises a usage error that says what is understood."""
    if not text:
        return None
    now = SystemClock().now()
    if text[-1:] in _UNITS and text[:-1].isdecimal() and len(text) < 8:
        return now - timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise show.fail(f"--since {text!r} is not understood; write 2d, 36h, 90m, or a date such as 2026-11-20.", code=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_UNITS = {"m": 60, "h": 3600, "d": 86400}
LATEST = timedelta(days=366)
"""How far the clock may be moved."""


def _offset(text: str) -> timedelta:
    if text[:1] == "+" and text[1:-1].isdecimal() and text[-1:] in _UNITS and len(text) < 12:
        ahead = timedelta(seconds=int(text[1:-1]) * _UNITS[text[-1]])
        if ahead <= LATEST:
            return ahead
    raise UsageError(f"--as-of {text!r} is not understood; write +24h, +90m or +2d, at most +{LATEST.days}d.")
