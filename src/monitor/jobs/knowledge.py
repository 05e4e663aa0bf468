"""What the parser children must know of the desk and the world, loaded from the files of data/ and the editors' own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.config.concepts_file import load_concepts
from monitor.config.countries import country_names, exact_case_names, language_adjectives, load_regions
from monitor.config.gazetteer_file import load_gazetteer
from monitor.config.themes_file import load_themes
from monitor.knowledge import Themes
from monitor.outside.reading import Compiled, Knowledge, about_languages
from monitor.pipeline.language import DEFAULT_CANDIDATES
from monitor.pipeline.tag import as_expected


def load_knowledge(themes: Path | None, languages: Sequence[str], *, agencies: Sequence[str] = ()) -> Knowledge:
    """Themes, gazetteer, countries and candidates for a desk whose outlets write in `languages`; raises ConfigError."""
    candidates = about_languages(languages, DEFAULT_CANDIDATES)
    return knowledge_with(load_themes(themes), candidates, agencies=agencies, spoken=languages)


def knowledge_with(themes: Themes, candidates: tuple[str, ...], *, agencies: Sequence[str] = (), spoken: Sequence[str] = ()) -> Knowledge:
    """Everything the desk knows of the world, with these themes and language candidates."""
    return Knowledge(
        candidates=candidates,
        themes=themes,
        gazetteer=load_gazetteer(),
        country_names={language: dict(names) for language, names in country_names(candidates).items()},
        adjectives={language: dict(names) for language, names in language_adjectives(candidates).items()},
        regions={country: region.section for country, region in load_regions().items()},
        exact_names=dict(exact_case_names(candidates)),
        agencies=tuple(agencies),
        concepts=load_concepts(),
        spoken=tuple(spoken),
    )


def failed_tests(themes: Themes) -> tuple[int, list[str]]:
    """Tag every test headline of every theme; returns how many were run, and a sentence for each that came out otherwise."""
    compiled = Compiled(knowledge_with(themes, tuple(DEFAULT_CANDIDATES)))
    run, failures = 0, []
    for theme in themes.themes:
        for test in theme.tests:
            run += 1
            language = test.language or compiled.recogniser.recognise(test.title).language
            given = [score.theme for score in compiled.tag(test.title, "", language).themes]
            if not as_expected(test, given):
                wanted = f"should have {' and '.join(test.themes)}" if test.themes else "should have no theme"
                has = ", ".join(given) or "none"
                failures.append(f"{theme.id}: “{test.title}” ({language}) {wanted}; it has {has}")
    return run, failures
