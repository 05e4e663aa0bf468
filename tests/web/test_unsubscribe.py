"""The address in every mail: looking changes nothing, one POST without cookie or form token ends the stream, and there is a way back."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.store import mail_wishes
from tests.web import rows
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


def a_token(language: str = "en", stream: str = "digest") -> tuple[int, str]:
    person = rows.a_person(language=language)
    return person.pk, f"/u/{mail_wishes.unsubscribe_token(person.pk, stream)}"


def test_looking_shows_a_button_and_changes_nothing(stranger: Client) -> None:
    person, address = a_token()
    page = stranger.get(address)
    stranger.head(address)
    assert ([one.text_content() for one in elements(page, "main button")], mail_wishes.wishes_of(person).digest) == (["Unsubscribe"], True)


def test_a_mail_programs_one_click_ends_it_at_once() -> None:
    person, address = a_token()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, dict(answer.cookies), mail_wishes.wishes_of(person).digest) == (200, {}, False)
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_a_one_click_may_come_as_form_data() -> None:
    person, address = a_token(stream="alerts")
    assert Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (mail_wishes.wishes_of(person).alerts, mail_wishes.wishes_of(person).digest) == (False, True)


def test_the_page_offers_the_way_back(stranger: Client) -> None:
    person, address = a_token()
    page = stranger.post(address, {"List-Unsubscribe": "One-Click"})
    assert [(one.get("name"), one.get("value")) for one in elements(page, "main button")] == [("come", "back")]
    stranger.post(address, {"come": "back"})
    assert mail_wishes.wishes_of(person).digest


def test_it_speaks_the_persons_language_whoever_looks(contributor: Client) -> None:
    _person, address = a_token("fr")
    page = contributor.get(address, headers={"Accept-Language": "en"})
    found = ([one.text_content() for one in elements(page, "h1")], elements(page, "nav.nav"))
    assert found == (["Ne plus recevoir ces courriels\u202f?"], [])


def test_a_false_address_is_a_plain_page(stranger: Client) -> None:
    _person, address = a_token()
    assert [stranger.generic(method, address[:-2] + "zz").status_code for method in ("GET", "POST")] == [404, 404]
