"""What a site's robots.txt says to us (RFC 9309; P45, P46). The door to protego.

protego compares user agents by substring; which lines speak to us is therefore decided here by the exact token, and protego only matches
paths (longest match wins, Allow wins ties).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from protego import Protego

TOKEN: Final = "PressMonitor"  # noqa: S105 - a public name
"""Our product token in robots.txt and User-Agent; never to change."""

MOST_BYTES = 500 << 10
MOST_DELAY = 60.0
_TOKEN_KEY = TOKEN.lower()
_PRODUCT = re.compile(r"[A-Za-z_-]+")


class RobotsRules:
    """The rules of one origin, from what came back for its robots.txt; `status` None means that nothing came back."""

    def __init__(self, status: int | None, body: str | bytes = "") -> None:
        self.status = status
        self._text = _first_part(body) if status is not None and 200 <= status < 300 else ""

    @property
    def unreachable(self) -> bool:
        """Whether the site could not say what it wants (no answer, 429 or 5xx): then pages wait. Other 4xx mean that all is allowed."""
        return self.status is None or self.status >= 500 or self.status == 429

    @property
    def reason(self) -> str:
        """One sentence for the reader of an article that was not fetched."""
        if self.unreachable:
            return "The outlet's robots.txt could not be read, so its pages are left alone for now."
        return "The outlet's robots.txt asks the desk not to read this page."

    @property
    def crawl_delay(self) -> float:
        """Seconds the site wants between two requests, at most 60; 0 when it says nothing."""
        delay = self._mine.delay if self._named else self._everyone.delay
        return min(delay, MOST_DELAY)

    def allows_page(self, url: str) -> bool:
        """Whether the page may be fetched."""
        if self.unreachable:
            return False
        return (self._mine if self._named else self._everyone).allows(url)

    def stops_feed(self, url: str) -> bool:
        """Whether the feed is forbidden to us by name; a rule for everyone does not stop a feed that an editor subscribed to."""
        return self._named and not self._mine.allows(url)

    def reserves(self, url: str) -> bool:
        """Whether a Content-Signal line that speaks to us refuses use by machines (`ai-train=no` or `ai-input=no`) for this address."""
        return (self._mine if self._named else self._everyone).reserves(url)

    @cached_property
    def _parsed(self) -> tuple[_Group, _Group, bool]:
        return _groups(self._text)

    @property
    def _mine(self) -> _Group:
        return self._parsed[0]

    @property
    def _everyone(self) -> _Group:
        return self._parsed[1]

    @property
    def _named(self) -> bool:
        return self._parsed[2]


class _Group:
    """The lines of all groups that speak to one agent."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._signals: list[tuple[str, str]] = []
        self.delay = 0.0

    def add(self, key: str, value: str) -> None:
        """Take in one line of the group."""
        if key in {"allow", "disallow"}:
            self._lines.append(f"{key}: {value}")
        elif key == "crawl-delay" and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            self.delay = max(self.delay, float(value))
        elif key == "content-signal":
            path, _, rest = value.partition(" ") if value.startswith("/") else ("/", "", value)
            self._signals.append((path, rest.lower()))

    def allows(self, url: str) -> bool:
        """Whether the rules let the address be fetched."""
        return self._rules.can_fetch(url, TOKEN)

    def reserves(self, url: str) -> bool:
        """Whether a signal for the address's path refuses."""
        path = re.sub(r"^[a-z]+://[^/?#]*", "", url, flags=re.IGNORECASE) or "/"
        refused = {"ai-train=no", "ai-input=no"}
        return any(
            path.startswith(start) and not refused.isdisjoint(word.strip().replace(" ", "") for word in signal.split(","))
            for start, signal in self._signals
        )

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse("\n".join(["User-agent: *", *self._lines]))


def _groups(text: str) -> tuple[_Group, _Group, bool]:
    """The group for our token, the one for everyone, and whether our token is named at all."""
    mine, everyone = _Group(), _Group()
    named = False
    agents: set[str] = set()
    in_rules = True
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if in_rules:
                agents, in_rules = set(), False
            product = _PRODUCT.match(value)
            agents.add("*" if value.startswith("*") else product[0].lower() if product else "")
            named = named or _TOKEN_KEY in agents
        elif key != "sitemap":
            in_rules = True
            for agent, group in ((_TOKEN_KEY, mine), ("*", everyone)):
                if agent in agents:
                    group.add(key, value)
    return mine, everyone, named


def _first_part(body: str | bytes) -> str:
    """The first 500 KiB as text, whatever its bytes."""
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    return raw[:MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "")
