"""Today: cards by section, the day picker, and what an empty day says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from monitor.store import models
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db


def test_today_shows_a_lead_under_its_section(contributor: Client) -> None:
    rows.a_told_lead("Convoy ambushed near Hombori", rows.an_outlet())
    page = contributor.get("/")
    assert texts(page, "h2.column-name") == ["Africa"]
    assert texts(page, "article.card h3") == ["Convoy ambushed near Hombori"]


def test_today_gives_the_headline_in_the_readers_language_when_an_outlet_has_one(contributor: Client) -> None:
    lead = rows.a_told_lead("Un convoi attaqué près de Hombori", rows.an_outlet("Le Méridien", language="fr"), headline_language="fr")
    rows.an_article(rows.an_outlet(), lead.story, "Convoy ambushed near Hombori")
    assert texts(contributor.get("/"), "article.card h3") == ["Convoy ambushed near Hombori"]


def test_today_lists_the_tellers_in_first_seen_order(contributor: Client) -> None:
    story = rows.a_story()
    late, early = rows.an_outlet("Late Post"), rows.an_outlet("Le Tôt", language="fr")
    rows.an_article(late, story, "Later", published_at=rows.NOW - timedelta(hours=1))
    rows.an_article(early, story, "D’abord", published_at=rows.NOW - timedelta(hours=5))
    rows.a_lead(story, "Later")
    assert texts(contributor.get("/"), "article.card .tellers li") == ["Le Tôt fr", "Late Post en"]


def test_a_claimed_lead_names_who_took_it(contributor: Client) -> None:
    person = rows.a_person(given="Nour", family="Haddad")
    rows.a_told_lead("Convoy", rows.an_outlet(), status="claimed", claimed_by=person)
    assert texts(contributor.get("/"), "article.card .claimed") == ["Taken by Nour Haddad"]


@pytest.mark.parametrize("status", ["dismissed", "snoozed"])
def test_a_lead_put_aside_is_not_shown(contributor: Client, status: str) -> None:
    rows.a_told_lead("Put aside", rows.an_outlet(), status=status)
    assert texts(contributor.get("/"), "article.card h3") == []


@pytest.mark.parametrize(
    ("values", "pace"),
    [
        ({}, ["New"]),
        ({"reasons": ["growing:4"]}, ["New", "Growing"]),
        ({"newest_at": rows.NOW - timedelta(hours=13)}, ["Quiet"]),
        ({"queued_at": rows.NOW - timedelta(days=2)}, ["Grown +1"]),
        ({"status": "quiet"}, ["Quiet"]),
    ],
)
def test_the_pace_of_a_story_is_said(contributor: Client, values: dict[str, Any], pace: list[str]) -> None:
    rows.a_told_lead("Convoy", rows.an_outlet(), **{"themes": []} | values)
    assert texts(contributor.get("/"), "article.card .tag") == pace


def test_yesterday_is_another_page_in_the_desks_zone(contributor: Client) -> None:
    """23:30 UTC is already the next day in Paris."""
    at = rows.NOW.replace(day=13, hour=23, minute=30)
    rows.a_told_lead("Of the night", rows.an_outlet(), queued_at=at, newest_at=at)
    assert texts(contributor.get("/"), "article.card h3") == ["Of the night"]
    assert texts(contributor.get("/?day=2026-03-13"), "article.card h3") == []


@pytest.mark.parametrize("day", ["nonsense", "2026-13-40", "9999-12-31", "0001-01-01", "2026-3-1", "\x00"])
def test_a_day_that_is_none_shows_today(contributor: Client, day: str) -> None:
    rows.a_told_lead("Convoy", rows.an_outlet())
    assert texts(contributor.get("/", {"day": day}), "article.card h3") == ["Convoy"]


def test_an_empty_desk_says_there_is_no_outlet(contributor: Client) -> None:
    assert texts(contributor.get("/"), ".empty p") == ["The desk has no outlet yet: write feeds.yaml and run monitor outlet import."]


def test_without_a_contact_the_page_says_how_to_give_one(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet(), polls=0, last_200_at=None, last_change_at=None)
    page = contributor.get("/")
    assert " ".join(texts(page, ".empty p")) == (
        "No outlet is asked before it knows whom to write to. End the desk with Ctrl-C and start it again with your own address: "
        "MONITOR_CONTACT=desk@example.org make run. Until then, make demo shows a filled desk."
    )
    assert texts(page, ".notice") == [
        "No outlet is being read yet: set MONITOR_CONTACT to an e-mail address or page where the desk can be reached."
    ]


def test_outlets_never_polled_are_said_to_be_so(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet(), url="http://127.0.0.1:8801/feed.xml", polls=0, last_200_at=None, last_change_at=None)
    page = contributor.get("/")
    assert texts(page, ".empty p") == [
        "The outlets have not been polled yet: monitor run polls them, and the first leads follow within minutes."
    ]
    assert texts(page, ".notice") == []


def test_loopback_outlets_need_no_contact(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet(), url="http://127.0.0.1:8801/feed.xml")
    assert texts(contributor.get("/"), ".notice") == []


def test_an_offline_machine_points_to_the_demo(contributor: Client) -> None:
    models.DeskFact.objects.create(name="offline", value={"since": "2026-03-14T08:00:00+00:00"}, changed_at=rows.NOW)
    assert texts(contributor.get("/"), ".notice") == [
        "This machine has no way out to the network. make demo shows a filled desk without one."
    ]


def test_silent_outlets_are_named_with_the_moment_they_fell_silent(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Quiet Gazette"), last_change_at=rows.NOW - timedelta(days=3))
    rows.a_feed(rows.an_outlet("Monthly Review"), last_change_at=rows.NOW - timedelta(days=3), gap_median=timedelta(days=10))
    rows.a_feed(rows.an_outlet("Busy Post"))
    assert texts(contributor.get("/"), ".silent li") == ["Quiet Gazette since 11 March 10:30"]


def test_a_past_empty_day_names_the_outlets_that_brought_nothing(contributor: Client) -> None:
    heard, unheard = rows.an_outlet("Heard"), rows.an_outlet("Unheard")
    rows.a_feed(heard)
    rows.a_feed(unheard)
    rows.an_article(heard, None, "Something", discovered_at=rows.NOW - timedelta(days=2))
    assert texts(contributor.get("/?day=2026-03-12"), ".silent li") == ["Unheard"]


def test_what_has_not_moved_for_two_days_is_folded_under_its_section(contributor: Client) -> None:
    outlet = rows.an_outlet()
    rows.a_told_lead("Moved", outlet, newest_at=rows.NOW - timedelta(hours=47), queued_at=rows.NOW - timedelta(days=3), score=1)
    rows.a_told_lead("Old news", outlet, newest_at=rows.NOW - timedelta(hours=49), score=80)
    page = contributor.get("/")
    assert texts(page, "article.card h3") == ["Moved"]
    assert texts(page, "details.older summary") == ["Older, still open 1"]
    assert texts(page, "details.older h3") == ["Old news"]
    assert [one.get("open") for one in elements(page, "details.older")] == [None]


def test_a_lead_left_open_stands_among_the_older_ones_for_a_week(contributor: Client) -> None:
    outlet = rows.an_outlet()
    for days, status in ((4, "queued"), (5, "quiet"), (4, "used"), (8, "queued")):
        at = rows.NOW - timedelta(days=days)
        rows.a_told_lead(f"{status} {days}", outlet, status=status, newest_at=at, queued_at=at, score=float(days))
    assert texts(contributor.get("/"), "details.older h3") == ["quiet 5", "queued 4"]


def test_a_lead_somebody_took_stays_in_sight_however_old(contributor: Client) -> None:
    at = rows.NOW - timedelta(days=9)
    rows.a_told_lead("Taken", rows.an_outlet(), status="claimed", claimed_by=rows.a_person(), newest_at=at, queued_at=at)
    assert texts(contributor.get("/"), "article.card h3") == ["Taken"]


def test_when_nothing_moved_the_page_says_so_and_shows_the_older_leads(contributor: Client) -> None:
    rows.a_told_lead("Old news", rows.an_outlet(), newest_at=rows.NOW - timedelta(days=3))
    page = contributor.get("/")
    assert texts(page, ".notice") == ["Nothing has moved in the last 48 hours. The leads below are older."]
    assert [one.get("open") is not None for one in elements(page, "details.older")] == [True]
    assert texts(page, "article.card") == []


def test_a_past_day_folds_what_was_old_then(contributor: Client) -> None:
    outlet, day = rows.an_outlet(), rows.NOW - timedelta(days=10)
    rows.a_told_lead("Of that day", outlet, queued_at=day, newest_at=day)
    rows.a_told_lead("Old then", outlet, queued_at=day, newest_at=day - timedelta(days=3))
    rows.a_told_lead("Of the day before", outlet, queued_at=day - timedelta(days=1), newest_at=day - timedelta(days=1))
    page = contributor.get("/?day=2026-03-04")
    assert texts(page, "article.card h3") == ["Of that day"]
    assert texts(page, "details.older summary") == ["Older 1"]
    assert texts(page, "details.older h3") == ["Old then"]


def test_leads_that_moved_come_before_older_ones_of_higher_score_under_the_limit(
    contributor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.web.views import today

    monkeypatch.setattr(today, "MOST_CARDS", 1)
    outlet = rows.an_outlet()
    rows.a_told_lead("Old news", outlet, newest_at=rows.NOW - timedelta(days=3), score=90)
    rows.a_told_lead("Moved", outlet, score=1)
    page = contributor.get("/")
    assert texts(page, "article.card h3") == ["Moved"]
    assert texts(page, ".aside") == ["1 lead of lower rank is not shown."]


def test_a_section_with_many_leads_shows_its_best_and_leads_to_the_rest(contributor: Client) -> None:
    outlet = rows.an_outlet()
    for number in range(26):
        rows.a_told_lead(f"Lead {number}", outlet, score=float(number))
    page = contributor.get("/")
    assert len(texts(page, "article.card")) == 12
    assert texts(page, ".more-cards") == ["14 more leads"]
    assert len(texts(contributor.get("/?section=africa"), "article.card")) == 26


def test_today_says_what_to_do_next(contributor: Client) -> None:
    person = models.Person.objects.get(pk=contributor.session["_auth_user_id"])
    lead = rows.a_told_lead("Convoy ambushed", rows.an_outlet())
    rows.a_told_lead("Of another", rows.an_outlet(), status="claimed", claimed_by=rows.a_person(), claimed_until=rows.NOW)
    assert texts(contributor.get("/"), "p.next")[0].startswith("Choose a lead and claim it: it is yours for 48 hours")
    held = {"status": "claimed", "claimed_by": person}
    rows.a_told_lead("With a draft", rows.an_outlet(), **held)
    models.Lead.objects.filter(pk=lead.pk).update(**held, claimed_until=rows.NOW + timedelta(hours=40))
    assert texts(contributor.get("/"), "p.next") == ["Next to be written: Convoy ambushed until 16 March 02:30 Write Convoy ambushed"]
    assert texts(contributor.get("/?day=2026-03-13"), "p.next") == []
