"""Grouping is written whole by whoever saw the last generation, or not at all."""

from __future__ import annotations

import uuid

import pytest

from monitor.store import models, stories
from monitor.store.stories import LEASE, Parted, Placed
from tests.fakes import NOON
from tests.store.rows import an_article, to_group

pytestmark = pytest.mark.django_db


def placed(claimed: list[stories.DueDoc], story: str = "") -> list[Placed]:
    return [Placed(one.doc.id, one.token, story or str(uuid.uuid4()), ("why",), None) for one in claimed]


def test_grouping_decided_without_anothers_stories_is_thrown_away() -> None:
    for number in range(2):
        to_group(an_article(number))
    (first,) = stories.claim_to_group(NOON, limit=1, worker="a")
    (second,) = stories.claim_to_group(NOON, limit=1, worker="b")
    seen = stories.generation()
    assert stories.save_grouping(placed([first]), [], NOON, seen=seen) == seen + 1
    assert stories.save_grouping(placed([second]), [], NOON, seen=seen) is None
    assert models.Story.objects.count() == models.ToRank.objects.count() == 1
    waiting = models.ToGroup.objects.get()
    assert (str(waiting.article.uuid), waiting.due_at, waiting.claim_token, waiting.attempts) == (second.doc.id, NOON, "", 0)
    (again,) = stories.claim_to_group(NOON, limit=1, worker="b")
    assert stories.save_grouping(placed([again]), [], NOON, seen=seen + 1) == seen + 2


def test_article_that_fell_due_anew_while_it_was_grouped_is_grouped_again() -> None:
    article = an_article(1)
    to_group(article)
    claimed = stories.claim_to_group(NOON, limit=1, worker="a")
    models.ToGroup.objects.update(due_at=NOON, claim_token="", attempts=0)  # its headline was edited meanwhile
    assert stories.save_grouping(placed(claimed), [], NOON, seen=0) == 1
    article.refresh_from_db()
    assert (article.story, models.ToGroup.objects.count(), models.Story.objects.count()) == (None, 1, 0)


def test_article_grouped_again_keeps_why_it_came() -> None:
    article, story = an_article(1), str(uuid.uuid4())
    to_group(article)
    stories.save_grouping(placed(stories.claim_to_group(NOON, limit=1, worker="a"), story), [], NOON, seen=0)
    models.ToGroup.objects.create(article=article, due_at=NOON)
    (again,) = stories.claim_to_group(NOON, limit=1, worker="a")
    assert again.story == story
    stories.save_grouping([Placed(again.doc.id, again.token, story, ("already there",), None)], [], NOON, seen=1)
    article.refresh_from_db()
    assert (article.story_why, models.ToGroup.objects.count()) == (["why"], 0)


def test_parted_story_keeps_its_id_and_both_are_ranked() -> None:
    articles = [an_article(number) for number in range(3)]
    for article in articles:
        to_group(article)
    story, fresh = str(uuid.uuid4()), str(uuid.uuid4())
    claimed = stories.claim_to_group(NOON, limit=3, worker="a")
    gone = str(articles[2].uuid)
    stories.save_grouping(placed(claimed, story), [Parted(fresh, (gone,), kept=story)], NOON, seen=0)
    held = {str(row.uuid): {str(one.uuid) for one in row.articles.all()} for row in models.Story.objects.all()}
    assert held == {story: {str(articles[0].uuid), str(articles[1].uuid)}, fresh: {gone}}
    counted = dict(models.Story.objects.values_list("uuid", "articles_count"))
    assert counted == {uuid.UUID(story): 2, uuid.UUID(fresh): 1}
    assert models.ToRank.objects.count() == 2


def test_batch_that_failed_comes_back_one_by_one() -> None:
    for number in range(5):
        to_group(an_article(number))
    assert len(stories.claim_to_group(NOON, limit=200, worker="a")) == 5
    later = NOON + LEASE
    to_group(an_article(9), due_at=later)
    assert [len(stories.claim_to_group(later, limit=200, worker="b")) for _ in range(7)] == [1, 1, 1, 1, 1, 1, 0]
