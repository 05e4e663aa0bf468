"""Digests as a job: once a date for each person, kept with their message; nothing falls between two and nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from monitor.errors import PersonRefused
from monitor.flows import send_digest as flow
from monitor.flows.send_digest import send_digest
from monitor.pipeline.digest import ALIVE
from monitor.records import Desk, Sender
from monitor.store import digests, mail_wishes, models, people, story_edits
from tests.fakes import FakeClock
from tests.web import rows

pytestmark = pytest.mark.django_db

DESK = Desk(timezone="Europe/Paris", digest_at="07:00")
SENDER = Sender("desk@press.example", "Desk", "desk@press.example", "https://desk.press.example")
SEVEN = datetime(2026, 3, 15, 6, tzinfo=UTC)  # seven in Paris, the day after the rows' NOW
DAY = timedelta(days=1)


def send(at: datetime = SEVEN, desk: Desk = DESK) -> str:
    return send_digest(FakeClock(at), desk, SENDER).words()


def a_lead(headline: str = "Convoy attacked", at: datetime = SEVEN, **values: Any) -> models.Lead:
    lead = rows.a_told_lead(headline, rows.an_outlet(), **{"newest_at": at - timedelta(hours=1)} | values)
    models.Story.objects.filter(pk=lead.story_id).update(newest_at=at)
    return lead


def told(person: models.Person) -> list[list[str]]:
    """The new leads of each of a person's digests, oldest first."""
    kept = [digests.of(person, one.local_date) for one in reversed(digests.days_of(person))]
    return [[line.headline for line in one.content.new] for one in kept if one and one.content]


def states() -> list[tuple[str, bool]]:
    return list(models.Digest.objects.order_by("local_date", "person").values_list("state", "late"))


def test_each_person_has_one_a_date_with_its_message() -> None:
    ada, zoe = rows.a_person(), rows.a_person(language="fr")
    a_lead()
    assert [send(), send(), send(SEVEN + timedelta(hours=1))] == ["2 digests made", "", ""]
    kept = list(models.Digest.objects.order_by("person").values_list("person", "local_date", "state", "late", "message__state"))
    assert kept == [(one.pk, date(2026, 3, 15), "made", False, "pending") for one in (ada, zoe)]
    subjects = [
        str(make_header(decode_header(message_from_bytes(bytes(one.raw))["Subject"])))
        for one in models.OutboxMessage.objects.order_by("pk")
    ]
    assert subjects == ["Digest of Sunday 15 March: 1 new lead", "Résumé du dimanche 15 mars : 1 nouveau sujet"]


def test_the_letter_has_exactly_the_headers_of_a_stream() -> None:
    person = rows.a_person(given="Zoé", family="<b>")
    a_lead("=?utf-8?q?=0ABcc:evil@example.org?=\r\nBcc: evil@example.org\u2028X: y")
    send()
    found = message_from_bytes(bytes(models.OutboxMessage.objects.get().raw))
    identity = {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress"}
    stream = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"}
    assert sorted(found.keys()) == sorted(identity | stream | {"MIME-Version", "Content-Type"})
    token = mail_wishes.unsubscribe_token(person.pk, "digest")
    names = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence", "Content-Language")
    assert [found[name].strip() for name in names] == [
        "<digest.press.example>",
        f"<https://desk.press.example/u/{token}>",
        "List-Unsubscribe=One-Click",
        "bulk",
        "en",
    ]


def test_what_was_told_is_not_told_again_and_what_came_since_is() -> None:
    person = rows.a_person()
    a_lead("First")
    send()
    a_lead("Second", SEVEN + DAY)
    send(SEVEN + DAY)
    send(SEVEN + 2 * DAY)
    assert (told(person), states()) == ([["First"], ["Second"], []], [("made", False), ("made", False), ("empty", False)])


def test_a_late_committer_does_not_fall_between_two_digests() -> None:
    """A lead whose moments lie before the last digest, but which nobody could see then."""
    person = rows.a_person()
    send()
    a_lead("Seen late", SEVEN - timedelta(hours=3))
    send(SEVEN + DAY)
    assert told(person) == [[], ["Seen late"]]


def test_a_story_that_grew_is_told_with_its_growth() -> None:
    person = rows.a_person()
    lead = a_lead()
    send()
    models.Lead.objects.filter(pk=lead.pk).update(articles=9)
    send(SEVEN + DAY)
    send(SEVEN + 2 * DAY)
    grown = [digests.of(person, date(2026, 3, day)).content.grown for day in (15, 16, 17)]  # type: ignore[union-attr]
    assert [[line.more for line in one] for one in grown] == [[], [6], []]


def test_late_it_says_so_and_after_six_hours_it_is_skipped_with_the_reason() -> None:
    rows.a_person()
    assert [send(SEVEN + timedelta(minutes=20)), send(SEVEN + DAY + timedelta(hours=7))] == ["1 digest made", "1 digest skipped"]
    assert (states(), models.Digest.objects.get(state="skipped").reason) == ([("empty", True), ("skipped", False)], flow.ASLEEP)
    assert "late" in message_from_bytes(bytes(models.OutboxMessage.objects.get().raw)).get_payload(0).get_payload()  # type: ignore[union-attr, operator]


def test_a_clock_set_back_and_forth_makes_no_second_one() -> None:
    """F-20: +2 h, −2 h, −1 day, +10 years, and back."""
    rows.a_person()
    a_lead()
    for jump in (timedelta(), timedelta(hours=2), timedelta(hours=-2), -DAY, timedelta(days=3652), timedelta(hours=1)):
        send(SEVEN + jump)
    keys = list(models.OutboxMessage.objects.values_list("key", flat=True))
    dates = list(models.Digest.objects.values_list("local_date", flat=True))
    assert (len(keys), len(dates)) == (len(set(keys)), len(set(dates)))
    assert models.DeliveredLead.objects.count() == 1


def test_only_the_days_wanted_are_sent_and_wanting_one_later_sends_none_at_once() -> None:
    person = rows.a_person()
    mail_wishes.change(person.pk, SEVEN, digest_days=[1, 2, 3, 4, 5])  # 15 March 2026 is a Sunday
    send()
    mail_wishes.change(person.pk, SEVEN, digest_days=[])
    send(SEVEN + timedelta(minutes=5))
    assert (states(), models.OutboxMessage.objects.count()) == ([("off", False)], 0)


def test_whoever_wants_none_has_none_and_yesterdays_leads_wait() -> None:
    person = rows.a_person()
    mail_wishes.change(person.pk, SEVEN, digest=False)
    a_lead("Waits", SEVEN + timedelta(hours=2))
    send()
    mail_wishes.change(person.pk, SEVEN, digest=True)
    send(SEVEN + DAY)
    assert (states(), told(person)) == ([("off", False), ("made", False)], [["Waits"]])


def test_somebody_who_leaves_while_it_is_made_gets_none() -> None:
    person = rows.a_person()
    found = digests.addressees((SEVEN.date(),))[0]
    _person, content = flow.of_now(DESK, SEVEN, person.email)
    mail_wishes.stop(mail_wishes.read(mail_wishes.unsubscribe_token(person.pk, "digest")), SEVEN)  # type: ignore[arg-type]
    from monitor.pipeline.digest import Made
    from monitor.render.mail_digest import Recipient, digest_letter

    letter = digest_letter(content, Recipient(person.email, "", "en"), flow.frame_of(DESK, SENDER), key="k")
    assert digests.keep(found, SEVEN, Made(content, {}), (), letter, SEVEN) is False
    assert (models.Digest.objects.count(), models.OutboxMessage.objects.count()) == (0, 0)


def test_nobody_who_was_shut_out_or_came_after_the_hour() -> None:
    rows.a_person()
    models.Person.objects.update(is_active=False)
    late = rows.a_person()
    models.Person.objects.filter(pk=late.pk).update(joined_at=SEVEN + timedelta(minutes=1))
    assert send(SEVEN + timedelta(minutes=2)) == ""


def test_what_a_lost_mail_told_comes_again_as_it_was() -> None:
    person = rows.a_person()
    grown, new = a_lead("Grown"), None
    send()
    models.OutboxMessage.objects.update(state="sent")
    models.Lead.objects.filter(pk=grown.pk).update(articles=8)
    new = a_lead("New", SEVEN + DAY)
    send(SEVEN + DAY)
    models.OutboxMessage.objects.filter(state="pending").update(state="expired")
    send(SEVEN + 2 * DAY)
    content = digests.of(person, date(2026, 3, 17)).content  # type: ignore[union-attr]
    assert content is not None
    assert ([line.lead for line in content.new], [(line.lead, line.more) for line in content.grown]) == (
        [str(new.uuid)],
        [(str(grown.uuid), 5)],
    )
    assert list(models.Digest.objects.order_by("local_date").values_list("state", "reason")) == [
        ("made", ""),
        ("lost", "expired"),
        ("made", ""),
    ]


def test_an_alert_kept_for_the_digest_is_told_once() -> None:
    person = rows.a_person()
    lead = a_lead()
    rule = models.AlertRule.objects.create(
        owner=person, name="Mali", query="convoy", cadence="daily", made_at=SEVEN, changed_at=SEVEN, matches_from=SEVEN
    )
    alert = models.Alert.objects.create(rule=rule, story=lead.story, state="digest", made_at=SEVEN)
    models.AlertMatch.objects.create(alert=alert, article=lead.story.articles.get(), at=SEVEN)
    models.AlertDelivery.objects.create(alert=alert, person=person, how="digest", at=SEVEN)
    send(SEVEN + timedelta(minutes=1))
    send(SEVEN + DAY)
    found = [digests.of(person, date(2026, 3, day)).content.alerts for day in (15, 16)]  # type: ignore[union-attr]
    assert [[(one.headline, one.rules) for one in alerts] for alerts in found] == [[("Convoy attacked", ("Mali",))], []]


def test_a_followed_story_without_a_lead_tells_what_came() -> None:
    person = rows.a_person()
    outlet, story = rows.an_outlet(), rows.a_story()
    rows.an_article(outlet, story, "Port strike")
    story_edits.follow(story.uuid, person, SEVEN)
    send()
    rows.an_article(outlet, story, "Port strike goes on")
    send(SEVEN + DAY)
    send(SEVEN + 2 * DAY)
    found = [digests.of(person, date(2026, 3, day)).content.followed for day in (15, 16, 17)]  # type: ignore[union-attr]
    assert [[(one.headline, one.more) for one in lines] for lines in found] == [[], [("Port strike", 1)], []]


def test_one_persons_broken_digest_stops_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _second = rows.a_person(), rows.a_person()
    own = digests.own

    def broken(person: Any, *rest: Any) -> Any:
        if person.key == first.pk:
            raise RuntimeError("a bug")
        return own(person, *rest)

    monkeypatch.setattr(digests, "own", broken)
    assert send() == "1 digest made, 1 digest failed"
    assert list(models.Digest.objects.order_by("person").values_list("state", "last_error")) == [
        ("due", "RuntimeError: a bug"),
        ("empty", ""),
    ]
    monkeypatch.undo()
    assert send() == "1 digest made"
    assert list(models.Digest.objects.order_by("person").values_list("state", flat=True)) == ["empty", "empty"]


def test_a_digest_that_breaks_until_its_time_is_over_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    person = rows.a_person()

    def broken(*_rest: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(digests, "own", broken)
    said = [send(SEVEN + timedelta(hours=hour)) for hour in range(8)]
    assert said == ["1 digest failed"] * 6 + ["1 digest skipped", ""]
    assert (digests.days_of(person)[0].state, digests.days_of(person)[0].reason) == ("skipped", "broken: RuntimeError: a bug")


def test_an_address_no_mail_can_go_to_is_skipped_with_the_reason() -> None:
    models.Person.objects.filter(pk=rows.a_person().pk).update(email="a@b@desk.localhost")
    assert (send(), models.Digest.objects.get().state) == ("1 digest skipped", "skipped")


def test_two_workers_make_one_digest() -> None:
    person = rows.a_person()
    send()
    row = models.Digest.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Digest.objects.create(person=person, local_date=row.local_date, wanted_at=SEVEN)
    found = digests.addressees(())[0]  # a worker that looked before the other one wrote
    assert digests.skip(found, row.local_date, SEVEN, SEVEN, "") is False


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_make_one_digest_for_each_person() -> None:
    """Four look before anybody has written; F-05."""
    rows.a_person(), rows.a_person()
    a_lead()
    start = Barrier(4)

    def work(_number: int) -> str:
        start.wait()
        try:
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        said = list(workers.map(work, range(4)))
    counts = [table.objects.count() for table in (models.Digest, models.OutboxMessage, models.DeliveredLead)]
    assert (counts, any("failed" in one for one in said)) == ([2, 2, 2], False)


@pytest.mark.django_db(transaction=True)
def test_leaving_while_the_digest_is_made_leaves_nothing_to_be_sent() -> None:
    """Both at the same moment, many times: whoever is second sees the other; nothing waits for a person who has left."""
    token = mail_wishes.unsubscribe_token(rows.a_person().pk, "digest")
    for number in range(8):
        start = Barrier(2)

        def at_once(act: Callable[[], object], start: Barrier = start) -> None:
            start.wait()
            try:
                act()
            finally:
                connection.close()

        acts = (partial(mail_wishes.stop, mail_wishes.read(token), SEVEN), partial(send, SEVEN + number * DAY))  # type: ignore[arg-type]
        with ThreadPoolExecutor(2) as both:
            list(both.map(at_once, acts))
        assert models.OutboxMessage.objects.filter(state="pending").count() == 0
        mail_wishes.come_back(mail_wishes.read(token), SEVEN)  # type: ignore[arg-type]


def test_a_preview_keeps_nothing_and_knows_who_is_there() -> None:
    person = rows.a_person()
    a_lead()
    shown = flow.preview(DESK, SENDER, SEVEN, person.email.upper())
    assert ([line.headline for line in shown.digest.new], models.Digest.objects.count(), models.DeliveredLead.objects.count()) == (
        ["Convoy attacked"],
        0,
        0,
    )
    with pytest.raises(PersonRefused, match="Nobody of this desk"):
        flow.preview(DESK, SENDER, SEVEN, "nobody@desk.localhost")


def test_a_desk_with_strange_settings_still_has_its_digest_at_seven_utc() -> None:
    rows.a_person()
    strange = Desk(timezone="Nowhere/City", digest_at="soon")
    assert [send(SEVEN + timedelta(minutes=59), strange), send(SEVEN + timedelta(minutes=60), strange)] == ["", "1 digest made"]


# ── whatever happens (F-34, for digests and unsubscribing) ───────────────────────────────────────────────────────────


class DigestDesk(RuleBasedStateMachine):
    """Leads come, grow and go, clocks jump, mail fails, people leave and come back; the job runs whenever it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = FakeClock(SEVEN - timedelta(hours=2))
        self.outlet = rows.an_outlet()
        self.people = [rows.a_person(), rows.a_person(language="fr")]
        people.follow(self.people[1], languages=["fr"], sections=["asia"], themes=[])
        models.Person.objects.update(joined_at=SEVEN - 30 * DAY)
        self.news: dict[tuple[int, int], list[int]] = {}
        self.seen: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(section=st.sampled_from(["africa", "asia"]), language=st.sampled_from(["en", "fr", "ar"]))
    def publish(self, section: str, language: str) -> None:
        story = rows.a_story(section=section)
        rows.an_article(self.outlet, story, "Headline", language=language)
        rows.a_lead(story, "Headline", languages=[language], newest_at=self.clock.now(), queued_at=self.clock.now())

    @rule(by=st.integers(1, 4), choice=st.integers(0, 1000))
    def grow(self, by: int, choice: int) -> None:
        if lead := self._one(models.Lead.objects.filter(status__in=ALIVE), choice):
            models.Lead.objects.filter(pk=lead.pk).update(articles=lead.articles + by, newest_at=self.clock.now())

    @rule(status=st.sampled_from(["queued", "dismissed", "claimed", "quiet"]), who=st.integers(0, 1), choice=st.integers(0, 1000))
    def deal_with(self, status: str, who: int, choice: int) -> None:
        if lead := self._one(models.Lead.objects.all(), choice):
            claimer = self.people[who] if status == "claimed" else None
            models.Lead.objects.filter(pk=lead.pk).update(status=status, claimed_by=claimer)

    @rule(minutes=st.sampled_from([1, 60, 7 * 60, 24 * 60, 26 * 60, 120, -120, -24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def run_the_job(self) -> None:
        send_digest(self.clock, DESK, SENDER)
        for row in models.Digest.objects.filter(state__in=("made", "empty")).exclude(pk__in=self.seen):
            self.seen.add(row.pk)
            self._complete(row)

    @rule(became=st.sampled_from(["sent", "sent", "failed", "expired", "uncertain"]), choice=st.integers(0, 1000))
    def mail(self, became: str, choice: int) -> None:
        message = self._one(models.OutboxMessage.objects.filter(state="pending"), choice)
        if message is None:
            return
        assert message.person_id is not None
        assert mail_wishes.wishes_of(message.person_id).digest  # no mail after an unsubscribe was committed
        models.OutboxMessage.objects.filter(pk=message.pk).update(state=became)

    @rule(who=st.integers(0, 1))
    def leave(self, who: int) -> None:
        self._act(who, mail_wishes.stop)

    @precondition(lambda self: not all(mail_wishes.wishes_of(one.pk).digest for one in self.people))
    @rule()
    def come_back(self) -> None:
        for who in range(2):
            self._act(who, mail_wishes.come_back)

    @invariant()
    def no_lead_is_news_twice_to_anybody(self) -> None:
        times: dict[tuple[int, str], int] = {}
        for row in models.Digest.objects.filter(state__in=("made", "empty")).exclude(message__state__in=digests.IN_VAIN):
            for key, (how, _articles, _before) in row.content["told"].items():
                if how == "new":
                    times[row.person_id, key] = times.get((row.person_id, key), 0) + 1
        assert [one for one, count in times.items() if count > 1] == []

    @invariant()
    def nothing_waits_for_whoever_left(self) -> None:
        off = models.MailWishes.objects.filter(digest=False).values("person")
        assert models.OutboxMessage.objects.filter(person__in=off, state="pending").count() == 0

    def _complete(self, row: models.Digest) -> None:
        """Everything the person wishes to hear of that is alive and no older than the digest looks back has been told."""
        person = row.person
        leads = models.Lead.objects.filter(status__in=ALIVE, newest_at__gte=self.clock.now() - timedelta(hours=20))
        if person.sections_followed:
            leads = leads.filter(section__in=person.sections_followed)
        wished = {one.pk for one in leads if not person.languages_read or set(one.languages) & {*person.languages_read, person.language}}
        assert wished - set(models.DeliveredLead.objects.filter(person=person).values_list("lead_id", flat=True)) == set()

    def _act(self, who: int, act: Any) -> None:
        found = mail_wishes.read(mail_wishes.unsubscribe_token(self.people[who].pk, "digest"))
        assert found is not None
        act(found, self.clock.now())

    @staticmethod
    def _one(found: Any, choice: int) -> Any:
        some = list(found.order_by("pk"))
        return some[choice % len(some)] if some else None


def test_whatever_happens_nothing_is_lost_doubled_or_sent_to_whoever_left() -> None:
    run_state_machine_as_test(DigestDesk, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
