"""Outlets: health in plain words, counts, history, and pausing by an editor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.web import rows
from tests.web.reading import texts

pytestmark = pytest.mark.django_db


def test_outlets_stand_under_the_section_of_their_country_with_their_health(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Le Courrier", language="fr", country="SN"))
    failing = {"health": "failing", "last_error": "The server took longer than 30 seconds."}
    rows.a_feed(rows.an_outlet("Harbour Post"), **failing)
    rows.an_outlet("Wire Service", country="INT")
    page = contributor.get("/outlets")
    assert texts(page, "tr.group th") == ["Africa 1", "Europe 1", "International 1"]
    assert texts(page, "span.health") == ["Well", "Failing", "No feed known"]
    assert texts(page, "span.reason") == ["The server took longer than 30 seconds."]


def test_the_worst_feed_speaks_for_the_outlet(contributor: Client) -> None:
    outlet = rows.an_outlet()
    rows.a_feed(outlet)
    rows.a_feed(outlet, health="gone", last_error="410 Gone")
    rows.a_feed(outlet, health="failing", last_error="timeout")
    rows.a_feed(outlet, health="blocked", enabled=False)
    assert texts(contributor.get("/outlets"), "span.health") == ["Gone"]


def test_only_those_that_need_a_look_can_be_asked_for(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Well"))
    rows.a_feed(rows.an_outlet("Ill"), health="blocked")
    assert texts(contributor.get("/outlets?health=attention"), "tbody a") == ["Ill"]


def test_articles_are_counted_over_seven_and_twenty_eight_days(contributor: Client) -> None:
    outlet = rows.an_outlet()
    for days in (1, 6, 8, 27, 29):
        rows.an_article(outlet, None, f"{days} days old", discovered_at=rows.NOW - timedelta(days=days))
    assert texts(contributor.get("/outlets"), "td.figure") == ["2", "4"]


def test_the_page_of_an_outlet_has_its_last_thirty_fetches_and_twenty_articles(contributor: Client) -> None:
    outlet = rows.an_outlet()
    feed = rows.a_feed(outlet)
    for number in range(33):
        rows.an_event(feed, at=rows.NOW - timedelta(hours=number), result="not_modified", status=304)
        rows.an_article(outlet, None, f"Article {number}", discovered_at=rows.NOW - timedelta(hours=number))
    page = contributor.get(f"/outlets/{outlet.slug}")
    assert (len(texts(page, "tbody tr")), len(texts(page, "ul.lines li"))) == (30, 20)
    assert texts(page, "ul.lines bdi")[0] == "Article 0"


def test_an_outlet_nobody_knows_is_not_found(contributor: Client) -> None:
    assert contributor.get("/outlets/nobody").status_code == 404


def test_an_editor_pauses_and_resumes_an_outlet(editor: Client) -> None:
    outlet = rows.an_outlet()
    feed = rows.a_feed(outlet, last_attempt_at=rows.NOW - timedelta(minutes=10))
    page = editor.post(f"/outlets/{outlet.slug}/pause", follow=True)
    assert texts(page, "p.success") == ["Paused: this outlet is not polled until somebody resumes it."]
    feed.refresh_from_db()
    assert (texts(page, "dl.facts span.health")[0], feed.due_at) == ("Paused", None)
    page = editor.post(f"/outlets/{outlet.slug}/resume", follow=True)
    feed.refresh_from_db()
    assert (texts(page, "dl.facts span.health")[0], feed.due_at) == ("Well", rows.NOW + timedelta(minutes=20))


def test_a_contributor_sees_no_button_to_pause(contributor: Client) -> None:
    assert texts(contributor.get(f"/outlets/{rows.an_outlet().slug}"), "main button") == []


def test_pausing_an_outlet_nobody_knows_is_not_found(editor: Client) -> None:
    assert editor.post("/outlets/nobody/pause").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "leads_to"),
    [
        ("/outlets/harbour-post/", 301, "/outlets/harbour-post"),
        ("/outlets/?health=attention", 301, "/outlets?health=attention"),
        ("/nowhere/", 404, None),
        ("/\\evil.example/", 404, None),
    ],
)
def test_a_slash_too_many_leads_to_the_page_and_nowhere_else(contributor: Client, asked: str, status: int, leads_to: str | None) -> None:
    answer = contributor.get(asked)
    assert (answer.status_code, answer.get("Location")) == (status, leads_to)
    assert contributor.post(asked).status_code == 404
