"""The desk's own feeds: Atom (RFC 4287) and JSON Feed 1.1, from the same frozen values; text only, never an outlet's markup."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot hold, and marks of direction that would reach beyond their text.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry: `id` is a UUID, `link` where it leads, `summary` plain text, `source` who tells it."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    summary: str = ""
    language: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebFeed:
    """One view of the desk as a feed; `address` is without its private part where it stands as an id."""

    id: str
    title: str
    home: str
    address: str
    language: str
    author: str
    items: tuple[FeedItem, ...]

    @property
    def updated(self) -> datetime:
        """When the newest entry changed."""
        return max((item.updated for item in self.items), default=_NEVER)


def atom(feed: WebFeed) -> bytes:
    """The feed as Atom."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(f"{{{_NAMESPACE}}}feed", {f"{{{_XML}}}lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _when(feed.updated))
    _text(ET.SubElement(root, f"{{{_NAMESPACE}}}author"), "name", feed.author)
    _element(root, "link", rel="alternate", type="text/html", href=feed.home)
    _element(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    for item in feed.items:
        _entry(root, item)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, item: FeedItem) -> None:
    entry = ET.SubElement(root, f"{{{_NAMESPACE}}}entry", {f"{{{_XML}}}lang": item.language} if item.language else {})
    _text(entry, "id", f"urn:uuid:{item.id}")
    _text(entry, "title", item.title)
    _text(entry, "published", _when(item.published))
    _text(entry, "updated", _when(item.updated))
    _element(entry, "link", rel="alternate", href=item.link)
    for name in item.authors or ((item.source,) if item.source else ()):
        _text(ET.SubElement(entry, f"{{{_NAMESPACE}}}author"), "name", name)
    if item.summary:
        _text(entry, "summary", item.summary)
    for tag in item.tags:
        _element(entry, "category", term=tag)
    if item.source:
        told = ET.SubElement(entry, f"{{{_NAMESPACE}}}source")
        _text(told, "title", item.source)


def json_feed(feed: WebFeed) -> bytes:
    """The feed as JSON Feed 1.1."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(feed.title),
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "authors": [{"name": clean(feed.author)}],
        "items": [_item(item) for item in feed.items],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _item(item: FeedItem) -> dict[str, Any]:
    names = item.authors or ((item.source,) if item.source else ())
    told: dict[str, Any] = {
        "id": f"urn:uuid:{item.id}",
        "url": item.link,
        "title": clean(item.title),
        "content_text": clean(item.summary),
        "date_published": _when(item.published),
        "date_modified": _when(item.updated),
        "authors": [{"name": clean(name)} for name in names],
        "tags": [clean(tag) for tag in item.tags],
    }
    return told | ({"language": item.language} if item.language else {})


def clean(text: str) -> str:
    """Text that XML can hold and that turns nothing around it."""
    return _UNFIT.sub("", text)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = clean(text)


def _element(parent: ET.Element, name: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}", {key: clean(value) for key, value in attributes.items()})


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
