"""Two at the same moment, many times: who is second sees the other; no mail leaves twice or for somebody who left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from monitor.records import Refused
from monitor.store import edition_mail, editions, mail_wishes, models, story_mutes
from monitor.store.mail_wishes import Subscription
from tests.fakes import NOON
from tests.flows.test_send_alerts import Room, a_person, a_rule, a_story
from tests.flows.test_send_mail import Desk, a_letter
from tests.store.edition_rows import frozen
from tests.store.search_rows import an_indexed, told

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def at_once(*acts: Callable[[], object]) -> list[Any]:
    """What each act came to, all of them begun at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def subscription(person: models.Person, stream: str) -> Subscription:
    found = mail_wishes.read(mail_wishes.unsubscribe_token(person.pk, stream))
    assert found is not None
    return found


def rounds_of_news(room: Room, rounds: int = ROUNDS) -> Iterator[models.Story]:
    """A new story in each round, an hour apart, that the one rule means."""
    for article in an_indexed(*[told(f"Harbour {number}") for number in range(rounds)]):
        story = a_story()
        room.group((article, story, None))
        yield story
        room.advance(hours=1)


def waiting() -> int:
    return models.OutboxMessage.objects.filter(state="pending").count()


@pytest.mark.parametrize("stream", ["alerts", "alert"])
def test_leaving_while_the_alert_is_made_leaves_nothing_to_be_sent(stream: str) -> None:
    room, person = Room(), a_person()
    rule = a_rule(person)
    token = subscription(person, f"alert:{rule.uuid}" if stream == "alert" else stream)
    for _ in rounds_of_news(room):
        at_once(partial(mail_wishes.stop, token, room.clock.now()), room.send)
        assert waiting() == 0
        mail_wishes.come_back(token, room.clock.now())


def test_muting_while_the_alert_is_made_leaves_nothing_to_be_sent() -> None:
    room, person = Room(), a_person()
    a_rule(person)
    for story in rounds_of_news(room):
        at_once(partial(story_mutes.mute, story.uuid, person, room.clock.now()), room.send)
        assert waiting() == 0


def test_pressing_unsubscribe_twice_at_once_takes_back_once() -> None:
    room, person = Room(), a_person()
    a_rule(person)
    for _ in rounds_of_news(room):
        room.send()
        token = subscription(person, "alerts")
        at_once(*[partial(mail_wishes.stop, token, room.clock.now())] * 3)
        assert waiting() == 0
        mail_wishes.come_back(token, room.clock.now())
    events = Counter(models.OutboxEvent.objects.values_list("kind", flat=True))
    assert events == {"made": ROUNDS, "cancelled": ROUNDS}


def test_pressing_undo_of_a_muting_twice_at_once_sends_once() -> None:
    room, person = Room(), a_person()
    a_rule(person)
    for story in rounds_of_news(room):
        room.send()
        story_mutes.mute(story.uuid, person, room.clock.now())
        heard = at_once(*[partial(story_mutes.unmute, story.uuid, person, room.clock.now())] * 3)
        assert sorted(one.back for one in heard) == [0, 0, 1]
    assert models.OutboxEvent.objects.filter(kind="resent").count() == ROUNDS


def test_leaving_while_the_message_is_handed_over_is_either_first_or_too_late() -> None:
    for number in range(ROUNDS):
        person, desk = a_person(number), Desk()
        token = subscription(person, "alerts")
        (message,) = desk.keep(a_letter(number))
        models.OutboxMessage.objects.filter(pk=message).update(person=person)
        at_once(partial(mail_wishes.stop, token, NOON), desk.send)
        state = models.OutboxMessage.objects.get(pk=message).state
        assert (state, len(desk.mailer.sent)) in (("sent", 1), ("cancelled", 0))


def test_workers_at_the_same_moment_send_each_message_once() -> None:
    desks = [Desk(worker=f"w{number}") for number in range(4)]
    desks[0].keep(*[a_letter(number, recipient=f"p{number}@reader.example") for number in range(20)])
    became = at_once(*[desk.send for desk in desks])
    sent = Counter(mail.recipient for desk in desks for mail in desk.mailer.sent)
    assert sent == {f"p{number}@reader.example": 1 for number in range(20)}
    assert sum(one.get("sent", 0) for one in became) == 20
    assert Counter(models.OutboxEvent.objects.values_list("kind", flat=True)) == {"made": 20, "handed": 20, "sent": 20}


def test_withdrawing_while_a_message_is_kept_leaves_nothing_to_be_sent() -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, NOON)
    for number in range(ROUNDS):
        to = models.Subscriber.objects.create(email=f"p{number}@reader.example", language="en", state="agreed", made_at=NOON)
        letter = replace(a_letter(number, "edition", to.email), key=str(edition.uuid))
        kept, _ = at_once(partial(edition_mail.keep, str(to.uuid), letter, NOON), partial(editions.withdraw, edition.uuid, None, NOON))
        assert waiting() == 0
        back = editions.restore(edition.uuid, None, NOON)
        assert waiting() == back == models.OutboxMessage.objects.count()
        assert models.OutboxMessage.objects.filter(recipient=to.email).count() == kept


@pytest.mark.parametrize("leaves", [False, True])
def test_withdrawing_or_leaving_while_the_server_has_no_room_leaves_nothing_to_be_sent(leaves: bool) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, NOON)
    for number in range(ROUNDS):
        to = models.Subscriber.objects.create(email=f"p{number}@reader.example", language="en", state="agreed", made_at=NOON)
        edition_mail.keep(str(to.uuid), replace(a_letter(number, "edition", to.email), key=str(edition.uuid)), NOON)
        token = mail_wishes.read(mail_wishes.subscriber_token(to.uuid))
        assert token is not None
        act = partial(mail_wishes.stop, token, NOON) if leaves else partial(editions.withdraw, edition.uuid, None, NOON)
        at_once(Desk(Refused("end", 451, "4.3.0 later")).send, act)
        assert list(models.OutboxMessage.objects.values_list("state", "due_at")) == [("cancelled", None)]
        models.OutboxMessage.objects.all().delete()
        if not leaves:
            editions.restore(edition.uuid, None, NOON)


def test_leaving_while_a_withdrawn_edition_is_published_again_leaves_nothing_to_be_sent() -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, NOON)
    for number in range(ROUNDS):
        to = models.Subscriber.objects.create(email=f"p{number}@reader.example", language="en", state="agreed", made_at=NOON)
        edition_mail.keep(str(to.uuid), replace(a_letter(number, "edition", to.email), key=str(edition.uuid)), NOON)
        editions.withdraw(edition.uuid, None, NOON)
        token = mail_wishes.read(mail_wishes.subscriber_token(to.uuid))
        assert token is not None
        at_once(partial(mail_wishes.stop, token, NOON), partial(editions.restore, edition.uuid, None, NOON))
        assert waiting() == 0
