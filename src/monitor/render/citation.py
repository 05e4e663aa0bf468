"""A source as the desk's pieces cite it: outlet in italics, the headline as it was written, the outlet's own local date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from monitor.pipeline.moments import local_day

__all__ = ["citation", "local_day", "sources"]

_GAP = "\u00a0"
_OPENING, _CLOSING = re.compile(r"«\s*"), re.compile(r"\s*»")
_MARKS = str.maketrans({mark: "\\" + mark for mark in "*_[]`<\\"})


def citation(outlet: str, headline: str, day: date, language: str = "en") -> str:
    """One source in Markdown, without its end: `*BBC News* : "What are …?", 16/10/2024`; in French with « … »."""
    name, title = _line(outlet).translate(_MARKS), _line(headline)
    if language[:2] == "fr":
        inner = _evenly(_CLOSING.sub("”", _OPENING.sub("“", title)))
        quoted, gap = f"«{_GAP}{inner}{_GAP}»", _GAP
    else:
        quoted, gap = f'"{title.replace(chr(34), chr(39))}"', " "
    return f"*{name}*{gap}: {quoted}, {day:%d/%m/%Y}"


def sources(citations: Iterable[str]) -> str:
    """Several as the list under a piece: ` ;` after each, `.` after the last."""
    lines = [f"- {one}" for one in citations]
    return " ;\n".join(lines) + "." if lines else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _evenly(text: str) -> str:
    """Straight quotation marks as pairs of curly ones; an odd one stays."""
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return text
    return "".join(part + ("" if number == len(parts) - 1 else "“" if number % 2 == 0 else "”") for number, part in enumerate(parts))
