"""The people's pages: invitations, roles, in and out, forgotten passwords, and the password asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.config.environment import load_settings
from monitor.store import invite, models, people
from monitor.store.models import Person
from monitor.web import moment
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db
PASSWORD = "seven lamps in the harbour"
NEW = {"new": "nine lamps in the harbour", "again": "nine lamps in the harbour"}
NAMES = {"given": "Ada", "family": "Example", "language": "en"}
NO_ADDRESS = "This is no e-mail address; letters with accents stand after the @ only. Write it as ada@example.org."


@pytest.fixture
def boss() -> Person:
    return rows.a_person("admin", email="boss@desk.localhost", password=PASSWORD, given="Bo", family="Boss")


@pytest.fixture
def admin(boss: Person) -> Iterator[Client]:
    client = Client()
    assert client.post("/sign-in", {"email": boss.email, "password": PASSWORD})["Location"] == "/"
    yield client


def later(minutes: float) -> None:
    moment.use(FakeClock(rows.NOW + timedelta(minutes=minutes)))


def link_of(response: Any) -> str:
    assert response.status_code == 200
    (field,) = elements(response, "input.link-to-copy")
    return str(field.get("value"))


def path_of(response: Any) -> str:
    return link_of(response).removeprefix("http://127.0.0.1:8000")


def notices(response: Any) -> list[str]:
    return texts(response, "p.notice")


# ── invitations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_is_handed_over_and_brings_somebody_in(admin: Client) -> None:
    path = path_of(admin.post("/people/invite", {"email": "ada@desk.localhost", "role": "editor", "language": "fr"}))
    assert "ada@desk.localhost" in texts(admin.get("/people"), "ul.lines")[0]
    guest = Client()
    assert guest.get(path).status_code == 200
    assert guest.post(path, NAMES | NEW)["Location"] == "/"
    person = Person.objects.get(email="ada@desk.localhost")
    assert (person.role, person.language, person.given_name, person.check_password(NEW["new"])) == ("editor", "en", "Ada", True)
    assert guest.get("/me").status_code == 200
    assert [Client().get(path).status_code, Client().post(path, NAMES | NEW).status_code] == [410, 410]


def test_the_link_is_shown_once_and_nowhere_kept(admin: Client) -> None:
    token = path_of(admin.post("/people/invite", {"email": "ada@desk.localhost", "role": "editor", "language": "fr"})).split("/")[-1]
    assert token not in admin.get("/people").content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert (table, token in str(cursor.fetchall())) == (table, False)


def test_the_role_asked_for_in_the_form_of_the_guest_counts_for_nothing(admin: Client) -> None:
    path = path_of(admin.post("/people/invite", {"email": "ada@desk.localhost", "role": "contributor", "language": "fr"}))
    Client().post(path, NAMES | NEW | {"role": "admin", "email": "eve@desk.localhost"})
    assert list(Person.objects.exclude(email="boss@desk.localhost").values_list("email", "role")) == [("ada@desk.localhost", "contributor")]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1:8000@evil.example"])
def test_a_forged_host_is_refused_and_never_in_a_link(admin: Client, host: str) -> None:
    assert admin.post("/people/invite", {"email": "a@b.org", "role": "editor", "language": "fr"}, headers={"host": host}).status_code == 400
    assert models.Invitation.objects.count() == 0


def test_a_link_carries_the_public_address_whatever_the_request_says(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    own = load_settings({"MONITOR_HOME": str(settings.MONITOR.home), "MONITOR_PUBLIC_URL": "https://desk.example.org"})
    monkeypatch.setattr(settings, "MONITOR", own)
    form = {"email": "a@b.org", "role": "editor", "language": "fr"}
    response = admin.post("/people/invite", form, headers={"host": "localhost", "X-Forwarded-Host": "evil.example"})
    assert link_of(response).startswith("https://desk.example.org/join/")
    assert texts(response, "p.warn") == []


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": "nobody", "role": "editor"}, NO_ADDRESS),
        ({"email": "boss@desk.localhost", "role": "editor"}, "Somebody of the desk has this address already."),
        ({"email": "a@b.org", "role": "king"}, "Choose a role."),
    ],
)
def test_a_bad_invitation_keeps_what_was_written(admin: Client, form: dict[str, str], sentence: str) -> None:
    response = admin.post("/people/invite", form | {"language": "fr"})
    assert (response.status_code, texts(response, "p.error")) == (400, [sentence])
    assert elements(response, "form.form")[0].xpath(".//input[@name='email']")[0].get("value") == form["email"]


def test_an_invitation_can_be_renewed_and_revoked_and_the_second_admin_is_told(admin: Client) -> None:
    path = path_of(admin.post("/people/invite", {"email": "ada@desk.localhost", "role": "editor", "language": "fr"}))
    newer = path_of(admin.post(f"/people/invitation/{models.Invitation.objects.get().uuid}/renew"))
    assert [Client().get(one).status_code for one in (path, newer)] == [410, 200]
    key = models.Invitation.objects.get(ended_at=None).uuid
    said = [notices(admin.post(f"/people/invitation/{key}/revoke", follow=True))[0] for _ in range(2)]
    assert said == [
        "The invitation of ada@desk.localhost is revoked; its link no longer works.",
        "This invitation was accepted or revoked meanwhile.",
    ]
    assert Client().get(newer).status_code == 410


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ({}, 0),
        ({"given": "", "family": ""}, 1),
        ({"again": "x"}, 1),
        ({"new": "12345678", "again": "12345678"}, 2),
        ({"language": "xx"}, 1),
    ],
)
def test_a_guest_is_told_what_is_wrong_and_the_link_still_works(form: dict[str, str], count: int) -> None:
    _, token = invite.invite("ada@desk.localhost", "editor", "fr", None, rows.NOW)
    response = Client().post(f"/join/{token}", NAMES | NEW | form)
    assert (response.status_code, len(texts(response, "div.error p")) if count else 0) == (400 if count else 302, count)
    assert (invite.of_token(token, rows.NOW) is None) == (count == 0)


# ── asked again ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_ten_minutes_the_password_is_asked_for_and_what_was_filled_in_is_kept(admin: Client) -> None:
    later(10)
    form = {"email": "ada@desk.localhost", "role": "editor", "language": "fr"}
    response = admin.post("/people/invite", form)
    kept = {one.get("name"): one.get("value") for one in elements(response, "main input") if one.get("name") in form}
    assert (response.status_code, texts(response, "h1"), kept, models.Invitation.objects.count()) == (200, ["Is it you?"], form, 0)
    wrong = admin.post("/people/invite", form | {"confirm-password": "guess"})
    assert (wrong.status_code, texts(wrong, "p.error")) == (403, ["The present password is not right."])
    assert models.Invitation.objects.count() == 0
    before = admin.session.session_key
    assert admin.post("/people/invite", form | {"confirm-password": PASSWORD}).status_code == 200
    assert admin.session.session_key != before
    assert models.Invitation.objects.get().email == "ada@desk.localhost"
    later(19)
    assert link_of(admin.post("/people/invite", form))


def test_guessing_at_the_second_question_is_throttled(admin: Client) -> None:
    later(11)
    key = rows.a_person().uuid
    answers = [admin.post(f"/people/{key}/out", {"confirm-password": "guess"}).status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert admin.post(f"/people/{key}/out", {"confirm-password": PASSWORD}).status_code == 429


def test_a_clock_set_back_does_not_lengthen_the_ten_minutes(admin: Client) -> None:
    later(-1)
    assert texts(admin.post(f"/people/{rows.a_person().uuid}/out"), "h1") == ["Is it you?"]


def test_an_admin_without_a_password_comes_by_a_fresh_link(stranger: Client) -> None:
    admin = rows.a_person("admin")
    stranger.post(f"/in/{people.make_link(admin, 'sign-in', rows.NOW)}")
    ada = rows.a_person()
    assert stranger.post(f"/people/{ada.uuid}/role", {"role": "editor", "seen": "contributor"}).status_code == 302
    later(11)
    response = stranger.post(f"/people/{ada.uuid}/role", {"role": "admin", "seen": "editor"})
    assert (texts(response, "h1"), len(elements(response, "main input"))) == (["Is it you?"], 0)
    assert f"monitor person link {admin.email}" in texts(response, "code")
    refused = stranger.post("/me/password", NEW)
    assert (refused.status_code, Person.objects.get(pk=ada.pk).role) == (400, "editor")
    sentence = "You came in more than ten minutes ago. Come in by a new one-time link, then set the password."
    assert texts(refused, "div.error p") == [sentence]


# ── one person ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_role_signs_the_person_out_and_gives_the_new_rights(admin: Client) -> None:
    ada = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    hers = Client()
    hers.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    response = admin.post(f"/people/{ada.uuid}/role", {"role": "admin", "seen": "contributor"}, follow=True)
    assert (notices(response), texts(response, "p.kicker")) == (["The role is changed."], ["Admin"])
    assert hers.get("/people")["Location"] == "/sign-in?next=%2Fpeople"
    hers.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    assert hers.get("/people").status_code == 200


def test_an_admin_who_steps_down_stays_signed_in_without_the_page(admin: Client, boss: Person) -> None:
    rows.a_person("admin")
    assert admin.post(f"/people/{boss.uuid}/role", {"role": "editor", "seen": "admin"})["Location"] == "/me"
    assert [admin.get("/me").status_code, admin.get("/people").status_code] == [200, 403]


def test_the_last_admin_and_the_slower_admin_are_told(admin: Client, boss: Person) -> None:
    ada = rows.a_person("editor")
    said = [
        notices(admin.post(f"/people/{key}/role", {"role": role, "seen": seen}, follow=True))[0]
        for key, role, seen in ((boss.uuid, "editor", "admin"), (ada.uuid, "admin", "contributor"))
    ]
    assert said == [
        "This is the only admin of the desk. Make somebody else admin first.",
        "Somebody else was faster, so you changed nothing. The page shows how it is now.",
    ]


def test_shut_out_and_let_in_again(admin: Client) -> None:
    ada = rows.a_person("editor", email="ada@desk.localhost", password=PASSWORD)
    hers = Client()
    hers.force_login(ada)
    rows.a_told_lead("Convoy", rows.an_outlet(), status="claimed", claimed_by=ada)
    response = admin.post(f"/people/{ada.uuid}/out", follow=True)
    assert notices(response) == ["Shut out. Claims handed back: 1. Everything else is kept."]
    assert (hers.get("/").status_code, models.Lead.objects.get().status) == (302, "queued")
    assert admin.post(f"/people/{ada.uuid}/in", follow=True).status_code == 200
    assert hers.get("/").status_code == 302  # the old session stays ended
    assert Client().post("/sign-in", {"email": ada.email, "password": PASSWORD})["Location"] == "/"
    assert texts(admin.get(f"/people/{ada.uuid}"), "ul.lines li")[0].endswith("let in again by Bo Boss")


def test_signing_somebody_out_ends_their_sessions_and_not_ones_own(admin: Client, boss: Person) -> None:
    ada = rows.a_person(password=PASSWORD)
    hers = Client()
    hers.force_login(ada)
    admin.post(f"/people/{ada.uuid}/sessions")
    admin.post(f"/people/{boss.uuid}/sessions")
    assert (hers.get("/").status_code, admin.get("/people").status_code) == (302, 200)


def test_somebody_who_is_not_there_is_not_found(admin: Client) -> None:
    key = "00000000-0000-4000-8000-000000000000"
    assert [admin.get(f"/people/{key}").status_code, admin.post(f"/people/{key}/out").status_code] == [404, 404]


# ── forgotten passwords ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_forgotten_password_is_seen_answered_and_set(admin: Client) -> None:
    ada = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    old = Client()
    old.force_login(ada)
    assert Client().post("/forgot", {"email": "ADA@desk.localhost"}).status_code == 200
    assert "ada@desk.localhost" in texts(admin.get("/people"), "section.notice")[0]
    path = path_of(admin.post(f"/people/{ada.uuid}/reset"))
    assert elements(admin.get("/people"), "section.notice") == []
    hers = Client()
    assert hers.get(path).status_code == 200
    assert hers.post(path, NEW | {"again": "other"}).status_code == 400
    assert hers.post(path, NEW)["Location"] == "/"
    assert (hers.get("/me").status_code, old.get("/me").status_code) == (200, 302)
    assert [Client().get(path).status_code, Client().post(path, NEW).status_code] == [410, 410]
    assert Client().post("/sign-in", {"email": ada.email, "password": NEW["new"]})["Location"] == "/"


def test_a_reset_link_ends_when_the_password_is_changed_another_way(admin: Client) -> None:
    ada = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    path = path_of(admin.post(f"/people/{ada.uuid}/reset"))
    people.set_password(ada, "ten lamps in the harbour")
    assert Client().post(path, NEW).status_code == 410


def test_a_reset_link_does_not_sign_in_by_itself() -> None:
    token = people.make_link(rows.a_person(), "reset", rows.NOW)
    assert Client().post(f"/in/{token}").status_code == 410


def test_known_and_unknown_addresses_get_the_same_answer_at_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    hashed: list[object] = []
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *given, **_more: str(hashed.append(given)))
    answers, costs = [], []
    for email in ("ada@desk.localhost", "nobody@desk.localhost"):
        with CaptureQueriesContext(connection) as asked:
            response = Client().post("/forgot", {"email": email})
        answers.append((response.status_code, texts(response, "main")))
        costs.append(len(asked))
    assert (answers[0], costs[0], hashed) == (answers[1], costs[1], [])


def test_asking_again_and_again_is_throttled() -> None:
    answers = [Client().post("/forgot", {"email": "nobody@desk.localhost"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize("email", ["", "a" * 255, "a\x00@b"])
def test_a_request_without_an_address_says_so(email: str) -> None:
    assert Client().post("/forgot", {"email": email}).status_code == 400


def test_a_request_can_be_put_aside(admin: Client) -> None:
    ada = rows.a_person()
    Client().post("/forgot", {"email": ada.email})
    assert notices(admin.post(f"/people/{ada.uuid}/no-reset", follow=True)) == ["The request is put aside."]
    assert Person.objects.exclude(reset_asked_at=None).count() == 0


# ── one's own page ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_one_reads_and_follows_is_kept_and_nothing_unknown(contributor: Client) -> None:
    rows.theme_labels({"maritime": {"en": "Maritime security"}, "terror": {"en": "Terrorism"}})
    rows.an_outlet(language="ja")
    form = {"languages": ["fr", "ja", "xx"], "sections": ["asia", "nowhere"], "themes": ["maritime", "<script>"]}
    page = contributor.post("/me/follows", form, follow=True)
    person = Person.objects.get()
    assert (set(person.languages_read), person.sections_followed, person.themes_followed) == ({"fr", "ja"}, ["asia"], ["maritime"])
    ticked = {one.get("value") for one in elements(page, "fieldset.choices input") if one.get("checked") is not None}
    assert ticked == {"fr", "ja", "asia", "maritime"}


@pytest.mark.parametrize(
    ("given", "family", "status"), [("Zoe", "Alpha", 302), ("", "Alpha", 400), ("Z\x00", "Alpha", 400), ("Z" * 81, "A", 400)]
)
def test_names_are_changed_or_refused_in_words(contributor: Client, given: str, family: str, status: int) -> None:
    response = contributor.post("/me/names", {"given": given, "family": family})
    person = Person.objects.get()
    assert response.status_code == status
    assert (person.given_name, person.family_name) == ((given, family) if status == 302 else ("Ada", "Example"))


def test_signing_out_everywhere_else_keeps_this_session() -> None:
    ada = rows.a_person(email="ada@desk.localhost", password=PASSWORD)
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(ada)
    assert here.post("/me/sessions")["Location"] == "/me"
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 302)
