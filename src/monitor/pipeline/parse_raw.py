"""What every kind of feed document is brought to before cleaning, and the one way from there to entries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from monitor.pipeline.addresses import absolute
from monitor.pipeline.clean import clean_title
from monitor.pipeline.parse_before import MOST_ENTRIES
from monitor.pipeline.parse_text import LONGEST_SUMMARY, plain_text, plain_title
from monitor.records import Entry, Moment, ParsedFeed

LONGEST_LINK = 2_048
LONGEST_GUID = 2_048
MOST_PEOPLE = 20
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry as the document spells it: markup and escapes still in, links still relative."""

    guid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed document as it spells itself."""

    format: str
    title: str = ""
    language: str = ""
    home: str = ""
    base: str = ""
    entries: tuple[RawEntry, ...] = field(default=())
    cut: bool = False


def finish(raw: RawFeed) -> ParsedFeed:
    """The cleaned feed: at most 500 entries with absolute links; each entry that cannot be used leaves a sentence in `skipped`."""
    entries: list[Entry] = []
    skipped: list[str] = [f"Only the first {MOST_ENTRIES} entries were read."] if raw.cut or len(raw.entries) > MOST_ENTRIES else []
    for number, entry in enumerate(raw.entries[:MOST_ENTRIES], 1):
        link = absolute(entry.base or raw.base, entry.link.strip()) if entry.link.strip() else None
        if link is None or len(link) > LONGEST_LINK:
            skipped.append(f"Entry {number} ({_named(entry)}) has no usable link.")
        else:
            entries.append(_entry(entry, link))
    return ParsedFeed(
        format=raw.format,
        title=plain_title(raw.title),
        language=language_tag(raw.language),
        entries=_distinct(entries, skipped),
        home=(absolute(raw.base, raw.home.strip()) or "") if raw.home.strip() else "",
        skipped=tuple(skipped),
    )


def _named(entry: RawEntry) -> str:
    return plain_title(entry.title, 80) or clean_title(entry.guid, 80) or "untitled"


def _entry(raw: RawEntry, link: str) -> Entry:
    """The entry with every field cleaned; an entry without guid is known by its link."""
    summary = plain_text(raw.summary, LONGEST_SUMMARY)
    content = plain_text(raw.content) if raw.content and raw.content != raw.summary else ""
    title = plain_title(raw.title) or (summary or content).split("\n", 1)[0][:120]
    guid = clean_title(raw.guid, LONGEST_GUID * 2)
    if len(guid) > LONGEST_GUID:
        guid = hashlib.sha256(guid.encode()).hexdigest()
    return Entry(
        guid=guid or link,
        link=link,
        title=title,
        summary=summary,
        content=content,
        authors=_names(raw.authors),
        categories=_names(raw.categories),
        published=raw.published,
        updated=raw.updated,
        language=language_tag(raw.language),
    )


def _names(raw: Iterable[str]) -> tuple[str, ...]:
    """At most twenty different plain names, in order."""
    return tuple(dict.fromkeys(filter(None, (plain_title(name, LONGEST_NAME) for name in raw))))[:MOST_PEOPLE]


def _distinct(entries: list[Entry], skipped: list[str]) -> tuple[Entry, ...]:
    """Entries told apart: a guid used for several links is no guid (the link is), and the same entry twice counts once."""
    links_of_guid = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries})
    told: dict[str, Entry] = {}
    for entry in entries:
        one = entry if links_of_guid[entry.guid] == 1 else replace(entry, guid=entry.link)
        if one.guid in told:
            skipped.append(f"The entry {one.title[:80]!r} stands in the document more than once.")
        else:
            told[one.guid] = one
    return tuple(told.values())


def language_tag(written: str) -> str:
    """A declared language as a BCP 47 tag in usual case (`en_us` becomes `en-US`), or "" when it is no such tag."""
    parts = written.strip()[:35].replace("_", "-").split("-")
    if not (2 <= len(parts[0]) <= 3 and all(part.isascii() and part.isalnum() for part in parts)) or not parts[0].isalpha():
        return ""
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in parts[1:]]
    return "-".join([parts[0].lower(), *cased])
