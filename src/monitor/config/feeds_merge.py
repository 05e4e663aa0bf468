"""Merges feeds.yaml into the database three ways: what the last import said, what the file says now, what the database holds.

For each value: where the database still holds what the last import said, the file decides; where a person (or an adopted permanent
redirect, P18) changed it in the database, that stays and is reported, unless `file_wins`. An outlet that left the file is archived.
Everything here is pure: Outlet values in, Outlet values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.config.feed_address import feed_key
from monitor.records import Feed, Outlet

_OUTLET_FIELDS = tuple(field.name for field in fields(Outlet) if field.name not in ("id", "feeds"))
_FEED_FIELDS = tuple(field.name for field in fields(Feed) if field.name != "url")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many outlets an import touches."""

    added: int
    changed: int
    archived: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Merge:
    """What to do: save these outlets whole, archive those ids, tell the editor the differences (one sentence each).

    An address may move from one saved outlet to another: save within one transaction, removals before additions.
    """

    to_save: tuple[Outlet, ...]
    to_archive: tuple[str, ...]
    differences: tuple[str, ...]
    summary: Summary


def merge_feeds(last: Iterable[Outlet], file: Iterable[Outlet], current: Iterable[Outlet], *, file_wins: bool = False) -> Merge:
    """Decides what an import does.

    `last` is what the previous import's file said (empty before the first), `file` what it says now, `current` the outlets in the
    database that are not archived. With `file_wins` the database becomes exactly what the file says.
    """
    was, wanted, here = ({outlet.id: outlet for outlet in outlets} for outlets in (last, file, current))
    if file_wins:
        result, said = dict(wanted), _overruled(wanted, here)
    else:
        result, said = _reconciled(was, wanted, here)
    _one_feed_each(result, here, said)
    to_save = tuple(outlet for ident, outlet in result.items() if here.get(ident) != outlet)
    added = sum(outlet.id not in here for outlet in to_save)
    archive = tuple(ident for ident in here if ident not in result)
    summary = Summary(added, len(to_save) - added, len(archive), len(result) - len(to_save))
    return Merge(to_save, archive, tuple(said), summary)


def _reconciled(was: Mapping[str, Outlet], wanted: Mapping[str, Outlet], here: Mapping[str, Outlet]) -> tuple[dict[str, Outlet], list[str]]:
    """The outlets the database should hold, and the differences that stay."""
    result: dict[str, Outlet] = {}
    said: list[str] = []
    for ident, outlet in wanted.items():
        if ident in here:
            result[ident] = _merged(was.get(ident), outlet, here[ident], said)
        elif ident in was:
            said.append(f"{outlet.name}: is in the file but was archived here; it stays archived.")
        else:
            result[ident] = outlet
    for ident, outlet in here.items():
        if ident not in wanted and ident not in was:
            said.append(f"{outlet.name}: is only in the database; it stays.")
            result[ident] = outlet
        elif ident not in wanted and was[ident] != outlet:
            said.append(f"{outlet.name}: left the file and is archived, although it was changed here.")
    return result, said


def _merged(was: Outlet | None, wanted: Outlet, here: Outlet, said: list[str]) -> Outlet:
    """One outlet that is both in the file and in the database."""
    values = {name: _decided(name, was, wanted, here, wanted.name, said) for name in _OUTLET_FIELDS}
    feeds = _merged_feeds(was.feeds if was else (), wanted, here, said)
    if sorted(feeds, key=lambda feed: feed.url) == sorted(here.feeds, key=lambda feed: feed.url):
        feeds = here.feeds  # order alone is no change
    return replace(here, **values, feeds=feeds)


def _decided(name: str, was: Outlet | Feed | None, wanted: Outlet | Feed, here: Outlet | Feed, where: str, said: list[str]) -> Any:
    """The value of one field; a difference that stays is said."""
    theirs, ours = getattr(wanted, name), getattr(here, name)
    if theirs == ours:
        return ours
    if was is not None and getattr(was, name) == ours:
        return theirs
    said.append(f"{where}: {name} is {_shown(ours)} here and {_shown(theirs)} in the file; {_shown(ours)} stays.")
    return ours


def _merged_feeds(was: Sequence[Feed], wanted: Outlet, here: Outlet, said: list[str]) -> tuple[Feed, ...]:
    before, file, ours = ({feed_key(feed.url): feed for feed in feeds} for feeds in (was, wanted.feeds, here.feeds))
    moved = _moved(before, file, ours)
    merged: dict[str, Feed] = {}
    for key, feed in file.items():
        mine = ours.get(moved.get(key, key))
        if mine is not None:
            merged[moved.get(key, key)] = _merged_feed(before.get(key), feed, mine, wanted.name, said)
        elif key in before:
            said.append(f"{wanted.name}: the feed {feed.url} was removed here; it stays removed.")
        else:
            merged[key] = feed
    for key, feed in ours.items():
        if key in merged:
            continue
        if key in before:
            if before[key] != feed:
                said.append(f"{wanted.name}: the feed {feed.url} left the file and is removed, although it was changed here.")
        else:
            said.append(f"{wanted.name}: the feed {feed.url} is only in the database; it stays.")
            merged[key] = feed
    return tuple(merged.values())


def _merged_feed(was: Feed | None, wanted: Feed, here: Feed, name: str, said: list[str]) -> Feed:
    where = f"{name}, feed {here.url}"
    if feed_key(wanted.url) != feed_key(here.url):
        said.append(f"{name}: the feed {wanted.url} of the file is {here.url} here (moved for good); {here.url} stays.")
        url = here.url
    else:
        url = _decided("url", was, wanted, here, where, said)  # another spelling: http or https, a trailing slash
    return replace(here, url=url, **{field: _decided(field, was, wanted, here, where, said) for field in _FEED_FIELDS})


def _moved(before: Mapping[str, Feed], file: Mapping[str, Feed], ours: Mapping[str, Feed]) -> dict[str, str]:
    """Feeds whose address changed in the database while the file kept it: P18 adopted a permanent redirect, or a person corrected it.

    One that is gone and one that is new, on hosts that share their last two labels, are the same feed; anything less clear is left apart.
    """
    gone = [key for key in file if key in before and key not in ours]
    new = [key for key in ours if key not in file and key not in before]
    pairs: dict[str, str] = {}
    for key in gone:
        alike = [other for other in new if _place(ours[other].url) == _place(file[key].url)]
        rivals = [other for other in gone if _place(file[other].url) == _place(file[key].url)]
        if len(alike) == 1 and len(rivals) == 1:
            pairs[key] = alike[0]
    return pairs


def _place(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def _overruled(wanted: Mapping[str, Outlet], here: Mapping[str, Outlet]) -> list[str]:
    """What the file wins over."""
    said = []
    for ident, outlet in wanted.items():
        mine = here.get(ident, outlet)
        for name in _OUTLET_FIELDS:
            ours, theirs = getattr(mine, name), getattr(outlet, name)
            if ours != theirs:
                said.append(f"{outlet.name}: {name} was {_shown(ours)} here and becomes {_shown(theirs)}, the file wins.")
        if set(mine.feeds) != set(outlet.feeds):
            said.append(f"{outlet.name}: its feeds become those of the file, the file wins.")
    return said + [
        f"{outlet.name}: is not in the file and is archived, the file wins." for ident, outlet in here.items() if ident not in wanted
    ]


def _one_feed_each(result: dict[str, Outlet], here: Mapping[str, Outlet], said: list[str]) -> None:
    """An address belongs to one outlet: where the file and the database disagree whose it is, the outlet that has it now keeps it."""
    now = {feed_key(feed.url): ident for ident, outlet in here.items() for feed in outlet.feeds}
    holders: dict[str, str] = {}
    for ident, outlet in result.items():
        for key in (feed_key(feed.url) for feed in outlet.feeds):
            if key not in holders or now.get(key) == ident:
                holders[key] = ident
    for ident, outlet in result.items():
        kept = tuple(feed for feed in outlet.feeds if holders[feed_key(feed.url)] == ident)
        said += [
            f"{outlet.name}: the feed {feed.url} stays with {result[holders[feed_key(feed.url)]].name}, which has it here."
            for feed in outlet.feeds
            if feed not in kept
        ]
        if kept != outlet.feeds:
            result[ident] = replace(outlet, feeds=kept)


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 60:g} minutes"
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None or value == "":
        return "nothing"
    return f"“{value}”" if isinstance(value, str) else f"{value}"
