"""Triage by forms and by parts: claim, hand back, dismiss, put off, undo; two people at once; what is new; what was put aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from monitor.store import models, triage
from monitor.web import triage_words
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db

PART = {"X-Desk": "part"}
HOUR = timedelta(hours=1)


def a_lead(headline: str = "Convoy", **values: Any) -> models.Lead:
    return rows.a_told_lead(headline, rows.an_outlet(), **values)


def press(client: Client, lead: models.Lead, act: str, **data: str) -> Any:
    """A button of a form, and the page it leads to."""
    return client.post(f"/lead/{lead.uuid}/{act}", {"back": "/"} | data, follow=True)


def status(lead: models.Lead) -> str:
    return models.Lead.objects.values_list("status", flat=True).get(pk=lead.pk)


def test_a_free_lead_offers_to_be_claimed_put_off_and_dismissed(contributor: Client) -> None:
    a_lead()
    assert texts(contributor.get("/"), "article.card .acts .button") == ["Claim", "Later", "Dismiss"]


@pytest.mark.parametrize(("status_", "offered"), [("queued", ["Claim"]), ("used", []), ("merged", [])])
def test_only_a_lead_that_still_waits_offers_to_be_claimed(contributor: Client, status_: str, offered: list[str]) -> None:
    lead = a_lead(status=status_)
    assert texts(contributor.get(f"/lead/{lead.uuid}"), ".acts .strong") == offered


def test_claiming_by_form_leads_back_to_the_card_which_says_until_when(contributor: Client) -> None:
    lead = a_lead()
    answer = contributor.post(f"/lead/{lead.uuid}/claim", {"back": "/?day=2026-03-14#old"})
    assert answer["Location"] == f"/?day=2026-03-14#lead-{lead.uuid}"
    page = contributor.get("/")
    assert texts(page, "article.card .claimed") == ["Yours until 16 March 10:30"]
    assert texts(page, "article.card .acts .button") == ["Write", "Hand back", "Keep 48 h more", "Later", "Dismiss"]
    assert texts(page, ".told-line span") == ["Yours until Monday 16 March 10:30."]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", ""])
def test_the_way_back_never_leaves_the_desk(contributor: Client, back: str) -> None:
    lead = a_lead()
    assert contributor.post(f"/lead/{lead.uuid}/claim", {"back": back})["Location"] == f"/#lead-{lead.uuid}"


def test_the_second_to_claim_is_told_who_was_first(contributor: Client) -> None:
    lead = a_lead()
    triage.claim(lead.uuid, rows.a_person(given="Nour", family="Haddad"), rows.NOW - HOUR)
    page = press(contributor, lead, "claim", seen="queued")
    assert texts(page, ".warning") == ["Nour Haddad was first: claimed at 09:30, until Monday 16 March 09:30. Nothing was changed."]
    assert models.Lead.objects.get().claimed_by.given_name == "Nour"


def test_only_an_editor_hands_back_for_others(contributor: Client, editor: Client) -> None:
    lead = a_lead()
    triage.claim(lead.uuid, rows.a_person(given="Nour"), rows.NOW)
    assert texts(contributor.get("/"), "article.card .acts .button") == []
    assert texts(editor.get("/"), "article.card .acts .button") == ["Hand back for them", "Pin"]
    press(contributor, lead, "release")
    assert status(lead) == "claimed"
    press(editor, lead, "release")
    assert status(lead) == "queued"


def test_dismissing_needs_a_reason(contributor: Client) -> None:
    lead = a_lead()
    page = press(contributor, lead, "dismiss", reason="nonsense")
    assert (status(lead), texts(page, ".warning")) == ("queued", ["Choose why this lead is dismissed."])
    page = press(contributor, lead, "dismiss", reason="old")
    assert (status(lead), texts(page, "article.card"), texts(page, ".told-line span")) == ("dismissed", [], ["Dismissed: Old news."])
    page = press(contributor, lead, "undo")
    assert (status(lead), texts(page, ".success")) == ("queued", ["Undone."])


def test_a_snooze_ends_at_six_in_the_morning_of_the_desk(contributor: Client) -> None:
    lead = a_lead()
    assert texts(press(contributor, lead, "snooze", until="never"), ".warning") == ["Choose for how long this lead is put off."]
    press(contributor, lead, "snooze", until="tomorrow")
    assert models.Lead.objects.get().snoozed_until == datetime(2026, 3, 15, 5, tzinfo=UTC)


def test_every_reason_and_length_of_the_store_has_its_words() -> None:
    assert (tuple(triage_words.REASON), set(triage_words.SNOOZE)) == (triage.REASONS, {"tomorrow", "three-days", "week"})


def test_undo_without_anything_to_undo_says_so(contributor: Client) -> None:
    assert texts(contributor.post("/undo", {"back": "/"}, follow=True), ".warning") == ["There is nothing to undo."]


def test_a_lead_that_left_the_queue_is_told_to_have_left(contributor: Client) -> None:
    lead = a_lead()
    models.Lead.objects.all().delete()
    assert texts(press(contributor, lead, "claim"), ".warning") == [
        "This lead has left the queue: its story is no lead any more. Nothing was changed."
    ]
    assert contributor.get(f"/lead/{lead.uuid}").status_code == 404


@pytest.mark.parametrize("shape", ["card", "line"])
def test_a_script_gets_the_parts_that_changed(contributor: Client, shape: str) -> None:
    lead = a_lead()
    answer = contributor.post(f"/lead/{lead.uuid}/claim", {"seen": "queued", "shape": shape}, headers=PART)
    ids = [one.get("id") for one in elements(answer, "body") for one in one if one.get("id")]
    assert ids == ["told", f"lead-{lead.uuid}", "next", "held"]
    assert texts(answer, "details.held li span.holder") == ["You"]
    gone = contributor.post(f"/lead/{lead.uuid}/dismiss", {"reason": "thin", "seen": "claimed", "shape": shape}, headers=PART)
    assert [one.tag for one in elements(gone, ".put-aside")] == ["div" if shape == "card" else "li"]


def test_who_has_what_names_mine_first(contributor: Client) -> None:
    first, second = a_lead("Theirs"), a_lead("Mine")
    triage.claim(first.uuid, rows.a_person(given="Nour", family="Haddad"), rows.NOW - HOUR)
    press(contributor, second, "claim")
    assert texts(contributor.get("/"), "details.held li a") == ["Mine", "Theirs"]
    assert texts(contributor.get("/"), "details.held li span.holder") == ["You", "Nour Haddad"]


def test_a_claim_handed_back_by_time_is_told_to_who_held_it(contributor: Client) -> None:
    lead = a_lead("Convoy")
    me = models.Person.objects.get()
    triage.claim(lead.uuid, me, rows.NOW - 49 * HOUR)
    triage.lapse(rows.NOW - HOUR)
    page = contributor.get("/")
    assert texts(page, ".warn") == ["Handed back by time, no draft within 48 hours: Convoy Claim again"]
    press(contributor, lead, "claim")
    assert texts(contributor.get("/"), ".warn") == []


def test_what_was_put_aside_is_listed_with_who_and_why(contributor: Client) -> None:
    assert "Nothing is put aside." in texts(contributor.get("/aside"), ".empty p")[0]
    old, later = a_lead("Old news"), a_lead("Later")
    triage.dismiss(old.uuid, rows.a_person(given="Nour", family="Haddad"), "covered", rows.NOW)
    press(contributor, later, "snooze", until="week")
    page = contributor.get("/aside")
    assert texts(page, ".aside-lead h3") == ["Later", "Old news"]
    assert texts(page, ".aside-lead .counts") == ["You, 10:30 · back on 21 March 06:00", "Nour Haddad, 10:30 · Already covered"]
    press(contributor, old, "restore")
    assert (status(old), texts(contributor.get("/aside"), ".aside-lead h3")) == ("queued", ["Later"])


def test_a_leads_own_page_offers_everything_and_tells_what_happened(contributor: Client) -> None:
    lead = a_lead()
    press(contributor, lead, "dismiss", reason="old")
    press(contributor, lead, "undo")
    page = contributor.get(f"/lead/{lead.uuid}")
    assert texts(page, ".sheet h2") == ["Write it", "Later", "Dismiss"]
    assert texts(page, "ol.lines li") == ["10:30 Undone: Dismissed · Ada Example", "10:30 Dismissed (Old news) · Ada Example · undone"]


@pytest.mark.parametrize(("show", "headline"), [("new", "New"), ("grown", "Grown"), ("quiet", "Quiet")])
def test_the_counts_since_yesterday_filter(contributor: Client, show: str, headline: str) -> None:
    outlet = rows.an_outlet()
    rows.a_told_lead("New", outlet)
    rows.a_told_lead("Grown", outlet, queued_at=rows.NOW - 30 * HOUR)
    rows.a_told_lead("Quiet", outlet, queued_at=rows.NOW - 40 * HOUR, newest_at=rows.NOW - 20 * HOUR)
    assert texts(contributor.get("/"), "nav.paces a") == ["1 new", "1 grown", "1 quiet"]
    assert texts(contributor.get("/", {"show": show}), "article.card h3") == [headline]


def test_a_filter_that_finds_nothing_says_so(contributor: Client) -> None:
    a_lead()
    assert texts(contributor.get("/?show=quiet"), ".empty p") == ["No lead has gone quiet. Show all"]


def test_a_day_that_is_all_dealt_with_says_so(contributor: Client) -> None:
    lead = a_lead()
    rows.a_feed(rows.an_outlet(), url="http://127.0.0.1:8801/feed.xml")
    press(contributor, lead, "dismiss", reason="old")
    said = "Every lead is dealt with: what was put off or dismissed stands under “Put aside”."
    assert texts(contributor.get("/"), ".empty p") == [said]


# ── the live page ────────────────────────────────────────────────────────────────────────────────────────────────────


def news(client: Client, since: datetime) -> Any:
    return client.get("/news", {"since": since.isoformat(), "seen": since.isoformat()})


def test_new_leads_are_counted_and_not_put_in(contributor: Client) -> None:
    a_lead("Seen", queued_at=rows.NOW - HOUR)
    for _ in range(3):
        a_lead("Fresh", queued_at=rows.NOW)
    answer = news(contributor, rows.NOW - HOUR / 2)
    assert (texts(answer, "p.fresh"), texts(answer, "article.card")) == (["3 new leads: show"], [])
    assert datetime.fromisoformat(answer["X-Desk-Moment"]) == rows.NOW


def test_what_others_moved_comes_as_the_reader_sees_it(contributor: Client) -> None:
    taken, mine, before = a_lead("Taken"), a_lead("Mine"), a_lead("Before")
    nour = rows.a_person(given="Nour", family="Haddad")
    triage.claim(before.uuid, nour, rows.NOW - 2 * HOUR)
    triage.claim(taken.uuid, nour, rows.NOW)
    triage.claim(mine.uuid, models.Person.objects.get(given_name="Ada"), rows.NOW)
    answer = news(contributor, rows.NOW - HOUR)
    assert texts(answer, "article.card h3") == ["Taken"]


@pytest.mark.parametrize("since", ["", "nonsense", "2026-03-14T09:00:00", "9999-12-31T00:00:00+00:00", "\x00"])
def test_a_moment_that_is_none_is_now(contributor: Client, since: str) -> None:
    a_lead(queued_at=rows.NOW)
    assert texts(contributor.get("/news", {"since": since}), "p.fresh") == [""]


# ── the week ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_week_lists_its_leads_by_section_best_first(contributor: Client) -> None:
    outlet = rows.an_outlet()
    leads = [("Low", "africa", 1.0, 1), ("High", "africa", 9.0, 2), ("Old", "asia", 5.0, 8), ("Asia", "asia", 5.0, 0)]
    for headline, section, score, days in leads:
        at = rows.NOW - timedelta(days=days)
        rows.a_told_lead(headline, outlet, section=section, score=score, queued_at=at, newest_at=at)
    page = contributor.get("/?week=2026-W11")
    assert texts(page, "h1") == ["9 March – 15 March 2026"]
    assert texts(page, "h2.column-name") == ["Africa", "Asia"]
    assert texts(page, ".week h3") == ["High", "Low", "Asia"]
    assert texts(contributor.get("/?week=2026-W10"), ".week h3") == ["Old"]


def test_the_week_gives_headlines_in_the_readers_language(contributor: Client) -> None:
    lead = rows.a_told_lead("Un convoi attaqué", rows.an_outlet("Le Méridien", language="fr"), headline_language="fr")
    rows.an_article(rows.an_outlet(), lead.story, "Convoy ambushed")
    assert texts(contributor.get("/?week=2026-W11"), ".week h3") == ["Convoy ambushed"]


@pytest.mark.parametrize("week", ["", "nonsense", "2026-W54", "9999-W52", "1999-W01", "2026-W1", "２０２６-W11"])
def test_a_week_that_is_none_shows_this_week(contributor: Client, week: str) -> None:
    assert texts(contributor.get("/", {"week": week}), "h1") == ["9 March – 15 March 2026"]
