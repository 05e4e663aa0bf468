"""An edition as Markdown that can be read back: what a reader of text sees, and in comments what only a machine needs.

Front matter holds number, language, date and id; a comment below a heading or behind a source holds ids, names and languages, in JSON.
`pipeline/edition_read.py` reads it. A piece's text is written anew from its tree, so the same tree gives the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.records import Citation, EditionText
from monitor.render.edition_sheet import Bit, Line, Sheet, SheetPiece, SheetSection, fit_name, printed, web_address
from monitor.render.edition_typography import line
from monitor.render.markdown import FIRST_HEADING, Block, Run, blocks

_SIGNS = re.compile(r"([\\`*_\[\]<>~])")
_ENTITY = re.compile(r"&(?=#|\w+;)")
_LINE_START = re.compile(r"(?m)^([#+\-=>]|\d+(?=[.)]))")


def markdown(sheet: Sheet, text: EditionText) -> bytes:
    """The edition in UTF-8; `text` is what the sheet was made of."""
    return ("\n\n".join(_parts(sheet, text)) + "\n").encode()


def _parts(sheet: Sheet, text: EditionText) -> Iterator[str]:
    yield _front_matter(sheet, text)
    yield _heading(1, sheet.title)
    yield from (escaped(one) for one in (sheet.organisation, *sheet.front) if one)
    yield from _corrections(sheet.corrections, sheet)
    yield _heading(2, sheet.words.authors)
    if sheet.authors:
        yield "\n".join(f"- {escaped(name)}" for name in sheet.authors)
    yield _heading(2, sheet.words.headlines)
    yield "\n".join(line for section in sheet.sections for line in _headlines(section))
    for section in sheet.sections:
        yield f"{_heading(2, section.heading)}\n{comment(id=section.id)}".rstrip()
        for piece in section.pieces:
            yield from _piece(piece, sheet)


def _front_matter(sheet: Sheet, text: EditionText) -> str:
    told = {
        "series": line(text.series), "number": str(text.number), "language": sheet.language, "date": text.dated.isoformat(),
        "id": sheet.id, "address": sheet.address,
    }  # fmt: skip
    named = {key: re.sub("[<>]", "", value) for key, value in told.items()}
    return "\n".join(["---", *(f"{key}: {value}" for key, value in named.items() if value), "---"])


def _heading(level: int, text: str) -> str:
    """A heading; numbers at its beginning need no mark, signs at its end that would be taken for its end do."""
    told = escaped(text, starts=False)
    return f"{'#' * level} {re.sub('(#+)$', _backslashed, told)}".rstrip()


def _backslashed(found: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in found[1])


def _headlines(section: SheetSection) -> Iterator[str]:
    yield f"- {escaped(section.heading)}"
    yield from (f"  - {escaped(piece.heading)}" for piece in section.pieces)


def _piece(piece: SheetPiece, sheet: Sheet) -> Iterator[str]:
    told = piece.piece
    signature = fit_name(told.signature)
    names = {"signature": signature} if signature else {"given": fit_name(told.given_name), "family": fit_name(told.family_name)}
    yield f"{_heading(3, piece.heading)}\n{comment(id=line(told.id), story=line(told.story), **names, **_unlike(piece, sheet))}".rstrip()
    if body := piece_text(piece.blocks):
        yield body
    if piece.byline:
        yield escaped(piece.byline)
    if piece.sources:
        lines = [_source(cited, printed) for cited, printed in zip(piece.cited, piece.sources, strict=True)]
        yield "\n".join([escaped(sheet.words.sources), "", *lines])
    yield from _corrections(piece.corrections, sheet)


def _corrections(said: Sequence[str], sheet: Sheet) -> Iterator[str]:
    return (f"**{escaped(sheet.correction)}** {escaped(one)}" for one in said)


def _unlike(piece: SheetPiece, sheet: Sheet) -> dict[str, object]:
    """What a piece does not have, said where its text could be taken for it."""
    told: dict[str, object] = {} if piece.byline else {"signed": False}
    looks = any(_looks_like(printed(block.runs), sheet.words.sources) for block in piece.blocks)
    if not piece.sources and looks:
        told["sources"] = 0
    if not piece.sources and not piece.byline:
        told["corrections"] = len(piece.corrections)
    return told


def _looks_like(text: str, heading: str) -> bool:
    return text.strip(" :\u00a0\u202f").casefold() == heading.strip(" :\u00a0\u202f").casefold()


def _source(cited: Citation, printed: Line) -> str:
    """One source as printed, the headline verbatim (the link's brackets say where it ends)."""
    told = "".join(_source_bit(bit, cited) for bit in printed)
    more = comment(lang=cited.language, country=cited.country, authors=list(cited.authors))
    return f"- {told}" + (f" {more}" if more else "")


def _source_bit(bit: Bit, cited: Citation) -> str:
    said = escaped(cited.headline if bit.foreign and bit.link else bit.text, starts=False)
    said = f"*{said}*" if bit.italic and said.strip() else said
    return f"[{said}]({_target(bit.link)})" if bit.link else said


def comment(**values: object) -> str:
    """A comment that Markdown does not show, "" when there is nothing to say; no value can end it."""
    told = {key: value for key, value in values.items() if value not in ("", [])}
    if not told:
        return ""
    said = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")
    return f"<!-- {said} -->"


def escaped(text: str, *, starts: bool = True) -> str:
    """Text as Markdown that says just that; `starts`: it may stand at the beginning of a line."""
    told = _ENTITY.sub(r"\\&", _SIGNS.sub(r"\\\1", text))
    return _LINE_START.sub(_start, told) if starts else told


def _start(found: re.Match[str]) -> str:
    sign = found[1]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


# ── the text of a piece ──────────────────────────────────────────────────────────────────────────────────────────────


def piece_text(told: Sequence[Block]) -> str:
    """A piece's blocks as Markdown below a title of the third level.

    It is read back at once: where bold and italic cannot be told apart that way they go first, then lists and quotations, never words.
    """
    wanted = list(told)
    for simpler in (lambda found: found, _unmarked, _flat):
        wanted = simpler(wanted)
        said = "\n\n".join(_written(block, 1 - FIRST_HEADING) for block in wanted)
        if blocks(said) == wanted:
            break
    return "\n\n".join(_written(block, 1) for block in wanted)


def _unmarked(told: list[Block]) -> list[Block]:
    """Without bold and italic."""
    return [_each(block) for block in told]


def _each(block: Block) -> Block:
    runs: list[Run] = []
    for run in block.runs:
        if runs and runs[-1].link == run.link:
            runs[-1] = replace(runs[-1], text=runs[-1].text + run.text)
        else:
            runs.append(Run(run.text, link=run.link))
    items = tuple(tuple(_each(one) for one in item) for item in block.items)
    return replace(block, runs=tuple(runs), blocks=tuple(_each(one) for one in block.blocks), items=items)


def _flat(told: list[Block]) -> list[Block]:
    """Only paragraphs of plain words."""
    return [
        Block("paragraph", (Run("".join(run.text for run in leaf.runs).replace("\n", " ")),)) for block in told for leaf in _leaves(block)
    ]


def _leaves(block: Block) -> Iterator[Block]:
    if block.runs:
        yield block
    for group in (block.blocks, *block.items):
        for one in group:
            yield from _leaves(one)


def _written(block: Block, shift: int) -> str:
    """One block; `shift` is added to the level of a heading."""
    if block.kind == "quote":
        inner = "\n\n".join(_written(one, shift) for one in block.blocks)
        return "\n".join(f"> {one}".rstrip() for one in inner.split("\n"))
    if block.kind == "list":
        signs = [f"{number}." if block.first else "-" for number in range(block.first, block.first + len(block.items))]
        return "\n".join(_item(sign, item, shift) for sign, item in zip(signs, block.items, strict=True))
    if block.kind == "heading":
        return "#" * (block.level + shift) + " " + _runs(block.runs).replace("\\\n", " ")
    return _runs(block.runs)


def _item(sign: str, item: Sequence[Block], shift: int) -> str:
    inner = "\n\n".join(_written(one, shift) for one in item)
    lines = inner.split("\n")
    blank = " " * (len(sign) + 1)
    return "\n".join([f"{sign} {lines[0]}", *(f"{blank}{one}" if one else "" for one in lines[1:])])


def _runs(runs: Sequence[Run]) -> str:
    told = "".join(_run(run) for run in runs)
    return _LINE_START.sub(_start, told)


def _run(run: Run) -> str:
    """One run; blanks at its ends stand outside its marks, a line break is a backslash at the end of a line."""
    said = escaped(run.text, starts=False)
    core = said.strip()
    before, after = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
    mark = "*" * (2 * run.bold + run.italic)
    core = f"{mark}{core}{mark}" if core else core
    if run.link and core and (address := _address(run.link)):
        core = f"[{core}]({_target(address)})"
    return (before + core + after).replace("\n", "\\\n")


def _target(address: str) -> str:
    return f"<{address}>" if "(" in address or ")" in address else address


def _address(link: str) -> str:
    return web_address(link) if not link.lower().startswith("mailto:") else re.sub(r"[<>\s\\]", "", link)
