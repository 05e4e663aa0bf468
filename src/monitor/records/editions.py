"""What an edition is made of, as it is frozen and set: style, sections, pieces, citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """One source of a piece as it was cited: the headline in its own language, `dated` the outlet's own local date."""

    outlet: str
    headline: str
    language: str
    dated: date | None
    address: str = ""
    country: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionPiece:
    """One piece in its place: `number` as printed (`1.1`), `text` in Markdown, `signature` without its `By`."""

    id: str
    number: str
    title: str
    text: str
    given_name: str
    family_name: str
    sources: tuple[Citation, ...]
    signature: str = ""  # printed in place of the names when it is not empty
    story: str = ""
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionSection:
    """One section with its number as printed (`1.`) and its pieces in order; a section without pieces is left out of a frozen edition."""

    id: str
    number: str
    label: str
    pieces: tuple[EditionPiece, ...]


@dataclass(frozen=True, slots=True)
class EditionText:
    """A whole edition, ready to be set in any form: the one source of all of them."""

    id: str
    series: str
    number: int
    language: str
    title: str  # as printed: "63rd Edition — Press Review — Security & Defence"
    organisation: str
    dated: date
    authors: tuple[str, ...]  # as printed, in alphabetical order of family names
    sections: tuple[EditionSection, ...]
    address: str = ""  # of its page; empty: the desk has no public address
    corrections: tuple[str, ...] = ()  # of the whole edition, said since it was published
    corrected: datetime | None = None  # when it or a piece of it was last corrected


@dataclass(frozen=True, slots=True)
class StyleSection:
    """A section of the house style: how many pieces it should have, its name by language."""

    id: str
    label: Mapping[str, str]
    target: int


@dataclass(frozen=True, slots=True)
class StyleWords:
    """The house style in one language: patterns with {names}, quotation marks, and the space set before high punctuation."""

    series: str  # "Press Review — Security & Defence"
    edition: str  # "{ordinal} Edition — {series}"
    organisation: str
    authors: str  # heading of the list of authors
    headlines: str  # heading of the list of headlines
    sources: str  # "Sources:"
    byline: str  # "By {given} {FAMILY}"
    citation: str  # "*{outlet}* : {quoted}, {date}"
    between: str  # " ;"
    last: str  # "."
    date: str  # "%d/%m/%Y"
    quotes: tuple[str, str]
    inner_quotes: tuple[str, str]
    space_before: Mapping[str, str] = field(default_factory=dict)  # {";": "\u202f", …}
    front: tuple[str, ...] = ()  # further lines of the front page
    correction: str = "Correction:"  # before what was wrong in a piece, below its sources


@dataclass(frozen=True, slots=True)
class Style:
    """One house style: sections in order, numbering, lengths (words), words by language, fonts to set it in, a logo beside style.yaml."""

    id: str
    sections: tuple[StyleSection, ...]
    section_number: str  # "{section}."
    piece_number: str  # "{section}.{piece}"
    words: tuple[int, int]  # shortest and longest piece
    about: int  # words aimed at
    sources: int  # fewest sources of a piece
    languages: Mapping[str, StyleWords]
    window_days: int = 14  # oldest source, before the edition's date
    fonts: tuple[str, ...] = ()
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """One edition in one form: the name of its file, its media type, its bytes, and what to know about it, in whole sentences."""

    name: str
    media_type: str
    data: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingFont:
    """Signs of one script that no font of the machine prints, and the Debian package that brings one."""

    script: str
    signs: str
    package: str


@dataclass(frozen=True, slots=True)
class PieceLine:
    """One piece as lists and the board show it: who wrote it, how far it is, what it cites, and where it stands (position from 1 or None).

    `words` counts the words of the text; `languages` and `countries` are those of its sources; `story` is the id of the story it tells.
    """

    uuid: str
    title: str
    authors: tuple[str, ...]
    state: str
    words: int
    section: str
    position: int | None
    language: str
    sources: int
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    story: str = ""
    edition: str = ""
    changed_at: datetime | None = None
    mine: bool = False
    comments: int = 0  # not seen to yet
