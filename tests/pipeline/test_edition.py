"""An edition is numbered, its authors are in order, what is missing is named, and the finished text survives being kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.config.style_file import load_styles
from monitor.pipeline import edition
from monitor.pipeline.edition import BoardSection, EditionHead, Gap, Hindrance, PlacedPiece
from monitor.pipeline.edition_json import style_of, text_of, to_json
from monitor.records import Citation, EditionPiece
from monitor.render.edition_sheet import sheet
from monitor.render.edition_text import text as plain_text
from tests.config.test_style_file import OTHER

STYLE = load_styles()["press-review"]
HEAD = EditionHead("e1", 63, "en", date(2026, 11, 20), organisation="Harbour Watch")
SECTIONS = (BoardSection("africa", "Africa", 2), BoardSection("america", "America", 1), BoardSection("asia", "Asia", 0))
SOURCES = (
    Citation("Le Phare", "« Une digue cède »", "fr", date(2026, 11, 18), "https://phare.example/1", "FR"),
    Citation("Harbour News", "Dyke gives way", "en", None),
)


def a_piece(name: str, given: str = "Ada", family: str = "Byron", **values: object) -> EditionPiece:
    told = {"title": name.title(), "text": "A dyke gave way.", "sources": SOURCES} | values
    return EditionPiece(id=name, number="", given_name=given, family_name=family, **told)  # type: ignore[arg-type]


def placed(section: str, position: int, piece: EditionPiece, state: str = "accepted") -> PlacedPiece:
    return PlacedPiece(section, position, state, piece)


@pytest.mark.parametrize(
    ("number", "language", "shown"),
    [
        (1, "en", "1st"), (2, "en", "2nd"), (3, "en", "3rd"), (4, "en", "4th"), (11, "en", "11th"), (12, "en", "12th"), (13, "en", "13th"),
        (21, "en", "21st"), (63, "en", "63rd"), (111, "en", "111th"), (1, "fr", "1re"), (2, "fr", "2e"), (63, "fr", "63e"), (7, "de", "7."),
    ],
)  # fmt: skip
def test_numbers_are_ordinals_of_their_language(number: int, language: str, shown: str) -> None:
    assert edition.ordinal(number, language) == shown


def test_the_title_is_the_styles_or_the_editions_own() -> None:
    french = EditionHead("e2", 1, "fr", date(2026, 11, 20))
    assert [edition.title_of(STYLE, head) for head in (HEAD, french, EditionHead("e3", 2, "en", date(2026, 1, 1), "Special {number}"))] == [
        "63rd Edition — Press Review — Security & Defence",
        "1re édition — Revue de presse — Sécurité & Défense",
        "Special {number}",
    ]


def test_pieces_are_numbered_in_the_order_of_the_board_and_empty_sections_left_out() -> None:
    pieces = [
        placed("asia", 2, a_piece("b")),
        placed("asia", 1, a_piece("a")),
        placed("africa", 1, a_piece("c")),
        placed("", 1, a_piece("d")),
    ]
    text = edition.edition_text(HEAD, SECTIONS, pieces, STYLE)
    assert edition.headlines(text) == [("1.", "Africa"), ("1.1.", "C"), ("2.", "Asia"), ("2.1.", "A"), ("2.2.", "B")]
    assert (text.title, text.organisation, text.series) == (
        "63rd Edition — Press Review — Security & Defence",
        "Harbour Watch",
        "press-review",
    )


def test_authors_stand_once_in_alphabetical_order_and_a_signature_stands_for_the_name() -> None:
    pieces = [
        placed("africa", 1, a_piece("a", "Zoé", "Émond")),
        placed("africa", 2, a_piece("b", "Ada", "Byron")),
        placed("asia", 1, a_piece("c", "Ada", "Byron")),
        placed("asia", 2, a_piece("d", "Jan", "de Smet", signature="Jan and Mia DALE")),
    ]
    text = edition.edition_text(HEAD, SECTIONS, pieces, STYLE)
    assert text.authors == ("Ada BYRON", "Jan and Mia DALE", "Zoé ÉMOND")
    words = STYLE.languages["fr"]
    assert [edition.byline(one.piece, words) for one in pieces] == [
        "Par Zoé ÉMOND", "Par Ada BYRON", "Par Ada BYRON", "Par Jan and Mia DALE",
    ]  # fmt: skip


def test_sections_with_too_few_pieces_are_named() -> None:
    pieces = [placed("africa", 1, a_piece("a")), placed("", 1, a_piece("b"))]
    assert edition.missing(SECTIONS, pieces) == (Gap("africa", "Africa", 1, 2), Gap("america", "America", 0, 1))


def test_everything_that_hinders_freezing_is_said_at_once() -> None:
    assert edition.hindrances(SECTIONS, [placed("", 1, a_piece("a"))], STYLE) == (Hindrance("empty"),)
    bad = a_piece("b", "", "", title=" ", text="", sources=SOURCES[:1])
    told = edition.hindrances(SECTIONS, [placed("africa", 1, a_piece("a")), placed("asia", 1, bad, "submitted")], STYLE)
    codes = [Hindrance(code, "b", " ") for code in ("submitted", "untitled", "unwritten", "unsigned")]
    assert told == (*codes, Hindrance("sources", "b", " ", 1, 2))


def test_a_frozen_edition_comes_back_from_json_as_it_was() -> None:
    text = edition.edition_text(HEAD, SECTIONS, [placed("africa", 1, a_piece("a", corrections=("It was 3 m.",)))], STYLE)
    kept = to_json(text, STYLE)
    again = json.loads(json.dumps(kept))
    assert (again, text_of(again), style_of(again)) == (kept, text, STYLE)


def test_a_snapshot_of_another_version_is_read_as_far_as_it_is_known() -> None:
    text = edition.edition_text(HEAD, SECTIONS, [placed("africa", 1, a_piece("a"))], STYLE)
    kept = to_json(text, STYLE)
    kept["text"]["later"] = kept["style"]["later"] = kept["style"]["languages"]["en"]["later"] = "unknown"
    kept["style"]["languages"]["en"].pop("front")
    assert (text_of(kept), style_of(kept)) == (text, STYLE)


def test_another_style_makes_another_edition_of_the_same_pieces(tmp_path: Path) -> None:
    """House style is data: sections, numbering, title, byline, and order come out of the file alone."""
    path = tmp_path / "style.yaml"
    path.write_text(OTHER, encoding="utf-8")
    style = load_styles(path)["digest"]
    sections = edition.board_sections(edition.sections_of(style, "en"))
    pieces = [placed("air", 1, a_piece("Balloon")), placed("sea", 1, a_piece("Dyke", sources=SOURCES[:1]))]
    assert edition.hindrances(sections, pieces, style) == ()
    text = edition.edition_text(HEAD, sections, pieces, style)
    assert (text.title, text.organisation, text.authors) == ("Weekly Digest, no. 63", "Harbour Watch", ("BYRON, Ada",))
    assert edition.headlines(text) == [("§1", "At sea"), ("1/1", "Dyke"), ("§2", "In the air"), ("2/1", "Balloon")]
    assert edition.byline(pieces[0].piece, style.languages["en"]) == "BYRON, Ada"
    printed = plain_text(sheet(text, style)).decode()
    assert "‹« Une digue cède »› (Le Phare, 2026-11-18)" in " ".join(printed.split())


def test_a_board_begins_with_the_styles_sections() -> None:
    kept = edition.sections_of(STYLE, "fr")
    assert kept[0] == {"id": "africa", "label": "Afrique", "target": 2, "words": 200}
    assert edition.board_sections(kept)[2] == BoardSection("asia", "Asie", 3)
