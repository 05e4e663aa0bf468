"""`monitor edition import`: an edition written in Markdown becomes one of the desk's, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.cli.lines import day_of
from monitor.config.style_file import load_styles
from monitor.outside.clock import SystemClock

LARGEST = 8_000_000  # bytes


def register(app: typer.Typer) -> None:
    """Add this command to `monitor edition`."""
    app.command("import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="An edition as `monitor edition export` writes it, or written by hand.")],
    dated: Annotated[str, typer.Option("--date", help="The day it is dated, where the file does not say it: 2026-03-20.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Only say what is understood; keep nothing.")] = False,
) -> None:
    """Read an edition in Markdown: pieces, authors, sources. What is not understood is told by its line, and then nothing is kept."""
    settings = open_desk()
    from monitor.flows.import_edition import import_edition  # tables exist only once Django is set up
    from monitor.store import pages

    styles = load_styles(settings.style, beside=settings.feeds)
    organisation = pages.desk_facts().desk.organisation
    day = day_of(dated) if dated else None
    source = _read(file)
    done = import_edition(source, styles, SystemClock().now(), name=file.name, dated=day, organisation=organisation, try_only=check)
    for one in sorted((*done.problems, *done.notes), key=lambda found: found.line):
        show.note(f"{file.name}:{one.line}: {one.said}.")
    if done.text is None:
        raise show.fail(f"Nothing was kept: {show.count(len(done.problems), 'line')} of {file.name} could not be understood.", code=2)
    pieces = [piece for section in done.text.sections for piece in section.pieces]
    cited = sum(len(piece.sources) for piece in pieces)
    told = f"{show.count(len(pieces), 'piece')}, {show.count(cited, 'source')}, {show.count(len(done.text.authors), 'author')}"
    if done.edition is None:
        show.line(f"{done.text.title}: {told}; nothing was kept.")
        return
    show.line(f"{done.text.title}: {told}. {settings.address_of(f'/edition/{done.edition.uuid}')}")


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise show.fail(f"{file} is larger than {LARGEST // 1_000_000} MB.", code=2)
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise show.fail(f"{file} is not UTF-8 (byte {error.start}).", code=2) from error
    except OSError as error:
        raise show.fail(f"{file} cannot be read: {error.strerror or error}.", code=2) from error
