"""Where the words that made an article match stand in its headline and text, as pieces to show with and without mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.pipeline.query_match import Found
from monitor.pipeline.words import Tokens, tokenise

Piece = tuple[str, bool]
"""Text, and whether it is marked."""
Span = tuple[int, int]

AROUND = 70
"""Characters shown before the first word found."""
SHOWN = 260
"""Characters of text shown in all."""


def title_pieces(title: str, found: Iterable[Found]) -> tuple[Piece, ...]:
    """A headline with what was found in it marked."""
    words = tokenise(title)
    return pieces(title, [_span(words, one.offset, _length(one)) for one in found if one.zone == "title"])


def text_pieces(text: str, lead: int, found: Sequence[Found]) -> tuple[Piece, ...]:
    """The place of a text where the first words were found, those words marked; its beginning when none were. `lead` counts its words."""
    places = sorted({(one.offset + (lead if one.zone == "body" else 0), _length(one)) for one in found if one.zone in ("lead", "body")})
    if not places:
        return cut(text, 0, [])
    near = [place for place in places if place[0] - places[0][0] < SHOWN // 2]
    words = _first_words(text, near[-1][0] + near[-1][1])
    spans = [span for at, length in near if (span := _span(words, at, length)) is not None]
    return cut(text, spans[0][0], spans) if spans else cut(text, 0, [])


def summary_pieces(summary: str, found: Iterable[Found]) -> tuple[Piece, ...]:
    """A summary with the words marked that were found elsewhere in the article."""
    sought = {word.text for one in found if one.zone for word in tokenise(one.words)}
    spans: list[Span | None] = [(word.start, word.start + len(word.raw)) for word in tokenise(summary[: 2 * SHOWN]) if word.text in sought]
    return cut(summary, 0, spans)


def cut(text: str, at: int, spans: Sequence[Span | None]) -> tuple[Piece, ...]:
    """About `SHOWN` characters around a place, whole words, with the spans in them marked."""
    first = _begin(text, max(0, at - AROUND)) if at > AROUND else 0
    last = _end(text, first + SHOWN)
    inside = [(start - first, end - first) for start, end in filter(None, spans) if start >= first and end <= last]
    found = pieces(text[first:last].rstrip(), inside)
    before, after = ("… " if first else "", " …" if last < len(text.rstrip()) else "")
    return (*([(before, False)] if before else []), *found, *([(after, False)] if after else []))


def pieces(text: str, spans: Iterable[Span | None]) -> tuple[Piece, ...]:
    """A text cut at its marked spans, overlapping ones joined."""
    found: list[Piece] = []
    place = 0
    for start, end in _joined(text, sorted(filter(None, spans))):
        if start > place:
            found.append((text[place:start], False))
        found.append((text[start:end], True))
        place = end
    if place < len(text):
        found.append((text[place:], False))
    return tuple(found)


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or have only a blank between them are one."""
    found: list[Span] = []
    for start, end in spans:
        start, end = max(0, start), min(len(text), end)
        if found and (start <= found[-1][1] or text[found[-1][1] : start] == " "):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def _length(one: Found) -> int:
    return max(1, len(tokenise(one.words)))


def _span(words: Tokens, at: int, length: int) -> Span | None:
    if at >= len(words):
        return None
    last = words[min(len(words), at + length) - 1]
    return words[at].start, last.start + len(last.raw)


def _first_words(text: str, count: int) -> Tokens:
    """At least `count` words of a text, or all; a long text is not read to its end for a word at its beginning."""
    size = 12 * count + 200
    while True:
        words = tokenise(text[:size])
        if len(words) > count or size >= len(text):
            return words
        size *= 2


def _begin(text: str, at: int) -> int:
    """The beginning of a word near a place."""
    blank = text.find(" ", at, at + 30)
    return blank + 1 if blank >= 0 else at


def _end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = text.rfind(" ", at - 30, at)
    return blank if blank >= 0 else at
