"""Cuts a query into its signs and words, each with its place; never backtracks, so any text costs time in proportion to its length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from monitor.pipeline.query_says import mistake

LONGEST = 2_000  # characters
Kind = Literal["(", ")", "or", "and", "not", "near", "field", "word", "phrase", "entity", "end"]
_QUOTES = {'"': '"', "“": '”"“', "„": '“”"', "‟": '”"', "«": "»", "»": "«»"}
_BREAKS = frozenset(" \t\n\r\f\v()|") | frozenset(_QUOTES)
_MINUS = "-\u2212\u2013"  # keyboards that correct a hyphen into a dash must not turn an exclusion into a wish
_DIRECTION = frozenset("\u061c\u200e\u200f") | frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_WORDS: dict[str, Kind] = {"OR": "or", "AND": "and", "NOT": "not"}
FRENCH: dict[str, str] = {"OU": "OR", "ET": "AND", "SAUF": "NOT"}
_FIELD = re.compile(r"([^\W\d_]+):(?!//)")
_NEAR = re.compile(r"(NEAR|WITHIN)(?:/(.*))?$", re.DOTALL)
_FRENCH_NEAR = re.compile(r"PR(?:È|E\u0300?)S(?=/|$)")
_HEBREW = re.compile("[\u05d0-\u05ea]")


class Sign(NamedTuple):
    """One sign or word of a query: `text` without quotes or marks, `start` and `end` in the query as typed."""

    kind: Kind
    text: str
    start: int
    end: int


def cut(query: str, *, french: bool = False) -> list[Sign]:
    """The signs of a query, closed by an "end"; raises QueryError for what no query may hold."""
    if len(query) > LONGEST:
        raise mistake("too_long", query[: LONGEST + 1], LONGEST, count=len(query), most=LONGEST)
    for place, sign in enumerate(query):
        if sign in _DIRECTION:
            raise mistake("direction", query, place, sign=f"U+{ord(sign):04X}")
        if unicodedata.category(sign) in ("Cc", "Cs") and not sign.isspace():
            raise mistake("control", query, place, sign=f"U+{ord(sign):04X}")
    return [*_signs(query, french), Sign("end", "", len(query), len(query))]


def _signs(query: str, french: bool) -> Iterator[Sign]:
    place, value = 0, False  # `value`: a field's value must follow without a blank
    while place < len(query):
        sign = query[place]
        if sign.isspace():
            place, value = place + 1, False
            continue
        found = _punctuation(query, place) or _word(query, place, french, value)
        yield found
        place, value = found.end, found.kind == "field"


def _punctuation(query: str, place: int) -> Sign | None:
    sign = query[place]
    if sign in "()":
        return Sign("(" if sign == "(" else ")", sign, place, place + 1)
    if sign == "|":
        return Sign("or", "|", place, place + (2 if query.startswith("||", place) else 1))
    if query.startswith("&&", place):
        return Sign("and", "&&", place, place + 2)
    if sign in _QUOTES:
        return _phrase(query, place)
    if sign in _MINUS:
        following = query[place + 1 : place + 2]
        if not following or following.isspace() or following == ")":
            raise mistake("dash_alone", query, place)
        return Sign("not", "-", place, place + 1)
    return None


def _phrase(query: str, place: int) -> Sign:
    closing = _QUOTES[query[place]]
    for end in range(place + 1, len(query)):
        if query[end] in closing and not _is_hebrew_acronym(query, end):
            if query[end + 1 : end + 2] == "*":
                raise mistake("star_place", query, end + 1)
            return Sign("phrase", query[place + 1 : end], place, end + 1)
    raise mistake("quote_open", query, place, sign=closing[0])


def _is_hebrew_acronym(query: str, place: int) -> bool:
    """Whether the quotation mark at a place belongs to a word such as צה"ל."""
    around = query[place - 1 : place], query[place + 1 : place + 2], query[place + 2 : place + 3]
    before, after, beyond = (bool(_HEBREW.match(sign)) for sign in around)
    return query[place] in '"”' and before and after and not beyond


def _word(query: str, place: int, french: bool, value: bool) -> Sign:
    end = place
    while end < len(query) and not _breaks(query, end):
        end += 1
    text = query[place:end]
    if text[0] == "@":
        return Sign("entity", text[1:], place, end)
    if not value:
        if field := _FIELD.match(text):
            return Sign("field", field[1], place, place + field.end())
        if kind := _WORDS.get(FRENCH.get(text, text) if french else text):
            return Sign(kind, text, place, end)
        operator = _FRENCH_NEAR.sub("NEAR", text, count=1) if french else text
        if _NEAR.match(operator):
            return Sign("near", operator, place, end)
    return Sign("word", text, place, end)


def _breaks(query: str, place: int) -> bool:
    sign = query[place]
    if sign in _QUOTES:
        return not _is_hebrew_acronym(query, place)
    return sign in _BREAKS or sign.isspace() or query.startswith("&&", place)
