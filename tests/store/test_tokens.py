"""Personal tokens: shown once, hashed at rest, ended for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.errors import PersonRefused
from monitor.store import models, people, tokens
from monitor.store.models import ApiToken, Person
from tests.web.rows import NOW

pytestmark = pytest.mark.django_db


def a_person(email: str = "ada@desk.localhost") -> Person:
    return people.add(email, "Ada", "Example", "contributor", "en", NOW)


def test_a_token_finds_its_person_and_scope() -> None:
    ada = a_person()
    made, text = tokens.make(ada, "  Script ", "act", NOW)
    holder = tokens.holder(text, NOW)
    assert holder == tokens.Holder(made.id, "act", ada)
    assert made == tokens.Token(made.id, "Script", "act", NOW, None)


def test_the_database_keeps_nothing_that_opens_the_desk() -> None:
    _made, text = tokens.make(a_person(), "Script", "read", NOW)
    row = ApiToken.objects.get()
    kept = " ".join(str(value) for value in ApiToken.objects.values_list().get())
    assert [part for part in (text, text[27:]) if part in kept] == []
    assert tokens.holder(f"desk_{text[5:27]}{row.secret_hash[:43]}", NOW) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-2] + ("AA" if t[-2:] != "AA" else "BB"),
        str.lower,
        lambda t: t + "A",
        lambda t: t[:-1],
        lambda t: "",
        lambda t: t + "\n",
        lambda t: "desk_" + "é" * 65,
    ],
)
def test_anything_else_than_the_token_finds_nobody(change: object) -> None:
    assert callable(change)
    _made, text = tokens.make(a_person(), "Script", "read", NOW)
    assert tokens.holder(change(text), NOW) is None


def test_another_persons_secret_does_not_open_a_token() -> None:
    first = tokens.make(a_person(), "Script", "read", NOW)[1]
    second = tokens.make(a_person("bob@desk.localhost"), "Script", "read", NOW)[1]
    assert tokens.holder(first[:27] + second[27:], NOW) is None


def test_a_revoked_token_is_dead_and_its_name_free_again() -> None:
    ada = a_person()
    made, text = tokens.make(ada, "Script", "read", NOW)
    assert tokens.revoke(ada, models.ApiToken.objects.get().uuid, NOW) == made
    assert tokens.holder(text, NOW) is None
    assert tokens.revoke(ada, models.ApiToken.objects.get().uuid, NOW) is None
    again, _text = tokens.make(ada, "Script", "read", NOW)
    assert tokens.of(ada) == [again]


def test_nobody_revokes_anothers_token() -> None:
    _made, text = tokens.make(a_person(), "Script", "read", NOW)
    assert tokens.revoke(a_person("bob@desk.localhost"), ApiToken.objects.get().uuid, NOW) is None
    assert tokens.holder(text, NOW) is not None


def test_whoever_was_shut_out_comes_in_by_no_token() -> None:
    _made, text = tokens.make(a_person(), "Script", "read", NOW)
    Person.objects.update(is_active=False)
    assert tokens.holder(text, NOW) is None


def test_the_last_use_is_noted_once_a_minute() -> None:
    ada = a_person()
    _made, text = tokens.make(ada, "Script", "read", NOW)
    seen = []
    for seconds in (0, 59, 61):
        tokens.holder(text, NOW + timedelta(seconds=seconds))
        seen.append(tokens.of(ada)[0].last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(seconds=61)]


@pytest.mark.parametrize(
    ("name", "scope", "code"),
    [
        (" ", "read", "token_name"),
        ("x" * 81, "read", "token_name"),
        ("a\0b", "read", "token_name"),
        ("Script", "all", "token_scope"),
        ("Taken", "read", "token_known"),
    ],
)
def test_what_cannot_be_a_token_is_refused(name: str, scope: str, code: str) -> None:
    ada = a_person()
    tokens.make(ada, "Taken", "read", NOW)
    with pytest.raises(PersonRefused) as why:
        tokens.make(ada, name, scope, NOW)
    assert (why.value.code, len(tokens.of(ada))) == (code, 1)


def test_twenty_tokens_are_the_most() -> None:
    ada = a_person()
    for number in range(tokens.MOST):
        tokens.make(ada, f"Script {number}", "read", NOW)
    with pytest.raises(PersonRefused) as why:
        tokens.make(ada, "One more", "read", NOW)
    assert why.value.code == "token_many"
