"""Withdrawing an edition stops its mails that wait; publishing it again sends them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from monitor.store import edition_mail, editions, mail_line, models, outbox_acts, server_tables, subscribers
from monitor.store.server_tables import NoSooner
from tests.store.edition_rows import frozen
from tests.web import publishing, rows
from tests.web.reading import texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings: Any) -> None:
    settings.MONITOR = replace(settings.MONITOR, public_url="https://desk.example.org", mail_from="Press review <desk@example.org>")


def agreed(name: str) -> models.Subscriber:
    return subscribers.add(f"{name}@reader.example", "", "en", "on paper", None, rows.NOW)


def text_of(response: Any) -> str:
    return " ".join(texts(response, "main"))


def test_withdrawing_stops_the_mails_that_wait_and_publishing_again_sends_them(editor: Client) -> None:
    edition = frozen()
    sent, leaves, *_ = (agreed(name) for name in ("ada", "bo", "cleo", "dan"))
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()
    of = models.OutboxMessage.objects.filter(kind="edition")
    of.filter(recipient=sent.email).update(state="sent", due_at=None)
    withdrawn = editor.post(reverse("edition-withdraw", args=[edition.uuid]), {"note": "Wrong file"}, follow=True)
    assert "Withdrawn. It stays in the archive and says so. 3 mails of it that waited are taken back." in text_of(withdrawn)
    stands = "1 subscriber had it by mail before it was withdrawn. 3 mails that waited were taken back;"
    assert stands in text_of(editor.get(f"/edition/{edition.uuid}"))
    assert sorted(of.values_list("state", flat=True)) == ["cancelled", "cancelled", "cancelled", "sent"]
    with pytest.raises(outbox_acts.OutboxRefused, match="withdrawn"):
        outbox_acts.resend(of.filter(state="cancelled")[0].uuid, None, rows.NOW)
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()
    assert of.filter(state="pending").count() == 0
    editor.post(reverse("subscriber-leave", args=[leaves.uuid]))
    again = editor.post(reverse("edition-restore", args=[edition.uuid]), follow=True)
    assert "Published again. 2 mails of it that were taken back are sent." in text_of(again)
    assert dict(of.values_list("recipient", "state")) == {
        "ada@reader.example": "sent", "bo@reader.example": "cancelled", "cleo@reader.example": "pending", "dan@reader.example": "pending",
    }  # fmt: skip
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()
    assert of.count() == 4


def test_an_edition_withdrawn_while_it_is_sent_is_sent_to_nobody_more(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = frozen()
    agreed("ada"), agreed("bo")
    keep = edition_mail.keep

    def withdrawn_after_one(*args: Any) -> bool:
        done = keep(*args)
        if editions.find(edition.uuid).state == "published":
            editions.withdraw(edition.uuid, None, rows.NOW)
        return done

    monkeypatch.setattr(edition_mail, "keep", withdrawn_after_one)
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()
    assert list(models.OutboxMessage.objects.values_list("recipient", "state")) == [("ada@reader.example", "cancelled")]


def test_an_edition_being_mailed_when_a_copy_was_made_is_offered_again_once_the_copy_is_back(editor: Client, tmp_path: Path) -> None:
    edition = frozen()
    agreed("ada")
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    page, button = reverse("edition-send", args=[edition.uuid]), f'action="{reverse("edition-send-all", args=[edition.uuid])}"'
    assert button not in editor.get(page).content.decode()
    server_tables.settle(tmp_path, NoSooner(()), rows.NOW)
    editor.force_login(rows.a_person(role="editor"))
    assert (publishing.make_mails(), button in editor.get(page).content.decode()) == (0, True)
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    assert publishing.make_mails() == 1


def test_the_page_asks_how_far_it_is_only_while_something_will_become_of_a_mail(editor: Client, settings: Any) -> None:
    settings.MONITOR = replace(settings.MONITOR, smtp_url="smtp://127.0.0.1:9")
    edition = frozen()
    agreed("ada"), agreed("bo")
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()

    def asks() -> bool:
        return "data-under-way" in editor.get(reverse("edition-send", args=[edition.uuid])).content.decode()

    assert asks()
    mail_line.hold("admin", rows.NOW)
    assert not asks()
    mail_line.let_go(rows.NOW)
    of = models.OutboxMessage.objects.filter(kind="edition")
    of.filter(recipient="ada@reader.example").update(state="sent", due_at=None)
    of.filter(recipient="bo@reader.example").update(state="uncertain")
    assert asks()  # it is tried once more
    of.filter(recipient="bo@reader.example").update(due_at=None)
    assert not asks()
    stands = edition_mail.progress(edition)
    assert (stands.sent, stands.waiting, stands.failed, stands.unknown) == (1, 0, 0, 1)
    told = editor.get(reverse("edition-send", args=[edition.uuid])).content.decode()
    assert "<dt>Not known whether it was delivered</dt><dd>1</dd>" in told
