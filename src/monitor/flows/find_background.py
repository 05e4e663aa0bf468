"""Find what the archive holds on a story's subject: other stories' articles, in any language and of any age, nearest first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from monitor.pipeline.related import Related, RelatedArticle
from monitor.store import background, stories
from monitor.store.background import OlderLine

MOST = 12
LEAST = 0.12
"""Nearness below which an article only has a word in common."""
HEARD = 60
"""Articles of any subject that tell how rare words are: what may be related shares its words by choice."""
OF_A_STORY = 2
"""Articles of one other story: background is breadth, and the story's page has the rest."""


@dataclass(frozen=True, slots=True)
class Older:
    """One article of the archive and why it is near, in the pipeline's readable lines."""

    line: OlderLine
    score: float
    why: tuple[str, ...]


def find_background(story: uuid.UUID) -> list[Older]:
    """The nearest articles of other stories; empty for a story without grouped articles. Seven queries, at most 90 articles compared."""
    subject = background.subject(story)
    if subject is None:
        return []
    archive = Related()
    for doc in background.docs(subject.candidates, story):
        archive.add(doc)
    for doc in stories.latest_docs(HEARD):
        archive.hear(doc)  # but for those kept
    best: dict[str, RelatedArticle] = {}
    for doc in subject.docs:
        for one in archive.closest(doc, 2 * MOST):
            if one.score >= LEAST and (one.id not in best or one.score > best[one.id].score):
                best[one.id] = one
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.id))[: 2 * MOST]
    return _few_of_each([Older(line, best[line.id].score, best[line.id].why) for line in background.lines([one.id for one in ranked])])


def _few_of_each(found: list[Older]) -> list[Older]:
    counts: dict[str, int] = {}
    kept = []
    for one in found:
        counts[one.line.story] = counts.get(one.line.story, 0) + 1
        if not one.line.story or counts[one.line.story] <= OF_A_STORY:
            kept.append(one)
    return kept[:MOST]
