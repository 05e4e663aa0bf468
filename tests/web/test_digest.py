"""The digest as a page: what was told stays as told; what would be told now is kept nowhere; what comes by mail is chosen on one's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.config.sender import sender_of
from monitor.flows.send_digest import send_digest
from monitor.records import Desk, MailWish, Sender
from monitor.store import mail_line, mail_wishes, models
from monitor.web import moment
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db

SENDER = Sender("desk@press.example", "Desk", "desk@press.example", "https://desk.press.example")


def ticked(page: object) -> list[tuple[str, str]]:
    return [(one.get("name"), one.get("value")) for one in elements(page, "input") if "checked" in one.attrib]


def times(page: object) -> list[str]:
    return [one.get("value") for one in elements(page, "input") if one.get("type") == "time"]


def send(at: object = rows.NOW) -> None:
    send_digest(FakeClock(at), Desk(digest_at="10:30"), SENDER)  # NOW is 10:30 in Paris


def test_before_the_first_digest_the_page_tells_what_one_would_say(contributor: Client) -> None:
    rows.a_told_lead("Convoy attacked", rows.an_outlet())
    page = contributor.get("/digest")
    assert (texts(page, ".kicker")[0], texts(page, ".digest .headline")) == ("What a digest would tell you now", ["Convoy attacked"])
    assert (models.Digest.objects.count(), models.DeliveredLead.objects.count()) == (0, 0)


def test_todays_digest_stays_as_it_was_told(contributor: Client) -> None:
    lead = rows.a_told_lead("Convoy attacked", rows.an_outlet())
    send()
    models.Lead.objects.filter(pk=lead.pk).update(status="dismissed", headline="Changed since")
    for path in ("/digest", "/digest/2026-03-14"):
        assert texts(contributor.get(path), ".digest .headline") == ["Convoy attacked"]
    assert texts(contributor.get("/digest/now"), ".digest .empty") == ["Nothing new since 10:30."]
    assert texts(contributor.get("/digest"), ".earlier li") == ["Saturday 14 March"]


def test_a_date_without_a_digest_is_not_found(contributor: Client) -> None:
    assert [contributor.get(f"/digest/{day}").status_code for day in ("2026-03-13", "yesterday", "2026-3-1", "9999-99-99")] == [404] * 4


def test_nobody_reads_anothers_digest(editor: Client) -> None:
    """Another person's digest of the day is there, and theirs alone."""
    rows.a_told_lead("Convoy attacked", rows.an_outlet())
    send()
    late = rows.signed_in("admin")
    assert (editor.get("/digest/2026-03-14").status_code, late.get("/digest/2026-03-14").status_code) == (200, 404)


def test_a_skipped_date_says_why(contributor: Client) -> None:
    send(rows.NOW + timedelta(hours=7))
    page = contributor.get("/digest/2026-03-14")
    assert texts(page, ".digest .soft") == ["Skipped: the desk’s machine was not running at that hour, nor in the six hours after it."]


def test_a_mail_in_vain_is_told(contributor: Client) -> None:
    send()
    models.OutboxMessage.objects.update(state="expired")
    expected = "The mail could not be sent in time: what it told comes again with the next one."
    assert (texts(contributor.get("/digest"), ".digest .soft")[0], texts(contributor.get("/digest"), ".earlier .soft")) == (
        expected,
        ["mail not sent"],
    )


def test_whoever_reads_it_here_is_told_when_no_mail_leaves(contributor: Client) -> None:
    assert texts(contributor.get("/digest"), ".digest .notice") == []
    mail_line.hold("restored", rows.NOW)
    told = "No mail leaves the desk at the moment: read your digest here. The admins are told."
    assert texts(contributor.get("/digest"), ".digest .notice") == [told]


def test_hostile_headlines_are_text(contributor: Client) -> None:
    rows.a_told_lead("<script>alert(1)</script>\u202egnp.exe", rows.an_outlet("<b>Post</b>"))
    page = contributor.get("/digest/now")
    assert (texts(page, ".digest .headline"), elements(page, ".digest script"), elements(page, ".digest b")) == (
        ["<script>alert(1)</script>gnp.exe"],
        [],
        [],
    )


def test_mail_is_chosen_on_ones_own_page(contributor: Client) -> None:
    person = models.Person.objects.get()
    asked = {"digest": "1", "days": ["1", "5", "9", "x"], "alerts": "", "quiet_from": "22:00", "quiet_to": "06:30"}
    assert contributor.post("/me/mail", asked)["Location"] == "/me"
    assert mail_wishes.wishes_of(person.pk) == MailWish(True, (1, 5), False, 1320, 390)
    page = contributor.get("/me")
    assert [value for name, value in ticked(page) if name in ("digest", "days", "alerts")] == ["1", "1", "5"]
    assert times(page) == ["22:00", "06:30"]


@pytest.mark.parametrize(
    ("start", "end"), [("22:00", ""), ("", "07:00"), ("7 o'clock", "08:00"), ("07:00", "07:00"), ("07:00+02:00", "08:00")]
)
def test_quiet_hours_that_are_none_lose_nothing(contributor: Client, start: str, end: str) -> None:
    page = contributor.post("/me/mail", {"digest": "1", "quiet_from": start, "quiet_to": end})
    assert (page.status_code, [one.get("id") for one in elements(page, "p.notice") if one.get("id")]) == (400, ["quiet-error"])
    assert times(page) == [start[:8], end]
    assert mail_wishes.wishes_of(models.Person.objects.get().pk) == MailWish()


def test_all_seven_days_are_every_day(contributor: Client) -> None:
    contributor.post("/me/mail", {"digest": "1", "alerts": "1", "days": list("1234567")})
    assert mail_wishes.wishes_of(models.Person.objects.get().pk) == MailWish()


def test_what_waits_is_taken_back_when_it_is_no_longer_wanted(contributor: Client) -> None:
    send()
    contributor.post("/me/mail", {"alerts": "1"})
    assert list(models.OutboxMessage.objects.values_list("state", flat=True)) == ["cancelled"]


@pytest.mark.parametrize("path", ["/digest/now", "/digest"])
def test_the_page_asks_as_many_questions_for_thirty_of_everything_as_for_one(contributor: Client, path: str) -> None:
    person = models.Person.objects.get()
    counts = []
    for number, day in ((1, 14), (30, 15)):
        for _ in range(number):
            outlet = rows.an_outlet()
            rows.a_feed(outlet, last_change_at=rows.NOW - timedelta(days=9))
            rows.a_told_lead("New", outlet)
            rows.a_told_lead("Taken", outlet, status="claimed", claimed_by=rows.a_person())
            story = rows.a_told_lead("Alerted", outlet).story
            rule = models.AlertRule.objects.create(
                owner=person, name="Mali", query="mali", made_at=rows.NOW, changed_at=rows.NOW, matches_from=rows.NOW
            )
            alert = models.Alert.objects.create(rule=rule, story=story, state="digest", made_at=rows.NOW)
            models.AlertMatch.objects.create(alert=alert, article=story.articles.get(), at=rows.NOW)
            models.AlertDelivery.objects.create(alert=alert, person=person, how="digest", at=rows.NOW)
            followed = rows.a_story()
            rows.an_article(outlet, followed, "Followed")
            models.StoryFollow.objects.create(story=followed, person=person, at=rows.NOW)
        if path == "/digest":
            at = rows.NOW + timedelta(days=day - 14)
            moment.use(FakeClock(at))
            send(at)
        with CaptureQueriesContext(connection) as asked:
            assert contributor.get(path).status_code == 200
        counts.append(len(asked))
    assert (counts[0] == counts[1], counts[0] <= {"/digest/now": 28, "/digest": 8}[path]) == (True, True), counts


def test_a_desk_without_a_public_address_links_nowhere() -> None:
    from django.conf import settings

    assert sender_of(settings.MONITOR).site.startswith("http://127.0.0.1:")
