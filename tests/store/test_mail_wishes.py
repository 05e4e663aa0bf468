"""What people wish of mail and the addresses that end it: one stream each, nobody else's, and nothing waiting is sent afterwards."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta

import pytest

from monitor.records import MailWish
from monitor.store import mail_wishes, models
from tests.web.rows import NOW, a_person

pytestmark = pytest.mark.django_db


def a_message(person: models.Person, kind: str = "digest", **values: object) -> models.OutboxMessage:
    usual = {"recipient": person.email, "key": uuid.uuid4().hex, "subject": "s", "message_id": "<m@desk.localhost>", "raw": b"x"}
    return models.OutboxMessage.objects.create(person=person, kind=kind, **usual | {"made_at": NOW, "due_at": NOW} | values)


def a_rule(person: models.Person, name: str = "Mali") -> models.AlertRule:
    return models.AlertRule.objects.create(owner=person, name=name, query="mali", made_at=NOW, changed_at=NOW, matches_from=NOW)


def a_subscriber(email: str = "reader@example.org") -> models.Subscriber:
    return models.Subscriber.objects.create(email=email, state="agreed", made_at=NOW, agreed_at=NOW)


def found(token: str) -> mail_wishes.Subscription:
    read = mail_wishes.read(token)
    assert read is not None
    return read


def test_the_defaults_hold_until_somebody_says_otherwise() -> None:
    assert mail_wishes.wishes_of(a_person().pk) == MailWish()


def test_what_is_chosen_is_kept() -> None:
    person = a_person()
    mail_wishes.change(person.pk, NOW, digest_days=[5, 1], quiet_from=1320, quiet_to=420)
    assert mail_wishes.wishes_of(person.pk) == MailWish(digest_days=(1, 5), quiet_from=1320, quiet_to=420)


def test_each_stream_is_ended_alone_and_taken_up_again() -> None:
    person = a_person()
    rule = str(a_rule(person).uuid)
    streams = ["digest", "alerts", f"alert:{rule}"]
    for stream in streams:
        token = mail_wishes.unsubscribe_token(person.pk, stream)
        mail_wishes.stop(found(token), NOW)
        mail_wishes.stop(found(token), NOW)
        wish = mail_wishes.wishes_of(person.pk)
        off = [one for one in ("digest", "alerts") if not wish.takes(one)] + sorted(f"alert:{one}" for one in wish.rules_off)
        assert (off, found(token).on) == ([stream], False)
        mail_wishes.come_back(found(token), NOW)
        assert (mail_wishes.wishes_of(person.pk), found(token).on) == (MailWish(), True)


def test_a_subscriber_leaves_and_comes_back() -> None:
    reader = a_subscriber()
    token = mail_wishes.subscriber_token(reader.uuid)
    mail_wishes.stop(found(token), NOW)
    left = models.Subscriber.objects.get()
    assert (left.state, left.left_at) == ("left", NOW)
    mail_wishes.come_back(found(token), NOW)
    assert (models.Subscriber.objects.get().state, found(token).on) == ("agreed", True)


def test_whoever_only_was_asked_does_not_agree_by_coming_back() -> None:
    reader = a_subscriber()
    models.Subscriber.objects.update(state="asked")
    mail_wishes.come_back(found(mail_wishes.subscriber_token(reader.uuid)), NOW)
    assert models.Subscriber.objects.get().state == "asked"


def test_what_waits_is_taken_back_and_what_is_not_of_the_stream_goes() -> None:
    person, other = a_person(), a_person()
    rule = a_rule(person)
    waiting = a_message(person, claim_token="w.1", due_at=NOW + timedelta(minutes=1))
    handed, theirs, alert = a_message(person, state="handed"), a_message(other), a_message(person, "alert")
    story = models.Story.objects.create(created_at=NOW, newest_at=NOW, oldest_at=NOW)
    told = models.Alert.objects.create(rule=rule, story=story, made_at=NOW)
    models.AlertDelivery.objects.create(alert=told, person=person, message=alert, at=NOW)

    mail_wishes.stop(found(mail_wishes.unsubscribe_token(person.pk, "digest")), NOW)
    rows = models.OutboxMessage.objects.in_bulk()
    assert [rows[one.pk].state for one in (waiting, handed, theirs, alert)] == ["cancelled", "handed", "pending", "pending"]
    assert (rows[waiting.pk].claim_token, rows[waiting.pk].due_at) == ("", None)
    mail_wishes.stop(found(mail_wishes.unsubscribe_token(person.pk, f"alert:{rule.uuid}")), NOW)
    assert models.OutboxMessage.objects.get(pk=alert.pk).state == "cancelled"
    assert list(models.OutboxEvent.objects.values_list("message", "kind", "note")) == [
        (waiting.pk, "cancelled", "unsubscribed"),
        (alert.pk, "cancelled", "unsubscribed"),
    ]


def test_no_bit_of_a_token_can_be_changed() -> None:
    person = a_person()
    for stream in ("digest", f"alert:{a_rule(person).uuid}"):
        token = mail_wishes.unsubscribe_token(person.pk, stream)
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        turned = [data[: bit // 8] + bytes([data[bit // 8] ^ (1 << bit % 8)]) + data[bit // 8 + 1 :] for bit in range(8 * len(data))]
        texts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in turned]
        assert [text for text in texts if mail_wishes.read(text) is not None] == []


def test_a_token_of_one_purpose_is_none_of_another() -> None:
    """The same identifier as a person and as a subscriber, and one stream's hash under another stream's mark."""
    person = a_person()
    models.Subscriber.objects.create(uuid=person.uuid, email="reader@example.org", state="agreed", made_at=NOW)
    token = mail_wishes.unsubscribe_token(person.pk, "digest")
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    others = [base64.urlsafe_b64encode(mark + data[1:]).decode().rstrip("=") for mark in (b"a", b"e", b"r", b"x")]
    assert [mail_wishes.read(one) for one in others] == [None] * 4


@pytest.mark.parametrize("text", ["", "x", "é" * 50, "A" * 47, "=" * 48, "A" * 10_000, "../../etc/passwd" * 4])
def test_what_is_no_token_stands_for_nothing(text: str) -> None:
    assert mail_wishes.read(text) is None


def test_switching_on_again_on_ones_page_ends_the_addresses_of_that_stream_only() -> None:
    person = a_person()
    digest, alerts = (mail_wishes.unsubscribe_token(person.pk, stream) for stream in ("digest", "alerts"))
    mail_wishes.change(person.pk, NOW, digest=False)
    assert mail_wishes.read(digest) is not None
    mail_wishes.change(person.pk, NOW, digest=True)
    assert (mail_wishes.read(digest), found(alerts).on) == (None, True)
    assert found(mail_wishes.unsubscribe_token(person.pk, "digest")).on


def test_a_token_ends_with_its_person_and_its_rule() -> None:
    person = a_person()
    rule = a_rule(person)
    tokens = [mail_wishes.unsubscribe_token(person.pk, stream) for stream in ("digest", f"alert:{rule.uuid}")]
    rule.delete()
    assert [mail_wishes.read(one) is None for one in tokens] == [False, True]
    models.Person.objects.update(is_active=False)
    assert mail_wishes.read(tokens[0]) is None


def test_no_token_names_an_address() -> None:
    person = a_person()
    token = mail_wishes.unsubscribe_token(person.pk, "digest")
    assert (person.email.encode() in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), len(token)) == (False, 47)


@pytest.mark.parametrize("stream", ["", "other", "alert", "alert:", "digest:1"])
def test_there_is_no_other_stream(stream: str) -> None:
    with pytest.raises(ValueError, match=r"no stream|badly formed"):
        mail_wishes.unsubscribe_token(a_person().pk, stream)


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [(None, None, []), (60, 120, [60, 119]), (1320, 60, [0, 59, 1320, 1439]), (60, 60, []), (None, 60, [])],
)
def test_quiet_hours_may_run_over_midnight(start: int | None, end: int | None, quiet: list[int]) -> None:
    wish = MailWish(quiet_from=start, quiet_to=end)
    assert [minute for minute in (0, 59, 60, 119, 120, 1319, 1320, 1439) if wish.is_quiet(minute)] == quiet
