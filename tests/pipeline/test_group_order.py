"""What arrives within an hour may arrive in any order: final memberships stay what they are."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from monitor.records import StoryDoc
from tests.pipeline.group_kit import NOON, a_grouper, some_news


def parts(docs: list[StoryDoc]) -> set[tuple[str, ...]]:
    """The final stories, without their ids; consolidated every ten minutes of the articles' time, as the desk does."""
    grouper, last = a_grouper(), docs[0].at
    for doc in docs:
        if doc.at - last >= timedelta(minutes=10):
            grouper.consolidate(last)
            last = doc.at
        grouper.place(doc, now=doc.at)
    grouper.consolidate(NOON + timedelta(hours=60))
    return set(grouper.stories().values())


@pytest.mark.parametrize("seed", range(6))
def test_order_within_the_hour_moves_less_than_two_articles_of_a_hundred(seed: int) -> None:
    docs = some_news(seed, articles=150, events=25)
    chance = random.Random(seed)
    shuffled = sorted(docs, key=lambda doc: (doc.at.replace(minute=0, second=0), chance.random()))
    first, second = parts(docs), parts(shuffled)
    assert any(len(part) > 3 for part in first)
    changed = sum(len(part) for part in first - second)
    assert changed <= 0.02 * len(docs)
