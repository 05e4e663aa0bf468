from __future__ import annotations

from collections import Counter

import pytest

from monitor.config.countries import (
    Region,
    country_label,
    country_names,
    exact_case_names,
    known_languages,
    language_adjectives,
    load_regions,
    section_of_country,
)

LANGUAGES = ("fr", "en", "de", "it", "es", "pt", "ru", "uk", "ar", "he", "zh", "ja", "pl", "tr")


def test_regions_hold_every_country_once():
    regions = load_regions()
    assert len(regions) == 250
    assert Counter(region.section for region in regions.values()) == {"africa": 60, "america": 57, "asia": 78, "europe": 54, "focus": 1}
    assert regions["ML"] == Region("ML", "011", "africa")


@pytest.mark.parametrize(
    ("country", "section"),
    [
        ("LY", "africa"), ("EG", "africa"), ("GL", "america"), ("HT", "america"), ("IL", "asia"), ("PS", "asia"), ("SY", "asia"),
        ("IR", "asia"), ("GE", "asia"), ("AM", "asia"), ("AZ", "asia"), ("CY", "europe"), ("TR", "europe"), ("RU", "europe"),
        ("UA", "europe"), ("XK", "europe"), ("AU", "asia"), ("NC", "asia"), ("TW", "asia"), ("AQ", "focus"), ("NA", "africa"),
    ],
)  # fmt: skip
def test_the_desk_puts_each_country_in_a_section(country, section):
    assert section_of_country()[country] == section


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_independent_country_has_a_name_in_each_language(language):
    missing = set(load_regions()) - set(country_names([language])[language].values())
    assert missing - {"MF", "SX", "VI", "VG"} == set()


@pytest.mark.parametrize(
    ("language", "name", "country"),
    [
        ("en", "US", "US"), ("en", "USA", "US"), ("en", "U.S.", "US"), ("en", "UK", "GB"), ("en", "DRC", "CD"), ("en", "Burma", "MM"),
        ("en", "North Korea", "KP"), ("en", "South Korea", "KR"), ("en", "Türkiye", "TR"), ("en", "Turkey", "TR"), ("en", "Mali", "ML"),
        ("fr", "RDC", "CD"), ("fr", "Corée du Nord", "KP"), ("fr", "Birmanie", "MM"), ("fr", "États-Unis", "US"), ("fr", "Libye", "LY"),
        ("de", "Großbritannien", "GB"), ("de", "Türkei", "TR"), ("it", "Regno Unito", "GB"), ("es", "EE. UU.", "US"), ("pt", "EUA", "US"),
        ("ru", "США", "US"), ("ru", "КНДР", "KP"), ("uk", "Росія", "RU"), ("ar", "أمريكا", "US"), ("ar", "ليبيا", "LY"),
        ("he", "צפון קוריאה", "KP"), ("zh", "朝鲜", "KP"), ("zh", "刚果（金）", "CD"), ("ja", "北朝鮮", "KP"),
        ("pl", "Korea Północna", "KP"),
        ("tr", "ABD", "US"), ("ru", "Соломоновы острова", "SB"), ("en", "Myanmar", "MM"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_what_the_press_prints(language, name, country):
    assert country_names([language])[language].get(name) == country


def test_a_name_of_two_countries_means_neither():
    names = country_names(["fr", "en", "ru"])
    assert [names["en"].get("Congo"), names["ru"].get("Виргинские острова"), names["fr"].get("Saint-Martin")] == [None, None, None]


def test_names_that_are_other_words_count_in_their_own_case_only():
    exact = exact_case_names(["en", "ar"])
    assert sorted(exact["en"] & {"US", "Turkey", "Chad", "France", "Libya"}) == ["Chad", "Turkey", "US"]
    assert exact["ar"] == frozenset()


def test_one_country_languages_serve_as_adjectives():
    got = language_adjectives(LANGUAGES)
    assert [got[language][word] for language, word in (("fr", "chinois"), ("de", "Russisch"), ("pl", "turecki"), ("ru", "польский"))] == [
        "CN",
        "RU",
        "TR",
        "PL",
    ]
    assert [word for word in ("français", "anglais", "arabe", "allemand") if word in got["fr"]] == []


def test_world_languages_are_kept_apart_as_weak_evidence():
    got = language_adjectives(["fr"], weak=True)["fr"]
    assert got == {"anglais": "GB", "français": "FR", "espagnol": "ES", "portugais": "PT"}


def test_an_unknown_language_has_no_names():
    assert (dict(country_names(["qq"])["qq"]), dict(language_adjectives(["x y"])["x y"])) == ({}, {})


def test_known_languages_are_codes_with_english_names():
    languages = known_languages()
    assert [languages[code] for code in ("fr", "ar", "zh")] == ["French", "Arabic", "Chinese"]
    assert "root" not in languages


def test_country_is_called_as_the_page_speaks() -> None:
    assert [country_label("DE", language) for language in ("fr", "en", "xx-nowhere")] == ["Allemagne", "Germany", "DE"]
    assert country_label("INT", "en") == "INT"
