"""Signing in: by password, by one-time link, the throttle, where `next` may lead, and the password of one's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.store import models, people
from monitor.web import moment
from monitor.web.views.sign_in import same_site_path
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.reading import texts

pytestmark = pytest.mark.django_db
PASSWORD = "seven lamps in the harbour"
WRONG = "This e-mail address and password do not go together."


def post(client: Client, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    response = client.post("/sign-in", {"email": email, "password": password} | more)
    return response.status_code, response["Location"] if response.status_code == 302 else "".join(texts(response, "p.error"))


def test_the_right_password_opens_the_desk_whatever_the_capitals_of_the_address(stranger: Client) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    assert post(stranger, " Ada@Desk.localhost ") == (302, "/")
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize("email", ["ada@desk.localhost", "nobody@desk.localhost"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(stranger: Client, email: str) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    assert post(stranger, email, "not it at all") == (403, WRONG)


def test_an_unknown_address_costs_one_hash_like_a_known_one(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    rows.a_person(email="new@desk.localhost")
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda self, *a, **k: hashed.append("hash") or encode(self, *a, **k))
    counts = []
    for email in ("ada@desk.localhost", "nobody@desk.localhost", "new@desk.localhost"):
        hashed.clear()
        post(stranger, email, "not it at all")
        counts.append(len(hashed))
    assert counts == [1, 1, 1]


def test_somebody_shut_out_cannot_sign_in(stranger: Client) -> None:
    person = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    person.is_active = False
    person.save()
    assert post(stranger, "ada@desk.localhost") == (403, WRONG)


@pytest.mark.parametrize(
    ("email", "password"), [("", PASSWORD), ("ada@desk.localhost", ""), ("a" * 255, "x"), ("a\x00@b", "x"), ("a@b", "x" * 1001)]
)
def test_a_form_half_filled_or_absurd_is_refused_before_anything_is_looked_up(stranger: Client, email: str, password: str) -> None:
    assert post(stranger, email, password) == (400, "Write your e-mail address and your password.")
    assert models.SignInAttempt.objects.count() == 0


def test_the_eleventh_failure_in_a_quarter_of_an_hour_must_wait_even_with_the_right_password(stranger: Client) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    answers = [post(stranger, "ada@desk.localhost", "guess")[0] for _ in range(10)]
    assert answers == [403] * 10
    assert post(stranger, "ADA@desk.localhost")[0] == 429
    moment.use(FakeClock(rows.NOW + timedelta(minutes=15, seconds=1)))
    assert post(stranger, "ada@desk.localhost") == (302, "/")
    assert models.SignInAttempt.objects.count() == 0


def test_failures_of_one_address_do_not_shut_out_another_machine(stranger: Client) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    for _ in range(12):
        post(stranger, "ada@desk.localhost", "guess")
    assert post(Client(REMOTE_ADDR="192.0.2.7"), "ada@desk.localhost") == (302, "/")


def test_a_forged_forwarding_header_does_not_escape_the_throttle(stranger: Client) -> None:
    for number in range(11):
        response = stranger.post(
            "/sign-in", {"email": "a@desk.localhost", "password": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
        )
    assert response.status_code == 429


def test_the_throttle_keeps_neither_address_nor_account_in_the_clear(stranger: Client) -> None:
    post(stranger, "ada@desk.localhost", "guess")
    key = models.SignInAttempt.objects.get().key
    assert (len(key), "ada" in key) == (64, False)


def test_the_session_is_a_new_one_after_sign_in(stranger: Client) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    stranger.get("/sign-in")
    session = stranger.session
    session["planted"] = "by an attacker"
    session.save()
    planted = session.session_key
    post(stranger, "ada@desk.localhost")
    assert stranger.session.session_key != planted


def test_next_leads_to_the_page_that_was_wanted(stranger: Client) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    assert post(stranger, "ada@desk.localhost", next="/outlets?health=attention") == (302, "/outlets?health=attention")


EVIL = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "/\tevil",
    "/\n//evil",
    "javascript:alert(1)",
    "",
    "evil",
    "/" + "a" * 2001,
]


@pytest.mark.parametrize("path", EVIL)
def test_next_never_leads_to_another_site(stranger: Client, path: str) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    assert post(stranger, "ada@desk.localhost", next=path) == (302, "/")


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("/\\\t\n\r@:.e#?%\x00\u2028a"), max_size=12))
def test_a_path_that_passes_stays_on_this_site(path: str) -> None:
    passed = same_site_path(path)
    assert passed[:1] == "/" and passed[:2] not in ("//", "/\\") and not set(passed) & set("\\\t\n\r\x00\u2028")


def test_signing_out_needs_a_post_and_ends_the_session(contributor: Client) -> None:
    assert contributor.get("/sign-out").status_code == 405
    assert contributor.get("/").status_code == 200
    assert contributor.post("/sign-out")["Location"] == "/sign-in"
    assert contributor.get("/").status_code == 302


def test_a_link_shows_a_button_however_often_it_is_fetched_and_lets_in_once(stranger: Client) -> None:
    token = people.make_link(rows.a_person(given="Nour"), "invite", rows.NOW)
    for _ in range(3):
        assert texts(stranger.get(f"/in/{token}"), "main button") == ["Open the desk"]
    assert stranger.get("/").status_code == 302
    assert stranger.post(f"/in/{token}")["Location"] == "/"
    assert texts(stranger.get("/"), "p.info") == ["You are in. You have no password yet: you can set one on your page."]
    again = Client().post(f"/in/{token}")
    assert (again.status_code, texts(again, "h1")) == (410, ["This link no longer works"])


def test_a_link_lapses(stranger: Client) -> None:
    token = people.make_link(rows.a_person(), "sign-in", rows.NOW, timedelta(minutes=5))
    moment.use(FakeClock(rows.NOW + timedelta(minutes=5)))
    assert (stranger.get(f"/in/{token}").status_code, stranger.post(f"/in/{token}").status_code) == (410, 410)


def test_a_link_that_was_tampered_with_lets_nobody_in(stranger: Client) -> None:
    token = people.make_link(rows.a_person(), "sign-in", rows.NOW)
    flipped = ("b" if token[0] == "a" else "a") + token[1:]
    assert stranger.post(f"/in/{flipped}").status_code == 410


def test_somebody_who_came_by_link_may_set_a_password_without_an_old_one(stranger: Client) -> None:
    person = rows.a_person(email="ada@desk.localhost", password="the old forgotten one")
    stranger.post(f"/in/{people.make_link(person, 'sign-in', rows.NOW)}")
    assert stranger.post("/me/password", {"new": PASSWORD, "again": PASSWORD})["Location"] == "/me"
    assert stranger.get("/me").status_code == 200
    assert post(Client(), "ada@desk.localhost") == (302, "/")


def test_a_new_password_needs_the_old_one_ends_other_sessions_and_unused_links(stranger: Client) -> None:
    person = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    other = Client()
    post(stranger, "ada@desk.localhost")
    post(other, "ada@desk.localhost")
    token = people.make_link(person, "sign-in", rows.NOW)
    new = "nine gulls above the quay"
    refused = stranger.post("/me/password", {"old": "guess", "new": new, "again": new})
    assert (refused.status_code, texts(refused, "div.error")) == (403, ["The present password is not right."])
    assert stranger.post("/me/password", {"old": PASSWORD, "new": new, "again": new})["Location"] == "/me"
    assert (stranger.get("/").status_code, other.get("/").status_code) == (200, 302)
    assert Client().post(f"/in/{token}").status_code == 410


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("one thing", "another", "The two new passwords differ."),
        ("12345678901", "12345678901", "This password is too common.This password is entirely numeric."),
        ("x" * 1001, "x" * 1001, "This password is too long."),
    ],
)
def test_a_poor_password_is_refused_with_the_reason(contributor: Client, new: str, again: str, said: str) -> None:
    response = contributor.post("/me/password", {"new": new, "again": again})
    assert (response.status_code, texts(response, "div.error")) == (400, [said])


def test_the_language_of_the_pages_is_the_persons(contributor: Client) -> None:
    assert texts(contributor.get("/me", headers={"Accept-Language": "fr"}), "h1") == ["Your page"]
    assert contributor.post("/me/language", {"language": "fr"})["Location"] == "/me"
    assert texts(contributor.get("/me", headers={"Accept-Language": "en"}), "h1") == ["Votre page"]
    assert contributor.post("/me/language", {"language": "xx"}).status_code == 400


@pytest.mark.parametrize(("asked", "said"), [("fr-CA, en;q=0.5", "Se connecter"), ("en", "Sign in"), ("ja", "Sign in"), ("", "Sign in")])
def test_a_stranger_is_spoken_to_as_the_browser_asks(stranger: Client, asked: str, said: str) -> None:
    assert texts(stranger.get("/sign-in", headers={"Accept-Language": asked}), "h1") == [said]


@pytest.mark.parametrize(("wished", "spoken"), [("en-GB,en;q=0.9", "en"), ("fr-FR,fr;q=0.9", "fr")])
def test_the_machine_made_admin_reads_the_desk_in_the_browsers_language_from_the_first_link_on(
    stranger: Client, wished: str, spoken: str
) -> None:
    admin = people.first_admin(rows.NOW)
    assert admin is not None
    for later in (wished, "fr" if spoken == "en" else "en"):  # a second sign-in changes nothing
        token = people.make_link(admin, "sign-in", rows.NOW)
        stranger.post(f"/in/{token}", headers={"Accept-Language": later})
    admin.refresh_from_db()
    assert admin.language == spoken


def test_an_invited_person_keeps_the_language_they_were_invited_in(stranger: Client) -> None:
    person = rows.a_person(language="fr")
    stranger.post(f"/in/{people.make_link(person, 'invite', rows.NOW)}", headers={"Accept-Language": "en"})
    person.refresh_from_db()
    assert person.language == "fr"
