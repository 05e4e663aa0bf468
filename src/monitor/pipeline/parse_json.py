"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org), believing no type it has not checked."""

from __future__ import annotations

import html
import json
from typing import Any

from monitor.pipeline.moments import read_moment
from monitor.pipeline.parse_raw import RawEntry, RawFeed
from monitor.records import Moment


def load_json(text: str) -> Any:
    """The document's value, or None when it is no JSON (malformed, nested too deeply, numbers too long)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_json_feed(document: Any, base: str) -> RawFeed | None:
    """The feed, or None when the document is no JSON Feed; wrong types inside are treated as absent."""
    if not isinstance(document, dict):
        return None
    version, items = word(document.get("version")), document.get("items")
    if "jsonfeed.org" not in version or not isinstance(items, list):
        return None
    return RawFeed(
        format="json11" if version.rstrip("/").endswith("1.1") else "json1",
        title=html.escape(word(document.get("title")), quote=False),
        language=word(document.get("language")),
        home=word(document.get("home_page_url")),
        base=base,
        entries=tuple(_item(item) for item in items if isinstance(item, dict)),
    )


def _item(item: dict[str, Any]) -> RawEntry:
    """One item; `content_text` and `title` are plain text, so they are escaped to pass the HTML reader unchanged."""
    content = word(item.get("content_html")) or html.escape(word(item.get("content_text")), quote=False).replace("\n", "<br>")
    return RawEntry(
        guid=word(item.get("id")),
        link=word(item.get("url")) or word(item.get("external_url")) or _address(word(item.get("id"))),
        title=html.escape(word(item.get("title")), quote=False),
        summary=html.escape(word(item.get("summary")), quote=False),
        content=content,
        authors=_authors(item),
        categories=tuple(word(tag) for tag in items_of(item.get("tags"))),
        published=_moment(item.get("date_published")),
        updated=_moment(item.get("date_modified")),
        language=word(item.get("language")),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    """Names of `authors` (1.1) or `author` (1.0)."""
    people = items_of(item.get("authors")) or [item.get("author")]
    return tuple(word(person.get("name")) for person in people if isinstance(person, dict))


def _moment(value: Any) -> Moment | None:
    return read_moment(value) if isinstance(value, str) else None


def _address(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def word(value: Any) -> str:
    """The value as text: strings, and numbers where publishers use them for ids."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20 else ""


def items_of(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
