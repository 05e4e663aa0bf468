"""Reads the text of each setting into its value, or says what is wrong with it."""

from __future__ import annotations

import ipaddress
import math
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SHORTEST_SECRET = 32  # characters; below that a signing key can be guessed
SHORTEST_TOKEN = 16
MOST_PARSERS = 64
LONGEST_INTERVAL = 3600.0  # seconds between starts on one host

_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u2069\ufeff\ud800-\udfff\\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
# What libpq may be told in the address; everything else (services, password files, server options) belongs elsewhere.
POSTGRESQL_PARAMETERS = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name")


class BadValue(ValueError):
    """A setting's text that cannot be used: one sentence and a suggestion."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        self.message, self.suggestion = message, suggestion
        super().__init__(message)


def one_line(text: str) -> str:
    """Text without control characters."""
    if _CONTROL.search(text):
        raise BadValue("contains a line break or a control character", "write it on one line")
    return text.strip()


def is_loopback(host: str) -> bool:
    """Whether a host to listen on can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").casefold() == "localhost"


def bind_address(text: str) -> tuple[str, int]:
    """`host:port`, IPv6 in brackets; the host is an IP literal or a name."""
    example = "write host:port, for instance 127.0.0.1:8000 or [::1]:8000"
    host, colon, port = one_line(text).rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadValue(f"{text[:80]!r} has no port between 1 and 65535", example)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not _is_ip(host, version=6):
            raise BadValue(f"[{host[:80]}] is no IPv6 address", example)
    elif not _is_ip(host, version=4) and not (_HOST_NAME.fullmatch(host) and not re.fullmatch(r"[0-9.]+", host)):
        raise BadValue(f"{host[:80]!r} is no host to listen on", example)
    return host, int(port)


def public_address(text: str) -> str:
    """Scheme and host the people use, without a path: `https://desk.example.org`."""
    parts = _web_address(text, "https://desk.example.org")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadValue("must be scheme and host only, without a path", f"write {parts.scheme}://{parts.netloc}")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def contact_address(text: str) -> str:
    """An e-mail address, or the address of a page, that goes into the User-Agent."""
    text = one_line(text)
    if _MAILBOX.fullmatch(text):
        return text
    if "@" in text and "://" not in text:
        raise BadValue(f"{text[:80]!r} is no e-mail address", "write desk@example.org or https://example.org/desk")
    return _web_address(text, "desk@example.org or https://example.org/desk").geturl()


def mail_address(text: str) -> str:
    """`desk@example.org`, or with a name before it: `Press review <desk@example.org>`."""
    text = one_line(text)
    match = re.fullmatch(r"(?:[^<>@\"]{1,200}\s)?<([^<>]+)>", text)
    if not _MAILBOX.fullmatch(match[1] if match else text):
        raise BadValue(f"{text[:80]!r} is no sender", "write desk@example.org or Press review <desk@example.org>")
    return text


def network_list(text: str) -> tuple[Network, ...]:
    """Networks in CIDR form, separated by commas or blanks; each must be written without host bits."""
    return tuple(_network(part) for part in re.split(r"[,\s]+", one_line(text)) if part)


def start_interval(text: str) -> float:
    """Seconds between two starts on one host, 0 … 3600; 0 holds for loopback hosts only."""
    try:
        seconds = float(text)
    except ValueError:
        raise BadValue(f"{text[:40]!r} is no number of seconds", "write 5") from None
    if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_INTERVAL:
        raise BadValue(f"{text[:40]} is not between 0 and {LONGEST_INTERVAL:g} seconds", "write 5")
    return seconds


def parser_count(text: str) -> int:
    """How many parser children, 1 … 64."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST_PARSERS:
        raise BadValue(
            f"{text[:40]!r} is not a whole number between 1 and {MOST_PARSERS}", "leave it out: the default is the number of cores"
        )
    return int(text)


def yes_or_no(text: str) -> bool:
    """1, true, yes, on or 0, false, no, off."""
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise BadValue(f"{text[:40]!r} is neither yes nor no", "write 1 or 0")
    return word in _YES


def log_form(text: str) -> str:
    """`text` or `json`."""
    if text not in ("text", "json"):
        raise BadValue(f"{text[:40]!r} is no form of log", "write text or json")
    return text


def secret_text(text: str) -> str:
    """A signing key of at least 32 characters."""
    return _secret(text, SHORTEST_SECRET, "leave it out: a strong key is made on the first start")


def token_text(text: str) -> str:
    """An access token of at least 16 characters."""
    return _secret(text, SHORTEST_TOKEN, "make one with: openssl rand -hex 24")


def smtp_address(text: str) -> str:
    """`smtp://` or `smtps://` with user, password and port if needed."""
    example = "write smtp://user:password@mail.example.org:587 or smtps://mail.example.org"
    parts = _split(text, example)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadValue("is no mail server", example)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadValue("has something after the host and port", example)
    return text


def database_address(text: str) -> str:
    """`sqlite:///path/to/file` or `postgresql://user:password@host:port/name`."""
    example = "write sqlite:////var/lib/monitor/monitor.sqlite3 or postgresql://user:password@host/name"
    parts = _split(text, example)
    if parts.scheme == "sqlite":
        if parts.netloc or len(parts.path) < 2 or parts.query or parts.fragment:
            raise BadValue("is no SQLite address: three slashes and a path are needed", example)
        return text
    return postgresql_address(text, example)


def postgresql_address(text: str, example: str = "write postgresql://user:password@host/name") -> str:
    """`postgresql://user:password@host:port/name`, with libpq parameters such as `?host=/run/postgresql` or `sslmode`."""
    parts = _split(text, example)
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadValue(f"the scheme {parts.scheme[:20]!r} is neither sqlite nor postgresql", example)
    if not unquote(parts.path).strip("/"):
        raise BadValue("names no database", example)
    unknown = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if name not in POSTGRESQL_PARAMETERS]
    if unknown:
        raise BadValue(f"has the unknown parameter {unknown[0][:40]}", f"known: {', '.join(POSTGRESQL_PARAMETERS)}")
    return text


def _secret(text: str, shortest: int, suggestion: str) -> str:
    if _CONTROL.search(text):
        raise BadValue("contains a line break or a control character", suggestion)
    if len(text) < shortest or len(set(text)) < 8:
        raise BadValue(f"is too weak: at least {shortest} characters, not all alike", suggestion)
    return text


def _is_ip(text: str, *, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version and "%" not in text
    except ValueError:
        return False


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise BadValue(f"{text[:80]!r} is no network", "write for instance 10.2.0.0/16, fd00::/8") from None
    raise BadValue(f"{text[:80]} has bits set after its prefix", f"write {meant}")


def _split(text: str, example: str) -> SplitResult:
    if _BLANK_OR_CONTROL.search(text):
        raise BadValue("contains a blank, a backslash or a control character", example)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise BadValue("cannot be read as an address", example) from None
    return parts


def _web_address(text: str, example: str) -> SplitResult:
    parts = _split(text, f"write {example}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadValue("is no http or https address", f"write {example}")
    if parts.username is not None or parts.password is not None:
        raise BadValue("must not carry a user or password", f"write {example}")
    return parts
