"""The frozen values of the sample newsroom: invented outlets, their articles, and what is true of each event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any


def in_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text; they are apart by an empty line, and a line break inside one is a blank."""
    return tuple(" ".join(part.split("\n")) for part in re.split(r"\n\s*\n", text.strip()))


@dataclass(frozen=True, slots=True)
class SampleOutlet:
    """One invented outlet; `zone` is an IANA name, `max_age` seconds, `pages` the status its article pages answer."""

    id: str
    name: str
    language: str
    country: str
    zone: str
    form: str
    page: str
    path: str
    kind: str = "newspaper"
    weight: float = 0.6
    owner: str = ""
    text: str = "page"
    credit: str = "end"
    validators: str = "both"
    max_age: int = 0
    charset: str = "utf-8"
    pages: int = 200
    feed: str = "good"


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One invented article; `text` is what its page prints, paragraphs apart by an empty line.

    `hours_ago` counts back from the newsroom's start; below zero it comes out after it.
    """

    id: str
    event: str
    outlet: str
    language: str
    hours_ago: float
    title: str
    summary: str
    text: str
    author: str = ""
    first_title: str = ""
    copy_of: str = ""
    credit: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text in paragraphs."""
        return in_paragraphs(self.text)


@dataclass(frozen=True, slots=True)
class SampleTruth:
    """What is true of one event; `articles` maps article id to language, `overrides` article id to what differs for it."""

    event: str
    what: str
    section: str
    themes: tuple[str, ...]
    countries: tuple[str, ...]
    follows: str
    lookalike: tuple[str, ...]
    articles: Mapping[str, str]
    overrides: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def themes_of(self, article: str) -> tuple[str, ...]:
        """The themes a careful editor would set for this one article."""
        return self.overrides.get(article, {}).get("themes", self.themes)

    @property
    def noise(self) -> bool:
        """An article about nothing a security desk wants: football, weather, soup."""
        return not self.themes


@dataclass(frozen=True, slots=True)
class Samples:
    """The whole newsroom; `labels` maps language to the words its pages print around an article."""

    outlets: tuple[SampleOutlet, ...]
    articles: tuple[SampleArticle, ...]
    truths: tuple[SampleTruth, ...]
    labels: Mapping[str, Mapping[str, Any]]

    def article(self, article_id: str) -> SampleArticle:
        """The article of that id; raises KeyError when there is none."""
        return {article.id: article for article in self.articles}[article_id]

    def outlet(self, outlet_id: str) -> SampleOutlet:
        """The outlet of that id; raises KeyError when there is none."""
        return {outlet.id: outlet for outlet in self.outlets}[outlet_id]

    def of(self, outlet_id: str) -> tuple[SampleArticle, ...]:
        """The articles of one outlet, newest first."""
        return tuple(sorted((a for a in self.articles if a.outlet == outlet_id), key=lambda a: (a.hours_ago, a.id)))

    def coming_out(self, after: Mapping[str, timedelta]) -> Samples:
        """The same newsroom, but these articles come out so long after its start."""
        hours = {article: -delay.total_seconds() / 3600 for article, delay in after.items()}
        return replace(self, articles=tuple(replace(one, hours_ago=hours.get(one.id, one.hours_ago)) for one in self.articles))

    def truth_of(self, article_id: str) -> SampleTruth:
        """What is true of the event an article tells."""
        return next(truth for truth in self.truths if article_id in truth.articles)
