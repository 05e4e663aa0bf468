"""An edition as a PDF for print and screen readers (PDF/UA-1): outline, links, embedded fonts; typst's only door.

All words go to typst as data and are set as text. What no font of the machine can print is left out as `[…]` and named, never an empty box.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any

import typst

from monitor.errors import UsageError
from monitor.render.edition_docx import region
from monitor.render.edition_html import PICTURES
from monitor.render.edition_sheet import Bit, Line, Sheet, SheetPiece
from monitor.render.foreign import direction
from monitor.render.markdown import Block, Run

TEMPLATE = "edition.typ"
LEFT_OUT = "[…]"
FALLBACKS = (
    "Noto Serif",
    "Noto Naskh Arabic",
    "Noto Serif Hebrew",
    "Noto Serif CJK SC",
    "Noto Serif Devanagari",
    "DejaVu Serif",
    "Libertinus Serif",
)
_EAST_ASIAN = {
    "zh": ("Noto Serif CJK SC", "Noto Sans CJK SC"), "zh-tw": ("Noto Serif CJK TC", "Noto Sans CJK TC"), "zh-hant": ("Noto Serif CJK TC",),
    "zh-hk": ("Noto Serif CJK HK", "Noto Sans CJK HK"), "ja": ("Noto Serif CJK JP", "Noto Sans CJK JP"),
    "ko": ("Noto Serif CJK KR", "Noto Sans CJK KR"),
}  # fmt: skip
_LONGEST_WORD = 32  # signs that stand together before a line may be broken within them
_UNBROKEN = re.compile(r"[^\s\u00a0\u202f\u200b\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]{33,}")
_NOT_SHOWN = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_CODE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}")
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Pdf:
    """The document and the signs that no font could print, "" when there are none."""

    data: bytes
    left_out: str


def pdf(
    sheet: Sheet,
    fonts: Sequence[str] = (),
    unprintable: str = "",
    logo: tuple[str, bytes] | None = None,
    template: bytes | None = None,
    stamp: str = "",
) -> Pdf:
    """The document, the same bytes for the same sheet and fonts.

    `unprintable`: signs known to have no font here; `stamp` changes when the machine's fonts do, which are looked through only then.
    Raises UsageError when the desk's own template cannot be set.
    """
    setter = _Setter(sheet, tuple(dict.fromkeys((*fonts, *FALLBACKS))))
    source = template if template is not None else files("monitor").joinpath("render", "templates", "edition", TEMPLATE).read_bytes()
    if sheet.corrections and b"edition.corrections" not in source:  # a template of the desk's own that is older than they are
        setter.sheet = replace(sheet, front=(*sheet.front, *sheet.corrected_lines))
    missing = set(unprintable)
    for _ in range(_TRIES):
        told = setter.data(missing, logo)
        read = {"main.typ": source, "edition.json": json.dumps(told, ensure_ascii=False).encode()}
        try:
            # typst's own stub does not know yet that a mapping of names to files is taken for the project.
            data = typst.compile(read, format="pdf", pdf_standards=["ua-1"], timestamp=0, font_paths=_fonts(stamp))  # type: ignore[call-overload]
        except typst.TypstError as error:
            found = _not_shown(str(error)) - missing
            if not found:
                raise UsageError(f"The template {TEMPLATE} cannot be set: {' '.join(str(error).split())[:300]}") from error
            missing |= found
        else:
            return Pdf(bytes(data), "".join(sorted(missing & setter.signs)))
    raise UsageError("Too many signs of this edition have no font here; install fonts-noto-core and fonts-noto-cjk.")


@lru_cache(maxsize=1)
def _fonts(_stamp: str) -> typst.Fonts:
    """The machine's fonts and those of typst; to look through them takes ten times what setting an edition does."""
    return typst.Fonts()


def _not_shown(message: str) -> set[str]:
    """The signs that typst says it has no font for."""
    told = "".join(found[1] for found in _NOT_SHOWN.finditer(message))
    return set(_CODE.sub(lambda found: chr(int(found[1], 16)), told)) - {" "}


class _Setter:
    """Turns a sheet into the data of the template."""

    def __init__(self, sheet: Sheet, fonts: tuple[str, ...]) -> None:
        self.sheet = sheet
        self.fonts = fonts
        self.signs: set[str] = set()
        self.missing: set[str] = set()

    def data(self, missing: set[str], logo: tuple[str, bytes] | None) -> dict[str, Any]:
        """All the template knows."""
        sheet, self.missing = self.sheet, missing
        language, _, country = region(sheet.language).partition("-")
        return {
            "language": language,
            "region": country if re.fullmatch("[A-Z]{2}", country) else None,
            "rtl": direction(sheet.language) == "rtl",
            "fonts": list(self.fonts),
            # typst takes files of its project as text only, so a picture comes as its bytes.
            "logo": list(logo[1]) if logo and PurePath(logo[0]).suffix.lower() in PICTURES else None,
            "date": [sheet.dated.year, sheet.dated.month, sheet.dated.day],
            "title": self.text(sheet.title) or "—",
            "heading": self.line((Bit(sheet.title or "—"),)),
            "short_title": self.text(sheet.short_title),
            "organisation": self.text(sheet.organisation),
            "front": [self.text(one) for one in sheet.front],
            "authors_heading": self.text(sheet.words.authors),
            "authors": [self.text(name) for name in sheet.authors],
            "headlines_heading": self.text(sheet.words.headlines),
            "sources_heading": self.text(sheet.words.sources),
            "correction_heading": self.text(sheet.correction),
            "corrections": [self.text(one) for one in sheet.corrections],
            "sections": [
                {"anchor": section.anchor, "heading": self.words(section.heading), "pieces": [self.piece(one) for one in section.pieces]}
                for section in sheet.sections
            ],
        }

    def piece(self, piece: SheetPiece) -> dict[str, Any]:
        """One piece."""
        return {
            "anchor": piece.anchor,
            "heading": self.words(piece.heading),
            "blocks": [self.block(one) for one in piece.blocks],
            "byline": self.text(piece.byline),
            "sources": [self.line(one) for one in piece.sources],
            "corrections": [self.text(one) for one in piece.corrections],
        }

    def block(self, block: Block) -> dict[str, Any]:
        """One block and those within it."""
        return {
            "kind": block.kind,
            "level": block.level,
            "first": block.first,
            "runs": self.line(block.runs),
            "blocks": [self.block(one) for one in block.blocks],
            "items": [[self.block(one) for one in item] for item in block.items],
        }

    def words(self, text: str) -> list[dict[str, Any]]:
        """A heading, never without words."""
        return self.line((Bit(text or "—"),))

    def line(self, runs: Sequence[Run] | Line) -> list[dict[str, Any]]:
        """Several runs."""
        return [self.run(one) for one in runs]

    def run(self, run: Run) -> dict[str, Any]:
        """One run with the fonts of its language first where it shares its signs with others (Chinese, Japanese, Korean)."""
        bit = run if isinstance(run, Bit) else Bit(run.text)
        language = bit.language.lower()
        special = _EAST_ASIAN.get(language) or _EAST_ASIAN.get(language.split("-")[0], ())
        first = [one for one in self.fonts if "CJK" not in one]
        return {
            "text": self.text(run.text),
            "bold": run.bold,
            "italic": run.italic,
            "link": run.link,
            "lang": language.split("-")[0],
            "rtl": bit.direction == "rtl",
            "foreign": bit.foreign,
            "fonts": [*first[:1], *special, *first[1:], *(one for one in self.fonts if "CJK" in one)] if special else [],
        }

    def text(self, text: str) -> str:
        """Text with what has no font here left out, and very long words made breakable."""
        self.signs |= set(text)
        if self.missing & set(text):
            text = re.sub(f"[{re.escape(''.join(sorted(self.missing)))}]+", LEFT_OUT, text)
        return _UNBROKEN.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    """A long word with places where a line may end, none of them before a sign that stands upon another."""
    out, since = [], 0
    for sign in found[0]:
        since += 1
        if since > _LONGEST_WORD and sign.isalnum():
            out.append("\u200b")
            since = 1
        out.append(sign)
    return "".join(out)
