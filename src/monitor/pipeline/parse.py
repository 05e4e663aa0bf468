"""Reads a feed document into entries, whatever its dialect: the only door of feedparser.

Runs in a killable child (finding 3). Nothing of the document is believed: parse_before.py decides what a parser may see, parse_raw.py
cleans what it said, and feedparser works on a UTF-8 stream with its own sanitising and link resolving off (3.4 times less work).
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import feedparser
import feedparser.api

from monitor.pipeline.addresses import absolute
from monitor.pipeline.moments import read_moment
from monitor.pipeline.parse_before import LARGEST, first_entries, objection, to_text, without_declaration
from monitor.pipeline.parse_hints import read_hints
from monitor.pipeline.parse_json import load_json, read_json_feed
from monitor.pipeline.parse_nhk import FORMAT as NHK
from monitor.pipeline.parse_nhk import read_nhk
from monitor.pipeline.parse_raw import RawEntry, RawFeed, finish
from monitor.records import Moment, NotAFeed, ParsedFeed

feedparser.api.PREFERRED_XML_PARSERS[:] = ["monitor.pipeline.parse_sax"]

# Characters XML forbids, raw or as references: one costs the whole strict parse, and a surrogate makes feedparser raise (finding 4).
_FORBIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:x0*(?:d[89a-f][0-9a-f]{2}|fff[ef]|[0-8bcef]|1[0-9a-f])|0*(?:5529[6-9]|55[3-9]\d\d|5[67]\d{3}|6553[45]|[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
_LINK_TAG = re.compile(r"<link\s[^<>]{1,1000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:rss\+xml|atom\+xml|feed\+json|rdf\+xml)""", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""", re.IGNORECASE)
_MAIL = re.compile(r"\S+@\S+\.\S+")


def parse_feed(body: bytes, url: str, *, content_type: str = "", format: str = "auto") -> ParsedFeed | NotAFeed:  # noqa: A002
    """What the document at `url` says, or why it is no feed; never raises for what the document contains.

    `format` "auto" takes RSS, Atom, RDF and JSON Feed; a named format takes its own shape only. Entries come in document order.
    """
    if len(body) > LARGEST:
        return NotAFeed(f"The document is larger than {LARGEST // 1024 // 1024} MiB.")
    text = to_text(body, content_type).strip("\ufeff\0 \t\r\n")
    if not text:
        return NotAFeed("The document is empty.")
    if text[0] in "{[":
        return _json(text, url, format)
    if format != "auto":
        return NotAFeed(f"The document is not of the format {format}.")
    return _xml(text, url)


def _json(text: str, url: str, wanted: str) -> ParsedFeed | NotAFeed:
    """A JSON document in the format wanted."""
    document = load_json(text)
    if document is None:
        return NotAFeed("The document looks like JSON but cannot be read.")
    raw = read_nhk(document, url) if wanted == NHK else read_json_feed(document, url) if wanted == "auto" else None
    if raw is None:
        return NotAFeed("The document is JSON but no JSON Feed." if wanted == "auto" else f"The document is not of the format {wanted}.")
    return finish(raw)


def _xml(text: str, url: str) -> ParsedFeed | NotAFeed:
    """An XML document, checked before it is parsed."""
    if _is_page(text):
        return NotAFeed("The document is a web page, not a feed.", _suggestion(text, url))
    reason = objection(text)
    if reason:
        return NotAFeed(reason)
    short, cut = first_entries(text)
    parsed = _parsed(short, url)
    if parsed is None or not (dict.get(parsed, "version") or parsed["entries"]):
        return NotAFeed("The document is no feed in any known format.", _suggestion(text, url))
    hints = read_hints(text)
    return replace(
        finish(_raw(parsed, url, cut)),
        ttl=hints.ttl,
        update_every=hints.update_every,
        skip_hours=hints.skip_hours,
        skip_days=hints.skip_days,
    )


def _is_page(text: str) -> bool:
    """An HTML page by its first tag, comments aside."""
    start = re.sub(r"<!--.{0,2000}?-->|<\?[^>]{0,200}\?>", "", text[:6000], flags=re.DOTALL).lstrip()[:200].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body"))


def _suggestion(text: str, url: str) -> str:
    """The first feed a page names in its head; only a suggestion, never followed at poll time (P37)."""
    for tag in _LINK_TAG.findall(text[: 256 * 1024]):
        href = _HREF.search(tag)
        if href and _FEED_TYPE.search(tag) and "alternate" in tag.lower():
            return absolute(url, html.unescape(href[1] or href[2] or href[3]).strip()) or ""
    return ""


def _parsed(text: str, url: str) -> Any | None:
    """feedparser's answer to a clean UTF-8 stream; None when it raises, as it was measured to (finding 4)."""
    clean = _FORBIDDEN_REFERENCE.sub("", _FORBIDDEN.sub("", without_declaration(text)))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    stream = io.BytesIO(clean.encode("utf-8"))
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (UnicodeError, ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError):
        return None


def _raw(parsed: Any, url: str, cut: bool) -> RawFeed:
    """feedparser's dictionaries as raw records; its own key lookup warns and guesses, so plain dictionary access is used."""
    feed, version = parsed["feed"], str(dict.get(parsed, "version") or "")
    return RawFeed(
        format=version or "unknown",
        title=_text(feed, "title"),
        language=_text(feed, "language") or _detail(feed, "title_detail", "language"),
        home=_text(feed, "link"),
        base=url,
        entries=tuple(_entry(entry, atom=version.startswith("atom")) for entry in parsed["entries"]),
        cut=cut,
    )


def _entry(entry: Any, *, atom: bool) -> RawEntry:
    """One entry; in RSS a lone dc:date is the publication, in Atom a lone `updated` is not."""
    published, updated = _moment(entry, "published", "created"), _moment(entry, "updated")
    return RawEntry(
        guid=_text(entry, "id"),
        link=_link(entry),
        base=_detail(entry, "title_detail", "base") or _detail(entry, "summary_detail", "base"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=max((_text(part, "value") for part in _list(entry, "content")), key=len, default=""),
        authors=tuple(_name(author) for author in _list(entry, "authors")) or (_without_mail(_text(entry, "author")),),
        categories=tuple(_text(tag, "label") or _text(tag, "term") for tag in _list(entry, "tags")),
        published=published if published or atom else updated,
        updated=updated,
        language=_text(entry, "language") or _detail(entry, "title_detail", "language"),
    )


def _link(entry: Any) -> str:
    """The article's address: what FeedBurner says the original was, the alternate link, or a guid that is an address."""
    for name in ("feedburner_origlink", "pheedo_origlink", "link"):
        if _text(entry, name):
            return _text(entry, name)
    links = [_text(link, "href") for link in _list(entry, "links") if _text(link, "rel") in ("alternate", "")]
    guid = _text(entry, "id")
    return next(filter(None, links), guid if guid.startswith(("http://", "https://")) else "")


def _name(author: Any) -> str:
    return _without_mail(_text(author, "name"))


def _without_mail(written: str) -> str:
    """`desk@example.org (Ann Bee)` and `Ann Bee <desk@example.org>` name Ann Bee; a bare address names nobody."""
    if "@" not in written:
        return written
    return _MAIL.sub("", html.unescape(written[:500])).strip("<>()[],; \t\n")


def _moment(entry: Any, *names: str) -> Moment | None:
    return next(filter(None, (read_moment(_text(entry, name)) for name in names)), None)


def _text(holder: Any, name: str) -> str:
    value = dict.get(holder, name) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def _detail(holder: Any, name: str, part: str) -> str:
    return _text(dict.get(holder, name), part)


def _list(holder: Any, name: str) -> Iterable[Any]:
    value = dict.get(holder, name)
    return value if isinstance(value, list) else ()
