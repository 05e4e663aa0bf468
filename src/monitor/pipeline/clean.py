"""Makes text of strangers safe to keep: no control, direction-turning, invisible or piled-up characters, one kind of white space.

PostgreSQL refuses NUL and loses the whole batch with it (finding 4); bidi overrides, tag characters and long runs of combining marks
hide or deface what a person reads (docs/security.md, Unicode).
"""

from __future__ import annotations

import re
import unicodedata

MARKS_IN_A_ROW = 8


def _marks() -> str:
    """A regex class of the non-spacing and enclosing marks of the basic plane, as ranges."""
    ranges: list[list[int]] = []
    for point in range(0x300, 0x10000):
        if unicodedata.category(chr(point)) in ("Mn", "Me"):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)


_PLANE_ENDS = "".join(f"\\U{plane:04x}fffe-\\U{plane:04x}ffff" for plane in range(1, 17))
# C0 and C1 except tab, newline, carriage return and NEL; soft hyphen; zero-width space, word joiner, byte-order mark; bidi embeddings,
# overrides and isolates; surrogates; noncharacters; tag characters. ZWJ, ZWNJ, LRM and RLM stay: Persian, Indic, Arabic, Hebrew need them.
_DROPPED = re.compile(
    "[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u200b\\u2060\\ufeff\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufdd0-\\ufdef"
    f"\\ufffe\\uffff{_PLANE_ENDS}\\U000e0000-\\U000e007f]"
)
_PILED = re.compile(f"([{_marks()}]{{{MARKS_IN_A_ROW}}})[{_marks()}]+")
_PLAIN = re.compile(r"[\x20-\x7e\n]*")
_SPACES = re.compile(r"(?:  |[^\S\n ][^\S\n]| [^\S\n ])[^\S\n]*|[\t\v\f\x1c-\x1f\u2028\u2029]")
_ODD_SPACE = re.compile(r"[^\S\n ]")
_LINE_ENDS = re.compile(r"\r\n?|\x85")
_BLANK_LINES = re.compile(r"\n{3,}")
_ANY_SPACES = re.compile(r"\s+")


def _safe(text: str) -> str:
    """Only characters worth keeping, in NFC; runs of marks are cut first because NFC sorts a run in quadratic time."""
    if _PLAIN.fullmatch(text):
        return text
    text = _PILED.sub(r"\1", _DROPPED.sub("", text))
    return unicodedata.normalize("NFC", text)


def clean_text(s: str, limit: int) -> str:
    """Readable text of at most `limit` characters: safe characters, single spaces, paragraphs kept as lines (at most one empty between)."""
    text = _LINE_ENDS.sub("\n", _safe(s.strip()[: limit * 8]))
    if "  " in text or _ODD_SPACE.search(text):
        text = _SPACES.sub(" ", text)
    text = "\n".join([line.strip() for line in text.split("\n")])
    return _BLANK_LINES.sub("\n\n", text).strip()[:limit].rstrip()


def clean_title(s: str, limit: int = 1000) -> str:
    """A single readable line of at most `limit` characters; every run of white space, also no-break spaces, becomes one space."""
    return _ANY_SPACES.sub(" ", _safe(s.strip()[: limit * 8])).strip()[:limit].rstrip()
