"""The section of an article is the region of its strongest country; a power abroad yields, and three rivals make it focus."""

from __future__ import annotations

import pytest

from monitor.config.countries import section_of_country
from monitor.pipeline.section import FOCUS, section_of


@pytest.mark.parametrize(
    ("scores", "section"),
    [
        ({"ML": 2.0}, "africa"),
        ({"US": 2.0, "IR": 2.0}, "asia"),
        ({"EU": 1.4, "TD": 1.4}, "africa"),
        ({"US": 2.0, "FR": 1.4}, "america"),
        ({"TR": 2.0, "ID": 1.9}, "asia"),
        ({"RU": 2.0, "SD": 1.42}, "africa"),
        ({"RU": 2.0, "JP": 1.2}, "europe"),
        ({"TR": 1.2, "BF": 0.8083, "ML": 0.8083, "NE": 0.8083}, "africa"),
        ({"RU": 2.0}, "europe"),
        ({"CY": 2.0}, "europe"),
        ({"IL": 2.0}, "asia"),
        ({"AU": 2.0}, "asia"),
        ({"002": 1.4}, "africa"),
        ({"019": 1.4}, "america"),
        ({"142": 1.4}, "asia"),
        ({"150": 1.4}, "europe"),
        ({"BR": 2.0, "KE": 2.0, "IN": 2.0}, FOCUS),
        ({"BR": 2.0, "KE": 0.5, "IN": 0.5}, "america"),
        ({}, FOCUS),
    ],
)
def test_section_of_scores(scores: dict[str, float], section: str) -> None:
    assert section_of(scores, section_of_country())[1] == section


def test_sections_are_told_strongest_first() -> None:
    assert list(section_of({"ML": 1.0, "BR": 2.0}, section_of_country())[0].items()) == [("america", 2.0), ("africa", 1.0)]


def test_countries_of_one_region_speak_for_it_together() -> None:
    assert section_of({"IN": 3.0, "PK": 4.0, "BR": 4.5}, section_of_country()) == ({"asia": 5.0, "america": 4.5}, "asia")


def test_outlet_without_a_place_tells_of_home() -> None:
    assert section_of({}, section_of_country(), home="SN") == ({"africa": 0.3}, "africa")


def test_hint_of_a_feed_decides_a_tie() -> None:
    assert section_of({"ML": 1.0, "BR": 1.0}, section_of_country(), hint="america")[1] == "america"


def test_worldwide_story_is_focus() -> None:
    assert section_of({"ML": 1.0}, section_of_country(), world=4.0)[1] == FOCUS


def test_other_desk_may_put_a_country_elsewhere() -> None:
    assert section_of({"TR": 1.0}, {"TR": "asia"})[1] == "asia"
