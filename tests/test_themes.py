"""The themes Monitor ships: one file in two places, every headline test passes, every theme speaks the desk's languages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitor.config.countries import country_names, exact_case_names, language_adjectives, section_of_country
from monitor.config.gazetteer_file import load_gazetteer
from monitor.config.themes_file import load_themes
from monitor.knowledge import NOISE, WORLDWIDE, Themes
from monitor.pipeline.places import compile_places
from monitor.pipeline.tag import Tagger, compile_tagger, failing_tests, tag

ROOT = Path(__file__).parents[1]
NEWSROOM = ROOT / "src" / "monitor" / "data" / "newsroom"
FLOOR = 0.92  # micro-F1 of the themes of the sample newsroom; `make bench-understanding` prints the figure
LANGUAGES = ("fr", "en", "de", "it", "es", "pt", "ru", "uk", "ar", "zh")
MORE_LANGUAGES = ("he", "ja", "pl", "tr", "ko", "nl", "fa")
FIRST_THEMES = ("forces", "procurement", "nuclear", "drones_ai", "cyber_info")


@cache
def shipped() -> Themes:
    return load_themes(ROOT / "themes.yaml")


@cache
def tagger() -> Tagger:
    gazetteer = load_gazetteer()
    languages = (*LANGUAGES, *MORE_LANGUAGES)
    places = compile_places(
        gazetteer,
        country_names(languages),
        language_adjectives(languages),
        section_of_country(),
        languages,
        exact_names=exact_case_names(languages),
    )
    return compile_tagger(shipped(), places, {entry.id: entry.themes for entry in gazetteer.entries if entry.themes})


def test_packaged_themes_are_the_editors_file() -> None:
    packaged = files("monitor").joinpath("data", "themes.yaml").read_bytes()
    assert packaged == (ROOT / "themes.yaml").read_bytes()


def test_eighteen_themes_are_shown_and_two_help() -> None:
    assert len(shipped().shown) == 18
    assert [theme.id for theme in shipped().themes if theme.helper] == [NOISE, WORLDWIDE]


def test_every_headline_is_given_its_themes() -> None:
    assert sum(len(theme.tests) for theme in shipped().themes) >= 160
    assert failing_tests(tagger()) == []


@pytest.mark.parametrize("theme", [theme.id for theme in shipped().shown])
def test_theme_speaks_every_language_of_the_desk(theme: str) -> None:
    found = next(one for one in shipped().themes if one.id == theme)
    least = 12 if theme in FIRST_THEMES else 8
    assert {language: len(found.terms[language]) for language in LANGUAGES if len(found.terms[language]) < least} == {}
    assert {language: len(found.terms[language]) for language in MORE_LANGUAGES if len(found.terms[language]) < 6} == {}


@pytest.mark.parametrize("theme", [theme.id for theme in shipped().shown])
def test_theme_has_headline_tests_in_four_languages(theme: str) -> None:
    found = next(one for one in shipped().themes if one.id == theme)
    assert len({test.language for test in found.tests}) >= 4


def test_articles_of_the_sample_newsroom_are_given_their_themes() -> None:
    yaml = YAML(typ="safe")
    right = given = wanted = 0
    for path in sorted((NEWSROOM / "truth").glob("*.yaml")):
        truth = yaml.load(path)
        listed = {article["id"]: article for article in yaml.load(NEWSROOM / "events" / path.name)["articles"]}
        for name, article in listed.items():
            text = listed[article.get("copy_of", name)].get("text", "")
            found = tag(tagger(), article["title"], f"{article.get('summary', '')}\n{text}", truth["articles"][name])
            themes = {score.theme for score in found.themes}
            true = set((truth.get("overrides") or {}).get(name, {}).get("themes", truth["themes"]) or ())
            right, given, wanted = right + len(themes & true), given + len(themes), wanted + len(true)
    assert 2 * right / (given + wanted) >= FLOOR
