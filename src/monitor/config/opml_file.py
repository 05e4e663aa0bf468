"""OPML in and out: the feed lists of other readers, read with limits, and the desk's own outlets written for them.

Reading streams through defusedxml, so neither depth nor number of outlines costs memory or recursion; a document type with declarations of
its own, more than 2 MiB, 2,000 outlines or 32 levels is refused as a whole (docs/security.md, OPML). Every mistake is gathered, and a
list with a mistake is not used at all. What OPML has no word for (country, kind, weight …) is written in a namespace of ours and
understood again; other readers pass it over, as OPML 2.0 asks them to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape, quoteattr
from xml.sax.xmlreader import AttributesImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from monitor.config.feed_address import address_mistake, feed_key
from monitor.records import Feed, Outlet

LARGEST: Final = 2 * 1024 * 1024  # bytes
MOST_OUTLINES: Final = 2_000
DEEPEST: Final = 32
MOST_MISTAKES: Final = 50
LONGEST_TEXT: Final = 200  # characters of a name
NAMESPACE: Final = "urn:press-monitor:outlets"
_OURS: Final = ("id", "country", "kind", "weight", "owner", "text", "section", "every", "format", "enabled", "note")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class OpmlMistake:
    """One mistake: its line, a code, and what its sentence names."""

    line: int
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of a list: its address, what the list says of it, the folders it lies in, and the words of our own namespace."""

    url: str
    title: str = ""
    home: str = ""
    language: str = ""
    folders: tuple[str, ...] = ()
    ours: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


class _StopError(Exception):
    """Nothing more is read; the mistake is written down."""


def looks_like_opml(data: bytes) -> bool:
    """Whether a document is meant as OPML, by its first element."""
    return bool(
        re.match(
            rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]{0,200}>\s*)?(<!--.{0,2000}?-->\s*)*(<!DOCTYPE[^>]{0,2000}>\s*)?<opml\b", data[:8192], re.DOTALL
        )
    )


def parse_opml(data: bytes) -> tuple[tuple[OpmlFeed, ...], tuple[OpmlMistake, ...]]:
    """The feeds of a list and every mistake in it; with a mistake the feeds are not to be used."""
    if len(data) > LARGEST:
        return (), (OpmlMistake(1, "too_large", {"most": LARGEST // (1024 * 1024)}),)
    return _Reader().read(data)


class _Reader(ContentHandler):
    """One document being read."""

    def __init__(self) -> None:
        super().__init__()
        self.where: Locator | None = None
        self.depth = self.outlines = 0
        self.folders: list[str | None] = []  # one entry for each open outline, None for a feed
        self.feeds: list[OpmlFeed] = []
        self.mistakes: list[OpmlMistake] = []
        self.first: dict[str, int] = {}

    def read(self, data: bytes) -> tuple[tuple[OpmlFeed, ...], tuple[OpmlMistake, ...]]:
        parser = DefusedExpatParser(forbid_dtd=_declares(data), forbid_entities=True, forbid_external=True)
        parser.setContentHandler(self)
        source = InputSource()
        source.setByteStream(BytesIO(data))
        try:
            parser.parse(source)
        except _StopError:
            pass
        except DefusedXmlException:
            self._note("entities")
        except SAXParseException as error:
            self._note("not_xml", detail=error.getMessage())
        except (ValueError, LookupError):  # an encoding expat cannot take
            self._wrong("encoding")
        if not self.feeds and not self.mistakes:
            self._wrong("empty")
        self.mistakes.sort(key=lambda mistake: mistake.line)
        return tuple(self.feeds), tuple(self.mistakes)

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 — SAX names it
        """Keep who knows the line."""
        self.where = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 — SAX names it
        """An element opens: count it, and take an outline in."""
        said = dict(attrs.items())
        self.depth += 1
        if self.depth == 1 and name.lower() != "opml":
            self._stop("not_opml", element=name[:40])
        if self.depth > DEEPEST + 2:  # opml and body come first
            self._stop("too_deep", most=DEEPEST)
        if name.lower() != "outline":
            return
        self.outlines += 1
        if self.outlines > MOST_OUTLINES:
            self._stop("too_many", most=MOST_OUTLINES)
        known = {key.lower(): value.strip() for key, value in said.items()}
        title = known.get("text") or known.get("title", "")
        feed = "xmlurl" in known or known.get("type", "").lower() in ("rss", "atom")
        if feed:
            self._feed(known, title)
        self.folders.append(None if feed else title)

    def endElement(self, name: str) -> None:  # noqa: N802 — SAX names it
        """An element closes."""
        self.depth -= 1
        if name.lower() == "outline" and self.folders:
            self.folders.pop()

    def _feed(self, known: Mapping[str, str], title: str) -> None:
        url, line = known.get("xmlurl", ""), self._line()
        if not url:
            return self._wrong("no_address", name=title[:80])
        if address_mistake(url) is not None:
            return self._wrong("bad_address", name=title[:80], address=url.rsplit("@", 1)[-1][:120])
        key = feed_key(url)
        if key in self.first:
            return self._wrong("twice", address=url[:120], line=self.first[key])
        self.first[key] = line
        home = known.get("htmlurl", "")
        self.feeds.append(
            OpmlFeed(
                url=url,
                title=" ".join((title or known.get("title", "")).split())[:LONGEST_TEXT],
                home=home if home and address_mistake(home) is None else "",
                language=known.get("language", "")[:12],
                folders=tuple(folder[:80] for folder in self.folders if folder),
                ours={name: known[f"pm:{name}"][:4000] for name in _OURS if f"pm:{name}" in known},
                line=line,
            )
        )
        return None

    def _line(self) -> int:
        return (self.where.getLineNumber() if self.where else None) or 1

    def _note(self, code: str, **values: str | int) -> None:
        self.mistakes.append(OpmlMistake(self._line(), code, values))

    def _wrong(self, code: str, **values: str | int) -> None:
        self._note(code, **values)
        if len(self.mistakes) >= MOST_MISTAKES:
            raise _StopError

    def _stop(self, code: str, **values: str | int) -> None:
        self._note(code, **values)
        raise _StopError


def _declares(data: bytes) -> bool:
    """Whether the document's type brings declarations of its own, or fetches them: then it is refused as a whole."""
    found = re.search(rb"<!DOCTYPE\s+[^\s>\[]+\s*(.?)", data, re.DOTALL)
    return found is not None and found[1] != b">"


# ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def dump_opml(name: str, outlets: Iterable[Outlet], now: datetime, folder_of: Callable[[Outlet], str]) -> str:
    """OPML 2.0 with a folder for each section and an outline for each feed; an outlet without a feed has none to write."""
    folders: dict[str, list[Outlet]] = {}
    for outlet in outlets:
        if outlet.feeds:
            folders.setdefault(folder_of(outlet), []).append(outlet)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<opml version="2.0" xmlns:pm="{NAMESPACE}">', "  <head>"]
    lines += [
        f"    <title>{escape(_clean(name))}</title>",
        f"    <dateCreated>{format_datetime(now.astimezone(UTC), usegmt=True)}</dateCreated>",
    ]
    lines += ["  </head>", "  <body>"]
    for folder, inside in folders.items():
        lines.append(f"    <outline{_attributes({'text': folder, 'title': folder})}>")
        lines += [f"      <outline{_attributes(_said(outlet, feed))}/>" for outlet in inside for feed in outlet.feeds]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _said(outlet: Outlet, feed: Feed) -> dict[str, str]:
    """What is said of one feed: the words of OPML first, then ours where they differ from the default."""
    values = {"type": "rss", "text": outlet.name, "title": outlet.name, "xmlUrl": feed.url, "htmlUrl": outlet.home}
    values |= {"language": feed.language or outlet.language, "pm:id": outlet.id, "pm:country": outlet.country, "pm:kind": outlet.kind}
    values |= {"pm:weight": f"{outlet.weight:g}", "pm:owner": outlet.owner, "pm:text": outlet.text, "pm:section": feed.section or ""}
    values["pm:every"] = f"{feed.every // timedelta(minutes=1)}m" if feed.every else ""
    values["pm:format"] = "" if feed.format == "auto" else feed.format
    values["pm:enabled"] = "" if outlet.enabled and feed.enabled else "false"
    values["pm:note"] = outlet.note
    return {name: value for name, value in values.items() if value}


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_clean(value), {chr(10): '&#10;', chr(9): '&#9;'})}" for name, value in values.items())


def _clean(text: str) -> str:
    """Without the characters XML has no place for."""
    return _NO_XML.sub("", text)


# ── several feeds, one outlet ────────────────────────────────────────────────────────────────────────────────────────


def together(feeds: Sequence[OpmlFeed], host_of: Callable[[str], str]) -> Iterator[tuple[OpmlFeed, ...]]:
    """The feeds of one outlet side by side: of one id of ours, else of one name on one host."""
    groups: dict[tuple[str, str], list[OpmlFeed]] = {}
    for feed in feeds:
        key = ("id", feed.ours["id"]) if feed.ours.get("id") else (host_of(feed.home or feed.url), feed.title.casefold())
        groups.setdefault(key, []).append(feed)
    yield from (tuple(group) for group in groups.values())
