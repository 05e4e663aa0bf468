"""Sources as the house prints them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.render.citation import citation, local_day, sources

DAY = date(2025, 2, 11)


@pytest.mark.parametrize(
    ("language", "headline", "expected"),
    [
        ("en", "What are missile defences?", '*Harbour Post* : "What are missile defences?", 11/02/2025'),
        ("en", 'The "wall" holds', "*Harbour Post* : \"The 'wall' holds\", 11/02/2025"),
        ("fr", "Après sa déconvenue", "*Harbour Post*\u00a0: «\u00a0Après sa déconvenue\u00a0», 11/02/2025"),
        ("fr", "Le «\u00a0mur\u00a0» tient", "*Harbour Post*\u00a0: «\u00a0Le “mur” tient\u00a0», 11/02/2025"),
        ("fr", 'Le "mur" tient', "*Harbour Post*\u00a0: «\u00a0Le “mur” tient\u00a0», 11/02/2025"),
        ("fr", 'Un 12" de long', '*Harbour Post*\u00a0: «\u00a0Un 12" de long\u00a0», 11/02/2025'),
    ],
)
def test_a_source_in_the_house_style(language: str, headline: str, expected: str) -> None:
    assert citation("Harbour Post", headline, DAY, language) == expected


def test_an_outlets_name_is_never_markup() -> None:
    assert citation("*A* [b]\nc", "H", DAY) == '*\\*A\\* \\[b\\] c* : "H", 11/02/2025'


def test_a_list_ends_with_a_full_stop() -> None:
    assert (sources(["a", "b"]), sources(["a"]), sources([])) == ("- a ;\n- b.", "- a.", "")


def test_the_day_is_that_of_the_outlet() -> None:
    late = datetime(2025, 2, 10, 20, tzinfo=UTC)
    assert [local_day(late, 540, late), local_day(late, None, late), local_day(None, 540, late)] == [DAY, late.date(), late.date()]
