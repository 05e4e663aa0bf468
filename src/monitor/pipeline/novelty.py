"""How new a story is to the desk's readers: what it shares with the stories of the last editions, in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.pipeline.related import Related
from monitor.pipeline.story_likeness import Profile
from monitor.records import StoryDoc

FOLLOWS = Profile().follow  # nearness from which a story continues another one
CONTINUATION = 0.6  # what remains of the novelty of a continuation: more news of it is still news
COMPARED = 2  # newest articles of a story that are compared
_NEAREST = 12


@dataclass(frozen=True, slots=True)
class Novelty:
    """How new (0 … 1), the published story it is nearest to when it continues that one, how near, and among how many it was compared."""

    value: float
    follows: str = ""
    nearness: float = 0.0
    compared: int = 0


NOTHING_PUBLISHED = Novelty(1.0)
"""There is no edition to compare with: everything is new."""


class Published:
    """The stories of earlier editions, ready to be compared with."""

    def __init__(self, stories: Mapping[str, Sequence[StoryDoc]], others: Sequence[StoryDoc] = ()) -> None:
        """`others` are any articles of these days: they tell how rare words are while few stories were published."""
        self._others = others
        self._stories = {story: docs for story, docs in stories.items() if docs}
        self._built: Related | None = None
        self._story_of: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._stories)

    def novelty(self, docs: Iterable[StoryDoc]) -> Novelty:
        """1 − the nearness to the nearest published story; from `FOLLOWS` on it is a continuation and .6 of that.

        The nearness of two stories is the mean, over the newest articles of the one, of the nearness (as in pipeline/related.py) to the
        other's nearest article. An article that was published itself is as near as can be.
        """
        newest = sorted(docs, key=lambda doc: (doc.at, doc.id))[-COMPARED:]
        if not self._stories or not newest:
            return Novelty(1.0, compared=len(self))
        near: dict[str, float] = {}
        for doc in newest:
            for story, score in self._nearest(doc).items():
                near[story] = near.get(story, 0.0) + score / len(newest)
        story, nearness = max(near.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0.0))
        nearness = round(nearness, 4)
        if nearness < FOLLOWS:
            return Novelty(round(1 - nearness, 4), "", nearness, len(self))
        return Novelty(round(CONTINUATION * (1 - nearness), 4), story, nearness, len(self))

    def _nearest(self, doc: StoryDoc) -> dict[str, float]:
        related = self._index()
        best = {self._story_of[doc.id]: 1.0} if doc.id in self._story_of else {}
        for found in related.closest(doc, _NEAREST):
            story = self._story_of[found.id]
            best[story] = max(best.get(story, 0.0), found.score)
        return best

    def _index(self) -> Related:
        """The index, built when something is compared for the first time: on most runs nothing is."""
        if self._built is None:
            self._built = Related()
            for story, docs in self._stories.items():
                for doc in docs:
                    self._built.add(doc, story)
                    self._story_of.setdefault(doc.id, story)
            for doc in self._others:
                self._built.hear(doc)
        return self._built
