"""A piece dressed for its page: as it will be printed, with what its checks say and what may be cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString, mark_safe

from monitor.pipeline.edition import words_of
from monitor.pipeline.piece_checks import Check, PieceFacts, Rules, check
from monitor.pipeline.piece_text import count_words
from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style
from monitor.render.edition_sheet import Line, sheet
from monitor.render.markdown import html_of
from monitor.render.markdown import words_of as plain_words
from monitor.store.pages_pieces import PiecePage
from monitor.web import piece_words
from monitor.web.piece_words import ToldCheck


@dataclass(frozen=True, slots=True)
class Printed:
    """A piece as it will be printed: title, text as HTML that is safe by how it was made, signature, sources bit by bit."""

    title: str
    text: SafeString
    byline: str
    sources_heading: str
    sources: tuple[Line, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Dressed:
    """What the page shows of a piece besides its form."""

    printed: Printed | None
    checks: list[ToldCheck]
    summary: str
    words: int
    rules: Rules


def dress(page: PiecePage, styles: Mapping[str, Style], today: date) -> Dressed:
    """The piece in its edition's house style, or in the first one."""
    style = styles.get(page.series) or next(iter(styles.values()), None)
    rules = Rules(style.words[0], style.words[1], style.about, style.sources, style.window_days) if style else Rules()
    told = piece_words.checks(checks_of(page, rules, today))
    printed = _printed(page, style, today) if style else None
    return Dressed(printed, told, piece_words.summary(told), count_words(plain_words(page.text)), rules)


def checks_of(page: PiecePage, rules: Rules, today: date) -> tuple[Check, ...]:
    """Every check of a piece."""
    return check(
        PieceFacts(
            title=page.title,
            text=page.text,
            plain=plain_words(page.text),
            language=page.language,
            signature=page.signed,
            sources=tuple(line.checked for line in page.sources),
            day=page.day or today,
            rules=rules,
        )
    )


def _printed(page: PiecePage, style: Style, today: date) -> Printed:
    """The piece through the same sheet that every form of an edition is printed from."""
    one = EditionPiece(
        id=page.id,
        number="",
        title=page.title,
        text=page.text,
        given_name=page.given_name,
        family_name=page.family_name,
        sources=tuple(
            Citation(line.checked.outlet, line.checked.headline, line.checked.language, line.checked.dated, line.checked.address)
            for line in page.sources
        ),
        signature=page.signature,
    )
    section = EditionSection("piece", "", "", (one,))
    text = EditionText(page.id, style.id, 0, page.language, "", "", page.day or today, (), (section,))
    made = next(sheet(text, style).pieces)
    return Printed(
        title=made.title,
        text=mark_safe(html_of(made.blocks, page.language)),  # noqa: S308 — every word in it is escaped by render/markdown.py
        byline=made.byline,
        sources_heading=words_of(style, page.language).sources,
        sources=made.sources,
        language=page.language,
    )


def with_text(page: PiecePage, title: str, text: str, signature: str, language: str) -> PiecePage:
    """The page as it would be with a text that was not saved."""
    return replace(page, title=title, text=text, signature=signature, signed=signature or page.signed, language=language)
