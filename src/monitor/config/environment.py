"""The settings of the machine, read from the environment: checked, typed, frozen, and every mistake at once.

Each setting is also taken from a file named by NAME_FILE (for secrets kept by systemd or a container); giving both is a mistake,
an empty variable counts as not given, and a variable beginning with MONITOR_ that is no setting is a mistake with a suggestion.
Secrets never show in `repr`, and `Settings.printable()` masks them for `monitor doctor`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.config.settings_values import (
    BadValue,
    Network,
    bind_address,
    contact_address,
    database_address,
    is_loopback,
    log_form,
    mail_address,
    network_list,
    one_line,
    parser_count,
    postgresql_address,
    public_address,
    secret_text,
    smtp_address,
    start_interval,
    token_text,
    yes_or_no,
)
from monitor.config.yaml_file import did_you_mean
from monitor.errors import ConfigError, Problem

SECRET_KEY_FILE = "secret_key"  # noqa: S105 - the name of a file in the home, not a secret
LARGEST_SETTING_FILE = 65_536  # bytes


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of one installation; `sources` says where each came from: "default", "environment" or a file's path.

    `host_interval` is in seconds between two starts on one host; 0 switches all pacing off, but only for hosts on loopback
    (whoever paces must keep the default for every other host). An empty text means "not set".
    """

    home: Path
    database_url: str = field(repr=False)  # may carry a password
    feeds: Path
    themes: Path | None
    style: Path | None
    host: str
    port: int
    public_url: str
    insecure: bool
    secret_key: str = field(repr=False)
    contact: str
    allow_networks: tuple[Network, ...]
    host_interval: float
    parsers: int
    smtp_url: str = field(repr=False)
    mail_from: str
    mail_page: str
    metrics_token: str = field(repr=False)
    log: str
    test_database_url: str = field(repr=False)
    failpoint: str
    sources: Mapping[str, str]

    @property
    def https(self) -> bool:
        """Whether people reach the desk over https; cookies are Secure exactly then."""
        return self.public_url.startswith("https://")

    def address_of(self, path: str) -> str:
        """The address under which people reach a path of this desk: the public one if set, else where it listens.

        Made of settings only, never of what a request says (docs/security.md, reset).
        """
        if self.public_url:
            return self.public_url.rstrip("/") + path
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - a comparison, nothing is bound here
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{path}"

    def printable(self) -> dict[str, str]:
        """Every setting by its MONITOR_ name as text, secrets and passwords masked."""
        networks = ", ".join(str(network) for network in self.allow_networks)
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = {
            "HOME": str(self.home),
            "DATABASE_URL": without_password(self.database_url),
            "FEEDS": str(self.feeds),
            "THEMES": str(self.themes or ""),
            "STYLE": str(self.style or ""),
            "BIND": f"{host}:{self.port}",
            "PUBLIC_URL": self.public_url,
            "INSECURE": "1" if self.insecure else "0",
            "SECRET_KEY": "***" if self.secret_key else "",
            "CONTACT": self.contact,
            "ALLOW_NETWORKS": networks,
            "HOST_INTERVAL": f"{self.host_interval:g}",
            "PARSERS": str(self.parsers),
            "SMTP_URL": without_password(self.smtp_url),
            "MAIL_FROM": self.mail_from,
            "MAIL_PAGE": self.mail_page,
            "METRICS_TOKEN": "***" if self.metrics_token else "",
            "LOG": self.log,
            "TEST_DATABASE_URL": without_password(self.test_database_url),
            "FAILPOINT": self.failpoint,
        }
        return {f"MONITOR_{name}": value for name, value in shown.items()}


# name without MONITOR_: (reader, default as text); an empty default is filled in `_settled`
_TABLE: Mapping[str, tuple[Any, str]] = {
    "HOME": (one_line, "var"),
    "DATABASE_URL": (database_address, ""),
    "FEEDS": (one_line, "feeds.yaml"),
    "THEMES": (one_line, ""),
    "STYLE": (one_line, ""),
    "BIND": (bind_address, "127.0.0.1:8000"),
    "PUBLIC_URL": (public_address, ""),
    "INSECURE": (yes_or_no, "0"),
    "SECRET_KEY": (secret_text, ""),
    "CONTACT": (contact_address, ""),
    "ALLOW_NETWORKS": (network_list, ""),
    "HOST_INTERVAL": (start_interval, "5"),
    "PARSERS": (parser_count, ""),
    "SMTP_URL": (smtp_address, ""),
    "MAIL_FROM": (mail_address, ""),
    "MAIL_PAGE": (public_address, ""),
    "METRICS_TOKEN": (token_text, ""),
    "LOG": (log_form, "text"),
    "TEST_DATABASE_URL": (postgresql_address, ""),
    "FAILPOINT": (one_line, ""),
}
SETTING_NAMES: tuple[str, ...] = tuple(f"MONITOR_{name}" for name in _TABLE)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Reads and checks every setting; raises ConfigError with all mistakes, each named by its variable."""
    problems = _unknown(environ)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, (read, default) in _TABLE.items():
        variable = f"MONITOR_{name}"
        try:
            text, sources[variable] = _text(variable, environ)
            values[name] = read(text or default) if text or default else None
        except BadValue as error:
            problems.append(Problem(variable, None, error.message, error.suggestion))
    if not problems:
        problems = [*_together(values), *_homeless(values)]
    if problems:
        raise ConfigError(problems)
    return _settled(values, sources)


def ensure_secret_key(home: Path) -> str:
    """Gives the key kept in the home, making it on the first start with mode 0600; two processes at once get the same one."""
    path = home / SECRET_KEY_FILE
    kept = _kept_key(home)
    if kept:
        return kept
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f".{SECRET_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(64) + "\n")
    try:
        os.link(draft, path)  # fails when another process was first; never overwrites
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _kept_key(home)


def without_password(address: str) -> str:
    """An address for print: the password, if it has one, is masked."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    user, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.split(':', 1)[0]}:***@{place}"))


def _unknown(environ: Mapping[str, str]) -> list[Problem]:
    known = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    return [
        Problem(name, None, "is not a setting", did_you_mean(name, known) or "see docs/operations.md for the list")
        for name in sorted(environ)
        if name.startswith("MONITOR_") and name not in known
    ]


def _text(variable: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The text of a setting and its source."""
    given, path = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if given and path:
        raise BadValue(f"is set, and so is {variable}_FILE", "unset one of the two")
    if not path:
        return given, "environment" if given else "default"
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(LARGEST_SETTING_FILE + 1)
    except (OSError, ValueError) as error:
        raise BadValue(f"{variable}_FILE names {path}, which cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        text = data.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise BadValue(f"{variable}_FILE names {path}, which is not UTF-8 text") from None
    if not text or len(data) > LARGEST_SETTING_FILE:
        raise BadValue(f"{variable}_FILE names {path}, which is {'larger than 64 KiB' if text else 'empty'}")
    return text, path


def _together(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong only in combination."""
    host, public = values["BIND"][0], values["PUBLIC_URL"] or ""
    if is_loopback(host) or public.startswith("https://") or values["INSECURE"]:
        return []
    sentence = f"{host} can be reached from other machines, but MONITOR_PUBLIC_URL is no https address"
    advice = "put a proxy with https in front and set MONITOR_PUBLIC_URL, or set MONITOR_INSECURE=1 if passwords may travel in the clear"
    return [Problem("MONITOR_BIND", None, sentence, advice)]


def _homeless(values: Mapping[str, Any]) -> list[Problem]:
    """Paths that begin with `~` and a name this machine does not know."""
    found = []
    for name in ("HOME", "FEEDS", "THEMES", "STYLE"):
        try:
            Path(values[name] or "").expanduser()
        except RuntimeError:
            wrong = f"{values[name][:80]!r} begins with the home of somebody this machine does not know"
            found.append(Problem(f"MONITOR_{name}", None, wrong, "write the whole path, beginning with /"))
    return found


def _settled(values: Mapping[str, Any], sources: Mapping[str, str]) -> Settings:
    home = Path(values["HOME"]).expanduser().absolute()
    if not values["SECRET_KEY"] and _kept_key(home):
        sources = {**sources, "MONITOR_SECRET_KEY": str(home / SECRET_KEY_FILE)}
    return Settings(
        home=home,
        database_url=values["DATABASE_URL"] or f"sqlite:///{quote(str(home / 'monitor.sqlite3'))}",
        feeds=Path(values["FEEDS"]).expanduser().absolute(),
        themes=Path(values["THEMES"]).expanduser().absolute() if values["THEMES"] else None,
        style=Path(values["STYLE"]).expanduser().absolute() if values["STYLE"] else None,
        host=values["BIND"][0],
        port=values["BIND"][1],
        public_url=values["PUBLIC_URL"] or "",
        insecure=values["INSECURE"],
        secret_key=values["SECRET_KEY"] or _kept_key(home),
        contact=values["CONTACT"] or "",
        allow_networks=values["ALLOW_NETWORKS"] or (),
        host_interval=values["HOST_INTERVAL"],
        parsers=values["PARSERS"] or _cores(),
        smtp_url=values["SMTP_URL"] or "",
        mail_from=values["MAIL_FROM"] or "",
        mail_page=values["MAIL_PAGE"] or "",
        metrics_token=values["METRICS_TOKEN"] or "",
        log=values["LOG"],
        test_database_url=values["TEST_DATABASE_URL"] or "",
        failpoint=values["FAILPOINT"] or "",
        sources=sources,
    )


def _kept_key(home: Path) -> str:
    try:
        return (home / SECRET_KEY_FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
