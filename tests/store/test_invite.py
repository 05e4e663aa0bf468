"""Invitations: bound to an address and a role, used once, ended by a newer one, by revoking or by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import PersonRefused
from monitor.store import invite, models, people
from monitor.store.models import Invitation
from tests.web import rows

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


def accept(token: str, now: datetime = NOW) -> models.Person | None:
    return invite.accept(token, "Ada", "Example", "en", "seven lamps in the harbour", now)


def test_who_accepts_has_the_address_and_role_of_the_invitation() -> None:
    boss = rows.a_person("admin")
    made, token = invite.invite(" Ada@Desk.localhost ", "editor", "fr", boss, NOW)
    person = accept(token)
    assert person is not None
    assert (person.email, person.role, person.language, person.given_name) == ("ada@desk.localhost", "editor", "en", "Ada")
    assert person.check_password("seven lamps in the harbour")
    made.refresh_from_db()
    assert (made.person, made.ended_at) == (person, NOW)
    assert [(one.kind, one.by, one.note) for one in models.PersonEvent.objects.all()] == [("joined", boss, "editor")]


def test_an_invitation_is_accepted_once_and_its_token_is_not_kept() -> None:
    _, token = invite.invite("ada@desk.localhost", "editor", "fr", None, NOW)
    assert token not in str(list(Invitation.objects.values()))
    assert (invite.of_token(token, NOW) is not None, accept(token) is not None, accept(token)) == (True, True, None)


def test_a_lapsed_or_revoked_invitation_lets_nobody_in() -> None:
    made, token = invite.invite("ada@desk.localhost", "editor", "fr", None, NOW)
    assert accept(token, NOW + timedelta(days=3)) is None
    invite.revoke(made.uuid, NOW)
    assert (accept(token), models.Person.objects.count()) == (None, 0)
    for action in (lambda: invite.revoke(made.uuid, NOW), lambda: invite.renew(made.uuid, None, NOW)):
        with pytest.raises(PersonRefused, match="meanwhile"):
            action()


def test_a_newer_invitation_ends_the_older() -> None:
    made, first = invite.invite("ada@desk.localhost", "editor", "fr", None, NOW)
    _, second = invite.renew(made.uuid, None, NOW + timedelta(days=4))
    assert invite.of_token(first, NOW) is None
    assert [(one.email, one.role, one.lapsed) for one in invite.open_invitations(NOW + timedelta(days=4))] == [
        ("ada@desk.localhost", "editor", False)
    ]
    assert accept(second, NOW + timedelta(days=5)) is not None


@pytest.mark.parametrize(
    ("email", "role", "language", "code"),
    [
        ("nobody", "editor", "fr", "address"),
        ("a" * 250 + "@b.org", "editor", "fr", "address"),
        ("a\n@b.org", "editor", "fr", "address"),
        ("a@b.org", "king", "fr", "role"),
        ("a@b.org", "editor", "xx", "language"),
        ("KNOWN@desk.localhost", "editor", "fr", "known"),
    ],
)
def test_a_bad_invitation_is_refused(email: str, role: str, language: str, code: str) -> None:
    people.add("known@desk.localhost", "", "", "editor", "fr", NOW)
    with pytest.raises(PersonRefused) as refused:
        invite.invite(email, role, language, None, NOW)
    assert (refused.value.code, Invitation.objects.count()) == (code, 0)


def test_somebody_who_came_in_another_way_keeps_the_invitation_unused() -> None:
    _, token = invite.invite("ada@desk.localhost", "admin", "fr", None, NOW)
    people.add("ada@desk.localhost", "", "", "contributor", "fr", NOW)
    with pytest.raises(PersonRefused) as refused:
        accept(token)
    assert (refused.value.code, models.Person.objects.get().role, Invitation.objects.get().ended_at) == ("known", "contributor", None)


def test_invitations_nobody_took_are_forgotten_after_a_month() -> None:
    invite.invite("ada@desk.localhost", "editor", "fr", None, NOW)
    invite.invite("bob@desk.localhost", "editor", "fr", None, NOW + timedelta(days=34))
    assert [one.email for one in Invitation.objects.all()] == ["bob@desk.localhost"]
