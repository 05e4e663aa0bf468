"""Outlets: health in plain words, counts, history, and pausing by an editor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from monitor.config.feeds_file import parse_feeds
from monitor.config.opml_file import parse_opml
from monitor.store import models, outlet_checks
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str = "") -> HttpResponse:
    """The table, once the doctor has made his round."""
    outlet_checks.recount(rows.NOW)
    return client.get(f"/outlets{query}")


def test_outlets_stand_under_the_section_of_their_country_with_their_health(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Le Courrier", language="fr", country="SN"))
    failing = {"health": "failing", "last_error": "The server took longer than 30 seconds."}
    rows.a_feed(rows.an_outlet("Harbour Post"), **failing)
    rows.an_outlet("Wire Service", country="INT")
    page = listed(contributor, "?sort=section")
    assert texts(page, "tr.group th") == ["Africa 1", "Europe 1", "International 1"]
    assert texts(page, "span.health") == ["Well", "Failing", "No feed known"]
    assert texts(page, "span.reason") == ["The server took longer than 30 seconds."]


def test_the_troubled_come_first_and_every_trouble_is_named(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Aardvark"))
    outlet = rows.an_outlet("Zebra")
    rows.a_feed(outlet)
    rows.a_feed(outlet, health="gone", last_error="410 Gone")
    rows.a_feed(outlet, health="failing", last_error="timeout", failing_since=rows.NOW)
    rows.a_feed(outlet, health="blocked", enabled=False)
    page = listed(contributor)
    assert texts(page, "tbody a") == ["Zebra", "Aardvark"]
    assert texts(page, "span.health") == ["Gone", "Failing", "Well"]
    assert texts(page, "nav.troubles a") == ["Gone 1", "Failing 1"]


def test_only_those_that_need_a_look_or_have_one_trouble_or_a_name_can_be_asked_for(contributor: Client) -> None:
    rows.a_feed(rows.an_outlet("Well"))
    rows.a_feed(rows.an_outlet("Ill"), health="blocked")
    rows.a_feed(rows.an_outlet("Lost"), health="gone")
    assert texts(listed(contributor, "?health=attention"), "tbody a") == ["Ill", "Lost"]
    assert texts(listed(contributor, "?trouble=gone"), "tbody a") == ["Lost"]
    assert texts(listed(contributor, "?q=WELL"), "tbody a") == ["Well"]
    assert texts(listed(contributor, "?q=nobody"), "div.empty h2") == ["None found"]
    assert texts(listed(contributor, "?trouble=nonsense&sort=x&page=-1"), "tbody a") == ["Ill", "Lost", "Well"]


def test_forty_outlets_stand_on_a_page(contributor: Client) -> None:
    for number in range(41):
        rows.an_outlet(f"Outlet {number:02}")
    assert [len(texts(listed(contributor, query), "tbody a")) for query in ("", "?page=2", "?page=99")] == [40, 1, 1]


def test_articles_are_counted_over_seven_days_and_drawn_over_twenty_eight(contributor: Client) -> None:
    outlet = rows.an_outlet()
    for days in (1, 6, 8, 27, 29):
        rows.an_article(outlet, None, f"{days} days old", discovered_at=rows.NOW - timedelta(days=days))
    page = listed(contributor)
    assert texts(page, "td.figure") == ["2"]
    drawn = [one.get("aria-label") for one in elements(page, "svg.spark")]
    assert drawn == ["4 articles in 28 days. Usual: 0.1 a day, quiet below 0.0. Yesterday 1, today so far 0."]


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
    assert [line.split(": ")[1].split(" ")[0] for line in texts(page, "ul.changes li")] == ["resumed", "paused"]


def test_a_contributor_sees_no_button(contributor: Client) -> None:
    outlet = rows.an_outlet()
    rows.a_feed(outlet, health="gone")
    assert texts(contributor.get(f"/outlets/{outlet.slug}"), "main button") == []


@pytest.mark.parametrize("act", ["pause", "resume", "archive", "restore", "remedy", "edit"])
def test_changing_an_outlet_nobody_knows_is_not_found(editor: Client, act: str) -> None:
    assert editor.post(f"/outlets/nobody/{act}").status_code == 404


def test_an_outlet_is_archived_listed_and_brought_back(editor: Client) -> None:
    outlet = rows.an_outlet("Harbour Post")
    feed = rows.a_feed(outlet)
    page = editor.post(f"/outlets/{outlet.slug}/archive", follow=True)
    assert (texts(page, "dl.facts span.health")[0], texts(page, "div.acts button")) == ("Archived", ["Bring back"])
    assert texts(editor.get("/outlets"), "tbody a") == []
    assert texts(editor.get("/archived-outlets"), "ul.lines a") == ["Harbour Post"]
    page = editor.post(f"/outlets/{outlet.slug}/restore", follow=True)
    feed.refresh_from_db()
    assert (texts(page, "p.success"), feed.archived_at, feed.due_at is not None) == (["It is back and polled again."], None, True)


def test_the_doctor_says_what_is_wrong_and_the_button_does_it(editor: Client) -> None:
    outlet = rows.an_outlet("Harbour Post")
    moved = {"perm_redirect_to": "https://new.example/rss", "perm_redirect_seen": 3}
    feed = rows.a_feed(outlet, perm_redirect_first_at=rows.NOW - timedelta(days=3), **moved)
    page = editor.get(f"/outlets/{outlet.slug}")
    assert texts(page, "ul.diagnosis span.health") == ["Moved"]
    assert texts(page, "ul.diagnosis button") == ["Adopt the new address"]
    form = {one.get("name"): one.get("value") for one in elements(page, "ul.diagnosis input")}
    page = editor.post(f"/outlets/{outlet.slug}/remedy", form, follow=True)
    feed.refresh_from_db()
    assert (texts(page, "p.success"), feed.url) == (["The new address is adopted; history and articles stay."], "https://new.example/rss")
    assert texts(page, "ul.diagnosis li") == []


@pytest.mark.parametrize(
    ("values", "sample", "button", "expected"),
    [
        ({}, {"verdict": "paywalled"}, "Use the feed’s text", ("feed", "en")),
        ({"text": "feed"}, {"verdict": "summary"}, "Read its pages", ("page", "en")),
        ({}, {"language": "fr"}, "Set the language", ("page", "fr")),
    ],
)
def test_remedies_that_set_a_value(
    editor: Client, values: dict[str, str], sample: dict[str, str], button: str, expected: tuple[str, str]
) -> None:
    outlet = rows.an_outlet(**values)
    rows.a_feed(outlet)
    for number in range(10):
        rows.an_article(outlet, None, f"Article {number}", **sample)
    outlet_checks.recount(rows.NOW)
    page = editor.get(f"/outlets/{outlet.slug}")
    assert texts(page, "ul.diagnosis button") == [button]
    form = {one.get("name"): one.get("value") for one in elements(page, "ul.diagnosis input")}
    editor.post(f"/outlets/{outlet.slug}/remedy", form)
    outlet.refresh_from_db()
    assert (outlet.text, outlet.language) == expected
    told = editor.post(f"/outlets/{outlet.slug}/remedy", form, follow=True)
    assert [text.startswith("Nothing was changed: Ada Example changed this outlet") for text in texts(told, "p.warning")] == [True]


def test_a_feed_that_is_gone_is_asked_again(editor: Client) -> None:
    outlet = rows.an_outlet()
    feed = rows.a_feed(outlet, health="gone", gone_at=rows.NOW, due_at=None)
    page = editor.get(f"/outlets/{outlet.slug}")
    form = {one.get("name"): one.get("value") for one in elements(page, "ul.diagnosis input")}
    editor.post(f"/outlets/{outlet.slug}/remedy", form)
    feed.refresh_from_db()
    assert (feed.health, feed.gone_at, feed.due_at) == ("new", None, rows.NOW)
    assert editor.post(f"/outlets/{outlet.slug}/remedy", {"do": "revive", "feed": "no uuid"}, follow=True).status_code == 200


def test_trying_now_is_a_wish_for_the_worker_that_says_when(editor: Client) -> None:
    outlet = rows.an_outlet()
    feed = rows.a_feed(outlet)
    page = editor.post(f"/outlets/{outlet.slug}/try", follow=True)
    assert texts(page, "p.success") == ["It is tried within the next minute."]
    assert next(one.get("disabled") for one in elements(page, "div.acts button")) is not None
    assert models.ToTry.objects.values_list("outlet", "due_at").get() == (outlet.pk, rows.NOW)
    wish = {"not_before": rows.NOW + timedelta(hours=2), "not_before_reason": "The outlet asks for no request before."}
    models.Feed.objects.filter(pk=feed.pk).update(last_attempt_at=rows.NOW, **wish)
    page = editor.post(f"/outlets/{outlet.slug}/try", follow=True)
    told = "It is tried at 14 March 12:30, the first moment politeness allows. The outlet asks for no request before."
    assert (texts(page, "p.success"), models.ToTry.objects.get().due_at) == ([told], rows.NOW + timedelta(hours=2))
    editor.post(f"/outlets/{outlet.slug}/pause")
    refused = texts(editor.post(f"/outlets/{outlet.slug}/try", follow=True), "p.warning")
    assert refused == ["A paused or archived outlet, or one without a feed that is asked, is not tried."]


def test_the_fetches_of_one_feed_can_be_asked_for(contributor: Client) -> None:
    outlet = rows.an_outlet()
    one, two = rows.a_feed(outlet), rows.a_feed(outlet)
    for feed in (one, two, two):
        rows.an_event(feed)
    counts = [len(texts(contributor.get(f"/outlets/{outlet.slug}{query}"), "tbody tr")) for query in ("", f"?feed={two.uuid}", "?feed=x")]
    assert counts == [3, 2, 3]


def test_a_change_is_undone_from_the_page(editor: Client) -> None:
    outlet = rows.an_outlet()
    editor.post(f"/outlets/{outlet.slug}/pause")
    (undo,) = [form.get("action") for form in elements(editor.get(f"/outlets/{outlet.slug}"), "ul.changes form")]
    assert texts(editor.post(undo, follow=True), "p.success") == ["Undone."]
    outlet.refresh_from_db()
    assert outlet.enabled


def test_the_desk_goes_out_as_opml_and_yaml(editor: Client) -> None:
    outlet = rows.an_outlet("Harbour Post", slug="harbour-post", home="https://port.example/")
    rows.a_feed(outlet, url="https://port.example/rss")
    opml, yaml = editor.get("/outlets.opml"), editor.get("/outlets.yaml")
    assert [one["Content-Disposition"] for one in (opml, yaml)] == [
        f'attachment; filename="{name}"' for name in ("outlets.opml", "feeds.yaml")
    ]
    feeds, mistakes = parse_opml(opml.content)
    assert ([feed.url for feed in feeds], mistakes) == (["https://port.example/rss"], ())
    assert [one.id for one in parse_feeds(yaml.content).outlets] == ["harbour-post"]


def test_the_outlets_as_opml_are_read_by_another_readers_importer(editor: Client) -> None:
    """listparser is what other readers take subscription lists with."""
    import listparser

    names = {"Le Méridien « du Soir » & Cie": "fr", "صوت المرفأ": "ar", "Harbour <Post>": "en"}
    wanted = []
    for number, (name, language) in enumerate(names.items()):
        outlet = rows.an_outlet(name, language=language)
        feed = rows.a_feed(outlet, url=f"https://feeds.example.org/{number}.xml?a=1&b=2", section="africa")
        wanted.append((feed.url, name))
    answer = editor.get("/outlets.opml")
    read = listparser.parse(answer.content.decode(answer.charset))
    found = sorted((feed.url, feed.title) for feed in read.feeds)
    assert (read.bozo, bool(read.meta.title), found) == (False, True, sorted(wanted))
