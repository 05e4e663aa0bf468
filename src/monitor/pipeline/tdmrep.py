"""What a site's tdmrep.json reserves (P46): the file of the TDM Reservation Protocol (W3C Community Group, final report of 10 May 2024).

The file is a list of objects with a `location` (a path pattern as in robots.txt: `*` stands for anything, a `$` at its end for the end)
and a `tdm-reservation` of 1 or 0. The longest matching location wins, and of equally long ones the reservation. What cannot be
understood reserves nothing, as the report's authors settled for errors of the protocol.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

PATH: Final = "/.well-known/tdmrep.json"
MOST_BYTES: Final = 500 << 10
MOST_RULES: Final = 1_000
LONGEST_LOCATION: Final = 2_000
_SAFE = "/?=&:;,@!$'()*+~-._%"


@dataclass(frozen=True, slots=True)
class TdmRules:
    """The rules of one origin: path patterns, each with whether it reserves, the longest first and reservations before grants."""

    rules: tuple[tuple[str, bool], ...] = ()

    def reserves(self, url: str) -> bool:
        """Whether the file reserves the rights of the page at this address."""
        if not self.rules:
            return False
        parts = urlsplit(url)
        path = _same_quoting((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return next((reserved for pattern, reserved in self.rules if _matches(pattern, path)), False)


def read_tdmrep(body: str) -> TdmRules:
    """The rules of a tdmrep.json; no rule at all when it is not one, is larger than 500 KiB or says nothing usable."""
    if len(body) > MOST_BYTES:
        return TdmRules()
    try:
        document = json.loads(body.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return TdmRules()
    if not isinstance(document, list):
        return TdmRules()
    found = [rule for one in document[:MOST_RULES] if (rule := _rule(one)) is not None]
    return TdmRules(tuple(sorted(found, key=lambda rule: (-len(rule[0]), not rule[1]))))


def _rule(one: Any) -> tuple[str, bool] | None:
    if not isinstance(one, dict):
        return None
    location, said = one.get("location"), str(one.get("tdm-reservation")).strip()
    if not isinstance(location, str) or not location.startswith(("/", "*")) or len(location) > LONGEST_LOCATION or said not in {"0", "1"}:
        return None
    return _same_quoting(location), said == "1"


def _same_quoting(path: str) -> str:
    """A path with the same letters percent-encoded however it was written."""
    return quote(unquote(path, errors="replace"), safe=_SAFE)


def _matches(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says; each part is looked for once, from left to right, so no pattern can be slow."""
    to_the_end = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not others:
        return not to_the_end or at == len(path)
    for part in others[:-1] if to_the_end else others:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not to_the_end or (path.endswith(others[-1]) and len(path) - len(others[-1]) >= at)
