"""Where a headline or text says what made its theme, country or section: pieces to show, each with what it speaks for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

LONGEST = 120
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """Text and what it speaks for, "" for nothing."""

    text: str
    label: str


class Change(NamedTuple):
    """Text of a headline that was kept (""), taken out (del) or put in (ins)."""

    text: str
    tag: str


class Marks:
    """What to look for in an article: the words of its evidence, each with what they speak for."""

    def __init__(self, found: Iterable[tuple[str, str]]) -> None:
        """`found` are pairs of words as the article wrote them and what they speak for."""
        labels: dict[str, list[str]] = {}
        for words, label in found:
            known = labels.setdefault(words[:LONGEST].casefold(), []) if words.strip() else []
            if label not in known:
                known.append(label)
        self._labels: Mapping[str, Sequence[str]] = labels
        longest_first = sorted(labels, key=lambda words: (-len(words), words))
        self._words = re.compile("|".join(_whole(words) for words in longest_first), re.IGNORECASE) if labels else None

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The text cut at the words that are evidence."""
        found: list[Piece] = []
        place = 0
        for one in self._words.finditer(text) if self._words else ():
            if one.start() > place:
                found.append(Piece(text[place : one.start()], ""))
            found.append(Piece(one.group(), " · ".join(self._labels.get(one.group().casefold(), ("",)))))
            place = one.end()
        if place < len(text):
            found.append(Piece(text[place:], ""))
        return tuple(found)


def _whole(words: str) -> str:
    """Words as a pattern that does not begin or end inside another word, where the script parts words at all."""
    first, last = (r"(?<!\w)" if _parts(words[0]) else ""), (r"(?!\w)" if _parts(words[-1]) else "")
    return first + re.escape(words) + last


def _parts(sign: str) -> bool:
    return sign.isalnum() and not "\u0e00" <= sign <= "\u0eff" and not "\u3040" <= sign <= "\u9fff" and not "\uac00" <= sign <= "\ud7af"


def evidence_words(found: Iterable[Mapping[str, Any]], label: Mapping[str, str]) -> list[tuple[str, str]]:
    """The words of stored evidence with what each speaks for (`label` by its `what`)."""
    return [(str(one.get("words", "")), label.get(str(one.get("what", "")), "")) for one in found]


def headline_changes(before: str, after: str) -> tuple[Change, ...]:
    """What an outlet changed in a headline, word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Change] = []
    for what, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("".join(old[first:last]), ""))
            continue
        if first < last:
            found.append(Change("".join(old[first:last]), "del"))
        if start < end:
            found.append(Change("".join(new[start:end]), "ins"))
    return tuple(found)
