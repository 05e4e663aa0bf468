"""Decides what of a fetched feed is new, changed or known.

An entry is (feed, guid hash). Guids are not to be trusted blindly: some feeds give every entry the same one, some give new ones at each
poll, some give none. So the canonical address is asked first, then the guid, then title and day. Nothing here is written anywhere.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final, Literal

from monitor.pipeline.addresses import absolute, canonical, day_in, key
from monitor.records import Entry, Moment, ParsedFeed

FIRST_POLL_ENTRIES = 50  # of a feed never seen before, the newest
FIRST_POLL_OLD_ENTRIES = 10  # of those, as many older than OLD at most; later polls take no more of an unrolled archive either
OLD = timedelta(days=7)
FUTURE = timedelta(hours=24)  # P49
EARLIEST_YEAR = 1995  # P49
FULL_WINDOW = 10  # entries; a shorter document says nothing of rates and floods
FLOOD_SHARE = 0.8
JITTER_ENTRIES, JITTER_SHARE = 5, 0.5  # that many texts changing at once is a template at work, not an editor
ALIKE = 0.3  # Dice of letter pairs: below it, two headlines under one guid and different addresses are two articles

Flag = Literal["future date", "date unknown", "date from address", "date of last change"]

_URL: Final = re.compile(r"https?://\S+")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the store remembers of one entry; `day` is its date as YYYY-MM-DD, empty when unknown."""

    guid_hash: str
    link_key: str
    title: str
    title_hash: str
    content_hash: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry the feed never showed before; `entry.link` is absolute and may be followed."""

    entry: Entry
    guid_hash: str
    link_key: str
    title_hash: str
    content_hash: str
    published: Moment | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """A known entry with another headline or text; `guid_hash` is the one under which it is known."""

    entry: Entry
    guid_hash: str
    link_key: str
    title_hash: str
    content_hash: str
    published: Moment | None
    flags: tuple[Flag, ...] = ()
    title_changed: bool = True
    text_changed: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """What is to be kept of one document, in its order; `skipped` holds one sentence for each entry that cannot be used.

    `passed` are entries of a deep archive not to be read: keep them as known, or they look new at the next poll. `gap` is the median
    time between entries with a stated minute; `full` whether there were enough entries to judge rates by (P41).
    """

    new: tuple[NewEntry, ...]
    changed: tuple[ChangedEntry, ...]
    known: int
    skipped: tuple[str, ...]
    flood: bool
    passed: tuple[NewEntry, ...] = ()
    gap: timedelta | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The hashes under which the entries of a document may already be known: what the store is asked for."""

    guid_hashes: tuple[str, ...]
    link_keys: tuple[str, ...]
    title_hashes: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What one pass over a document found, before limits."""

    new: list[NewEntry] = field(default_factory=list)
    changed: list[ChangedEntry] = field(default_factory=list)
    known: int = 0


def fingerprints(parsed: ParsedFeed) -> Fingerprints:
    """The hashes of every usable entry, without repeats, in document order."""
    entries, _ = _identified(parsed, "")
    return Fingerprints(
        tuple(dict.fromkeys(e.guid_hash for e in entries)),
        tuple(dict.fromkeys(e.link_key for e in entries)),
        tuple(dict.fromkeys(e.title_hash for e in entries if e.entry.title)),
    )


def pick(parsed: ParsedFeed, known: Mapping[str, KnownEntry], *, first: bool, now: datetime, url_of_feed: str = "") -> Picked:
    """Sort the entries of a document into new, changed and known.

    `known` maps guid hash to entry and should hold every entry that shares a fingerprint with the document. `first` tells that the
    feed was never read before: then its newest 50 entries are taken at most, ten of them older than a week.
    """
    entries, skipped = _identified(parsed, url_of_feed)
    dated = [_dated(entry, now) for entry in entries]
    index = _Index(known)
    flood = index.is_flood(dated)
    found = _Found()
    for entry in dated:
        row = index.match(entry, flooded=flood)
        if row is None:
            found.new.append(_under_free_guid(entry, known))
        elif change := _change(entry, row):
            found.changed.append(change)
        else:
            found.known += 1
    changed = _without_template_jitter(found.changed, found.known + len(found.changed))
    taken, passed = _limited(found.new, now, FIRST_POLL_ENTRIES if first else len(found.new))
    return Picked(
        new=taken,
        changed=changed,
        known=found.known + len(found.changed) - len(changed),
        skipped=(*parsed.skipped, *skipped),
        flood=flood,
        passed=passed,
        gap=_gap(dated),
        full=len(dated) >= FULL_WINDOW,
    )


# ── who is who ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Index:
    """The known entries by address, guid and title."""

    def __init__(self, known: Mapping[str, KnownEntry]) -> None:
        self.by_guid = known
        self.by_link: dict[str, list[KnownEntry]] = {}
        self.by_title: dict[str, list[KnownEntry]] = {}
        for row in known.values():
            self.by_link.setdefault(row.link_key, []).append(row)
            if row.title:
                self.by_title.setdefault(row.title_hash, []).append(row)

    def is_flood(self, entries: list[NewEntry]) -> bool:
        """Whether a full window looks new by guid while its addresses or titles are known: the feed changes guids at each poll."""
        renamed = sum(
            entry.guid_hash not in self.by_guid and (entry.link_key in self.by_link or entry.title_hash in self.by_title)
            for entry in entries
        )
        return len(entries) >= FULL_WINDOW and renamed > FLOOD_SHARE * len(entries)

    def match(self, entry: NewEntry, *, flooded: bool) -> KnownEntry | None:
        """The known entry this one repeats: same address, or same guid, or same title on the same day."""
        rows = self.by_link.get(entry.link_key, [])
        if rows:
            return min(rows, key=lambda row: (row.guid_hash != entry.guid_hash, row.title_hash != entry.title_hash))
        row = self.by_guid.get(entry.guid_hash)
        if row is not None and (row.title_hash == entry.title_hash or _alike(row.title, entry.entry.title)):
            return row
        day = _day(entry.published)
        titled = self.by_title.get(entry.title_hash, []) if entry.entry.title else []
        return next((row for row in titled if flooded or (day and row.day == day)), None)


def _identified(parsed: ParsedFeed, url_of_feed: str) -> tuple[list[NewEntry], list[str]]:
    """Entries with address and hashes, one for each article of the document, and a sentence for each that was left out."""
    reused = _reused_guids(parsed.entries)
    skipped: list[str] = []
    kept: dict[str, NewEntry] = {}
    for entry in parsed.entries:
        link = _link(entry, url_of_feed)
        if link is None:
            skipped.append(f"“{_short(entry)}” names no address that can be followed.")
            continue
        link_key = key(link)
        guid = entry.guid.strip()
        guid_hash = _hash(f"link:{link_key}") if not guid or guid in reused else _hash(f"guid:{guid}")
        twin = kept.get(link_key)
        if twin is not None:
            if twin.entry.title != entry.title and twin.guid_hash != guid_hash:
                skipped.append(f"“{_short(entry)}” has the same address as “{_short(twin.entry)}”.")
            continue
        kept[link_key] = NewEntry(replace(entry, link=link), guid_hash, link_key, title_hash(entry.title), content_hash(entry), None)
    return list(kept.values()), skipped


def _link(entry: Entry, url_of_feed: str) -> str | None:
    """The entry's address; a guid that is one stands in for it. The feed's own address is no article."""
    own = canonical(url_of_feed) if url_of_feed else None
    for candidate in (entry.link, entry.guid if entry.guid.strip().lower().startswith(("http://", "https://")) else ""):
        link = absolute(url_of_feed, candidate) if candidate else None
        if link is not None and canonical(link) != own:
            return link
    return None


def _reused_guids(entries: Iterable[Entry]) -> set[str]:
    """Guids given to more than one address of the same document: they identify nothing."""
    pairs = {(entry.guid.strip(), canonical(entry.link)) for entry in entries if entry.guid.strip()}
    return {guid for guid, times in Counter(guid for guid, _ in pairs).items() if times > 1}


def _under_free_guid(entry: NewEntry, known: Mapping[str, KnownEntry]) -> NewEntry:
    """A new article under a guid another one already has is kept under its address instead."""
    if entry.guid_hash not in known:
        return entry
    return replace(entry, guid_hash=_hash(f"link:{entry.link_key}"))


def _change(entry: NewEntry, row: KnownEntry) -> ChangedEntry | None:
    title_changed = bool(entry.entry.title) and entry.title_hash != row.title_hash
    text_changed = entry.content_hash != row.content_hash
    if not title_changed and not text_changed:
        return None
    return ChangedEntry(
        entry=entry.entry,
        guid_hash=row.guid_hash,
        link_key=entry.link_key,
        title_hash=entry.title_hash,
        content_hash=entry.content_hash,
        published=entry.published,
        flags=entry.flags,
        title_changed=title_changed,
        text_changed=text_changed,
    )


def _without_template_jitter(changed: list[ChangedEntry], matched: int) -> tuple[ChangedEntry, ...]:
    """Without changes of text alone when they come by the dozen: counters and advertisements, not news."""
    text_only = sum(not change.title_changed for change in changed)
    if text_only >= JITTER_ENTRIES and text_only > JITTER_SHARE * matched:
        return tuple(change for change in changed if change.title_changed)
    return tuple(changed)


def _limited(new: list[NewEntry], now: datetime, most: int) -> tuple[tuple[NewEntry, ...], tuple[NewEntry, ...]]:
    """The newest `most` entries, few of them old, and the rest, both in document order; undated ones count as published now."""
    order = sorted(range(len(new)), key=lambda i: -_at(new[i], now).timestamp())
    taken: set[int] = set()
    old = 0
    for i in order[:most]:
        is_old = _at(new[i], now) < now - OLD
        old += is_old
        if not is_old or old <= FIRST_POLL_OLD_ENTRIES:
            taken.add(i)
    return tuple(new[i] for i in range(len(new)) if i in taken), tuple(new[i] for i in range(len(new)) if i not in taken)


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dated(entry: NewEntry, now: datetime) -> NewEntry:
    """With the moment of publication and how it was found (P49)."""
    said = entry.entry
    if said.published is not None and said.published.at.year >= EARLIEST_YEAR:
        return _not_in_future(entry, said.published, (), now)
    if (named := day_in(said.link)) is not None:
        return _not_in_future(entry, named, ("date from address",), now)
    if said.updated is not None and said.updated.at.year >= EARLIEST_YEAR:
        return _not_in_future(entry, said.updated, ("date of last change",), now)
    return replace(entry, published=None, flags=("date unknown",))


def _not_in_future(entry: NewEntry, moment: Moment, flags: tuple[Flag, ...], now: datetime) -> NewEntry:
    if moment.at > now + FUTURE:
        return replace(entry, published=Moment(at=now), flags=(*flags, "future date"))
    return replace(entry, published=moment, flags=flags)


def _at(entry: NewEntry, now: datetime) -> datetime:
    return entry.published.at if entry.published is not None else now


def _day(moment: Moment | None) -> str:
    return moment.at.date().isoformat() if moment is not None else ""


def _gap(entries: list[NewEntry]) -> timedelta | None:
    """Median time between neighbouring entries in time; None when fewer than three state their minute."""
    times = sorted(
        e.published.at for e in entries if e.published is not None and e.published.precision == "minute" and "future date" not in e.flags
    )
    if len(times) < 3:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(times)))


# ── hashes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def title_hash(title: str) -> str:
    """The hash of a headline as read: white space and compatibility forms do not count, letters and marks do."""
    return _hash(" ".join(unicodedata.normalize("NFKC", title).split()))


def content_hash(entry: Entry) -> str:
    """The hash of an entry's words; addresses, case, punctuation and white space do not count."""
    text = unicodedata.normalize("NFKC", _URL.sub(" ", f"{entry.summary}\n{entry.content}"))
    return _hash(" ".join(_WORD.findall(text.casefold())))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _alike(a: str, b: str) -> bool:
    """Whether two headlines share letters enough to be one headline edited; Dice over pairs of letters, so any script will do."""
    pairs_a, pairs_b = _pairs(a), _pairs(b)
    total = sum(pairs_a.values()) + sum(pairs_b.values())
    return total > 0 and 2 * sum((pairs_a & pairs_b).values()) >= ALIKE * total


def _pairs(text: str) -> Counter[str]:
    letters = "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1))


def _short(entry: Entry) -> str:
    words = (entry.title or entry.guid or entry.link or "An entry without title").strip()
    return words if len(words) <= 80 else words[:79] + "…"
