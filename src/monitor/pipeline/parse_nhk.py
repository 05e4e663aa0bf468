"""Reads the list of news NHK World publishes as JSON, which is no feed format of its own (`format: nhk-json` in feeds.yaml).

Two shapes are known: {"channel": {"item": […]}} and {"data": […]}; times are Unix milliseconds, sometimes written as text.
"""

from __future__ import annotations

import html
from typing import Any

from monitor.pipeline.moments import from_epoch, read_moment
from monitor.pipeline.parse_json import items_of, word
from monitor.pipeline.parse_raw import RawEntry, RawFeed
from monitor.records import Moment

FORMAT = "nhk-json"


def read_nhk(document: Any, base: str) -> RawFeed | None:
    """The list as a feed, or None when neither shape fits."""
    if not isinstance(document, dict):
        return None
    channel = document.get("channel")
    holder = channel if isinstance(channel, dict) else document
    found = next((holder[name] for name in ("item", "items", "data") if isinstance(holder.get(name), list)), None)
    if found is None:
        return None
    return RawFeed(
        format=FORMAT,
        title=html.escape(word(holder.get("title")), quote=False) or "NHK WORLD",
        language=word(holder.get("language")),
        home=word(holder.get("link")),
        base=base,
        entries=tuple(_item(item) for item in found if isinstance(item, dict)),
    )


def _item(item: dict[str, Any]) -> RawEntry:
    """One piece of news; the site-relative address is made absolute later."""
    categories = item.get("categories")
    named = categories.get("name") if isinstance(categories, dict) else categories
    return RawEntry(
        guid=word(item.get("id")),
        link=next((word(item.get(name)) for name in ("page_url", "link", "url") if word(item.get(name))), ""),
        title=html.escape(word(item.get("title")), quote=False),
        summary=word(item.get("description")),
        categories=(word(named),) if word(named) else tuple(word(name) for name in items_of(named)),
        published=_moment(item, "pubDate", "published_at", "date", "updated_at"),
        updated=_moment(item, "updated_at"),
    )


def _moment(item: dict[str, Any], *names: str) -> Moment | None:
    """The first of the named fields that holds a believable time."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip().isdigit() and len(value.strip()) in (10, 13):
            value = int(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = from_epoch(value)
        else:
            moment = read_moment(value) if isinstance(value, str) else None
        if moment:
            return moment
    return None
