"""The sheet an edition is set from: every form prints the same words in the same order, each in its own manner.

    made = sheet(text, style)
    made.sections[0].pieces[0].sources[0]   # (Bit("RFI", italic=True), Bit(" : “"), Bit("…", link="https://…", language="fr"), …)

Here the house style is applied (patterns, marks, spaces) and hostile text made fit; the forms only know how to write a bit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from monitor.pipeline.edition import byline, ordinal, words_of
from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style, StyleWords
from monitor.render import edition_typography as typography
from monitor.render.foreign import code, direction
from monitor.render.markdown import Block, Run, blocks

_TOKEN = re.compile(r"(\*)|\{(\w+)\}")
_QUOTED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in ' <>"{}|^`'})
# each alternative begins where blanks begin: a line of twenty thousand of them is looked through once
_BLANKS = re.compile(r"\A\s+|(?<!\s)\s+\Z|(?<![^\S\n])[^\S\n]+(?=\n)|(?<=\n)\s+|(?<= ) +")
SHORT = 100  # characters of a title at the foot of a page
DEEPEST = 5
"""The level of a piece's deepest own heading: one is needed for the edition's own titles above it."""
_ANCHOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Bit(Run):
    """A run of known language ("" is the edition's own); `foreign` says that it is an outlet's and must turn nothing around it."""

    language: str = ""
    foreign: bool = False

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`: of its language, or of its first letter when that is not known."""
        known = direction(self.language)
        if known != "auto":
            return known
        strong = (unicodedata.bidirectional(sign) for sign in self.text)
        return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") in ("R", "AL") else "ltr"


Line = tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class SheetPiece:
    """One piece as printed; `heading` is its number and title, `anchor` a stable name for links within a form."""

    anchor: str
    number: str
    title: str
    heading: str
    blocks: tuple[Block, ...]
    byline: str
    sources: tuple[Line, ...]
    cited: tuple[Citation, ...]
    corrections: tuple[str, ...]
    piece: EditionPiece


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One section as printed."""

    anchor: str
    id: str
    heading: str
    pieces: tuple[SheetPiece, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One edition as printed, with the style's headings; `words` is the style in its language."""

    id: str
    language: str
    title: str
    organisation: str
    front: tuple[str, ...]
    dated: date
    printed_date: str
    authors: tuple[str, ...]
    sections: tuple[SheetSection, ...]
    address: str
    words: StyleWords
    correction: str
    corrections: tuple[str, ...] = ()
    corrected: datetime | None = None

    @property
    def short_title(self) -> str:
        """The title for the foot of a page."""
        return self.title if len(self.title) <= SHORT else self.title[: SHORT - 1].rstrip() + "…"

    @property
    def heading(self) -> str:
        """The title for the head of a page: its lines end after dashes."""
        return typography.together(self.title)

    @property
    def corrected_lines(self) -> tuple[str, ...]:
        """The corrections of the whole edition, each as one line."""
        return tuple(f"{self.correction} {one}" for one in self.corrections)

    @property
    def pieces(self) -> Iterator[SheetPiece]:
        """Every piece in its order."""
        return (piece for section in self.sections for piece in section.pieces)


def sheet(text: EditionText, style: Style) -> Sheet:
    """An edition as its style prints it."""
    words = words_of(style, text.language)
    day = text.dated.strftime(words.date)
    known = {"number": str(text.number), "ordinal": ordinal(text.number, text.language), "series": words.series, "date": day}
    return Sheet(
        id=typography.line(text.id),
        language=code(text.language) or "en",
        title=typography.own(text.title, words),
        organisation=typography.line(text.organisation),
        front=tuple(typography.own(_filled(one, known | {"organisation": text.organisation}), words) for one in words.front),
        dated=text.dated,
        printed_date=day,
        authors=tuple(name for one in text.authors if (name := typography.line(one))),
        sections=tuple(_section(at, section, words) for at, section in enumerate(text.sections, 1)),
        address=web_address(text.address),
        words=words,
        correction=typography.own(words.correction, words),
        corrections=_corrections(text.corrections, words),
        corrected=text.corrected,
    )


def _section(at: int, section: EditionSection, words: StyleWords) -> SheetSection:
    heading = _numbered(section.number, typography.own(section.label, words))
    anchors = _anchors(at, section.pieces)
    pieces = tuple(_piece(anchor, piece, words) for anchor, piece in zip(anchors, section.pieces, strict=True))
    return SheetSection(f"section-{at}", typography.line(section.id), heading, pieces)


def _anchors(at: int, pieces: Sequence[EditionPiece]) -> list[str]:
    """A name for each piece: its id where that can stand in an address, else its place."""
    return [f"piece-{one.id}" if _ANCHOR.fullmatch(one.id) else f"piece-{at}.{place}" for place, one in enumerate(pieces, 1)]


def _piece(anchor: str, piece: EditionPiece, words: StyleWords) -> SheetPiece:
    title = typography.own(piece.title, words)
    number = typography.line(piece.number)
    cited = tuple(_fit_citation(one) for one in piece.sources)
    return SheetPiece(
        anchor=anchor,
        number=number,
        title=title,
        heading=_numbered(number, title),
        blocks=tuple(_set_block(block, words) for block in _told(blocks(typography.markdown_source(piece.text)))),
        byline=_byline(piece, words),
        sources=tuple(_ended(citation(one, words), words, at == len(cited)) for at, one in enumerate(cited, 1)),
        cited=cited,
        corrections=_corrections(piece.corrections, words),
        piece=piece,
    )


def _corrections(said: Iterable[str], words: StyleWords) -> tuple[str, ...]:
    return tuple(told for one in said if (told := typography.own(one, words)))


def _byline(piece: EditionPiece, words: StyleWords) -> str:
    """Who wrote it, "" when nobody is named."""
    given, family, signature = (fit_name(one) for one in (piece.given_name, piece.family_name, piece.signature))
    named = replace(piece, given_name=given, family_name=family, signature=signature)
    return typography.line(byline(named, words)) if given or family or signature else ""


def fit_name(name: str) -> str:
    """A person's name on one line, every blank alike."""
    return " ".join(typography.line(name).split())


def citation(source: Citation, words: StyleWords) -> Line:
    """One source in the style's pattern, without its end; the headline leads to the article and keeps its language."""
    bits: list[Bit] = []
    italic = False
    place = 0
    for found in _TOKEN.finditer(words.citation):
        bits.append(Bit(words.citation[place : found.start()], italic=italic))
        place = found.end()
        if found[1]:
            italic = not italic
        else:
            bits += [replace(bit, italic=italic) for bit in _named(found[2], source, words)]
    bits.append(Bit(words.citation[place:], italic=italic))
    return tuple(bit for bit in bits if bit.text)


def _named(name: str, source: Citation, words: StyleWords) -> list[Bit]:
    """What stands for one name of the pattern."""
    headline = Bit(typography.nested(source.headline, words), link=source.address, language=source.language, foreign=True)
    values: dict[str, list[Bit]] = {
        "outlet": [_name(source.outlet, source.language)],
        "headline": [replace(headline, text=source.headline)],
        "quoted": [Bit(words.quotes[0]), headline, Bit(words.quotes[1])],
        "date": [Bit(source.dated.strftime(words.date) if source.dated else "")],
        "country": [Bit(source.country)],
        "authors": [_name(", ".join(source.authors), source.language)],
    }
    return values.get(name, [])


def _name(name: str, language: str) -> Bit:
    """An outlet's or author's name; of the source's language when it is not in Latin letters."""
    return Bit(name, language="" if re.search("[A-Za-z]", name) else language, foreign=True)


def _ended(line: Line, words: StyleWords, last: bool) -> Line:
    """A source with the sign after it; what is empty before it (no date) leaves no comma behind."""
    bits = list(line)
    while bits and not bits[-1].text.strip(" ,\u00a0\u202f"):
        bits.pop()
    if bits and not bits[-1].link:
        bits[-1] = replace(bits[-1], text=bits[-1].text.rstrip(" ,"))
    return (*bits, Bit(words.last if last else words.between))


def _fit_citation(source: Citation) -> Citation:
    return replace(
        source,
        outlet=typography.line(source.outlet, 200),
        headline=typography.line(source.headline),
        language=code(source.language),
        address=web_address(source.address),
        country=typography.line(source.country, 2),
        authors=tuple(name for one in source.authors if (name := typography.line(one, 200))),
    )


def web_address(address: str) -> str:
    """An address that may be followed from a document, or ""."""
    told = typography.fit(address).strip().translate(_QUOTED)
    if re.search(r"[\s\\]", told) or len(told) > 2048:
        return ""
    try:
        parts = urlsplit(told)
        host = parts.hostname
    except ValueError:
        return ""
    return told if parts.scheme in ("http", "https") and host and not parts.username else ""


def _told(found: Iterable[Block]) -> Iterator[Block]:
    """Blocks without their empty ends; empty ones are left out."""
    for block in found:
        if block.kind == "quote":
            inner = tuple(_told(block.blocks))
            if inner:
                yield replace(block, blocks=inner)
        elif block.kind == "list":
            items = tuple(item for one in block.items if (item := tuple(_told(one))))
            if items:
                yield replace(block, items=items)
        elif runs := _trimmed(block.runs):
            yield replace(block, runs=runs)


def _trimmed(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs of a paragraph without white space at its ends and around its line breaks, single spaces within."""
    joined = "".join(run.text for run in runs)
    texts, place = [], 0
    gone = {at for found in _BLANKS.finditer(joined) for at in range(*found.span())}
    for run in runs:
        texts.append("".join(sign for at, sign in enumerate(run.text, place) if at not in gone))
        place += len(run.text)
    return tuple(replace(run, text=text) for run, text in zip(runs, texts, strict=True) if text)


def _set_block(block: Block, words: StyleWords, *, top: bool = True) -> Block:
    """A block with the desk's own words as the style sets them; headings within lists and quotations are paragraphs."""
    if block.kind == "heading":
        block = replace(block, level=min(block.level, DEEPEST)) if top else Block("paragraph", block.runs)
    return replace(
        block,
        runs=typography.own_runs(block.runs, words),
        blocks=tuple(_set_block(one, words, top=False) for one in block.blocks),
        items=tuple(tuple(_set_block(one, words, top=False) for one in item) for item in block.items),
    )


def _numbered(number: str, words: str) -> str:
    return f"{typography.line(number)} {words}".strip()


def _filled(pattern: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), pattern)


def printed(line: Iterable[Run]) -> str:
    """The text of a line alone."""
    return "".join(run.text for run in line)
