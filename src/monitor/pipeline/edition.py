"""The edition: ordinals, numbering, authors in alphabetical order, what is missing, and the finished text that every form is set from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from monitor.pipeline.names import name_in, printed, sort_key
from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style, StyleWords

_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_AFTER: Mapping[str, str] = {"es": ".ª", "pt": ".ª", "it": "ª", "nl": "e", "fr": "e"}  # of the edition, which is feminine where words are


@dataclass(frozen=True, slots=True)
class EditionHead:
    """What an edition is apart from its pieces; `title` empty: as the style says."""

    id: str
    number: int
    language: str
    dated: date
    title: str = ""
    organisation: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class BoardSection:
    """One section of a board: its name in the edition's language and how many pieces it should have."""

    id: str
    label: str
    target: int


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """A piece where it stands on the board, its state, its number not yet given; `section` of no column: it is not placed."""

    section: str
    position: int
    state: str
    piece: EditionPiece


@dataclass(frozen=True, slots=True)
class Gap:
    """A section with fewer pieces than it should have."""

    section: str
    label: str
    have: int
    target: int


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why an edition cannot be frozen: `code` (empty, draft, submitted, returned, untitled, unwritten, unsigned, sources), the piece."""

    code: str
    piece: str = ""
    title: str = ""
    have: int = 0
    needed: int = 0


def ordinal(number: int, language: str) -> str:
    """A number as an ordinal: 63rd, 11th; 1re, 63e; other languages as they write it, or with a point."""
    tongue = language[:2]
    if tongue == "en":
        return f"{number}{'th' if number % 100 in (11, 12, 13) else _SUFFIXES.get(number % 10, 'th')}"
    if tongue == "fr" and number == 1:
        return "1re"
    return f"{number}{_AFTER.get(tongue, '.')}"


def words_of(style: Style, language: str) -> StyleWords:
    """The style's words in a language, or in its first one when it has none."""
    return style.languages.get(language) or next(iter(style.languages.values()))


def title_of(style: Style, head: EditionHead) -> str:
    """The title as printed: the edition's own, or the style's pattern filled in."""
    if head.title.strip():
        return " ".join(head.title.split())
    words = words_of(style, head.language)
    return words.edition.format(ordinal=ordinal(head.number, head.language), number=head.number, series=words.series)


def sections_of(style: Style, language: str) -> list[dict[str, Any]]:
    """The columns a new edition begins with, as a board keeps them."""
    return [
        {
            "id": one.id,
            "label": one.label.get(language) or next(iter(one.label.values()), one.id),
            "target": one.target,
            "words": style.about,
        }
        for one in style.sections
    ]


def board_sections(kept: Iterable[Mapping[str, Any]]) -> tuple[BoardSection, ...]:
    """The columns of a board from what was kept of them."""
    return tuple(BoardSection(str(one["id"]), str(one.get("label") or one["id"]), int(one.get("target") or 0)) for one in kept)


def missing(sections: Sequence[BoardSection], pieces: Iterable[PlacedPiece]) -> tuple[Gap, ...]:
    """The sections that have fewer pieces than they should."""
    have: dict[str, int] = {}
    for one in pieces:
        have[one.section] = have.get(one.section, 0) + 1
    return tuple(
        Gap(one.id, one.label, have.get(one.id, 0), one.target) for one in sections if one.target and have.get(one.id, 0) < one.target
    )


def hindrances(sections: Sequence[BoardSection], pieces: Sequence[PlacedPiece], style: Style) -> tuple[Hindrance, ...]:
    """All that stands in the way of freezing, in the order of the board; a section with too few pieces does not."""
    placed = _placed(sections, pieces)
    if not placed:
        return (Hindrance("empty"),)
    return tuple(found for one in placed for found in _of_piece(one, style))


def _of_piece(one: PlacedPiece, style: Style) -> list[Hindrance]:
    piece, found = one.piece, []
    if one.state != "accepted":
        found.append("draft" if one.state not in ("submitted", "returned") else one.state)
    if not piece.title.strip():
        found.append("untitled")
    if not piece.text.strip():
        found.append("unwritten")
    if not (piece.signature.strip() or piece.family_name.strip() or piece.given_name.strip()):
        found.append("unsigned")
    told = [Hindrance(code, piece.id, piece.title) for code in found]
    if len(piece.sources) < style.sources:
        told.append(Hindrance("sources", piece.id, piece.title, len(piece.sources), style.sources))
    return told


def _placed(sections: Sequence[BoardSection], pieces: Iterable[PlacedPiece]) -> list[PlacedPiece]:
    order = {one.id: place for place, one in enumerate(sections)}
    return sorted(
        (one for one in pieces if one.section in order),
        key=lambda one: (order[one.section], one.position, one.piece.id),
    )


def authors(pieces: Iterable[EditionPiece], words: StyleWords, language: str) -> tuple[str, ...]:
    """Who wrote, each once, in alphabetical order of family names; a signature of its own stands as it is."""
    found = {}
    for one in pieces:
        if signed := " ".join(one.signature.split()):
            found[signed] = sort_key(_last_name(signed), "", language)
        elif name := printed(name_in(words.byline), one.given_name, one.family_name):
            found[name] = sort_key(one.family_name, one.given_name, language)
    return tuple(sorted(found, key=lambda name: found[name]))


def _last_name(signed: str) -> str:
    """The words in capitals of a signature such as `Ada BYRON` or `Zélie d’AUBRAC`; all of it when there are none."""
    words = ((word, word.removeprefix("d’").removeprefix("d'")) for word in signed.split())
    shouted = [word for word, loud in words if len(loud) > 1 and loud == loud.upper() and any(sign.isalpha() for sign in loud)]
    return " ".join(shouted) or signed


def byline(piece: EditionPiece, words: StyleWords) -> str:
    """`By Ada BYRON`; a signature of its own takes the place of the name."""
    if signed := " ".join(piece.signature.split()):
        return words.byline.replace(name_in(words.byline), signed)
    return printed(words.byline, piece.given_name, piece.family_name)


def edition_text(head: EditionHead, sections: Sequence[BoardSection], pieces: Sequence[PlacedPiece], style: Style) -> EditionText:
    """The edition as it stands: sections with pieces numbered in their order, authors, title; sections without pieces are left out."""
    words = words_of(style, head.language)
    by_section: dict[str, list[EditionPiece]] = {}
    for one in _placed(sections, pieces):
        by_section.setdefault(one.section, []).append(one.piece)
    told = tuple(
        _section(place, section, by_section[section.id], style)
        for place, section in enumerate((one for one in sections if one.id in by_section), 1)
    )
    return EditionText(
        id=head.id,
        series=style.id,
        number=head.number,
        language=head.language,
        title=title_of(style, head),
        organisation=words.organisation or head.organisation,
        dated=head.dated,
        authors=authors((piece for section in told for piece in section.pieces), words, head.language),
        sections=told,
        address=head.address,
    )


def _section(place: int, section: BoardSection, pieces: Sequence[EditionPiece], style: Style) -> EditionSection:
    numbered = tuple(
        replace(piece, number=style.piece_number.format(section=place, piece=position)) for position, piece in enumerate(pieces, 1)
    )
    return EditionSection(section.id, style.section_number.format(section=place), section.label, numbered)


def headlines(text: EditionText) -> list[tuple[str, str]]:
    """The list on the front page: number and words, a section and then its pieces."""
    return [
        line
        for section in text.sections
        for line in ((section.number, section.label), *((piece.number, piece.title) for piece in section.pieces))
    ]


def cited(text: EditionText) -> list[Citation]:
    """Every source of an edition, piece by piece."""
    return [source for section in text.sections for piece in section.pieces for source in piece.sources]
