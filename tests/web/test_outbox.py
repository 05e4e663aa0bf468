"""The outbox's pages: what waits, why something did not leave, and what an admin can do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from monitor.pipeline.outbox import Line
from monitor.store import mail_line, outbox, outbox_acts
from monitor.store.models import MailRefusal, OutboxEvent, OutboxMessage
from tests.web import mailing, rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db

SILENT = "The mail server did not answer after the whole message had been written: no answer within 180 seconds"


@pytest.fixture
def admin(db: None) -> Client:
    return rows.signed_in("admin")


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    own = replace(settings.MONITOR, mail_from="desk@press.example", smtp_url="smtp://127.0.0.1:25")
    monkeypatch.setattr(settings, "MONITOR", own)


def test_an_empty_outbox_explains_itself_and_what_is_missing(admin: Client) -> None:
    response = admin.get("/outbox")
    assert texts(response, ".empty h2") == ["Nothing was mailed yet"]
    assert texts(response, "p.warn code")[:2] == ["MONITOR_MAIL_FROM", "MONITOR_SMTP_URL"]


def test_messages_are_listed_with_their_state_and_the_servers_words(admin: Client, leaving: None) -> None:
    mailing.a_message("failed", subject="Refused one")
    mailing.a_message("sent", subject="Sent one", kind="digest")
    response = admin.get("/outbox")
    rows_ = [[" ".join(cell.text_content().split()) for cell in row] for row in elements(response, "table.outbox tbody tr")]
    assert [row[:2] for row in rows_] == [
        ["Sent one digest", rows_[0][1]],
        ["Refused one alert", "refusedThe mail server refused the message: 550 5.7.1 Rejected as spam <b>x</b>"],
    ]
    assert rows_[0][1].startswith("sent ")
    assert texts(response, ".sections a") == ["All 2", "refused 1", "sent 1"]


def test_messages_are_found_by_state_kind_and_words(admin: Client, leaving: None) -> None:
    mailing.a_day()
    assert len(elements(admin.get("/outbox?state=sent"), "table.outbox tbody tr")) == 3
    assert len(elements(admin.get("/outbox?kind=edition"), "table.outbox tbody tr")) == 1
    assert len(elements(admin.get("/outbox?words=university"), "table.outbox tbody tr")) == 1
    assert texts(admin.get("/outbox?words=nobody"), ".empty h2") == ["None found"]
    assert admin.get("/outbox?state=x&kind=%00&words=%00&from=99999999999999999999").status_code == 200


def test_a_long_outbox_is_turned_page_by_page(admin: Client, leaving: None) -> None:
    for _ in range(52):
        mailing.a_message()
    first = admin.get("/outbox")
    assert (len(elements(first, "table.outbox tbody tr")), texts(first, ".pages a")) == (50, ["Older"])
    second = admin.get("/outbox?from=50")
    assert (len(elements(second, "table.outbox tbody tr")), texts(second, ".pages a")) == (2, ["Newer"])


def test_a_message_tells_its_history_and_shows_its_forms(admin: Client, leaving: None) -> None:
    row = mailing.a_message("uncertain", kind="digest")
    response = admin.get(f"/outbox/{row.uuid}")
    assert [text.partition(" · ")[2] for text in texts(response, ".happened li")] == [
        "Made",
        "Handed to the server, its answer awaited",
        f"Not known whether it was delivered{SILENT}",
    ]
    assert texts(response, ".plain-letter") == [f"Message {row.key.partition(' ')[2]} https://desk.example/story/1"]
    (frame,) = elements(response, "iframe")
    assert (frame.get("src"), frame.get("sandbox")) == (f"/outbox/{row.uuid}/html", "")
    assert response["Content-Security-Policy"].endswith("frame-ancestors 'none'; frame-src 'self'")


def test_the_html_of_a_message_stands_in_a_sandbox(admin: Client) -> None:
    response = admin.get(f"/outbox/{mailing.a_message().uuid}/html")
    assert response.content.decode().replace("\r\n", "\n") == mailing.HTML
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
    )
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_text_of_an_invitation_is_shown_to_nobody_and_let_go_once_sent(admin: Client) -> None:
    waiting = mailing.a_message(kind="invite")
    response = admin.get(f"/outbox/{waiting.uuid}")
    assert (elements(response, "iframe"), elements(response, ".plain-letter")) == ([], [])
    assert admin.get(f"/outbox/{waiting.uuid}/html").status_code == 404
    OutboxMessage.objects.all().delete()
    sent = mailing.a_message("sent", kind="reset")
    assert bytes(sent.raw) == b""
    assert admin.get(f"/outbox/{sent.uuid}").status_code == 200
    with pytest.raises(outbox_acts.OutboxRefused):
        outbox_acts.resend(mailing.a_message("failed", kind="reset").uuid, None, rows.NOW)


def test_a_message_is_sent_again_as_it_is(admin: Client) -> None:
    row = mailing.a_message("failed")
    assert admin.post(f"/outbox/{row.uuid}/resend", {"seen": "failed"})["Location"] == f"/outbox/{row.uuid}"
    again = OutboxMessage.objects.get(pk=row.pk)
    assert (again.state, again.due_at, again.message_id, bytes(again.raw)) == ("pending", rows.NOW, row.message_id, bytes(row.raw))
    assert OutboxEvent.objects.filter(message=row, kind="resent").count() == 1


def test_two_admins_send_again_at_once_and_the_second_is_told(admin: Client) -> None:
    row = mailing.a_message("failed")
    admin.post(f"/outbox/{row.uuid}/resend", {"seen": "failed"})
    response = admin.post(f"/outbox/{row.uuid}/resend", {"seen": "failed"}, follow=True)
    assert texts(response, "p.warning") == ["This message is being sent or was changed meanwhile; this is how it stands now."]
    assert OutboxEvent.objects.filter(message=row, kind="resent").count() == 1


def test_a_sent_message_is_never_sent_again(admin: Client) -> None:
    row = mailing.a_message("sent")
    admin.post(f"/outbox/{row.uuid}/resend", {"seen": "sent"})
    assert OutboxMessage.objects.get(pk=row.pk).state == "sent"
    assert elements(admin.get(f"/outbox/{row.uuid}"), ".acts button") == []


def test_a_waiting_message_is_cancelled_and_that_is_taken_back(admin: Client) -> None:
    row = mailing.a_message("deferred")
    admin.post(f"/outbox/{row.uuid}/cancel", {"seen": "deferred"})
    assert OutboxMessage.objects.get(pk=row.pk).state == "cancelled"
    admin.post(f"/outbox/{row.uuid}/resend", {"seen": "cancelled"})
    assert OutboxMessage.objects.get(pk=row.pk).state == "pending"


def test_what_was_taken_back_because_somebody_left_is_not_sent_again(admin: Client) -> None:
    row = mailing.a_message()
    outbox.take_back(OutboxMessage.objects.filter(pk=row.pk), rows.NOW, outbox.UNSUBSCRIBED)
    response = admin.post(f"/outbox/{row.uuid}/resend", {"seen": "cancelled"}, follow=True)
    assert texts(response, "p.warning") == ["The recipient has unsubscribed"]
    assert OutboxMessage.objects.get(pk=row.pk).state == "cancelled"


def test_a_message_in_hand_is_neither_cancelled_nor_sent_again(admin: Client) -> None:
    row = mailing.a_message()
    assert outbox.claim(rows.NOW, "w") is not None
    admin.post(f"/outbox/{row.uuid}/cancel", {"seen": "pending"})
    assert OutboxMessage.objects.get(pk=row.pk).state == "pending"


def test_an_address_that_refused_mail_has_mail_again(admin: Client) -> None:
    outbox.note_refusal("gone@reader.example", rows.NOW, final=True, note="address-refused: 550 5.1.1 nobody")
    assert texts(admin.get("/outbox"), ".suppressed .address") == ["gone@reader.example"]
    admin.post("/outbox/lift", {"address": "gone@reader.example"})
    assert not outbox.is_suppressed("gone@reader.example")
    assert MailRefusal.objects.count() == 1


def test_a_restored_desk_is_told_and_lets_go_or_cancels_what_waited(admin: Client, leaving: None) -> None:
    before = mailing.a_message()
    mail_line.hold("restored", rows.NOW)
    response = admin.get("/outbox")
    assert texts(response, "section.notice h2") == ["Mail is held since 10:30"]
    assert texts(response, ".notice .acts button") == ["Let mail go, and the 1 that waits", "Let mail go, but cancel what waited before"]
    assert texts(admin.get("/desk"), "p.warn a") == ["See why, and mend it"]
    admin.post("/outbox/resume", {"drop": "1"})
    assert (mail_line.held(), OutboxMessage.objects.get(pk=before.pk).state) == (None, "cancelled")


def test_a_broken_line_is_told_on_every_page_of_the_admin_and_by_readyz(admin: Client, leaving: None) -> None:
    mail_line.set_line(Line(5, rows.NOW, rows.NOW, "login: 535 5.7.8 <wrong>"), rows.NOW)
    assert texts(admin.get("/"), "p.error") == ["Mail is broken: alerts and digests do not leave. See why, and mend it"]
    assert texts(rows.signed_in("editor").get("/"), "p.error") == []
    assert texts(admin.get("/outbox"), "section.notice h2") == ["Mail is broken"]
    assert texts(admin.get("/outbox"), ".notice .said") == ["535 5.7.8 <wrong>"]
    told = Client().get("/readyz")
    assert (told.status_code, told.content) == (200, b"ok\nnote: mail is broken\n")
    admin.post("/outbox/resume")
    assert Client().get("/readyz").content == b"ok\n"


def test_mail_is_held_and_let_go_by_hand(admin: Client) -> None:
    admin.post("/outbox/hold")
    assert mail_line.held() == (rows.NOW, "admin")
    admin.post("/outbox/resume")
    assert mail_line.held() is None


def test_the_admin_chooses_whether_digests_may_come_twice(admin: Client) -> None:
    admin.post("/outbox/repeat", {"at_least_once": "1"})
    assert mail_line.at_least_once()
    assert [one.get("checked") for one in elements(admin.get("/outbox"), "section.repeat input") if one.get("type") == "checkbox"] == [
        "checked"
    ]
    admin.post("/outbox/repeat")
    assert not mail_line.at_least_once()


def test_a_message_made_without_a_sender_is_to_be_read_only(admin: Client) -> None:
    row = mailing.a_message(sender=replace(mailing.SENDER, address="press-monitor@localhost"))
    assert elements(admin.get(f"/outbox/{row.uuid}"), ".acts form") != []  # it can be cancelled
    with pytest.raises(outbox_acts.OutboxRefused):
        outbox_acts.resend(row.uuid, None, rows.NOW)


def test_the_desk_tells_mail_in_one_line(admin: Client, leaving: None) -> None:
    mailing.a_day()
    assert "3 messages wait · 1 uncertain · 1 refused" in [" ".join(text.split()) for text in texts(admin.get("/desk"), ".acts-line span")]
