"""feeds.yaml into the desk: the three-way merge, applied in one transaction, with every difference said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.config.feeds_file import load_feeds
from monitor.config.feeds_merge import Merge, merge_feeds
from monitor.config.feeds_write import dump_feeds
from monitor.store import outlets


def import_outlets(path: Path, now: datetime, *, file_wins: bool = False) -> Merge:
    """Read the file, merge it and save; raises ConfigError with every mistake and changes nothing then."""
    found = load_feeds(path)
    merge = merge_feeds(outlets.last_imported(), found.outlets, outlets.outlets(), file_wins=file_wins)
    outlets.save_merge(merge.to_save, merge.to_archive, found.outlets, now)
    outlets.save_desk(found.desk, now)
    return merge


def export_outlets(original: str | None) -> str:
    """The desk's outlets as feeds.yaml, with the order and comments of the original kept."""
    return dump_feeds(outlets.desk(), outlets.outlets(), original)
