"""Editions read back from Markdown: the desk's own form without loss, hand-written ones as far as they can be understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.edition_read import read
from monitor.pipeline.edition_read_source import read_source
from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style
from monitor.render.edition_markdown import markdown
from monitor.render.edition_sheet import sheet
from tests.render import edition_sample as sample

STYLES = {style.id: style for style in (sample.STYLE, sample.OTHER)}


def written(text: EditionText) -> str:
    style = STYLES[text.series]
    return markdown(sheet(text, style), text).decode()


def again(text: EditionText) -> EditionText:
    found = read(written(text), STYLES)
    assert found.problems == ()
    assert found.text is not None
    return found.text


@pytest.mark.parametrize(("language", "style"), [("en", sample.STYLE), ("fr", sample.STYLE), ("en", sample.OTHER)])
def test_edition_is_read_back_and_written_alike(language: str, style: Style) -> None:
    text = sample.edition(language, style)
    assert written(again(text)) == written(text)


def test_everything_but_typography_is_what_it_was() -> None:
    """In English with straight marks the style changes nothing, so all of it comes back to the letter."""
    text = sample.edition()
    found = again(text)
    pieces = [piece for section in found.sections for piece in section.pieces]
    told = [piece for section in text.sections for piece in section.pieces]
    assert [replace(piece, text="") for piece in pieces] == [replace(piece, text="") for piece in told]
    assert replace(found, sections=()) == replace(text, sections=())


# ── generated editions ───────────────────────────────────────────────────────────────────────────────────────────────

LETTERS = st.sampled_from("aéßÉЖ中ب٣אक한αω 12.-–—()[]*_`#>|&;:!?\"'«»“”’\\/~+=<{}$%^,\u00a0\u202f\u200b\u202e\x00\t\n\U0001f6a2\u0301")
SHORT = st.text(LETTERS, max_size=24) | st.text(max_size=12)
NAME = st.text(st.sampled_from("AbcdéÉß-’ xyzЖж中"), max_size=14)
MARKED = st.lists(
    st.sampled_from(["**bold**", "*slant*", "[link](https://example.org/a_b?c=(d))", "\n\n", "\n- one\n- two\n\n",
                     "\n1. first\n2. second\n\n",
                     "> said\n",
                     "# Head\n", "#### Deep\n", "Sources:\n", "By Some ONE", " ", "\\", "  \n", "Correction:", "<b>",
                     "&amp;", "`code`", "---\n", "1.1. "])
    | SHORT,
    max_size=8,
).map("".join)  # fmt: skip
ADDRESS = st.sampled_from(
    ["", "https://example.org/", "https://example.org/a(b)c_d*e?f=g&h=i", "javascript:alert(1)", "https://example.org/ a"]
)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
SAID = SHORT.filter(lambda one: any(sign.isalnum() for sign in one))
CITATION = st.builds(
    Citation, outlet=SAID, headline=SAID, language=st.sampled_from(["", "fr", "ar", "zh-TW"]), dated=st.none() | DAYS,
    address=ADDRESS,
    country=st.sampled_from(["", "FR"]), authors=st.lists(SHORT, max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def editions(draw: st.DrawFn) -> EditionText:
    style, language = draw(st.sampled_from([(sample.STYLE, "en"), (sample.STYLE, "fr"), (sample.OTHER, "en")]))
    sections = []
    for at in range(1, draw(st.integers(1, 2)) + 1):
        kept = style.sections[at]
        pieces = tuple(
            EditionPiece(
                id=draw(SHORT), number=style.piece_number.format(section=at, piece=place), title=draw(SHORT), text=draw(MARKED),
                given_name=draw(NAME), family_name=draw(NAME), sources=tuple(draw(st.lists(CITATION, max_size=2))),
                signature=draw(st.just("") | SHORT), corrections=tuple(draw(st.lists(SHORT, max_size=2))), story=draw(SHORT),
            )
            for place in range(1, draw(st.integers(1, 2)) + 1)
        )  # fmt: skip
        sections.append(EditionSection(kept.id, style.section_number.format(section=at), kept.label[language], pieces))
    return EditionText(
        id=draw(SHORT), series=style.id, number=draw(st.integers(1, 999)), language=language, title=draw(SHORT), organisation=draw(SHORT),
        dated=draw(DAYS), authors=tuple(draw(st.lists(NAME, max_size=3))), sections=tuple(sections), address=draw(ADDRESS),
        corrections=tuple(draw(st.lists(SHORT, max_size=2))),
    )  # fmt: skip


@settings(max_examples=150)
@given(editions())
def test_any_edition_is_read_back_and_written_alike(text: EditionText) -> None:
    first = written(text)
    found = read(first, STYLES)
    assert found.problems == ()
    assert found.text is not None
    assert written(found.text) == first
    before, after = (sheet(one, STYLES[one.series]) for one in (text, found.text))
    assert after.corrections == before.corrections
    assert [piece.blocks for piece in after.pieces] == [piece.blocks for piece in before.pieces]
    assert [piece.byline for piece in after.pieces] == [piece.byline for piece in before.pieces]
    linked = [[one for one in piece.cited if one.address] for piece in before.pieces]
    assert [[one for one in piece.cited if one.address] for piece in after.pieces] == linked


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────

BY_HAND = """# 63rd Edition — Press Review — Security & Defence

The Lighthouse Association

20/11/2026 is said below

## Authors
Odile BRUMAIRE, Corin ASH

## Headlines
1. Africa
1.1 Issoria's port

## 1. Africa

### 1.1 Issoria's port opens again

Three ships came in.

#### What it means

Nobody knows.

**By Odile BRUMAIRE**

**Sources :**
* *Le Phare*: «\u00a0Le port rouvre\u00a0» (16/10/2026)
* _Harbour News_ : “Port reopens, 2026 at last”, 17 October 2026 ; https://news.example.org/en/1
- [*Портовый вестник* : "Порт открыт", 18.10.2026](https://news.example.org/ru/1).
- Bote: „Der Hafen öffnet“ - 2026-10-19
  https://news.example.org/de/1

**1.2. A patrol is agreed upon**

Two boats.

by Corin ASH
Sources:
1) *Le Phare* : "[Une patrouille](https://news.example.org/fr/2)", 1er octobre 2026.

**Correction:** it was a Tuesday.
"""


def test_edition_written_by_hand_is_understood() -> None:
    found = read(BY_HAND.replace("20/11/2026 is said below\n\n", ""), STYLES, date(2026, 11, 20))
    assert found.problems == ()
    text = found.text
    assert text is not None
    assert (text.number, text.language, text.organisation, text.dated) == (63, "en", "The Lighthouse Association", date(2026, 11, 20))
    assert text.authors == ("Odile BRUMAIRE", "Corin ASH")
    (section,) = text.sections
    assert (section.id, section.number, section.label) == ("africa", "1.", "Africa")
    first, second = section.pieces
    assert (first.number, first.title) == ("1.1", "Issoria's port opens again")
    assert first.text == "Three ships came in.\n\n# What it means\n\nNobody knows."
    assert (first.given_name, first.family_name) == ("Odile", "Brumaire")
    assert first.sources == (
        Citation("Le Phare", "Le port rouvre", "", date(2026, 10, 16)),
        Citation("Harbour News", "Port reopens, 2026 at last", "", date(2026, 10, 17), "https://news.example.org/en/1"),
        Citation("Портовый вестник", "Порт открыт", "", date(2026, 10, 18), "https://news.example.org/ru/1"),
        Citation("Bote", "Der Hafen öffnet", "", date(2026, 10, 19), "https://news.example.org/de/1"),
    )
    assert second.sources == (Citation("Le Phare", "Une patrouille", "", date(2026, 10, 1), "https://news.example.org/fr/2"),)
    assert (second.given_name, second.family_name, second.corrections) == ("Corin", "Ash", ("it was a Tuesday.",))
    assert [note.said for note in found.notes] == ["this source is without a link"]


def test_what_is_not_understood_is_told_with_its_line_and_nothing_is_read_half() -> None:
    broken = """words before
# A title

## Nowhere
### 1.1. First
Text.

Sources:
- *Le Phare* : no marks, 16/10/2026
- "Headline alone", 16/10/2026
- *Le Phare* : "Fine", 31/02/2026
- *Le Phare* : "Fine", 16/10/2026, page twelve
"""
    found = read(broken, STYLES)
    assert found.text is None
    assert [(one.line, one.said) for one in sorted(found.problems, key=lambda one: one.line)] == [
        (1, "this stands before the title"),
        (1, "the edition has no number"),
        (1, "the edition has no date: write date: 2026-11-20 between two lines of ---, or give it"),
        (4, "the style has no section called Nowhere"),
        (5, "the piece First is not signed: write By First LAST below its text"),
        (9, "in this source there is no headline between quotation marks, and no link"),
        (10, "in this source there is no outlet in italics or before a colon"),
        (11, "in this source 31/02/2026 is no date"),
        (12, "in this source “page twelve” is neither outlet, headline, date nor address"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('*Le Phare* : "Le port rouvre", 16/10/2024 ;', ("Le Phare", "Le port rouvre", date(2024, 10, 16), "")),
        ('*Le Phare*: "Le port, le 3/4/2023, rouvre" (16/10/2024)', ("Le Phare", "Le port, le 3/4/2023, rouvre", date(2024, 10, 16), "")),
        ("*Le Phare* – ‘Le port’ – 16.10.2024", ("Le Phare", "Le port", date(2024, 10, 16), "")),
        ("Le Phare : «\u202fLe port\u202f», 16 octobre 2024", ("Le Phare", "Le port", date(2024, 10, 16), "")),
        ('*Le Phare* : "He said "no""', ("Le Phare", 'He said "no"', None, "")),
        ("*Le Phare* : [Le port](<https://x.example.org/a(b)>), 16/10/2024", ("Le Phare", "Le port", date(2024, 10, 16), "https://x.example.org/a(b)")),
        ('*Le Phare* : ["Le port"](https://x.example.org/), 16/10/2024', ("Le Phare", "Le port", date(2024, 10, 16), "https://x.example.org/")),
        ("*Le \\*Phare* : “Le \\[port\\]”, 16/10/2024", ("Le *Phare", "Le [port]", date(2024, 10, 16), "")),
        ("「港口」 (*港口日报*, 2024-10-16)", ("港口日报", "港口", date(2024, 10, 16), "")),
    ],
)  # fmt: skip
def test_sources_are_read_as_people_write_them(line: str, expected: tuple[str, str, date | None, str]) -> None:
    found = read_source(line, sample.ENGLISH)
    assert found.problem == ""
    assert found.citation is not None
    assert (found.citation.outlet, found.citation.headline, found.citation.dated, found.citation.address) == expected


def test_empty_and_huge_files_are_refused() -> None:
    assert read("", STYLES).text is None
    told = read("#\n" * 1_100_000, STYLES)
    assert told.text is None
    assert "the file is longer than 2,000,000 characters" in {one.said for one in told.problems}


def test_names_a_reader_changed_win_over_the_comment_below_the_heading() -> None:
    told = written(sample.edition()).replace("By Odile BRUMAIRE", "By Odilon de BRUMES")
    found = read(told, STYLES).text
    assert found is not None
    first = found.sections[0].pieces[0]
    assert (first.given_name, first.family_name) == ("Odilon", "de Brumes")


@settings(max_examples=200)
@given(
    st.text(st.sampled_from("#-*[]()<>!{}\"'“”«»\\_:;.,/ab1 \n\t") | st.sampled_from("é中ب"), max_size=200).map(
        lambda one: f"# T 1\n\n## 1. Africa\n\n### 1.1. A\n\nSources:\n- {one}"
    )
)
def test_nothing_that_is_written_stops_the_reader(text: str) -> None:
    found = read(text, STYLES, date(2026, 1, 1))
    assert (found.text is None) is bool(found.problems)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 5000,
        "- " + "<!-- {" * 900,
        "# " + " " * 19_000 + "x",
        "*_" * 2900,
        "- a" + "https://x" * 600,
        '- "' * 1900,
        "- " + ": " * 2900,
    ],
)
def test_hostile_lines_are_read_in_a_moment(line: str) -> None:
    """Each is told or read; what matters is that the test ends (a quadratic reading of twenty thousand signs would not)."""
    for place in (0, 1):
        text = f"# T 1\n\n## 1. Africa\n\n### 1.1. A\n\n{line if place else 'words'}\n\nSources:\n{line}\n"
        assert read(text, STYLES, date(2026, 1, 1)).text is None
