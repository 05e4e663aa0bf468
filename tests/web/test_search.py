"""The search page: what is found and why, what cannot be read, narrowing down, and the searches people keep."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.store import models
from tests.web import rows, searching
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db


def own(client: Client) -> models.Person:
    return models.Person.objects.get(pk=client.session["_auth_user_id"])


def with_(response: Any, selector: str, **attributes: str) -> list[Any]:
    """The elements of a selector that have these attributes."""
    return [one for one in elements(response, selector) if all(one.get(name) == value for name, value in attributes.items())]


def words(found: list[Any]) -> list[str]:
    return [" ".join(one.text_content().split()) for one in found]


def titles(client: Client, address: str) -> list[str]:
    return texts(client.get(address), "li.found-line h2.headline")


def marks(client: Client, address: str) -> list[str]:
    return texts(client.get(address), "li.found-line mark")


def test_an_empty_page_says_how_to_ask(contributor: Client) -> None:
    page = contributor.get("/search")
    assert [one.get("open") is not None for one in elements(page, ".query-help")] == [True]
    assert elements(page, ".found-line") == []


def test_the_words_found_are_marked_in_headline_and_text(contributor: Client) -> None:
    searching.an_indexed("Élysée: the minister speaks", "One. " * 60 + "The ministers met at the Elysee today. " + "Two. " * 60)
    assert titles(contributor, "/search?q=elysee+minister") == ["Élysée: the minister speaks"]
    assert marks(contributor, "/search?q=elysee+minister") == ["Élysée", "minister", "ministers", "Elysee"]


def test_scripts_keep_their_direction_and_pairs_are_one_mark(contributor: Client) -> None:
    searching.fill()
    page = contributor.get("/search", {"q": "マリ軍 OR مالي"})
    found = [(one.get("lang"), one.get("dir"), words(list(one.iter("mark")))) for one in elements(page, ".headline bdi")]
    assert found == [("ja", "ltr", ["マリ軍"]), ("ar", "rtl", ["مالي"])]


def test_markup_in_a_headline_is_text(contributor: Client) -> None:
    searching.an_indexed("Mali <script>alert(1)</script>", "Mali & <b>more</b>")
    page = contributor.get("/search?q=mali")
    assert [one for one in elements(page, "script") if not one.get("src")] == []
    assert titles(contributor, "/search?q=mali") == ["Mali <script>alert(1)</script>"]


def test_reserved_text_is_searched_but_never_shown(contributor: Client) -> None:
    searching.an_indexed("Votes", "A secret paragraph about Mali.", rights="reserved", summary="Polls open.")
    assert texts(contributor.get("/search?q=mali"), ".passage") == ["Polls open."]


@pytest.mark.parametrize(
    ("language", "wrong", "instead"),
    [
        ("en", "This parenthesis is never closed.", "Put a ) where the group ends."),
        ("fr", "Cette parenthèse n’est jamais fermée.", "Mettez une ) à la fin du groupe."),
    ],
)
def test_a_mistake_is_shown_at_its_place_with_what_to_write(language: str, wrong: str, instead: str) -> None:
    client = rows.signed_in("contributor", language)
    page = client.get("/search?q=mali (army")
    assert (page.status_code, [one.get("value") for one in with_(page, "input", id="q")]) == (200, ["mali (army"])
    assert texts(page, "div.mistake p") == [wrong, instead]
    assert [one.text for one in elements(page, "div.mistake pre")] == ["mali (army\n     ^"]


def test_the_query_is_shown_as_it_was_read(contributor: Client) -> None:
    assert texts(contributor.get("/search?q=mali OR niger coup"), ".read-as code") == ["mali OR (niger AND coup)"]


def test_french_operators_are_read_in_french(contributor: Client) -> None:
    page = rows.signed_in("contributor", "fr").get("/search?q=mali SAUF football")
    assert texts(page, ".read-as code") == ["mali AND NOT football"]
    page = contributor.get("/search?q=mali SAUF football")
    assert texts(page, ".read-as code") == ["mali AND sauf AND football"]


def test_facets_count_and_narrow_down(contributor: Client) -> None:
    searching.fill()
    page = contributor.get("/search", {"q": "mali OR مالي OR マリ"})
    assert texts(page, ".facets h2") == ["Date", "Language", "Country of the outlet", "Outlet"]
    assert texts(page, ".facets li")[4:8] == ["Arabic 1", "English 1", "French 1", "Japanese 1"]
    arabic = next(one.get("href") for one in elements(page, ".facets li a") if "language=ar" in one.get("href"))
    narrowed = contributor.get(f"/search{arabic}")
    assert texts(narrowed, ".found-line .headline") == ["جيش مالي يعلن عن عملية في الشمال"]
    assert texts(narrowed, ".chosen .tag") == ["Language Arabic ×take this filter away"]


def test_nothing_found_says_what_to_try(contributor: Client) -> None:
    page = contributor.get("/search?q=submarine carrier&language=fr")
    assert texts(page, ".empty li") == [
        "The same words without filters",
        "Any of the words: submarine OR carrier",
        "Words that begin so: submari*",
        "Words that begin so: carri*",
    ]


def test_pages_follow_each_other_without_loss(contributor: Client) -> None:
    for number in range(45):
        searching.an_indexed(f"Mali {number}", discovered_at=rows.NOW - timedelta(minutes=100 - number))
    seen, there = [], "?q=mali"
    while there:
        page = contributor.get(f"/search{there}")
        seen += texts(page, ".found-line .headline")
        there = next((one.get("href") for one in with_(page, "nav.pages a", rel="next")), "")
    assert seen == [f"Mali {number}" for number in range(44, -1, -1)]


def test_beyond_the_newest_thousand_the_next_page_begins_below_the_last_article(
    contributor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store import search

    monkeypatch.setattr(search.find, "__kwdefaults__", {"below": None, "most": 20})
    for number in range(25):
        searching.an_indexed(f"Mali {number}")
    page = contributor.get("/search?q=mali")
    older = contributor.get("/search" + with_(page, "nav.pages a", rel="next")[0].get("href"))
    assert texts(older, ".found-line .headline") == [f"Mali {number}" for number in range(4, -1, -1)]


@pytest.mark.parametrize(
    "address",
    [
        "?page=99999&q=mali",
        "?older=x&q=mali",
        "?page=-1&q=mali",
        "?outlet=%22%00&q=mali",
        "?day=2026-13&q=mali",
        "?day=99999999999999999999&q=mali",
        "?day=2026-99999999999999999999&q=mali",
        "?day=9999-12-31&q=mali",
    ],
)
def test_an_address_nobody_made_still_answers(contributor: Client, address: str) -> None:
    searching.an_indexed("Mali votes")
    assert contributor.get(f"/search{address}").status_code == 200


# ── saved searches ───────────────────────────────────────────────────────────────────────────────────────────────────


def kept_links(page: Any) -> list[Any]:
    return [one for one in elements(page, "div.kept-line a") if "/search/saved/" in one.get("href")]


def test_a_search_is_saved_as_it_was_read_with_its_filters(contributor: Client) -> None:
    contributor.post("/search/keep", {"q": "mali  coup", "language": "fr", "name": "Mali"})
    kept = models.SavedSearch.objects.get()
    assert (kept.name, kept.query, kept.filters, kept.shared, kept.owner) == (
        "Mali",
        "mali AND coup",
        {"language": "fr"},
        False,
        own(contributor),
    )
    assert contributor.get(f"/search/saved/{kept.uuid}")["Location"] == "/search?q=mali+AND+coup&language=fr"


@pytest.mark.parametrize("values", [{"q": "mali"}, {"q": "mali (", "name": "x"}, {"q": "", "name": "x"}])
def test_what_cannot_be_saved_is_told(contributor: Client, values: dict[str, str]) -> None:
    page = contributor.post("/search/keep", values, follow=True)
    assert (models.SavedSearch.objects.count(), len([one for one in elements(page, "p.notice") if "error" in one.get("class")])) == (0, 1)


def test_only_shared_searches_of_others_are_seen_and_none_changed(contributor: Client) -> None:
    other = rows.a_person()
    shared, private = searching.a_search(other, "Shared", shared=True), searching.a_search(other, "Private")
    assert words(kept_links(contributor.get("/search"))) == ["Shared"]
    assert [contributor.get(f"/search/saved/{one.uuid}").status_code for one in (shared, private)] == [302, 404]
    for what in ("change", "delete"):
        assert contributor.post(f"/search/saved/{shared.uuid}/{what}", {"version": 1, "name": "Mine"}).status_code == 404
    assert contributor.post(f"/search/saved/{shared.uuid}/restore").status_code == 404
    assert models.SavedSearch.objects.filter(name="Shared", deleted_at=None).count() == 1


def test_a_search_is_renamed_and_shared(contributor: Client) -> None:
    kept = searching.a_search(own(contributor))
    contributor.post(f"/search/saved/{kept.uuid}/change", {"version": 1, "name": " Sahel ", "shared": "yes"})
    kept.refresh_from_db()
    assert (kept.name, kept.shared, kept.version) == ("Sahel", True, 2)


def test_the_second_of_two_changes_is_told_and_loses_nothing(contributor: Client) -> None:
    kept = searching.a_search(own(contributor))
    contributor.post(f"/search/saved/{kept.uuid}/change", {"version": 1, "name": "First"})
    page = contributor.post(f"/search/saved/{kept.uuid}/change", {"version": 1, "name": "Second"}, follow=True)
    kept.refresh_from_db()
    assert (kept.name, len([one for one in elements(page, "p.notice") if "warning" in one.get("class")])) == ("First", 1)


def test_a_deleted_search_comes_back_by_undo(contributor: Client) -> None:
    kept = searching.a_search(own(contributor))
    page = contributor.post(f"/search/saved/{kept.uuid}/delete", {"version": 1}, follow=True)
    assert elements(page, ".kept") == []
    undo = elements(page, "form.undo")[0].get("action")
    page = contributor.post(undo, follow=True)
    assert words(kept_links(page)) == ["Mali"]


def test_a_search_that_is_not_there(contributor: Client) -> None:
    assert contributor.get(f"/search/saved/{uuid.uuid4()}").status_code == 404


def test_the_page_asks_as_many_questions_for_twenty_articles_as_for_one(contributor: Client) -> None:
    counts = []
    for number in (1, 30):
        for _ in range(number):
            searching.an_indexed("Mali votes", "The polls in Mali have closed.", outlet=rows.an_outlet())
            searching.a_search(rows.a_person(), shared=True)
        with CaptureQueriesContext(connection) as asked:
            assert contributor.get("/search?q=mali").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 10
