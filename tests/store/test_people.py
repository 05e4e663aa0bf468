"""People: taken in once, with a role; links that work once; the first admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import UsageError
from monitor.store import models, people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


def ada(role: str = "contributor") -> models.Person:
    return people.add(" Ada@Desk.localhost ", " Ada ", "Example", role, "fr", NOW)


def test_a_person_is_taken_in_without_a_password_under_a_lower_case_address() -> None:
    person = ada()
    assert (person.email, person.given_name, person.has_usable_password(), person.joined_at) == ("ada@desk.localhost", "Ada", False, NOW)


@pytest.mark.parametrize("email", ["ada@desk.localhost", "ADA@DESK.LOCALHOST"])
def test_the_same_address_is_refused_with_a_sentence(email: str) -> None:
    ada()
    with pytest.raises(UsageError, match=r"^ada@desk\.localhost is already a person of this desk\.$"):
        people.add(email, "", "", "editor", "fr", NOW)


@pytest.mark.parametrize(
    ("email", "role", "language"),
    [
        ("not an address", "editor", "fr"),
        ("a\x00@b.org", "editor", "fr"),
        ("a\n@b.org", "editor", "fr"),
        ("a@b.org", "king", "fr"),
        ("a@b.org", "editor", "xx"),
    ],
)
def test_a_bad_address_role_or_language_is_refused(email: str, role: str, language: str) -> None:
    with pytest.raises(UsageError):
        people.add(email, "", "", role, language, NOW)
    assert models.Person.objects.count() == 0


def test_the_first_admin_is_made_though_others_were_let_in_before() -> None:
    people.add("ada@desk.localhost", "", "", "editor", "en", NOW)
    first = people.first_admin(NOW)
    assert first is not None
    assert (first.email, first.role) == ("editor@desk.localhost", "admin")


def test_the_first_admin_is_made_only_when_there_is_none() -> None:
    first = people.first_admin(NOW)
    assert first is not None
    assert (first.email, first.role) == ("editor@desk.localhost", "admin")
    assert people.first_admin(NOW) is None


def test_people_are_listed_by_family_name() -> None:
    people.add("z@desk.localhost", "Zoe", "Alpha", "editor", "en", NOW)
    ada()
    assert [(one.family, one.role, one.has_password) for one in people.list_all()] == [
        ("Alpha", "editor", False),
        ("Example", "contributor", False),
    ]


def test_a_link_works_once_and_its_token_is_not_kept() -> None:
    token = people.make_link(ada(), "invite", NOW)
    assert token not in str(list(models.OneTimeLink.objects.values()))
    assert people.link_works(token, NOW)
    used = people.use_link(token, "invite", NOW)
    assert used is not None
    assert (used.email, people.use_link(token, "invite", NOW), people.link_works(token, NOW)) == ("ada@desk.localhost", None, False)


def test_a_link_for_one_purpose_does_not_serve_another() -> None:
    token = people.make_link(ada(), "invite", NOW)
    assert people.use_link(token, "reset", NOW) is None
    assert people.link_works(token, NOW)
    reset = people.make_link(people.find("ada@desk.localhost"), "reset", NOW)
    assert (people.use_link(reset, None, NOW), people.link_works(reset, NOW), people.link_works(reset, NOW, "reset")) == (None, False, True)


def test_a_link_ends_with_the_password_it_was_made_for() -> None:
    person = ada()
    token = people.make_link(person, "reset", NOW)
    models.Person.objects.update(password="another one")
    assert (people.link_works(token, NOW, "reset"), people.use_link(token, "reset", NOW)) == (False, None)


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "a" * 10_000])
def test_a_token_nobody_made_lets_nobody_in(token: str) -> None:
    ada()
    assert people.use_link(token, None, NOW) is None


def test_a_link_lapses_at_its_moment() -> None:
    token = people.make_link(ada(), "sign-in", NOW, timedelta(hours=1))
    assert people.link_works(token, NOW + timedelta(minutes=59))
    assert not people.link_works(token, NOW + timedelta(hours=1))


def test_lapsed_links_are_cleared_a_week_later() -> None:
    person = ada()
    people.make_link(person, "sign-in", NOW)
    people.make_link(person, "sign-in", NOW + timedelta(days=8))
    assert models.OneTimeLink.objects.count() == 1


def test_a_link_of_somebody_shut_out_does_not_work() -> None:
    person = ada()
    token = people.make_link(person, "sign-in", NOW)
    models.Person.objects.update(is_active=False)
    assert people.use_link(token, "sign-in", NOW) is None


def test_the_throttle_counts_each_account_and_address_apart() -> None:
    allowed = [people.attempt_allowed("ada", "192.0.2.1", NOW) for _ in range(11)]
    assert allowed == [True] * 10 + [False]
    assert people.attempt_allowed("ada", "192.0.2.2", NOW)
    assert people.attempt_allowed("bob", "192.0.2.1", NOW)
    assert people.attempt_allowed("ada", "192.0.2.1", NOW + timedelta(minutes=16))


def test_an_address_with_letters_of_its_country_after_the_at_is_kept_as_mail_servers_carry_it() -> None:
    made = people.add("Ada@Bücher.example", "Ada", "Byron", "editor", "en", NOW)
    assert made.email == "ada@xn--bcher-kva.example"
    assert people.find("ada@bücher.example") == models.Person.objects.get_by_natural_key("ADA@BÜCHER.example") == made
    with pytest.raises(UsageError, match=r"'adà@example\.org' is no e-mail address: before the @ it takes letters without accents only"):
        people.add("adà@example.org", "Ada", "Byron", "editor", "en", NOW)


@pytest.mark.parametrize("address", ["ada@é..example", "ada@\u200d.example", "ada@-é.example", "ada@\U0001f600.example", "ada@é"])
def test_an_address_whose_domain_no_server_could_have_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="is no e-mail address"):
        people.add(address, "Ada", "Byron", "editor", "en", NOW)
