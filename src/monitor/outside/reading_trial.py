"""What a parser child does with terms an editor wants to try: tags headlines with the terms in use and with the new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.outside import reading
from monitor.pipeline import tag
from monitor.pipeline.theme_trial import Headline, LanguageTrial, OwnTests, compare, compare_tests
from monitor.records import Tagged

TRIAL: Final = "monitor.outside.reading_trial:try_terms"


@dataclass(frozen=True, slots=True)
class TermsToTry:
    """New terms of a theme in a language ("*" for any), and the headlines of the language `spoken` to try them on."""

    theme: str
    language: str
    terms: Mapping[str, float]
    spoken: str
    headlines: tuple[Headline, ...]


@dataclass(frozen=True, slots=True)
class TriedTerms:
    """What came of it, on the headlines and on the themes' own tests in that language."""

    headlines: LanguageTrial
    tests: OwnTests


def try_terms(asked: TermsToTry) -> TriedTerms:
    """Tag every headline twice."""
    now = reading.compiled().tagger
    new = tag.with_terms(now, asked.theme, asked.language, asked.terms, asked.spoken)
    helper = any(theme.id == asked.theme and theme.helper for theme in now.themes)
    found = compare(asked.theme, asked.spoken, asked.headlines, _tagging(now, asked.spoken), _tagging(new, asked.spoken), helper=helper)
    tests = [test for theme in now.themes for test in theme.tests if test.language == asked.spoken]
    return TriedTerms(found, compare_tests(tests, _given(now, asked.spoken), _given(new, asked.spoken), tag.as_expected))


def _tagging(tagger: tag.Tagger, language: str) -> Callable[[Headline], Tagged]:
    def tagging(headline: Headline) -> Tagged:
        country, section = headline.country, headline.section
        return tag.tag(tagger, headline.title, headline.summary, language, outlet_country=country, section_hint=section, on=headline.on)

    return tagging


def _given(tagger: tag.Tagger, language: str) -> Callable[[str], tuple[str, ...]]:
    return lambda title: tuple(score.theme for score in tag.tag(tagger, title, "", language).themes)
