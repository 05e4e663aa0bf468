"""Finds what feeds a page names, and says what a feed would bring: the pure part of discovering feeds (P52).

Only `<link rel="alternate">` counts, so no path is ever guessed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.pipeline.addresses import absolute
from monitor.records import Entry, Outlet, Verdict

HEAD = 512 * 1024  # characters of a page that are looked at
MOST_LINKS = 20
PREVIEW = 5  # items shown of each feed
SHORTEST_SPAN = timedelta(hours=1)
_LINK = re.compile(r"<link\s[^<>]{1,2000}>", re.IGNORECASE)
_META = re.compile(r"<meta\s[^<>]{1,2000}>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_LANG = re.compile(r"""<html\b[^<>]{0,500}?\blang\s*=\s*["']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)""", re.IGNORECASE)
_BASE = re.compile(r"<base\s[^<>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,20})\s*=\s*(?:"([^"<>]{0,2000})"|'([^'<>]{0,2000})'|([^\s"'<>]{1,2000}))""")
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What a page says of its site: the feeds it names, the site's name, the page's language."""

    links: tuple[FeedLink, ...]
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was discovered, with what to expect of it; `reason` says why it cannot be used ("" when it can)."""

    url: str
    title: str = ""
    format: str = "auto"  # as feeds.yaml writes it
    language: str = ""
    per_week: float | None = None  # articles to expect; None: the feed does not date them
    newest: tuple[Entry, ...] = ()  # five at most
    watched_by: str = ""  # id of the outlet whose feed it already is
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What an address led to: an outlet as feeds.yaml would say it, its feeds, what it cost; `reason` says why nothing was found."""

    address: str
    outlet: Outlet | None = None  # country is "" when nothing tells it
    feeds: tuple[FoundFeed, ...] = ()
    requests: int = 0
    reason: str = ""
    example: str = ""  # an article that was read to see how much of its text can be had
    verdict: Verdict | None = None  # of the example; None: none was read
    verdict_reason: str = ""


def front_page(body: bytes, url: str) -> FrontPage:
    """What the page at `url` names; each feed once, in the page's order, comment feeds last."""
    text = re.sub(r"<!--.{0,5000}?-->", " ", body[: 2 * HEAD].decode("utf-8", "replace")[:HEAD], flags=re.DOTALL)
    base = next((absolute(url, said["href"]) for tag in _BASE.findall(text)[:1] if (said := _said(tag)).get("href")), None) or url
    found: dict[str, FeedLink] = {}
    for tag in _LINK.findall(text):
        said = _said(tag)
        address = absolute(base, said.get("href", "")) if said.get("href") else None
        kind = said.get("type", "").partition(";")[0].strip().lower()
        if address and kind in _FEED_TYPES and "alternate" in said.get("rel", "").lower().split() and len(found) < MOST_LINKS:
            found.setdefault(address, FeedLink(address, _plain(said.get("title", ""))))
    links = sorted(found.values(), key=lambda link: "comment" in f"{link.url} {link.title}".lower())
    metas = [_said(tag) for tag in _META.findall(text)]
    site = next((said["content"] for said in metas if said.get("property") == "og:site_name" and said.get("content")), "")
    title, lang = _TITLE.search(text), _LANG.search(text)
    return FrontPage(tuple(links), _plain(site or (title[1] if title else "")), lang[1].replace("_", "-") if lang else "")


def expected_per_week(entries: Sequence[Entry], now: datetime) -> float | None:
    """Articles a week to expect, from the dates of a feed's entries; None when fewer than two are dated."""
    dates = sorted((moment.at for entry in entries if (moment := entry.published or entry.updated) and moment.at <= now), reverse=True)
    if len(dates) < 2:
        return None
    quiet = now - dates[0]
    gap = max(dates[0] - dates[-1], SHORTEST_SPAN) / (len(dates) - 1)
    span = (dates[0] - dates[-1]) + (quiet if quiet > 3 * gap else timedelta(0))  # a feed that fell silent brings less than its past
    return round((len(dates) - 1) / (max(span, SHORTEST_SPAN) / timedelta(weeks=1)), 1)


def newest(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The last five entries, newest first; undated ones keep the feed's order behind the dated."""
    dated = [entry for entry in entries if entry.published or entry.updated]
    dated.sort(key=_at, reverse=True)
    return tuple([*dated, *(entry for entry in entries if not (entry.published or entry.updated))][:PREVIEW])


def _at(entry: Entry) -> datetime:
    moment = entry.published or entry.updated
    assert moment is not None, "only dated entries are sorted"
    return moment.at


def _said(tag: str) -> dict[str, str]:
    return {match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "").strip() for match in _ATTRIBUTE.finditer(tag)}


def _plain(text: str) -> str:
    """One line without markup or signs that steer the display."""
    return " ".join("".join(sign for sign in html.unescape(text) if sign.isprintable() or sign.isspace()).split())[:200]
