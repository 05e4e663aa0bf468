"""What a digest tells whom: everything of a person's wishes that they were not told, once, in their language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.digest import DigestFacts, DigestReader, FollowFact, LeadFact, Made, OwnFacts, has_grown, headline_for, make, wanted
from monitor.pipeline.digest_json import from_json, to_json
from monitor.records import Digest, DigestAlert, DigestDeadline, DigestSilence

NOW = datetime(2026, 3, 14, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = DigestReader("ada", "en")


def a_lead(key: int = 1, **values: Any) -> LeadFact:
    usual: dict[str, Any] = {
        "key": key,
        "lead": f"lead-{key}",
        "story": f"story-{key}",
        "section": "africa",
        "status": "queued",
        "headline": f"Headline {key}",
        "language": "en",
        "titles": {},
        "told": (("Post", "en"),),
        "outlets": 1,
        "countries": 1,
        "languages": ("en",),
        "articles": 3,
        "themes": ("terror",),
        "newest_at": NOW - HOUR,
        "queued_at": NOW - 2 * HOUR,
    }
    return LeadFact(**usual | values)


def made(leads: list[LeadFact], reader: DigestReader = ADA, own: OwnFacts | None = None, **facts: Any) -> Made:
    desk = DigestFacts(tuple(leads), ("africa", "asia"), **facts)
    return make(desk, reader, own or OwnFacts(), day=NOW.date(), wanted_at=NOW, now=NOW)


def of(digest: Digest, part: str) -> list[str]:
    return [line.lead for line in getattr(digest, part)]


def test_what_was_not_told_is_new_and_what_was_told_is_not() -> None:
    found = made([a_lead(1), a_lead(2)], own=OwnFacts(delivered={2: 3}))
    assert (of(found.digest, "new"), of(found.digest, "grown"), found.told) == (["lead-1"], [], {1: ("new", 3, 0)})


def test_what_grew_is_told_again_with_how_much() -> None:
    found = made([a_lead(1, articles=9)], own=OwnFacts(delivered={1: 5}))
    assert ([(line.lead, line.more) for line in found.digest.grown], found.told) == ([("lead-1", 4)], {1: ("grown", 9, 5)})


@pytest.mark.parametrize(
    ("before", "now", "followed", "grown"),
    [(3, 4, False, False), (3, 5, False, True), (20, 23, False, False), (20, 24, False, True), (20, 21, True, True), (5, 3, True, False)],
)
def test_growth_is_two_articles_and_a_fifth_and_of_a_followed_story_any(before: int, now: int, followed: bool, grown: bool) -> None:
    assert has_grown(a_lead(articles=now), before, followed=followed) is grown


@pytest.mark.parametrize("status", ["dismissed", "snoozed", "merged"])
def test_what_is_dealt_with_is_not_told(status: str) -> None:
    assert made([a_lead(status=status)]).told == {}


def test_ones_own_leads_come_by_their_deadline_and_nowhere_else() -> None:
    mine = {"status": "claimed", "claimer": "ada", "claimed_by": "Ada"}
    leads = [
        a_lead(1, **mine, claimed_until=NOW + 30 * HOUR),
        a_lead(2, **mine, claimed_until=NOW + 5 * HOUR),
        a_lead(3, **mine, claimed_until=None),
    ]
    found = made(leads)
    assert (of(found.digest, "mine"), of(found.digest, "new"), of(found.digest, "claimed")) == (["lead-2", "lead-1", "lead-3"], [], [])
    assert {key: told[0] for key, told in found.told.items()} == {1: "mine", 2: "mine", 3: "mine"}


def test_others_claims_stand_once_beside_the_new_lead_or_alone() -> None:
    theirs = {"status": "claimed", "claimer": "nour", "claimed_by": "Nour", "claimed_until": NOW + HOUR}
    found = made([a_lead(1, **theirs), a_lead(2, **theirs)], own=OwnFacts(delivered={2: 3})).digest
    assert ([(line.lead, line.by) for line in found.new], of(found, "claimed")) == ([("lead-1", "Nour")], ["lead-2"])


def test_new_leads_stand_by_the_desks_sections_in_the_order_of_the_queue() -> None:
    leads = [a_lead(1, section="other"), a_lead(2, section="asia"), a_lead(3), a_lead(4, section="asia"), a_lead(5)]
    assert of(made(leads).digest, "new") == ["lead-3", "lead-5", "lead-2", "lead-4", "lead-1"]


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (ADA, [1, 2, 3]),
        (replace(ADA, sections=frozenset({"asia"})), [2]),
        (replace(ADA, themes=frozenset({"terror"})), [1, 3]),
        (replace(ADA, sections=frozenset({"asia"}), themes=frozenset({"terror"})), [1, 2, 3]),
        (replace(ADA, languages=("fr",)), [1, 2]),
        (replace(ADA, languages=("fr", "ar")), [1, 2, 3]),
    ],
)
def test_what_is_followed_and_read_is_told_and_the_rest_counted(reader: DigestReader, expected: list[int]) -> None:
    leads = [a_lead(1), a_lead(2, section="asia", themes=()), a_lead(3, languages=("ar",))]
    found = made(leads, reader)
    rest = [lead for lead in leads if lead.key not in expected]
    assert (sorted(found.told), sum(found.digest.elsewhere.values())) == (expected, len(rest))


def test_a_followed_story_is_wanted_whatever_else_is_followed() -> None:
    lead = a_lead(languages=("ar",), section="asia")
    reader = replace(ADA, sections=frozenset({"africa"}), languages=("fr",))
    assert [wanted(lead, reader), wanted(lead, reader, {"story-1"})] == [False, True]
    line = made([lead], reader, OwnFacts(follows=(FollowFact("story-1", "Headline", "en", 3, 3),))).digest.new[0]
    assert line.followed


def test_a_followed_story_that_is_no_lead_tells_its_news_once() -> None:
    follows = (
        FollowFact("a", "A", "en", 7, 5),
        FollowFact("b", "B", "fr", 4, 4),
        FollowFact("c", "C", "fr", 9, None),
        FollowFact("story-1", "D", "fr", 9, 1),
    )
    found = made([a_lead(1)], own=OwnFacts(follows=follows)).digest
    assert ([(one.story, one.more) for one in found.followed], found.follows) == ([("a", 2)], {"a": 7, "b": 4, "c": 9, "story-1": 9})


def test_the_headline_is_in_the_first_language_an_outlet_has_it_in() -> None:
    lead = a_lead(titles={"es": "Titular", "fr": "Titre"}, headline="عنوان", language="ar")
    readers = [ADA, DigestReader("b", "fr"), DigestReader("c", "en", languages=("es", "fr"))]
    assert [headline_for(lead, reader) for reader in readers] == [("عنوان", "ar"), ("Titre", "fr"), ("Titular", "es")]


def test_the_first_digest_does_not_tell_the_archive_and_the_next_ones_neither() -> None:
    old, moved = a_lead(1, newest_at=NOW - 30 * HOUR), a_lead(2, newest_at=NOW - 20 * HOUR)
    assert sorted(made([old, moved]).told) == [2]
    later = OwnFacts(delivered={2: 3}, start=NOW - timedelta(days=3), since=NOW - timedelta(days=2))
    assert sorted(made([old, moved], own=later).told) == [1]  # news since the person came, told late rather than never


def test_after_a_long_pause_what_is_older_than_a_week_is_left_alone() -> None:
    long_ago = OwnFacts(start=NOW - timedelta(days=60), since=NOW - timedelta(days=59))
    leads = [a_lead(1, newest_at=NOW - timedelta(days=9)), a_lead(2, newest_at=NOW - timedelta(days=7))]
    assert sorted(made(leads, own=long_ago).told) == [2]


def test_silence_is_told_to_editors_and_on_an_empty_day_to_all() -> None:
    silent = (DigestSilence("port", "Port", None),)
    full, empty = [a_lead()], list[LeadFact]()
    editor = replace(ADA, role="editor")
    told = [bool(made(leads, reader, silent=silent).digest.silent) for leads in (full, empty) for reader in (ADA, editor)]
    assert told == [False, True, True, True]


def test_an_empty_day_is_empty_also_with_deadlines() -> None:
    deadlines = tuple(DigestDeadline(str(hour), "review", 1, "fr", "", NOW + hour * HOUR) for hour in (-1, 5))
    found = made([], deadlines=deadlines).digest
    assert (found.is_empty, [one.edition for one in found.deadlines]) == (True, ["5"])


def test_alerts_alone_are_news() -> None:
    assert made([], own=OwnFacts(alerts=(DigestAlert("s", "H", "en", "Post", ("Mali",), 1),))).digest.is_empty is False


def test_a_digest_survives_being_kept() -> None:
    own = OwnFacts(
        delivered={2: 1},
        since=NOW - 24 * HOUR,
        follows=(FollowFact("a", "A", "en", 7, 5),),
        alerts=(DigestAlert("s", "H", "en", "Post", ("Mali",), 1),),
        troubles={"failed": 2},
    )
    leads = [
        a_lead(1),
        a_lead(2, articles=9),
        a_lead(3, status="claimed", claimer="ada", claimed_until=NOW + HOUR),
        a_lead(4, section="asia"),
    ]
    deadlines = (DigestDeadline("e", "review", 1, "fr", "", NOW + HOUR),)
    digest = made(
        leads, replace(ADA, sections=frozenset({"africa"})), own, silent=(DigestSilence("p", "P", NOW),), deadlines=deadlines
    ).digest
    assert from_json(to_json(digest)) == digest
    kept = to_json(digest)
    kept["new"][0]["later"] = kept["later"] = 1  # kept by another version of the desk
    assert from_json(kept) == digest


LEADS = st.builds(
    a_lead,
    key=st.integers(1, 12),
    section=st.sampled_from(["africa", "asia", "other"]),
    status=st.sampled_from(["queued", "quiet", "claimed", "used", "dismissed", "snoozed"]),
    claimer=st.sampled_from(["ada", "nour"]),
    languages=st.sampled_from([("en",), ("fr",), ("ar",), ("en", "ar")]),
    themes=st.sampled_from([(), ("terror",), ("maritime",)]),
    articles=st.integers(1, 9),
)
DAYS = st.lists(st.lists(LEADS, max_size=12, unique_by=lambda lead: lead.key), min_size=1, max_size=6)


@given(days=DAYS, sections=st.sampled_from([frozenset(), frozenset({"asia"})]), languages=st.sampled_from([(), ("fr",)]))
@settings(max_examples=150, deadline=None)
def test_over_days_everything_wanted_is_told_once_and_nothing_else(
    days: list[list[LeadFact]], sections: frozenset[str], languages: tuple[str, ...]
) -> None:
    """Whatever happens to leads between digests: new once, and grown only by what was not told."""
    reader = replace(ADA, sections=sections, languages=languages)
    delivered: dict[int, int] = {}
    news: list[int] = []
    for number, leads in enumerate(days):
        now = NOW + timedelta(days=number)
        fresh = [replace(lead, newest_at=now - HOUR) for lead in leads]
        own = OwnFacts(delivered=dict(delivered), since=now - timedelta(days=1) if number else None, start=NOW - 24 * HOUR)
        found = make(DigestFacts(tuple(fresh)), reader, own, day=now.date(), wanted_at=now, now=now)
        for key, (how, articles, before) in found.told.items():
            assert before == delivered.get(key, 0)
            if how == "new":
                news.append(key)
            delivered[key] = articles
        alive = [lead for lead in fresh if lead.status in ("queued", "quiet", "claimed", "used")]
        mine = [lead for lead in alive if lead.status == "claimed" and lead.claimer == "ada"]
        assert {lead.key for lead in alive if lead in mine or wanted(lead, reader)} <= delivered.keys()
    assert len(news) == len(set(news))
