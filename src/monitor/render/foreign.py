"""Foreign text fit to be printed: without control characters, with the language and direction it is isolated by."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi"})
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Bidi embeddings, overrides and isolates go too: a stray one could end our own isolate or turn an address round.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]+")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{8}}){_MARK}+")  # heaped marks that would run over the lines above and below
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # the two that French sets before its signs stay
LONGEST = 300
"""Characters of a headline that a mail shows; what is longer ends in an ellipsis."""
_FSI, _PDI = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Foreign:
    """One foreign text on one line, its language ("" when it is not known) and its direction: ltr, rtl or auto."""

    text: str
    language: str
    direction: str

    @property
    def isolated(self) -> str:
        """The text for plain mail, between Unicode's own isolates when anything in it runs from right to left."""
        turns = self.direction == "rtl" or any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in self.text)
        return f"{_FSI}{self.text}{_PDI}" if turns else self.text


def foreign(text: str, language: str = "", longest: int = LONGEST) -> Foreign:
    """A foreign text made fit to be printed."""
    one_line = _BLANKS.sub(" ", _MARKS.sub(r"\1", _CONTROLS.sub(" ", text))).strip()
    cut = one_line if len(one_line) <= longest else one_line[: longest - 1].rstrip() + "…"
    return Foreign(cut, code(language), direction(language))


def code(value: str) -> str:
    """A language code fit for a `lang` attribute, or ""."""
    return value if _CODE.fullmatch(value) else ""


def direction(value: str) -> str:
    """`rtl`, `ltr`, or `auto` when the language is not known."""
    known = code(value).split("-")[0].lower()
    return "auto" if not known else "rtl" if known in RIGHT_TO_LEFT else "ltr"
