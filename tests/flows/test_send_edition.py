"""The mails of an edition are asked for with its publication and made by a job: batch by batch, once each, whichever worker stops."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.errors import EditionRefused
from monitor.flows import send_edition
from monitor.jobs.wishes import make_edition_mails
from monitor.records import Letter, Sender
from monitor.store import edition_mail, editions, models, pages_editions, subscribers
from tests.fakes import NOON
from tests.flows.desk import FlowDesk
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
