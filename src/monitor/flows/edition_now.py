"""An edition as it would be printed now: as it was frozen, or as its board stands."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import EditionRefused
from monitor.pipeline.edition import board_sections, edition_text
from monitor.records import EditionText, Style
from monitor.store import edition_pieces, editions, pages_editions
from monitor.store.editions import Edition


def standing(row: Edition, styles: Mapping[str, Style], organisation: str) -> tuple[EditionText, Style]:
    """The text and style of an edition; raises EditionRefused (style) when an open edition's style is not there any more."""
    told = pages_editions.frozen(row)
    if told is not None:
        return told
    style = styles.get(row.series)
    if style is None:
        raise EditionRefused("style", f"The house style {row.series!r} is not in style.yaml any more.")
    placed = edition_pieces.placed(row.pk)
    return edition_text(editions.head_of(row, organisation), board_sections(row.sections), placed, style), style
