"""The pages about programs: tokens made, shown once and revoked; the interface explained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from monitor.store import models, tokens
from monitor.store.models import Person
from monitor.web import moment
from monitor.web.api import problems, routes
from monitor.web.views import programs
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.programs import a_token
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


def person_in(client: Client) -> Person:
    return Person.objects.get(pk=int(client.session["_auth_user_id"]))


@pytest.fixture
def fresh(contributor: Client) -> Client:
    """A contributor who has just signed in."""
    session = contributor.session
    session["confirmed_at"] = rows.NOW.timestamp()
    session.save()
    return contributor


def make(client: Client, **form: str) -> Any:
    return client.post("/me/tokens/make", {"name": "Script", "scope": "read"} | form)


def shown(page: Any) -> str:
    return next((one.get("value") or "" for one in elements(page, "input") if one.get("id") == "token"), "")


def test_a_token_is_shown_once_and_works(fresh: Client) -> None:
    page = make(fresh, scope="act")
    text = shown(page)
    holder = tokens.holder(text, rows.NOW)
    assert holder is not None
    assert (holder.person, holder.scope, page["Cache-Control"]) == (person_in(fresh), "act", "private, no-store")
    assert text not in fresh.get("/me/tokens").content.decode()


def test_a_page_sent_again_makes_no_second_token(fresh: Client) -> None:
    make(fresh)
    again = make(fresh)
    assert (again.status_code, shown(again), models.ApiToken.objects.count()) == (400, "", 1)
    assert "You have a token of this name already" in again.content.decode()


@pytest.mark.parametrize("form", [{"name": " "}, {"name": "x" * 81}, {"scope": "everything"}, {"scope": ""}])
def test_a_form_that_cannot_be_used_keeps_what_was_written(fresh: Client, form: dict[str, str]) -> None:
    page = make(fresh, **form)
    kept = [one.get("value") for one in elements(page, "input") if one.get("id") == "name"]
    assert (page.status_code, models.ApiToken.objects.count()) == (400, 0)
    assert kept == [form.get("name", "Script").strip() or form["name"]]


def test_a_screen_left_alone_makes_no_token(fresh: Client) -> None:
    person = person_in(fresh)
    person.set_password("a long enough word")
    person.save()
    fresh.force_login(person)
    moment.use(FakeClock(rows.NOW + timedelta(minutes=11)))
    page = make(fresh)
    assert (page.status_code, models.ApiToken.objects.count()) == (200, 0)
    assert shown(make(fresh, **{"confirm-password": "a long enough word"})) != ""


def test_a_revoked_token_is_gone(fresh: Client) -> None:
    text = a_token(person_in(fresh))
    token = models.ApiToken.objects.get()
    assert fresh.post(f"/me/tokens/{token.uuid}/revoke")["Location"] == "/me/tokens"
    assert tokens.holder(text, rows.NOW) is None
    page = fresh.get("/me/tokens").content.decode()
    assert ("is revoked" in page, "No token yet" in page) == (True, True)


def test_nobody_sees_or_revokes_anothers_token(fresh: Client) -> None:
    other = rows.a_person("admin")
    text = a_token(other)
    token = models.ApiToken.objects.get()
    assert token.name not in fresh.get("/me/tokens").content.decode()
    fresh.post(f"/me/tokens/{token.uuid}/revoke")
    assert tokens.holder(text, rows.NOW) is not None


def test_the_name_of_a_token_is_only_text(fresh: Client) -> None:
    tokens.make(person_in(fresh), "<b>bold</b> & co", "read", rows.NOW)
    assert [one.tag for one in elements(fresh.get("/me/tokens"), "li") for one in one.iter("b") if one.text == "bold"] == []


def test_the_page_of_tokens_asks_as_much_for_twenty_as_for_one(fresh: Client) -> None:
    counts = []
    for number in (1, 19):
        for _ in range(number):
            a_token(person_in(fresh))
        with CaptureQueriesContext(connection) as asked:
            assert fresh.get("/me/tokens").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_my_page_leads_to_my_tokens(contributor: Client) -> None:
    there = [one.get("href") for one in elements(contributor.get("/me"), "a")]
    assert [path for path in ("/me/tokens", "/api") if path not in there] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_guide_tells_every_operation_and_problem(language: str) -> None:
    page = rows.signed_in("contributor", language).get("/api")
    codes = [one.text for one in elements(page, "code")]
    told = [f"{method.upper()} {path}" for path, by_method in routes.document()["paths"].items() for method in by_method]
    assert [one for one in told if one not in codes] == []
    assert [kind for kind in problems.KINDS if kind not in codes] == []
    assert [one.get("id") for one in elements(page, "div") if one.get("id") in problems.KINDS] == list(problems.KINDS)


def test_every_operation_has_its_words_in_french() -> None:
    summaries = {told["summary"] for by_method in routes.document()["paths"].values() for told in by_method.values()}
    assert summaries == set(programs._SUMMARIES)
    with translation.override("fr"):
        assert [one for one in programs._SUMMARIES.values() if str(one) == one._args[0]] == []  # type: ignore[union-attr]


def test_the_address_shown_is_the_desks_own(contributor: Client) -> None:
    assert "http://testserver/api/v1/leads?limit=5" in contributor.get("/api").content.decode()
