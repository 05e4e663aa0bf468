"""person add, link, role, list: one-time links are printed once, mistakes are one sentence and change nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.store import invite, models, people
from tests.cli.conftest import Told

Monitor = Callable[..., Told]


def listed(monitor: Monitor) -> list[tuple[str, str]]:
    return [(row["email"], row["role"]) for row in monitor("person", "list", "--json").objects]


def token_of(line: str) -> str:
    address, _, token = line.rpartition("/in/")
    assert address == "http://127.0.0.1:8000"
    return token


def test_add_prints_the_link_that_lets_the_person_in(monitor: Monitor) -> None:
    told = monitor("person", "add", "Anna@example.org", "--given", "Anna", "--family", "Example", "--role", "editor", "--language", "en")
    lines = told.out.splitlines()
    assert (told.status, lines[0]) == (0, "Added anna@example.org as editor. Their one-time link, good for three days:")
    link = models.OneTimeLink.objects.get()
    person = people.use_link(token_of(lines[1]), "invite", link.made_at)
    assert person is not None and (person.email, person.role, person.language) == ("anna@example.org", "editor", "en")
    assert (link.expires_at - link.made_at).days == 3


def test_link_lets_in_once_within_the_hour(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org")
    models.OneTimeLink.objects.all().delete()
    token = token_of(monitor("person", "link", "ANNA@example.org").out.strip())
    link = models.OneTimeLink.objects.get()
    assert (link.expires_at - link.made_at).total_seconds() == 3600
    assert [people.use_link(token, None, link.made_at) is not None for _ in range(2)] == [True, False]


def test_invite_prints_a_link_that_makes_the_person_once(monitor: Monitor) -> None:
    told = monitor("person", "invite", "Anna@example.org", "--role", "editor", "--language", "en")
    first, address = told.out.splitlines()
    assert (told.status, first) == (0, "Invited anna@example.org as editor. The one-time link, good for three days:")
    place, _, token = address.rpartition("/join/")
    made = models.Invitation.objects.get()
    assert (place, models.Person.objects.count()) == ("http://127.0.0.1:8000", 0)
    taken = [invite.accept(token, "Anna", "Example", "en", "", made.made_at) for _ in range(2)]
    assert [person and (person.email, person.role) for person in taken] == [("anna@example.org", "editor"), None]


def test_out_and_in_again_keep_role_and_say_what_was_handed_back(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org", "--role", "editor")
    assert monitor("person", "out", "anna@example.org") == Told(0, "anna@example.org cannot come in any more; 0 claims handed back.\n", "")
    assert [row["active"] for row in monitor("person", "list", "--json").objects] == [False]
    assert monitor("person", "out", "anna@example.org") == Told(2, "", "anna@example.org is shut out already.\n")
    assert monitor("person", "in", "anna@example.org") == Told(0, "anna@example.org may come in again.\n", "")
    assert listed(monitor) == [("anna@example.org", "editor")]


def test_somebody_shut_out_gets_no_link_and_the_list_says_so(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org")
    monitor("person", "out", "anna@example.org")
    sentence = "anna@example.org is shut out; `monitor person in anna@example.org` lets them in again.\n"
    assert monitor("person", "link", "anna@example.org") == Told(2, "", sentence)
    assert models.OneTimeLink.objects.filter(used_at=None).count() == 0
    assert monitor("person", "list").out.splitlines()[1].split() == ["anna@example.org", "contributor", "fr", "shut", "out"]


@pytest.mark.parametrize("name", ["a\nb", "\x01", "\u202eada", "x" * 81, "\udcff"])
def test_a_name_nobody_could_sign_with_is_refused(monitor: Monitor, name: str) -> None:
    sentence = "--given takes a name of at most 80 characters on one line.\n"
    assert monitor("person", "add", "anna@example.org", "--given", name) == Told(2, "", sentence)
    assert models.Person.objects.count() == 0


def test_the_only_admin_is_not_shut_out(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org", "--role", "admin")
    sentence = "anna@example.org is the only admin; make somebody else admin first.\n"
    assert monitor("person", "out", "anna@example.org") == Told(2, "", sentence)


def test_list_has_what_may_be_printed(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org", "--given", "Anna", "--family", "Example")
    row = {"email": "anna@example.org", "given": "Anna", "family": "Example", "role": "contributor", "language": "fr", "active": True}
    assert monitor("person", "list", "--json").objects == [row]
    assert monitor("person", "list").out.splitlines()[1].split() == ["anna@example.org", "Anna", "Example", "contributor", "fr"]


def test_role_changes_but_the_last_admin_stays(monitor: Monitor) -> None:
    monitor("person", "add", "anna@example.org")
    assert monitor("person", "role", "anna@example.org", "admin") == Told(0, "anna@example.org is now admin.\n", "")
    sentence = "anna@example.org is the only admin; make somebody else admin first.\n"
    assert monitor("person", "role", "anna@example.org", "editor") == Told(2, "", sentence)
    assert listed(monitor) == [("anna@example.org", "admin")]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("add", "anna"), "'anna' is no e-mail address."),
        (("add", "anna@example.org"), "anna@example.org is already a person of this desk."),
        (("add", "ben@example.org", "--role", "boss"), "There is no role 'boss'; roles are contributor, editor, admin."),
        (("add", "ben@example.org", "--language", "de"), "The desk does not speak 'de'; languages are fr, en."),
        (("invite", "anna@example.org"), "anna@example.org is already a person of this desk."),
        (("invite", "ben"), "'ben' is no e-mail address."),
        (("out", "ben@example.org"), "Nobody of this desk has the address ben@example.org."),
        (("link", "ben@example.org"), "Nobody of this desk has the address ben@example.org."),
        (("role", "ben@example.org", "editor"), "Nobody of this desk has the address ben@example.org."),
        (("role", "anna@example.org", "boss"), "There is no role 'boss'; roles are contributor, editor, admin."),
    ],
)
def test_mistake_is_one_sentence_and_changes_nothing(monitor: Monitor, command: tuple[str, ...], sentence: str) -> None:
    monitor("person", "add", "anna@example.org")
    assert monitor("person", *command) == Told(2, "", sentence + "\n")
    assert listed(monitor) == [("anna@example.org", "contributor")]
    assert models.OneTimeLink.objects.count() == 1
