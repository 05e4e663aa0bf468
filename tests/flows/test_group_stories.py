"""While many articles are being read, the oldest of a crowd are grouped; on an ordinary day everything is grouped at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor.flows.group_stories import Memory, group_stories
from monitor.pipeline.group_pace import CROWD, MANY, OLDEST, PATIENCE
from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import models
from tests.flows.desk import FlowDesk
from tests.store.rows import an_article, an_outlet

pytestmark = pytest.mark.django_db


class Flood:
    """Articles that were read and wait for their story, and others whose pages are still to be read."""

    def __init__(self, desk: FlowDesk) -> None:
        self.desk, self.memory, self.outlet, self.number = desk, Memory(), an_outlet("gazette"), 0
        self.memory.orderly = True

    def _articles(self, number: int) -> list[models.Article]:
        made = []
        for _ in range(number):
            self.number += 1
            made.append(an_article(self.number, at=self.desk.clock.now() - timedelta(minutes=self.number), outlet=self.outlet))
        return made

    def read(self, number: int) -> None:
        """So many more articles have been read now and wait for their story, each of older news than the one before."""
        made = self._articles(number)
        docs = {one: StoryDoc(str(one.uuid), "gazette", "en", one.published_at, {f"word{one.pk}": 1.0}, {}) for one in made}
        models.ArticleDoc.objects.bulk_create(
            models.ArticleDoc(article=one, at=doc.at, doc=json.loads(to_json(doc))) for one, doc in docs.items()
        )
        models.ToGroup.objects.bulk_create(models.ToGroup(article=one, due_at=self.desk.clock.now()) for one in docs)

    def come(self, number: int, *, due: timedelta = timedelta(0), token: str = "") -> None:
        """So many pages are still to be read, or are in somebody's hands."""
        at = self.desk.clock.now() + due
        models.ToRead.objects.bulk_create(
            models.ToRead(article=one, due_at=at, host="gazette", claim_token=token) for one in self._articles(number)
        )

    def grouped(self) -> int:
        return group_stories(self.desk.kit, self.memory).grouped


@pytest.fixture
def flood(desk: FlowDesk) -> Flood:
    return Flood(desk)


def test_a_few_articles_are_grouped_at_once_while_others_come(flood: Flood) -> None:
    flood.read(3)
    flood.come(5)
    assert flood.grouped() == 3


def test_in_a_flood_the_oldest_of_a_crowd_come_first(flood: Flood) -> None:
    flood.come(MANY)
    flood.read(CROWD - 1)
    assert flood.grouped() == 0
    flood.read(1)
    assert flood.grouped() == OLDEST
    left = models.ArticleDoc.objects.filter(article__story=None).order_by("at").values_list("at", flat=True)
    placed = models.ArticleDoc.objects.exclude(article__story=None).order_by("-at").values_list("at", flat=True)
    assert (len(left), placed[0] < left[0]) == (CROWD - OLDEST, True)


def test_a_flood_that_is_over_is_grouped_whole(flood: Flood) -> None:
    flood.come(MANY)
    flood.read(CROWD + 20)
    assert flood.grouped() == OLDEST
    models.ToRead.objects.all().delete()
    assert flood.grouped() == CROWD + 20 - OLDEST


def test_no_article_waits_longer_than_a_minute_for_older_news(flood: Flood) -> None:
    flood.come(MANY)
    flood.read(CROWD - 1)
    assert flood.grouped() == 0
    flood.desk.clock.advance(PATIENCE)
    assert flood.grouped() == CROWD - 1


@pytest.mark.parametrize(
    ("due", "token", "held"),
    [
        (timedelta(seconds=50), "", True),  # its host's turn comes within the minute
        (timedelta(hours=6), "", False),  # to be asked again another time
        (timedelta(minutes=5), "other.1", True),  # in somebody's hands
    ],
)
def test_what_is_on_its_way_is_waited_for(flood: Flood, due: timedelta, token: str, held: bool) -> None:
    flood.come(MANY, due=due, token=token)
    flood.read(MANY)
    assert flood.grouped() == (0 if held else MANY)


def test_where_reading_is_over_before_grouping_begins_nothing_is_held(flood: Flood) -> None:
    flood.memory.orderly = False
    flood.come(MANY)
    flood.read(CROWD)
    assert flood.grouped() == CROWD
