"""The desk's own feeds, read by other people's parsers; and the private part of their addresses."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from django.test import Client
from django.urls import reverse

from monitor.store import feed_keys, models
from tests.web import rows, searching
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


def there(person: models.Person, route: str, form: str = "atom", **names: object) -> str:
    return reverse(f"feed-{route}", kwargs={"token": feed_keys.token_of(person), "form": form, **names})


def every(person: models.Person) -> dict[str, str]:
    """The address of one feed of each kind, each with something in it."""
    article = searching.an_indexed("Élysée: <b>Mali</b> & co", "Mali.", summary="One \x0b two", authors=["Ada Example"])
    rows.a_lead(article.story, "Convoy reaches the port", queued_at=rows.NOW - timedelta(hours=1))
    kept = searching.a_search(person)
    return {
        "today": there(person, "today"),
        "search": there(person, "search") + "?q=mali",
        "saved": there(person, "saved", search_id=kept.uuid),
        "story": there(person, "story", story_id=article.story.uuid),
        "outlet": there(person, "outlet", slug=article.outlet.slug),
    }


@pytest.mark.parametrize("kind", ["today", "search", "saved", "story", "outlet"])
def test_feedparser_reads_every_feed(stranger: Client, kind: str) -> None:
    person = rows.a_person(language="en")
    address = every(person)[kind]
    response = stranger.get(address)
    read = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    told = read.entries[0]
    title = "Convoy reaches the port" if kind == "today" else "Élysée: <b>Mali</b> & co"
    assert (read.bozo, read.version, len(read.entries), told.title) == (False, "atom10", 1, title.replace("<b>", "<b>"))
    assert (told.id.startswith("urn:uuid:"), bool(told.link), told.updated_parsed is not None) == (True, True, True)


@pytest.mark.parametrize("kind", ["today", "search", "saved", "story", "outlet"])
def test_json_feeds_are_of_version_one_one(stranger: Client, kind: str) -> None:
    response = stranger.get(every(rows.a_person())[kind].replace(".atom", ".json"))
    told = json.loads(response.content)
    assert (response["Content-Type"], told["version"]) == ("application/feed+json; charset=utf-8", "https://jsonfeed.org/version/1.1")
    item = told["items"][0]
    assert (sorted(told), item["id"].startswith("urn:uuid:"), "\x0b" in item["content_text"]) == (
        ["authors", "feed_url", "home_page_url", "items", "language", "title", "version"],
        True,
        False,
    )


@pytest.mark.parametrize("kind", ["today", "search", "saved", "story", "outlet"])
@pytest.mark.parametrize("form", ["atom", "json"])
def test_another_reader_subscribes(stranger: Client, tmp_path: Path, form: str, kind: str) -> None:
    from reader import make_reader

    response = stranger.get(every(rows.a_person(language="en"))[kind].replace(".atom", f".{form}"))
    file = tmp_path / f"feed.{form}"
    file.write_bytes(response.content)
    reader = make_reader(":memory:", feed_root=str(tmp_path))
    reader.add_feed(file.name)
    reader.update_feeds()
    (entry,) = reader.get_entries()
    story = f"http://testserver/story/{models.Story.objects.get().uuid}"
    expected = ("Convoy reaches the port", story) if kind == "today" else ("Élysée: <b>Mali</b> & co", models.Article.objects.get().url)
    assert ((entry.title, entry.link), entry.updated is not None or entry.published is not None) == (expected, True)
    reader.close()


def test_a_token_opens_feeds_and_nothing_else(stranger: Client) -> None:
    person = rows.a_person()
    assert stranger.get(there(person, "today")).status_code == 200
    assert stranger.get("/search").status_code == 302


def test_new_addresses_end_the_old_ones(contributor: Client, stranger: Client) -> None:
    person = models.Person.objects.get(pk=contributor.session["_auth_user_id"])
    old = there(person, "today")
    contributor.post("/me/feeds/renew")
    person.refresh_from_db()
    new = there(person, "today")
    assert (old == new, stranger.get(old).status_code, stranger.get(new).status_code) == (False, 404, 200)


def test_a_person_who_was_shut_out_has_no_feeds(stranger: Client) -> None:
    person = rows.a_person()
    address = there(person, "today")
    models.Person.objects.update(is_active=False)
    assert stranger.get(address).status_code == 404


def test_a_saved_search_that_is_not_shared_has_no_feed_for_others(stranger: Client) -> None:
    kept = searching.a_search(rows.a_person())
    other = rows.a_person()
    assert stranger.get(there(other, "saved", search_id=kept.uuid)).status_code == 404
    models.SavedSearch.objects.update(shared=True)
    assert stranger.get(there(other, "saved", search_id=kept.uuid)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 54, "\x00" * 54, "é" * 54])
def test_a_token_nobody_has_is_a_plain_404(stranger: Client, token: str) -> None:
    right = feed_keys.token_of(rows.a_person())
    assert feed_keys.person_of(token) is None
    assert feed_keys.person_of(right[:-1] + ("A" if right[-1] != "A" else "B")) is None


def test_no_address_with_a_token_is_logged(stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    person = rows.a_person()
    with caplog.at_level(logging.DEBUG):
        for address in (there(person, "story", story_id=uuid.uuid4()), there(person, "today", "rss"), there(person, "search")):
            assert stranger.get(address).status_code == 404
    assert [record.getMessage() for record in caplog.records if feed_keys.token_of(person) in record.getMessage()] == []


def test_a_reader_that_has_it_already_is_told_so(stranger: Client) -> None:
    address = every(rows.a_person())["today"]
    first = stranger.get(address)
    again = stranger.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_name_their_feeds(contributor: Client) -> None:
    article = searching.an_indexed("Mali votes")
    for page in ("/", f"/story/{article.story.uuid}", f"/outlets/{article.outlet.slug}", "/search?q=mali"):
        links = [one for one in elements(contributor.get(page), "link") if one.get("rel") == "alternate"]
        assert [one.get("type") for one in links] == ["application/atom+xml", "application/feed+json"]
        assert [Client().get(one.get("href")).status_code for one in links] == [200, 200]


def test_pages_without_a_feed_name_none(contributor: Client) -> None:
    for page in ("/search", "/outlets", "/me"):
        assert [one for one in elements(contributor.get(page), "link") if one.get("rel") == "alternate"] == []
