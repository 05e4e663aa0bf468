"""Pasted addresses and feed lists: what was brought, taken apart; what was found, prefilled as a form; mistakes in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.config.countries import load_regions
from monitor.config.feed_address import address_mistake, feed_key
from monitor.config.feeds_shape import FORMATS, KINDS, TEXT_SOURCES, canonical_language
from monitor.config.opml_file import OpmlFeed, OpmlMistake, together
from monitor.pipeline.addresses import host_of, registrable
from monitor.store.pastes import PastedLine
from monitor.web.outlet_form import FeedFields, OutletFields

MOST_ADDRESSES = 100
WHOLE_TEXT = 1500
"""Characters from which on a feed's entries count as whole articles."""
OPML_WORDS: Mapping[str, str | Promise] = {
    "too_large": gettext_lazy("the file is larger than %(most)d MB"),
    "not_xml": gettext_lazy("the file is damaged: %(detail)s"),
    "encoding": gettext_lazy("the file’s characters cannot be read; save it as UTF-8"),
    "entities": gettext_lazy("the file declares entities of its own, which we do not take; export it again"),
    "not_opml": gettext_lazy("this is no OPML: it begins with %(element)s"),
    "too_deep": gettext_lazy("folders lie deeper than %(most)d levels"),
    "too_many": gettext_lazy("there are more than %(most)d entries; bring them in several files"),
    "no_address": gettext_lazy("the feed “%(name)s” has no address"),
    "bad_address": gettext_lazy("“%(name)s”: %(address)s is no web address"),
    "twice": gettext_lazy("%(address)s is there twice, first in line %(line)d"),
    "empty": gettext_lazy("there is no feed in it"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What was pasted or brought in a file: addresses with what was said of each, and every mistake (then nothing is used)."""

    addresses: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One pasted address as its form shows it."""

    line: PastedLine
    fields: OutletFields
    feeds: tuple[Mapping[str, Any], ...]  # what may be chosen, each with `chosen`
    into: tuple[tuple[str, str], ...]  # watched outlets of the same site
    chosen_into: str
    taken: bool
    wrong: str = ""

    @property
    def prefix(self) -> str:
        """What the names of its fields begin with."""
        return f"{self.line.uuid}-"


def in_words(mistake: OpmlMistake) -> str:
    """One mistake of a list."""
    said = str(OPML_WORDS[mistake.code]) % mistake.values
    return _("Line %(line)d: %(said)s.") % {"line": mistake.line, "said": said}


def from_text(text: str) -> Brought:
    """Addresses in a text, one a line or parted by blanks or commas."""
    words = [word for word in re.split(r"[\s,;<>\"]+", text.replace("\x00", " ")) if word]
    if len(words) > MOST_ADDRESSES:
        return Brought(mistakes=(_("There are more than %(most)d addresses; bring them in several times.") % {"most": MOST_ADDRESSES},))
    found: dict[str, str] = {}
    mistakes = []
    for word in words:
        address = word if "://" in word else f"https://{word}"
        if address_mistake(address) is not None or ("." not in host_of(address) and "://" not in word):
            mistakes.append(_("%(word)s is no web address.") % {"word": word.rsplit("@", 1)[-1][:80]})
        else:
            found.setdefault(feed_key(address), address)
    if not words:
        mistakes.append(_("Paste at least one address, or choose a file."))
    return Brought(() if mistakes else tuple((address, {}) for address in found.values()), tuple(mistakes))


def from_opml(feeds: Sequence[OpmlFeed], mistakes: Sequence[OpmlMistake], sections: Mapping[str, str]) -> Brought:
    """The outlets of a list, the feeds of each together; `sections` maps the desk's words for a section to its id."""
    if mistakes:
        return Brought(mistakes=tuple(in_words(one) for one in mistakes))
    groups = together(feeds, lambda url: registrable(host_of(url)) or url)
    return Brought(tuple((group[0].url, _said(group, sections)) for group in groups))


def _said(group: Sequence[OpmlFeed], sections: Mapping[str, str]) -> dict[str, Any]:
    """What a list says of an outlet: names and folders, and the words of ours that are sound."""
    first, ours = group[0], group[0].ours
    folders = " / ".join(first.folders)
    known = any(one.ours for one in group)
    note = ours.get("note", "") if known else _("Folder: %(name)s") % {"name": folders} if folders and not _section(first, sections) else ""
    return {
        "name": first.title,
        "home": first.home,
        "language": canonical_language(first.language.replace("_", "-")) or "",
        "country": ours.get("country", ""),
        "kind": ours["kind"] if ours.get("kind") in KINDS else "newspaper",
        "weight": ours.get("weight", "0.6"),
        "owner": ours.get("owner", "")[:200],
        "text": ours["text"] if ours.get("text") in TEXT_SOURCES else "page",
        "note": note,
        "enabled": ours.get("enabled", "") != "false",
        "feeds": [
            {
                "url": one.url,
                "title": one.title,
                "section": one.ours.get("section", "") if known else _section(one, sections),
                "every": one.ours.get("every", "")[:8],
                "format": one.ours["format"] if one.ours.get("format") in FORMATS else "auto",
                "enabled": one.ours.get("enabled", "") != "false",
            }
            for one in group
        ],
    }


def _section(feed: OpmlFeed, sections: Mapping[str, str]) -> str:
    """The section the innermost folder is called after, or ""."""
    return next((sections[folder.casefold()] for folder in reversed(feed.folders) if folder.casefold() in sections), "")


# ── the form of a row ────────────────────────────────────────────────────────────────────────────────────────────────


def row_of(line: PastedLine, neighbours: Mapping[str, Sequence[tuple[str, str]]]) -> Row:
    """A row prefilled from what was found, else from what the list said."""
    found, said = line.found.get("outlet") or {}, line.said
    feeds = tuple(_choices(line))
    usable = [feed for feed in feeds if feed["chosen"]]
    country = said.get("country") or found.get("country") or ""
    fields = OutletFields(
        name=said.get("name") or found.get("name") or "",
        country=country if country in load_regions() or country in ("EU", "INT") else "",
        language=said.get("language") or found.get("language") or "",
        kind=said.get("kind", "newspaper"),
        weight=said.get("weight", "0.6"),
        owner=said.get("owner", ""),
        home=said.get("home") or found.get("home") or "",
        note=said.get("note", ""),
        text=said.get("text") or _best_text(line, usable),
    )
    into = tuple(neighbours.get(site_of(fields.home or line.address), ()))
    return Row(line, fields, feeds, into, "", taken=bool(usable) and line.state != "saved")


def typed(row: Row, post: Mapping[str, str]) -> Row:
    """The row as it was typed; only feeds that were found or listed can be chosen."""
    prefix = row.prefix
    if f"{prefix}name" not in post:
        return replace(row, taken=False)
    values = {name: " ".join(post.get(f"{prefix}{name}", "").split())[:201] for name in ("name", "country", "language", "kind", "text")}
    feeds = tuple({**feed, "chosen": f"{prefix}feed-{number}" in post} for number, feed in enumerate(row.feeds))
    into = post.get(f"{prefix}into", "")
    known = into if into in dict(row.into) else ""
    return replace(row, fields=replace(row.fields, **values), feeds=feeds, chosen_into=known, taken=f"{prefix}take" in post)  # type: ignore[arg-type]


def with_feeds(row: Row) -> OutletFields:
    """The fields with the chosen feeds, ready to be read as an outlet."""
    feeds = tuple(
        FeedFields(
            f"{row.prefix}feed-{number}",
            feed["url"],
            feed.get("section", ""),
            feed.get("own_language", ""),
            feed.get("every", ""),
            feed.get("enabled", True),
            feed.get("format", "auto"),
        )
        for number, feed in enumerate(row.feeds)
        if feed["chosen"]
    )
    return replace(row.fields, feeds=feeds)


def site_of(address: str) -> str:
    """The site an address belongs to: its registrable domain, or its host with the port when that is a number."""
    host = host_of(address) if address else ""
    if not host:
        return ""
    site = registrable(host)
    return address.split("/")[2] if site == host and host.replace(".", "").isdigit() else site


def _choices(line: PastedLine) -> list[dict[str, Any]]:
    """Feeds that may be chosen: those found, then those the list named besides; chosen when nothing speaks against them."""
    outlet = line.found.get("outlet") or {}
    listed = {feed_key(feed["url"]): feed for feed in line.said.get("feeds", ())}
    choices = []
    for feed in line.found.get("feeds", ()):
        said = listed.pop(feed_key(feed["url"]), {})
        ok = not feed["watched_by"] and not feed["reason"] and not feed.get("same_as")
        own = feed["language"] if feed["language"] and feed["language"].partition("-")[0] != outlet.get("language", "") else ""
        lengths = [entry.get("characters", 0) for entry in feed["newest"]]
        whole = bool(lengths) and sorted(lengths)[len(lengths) // 2] >= WHOLE_TEXT
        chosen = ok or (bool(said) and not feed["watched_by"])
        choices.append({**feed, **said, "title": feed["title"], "own_language": own, "chosen": chosen, "whole": whole, "looked": True})
    choices += [{**feed, "chosen": True, "looked": False, "newest": [], "reason": "", "watched_by": ""} for feed in listed.values()]
    return choices


def _best_text(line: PastedLine, feeds: Sequence[Mapping[str, Any]]) -> str:
    """The feed's own text when its pages cannot be read and it carries whole articles."""
    closed = line.found.get("verdict") in ("paywalled", "blocked")
    return "feed" if closed and feeds and all(feed.get("whole") for feed in feeds) else "page"
