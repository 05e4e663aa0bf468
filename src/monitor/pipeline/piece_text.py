"""The text of a piece as its checks see it: its words, what stands between quotation marks, and what differs between two versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from monitor.pipeline import words

LONGEST_TEXT = 20_000
"""Characters of a piece's text that are kept; a piece has about 1,500."""
_TARGET = re.compile(r"\]\([^)\s]*\)")
_SAID = re.compile(r"[^\W_]")
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between quotation marks: `start` and `end` are the places of the marks in the text, `text` is what is between them."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a comparison: in both texts, only in the earlier one, or only in the later one."""

    kind: Literal["same", "gone", "new"]
    text: str


def as_written(text: str, limit: int = LONGEST_TEXT) -> str:
    """What a person typed, with its own spaces and lines, without signs that hide, turn or break a text."""
    return _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:limit]


def count_words(text: str) -> int:
    """Words as a word processor counts them: between spaces, with a letter or figure in them; addresses of links are none."""
    return sum(1 for word in _TARGET.sub("]", text).split() if _SAID.search(word))


# ── quotation marks ──────────────────────────────────────────────────────────────────────────────────────────────────

_PAIRS = {"«": "»", "“": "”", "„": "“”", "‹": "›", "「": "」", "『": "』", "»": "«"}
_LONGEST_QUOTATION = 3000


@lru_cache(maxsize=8)
def quotations(text: str) -> tuple[Quotation, ...]:
    """The outermost quotations of a text in order: « », “ ”, „ “, " ", 「 」, and ‘ ’ where they open at a word's beginning.

    Straight marks are taken in pairs within a paragraph. A mark that never closes opens nothing.
    """
    found: list[Quotation] = []
    place = 0
    while place < len(text):
        end = _closing(text, place)
        if end > place:
            found.append(Quotation(text[place + 1 : end].strip(), place, end + 1))
            place = end
        place += 1
    return tuple(one for one in found if _SAID.search(one.text))


def _closing(text: str, place: int) -> int:
    """Where the quotation that opens here closes; -1 when none opens here."""
    sign = text[place]
    paragraph = text.find("\n\n", place)
    limit = min(place + _LONGEST_QUOTATION, paragraph if paragraph > 0 else len(text), len(text))
    if sign == '"':
        return text.find('"', place + 1, limit)
    if sign == "‘" and (place == 0 or not text[place - 1].isalnum()):
        return next((at for at in range(place + 2, limit) if text[at] == "’" and not text[at + 1 : at + 2].isalnum()), -1)
    if sign == "»" and not _opens_inwards(text, place):
        return -1
    if sign not in _PAIRS:
        return -1
    closing = _PAIRS[sign]
    return _same_depth(text, place, limit, closing) if any(text.find(one, place + 1, limit) > 0 for one in closing) else -1


def _same_depth(text: str, place: int, limit: int, closing: str) -> int:
    depth, sign = 0, text[place]
    for at in range(place, limit):
        if text[at] in closing and (at > place):
            depth -= 1
            if depth == 0:
                return at
        elif text[at] == sign:
            depth += 1
    return -1


def _opens_inwards(text: str, place: int) -> bool:
    """Whether » opens, as German sets it: »…«."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return (not before or before.isspace() or before in "(—–-") and after.isalnum()


# ── two versions ─────────────────────────────────────────────────────────────────────────────────────────────────────

_WORDS_AND_SPACES = re.compile(r"(?:\w+(?:['’\-]\w+)*|[^\s\w])\s*|\s+")


def compare(earlier: str, later: str) -> tuple[Change, ...]:
    """What differs between two texts, word by word; the spaces between words that are the same are the later text's."""
    before, after = _WORDS_AND_SPACES.findall(earlier), _WORDS_AND_SPACES.findall(later)
    bare = [[word.rstrip() for word in words_] for words_ in (before, after)]
    found: list[Change] = []
    for kind, first, last, start, end in SequenceMatcher(None, bare[0], bare[1], autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(after[start:end])))
            continue
        if last > first:
            found.append(Change("gone", "".join(before[first:last])))
        if end > start:
            found.append(Change("new", "".join(after[start:end])))
    return tuple(found)


def merged(base: str, mine: str, theirs: str) -> tuple[str, bool]:
    """Two changes of one text put together by paragraphs; False when both changed the same one: then both stand, mine first.

    With nothing changed on one side the other side's text comes back as it is.
    """
    if mine in (base, theirs):
        return theirs, True
    if theirs == base:
        return mine, True
    old, own, other = (text.split("\n\n") for text in (base, mine, theirs))
    out: list[str] = []
    clean = True
    for here, there in _chunks(old, own, other):
        was, first, second = old[here[0] : here[1]], own[there[0] : there[1]], other[there[2] : there[3]]
        if first in (was, second):
            out += second
        elif second == was:
            out += first
        else:
            out += _both(first, second)
            clean = False
    return "\n\n".join(out), clean


def _both(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The paragraphs of both, those they share once."""
    found: list[str] = []
    for kind, start, end, other, last in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        found += first[start:end]
        found += [] if kind == "equal" else second[other:last]
    return found


def _chunks(old: Sequence[str], own: Sequence[str], other: Sequence[str]) -> list[tuple[tuple[int, int], tuple[int, int, int, int]]]:
    """The stretches between paragraphs that stand in all three: places in the old text, and in the two others."""
    to_own = _kept(old, own)
    to_other = _kept(old, other)
    found = []
    at, mine, theirs = 0, 0, 0
    for place in [*(number for number in range(len(old)) if number in to_own and number in to_other), len(old)]:
        own_end, other_end = to_own.get(place, len(own)), to_other.get(place, len(other))
        found.append(((at, place), (mine, own_end, theirs, other_end)))
        if place < len(old):
            found.append(((place, place + 1), (own_end, own_end + 1, other_end, other_end + 1)))
        at, mine, theirs = place + 1, own_end + 1, other_end + 1
    return found


def _kept(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


# ── passages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def passage(text: str, start: int, end: int, longest: int = 160) -> str:
    """A stretch of a text on one line, cut in the middle when it is long."""
    line = " ".join(text[start:end].split())
    return line if len(line) <= longest else f"{line[: longest // 2].rstrip()} … {line[-(longest // 2) :].lstrip()}"


def is_in(quoted: Sequence[str], language: str, other: str) -> bool:
    """Whether words are rather of the one language than of the other, by the small words each has."""
    own = sum(word in words.stop_words(language) for word in quoted)
    theirs = sum(word in words.stop_words(other) for word in quoted)
    return own > theirs or (own == theirs and own > 0)
