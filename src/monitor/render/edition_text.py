"""An edition as plain text: lines of 72 characters, titles underlined, addresses below their sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from monitor.render.edition_sheet import Bit, Line, Sheet, SheetPiece
from monitor.render.markdown import Block, Run

WIDTH = 72
_FSI, _PDI = "\u2068", "\u2069"


def text(sheet: Sheet) -> bytes:
    """The whole edition in UTF-8."""
    return ("\n".join(_lines(sheet)).rstrip() + "\n").encode()


def _lines(sheet: Sheet) -> Iterator[str]:
    yield from _under(sheet.title, "=")
    yield from (line for line in (sheet.organisation, *sheet.front, sheet.address) if line)
    yield from _corrections(sheet.corrections, sheet)
    yield ""
    yield from _under(sheet.words.authors, "-")
    yield from sheet.authors
    yield ""
    yield from _under(sheet.words.headlines, "-")
    for section in sheet.sections:
        yield section.heading
        for piece in section.pieces:
            yield from _wrapped(piece.heading, "  ", " " * (3 + len(piece.number)))
    for section in sheet.sections:
        yield ""
        yield ""
        yield from _under(section.heading, "=")
        for piece in section.pieces:
            yield ""
            yield from _piece(piece, sheet)


def _piece(piece: SheetPiece, sheet: Sheet) -> Iterator[str]:
    yield from _under(piece.heading, "-")
    for block in piece.blocks:
        yield ""
        yield from _block(block)
    if piece.byline:
        yield ""
        yield piece.byline
    if piece.sources:
        yield ""
        yield sheet.words.sources
    for line in piece.sources:
        yield from _wrapped("".join(_isolated(bit) for bit in line), "- ", "  ")
        yield from _addresses(line)
    yield from _corrections(piece.corrections, sheet)


def _corrections(said: Iterable[str], sheet: Sheet) -> Iterator[str]:
    for one in said:
        yield ""
        yield from _wrapped(f"{sheet.correction} {one}")


def _block(block: Block, first: str = "", rest: str = "") -> Iterator[str]:
    """One block; `first` and `rest` stand before its lines."""
    if block.kind == "quote":
        for at, one in enumerate(block.blocks):
            yield from _block(one, (first if at == 0 else rest) + "> ", rest + "> ")
    elif block.kind == "list":
        for number, item in enumerate(block.items, block.first):
            sign = f"{number}. " if block.first else "- "
            for at, one in enumerate(item):
                yield from _block(one, first + sign if at == 0 else rest + " " * len(sign), rest + " " * len(sign))
            first = rest
    else:
        for at, line in enumerate("".join(_with_address(run) for run in block.runs).split("\n")):
            yield from _wrapped(line, first if at == 0 else rest, rest)


def _with_address(run: Run) -> str:
    return run.text if not run.link or run.link in run.text else f"{run.text} <{run.link}>"


def _addresses(line: Line) -> Iterable[str]:
    return (f"  <{bit.link}>" for bit in line if bit.link)


def _isolated(bit: Bit) -> str:
    """Text that runs from right to left between Unicode's isolates, so that the date after it stays after it."""
    return f"{_FSI}{bit.text}{_PDI}" if bit.foreign and bit.direction == "rtl" else bit.text


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    # What looks like a mail's own lines ("From ", a lone dot) is the transport's to quote; here only lengths are kept.
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        fix_sentence_endings=False,
    ) or [first.rstrip()]


def _under(title: str, sign: str) -> list[str]:
    lines = _wrapped(title)
    return [*lines, sign * min(WIDTH, max(len(line) for line in lines))]
