"""Leads: stable under ranking, put away until they grow, in their places, and following merges."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.pipeline.quota import Place
from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import leads, models
from monitor.store.leads import KnownLead, RankedStory
from tests.fakes import NOON
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def a_story() -> models.Story:
    return models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON)


def ranked(story: models.Story, *, lead: bool = True, token: str = "t", **values: object) -> RankedStory:
    models.ToRank.objects.update_or_create(story=story, defaults={"due_at": NOON, "claim_token": "t"})
    usual: dict[str, object] = {
        "section": "africa", "themes": ("terror",), "headline": "A headline", "headline_language": "en", "score": 40.0,
        "components": {"breadth": 0.5}, "reasons": ("voices:3",), "outlets": 3, "countries": 2, "languages": ("en",), "articles": 3,
        "newest_at": NOON, "again_at": NOON + HOUR,
    }  # fmt: skip
    return RankedStory(key=story.pk, token=token, lead=lead, **usual | values)  # type: ignore[arg-type]


def save(*stories: RankedStory) -> int:
    return leads.save_ranking(stories, NOON)


def events() -> list[str]:
    return list(models.LeadEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_new_lead_is_queued_once_and_kept_up_to_date() -> None:
    story = a_story()
    assert (save(ranked(story)), save(ranked(story, score=50.0, reasons=("voices:4",)))) == (1, 0)
    lead = models.Lead.objects.get()
    assert (lead.story, lead.score, lead.reasons, lead.components, lead.status) == (story, 50.0, ["voices:4"], {"breadth": 0.5}, "queued")
    assert events() == ["queued"]
    story.refresh_from_db()
    assert (story.section, story.themes) == ("africa", ["terror"])
    due = models.ToRank.objects.get()
    assert (due.due_at, due.claim_token, due.attempts) == (NOON + HOUR, "", 0)


def test_story_that_is_over_is_not_ranked_again() -> None:
    assert save(ranked(a_story(), again_at=None)) == 1
    assert models.ToRank.objects.count() == 0


def test_what_another_worker_took_over_is_left_alone() -> None:
    story = a_story()
    assert save(ranked(story, token="lost")) == 0
    assert (models.Lead.objects.count(), models.ToRank.objects.get().claim_token) == (0, "t")


def test_queued_lead_that_is_none_any_more_leaves_and_others_stay() -> None:
    queued, claimed, dismissed = (a_story() for _ in range(3))
    save(*(ranked(story) for story in (queued, claimed, dismissed)))
    models.Lead.objects.filter(story=claimed).update(status="claimed")
    models.Lead.objects.filter(story=dismissed).update(status="dismissed")
    save(*(ranked(story, lead=False) for story in (queued, claimed, dismissed)))
    assert set(models.Lead.objects.values_list("story", "status")) == {(claimed.pk, "claimed"), (dismissed.pk, "dismissed")}


def test_dismissed_lead_comes_back_only_when_its_story_grew() -> None:
    story = a_story()
    save(ranked(story))
    lead = models.Lead.objects.get()
    models.Lead.objects.update(status="dismissed")
    models.LeadEvent.objects.create(lead=lead, kind="dismissed", at=NOON + HOUR)
    assert leads.known([story.pk]) == {story.pk: KnownLead("dismissed", False, NOON + HOUR, 3, NOON)}
    assert save(ranked(story, score=90.0)) == 0
    assert models.Lead.objects.get().status == "dismissed"
    assert save(ranked(story, back=True)) == 1
    again = models.Lead.objects.get()
    assert (again.uuid, again.status, events()) == (lead.uuid, "queued", ["queued", "dismissed", "grown"])
    assert leads.known([story.pk]) == {story.pk: KnownLead("queued", False, None, 3, NOON)}


def test_lead_claimed_meanwhile_is_not_queued_again() -> None:
    story = a_story()
    save(ranked(story))
    models.Lead.objects.update(status="claimed")
    assert (save(ranked(story, back=True)), models.Lead.objects.get().status) == (0, "claimed")


def test_novelty_is_remembered_with_its_story() -> None:
    story = a_story()
    save(ranked(story, components={"novelty": 0.3}, reasons=("voices:3", "follows:0.30:s")))
    assert leads.known([story.pk]) == {story.pk: KnownLead("queued", False, None, 3, NOON, 0.3, "s")}


def test_nothing_is_known_of_a_story_without_a_lead() -> None:
    assert leads.known([a_story().pk]) == {}


def test_places_are_written_where_they_changed_and_taken_from_all_others() -> None:
    stories = [a_story() for _ in range(3)]
    save(*(ranked(story) for story in stories))
    first, second, third = (str(pk) for pk in models.Lead.objects.order_by("pk").values_list("pk", flat=True))
    leads.save_places([Place(first, 1, ""), Place(second, 2, "quota")])
    leads.save_places([Place(second, 1, ""), Place(third, 2, "cap")])
    assert list(models.Lead.objects.order_by("pk").values_list("place", "place_why")) == [(None, ""), (1, ""), (2, "cap")]
    leads.save_places([])
    assert set(models.Lead.objects.values_list("place", "place_why")) == {(None, "")}


def test_queue_is_what_is_open_and_moved() -> None:
    for status, age in (("queued", 1), ("claimed", 2), ("dismissed", 1), ("used", 1), ("queued", 60)):
        story = a_story()
        save(ranked(story, newest_at=NOON - age * HOUR))
        models.Lead.objects.filter(story=story).update(status=status)
    found = leads.queue(NOON - 48 * HOUR)
    kept = models.Lead.objects.filter(status__in=("queued", "claimed"), newest_at__gte=NOON - 3 * HOUR)
    assert {one.story for one in found} == {str(pk) for pk in kept.values_list("pk", flat=True)}
    assert {(one.score, one.section) for one in found} == {(40.0, "africa")}


def test_published_are_the_used_stories_of_three_weeks_with_their_documents() -> None:
    def used(days: int, status: str = "used") -> models.Story:
        story = a_story()
        save(ranked(story))
        lead = models.Lead.objects.get(story=story)
        models.Lead.objects.filter(pk=lead.pk).update(status=status)
        models.LeadEvent.objects.create(lead=lead, kind="used", at=NOON - timedelta(days=days))
        article = an_article(story.pk, story=story)
        doc = StoryDoc(str(article.uuid), "port", "fr", NOON, {"word": 1.0}, {})
        models.ArticleDoc.objects.create(article=article, at=NOON, doc=json.loads(to_json(doc)))
        return story

    assert (leads.published(NOON), leads.last_published()) == ({}, None)
    fresh, _old, _open = used(3), used(30), used(3, "queued")
    found = leads.published(NOON)
    assert leads.last_published() == NOON - timedelta(days=3)
    assert {story: [doc.terms for doc in docs] for story, docs in found.items()} == {str(fresh.uuid): [{"word": 1.0}]}


@pytest.mark.parametrize(
    ("gone", "kept", "left"),
    [
        ("queued", "", []),
        ("queued", "queued", ["queued"]),
        ("dismissed", "", ["dismissed"]),
        ("dismissed", "queued", ["dismissed"]),
        ("claimed", "queued", ["claimed"]),
        ("dismissed", "claimed", ["claimed", "dismissed"]),
    ],
)
def test_a_persons_word_on_a_lead_survives_a_merge(gone: str, kept: str, left: list[str]) -> None:
    old, young = a_story(), a_story()
    for story, status in ((young, gone), (old, kept)):
        if status:
            save(ranked(story))
            models.Lead.objects.filter(story=story).update(status=status)
    leads.follow_merge(old, young)
    assert sorted(models.Lead.objects.values_list("status", flat=True)) == left
    assert models.Lead.objects.filter(story=old).exists() is bool(left)


def test_ranking_of_a_batch_asks_the_database_a_few_times_only(django_assert_max_num_queries: object) -> None:
    stories = [ranked(a_story()) for _ in range(40)]
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert save(*stories) == 40
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert save(*(replace(one, score=1.0) for one in stories)) == 0
