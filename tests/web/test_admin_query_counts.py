"""The admin's pages ask the database as many questions for thirty rows as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor.store import change_people, invite, models, outbox
from tests.web import mailing, rows

pytestmark = pytest.mark.django_db


def _people(number: int) -> str:
    boss = rows.a_person("admin")
    for count in range(number):
        person = rows.a_person()
        rows.a_told_lead("Held", rows.an_outlet(), status="claimed", claimed_by=person)
        invite.invite(f"new{count}@desk.localhost", "editor", "en", boss, rows.NOW)
        change_people.ask_reset(person.email, rows.NOW)
        change_people.tell(person, "signed_out", boss, rows.NOW)
    return "/people"


def _person(number: int) -> str:
    person = rows.a_person()
    for _ in range(number):
        change_people.tell(person, "signed_out", rows.a_person("admin"), rows.NOW)
        rows.a_told_lead("Held", rows.an_outlet(), status="claimed", claimed_by=person)
    return f"/people/{person.uuid}"


def _desk(number: int) -> str:
    for _ in range(number):
        outlet = rows.an_outlet()
        rows.a_feed(outlet)
        rows.an_article(outlet, None, "Told")
        models.ToRead.objects.create(article=rows.an_article(outlet, None, "Lost"), host="a.example", attempts=5, due_at=rows.NOW)
    return "/desk"


def _outbox(number: int) -> str:
    for count in range(number):
        mailing.a_message("sent")
        outbox.note_refusal(f"gone{number}{count}@reader.example", rows.NOW, final=True, note="address-refused: 550 5.1.1 nobody")
    return "/outbox"


def _message(number: int) -> str:
    message = mailing.a_message()
    for _ in range(number):
        models.OutboxEvent.objects.create(message=message, kind="resent", at=rows.NOW, by=rows.a_person("admin"))
    return f"/outbox/{message.uuid}"


@pytest.mark.parametrize(("fill", "most"), [(_people, 12), (_person, 12), (_desk, 32), (_outbox, 14), (_message, 10)])
def test_the_count_of_the_admins_pages_is_constant(fill: Callable[[int], str], most: int) -> None:
    admin, counts = rows.signed_in("admin"), []
    for number in (1, 30):
        path = fill(number)
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= most
