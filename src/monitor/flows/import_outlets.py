"""feeds.yaml into the desk: the three-way merge, applied in one transaction, with every difference said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.config.countries import section_of_country
from monitor.config.feeds_file import FeedsFile, load_feeds, parse_feeds
from monitor.config.feeds_merge import Merge, merge_feeds
from monitor.config.feeds_write import dump_feeds
from monitor.config.opml_file import dump_opml
from monitor.errors import ConfigError, Problem
from monitor.pipeline.addresses import host_of, is_ip
from monitor.store import outlets, pastes


def import_outlets(path: Path, now: datetime, *, file_wins: bool = False) -> Merge:
    """Read the file, merge it and save; raises ConfigError with every mistake and changes nothing then."""
    return _apply(load_feeds(path), now, file_wins=file_wins)


def import_text(data: bytes, name: str, now: datetime, *, apply: bool) -> Merge:
    """The same for a file brought to a page: without `apply` only what it would do; raises ConfigError with every mistake.

    A page must not reach into this machine's network, so a feed whose host is a number passes only where one of that origin is known.
    """
    found = parse_feeds(data, name)
    known = pastes.loopback_origins()
    numbers = [(outlet, feed) for outlet in found.outlets for feed in outlet.feeds if is_ip(host_of(feed.url))]
    strange = [
        Problem(name, None, f"{outlet.name}: {feed.url} names its host by a number", "whoever runs this machine can import it in a shell")
        for outlet, feed in numbers
        if feed.url.split("/")[2] not in known
    ]
    if strange:
        raise ConfigError(strange)
    return _apply(found, now, file_wins=False) if apply else merge_feeds(outlets.last_imported(), found.outlets, outlets.outlets())


def _apply(found: FeedsFile, now: datetime, *, file_wins: bool) -> Merge:
    merge = merge_feeds(outlets.last_imported(), found.outlets, outlets.outlets(), file_wins=file_wins)
    outlets.save_merge(merge.to_save, merge.to_archive, found.outlets, now)
    outlets.save_desk(found.desk, now)
    return merge


def export_outlets(original: str | None) -> str:
    """The desk's outlets as feeds.yaml, with the order and comments of the original kept."""
    return dump_feeds(outlets.desk(), outlets.outlets(), original)


def export_opml(now: datetime, language: str) -> str:
    """The desk's outlets as OPML 2.0, in folders named after the section of their country."""
    desk = outlets.desk()
    labels = {section.id: section.label.get(language) or section.id for section in desk.sections}
    return dump_opml(
        desk.name, outlets.outlets(), now, lambda outlet: labels.get(section_of_country().get(outlet.country, ""), "International")
    )
