"""The mails of an edition are asked for with its publication and made by a job: batch by batch, once each, whichever worker stops."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import EditionRefused
from monitor.flows import send_edition
from monitor.jobs.wishes import make_edition_mails
from monitor.records import Letter, MailOutcome, Refused, Sender
from monitor.store import due, edition_mail, editions, mail_wishes, models, pages_editions, subscribers
from tests.fakes import NOON, FakeMailer
from tests.flows.desk import FlowDesk
from tests.flows.test_send_mail import Desk
from tests.store.edition_rows import frozen

pytestmark = pytest.mark.django_db
SENDER = Sender("desk@example.org", "Harbour Watch", "desk@example.org", "https://desk.example.org")


@pytest.fixture
def edition() -> models.Edition:
    """A frozen edition and five people who agreed to receive it."""
    for name in ("ada", "bo", "cleo", "dan", "eva"):
        subscribers.add(f"{name}@reader.example", "", "en", "on paper", None, NOON)
    return frozen()


def letters_for(edition: models.Edition) -> tuple[uuid.UUID, send_edition.Rendered, list[tuple[str, str, str]], Sender, datetime]:
    """What the first two letters of an edition are made of."""
    told = pages_editions.frozen(edition)
    assert told is not None
    return edition.uuid, send_edition.rendered(*told), edition_mail.without_message(edition, 2), SENDER, NOON


def stopping_after(number: int) -> Iterator[bool]:
    yield from [False] * number
    while True:
        yield True


def test_publishing_and_asking_for_the_mails_is_one_thing(edition: models.Edition) -> None:
    assert send_edition.queue(edition.uuid, SENDER, None, NOON) == 5
    assert (models.Edition.objects.get().state, models.ToMail.objects.count(), models.OutboxMessage.objects.count()) == ("published", 1, 0)
    assert list(edition.events.order_by("pk").values_list("kind", "note"))[-2:] == [("published", ""), ("sent", "5")]
    editions.withdraw(edition.uuid, None, NOON)
    assert edition_mail.claim(NOON, worker="w") is None  # what was withdrawn is mailed to nobody more
    with pytest.raises(EditionRefused):
        editions.publish(edition.uuid, None, NOON, mail=5)
    assert edition_mail.claim(NOON, worker="w") is None


@pytest.mark.parametrize("begun", [False, True])
def test_what_was_not_made_when_it_was_withdrawn_is_made_when_it_is_published_again(
    edition: models.Edition, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    monkeypatch.setattr(send_edition, "AT_ONCE", 2)
    send_edition.queue(edition.uuid, SENDER, None, NOON, pdf=True)
    first = edition_mail.claim(NOON, worker="first") if begun else None
    if first is not None:
        edition_mail.keep_all(send_edition._letters(*letters_for(edition))[0], NOON)
    editions.withdraw(edition.uuid, None, NOON)
    assert (edition_mail.progress(edition).being_made, edition_mail.claim(NOON + edition_mail.LEASE, worker="w")) == (False, None)
    assert first is None or not edition_mail.done(first)  # its worker comes to the end only now
    assert editions.restore(edition.uuid, None, NOON) == (2 if begun else 0)
    assert edition_mail.progress(edition).being_made
    wish = edition_mail.claim(NOON, worker="second")
    assert wish is not None
    assert (wish.with_pdf, send_edition.make(replace(wish, with_pdf=False), SENDER, NOON).made) == (True, 3 if begun else 5)
    assert list(models.OutboxMessage.objects.values_list("state", flat=True)) == ["pending"] * 5
    assert models.ToMail.objects.count() == 0


def test_another_worker_goes_on_where_one_stopped(edition: models.Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_edition, "AT_ONCE", 2)
    send_edition.queue(edition.uuid, SENDER, None, NOON)
    wish = edition_mail.claim(NOON, worker="first")
    assert wish is not None
    assert edition_mail.claim(NOON, worker="second") is None
    stop = stopping_after(1)
    assert send_edition.make(wish, SENDER, NOON, stop=lambda: next(stop)).made == 2
    stands = edition_mail.progress(edition)
    assert (stands.made, stands.to_go, stands.being_made) == (2, 3, True)
    wish = edition_mail.claim(NOON, worker="second")
    assert wish is not None
    assert send_edition.make(wish, SENDER, NOON).made == 3
    stands = edition_mail.progress(edition)
    assert (stands.made, stands.to_go, stands.being_made) == (5, 0, False)
    assert models.OutboxMessage.objects.values("recipient").distinct().count() == 5


def test_a_batch_is_kept_whole_or_not_at_all(edition: models.Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, kept = edition_mail.keep, []

    def breaking(subscriber: str, letter: Letter, now: object) -> bool:
        if len(kept) == 3:
            raise OSError("the machine lost its power")
        kept.append(subscriber)
        return keep(subscriber, letter, NOON)

    monkeypatch.setattr(edition_mail, "keep", breaking)
    send_edition.queue(edition.uuid, SENDER, None, NOON)
    wish = edition_mail.claim(NOON, worker="w")
    assert wish is not None
    with pytest.raises(OSError, match="power"):
        send_edition.make(wish, SENDER, NOON)
    assert (len(kept), models.OutboxMessage.objects.count()) == (3, 0)


def test_what_breaks_is_said_and_an_unfit_address_stops_nobody(desk: FlowDesk, edition: models.Edition, tmp_path: Path) -> None:
    models.Subscriber.objects.filter(email__startswith="bo").update(email="bo at reader")
    send_edition.queue(edition.uuid, SENDER, None, NOON, pdf=True, folder=tmp_path)
    (tmp_path / "edition.typ").write_text("#let x = (")
    assert make_edition_mails(desk.kit, SENDER, tmp_path) == 0
    stands = edition_mail.progress(edition)
    assert (stands.made, "The template edition.typ cannot be set" in stands.trouble) == (0, True)
    (tmp_path / "edition.typ").unlink()
    assert send_edition.queue(edition.uuid, SENDER, None, NOON) == 5  # asked anew: at once, without the PDF
    assert make_edition_mails(desk.kit, SENDER, tmp_path) == 4
    assert edition.events.get(kind="unfit").note == "bo at reader"
    assert not edition_mail.progress(edition).being_made


def test_what_a_restored_copy_left_unmade_is_not_made_by_publishing_again(edition: models.Edition) -> None:
    send_edition.queue(edition.uuid, SENDER, None, NOON)
    models.ToMail.objects.update(due_at=None)  # as restoring leaves it, until somebody presses Send again
    editions.withdraw(edition.uuid, None, NOON)
    editions.restore(edition.uuid, None, NOON)
    assert edition_mail.claim(NOON, worker="w") is None
    assert send_edition.send(edition.uuid, SENDER, None, NOON).made == 5


def test_who_is_erased_while_mails_are_made_stops_nobody_else_s(edition: models.Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = edition_mail.without_message

    def erased(*args: Any) -> list[tuple[str, str, str]]:
        found = listed(*args)
        models.Subscriber.objects.filter(email="bo@reader.example").delete()
        return found

    monkeypatch.setattr(edition_mail, "without_message", erased)
    assert send_edition.send(edition.uuid, SENDER, None, NOON).made == 4
    assert "bo@reader.example" not in models.OutboxMessage.objects.values_list("recipient", flat=True)
    assert not edition_mail.progress(edition).being_made


def test_an_edition_withdrawn_while_a_worker_claims_it_is_not_claimed(edition: models.Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    send_edition.queue(edition.uuid, SENDER, None, NOON)
    claim = due.claim

    def withdrawn(*args: Any, **words: Any) -> tuple[str, list[Any]]:
        found = claim(*args, **words)
        editions.withdraw(edition.uuid, None, NOON)
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(due, "claim", withdrawn)
        assert edition_mail.claim(NOON, worker="w") is None
    editions.restore(edition.uuid, None, NOON)
    assert edition_mail.claim(NOON, worker="w") is not None


LATER = Refused("end", 451, "4.3.0 later")


def handed_while(edition: models.Edition, happens: Callable[[], object]) -> Desk:
    """Two mails of an edition whose server has no room after the final dot of the first; something happens before it says so."""
    desk = Desk(LATER)
    models.Subscriber.objects.exclude(email__in=["ada@reader.example", "bo@reader.example"]).delete()
    send_edition.send(edition.uuid, SENDER, None, NOON)
    real = desk.mailer.send

    def send(sender: str, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> MailOutcome:
        def dot() -> bool:
            marked = before_dot()
            if recipient == "ada@reader.example":
                happens()
            return marked

        return real(sender, recipient, message, before_dot=dot)

    desk.mailer.send = send  # type: ignore[method-assign]
    return desk


def states() -> dict[str, tuple[str, str]]:
    """What became of each message, and the last thing that was noted of it."""
    rows = models.OutboxMessage.objects.order_by("recipient")
    return {row.recipient.partition("@")[0]: (row.state, row.events.order_by("-pk")[0].note) for row in rows}


def test_a_mail_refused_for_now_after_the_withdrawal_waits_for_the_edition(edition: models.Edition) -> None:
    desk = handed_while(edition, lambda: editions.withdraw(edition.uuid, None, NOON))
    desk.send()
    assert states() == {"ada": ("cancelled", "withdrawn"), "bo": ("cancelled", "withdrawn")}
    assert models.OutboxMessage.objects.exclude(due_at=None).count() == 0
    assert editions.restore(edition.uuid, None, NOON) == 2
    desk.clock.advance(timedelta(hours=1))
    assert desk_sent(desk) == ["ada@reader.example", "bo@reader.example"]


def test_a_mail_refused_for_now_after_its_recipient_left_is_not_tried_again(edition: models.Edition) -> None:
    token = mail_wishes.read(mail_wishes.subscriber_token(models.Subscriber.objects.get(email="ada@reader.example").uuid))
    assert token is not None
    desk = handed_while(edition, lambda: mail_wishes.stop(token, NOON))
    desk.send()
    assert states()["ada"] == ("cancelled", "unsubscribed")
    editions.withdraw(edition.uuid, None, NOON)
    editions.restore(edition.uuid, None, NOON)
    desk.clock.advance(timedelta(hours=1))
    assert desk_sent(desk) == ["bo@reader.example"]


def desk_sent(desk: Desk) -> list[str]:
    """Whom the server took a mail for, once what is due was handed over."""
    real = FakeMailer()
    desk.post = replace(desk.post, mailer=real)
    desk.send()
    return sorted(models.OutboxMessage.objects.filter(state="sent").values_list("recipient", flat=True))
