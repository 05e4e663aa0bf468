"""Reads an edition from a Markdown file into the desk: all of it, or nothing and the lines that were not understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from monitor.pipeline.edition_read import ReadLine, read
from monitor.pipeline.language import Recogniser
from monitor.records import Citation, EditionText, Style
from monitor.store import edition_import
from monitor.store.editions import Edition


@dataclass(frozen=True, slots=True)
class Imported:
    """The edition that was kept, None when something was not understood; lines with what to know about them."""

    edition: Edition | None
    text: EditionText | None
    problems: tuple[ReadLine, ...]
    notes: tuple[ReadLine, ...]


def import_edition(
    source: str,
    styles: Mapping[str, Style],
    now: datetime,
    *,
    name: str = "",
    dated: date | None = None,
    organisation: str = "",
    try_only: bool = False,
) -> Imported:
    """Keep the edition that a file holds; `try_only` only reads it. Raises EditionRefused where the desk cannot keep it (number, text)."""
    found = read(source, styles, dated)
    notes = list(found.notes)
    if found.text is None:
        return Imported(None, None, found.problems, tuple(notes))
    style = styles.get(found.text.series) or next(iter(styles.values()))
    text = replace(_with_languages(found.text), series=style.id)
    printed = style.languages[text.language].organisation or organisation
    if text.organisation and text.organisation != printed:
        notes.append(ReadLine(1, f"the desk prints “{printed}” where the file has “{text.organisation}”"))
    kept = None if try_only else edition_import.keep(text, style, None, now, note=name[:200])
    return Imported(kept, text, (), tuple(notes))


def _with_languages(text: EditionText) -> EditionText:
    """Headlines whose language the file does not say are asked for it."""
    sections = tuple(
        replace(section, pieces=tuple(replace(piece, sources=tuple(_guessed(piece.sources))) for piece in section.pieces))
        for section in text.sections
    )
    return replace(text, sections=sections)


def _guessed(sources: Iterable[Citation]) -> Iterator[Citation]:
    for one in sources:
        yield one if one.language else replace(one, language=_recogniser().recognise(one.headline).language)


@cache
def _recogniser() -> Recogniser:
    return Recogniser(())
