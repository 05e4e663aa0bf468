"""Subscribers: nobody receives what they did not agree to, who leaves gets nothing more, and an edition reaches each once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from monitor.errors import EditionRefused
from monitor.flows import send_edition
from monitor.pipeline.subscriber_list import read_list
from monitor.records import Sender
from monitor.store import edition_mail, mail_wishes, models, subscribers
from tests.fakes import NOON
from tests.store.edition_rows import frozen

pytestmark = pytest.mark.django_db
SENDER = Sender("desk@example.org", "Harbour Watch", "desk@example.org", "https://desk.example.org")


def agreed(email: str, language: str = "en") -> models.Subscriber:
    return subscribers.add(email, "Ada", language, "on paper", None, NOON)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(EditionRefused) as caught:
        act()
    return caught.value.code


def test_an_address_is_kept_once_whatever_its_capitals() -> None:
    agreed("Ada@Reader.Example")
    assert refused(lambda: agreed("ada@reader.example")) == "known"
    assert refused(lambda: subscribers.ask("ADA@reader.example", "", "fr", None, NOON)) == "known"
    assert models.Subscriber.objects.count() == 1


def test_without_consent_or_address_nobody_is_kept() -> None:
    assert refused(lambda: subscribers.add("ada@reader.example", "", "en", " \n", None, NOON)) == "how"
    assert refused(lambda: subscribers.add("ada", "", "en", "on paper", None, NOON)) == "address"
    assert models.Subscriber.objects.count() == 0


def test_who_was_asked_receives_nothing_until_they_agree() -> None:
    row = subscribers.ask("ada@reader.example", "", "en", None, NOON)
    assert subscribers.receivers("en") == []
    assert subscribers.confirm(row, NOON)
    assert [one.email for one in subscribers.receivers("en")] == ["ada@reader.example"]
    assert not subscribers.confirm(row, NOON)


def test_the_question_is_no_way_back_for_who_left() -> None:
    row = subscribers.ask("ada@reader.example", "", "en", None, NOON)
    token = subscribers.confirm_token(row)
    subscribers.leave(row.uuid, NOON)
    found = subscribers.by_token(token)
    assert found is not None
    assert not subscribers.confirm(found, NOON)
    assert refused(lambda: subscribers.ask("ada@reader.example", "", "en", None, NOON)) == "left"


def test_who_comes_back_has_new_addresses_in_their_mails() -> None:
    row = agreed("ada@reader.example")
    old = mail_wishes.subscriber_token(row.uuid)
    subscribers.leave(row.uuid, NOON)
    agreed("ada@reader.example")
    assert mail_wishes.read(old) is None
    assert mail_wishes.read(mail_wishes.subscriber_token(row.uuid)) is not None


def test_tokens_of_one_purpose_do_nothing_for_another() -> None:
    row = subscribers.ask("ada@reader.example", "", "en", None, NOON)
    assert subscribers.by_token(mail_wishes.subscriber_token(row.uuid)) is None
    assert mail_wishes.read(subscribers.confirm_token(row)) is None


def test_a_list_is_judged_against_those_who_are_there() -> None:
    agreed("known@reader.example")
    subscribers.ask("asked@reader.example", "", "en", None, NOON)
    subscribers.leave(agreed("left@reader.example").uuid, NOON)
    text = "\n".join(f"{name}@reader.example" for name in ("new", "known", "asked", "left", "new"))
    judged = subscribers.judge(read_list(text, ("en",), "en"))
    assert [one.verdict for one in judged] == ["new", "known", "again", "left", "twice"]
    assert [line.email for line in subscribers.usable(judged)] == ["new@reader.example", "asked@reader.example"]


def test_erasing_leaves_no_trace_of_them() -> None:
    row = agreed("ada@reader.example")
    erased = [subscribers.erase(row.uuid, NOON), subscribers.erase(row.uuid, NOON)]
    assert [*erased, subscribers.leave(uuid.uuid4(), NOON)] == [True, False, None]
    assert models.Subscriber.objects.count() == 0


def test_nothing_that_waits_for_them_is_sent_to_whom_the_desk_forgot() -> None:
    edition = frozen()
    row, asked = agreed("ada@reader.example"), subscribers.ask("bo@reader.example", "Bo", "en", None, NOON)
    send_edition.send(edition.uuid, SENDER, None, NOON)
    send_edition.ask_by_mail(asked.email, "Bo", "en", subscribers.confirm_token(asked), SENDER, "Harbour Watch", NOON)
    assert [subscribers.erase(one.uuid, NOON) for one in (row, asked)] == [True, True]
    assert list(models.OutboxMessage.objects.order_by("recipient").values_list("recipient", "state", "due_at")) == [
        ("ada@reader.example", "cancelled", None),
        ("bo@reader.example", "cancelled", None),
    ]


def test_an_edition_reaches_each_subscriber_of_its_language_once() -> None:
    edition = frozen()
    for name in ("ada", "bo"):
        agreed(f"{name}@reader.example")
    agreed("cleo@reader.example", "fr")
    made = [send_edition.send(edition.uuid, SENDER, None, NOON).made for _ in range(3)]
    assert made == [2, 0, 0]
    progress = edition_mail.progress(models.Edition.objects.get(pk=edition.pk))
    assert (progress.made, progress.waiting, progress.sent, progress.to_go) == (2, 2, 0, 0)


def test_who_subscribes_later_gets_it_when_it_is_sent_again() -> None:
    edition = frozen()
    agreed("ada@reader.example")
    send_edition.send(edition.uuid, SENDER, None, NOON)
    agreed("bo@reader.example")
    assert send_edition.send(edition.uuid, SENDER, None, NOON).made == 1


def test_each_message_carries_the_address_that_ends_its_own_subscription() -> None:
    edition = frozen()
    rows = [agreed(f"{name}@reader.example") for name in ("ada", "bo")]
    send_edition.send(edition.uuid, SENDER, None, NOON)
    for row in rows:
        raw = bytes(models.OutboxMessage.objects.get(recipient=row.email).raw).decode()
        token = mail_wishes.subscriber_token(row.uuid)
        others = [mail_wishes.subscriber_token(other.uuid) for other in rows if other != row]
        assert (f"https://desk.example.org/u/{token}" in raw, "leave.invalid" in raw, [one in raw for one in others]) == (
            True,
            False,
            [False],
        )


def test_without_an_address_of_the_desk_nothing_is_sent() -> None:
    edition = frozen()
    agreed("ada@reader.example")
    nowhere = Sender("desk@example.org", "Harbour Watch", "desk@example.org", "")
    assert refused(lambda: send_edition.send(edition.uuid, nowhere, None, NOON)) == "site"
    assert models.Edition.objects.get(pk=edition.pk).state == "frozen"


def test_a_long_list_is_sent_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_edition, "AT_ONCE", 2)
    edition = frozen()
    for number in range(5):
        agreed(f"reader{number}@reader.example")
    parts = []
    keep_all = edition_mail.keep_all
    monkeypatch.setattr(edition_mail, "keep_all", lambda letters, now: parts.append(len(letters)) or keep_all(letters, now))
    assert [send_edition.send(edition.uuid, SENDER, None, NOON).made for _ in range(2)] == [5, 0]
    assert parts == [2, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_send_at_the_same_moment_make_one_message_each() -> None:
    edition = frozen()
    for number in range(4):
        agreed(f"reader{number}@reader.example")
    start = Barrier(2)

    def press(_number: int) -> int:
        start.wait()
        try:
            return send_edition.send(edition.uuid, SENDER, None, NOON).made
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(press, range(2))) == 4
    assert models.OutboxMessage.objects.filter(kind="edition").count() == 4
    assert models.EditionEvent.objects.filter(kind="published").count() == 1
