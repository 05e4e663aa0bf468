"""Keeps the memberships of a whole list while stories merge and part, also of articles the grouper has let go of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from monitor.pipeline.story_merge import Change, Merge


class Memberships:
    """The present story of every article that was ever placed."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._articles: dict[str, set[str]] = defaultdict(set)

    def put(self, article: str, story: str) -> None:
        """An article is in this story now, and no longer in another."""
        if (old := self._of.get(article)) is not None:
            self._articles[old].discard(article)
        self._of[article] = story
        self._articles[story].add(article)

    def follow(self, changes: Iterable[Change]) -> None:
        """Do what a consolidation did, in its order."""
        for change in changes:
            if isinstance(change, Merge):
                articles, story = self._articles.pop(change.gone, set()), change.kept
            else:
                articles, story = set(change.articles), change.fresh
            for article in articles:
                self.put(article, story)

    def __getitem__(self, article: str) -> str:
        return self._of[article]

    def stories(self) -> dict[str, str]:
        """The story of each article."""
        return dict(self._of)
