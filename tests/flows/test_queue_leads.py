"""Ranking in the desk: what is usual, what stands out, what was published and what was dismissed all reach the lead."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from monitor.flows.count_pulse import count_pulse, in_words
from monitor.flows.kit import Kit
from monitor.flows.queue_leads import queue_leads
from monitor.outside.guard import Policy
from monitor.pipeline.story_doc_json import to_json
from monitor.records import Desk, StoryDoc
from monitor.store import models, tag_again
from monitor.store.due import GIVE_UP_AFTER
from tests.fakes import NOON, FakeClock
from tests.store.rows import an_article, an_outlet

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TERROR = [{"theme": "terror", "score": 5.0, "confidence": 0.8}]
MALI = [{"country": "ML", "score": 2.0, "count": 1}]


PORT, FIRE = (" ".join(f"{subject}{number}" for number in range(60)) for subject in ("port", "fire"))


class ADesk:
    """A desk whose articles are written straight into the database."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        nothing = cast(Any, None)
        self.kit = Kit(self.clock, nothing, nothing, nothing, Policy(contact=""), "w")
        self.number = 0

    def story(self, *, articles: int = 1, hours: float = 1.0, tell: str = "", **values: object) -> models.Story:
        story = models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON)
        self.more(story, articles=articles, hours=hours, tell=tell, **values)
        return story

    def more(self, story: models.Story, *, articles: int = 1, hours: float = 1.0, tell: str = "", **values: object) -> None:
        """Articles of outlets of their own, so many hours before now."""
        at = self.clock.now() - hours * HOUR
        usual = {"themes": TERROR, "places": MALI, "section": "africa", "language": "fr"}
        for _ in range(articles):
            self.number += 1
            outlet = an_outlet(f"outlet-{self.number % 40}")
            article = an_article(self.number, at=at, outlet=outlet, story=story, **usual | values)
            doc = StoryDoc(str(article.uuid), outlet.slug, "fr", at, dict.fromkeys(tell.split(), 1.0), {})
            models.ArticleDoc.objects.create(article=article, at=at, doc=json.loads(to_json(doc)))
        models.ToRank.objects.update_or_create(story=story, defaults={"due_at": at, "claim_token": ""})

    def past(self, days: int, *, a_day: int = 30) -> None:
        """Days of other news, and two voices a day on terror in Mali."""
        quiet = self.story(articles=0)
        for back in range(1, days + 1):
            for number in range(a_day):
                tags = {} if number < 2 else {"themes": [], "places": []}
                self.more(quiet, hours=24 * back + 24 * number / a_day - 11.9, **tags)

    def rank(self) -> models.Lead:
        queue_leads(self.kit, Desk(), {"terror": 1.0})
        return models.Lead.objects.order_by("pk").last()  # type: ignore[return-value]


@pytest.fixture
def desk() -> ADesk:
    return ADesk()


def test_new_desk_says_that_nothing_is_usual_and_nothing_published(desk: ADesk) -> None:
    desk.story(articles=3)
    assert in_words(count_pulse(desk.kit)) == "1 pair of theme and country counted; what is usual is known after 7 days, now 0"
    assert desk.rank().reasons == ["theme:terror:0.80", "voices:3", "one-country:FR", "growing:3", "no-baseline:0", "nothing-published"]


def test_spike_is_found_once_kept_and_told_by_its_leads(desk: ADesk) -> None:
    desk.past(14)
    desk.story(articles=12, hours=2)
    report = count_pulse(desk.kit)
    assert (report.days, report.spikes, report.new) == (13, 1, 1)
    assert in_words(count_pulse(desk.kit)) == "1 pair of theme and country counted, 1 far above usual, 0 of them new"
    spike = models.Spike.objects.get()
    assert (spike.theme, spike.country, spike.voices, spike.owners, spike.hours) == ("terror", "ML", 12, 12, 6)
    reasons = desk.rank().reasons
    assert [code for code in reasons if code.startswith("spike")] == [f"spike:terror:ML:12:6:{spike.usual:.1f}"]
    assert "no-baseline" not in "".join(reasons)
    assert [code for code in reasons if code.startswith("growing")] != []


@pytest.mark.parametrize(
    ("run", "new"),
    [
        ({}, 0),
        ({"attempts": GIVE_UP_AFTER}, 1),
        ({"due_at": NOON - tag_again.LEFT_ALONE}, 1),  # no worker has its terms any more
        ({"due_at": None, "done_at": NOON}, 1),
    ],
)
def test_no_spike_is_new_while_articles_are_tagged_again(desk: ADesk, run: dict[str, object], new: int) -> None:
    """Today has the wide terms already and the weeks before have the narrow ones."""
    desk.past(14)
    desk.story(articles=12, hours=2)
    models.Retagging.objects.create(**{"prints": "wide", "since": NOON - 30 * DAY, "asked_at": NOON, "due_at": NOON} | run)
    person = models.Person.objects.create(email="ana@example.org", joined_at=NOON)
    models.AlertRule.objects.create(owner=person, name="Any spike", kind="spike", made_at=NOON, changed_at=NOON, matches_from=NOON)
    report = count_pulse(desk.kit)
    assert (report.spikes, report.new, models.Spike.objects.count(), models.Alert.objects.count()) == (1, new, new, new)
    models.Retagging.objects.update(done_at=NOON)
    assert (count_pulse(desk.kit).new, models.Alert.objects.count()) == (1 - new, 1)


def test_spike_that_goes_on_stays_as_it_is_while_articles_are_tagged_again(desk: ADesk) -> None:
    desk.past(14)
    story = desk.story(articles=12, hours=2)
    assert count_pulse(desk.kit).new == 1
    before = models.Spike.objects.values().get()
    models.Retagging.objects.create(prints="wide", since=NOON - 30 * DAY, asked_at=NOON, due_at=NOON)
    desk.more(story, articles=9)
    assert (count_pulse(desk.kit).new, models.Spike.objects.values().get()) == (0, before)


def test_standstill_is_no_past(desk: ADesk) -> None:
    desk.past(14)
    desk.clock.advance(5 * DAY)
    desk.story(articles=2)
    assert count_pulse(desk.kit).days == 13  # the whole days with news; the first was heard in part


def test_dismissed_lead_comes_back_when_the_story_grew(desk: ADesk) -> None:
    story = desk.story(articles=4)
    lead = desk.rank()
    models.Lead.objects.update(status="dismissed")
    models.LeadEvent.objects.create(lead=lead, kind="dismissed", at=desk.clock.now())
    desk.clock.advance(3 * HOUR)
    desk.more(story, articles=1)
    assert desk.rank().status == "dismissed"
    desk.more(story, articles=1)
    assert desk.rank().status == "queued"
    assert list(models.LeadEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["queued", "dismissed", "grown"]


def test_story_is_compared_with_what_was_used(desk: ADesk) -> None:
    used = desk.story(tell=PORT)
    desk.rank()
    models.Lead.objects.update(status="used")
    models.LeadEvent.objects.create(lead=models.Lead.objects.get(story=used), kind="used", at=desk.clock.now())
    desk.clock.advance(30 * HOUR)
    desk.story(tell=FIRE)
    other = desk.rank()
    assert (other.components["novelty"], "nothing-published" in other.reasons) == (1.0, False)
    desk.story(tell=f"{PORT} inquiry")
    continued = desk.rank()
    assert continued.components["novelty"] < 0.4
    told = [f"follows:{continued.components['novelty']:.2f}:{used.uuid}"]
    assert [code for code in continued.reasons if code.startswith("follows")] == told
    models.ArticleDoc.objects.filter(article__story=continued.story).delete()
    desk.clock.advance(HOUR)
    models.ToRank.objects.update(due_at=desk.clock.now())
    again = desk.rank()  # neither it nor what was published changed, so that nothing is compared anew
    assert (again.components["novelty"], [code for code in again.reasons if code.startswith("follows")]) == (
        continued.components["novelty"], told,
    )  # fmt: skip
    desk.more(continued.story, tell=FIRE)
    assert desk.rank().components["novelty"] == 1.0


def test_pinned_lead_is_first(desk: ADesk) -> None:
    desk.story(articles=9)
    desk.story(articles=1)
    models.Lead.objects.filter(pk=desk.rank().pk).update(pinned=True)
    desk.clock.advance(2 * HOUR)
    lead = desk.rank()
    assert (lead.reasons[0], lead.place) == ("pinned:50", 1)


def test_queue_keeps_places_for_every_section(desk: ADesk) -> None:
    for _ in range(30):
        desk.story(articles=6, section="europe")
    for _ in range(3):
        desk.story(articles=1, section="asia", hours=30)
    desk.rank()
    order = list(models.Lead.objects.order_by("place").values_list("place", "section", "place_why"))
    assert [place for place, _, _ in order] == list(range(1, 34))
    first = [(section, why) for _, section, why in order[:20]]
    assert (first.count(("europe", "")), first.count(("asia", "quota"))) == (17, 3)


def test_ranking_of_many_stories_asks_the_database_a_few_times_only(desk: ADesk, django_assert_max_num_queries: Any) -> None:
    for _ in range(60):
        desk.story(articles=2)
    with django_assert_max_num_queries(40):
        desk.rank()
    assert models.Lead.objects.count() == 60
