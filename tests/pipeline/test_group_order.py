"""What arrives within an hour may arrive in any order: final memberships stay what they are."""

from __future__ import annotations

import random

import pytest

from monitor.pipeline.group import LOOK_OVER
from monitor.records import StoryDoc
from tests.pipeline.group_kit import a_grouper, some_news


def parts(docs: list[StoryDoc]) -> set[tuple[str, ...]]:
    """The final stories, without their ids; consolidated as the desk does."""
    grouper, last = a_grouper(), docs[0].at
    for doc in docs:
        if doc.at - last >= LOOK_OVER or grouper.turned(doc.at):
            grouper.consolidate(doc.at)
            last = doc.at
        grouper.place(doc, now=doc.at)
    grouper.settle(docs[-1].at)
    return set(grouper.stories().values())


@pytest.mark.parametrize("seed", range(6))
def test_order_within_the_hour_moves_no_article(seed: int) -> None:
    docs = some_news(seed, articles=150, events=25)
    chance = random.Random(seed)
    shuffled = sorted(docs, key=lambda doc: (doc.at.replace(minute=0, second=0), chance.random()))
    first, second = parts(docs), parts(shuffled)
    assert any(len(part) > 3 for part in first)
    assert first == second
