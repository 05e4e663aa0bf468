"""From an article that meets a rule to the letters in the outbox: once a story and person, when they want it, and never again."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.flows.find_alerts import Watch
from monitor.flows.send_alerts import AlertReport, send_alerts
from monitor.pipeline.query import parse
from monitor.pipeline.spike import Pair, Spike
from monitor.records import Desk, Letter, Sender
from monitor.store import alert_rules, alerts, mail_wishes, models, pages_desk, pulse, stories, story_mutes, take_up
from monitor.store.alert_rules import Wanted
from monitor.store.stories import Merged, Placed
from tests.fakes import NOON, FakeClock
from tests.store.rows import to_group
from tests.store.search_rows import an_indexed, told

pytestmark = pytest.mark.django_db
SENDER = Sender("desk@press.example", "Press Monitor", "desk@press.example", "https://desk.example")


def a_person(number: int = 1, language: str = "en", **values: Any) -> models.Person:
    named = {"given_name": "Ada", "family_name": "Example", "language": language, "joined_at": NOON}
    return models.Person.objects.create(email=f"p{number}@desk.example", **named | values)


def a_rule(person: models.Person, query: str = "harbour", *, at: datetime = NOON - timedelta(days=1), **values: Any) -> models.AlertRule:
    wanted = Wanted(values.pop("name", "Harbours"), parse(query).canonical, query, **values)
    return models.AlertRule.objects.get(uuid=alert_rules.make(person, wanted, at))


class Room:
    """A desk in which articles are grouped by the test's word and alerts are told."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON + timedelta(minutes=10))
        self.kit: Any = SimpleNamespace(clock=self.clock, worker="w", stop=lambda: False)
        self.watch = Watch()

    def group(self, *placed: tuple[models.Article, models.Story, models.Article | None], merge: Any = ()) -> None:
        """Put articles into stories, each with the article it copies."""
        for article, _, _ in placed:
            if not models.ArticleDoc.objects.filter(article=article).exists():
                to_group(article)
            models.ToGroup.objects.update_or_create(article=article, defaults={"due_at": NOON, "claim_token": "t"})
        told_ = [Placed(str(a.uuid), "t", str(s.uuid), (), str(c.uuid) if c else None) for a, s, c in placed]
        met = self.watch.met(told_)
        assert stories.save_grouping(told_, list(merge), self.clock.now(), seen=stories.generation(), met=met) is not None

    def send(self) -> AlertReport:
        return send_alerts(self.kit, Desk(), SENDER)

    def advance(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))


@pytest.fixture
def room() -> Room:
    return Room()


def a_story() -> models.Story:
    return models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON)


def subjects() -> list[tuple[str, str]]:
    return list(models.OutboxMessage.objects.order_by("pk").values_list("recipient", "subject"))


def body(message: models.OutboxMessage, kind: str = "plain") -> str:
    part = message_from_bytes(bytes(message.raw), policy=policy.default).get_body((kind,))
    assert part is not None
    return part.get_content()


def test_a_matching_article_is_told_once_with_the_words_that_matched(room: Room) -> None:
    rule = a_rule(a_person())
    one, other = an_indexed(
        told("Harbour closed after a ship drifted", "The harbour was closed on Monday.", outlet="le-monde"), told("Elections", "Votes.")
    )
    room.group((one, a_story(), None), (other, a_story(), None))
    assert room.send() == AlertReport(mails=1)
    assert subjects() == [("p1@desk.example", "Alert “Harbours”: Harbour closed after a ship drifted")]
    message = models.OutboxMessage.objects.get()
    assert f"https://desk.example/alerts/{rule.uuid}" in body(message)
    assert "<b class=" not in body(message)
    assert ">Harbour</b>" in body(message, "html")
    assert models.Alert.objects.get().state == "mailed"
    assert room.send() == AlertReport()


def test_later_matches_of_a_story_wait_an_hour_and_stand_under_the_first(room: Room) -> None:
    a_rule(a_person())
    one, two, three = an_indexed(told("Harbour closed"), told("Harbour still closed", outlet="le-monde"), told("Harbour opens"))
    story = a_story()
    room.group((one, story, None))
    room.send()
    room.group((two, story, None))
    assert room.send() == AlertReport()
    room.group((three, story, None))
    room.advance(hours=1)
    assert room.send() == AlertReport(mails=1)
    first, later = models.OutboxMessage.objects.order_by("pk")
    assert first.subject == later.subject
    roots = [message_from_bytes(bytes(message.raw))["References"] for message in (first, later)]
    assert roots[0] == roots[1] != None  # noqa: E711
    assert "Harbour opens" in body(later)
    assert "Harbour still closed" in body(later)
    assert "Harbour closed\n" not in body(later)


def test_copies_old_news_and_what_was_found_before_the_rule_do_not_alert(room: Room) -> None:
    person = a_person()
    original, copy, before, old, reserved = an_indexed(
        told("Harbour closed", "Text."),
        told("Harbour closed", "Text.", outlet="le-monde"),
        told("Harbour news"),
        told("Harbour archive", published=NOON - timedelta(days=31)),
        told("Ships drift", "The harbour was closed.", rights="reserved"),
    )
    models.Article.objects.filter(pk=before.pk).update(discovered_at=NOON - timedelta(hours=2))
    rule = a_rule(person, at=NOON - timedelta(hours=1))
    first, second = a_story(), a_story()
    room.group((original, first, None))
    room.group((copy, second, original), (before, a_story(), None), (old, a_story(), None), (reserved, a_story(), None))
    met = models.AlertMatch.objects.filter(alert__rule=rule).values_list("article_id", flat=True)
    assert list(met) == [original.pk]


def test_a_copy_alerts_when_its_original_was_not_meant(room: Room) -> None:
    a_rule(a_person(), "harbour outlet:le-monde")
    original, copy = an_indexed(told("Harbour closed", "Text."), told("Harbour closed", "Text.", outlet="le-monde"))
    story = a_story()
    room.group((original, story, None), (copy, story, original))
    assert list(models.AlertMatch.objects.values_list("article_id", flat=True)) == [copy.pk]


def test_a_merged_story_is_told_once(room: Room) -> None:
    a_rule(a_person())
    one, two = an_indexed(told("Harbour closed"), told("Harbour shut", outlet="le-monde"))
    first, second = a_story(), a_story()
    room.group((one, first, None))
    room.send()
    room.group((two, second, None), merge=[Merged(str(first.uuid), str(second.uuid))])
    room.send()
    assert len(subjects()) == 1
    three, four = an_indexed(told("Harbour opens"), told("Harbour is open", outlet="le-monde"))
    third, fourth = a_story(), a_story()
    room.group((three, third, None), (four, fourth, None))
    room.group(merge=[Merged(str(third.uuid), str(fourth.uuid))])
    room.send()
    assert len(subjects()) == 2
    assert sorted(models.Alert.objects.values_list("kind", "state")) == [
        ("first", "dropped"), ("first", "mailed"), ("first", "mailed"), ("more", "due"),
    ]  # fmt: skip


def test_everybody_of_the_desk_is_told_by_a_rule_of_the_desk_but_those_who_left_it(room: Room) -> None:
    people = [a_person(1), a_person(2, "fr"), a_person(3), a_person(4, is_active=False), a_person(5)]
    rule = a_rule(people[0], whole_desk=True)
    models.AlertLeft.objects.create(rule=rule, person=people[2], at=NOON)
    mail_wishes.change(people[4].pk, NOON, alerts=False)
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    room.send()
    assert subjects() == [
        ("p1@desk.example", "Alert “Harbours”: Harbour closed"),
        ("p2@desk.example", "Alerte « Harbours » : Harbour closed"),
    ]
    ways = models.AlertDelivery.objects.order_by("person_id").values_list("person_id", "how")
    assert list(ways) == [(people[0].pk, "mail"), (people[1].pk, "mail"), (people[2].pk, "off"), (people[4].pk, "off")]


def test_a_muted_story_and_a_paused_or_deleted_rule_are_told_to_nobody(room: Room) -> None:
    person = a_person()
    rules = [a_rule(person, word) for word in ("harbour", "ships", "divers")]
    one, two, three = an_indexed(told("Harbour closed"), told("Ships drift"), told("Divers look"))
    muted = a_story()
    room.group((one, muted, None), (two, a_story(), None), (three, a_story(), None))
    story_mutes.mute(muted.uuid, person, NOON)
    alert_rules.pause(person, rules[1].uuid, 1, NOON, desk=False)
    alert_rules.delete(person, rules[2].uuid, 1, NOON, desk=False)
    room.send()
    assert subjects() == []
    assert sorted(models.Alert.objects.values_list("state", flat=True)) == ["dropped", "dropped", "muted"]


def test_many_stories_at_once_are_one_mail_and_then_one_a_quarter_of_an_hour(room: Room) -> None:
    a_rule(a_person())
    articles = an_indexed(*[told(f"Harbour {number}") for number in range(12)])
    room.group(*[(article, a_story(), None) for article in articles[:5]])
    room.send()
    room.advance(minutes=1)
    room.group(*[(article, a_story(), None) for article in articles[5:8]])
    room.send()
    assert [subject for _, subject in subjects()] == ["Alert “Harbours”: 5 stories"]
    room.advance(minutes=13)
    room.group(*[(article, a_story(), None) for article in articles[8:]])
    room.send()
    room.advance(minutes=1)
    room.send()
    assert [subject for _, subject in subjects()] == ["Alert “Harbours”: 5 stories", "Alert “Harbours”: 7 stories"]
    assert models.AlertDelivery.objects.count() == 12


def test_quiet_hours_put_off_and_a_day_later_it_is_for_the_digest(room: Room) -> None:
    person, night = a_person(), a_person(2)
    a_rule(person, cadence="daily")
    a_rule(night)
    mail_wishes.change(night.pk, NOON, quiet_from=12 * 60, quiet_to=16 * 60)  # of Paris: 11:00 to 15:00 UTC
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    room.send()
    assert (subjects(), [line.story.articles[0].headline for line in alerts.for_digest(person.pk, NOON)]) == ([], ["Harbour closed"])
    waiting = models.Alert.objects.get(state="due")
    assert waiting.due_at == NOON + timedelta(hours=3)
    room.advance(hours=30)
    room.send()
    (line,) = alerts.for_digest(night.pk, room.clock.now())
    assert subjects() == []
    alerts.told_in_digest(line.alerts, night.pk, _digest(night), room.clock.now())
    assert alerts.for_digest(night.pk, room.clock.now()) == []


def _digest(person: models.Person) -> int:
    return models.Digest.objects.create(person=person, local_date=NOON.date(), wanted_at=NOON).pk


def test_an_alert_mailed_in_vain_until_it_was_too_old_is_for_the_digest(room: Room) -> None:
    person = a_person()
    a_rule(person)
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    room.send()
    assert alerts.for_digest(person.pk, room.clock.now()) == []
    models.OutboxMessage.objects.update(state="expired")
    assert [line.story.articles[0].headline for line in alerts.for_digest(person.pk, room.clock.now())] == ["Harbour closed"]


def test_what_was_mailed_with_a_rule_that_was_left_is_for_the_digest_without_it(room: Room) -> None:
    person = a_person()
    rules = [a_rule(person, word, name=word) for word in ("harbour", "ships")]
    articles = an_indexed(*[told(f"Harbour {number}") for number in range(4)], told("Ships and harbour"))
    room.group(*[(article, a_story(), None) for article in articles])
    room.send()
    token = mail_wishes.unsubscribe_token(person.pk, f"alert:{rules[0].uuid}")
    found = mail_wishes.read(token)
    assert found is not None
    mail_wishes.stop(found, room.clock.now())
    assert [state for (state,) in models.OutboxMessage.objects.values_list("state")] == ["cancelled"]
    assert [line.story.rules[0].name for line in alerts.for_digest(person.pk, room.clock.now())] == ["ships"]


def test_a_rule_that_becomes_a_spike_rule_waits_for_words_no_longer(room: Room) -> None:
    person = a_person()
    rule = a_rule(person)
    room.watch.refresh()
    assert len(room.watch) == 1
    alert_rules.change(person, rule.uuid, 1, Wanted("Spikes", kind="spike", country="ML"), NOON, desk=False)
    room.watch.refresh()
    assert len(room.watch) == 0


def test_two_rules_that_meet_one_story_make_one_mail(room: Room) -> None:
    person = a_person()
    a_rule(person, "harbour", name="Harbours")
    a_rule(person, "closed", name="Closures")
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    room.send()
    assert subjects() == [("p1@desk.example", "Alert “Harbours”: Harbour closed")]
    assert "Harbours · Closures" in body(models.OutboxMessage.objects.get())


def test_a_new_spike_is_told_once_at_its_most_told_story(room: Room) -> None:
    person = a_person()
    for theme, country in (("terror", ""), ("", "ML"), ("terror", "FR"), ("nuclear", "")):
        alert_rules.make(person, Wanted(f"{theme} {country}", kind="spike", theme=theme, country=country), NOON)
    one, two, three = an_indexed(told("Attack in Bamako"), told("Bamako attack", outlet="le-monde"), told("Talks"))
    small, large = a_story(), a_story()
    room.group((three, small, None), (one, large, None), (two, large, None))
    spike = Spike(Pair("terror", "ML"), 6, 9, 5, 1.4, 1e-6, (str(small.uuid), str(large.uuid)))
    assert pulse.save_spikes([spike], room.clock.now()) == 1
    assert pulse.save_spikes([spike], room.clock.now() + timedelta(hours=1)) == 0
    met = sorted(models.Alert.objects.values_list("rule__name", "kind", "story"))
    assert met == [("ML", "spike", large.pk), ("terror", "spike", large.pk)]
    assert room.send() == AlertReport(mails=1)
    assert "terror, Mali: 9 articles within 6 hours, where 1 are usual." in body(models.OutboxMessage.objects.get())


def test_a_replayed_grouping_and_a_second_worker_tell_nothing_twice(room: Room) -> None:
    a_rule(a_person())
    (one,) = an_indexed(told("Harbour closed"))
    story = a_story()
    room.group((one, story, None))
    token, found = alerts.claim(room.clock.now(), limit=10, worker="dead")
    room.group((one, story, None))
    room.advance(minutes=6)
    room.send()
    assert not alerts.tell(found[0].people[0], [], {found[0].key: "off"}, token, room.clock.now())
    assert (len(subjects()), models.Alert.objects.count(), models.AlertMatch.objects.count()) == (1, 1, 1)
    room.send()
    assert len(subjects()) == 1


def test_a_changed_rule_is_known_to_the_index_at_once(room: Room) -> None:
    person = a_person()
    rule = a_rule(person, at=NOON - timedelta(hours=1))
    assert (room.watch.refresh(), len(room.watch)) == (1, 1)
    assert room.watch.refresh() == 0
    wanted = Wanted("Ships", parse("ship").canonical, "ship")
    assert alert_rules.change(person, rule.uuid, 1, wanted, NOON, desk=False) == "done"
    (one, two) = an_indexed(told("Harbour closed"), told("Ship drifts"))
    room.group((one, a_story(), None), (two, a_story(), None))
    assert list(models.AlertMatch.objects.values_list("article_id", flat=True)) == [two.pk]
    assert alert_rules.pause(person, rule.uuid, 2, NOON + timedelta(hours=1), desk=False) == "done"
    assert (room.watch.refresh(), len(room.watch)) == (1, 0)


def test_who_leaves_or_mutes_while_they_are_being_told_is_not_told(room: Room) -> None:
    person = a_person()
    rule = a_rule(person)
    (one,) = an_indexed(told("Harbour closed"))
    story = a_story()
    room.group((one, story, None))
    now = room.clock.now()
    token, (found,) = alerts.claim(now, limit=10, worker="w")
    letter = Letter("alert", "k", person.email, "s", "<m@press.example>", b"raw")
    models.AlertLeft.objects.create(rule=rule, person=person, at=now)
    assert not alerts.tell(person.pk, [alerts.Telling(letter, (found.key,), "mail")], {}, token, now)
    models.AlertLeft.objects.all().delete()
    story_mutes.mute(story.uuid, person, now)
    assert not alerts.tell(person.pk, [alerts.Telling(letter, (found.key,), "mail")], {}, token, now)
    story_mutes.unmute(story.uuid, person, now)
    assert alerts.tell(person.pk, [alerts.Telling(letter, (found.key,), "mail")], {}, token, now)
    assert models.OutboxMessage.objects.count() == 1


def test_who_leaves_a_rule_on_its_page_is_not_sent_what_waits_by_it(room: Room) -> None:
    person = a_person()
    rule = a_rule(person)
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    room.send()
    assert models.OutboxMessage.objects.get().state == "pending"
    assert [alert_rules.leave(rule.uuid, person, room.clock.now()) for _ in range(2)] == [True, True]
    assert models.OutboxMessage.objects.get().state == "cancelled"
    assert models.AlertLeft.objects.count() == 1


def muted_while_its_mail_waits(room: Room) -> tuple[models.Person, models.Story]:
    person, story = a_person(), a_story()
    a_rule(person)
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, story, None))
    room.send()
    assert story_mutes.mute(story.uuid, person, room.clock.now()) == 1
    assert models.OutboxMessage.objects.get().state == "cancelled"
    return person, story


def test_who_mutes_a_story_is_not_sent_what_waits_of_it_until_they_think_better(room: Room) -> None:
    person, story = muted_while_its_mail_waits(room)
    assert story_mutes.mute(story.uuid, person, room.clock.now()) == 0
    assert alerts.for_digest(person.pk, room.clock.now()) == []
    room.advance(hours=1)
    assert story_mutes.unmute(story.uuid, person, room.clock.now()) == (1, "")
    message = models.OutboxMessage.objects.get()
    assert (message.state, message.due_at) == ("pending", room.clock.now())
    assert list(message.events.order_by("pk").values_list("kind", "note")) == [("made", ""), ("cancelled", "muted"), ("resent", "")]
    assert story_mutes.unmute(story.uuid, person, room.clock.now()) == (0, "")


def test_a_mail_taken_back_by_muting_that_grew_too_old_is_told_in_the_digest(room: Room) -> None:
    person, story = muted_while_its_mail_waits(room)
    room.advance(hours=25)
    assert story_mutes.unmute(story.uuid, person, room.clock.now()) == (0, "too-old")
    assert models.OutboxMessage.objects.get().state == "cancelled"
    assert len(alerts.for_digest(person.pk, room.clock.now())) == 1


@pytest.mark.parametrize("how", ["leaves", "takes no alerts", "rule deleted", "address refuses"])
def test_a_mail_taken_back_by_muting_stays_so_when_nobody_wants_it_any_more(room: Room, how: str) -> None:
    person, story = muted_while_its_mail_waits(room)
    rule, now = models.AlertRule.objects.get(), room.clock.now()
    if how == "leaves":
        alert_rules.leave(rule.uuid, person, now)
    elif how == "takes no alerts":
        mail_wishes.change(person.pk, now, alerts=False)
    elif how == "rule deleted":
        alert_rules.delete(person, rule.uuid, rule.version, now, desk=False)
    else:
        models.MailRefusal.objects.create(address=person.email, day=now.date(), at=now, final=True)
    why_not = "suppressed" if how == "address refuses" else "left"
    assert story_mutes.unmute(story.uuid, person, now) == (0, why_not)
    assert models.OutboxMessage.objects.get().state == "cancelled"


def test_muting_leaves_the_mails_of_others_and_those_of_several_stories(room: Room) -> None:
    ada, bo = a_person(1), a_person(2)
    a_rule(ada, whole_desk=True)
    muted, other = a_story(), a_story()
    articles = an_indexed(*[told(f"Harbour {number}") for number in range(6)])
    room.group((articles[0], muted, None))
    room.send()
    room.advance(minutes=16)
    room.group((articles[1], other, None), *[(article, a_story(), None) for article in articles[2:]])
    room.send()
    waiting = models.OutboxMessage.objects.count()
    assert story_mutes.mute(muted.uuid, ada, room.clock.now()) == 1
    bundled = models.OutboxMessage.objects.filter(alerts__how="rolled", person=ada).distinct()
    assert bundled.count() == 1
    assert story_mutes.mute(other.uuid, ada, room.clock.now()) == 0
    assert models.OutboxMessage.objects.exclude(state="pending").count() == 1
    assert models.OutboxMessage.objects.filter(person=bo, state="pending").count() == waiting // 2


def test_many_stories_of_half_an_hour_without_a_mail_server_are_few_mails_a_person(room: Room) -> None:
    """F-18: what was made while the server was silent is bundled as always, and nothing of it is lost."""
    people = [a_person(number) for number in range(3)]
    a_rule(people[0], whole_desk=True)
    articles = an_indexed(*[told(f"Harbour {number}") for number in range(90)])
    for minute in range(30):
        room.group(*[(article, a_story(), None) for article in articles[3 * minute : 3 * minute + 3]])
        room.send()
        room.advance(minutes=1)
    room.advance(minutes=15)
    room.send()
    mails = models.OutboxMessage.objects.values_list("recipient", flat=True)
    assert {address: list(mails).count(address) for address in mails} == {person.email: 5 for person in people}
    assert models.AlertDelivery.objects.filter(how__in=("mail", "rolled")).count() == 3 * 90


def test_an_alert_given_up_is_shown_and_taken_up_again(room: Room) -> None:
    a_rule(a_person())
    (one,) = an_indexed(told("Harbour closed"))
    room.group((one, a_story(), None))
    models.Alert.objects.update(attempts=5, last_error="a fault of ours")
    assert room.send() == AlertReport()
    assert [(lost.kind, lost.count, lost.reason) for lost in pages_desk.given_up()] == [("alerts", 1, "a fault of ours")]
    assert take_up.take_up("alerts", room.clock.now()) == 1
    assert room.send() == AlertReport(mails=1)
