"""Reads one line of Markdown under `Sources:` back into a citation, also as people write it by hand.

    read_source('*Le Phare* : "Le port rouvre" (16/10/2024)', words).citation

The link says where the headline is; without one the outermost quotation marks do. Italics say who tells it; without them what stands
before the first colon. The date is sought in what is left, so that a date within a headline is never taken for its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.records import Citation, StyleWords

LONGEST = 6_000
"""Characters of a source that is read: a headline has a thousand at most, an address two."""
COMMENT = re.compile(r"<!--\s*(\{.*?\})\s*-->\s*$")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_TARGET = re.compile(r"\]\(\s*(?:<([^<>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
_BARE = re.compile(r"<?(https?://[^\s<>]+?)>?(?=[\s)\].,;]*(?:$|[\s)\]]))")
_MARKS = (("“", "”"), ("«", "»"), ("„", "“"), ("„", "”"), ("「", "」"), ("『", "』"), ('"', '"'), ("‘", "’"), ("'", "'"))
_BLANKS = " \t\u00a0\u202f"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier jan janv", "february février feb févr", "march mars mar", "april avril apr avr", "may mai", "june juin jun",
            "july juillet jul juil", "august août aug", "september septembre sep sept", "october octobre oct", "november novembre nov",
            "december décembre dec déc",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DATES = (
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})[/.\-](?P<m>\d{1,2})[/.\-](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:er|st|nd|rd|th)?\s+(?P<name>[^\W\d_]{3,9})\.?,?\s+(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?P<name>[^\W\d_]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A citation, or None and what was not understood; `notes` are worth knowing."""

    citation: Citation | None
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a line, with how it is set; `link` is None outside links."""

    text: str
    italic: bool = False
    link: str | None = None


def read_source(line: str, words: StyleWords) -> SourceRead:
    """One source without its bullet."""
    if len(line) > LONGEST:
        return SourceRead(None, f"there are more than {LONGEST:,} characters")
    told, kept = line.strip(), {}
    if found := COMMENT.search(told):
        kept = comment_of(found[1])
        told = told[: found.start()].rstrip()
    signs = inline(told)
    address, signs = _address(signs)
    headline, outlet, rest = _parted(signs, words)
    if headline is None:
        return SourceRead(None, "there is no headline between quotation marks, and no link")
    if not outlet:
        return SourceRead(None, "there is no outlet in italics or before a colon")
    day, rest, wrong = _dated(rest, words)
    if wrong:
        return SourceRead(None, f"{wrong} is no date")
    if left := _left_over(rest, words):
        return SourceRead(None, f"“{left}” is neither outlet, headline, date nor address")
    notes = [*(() if address else ("without a link",)), *(() if day else ("without a date",))]
    language, country, authors = kept.get("lang"), kept.get("country"), kept.get("authors")
    cited = Citation(
        outlet=outlet,
        headline=headline,
        language=language if isinstance(language, str) else "",
        dated=day,
        address=address,
        country=country if isinstance(country, str) else "",
        authors=tuple(str(one) for one in authors) if isinstance(authors, list) else (),
    )
    return SourceRead(cited, "", tuple(notes))


def comment_of(text: str) -> dict[str, Any]:
    """What a comment of ours says; anything else says nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def unescaped(text: str) -> str:
    """Markdown's backslashes taken away, and the marks of bold and italic around a whole line."""
    told = text.strip()
    for mark in ("***", "**", "__", "*", "_"):
        inner = told[len(mark) : -len(mark)]
        if (
            len(told) > 2 * len(mark)
            and told.startswith(mark)
            and told.endswith(mark)
            and mark not in inner
            and not told.endswith(f"\\{mark}")
        ):
            told = inner.strip()
            break
    return "".join(sign.text for sign in inline(told, marks=False))


# ── signs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def inline(text: str, *, marks: bool = True) -> list[Sign]:
    """The signs of a line: escapes resolved, italics and links told; `marks` off: stars and brackets are signs like others."""
    signs: list[Sign] = []
    italic, link, at = False, None, 0
    pairs = _pairs(text) if marks else {}
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text) and text[at + 1] in _PUNCTUATION:
            signs.append(Sign(text[at + 1], italic, link))
            at += 2
            continue
        if marks and (step := _mark(text, at, pairs, link is not None)):
            kind, length, target = step
            italic = not italic if kind == "italic" else italic
            link = target if kind == "link" else None if kind == "end" else link
            if kind == "link" and target is not None:
                signs.append(Sign("", italic, target))  # a link without words is a link
            at += length
            continue
        signs.append(Sign(sign, italic, link))
        at += 1
    return signs


def _mark(text: str, at: int, pairs: Mapping[int, int], linked: bool) -> tuple[str, int, str | None] | None:
    """The mark that begins at a place: its kind, its length, where a link leads."""
    sign = text[at]
    if sign == "*" or (sign == "_" and not (at and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum())):
        return ("bold", 2, None) if text[at : at + 2] == sign * 2 else ("italic", 1, None)
    if sign == "[" and not linked and at in pairs and (end := _TARGET.match(text, pairs[at])):
        return ("link", 1, end[1] or end[2] or "")
    if sign == "]" and linked and (end := _TARGET.match(text, at)):
        return ("end", end.end() - at, None)
    return None


def _pairs(text: str) -> dict[int, int]:
    """Where each bracket that opens closes again, those within it paired."""
    found: dict[int, int] = {}
    opened: list[int] = []
    place = 0
    while place < len(text):
        if text[place] == "[":
            opened.append(place)
        elif text[place] == "]" and opened:
            found[opened.pop()] = place
        place += 2 if text[place] == "\\" else 1
    return found


def _text(signs: Iterable[Sign]) -> str:
    return "".join(sign.text for sign in signs)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _address(signs: list[Sign]) -> tuple[str, list[Sign]]:
    """Where a source leads: its link, or an address that stands in the line and is taken out of it."""
    for sign in signs:
        if sign.link is not None:
            return sign.link, signs
    text = _text(signs)
    if found := _BARE.search(text):
        return found[1], [*signs[: found.start()], *signs[found.end() :]]
    return "", signs


def _parted(signs: Sequence[Sign], words: StyleWords) -> tuple[str | None, str, str]:
    """Headline (None: there is none), outlet, and what is neither."""
    linked = [at for at, sign in enumerate(signs) if sign.link is not None]
    whole = bool(linked) and any(signs[at].italic for at in linked) and any(not signs[at].italic for at in linked)
    if linked and not whole:
        first, last = linked[0], linked[-1] + 1
        headline = _bare(_text(signs[first:last]), _text(signs[:first]), words)
        before, after = list(signs[:first]), list(signs[last:])
    else:
        span = _quoted(signs, words)
        if span is None:
            return None, "", ""
        (outer_first, first), (last, outer_last) = span
        headline = _text(signs[first:last])
        before, after = list(signs[:outer_first]), list(signs[outer_last:])
    outlet, before = _outlet(before)
    if not outlet:
        outlet, after = _outlet(after, colon=False)
    return headline.strip(_BLANKS), outlet, f"{_text(before)} {_text(after)}"


def _bare(headline: str, before: str, words: StyleWords) -> str:
    """A link's words; quotation marks within the link that stand for those of the pattern are taken away."""
    if "{quoted}" not in words.citation or before.rstrip(_BLANKS).endswith(tuple(mark for mark, _ in _all_marks(words))):
        return headline
    told = headline.strip(_BLANKS)
    for first, last in _all_marks(words):
        if len(told) >= len(first) + len(last) and told.startswith(first) and told.endswith(last):
            return told[len(first) : len(told) - len(last)]
    return headline


def _all_marks(words: StyleWords) -> tuple[tuple[str, str], ...]:
    first, last = (mark.strip(_BLANKS) for mark in words.quotes)
    return ((first, last), *_MARKS) if first and last else _MARKS


def _quoted(signs: Sequence[Sign], words: StyleWords) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The outermost pair of quotation marks outside the outlet's italics: where it and what is in it begins and ends."""
    text = "".join(sign.text if not sign.italic else "\0" * len(sign.text) for sign in signs)
    places = [at for at, sign in enumerate(signs) for _ in sign.text]
    best: tuple[int, int, int, int] | None = None
    for first, last in _all_marks(words):
        start = text.find(first)
        end = text.rfind(last)
        if start >= 0 and end > start and (best is None or start < best[0]):
            best = (start, start + len(first), end, end + len(last))
    if best is None:
        return None
    ends = [*places, len(signs)]
    return (ends[best[0]], ends[best[1]]), (ends[best[2]], ends[best[3]])


def _outlet(signs: list[Sign], *, colon: bool = True) -> tuple[str, list[Sign]]:
    """The outlet in italics, or what stands before a colon or comma; and the rest."""
    slanted = [at for at, sign in enumerate(signs) if sign.italic]
    if slanted:
        first, last = slanted[0], slanted[-1] + 1
        return _text(signs[first:last]).strip(_BLANKS), [*signs[:first], *signs[last:]]
    text = _text(signs)
    if colon and (found := re.match(rf"\s*([^:]*[^:{_BLANKS},—–-])[{_BLANKS}]*[:,—–-][{_BLANKS}]*[“«„\"'‘「『]?[{_BLANKS}]*$", text)):
        return found[1].strip(_BLANKS), []
    return "", signs


def _dated(text: str, words: StyleWords) -> tuple[date | None, str, str]:
    """The date, the text without it, and what looks like a date and is none."""
    for pattern in (_of_style(words.date), *_DATES):
        for found in reversed(list(pattern.finditer(text))):
            told = found.groupdict()
            month = int(told["m"]) if told.get("m") else _MONTHS.get((told.get("name") or "").lower(), 0)
            if not month and told.get("name"):
                continue
            year = int(told["y"])
            try:
                day = date(year + 2000 if year < 100 else year, month, int(told["d"]))
            except ValueError:
                return None, text, found[0]
            return day, text[: found.start()] + text[found.end() :], ""
    return None, text, ""


def _of_style(form: str) -> re.Pattern[str]:
    """The style's own date as a pattern; it is asked first, for 01/02 may be in either order."""
    told, seen = "", set()
    parts = {"%d": r"(?P<d>\d{1,2})", "%m": r"(?P<m>\d{1,2})", "%Y": r"(?P<y>\d{4})", "%y": r"(?P<y>\d{2})"}
    for part in re.findall(r"%.|[^%]", form):
        name = parts.get(part, "")[4:5]
        told += parts[part] if part in parts and name not in seen else re.escape(part)
        seen |= {name} if name else set()
    return re.compile(rf"(?<!\d){told}(?!\d)") if {"d", "m", "y"} <= seen else re.compile(r"(?!)")


def _left_over(text: str, words: StyleWords) -> str:
    """Words that stand for nothing: not the pattern's own, nor signs."""
    literal = re.sub(r"\{\w+\}", " ", words.citation)
    known = set(re.findall(r"\w+", literal))
    left = " ".join(word for word in re.findall(r"\w+", text) if word not in known)
    return left[:80]
