"""What a story as a whole is about: its section and its themes, one vote for each independent voice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor.records import StoryArticle

MOST_THEMES = 4
SHARE = 0.5
"""A theme belongs to a story when this share of the strongest theme's confidence, summed over voices, speaks for it."""


def section_of(articles: Iterable[StoryArticle]) -> str:
    """The section most voices have; at a tie the one the earlier article has; "focus" for a story without any."""
    known = sorted(_voices(articles), key=lambda article: (article.at, article.id))
    votes = Counter(article.section for article in known if article.section)
    return max(votes, key=lambda section: votes[section], default="focus")  # a Counter keeps the order of first mention


def themes_of(articles: Iterable[StoryArticle]) -> tuple[str, ...]:
    """The themes of a story, strongest first, at most four."""
    sums: defaultdict[str, float] = defaultdict(float)
    for article in _voices(articles):
        for theme in article.themes:
            sums[theme.theme] += theme.confidence
    if not sums:
        return ()
    least = SHARE * max(sums.values())
    strong = sorted((theme for theme, total in sums.items() if total >= least), key=lambda theme: (-sums[theme], theme))
    return tuple(strong[:MOST_THEMES])


def _voices(articles: Iterable[StoryArticle]) -> list[StoryArticle]:
    """The first article of each copy group."""
    first: dict[str, StoryArticle] = {}
    for article in sorted(articles, key=lambda article: (article.at, article.id)):
        first.setdefault(article.copy_group, article)
    return list(first.values())
