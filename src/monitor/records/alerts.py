"""Alerts on their way to people: what a rule met in a story, as a mail or a page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Marked = tuple[tuple[str, bool], ...]
"""Text in pieces, each with whether it is marked as what made the article match."""


@dataclass(frozen=True, slots=True)
class MetArticle:
    """One article that met a rule; `why` are facts and words that stand nowhere in the pieces (theme:terror)."""

    article: str
    title: Marked
    passage: Marked
    why: tuple[str, ...]
    language: str
    outlet: str
    country: str
    url: str
    published_at: datetime | None

    @property
    def headline(self) -> str:
        """The headline without marks."""
        return "".join(text for text, _ in self.title)


@dataclass(frozen=True, slots=True)
class MetSpike:
    """That a theme in a country was told far more than usual: by so many voices within so many hours."""

    theme: str
    country: str
    voices: int
    hours: int
    usual: float


@dataclass(frozen=True, slots=True)
class MetStory:
    """One story a person is told of: which rules met it, in which articles (first found first), and what is left out of those."""

    story: str
    section: str
    rules: tuple[AlertRuleName, ...]
    articles: tuple[MetArticle, ...]
    left_out: int = 0
    follows: bool = False  # the person was told of this story before: these are later matches
    spike: MetSpike | None = None
    told_as: str = ""  # the subject of the message that told of it first, so that later ones stand under it


@dataclass(frozen=True, slots=True)
class AlertRuleName:
    """A rule as it is named to people; `query` in its canonical form, "" for a spike rule."""

    rule: str
    name: str
    query: str
    whole_desk: bool = False


@dataclass(frozen=True, slots=True)
class AlertReader:
    """Who an alert goes to."""

    person: int
    email: str
    name: str
    language: str
