"""Links by mail: only when mail leaves, once for each request, and gone from the database with the message's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings as django_settings

from monitor.config.environment import Settings
from monitor.flows.mail_links import answer_resets, by_mail, mail_invitation
from monitor.flows.send_mail import Post, send_mail
from monitor.pipeline.outbox import Line
from monitor.store import change_people, mail_line, outbox, people
from monitor.store.models import OutboxMessage, Person
from tests.fakes import NOON, FakeClock, FakeMailer

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings() -> Settings:
    found: Settings = django_settings.MONITOR
    return replace(found, mail_from="desk@press.example", smtp_url="smtps://mail.press.example", public_url="https://desk.example")


def a_person(email: str = "ana@reader.example", language: str = "fr") -> Person:
    return people.add(email, "Ana", "Diaz", "editor", language, NOON)


def text_of(row: OutboxMessage) -> str:
    part = message_from_bytes(bytes(row.raw), policy=policy.default).get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(text: str) -> str:
    return next(line for line in text.split() if line.startswith("https://desk.example/reset/"))


def test_forgotten_password_is_answered_once_with_a_link_that_works(settings: Settings) -> None:
    person = a_person()
    change_people.ask_reset(person.email, NOON)
    assert (answer_resets(settings, NOON), answer_resets(settings, NOON)) == (1, 0)
    row = OutboxMessage.objects.get()
    assert (row.kind, row.recipient, row.person_id, row.expires_at) == ("reset", person.email, person.pk, NOON + timedelta(hours=1))
    found = people.whose_link(link_in(text_of(row)).rpartition("/")[2], "reset", NOON)
    assert found == person


def test_link_is_let_go_with_the_message(settings: Settings) -> None:
    change_people.ask_reset(a_person().email, NOON)
    answer_resets(settings, NOON)
    mailer = FakeMailer()
    assert dict(send_mail(Post(FakeClock(), mailer, "desk@press.example", "w"))) == {"sent": 1}
    assert bytes(OutboxMessage.objects.get().raw) == b""
    assert b"https://desk.example/reset/" in mailer.sent[0].message.replace(b"=\r\n", b"")


def test_letter_about_coming_in_belongs_to_no_stream(settings: Settings) -> None:
    change_people.ask_reset(a_person().email, NOON)
    answer_resets(settings, NOON)
    names = set(message_from_bytes(bytes(OutboxMessage.objects.get().raw)).keys())
    assert {name for name in names if name.startswith("List-") or name == "Precedence"} == set()
    assert "Auto-Submitted" in names


def test_unknown_or_shut_out_person_gets_nothing(settings: Settings) -> None:
    person = a_person()
    change_people.ask_reset("nobody@reader.example", NOON)
    change_people.ask_reset(person.email, NOON)
    Person.objects.update(is_active=False)
    assert answer_resets(settings, NOON) == 0


@pytest.mark.parametrize("change", [{"mail_from": ""}, {"smtp_url": ""}, {"public_url": ""}])
def test_links_are_handed_over_by_hand_while_mail_does_not_leave(settings: Settings, change: dict[str, str]) -> None:
    person = a_person()
    change_people.ask_reset(person.email, NOON)
    without = replace(settings, **change)  # type: ignore[arg-type]
    assert (by_mail(without), answer_resets(without, NOON)) == (False, 0)
    assert Person.objects.get().reset_asked_at == NOON


def test_admin_still_sees_who_asked_while_mail_is_broken_or_held_or_the_address_refuses(settings: Settings) -> None:
    change_people.ask_reset(a_person().email, NOON)
    mail_line.hold("restored", NOON)
    assert answer_resets(settings, NOON) == 0
    mail_line.let_go(NOON)
    mail_line.set_line(Line(5, NOON, NOON, "connect: refused"), NOON)
    assert answer_resets(settings, NOON) == 0
    mail_line.let_go(NOON)
    outbox.note_refusal("ana@reader.example", NOON, final=True, note="x")
    assert answer_resets(settings, NOON) == 0
    assert Person.objects.get().reset_asked_at == NOON


@pytest.mark.parametrize(("language", "said"), [("fr", "Bo Boss vous invite"), ("en", "Bo Boss invites you")])
def test_invitation_says_who_invites_as_what_and_until_when(settings: Settings, language: str, said: str) -> None:
    until = NOON + timedelta(days=3)
    assert mail_invitation(
        settings, NOON, key="k", email="new@reader.example", role="editor", by="Bo Boss", path="/join/t0ken", until=until, language=language
    )
    row = OutboxMessage.objects.get()
    text = text_of(row)
    assert (row.kind, row.expires_at) == ("invite", until)
    assert said in text
    assert "https://desk.example/join/t0ken" in text.split()


def test_hostile_names_in_an_invitation_stay_text(settings: Settings) -> None:
    evil = '<script>x</script>=?utf-8?q?=0ABcc:_x@evil?= "a", <b@c.example>'
    mail_invitation(settings, NOON, key="k", email="new@reader.example", role="editor", by=evil, path="/join/t", until=NOON, language="en")
    parsed = message_from_bytes(bytes(OutboxMessage.objects.get().raw), policy=policy.default)
    html = parsed.get_body(preferencelist=("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert "Bcc" not in parsed
