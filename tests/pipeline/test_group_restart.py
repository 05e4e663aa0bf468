"""A restart changes nothing, and the order in which the same state is given back plays no part."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.duplicates import CopyIndex
from monitor.pipeline.group import Grouper
from monitor.records import StoryDoc
from tests.pipeline.group_kit import NOON, a_grouper, some_news


def run(grouper: Grouper, docs: list[StoryDoc], every: int) -> list[object]:
    """Place articles, consolidating after each `every`; everything the grouper answered."""
    told: list[object] = []
    for number, doc in enumerate(docs, start=1):
        told.append(grouper.place(doc, now=doc.at))
        if number % every == 0:
            told.append(grouper.consolidate(doc.at))
    return told


def continued(before: Grouper, docs: list[StoryDoc], first_id: int) -> Grouper:
    """A new process that was given what the old one had reached."""
    numbers = count(first_id)
    grouper = Grouper(new_story_id=lambda: f"s{next(numbers)}", copies=CopyIndex())
    known = [(doc, story) for doc in docs if (story := before.story_of(doc.id)) is not None]
    grouper.restore(known, touched=before.touched, settled_until=before.settled_until)
    return grouper


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(0, 24), every=st.integers(1, 9))
def test_restart_changes_nothing(seed: int, cut: int, every: int) -> None:
    docs = some_news(seed)
    through = a_grouper()
    run(through, docs[:cut], every)
    restarted = continued(through, docs[:cut], 500)
    through._new_story_id = iter_ids(500)
    assert run(restarted, docs[cut:], every) == run(through, docs[cut:], every)
    assert restarted.stories() == through.stories()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_in_which_the_state_comes_back_plays_no_part(seed: int) -> None:
    docs = some_news(seed, articles=30)
    through = a_grouper()
    run(through, docs[:20], 5)
    known = [(doc, through.story_of(doc.id) or "") for doc in docs[:20]]
    told = []
    for shuffle in range(2):
        given_back = random.Random(shuffle).sample(known, len(known))
        numbers = count(100)
        grouper = Grouper(new_story_id=lambda numbers=numbers: f"s{next(numbers)}", copies=CopyIndex())
        grouper.restore(given_back, touched=through.touched)
        told.append((run(grouper, docs[20:], 5), grouper.stories()))
    assert told[0] == told[1]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_article_has_exactly_one_story(seed: int) -> None:
    docs = some_news(seed, articles=40)
    grouper = a_grouper()
    run(grouper, docs, 4)
    members = [article for articles in grouper.stories().values() for article in articles]
    assert sorted(members) == sorted(doc.id for doc in docs)


def test_restart_after_the_window_moved_changes_nothing() -> None:
    docs = some_news(3, articles=60)
    through = a_grouper()
    run(through, docs[:30], 4)
    later = NOON + timedelta(days=8)
    moved = [
        StoryDoc(doc.id, doc.outlet, doc.language, doc.at + timedelta(days=6), doc.terms, doc.features, doc.shingles) for doc in docs[30:]
    ]
    through.consolidate(later)
    restarted = continued(through, docs[:30], 500)
    restarted.consolidate(later)
    through._new_story_id = iter_ids(500)
    assert run(restarted, moved, 4) == run(through, moved, 4)


def iter_ids(first: int):
    numbers = count(first)
    return lambda: f"s{next(numbers)}"


def test_same_articles_give_the_same_stories_twice() -> None:
    docs = some_news(11, articles=50)
    first, second = a_grouper(), a_grouper()
    assert run(first, docs, 7) == run(second, docs, 7)
