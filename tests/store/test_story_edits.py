"""Merging, parting, leaving out and undo by people: articles, people's word, leads and what the second of two is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from monitor.store import models, people, stories, story_edits, triage
from tests.fakes import NOON
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def nour() -> models.Person:
    return people.add("nour@desk.localhost", "Nour", "Haddad", "editor", "en", NOON)


@pytest.fixture
def iris() -> models.Person:
    return people.add("iris@desk.localhost", "Iris", "Blanc", "editor", "fr", NOON)


def a_story(*numbers: int, age: int = 1) -> models.Story:
    """A story with these articles, begun so many hours ago."""
    at = NOON - age * HOUR
    story = models.Story.objects.create(created_at=at, newest_at=at, oldest_at=at, section="asia", articles_count=len(numbers))
    for number in numbers:
        an_article(number, at=at, story=story)
    return story


def a_lead(story: models.Story, status: str = "queued", by: models.Person | None = None, **values: object) -> models.Lead:
    told = {"section": "asia", "headline": "Port", "newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
    claim = {"claimed_by": by, "claimed_until": NOON + 40 * HOUR} if by else {}
    return models.Lead.objects.create(story=story, status=status, **told | claim | values)


def held() -> dict[str, list[str]]:
    """The titles of each live story by id."""
    live = models.Story.objects.filter(merged_into=None)
    return {str(story.uuid): sorted(story.articles.values_list("title", flat=True)) for story in live}


def words() -> set[tuple[frozenset[str], bool]]:
    rows = models.StoryLink.objects.values_list("first__title", "second__title", "together")
    return {(frozenset((first, second)), together) for first, second, together in rows}


def seen(story: models.Story) -> str:
    return story_edits.version(story)


def merge(one: models.Story, other: models.Story, person: models.Person) -> story_edits.Edited:
    return story_edits.merge(one.uuid, other.uuid, person, NOON, seen=seen(one), seen_other=seen(other))


def part(story: models.Story, person: models.Person, *titles: str, kind: str = "parted") -> story_edits.Edited:
    ids = [str(one) for one in models.Article.objects.filter(title__in=titles).values_list("uuid", flat=True)]
    return story_edits.part(story.uuid, ids, person, NOON, seen=seen(story), kind=kind)


def test_merge_keeps_the_older_id_and_leads_the_younger_there(nour: models.Person) -> None:
    young, old = a_story(1, 2, age=1), a_story(3, age=5)
    before = stories.generation()
    done = merge(young, old, nour)
    assert (done.changed, done.story, done.other) == (True, str(old.uuid), str(young.uuid))
    young.refresh_from_db()
    old.refresh_from_db()
    assert (young.merged_into, young.articles_count, old.articles_count) == (old, 0, 3)
    assert held() == {str(old.uuid): ["Title 1", "Title 2", "Title 3"]}
    assert words() == {(frozenset(("Title 1", "Title 3")), True), (frozenset(("Title 2", "Title 3")), True)}
    assert stories.generation() == before + 1
    assert [row.story for row in models.ToRank.objects.all()] == [old]


def test_merge_is_undone_and_later_articles_stay(nour: models.Person, iris: models.Person) -> None:
    young, old = a_story(1, 2, age=1), a_story(3, age=5)
    done = merge(young, old, nour)
    an_article(4, story=old)
    assert story_edits.undo(uuid.UUID(done.edit), iris, NOON).changed
    assert held() == {str(young.uuid): ["Title 1", "Title 2"], str(old.uuid): ["Title 3", "Title 4"]}
    edit = models.StoryEdit.objects.get()
    assert (words(), edit.undone_by, edit.undone_at) == (set(), iris, NOON)
    assert story_edits.undo(edit.uuid, nour, NOON).why == "moved"


def test_what_was_merged_into_the_younger_leads_to_the_kept_one_and_back(nour: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    earlier = models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON, merged_into=young)
    done = merge(old, young, nour)
    earlier.refresh_from_db()
    assert earlier.merged_into == old
    story_edits.undo(uuid.UUID(done.edit), nour, NOON)
    earlier.refresh_from_db()
    assert earlier.merged_into == young


def test_part_makes_a_story_of_the_chosen_and_keeps_them_apart(nour: models.Person) -> None:
    story = a_story(1, 2, 3, 4, 5)
    done = part(story, nour, "Title 4", "Title 5")
    assert held() == {str(story.uuid): ["Title 1", "Title 2", "Title 3"], done.other: ["Title 4", "Title 5"]}
    apart = {(frozenset((f"Title {one}", f"Title {other}")), False) for one in (1, 2, 3) for other in (4, 5)}
    assert words() == apart | {(frozenset(("Title 4", "Title 5")), True)}
    counted = {str(row.uuid): row.articles_count for row in models.Story.objects.all()}
    assert counted == {str(story.uuid): 3, done.other: 2}
    assert models.ToRank.objects.count() == 2


@pytest.mark.parametrize(("claimed", "stays"), [(False, ["Title 2", "Title 3"]), (True, ["Title 1"])])
def test_the_larger_part_keeps_the_id_unless_the_story_is_claimed(nour: models.Person, claimed: bool, stays: list[str]) -> None:
    story = a_story(1, 2, 3)
    a_lead(story, "claimed" if claimed else "queued", nour if claimed else None)
    part(story, nour, "Title 2", "Title 3")
    assert held()[str(story.uuid)] == stays


def test_part_is_undone_with_all_that_came_since(nour: models.Person) -> None:
    story = a_story(1, 2, 3)
    a_lead(story, "claimed", nour)
    done = part(story, nour, "Title 3", kind="left_out")
    fresh = models.Story.objects.get(uuid=done.other)
    an_article(4, story=fresh)
    assert story_edits.undo(uuid.UUID(done.edit), nour, NOON).changed
    fresh.refresh_from_db()
    assert (held(), words(), fresh.merged_into) == ({str(story.uuid): ["Title 1", "Title 2", "Title 3", "Title 4"]}, set(), story)


def test_the_later_word_wins_and_undo_gives_the_earlier_back(nour: models.Person) -> None:
    one, other = a_story(1, age=5), a_story(2, age=1)
    merge(one, other, nour)
    together = words()
    done = part(one, nour, "Title 2", kind="left_out")
    assert words() == {(frozenset(("Title 1", "Title 2")), False)}
    story_edits.undo(uuid.UUID(done.edit), nour, NOON)
    assert words() == together == {(frozenset(("Title 1", "Title 2")), True)}
    again = part(one, nour, "Title 2", kind="left_out")
    back = models.Story.objects.get(uuid=again.other)
    assert merge(one, back, nour).changed
    assert words() == together


@pytest.mark.parametrize(
    ("titles", "why"), [((), "none"), (("Title 1", "Title 2"), "all"), (("Title 1", "Title 9"), "articles"), (("Title 9",), "articles")]
)
def test_a_part_that_is_none_changes_nothing(nour: models.Person, titles: tuple[str, ...], why: str) -> None:
    story = a_story(1, 2)
    a_story(9)
    before, generation = held(), stories.generation()
    done = part(story, nour, *titles)
    assert (done.changed, done.why, held(), words(), stories.generation()) == (False, why, before, set(), generation)


def test_the_second_of_two_editors_changes_nothing_and_is_told(nour: models.Person, iris: models.Person) -> None:
    story, other = a_story(1, 2, 3, age=9), a_story(4, age=1)
    was, was_other = seen(story), seen(other)
    merge(story, other, nour)
    articles = [str(models.Article.objects.get(title="Title 1").uuid)]
    late = story_edits.part(story.uuid, articles, iris, NOON, seen=was)
    assert (late.changed, late.why, late.story) == (False, "changed", str(story.uuid))
    moved = story_edits.merge(other.uuid, story.uuid, iris, NOON, seen=was_other, seen_other=was)
    assert (moved.changed, moved.why, moved.story) == (False, "moved", str(story.uuid))
    assert models.StoryEdit.objects.count() == 1


def test_new_articles_meanwhile_do_not_stand_in_the_way(nour: models.Person) -> None:
    story, other = a_story(1, 2, age=9), a_story(3)
    was, was_other = seen(story), seen(other)
    an_article(4, story=story)
    assert story_edits.merge(story.uuid, other.uuid, nour, NOON, seen=was, seen_other=was_other).changed


def test_only_the_last_edit_can_be_undone(nour: models.Person) -> None:
    story, other = a_story(1, 2, age=9), a_story(3)
    first = merge(story, other, nour)
    second = part(story, nour, "Title 2")
    assert story_edits.undo(uuid.UUID(first.edit), nour, NOON).why == "past"
    assert story_edits.undo(uuid.UUID(second.edit), nour, NOON).changed
    assert story_edits.undo(uuid.UUID(first.edit), nour, NOON).changed


def test_no_story_is_merged_with_itself_or_with_none(nour: models.Person) -> None:
    story = a_story(1)
    assert merge(story, story, nour).why == "same"
    assert story_edits.merge(story.uuid, uuid.uuid4(), nour, NOON, seen="0.0", seen_other="0.0").why == "gone"
    assert story_edits.undo(uuid.uuid4(), nour, NOON).why == "gone"


def lines() -> list[tuple[str, str, str]]:
    """Every lead: its headline, status and the titles of its story."""
    return sorted(
        (lead.headline, lead.status, " ".join(lead.story.articles.order_by("pk").values_list("title", flat=True)))
        for lead in models.Lead.objects.all()
    )


def test_a_claim_moves_along_and_back(nour: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    a_lead(young, "claimed", nour, headline="Young")
    a_lead(old, headline="Old")
    done = merge(young, old, nour)
    assert lines() == [("Young", "claimed", "Title 1 Title 2")]
    assert stories.frozen() == [str(old.uuid)]
    story_edits.undo(uuid.UUID(done.edit), nour, NOON)
    assert lines() == [("Young", "claimed", "Title 1")]


def test_two_claims_of_two_people_stand_in_the_way(nour: models.Person, iris: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    a_lead(young, "claimed", nour)
    lead = a_lead(old, "claimed", iris)
    assert merge(young, old, nour).why == "claims"
    triage.release(lead.uuid, iris, NOON)
    assert merge(young, old, nour).changed


def test_a_claim_overrules_a_dismissal_and_undo_brings_both_back(nour: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    a_lead(young, "claimed", nour, headline="Young")
    mine = a_lead(old, "dismissed", headline="Old")
    done = merge(young, old, nour)
    assert lines() == [("Old", "claimed", "Title 1 Title 2"), ("Young", "merged", "")]
    mine.refresh_from_db()
    assert (mine.claimed_by, mine.claimed_until) == (nour, NOON + 40 * HOUR)
    story_edits.undo(uuid.UUID(done.edit), nour, NOON)
    assert lines() == [("Old", "dismissed", "Title 2"), ("Young", "claimed", "Title 1")]


def test_a_standing_that_was_moved_since_stays_when_the_merge_is_undone(nour: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    a_lead(young, "claimed", nour, headline="Young")
    mine = a_lead(old, "dismissed", headline="Old")
    done = merge(young, old, nour)
    triage.release(mine.uuid, nour, NOON)
    story_edits.undo(uuid.UUID(done.edit), nour, NOON + 41 * HOUR)
    assert lines() == [("Old", "queued", "Title 2"), ("Young", "queued", "Title 1")]  # and a claim whose time is over is none


def test_a_dismissed_story_that_takes_in_a_queued_one_is_in_the_queue(nour: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    a_lead(young, headline="Young")
    a_lead(old, "dismissed", headline="Old")
    done = merge(young, old, nour)
    assert lines() == [("Old", "queued", "Title 1 Title 2")]
    story_edits.undo(uuid.UUID(done.edit), nour, NOON)
    assert lines() == [("Old", "dismissed", "Title 2")]


def test_following_lasts_through_a_merge(nour: models.Person, iris: models.Person) -> None:
    young, old = a_story(1, age=1), a_story(2, age=5)
    assert story_edits.follow(young.uuid, nour, NOON)
    assert story_edits.follow(young.uuid, nour, NOON)
    merge(young, old, iris)
    assert (story_edits.followed(nour), story_edits.followed(iris)) == ({str(old.uuid)}, set())
    story_edits.unfollow(old.uuid, nour)
    assert not story_edits.follow(young.uuid, nour, NOON)


def test_a_large_story_is_parted_by_a_star_of_pairs(nour: models.Person) -> None:
    story = a_story(*range(60))
    part(story, nour, *(f"Title {number}" for number in range(40, 60)))
    counted = {together: models.StoryLink.objects.filter(together=together).count() for together in (True, False)}
    assert counted == {True: 19, False: 59}


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_the_same_moment_one_changes_the_story(nour: models.Person, iris: models.Person) -> None:
    story, other = a_story(1, 2, 3, age=9), a_story(4)
    articles = [str(models.Article.objects.get(title="Title 3").uuid)]
    start = Barrier(2)

    def merging() -> story_edits.Edited:
        start.wait(timeout=600)
        return ended(lambda: story_edits.merge(story.uuid, other.uuid, nour, NOON, seen="0.0", seen_other="0.0"))

    def parting() -> story_edits.Edited:
        start.wait(timeout=600)
        return ended(lambda: story_edits.part(story.uuid, articles, iris, NOON, seen="0.0"))

    with ThreadPoolExecutor(2) as threads:
        done = [one.result(timeout=600) for one in (threads.submit(merging), threads.submit(parting))]
    assert sorted((one.changed, one.why) for one in done) == [(False, "changed"), (True, "")]
    assert models.StoryEdit.objects.count() == 1


def ended(act: Callable[[], story_edits.Edited]) -> story_edits.Edited:
    """What an act in a thread came to; the thread's connection is closed."""
    try:
        return act()
    finally:
        connection.close()
