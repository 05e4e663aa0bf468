"""What people say of stories holds in the grouper: after new articles, after a restart, and when the articles are older than its window."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor.flows.group_stories import WINDOW, Memory, group_stories
from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import models, people, stories, story_edits
from tests.flows.desk import FlowDesk
from tests.store.rows import an_article, an_outlet

pytestmark = pytest.mark.django_db

PORT = ("ferry", "breakwater", "pilot", "steering", "cargo", "launch", "hull", "tug", "swell", "basin", "dredger", "quay")
WHEAT = ("harvest", "wheat", "grain", "tonne", "export", "silo", "rain", "price", "mill", "flour", "bushel", "acre")
FILLER = ("museum", "violin", "orchestra", "poem", "sculptor", "gallery", "opera", "novel", "ballet", "cinema", "choir", "fresco")


class Press:
    """Writes articles of given words into a desk's queue, each by an outlet of its own."""

    def __init__(self, desk: FlowDesk) -> None:
        self.desk, self.memory, self.number = desk, Memory(), 0
        self.editor = people.add("nour@desk.localhost", "Nour", "Haddad", "editor", "en", desk.clock.now())

    def tells(self, *words: str) -> models.Article:
        self.number += 1
        now = self.desk.clock.now()
        article = an_article(self.number, at=now, outlet=an_outlet(f"outlet-{self.number}"))
        doc = StoryDoc(str(article.uuid), f"outlet-{self.number}", "en", now, dict.fromkeys((*words, f"only{self.number}"), 1.0), {})
        models.ArticleDoc.objects.create(article=article, at=now, doc=json.loads(to_json(doc)))
        models.ToGroup.objects.create(article=article, due_at=now)
        group_stories(self.desk.kit, self.memory)
        article.refresh_from_db()
        return article

    def tells_of_else(self) -> None:
        """Other news, so that the words of a story are rare."""
        for number in range(0, 12, 2):
            self.tells(*FILLER[number : number + 4])

    def restart(self) -> None:
        self.memory = Memory()

    def merge(self, one: models.Article, other: models.Article) -> story_edits.Edited:
        first, second = story_of(one), story_of(other)
        seen, seen_other = story_edits.version(first), story_edits.version(second)
        return story_edits.merge(first.uuid, second.uuid, self.editor, self.desk.clock.now(), seen=seen, seen_other=seen_other)

    def leave_out(self, article: models.Article) -> story_edits.Edited:
        story, now = story_of(article), self.desk.clock.now()
        return story_edits.part(story.uuid, [str(article.uuid)], self.editor, now, seen=story_edits.version(story), kind="left_out")


def story_of(article: models.Article) -> models.Story:
    article.refresh_from_db()
    assert article.story is not None
    return article.story


@pytest.fixture
def press(desk: FlowDesk) -> Press:
    found = Press(desk)
    found.tells_of_else()
    return found


@pytest.mark.parametrize("restarted", [False, True])
def test_a_merge_is_kept_after_new_articles_of_either_side(press: Press, restarted: bool) -> None:
    port, wheat = press.tells(*PORT), press.tells(*WHEAT)
    assert story_of(port) != story_of(wheat)
    assert press.merge(port, wheat).changed
    if restarted:
        press.restart()
    assert story_of(port) == story_of(wheat)
    later = [press.tells(*PORT), press.tells(*WHEAT), press.tells(*PORT[:10]), press.tells(*WHEAT[:10])]
    assert [story_of(one) == story_of(port) for one in (wheat, *later)] == [True] * 5


@pytest.mark.parametrize("restarted", [False, True])
def test_what_is_not_this_never_comes_back(press: Press, restarted: bool) -> None:
    first, second, odd = press.tells(*PORT), press.tells(*PORT), press.tells(*PORT[:11])
    assert story_of(first) == story_of(second) == story_of(odd)
    assert press.leave_out(odd).changed
    if restarted:
        press.restart()
    later = [press.tells(*PORT) for _ in range(3)]
    assert story_of(odd) != story_of(first) == story_of(second)
    assert {story_of(one) for one in later} <= {story_of(first), story_of(odd)}


def test_when_it_is_undone_the_grouper_joins_them_as_before(press: Press) -> None:
    first, odd = press.tells(*PORT), press.tells(*PORT[:11])
    done = press.leave_out(odd)
    assert story_of(first) != story_of(odd)
    edit = models.StoryEdit.objects.get(uuid=done.edit)
    assert story_edits.undo(edit.uuid, press.editor, press.desk.clock.now()).changed
    assert story_of(press.tells(*PORT)) == story_of(first) == story_of(odd)


def test_parted_stories_stay_apart_when_their_first_articles_have_left_the_window(press: Press) -> None:
    first, odd = press.tells(*PORT), press.tells(*PORT[:11])
    press.leave_out(odd)
    step = WINDOW * 0.52
    for _ in range(2):  # both go on being told
        press.desk.clock.advance(step)
        for one in (first, odd):
            models.Article.objects.filter(pk=press.tells(*PORT).pk).update(story=story_of(one))
            stories.refresh([str(story_of(one).uuid)], press.desk.clock.now())
    press.tells_of_else()
    press.restart()
    assert models.ArticleDoc.objects.filter(article=first, at__gte=press.desk.clock.now() - WINDOW).exists() is False
    press.tells(*PORT)
    press.desk.clock.advance(timedelta(minutes=30))
    press.tells(*PORT)
    assert story_of(first) != story_of(odd)
    assert {story_of(first).merged_into, story_of(odd).merged_into} == {None}


def test_a_claimed_story_takes_no_other_in(press: Press) -> None:
    port = press.tells(*PORT)
    now = press.desk.clock.now()
    claim = {"status": "claimed", "claimed_by": press.editor, "claimed_until": now + timedelta(hours=48)}
    models.Lead.objects.create(story=story_of(port), section="asia", headline="Port", newest_at=now, queued_at=now, ranked_at=now, **claim)
    press.tells(*WHEAT)
    assert press.memory.grouper is not None
    assert press.memory.grouper.frozen == {str(story_of(port).uuid)}
