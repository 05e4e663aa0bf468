"""The archive as a web site: relative addresses only, the same bytes each time, hostile words as text."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pytest

from monitor.config.style_file import load_styles
from monitor.flows import export_site
from monitor.pipeline.edition import BoardSection, EditionHead, PlacedPiece, edition_text
from monitor.records import Citation, EditionPiece, EditionText, Style

STYLE = load_styles()["press-review"]
EVIL = '<script>alert(1)</script> "\u202e{{ 7 }}'
ATOM = "{http://www.w3.org/2005/Atom}"


def an_edition(number: int, *, language: str = "en", title: str = "Dyke gives way", year: int = 2026) -> tuple[EditionText, Style]:
    cited = (
        Citation("Le Phare", "La digue cède", "fr", date(2026, 3, 13), "https://news.example.org/1", "FR"),
        Citation(EVIL, EVIL, "", None),
    )
    pieces = [
        PlacedPiece(
            "africa", place, "accepted", EditionPiece(f"{number}{place}" * 8, "", f"{title} {place}", "One.\n\nTwo.", "Ada", "Byron", cited)
        )
        for place in (1, 2)
    ]
    head = EditionHead(f"0000000{number}-0000-4000-8000-000000000000", number, language, date(year, 3, 20), organisation="Harbour Watch")
    return edition_text(head, (BoardSection("africa", "Africa", 2),), pieces, STYLE), STYLE


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return export_site.files([an_edition(1, year=2025), an_edition(2, title=EVIL), an_edition(2, language="fr")], "Harbour Watch", "en")


def test_a_site_has_a_page_for_each_edition_and_piece(made: dict[str, bytes]) -> None:
    folder = "press-review-1-en"
    assert sorted(path for path in made if path.startswith(folder)) == [
        f"{folder}/index.html",
        f"{folder}/piece-{'11' * 8}.html",
        f"{folder}/piece-{'12' * 8}.html",
        f"{folder}/press-review-1-en.docx",
        f"{folder}/press-review-1-en.pdf",
    ]
    assert {path for path in made if "/" not in path} == {"index.html", "atom.xml"}


def test_every_address_of_the_site_is_relative_and_leads_somewhere(made: dict[str, bytes]) -> None:
    wrong = []
    for path, data in made.items():
        if not path.endswith((".html", ".xml")):
            continue
        for address in re.findall(r'(?:href|src)="([^"]*)"', data.decode()):
            if address.startswith(("https://news.example.org/", "#")):
                continue
            target = str(PurePosixPath(path).parent / address.partition("#")[0])
            while "/../" in f"/{target}":
                target = re.sub(r"(^|/)[^/]+/\.\./", r"\1", target, count=1)
            if address.startswith("/") or ":" in address or target not in made:
                wrong.append((path, address))
    assert wrong == []


def test_the_same_editions_give_the_same_bytes() -> None:
    editions = [an_edition(1), an_edition(2)]
    packs = [export_site.packed(order, "Harbour Watch") for order in (editions, editions[::-1])]
    assert packs[0] == packs[1]
    with zipfile.ZipFile(io.BytesIO(packs[0])) as pack:
        assert pack.testzip() is None
        assert {entry.date_time for entry in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_hostile_words_are_text_on_every_page(made: dict[str, bytes]) -> None:
    for path, data in made.items():
        if path.endswith((".html", ".xml")):
            page = data.decode()
            assert (path, "<script" in page, "\u202e" in page) == (path, False, False)


def test_the_feed_names_every_edition_the_newest_first(made: dict[str, bytes]) -> None:
    feed = ET.fromstring(made["atom.xml"].decode())
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert links == ["press-review-2-fr/index.html", "press-review-2-en/index.html", "press-review-1-en/index.html"]


def test_a_site_without_editions_says_so() -> None:
    made = export_site.files([], "Harbour Watch", "fr")
    assert "Aucune édition n’a encore été publiée." in made["index.html"].decode()
