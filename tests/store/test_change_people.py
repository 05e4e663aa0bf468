"""What an admin does about people: never without an admin, nothing lost, whoever comes second is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import PersonRefused
from monitor.store import change_people, models, people, setup
from monitor.store.models import Person
from tests.web import mailing, rows

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str, str | None]]:
    return [(one.kind, one.note, one.by.email if one.by else None) for one in models.PersonEvent.objects.order_by("pk")]


def refusal(action: object, *args: object, **more: object) -> str:
    with pytest.raises(PersonRefused) as refused:
        action(*args, **more)  # type: ignore[operator]
    return refused.value.code


def test_a_role_is_changed_and_kept_with_who_did_it() -> None:
    boss, ada = rows.a_person("admin"), rows.a_person("contributor")
    assert change_people.change_role(ada.uuid, "editor", boss, NOW, seen="contributor").role == "editor"
    assert events() == [("role", "contributor editor", boss.email)]


def test_who_saw_another_role_changes_nothing_and_is_told() -> None:
    boss, ada = rows.a_person("admin"), rows.a_person("editor")
    assert refusal(change_people.change_role, ada.uuid, "admin", boss, NOW, seen="contributor") == "meanwhile"
    assert (Person.objects.get(pk=ada.pk).role, events()) == ("editor", [])


def test_the_only_admin_neither_steps_down_nor_is_shut_out() -> None:
    boss = rows.a_person("admin")
    gone = rows.a_person("admin")
    change_people.shut_out(gone.uuid, boss, NOW)
    assert refusal(change_people.change_role, boss.uuid, "editor", boss, NOW) == "last-admin"
    assert refusal(change_people.shut_out, boss.uuid, None, NOW) == "last-admin"
    assert refusal(change_people.shut_out, boss.uuid, boss, NOW) == "yourself"
    assert Person.objects.filter(role="admin", is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_two_admins_who_send_each_other_away_at_once_leave_one(round_: int) -> None:
    first, second = rows.a_person("admin"), rows.a_person("admin")
    gate, told = threading.Barrier(2), []

    def send_away(who: Person, by: Person) -> None:
        gate.wait()
        try:
            if round_ % 2:
                change_people.shut_out(who.uuid, by, NOW)
            else:
                change_people.change_role(who.uuid, "editor", by, NOW)
            told.append("done")
        except PersonRefused as why:
            told.append(why.code)
        finally:
            setup.close_connections()

    threads = [threading.Thread(target=send_away, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "last-admin"]
    assert Person.objects.filter(role="admin", is_active=True).count() == 1


def test_shutting_out_hands_claims_back_ends_links_and_keeps_the_rest() -> None:
    boss, ada = rows.a_person("admin"), rows.a_person("editor", password="seven lamps in the harbour")
    lead = rows.a_told_lead("Convoy", rows.an_outlet(), status="claimed", claimed_by=ada, claimed_until=NOW + timedelta(hours=1))
    token = people.make_link(ada, "sign-in", NOW)
    before = Person.objects.get(pk=ada.pk).get_session_auth_hash()
    assert change_people.shut_out(ada.uuid, boss, NOW) == 1
    lead.refresh_from_db()
    ada.refresh_from_db()
    assert (lead.status, lead.claimed_by, lead.events.get(kind="released").by) == ("queued", None, ada)
    assert (ada.is_active, people.link_works(token, NOW), ada.get_session_auth_hash() == before) == (False, False, False)
    assert refusal(change_people.shut_out, ada.uuid, boss, NOW) == "meanwhile"
    back = change_people.let_in(ada.uuid, boss, NOW)
    assert (back.is_active, back.role, back.check_password("seven lamps in the harbour")) == (True, "editor", True)
    assert refusal(change_people.let_in, ada.uuid, boss, NOW) == "meanwhile"
    assert [kind for kind, _note, _by in events()] == ["shut_out", "let_in"]


def test_signing_out_everywhere_ends_links_too() -> None:
    ada = rows.a_person()
    token = people.make_link(ada, "sign-in", NOW)
    before = ada.get_session_auth_hash()
    assert change_people.sign_out_everywhere(ada.uuid, ada, NOW).get_session_auth_hash() != before
    assert not people.link_works(token, NOW)


def test_a_session_of_before_the_first_ending_stays_good() -> None:
    """The upgrade that brought the count signs nobody out."""
    ada = rows.a_person()
    assert ada.get_session_auth_hash() == super(Person, ada).get_session_auth_hash()


def test_a_reset_is_asked_for_seen_and_answered_by_one_link() -> None:
    boss, ada = rows.a_person("admin"), rows.a_person(password="seven lamps in the harbour")
    change_people.ask_reset(f" {ada.email.upper()} ", NOW)
    ada.refresh_from_db()
    assert ada.reset_asked_at == NOW
    _, first = change_people.reset_link(ada.uuid, boss, NOW)
    whose, second = change_people.reset_link(ada.uuid, boss, NOW)
    assert (whose.reset_asked_at, people.whose_link(first, "reset", NOW), people.whose_link(second, "reset", NOW)) == (None, None, ada)
    assert people.whose_link(second, "reset", NOW + timedelta(hours=1)) is None


def test_nothing_that_waits_is_mailed_to_somebody_shut_out() -> None:
    boss, ada = rows.a_person("admin"), rows.a_person()
    alert, link, other = mailing.a_message("deferred"), mailing.a_message(kind="reset"), mailing.a_message()
    models.OutboxMessage.objects.filter(pk__in=[alert.pk, link.pk]).update(person=ada)
    change_people.shut_out(ada.uuid, boss, NOW)
    found = models.OutboxMessage.objects.in_bulk()
    assert [found[one.pk].state for one in (alert, link, other)] == ["cancelled", "cancelled", "pending"]
    assert [len(found[one.pk].raw) > 0 for one in (alert, link)] == [True, False]


def test_a_reset_for_nobody_or_somebody_shut_out_leaves_no_trace() -> None:
    ada = rows.a_person()
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    change_people.ask_reset(ada.email, NOW)
    change_people.ask_reset("nobody@desk.localhost", NOW)
    assert Person.objects.exclude(reset_asked_at=None).count() == 0
    assert refusal(change_people.reset_link, ada.uuid, None, NOW) == "out"
