"""Checks and compares the addresses written in feeds.yaml; only their form: which networks may be reached is the fetcher's matter."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST_ADDRESS = 2048  # characters

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u2069\ufeff\ud800-\udfff\\<>\"]")
_DEFAULT_PORT = {"http": 80, "https": 443}


def address_mistake(address: str) -> tuple[str, str] | None:
    """What is wrong with a web address, and what to write instead; None when its form is fine."""
    if len(address) > LONGEST_ADDRESS:
        return f"the address is longer than {LONGEST_ADDRESS} characters", ""
    if _FORBIDDEN.search(address):
        return f"the address {_shown(address)} contains a blank or a character that no address has", "write blanks as %20"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return f"the address {_shown(address)} cannot be read", "write https://host/path"
    if parts.scheme not in ("http", "https"):
        rest = address.split("://", 1)[-1].lstrip("/")
        return f"the address {_shown(address)} begins with neither http:// nor https://", f"write https://{_shown(rest)}"
    if parts.username is not None or parts.password is not None:
        return "the address carries a user or password", "remove it: this file is no place for secrets"  # never print it
    if not parts.hostname or port == 0:
        return f"the address {_shown(address)} names no host", "write https://host/path"
    return None


def feed_key(address: str) -> str:
    """One text for all spellings of one feed: http and https, upper and lower case host, default port, trailing slash are one."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return address
    place = host if port in (None, _DEFAULT_PORT.get(parts.scheme)) else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{place}{parts.path.rstrip('/')}{query}"


def _shown(address: str) -> str:
    address = address.rsplit("@", 1)[-1]  # what stands before may be a password
    return address if len(address) <= 100 else address[:99] + "…"
