"""Who is told when: nothing is lost or told twice, caps and quiet hours hold, whatever comes in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.alerting import (
    BURST,
    DESK_CAP,
    HOUR,
    STALE,
    STORM,
    Person,
    Plan,
    Sent,
    Waiting,
    hows,
    next_hour,
    plan,
    quiet_end,
    settled,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def waits(alert: int, *, rule: int = 1, story: int | None = None, cadence: str = "at_once", cap: int = 6, age: float = 0.0) -> Waiting:
    return Waiting(alert, rule, story if story is not None else alert, cadence, cap, NOON - timedelta(minutes=age))


def placed(made: Plan) -> list[int]:
    return sorted([*hows(made), *made.later])


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    cadence = draw(st.lists(st.sampled_from(("at_once", "hourly", "daily")), min_size=3, max_size=3))
    return [
        Waiting(number, rule := draw(st.integers(0, 2)), draw(st.integers(0, 6)), cadence[rule], draw(st.integers(1, 8)),
                NOON - timedelta(minutes=draw(st.integers(0, 30 * 60))))
        for number in range(draw(st.integers(0, 12)))
    ]  # fmt: skip


people = st.builds(
    Person,
    alerts=st.sampled_from((True, True, True, False)),
    quiet_from=st.sampled_from((None, 0, 600, 1320)),
    quiet_to=st.sampled_from((None, 420, 840)),
    zone=st.sampled_from((UTC, PARIS)),
    muted=st.frozensets(st.integers(0, 6), max_size=2),
    left=st.frozensets(st.integers(0, 2), max_size=1),
)
sents = st.lists(
    st.builds(Sent, st.integers(0, 2), st.integers(0, 59).map(lambda m: NOON - timedelta(minutes=m)), st.booleans()), max_size=8
)


@settings(max_examples=400)
@given(queues(), people, sents, st.sampled_from((0, DESK_CAP)))
def test_every_alert_is_in_one_place_and_what_waits_waits_for_later(
    queue: list[Waiting], person: Person, sent: list[Sent], desk_mails: int
) -> None:
    made = plan(queue, person, sent, desk_mails, NOON)
    assert placed(made) == [one.alert for one in queue]
    assert sum(len(mail.alerts) for mail in made.mails) == len({alert for mail in made.mails for alert in mail.alerts})
    assert all(until > NOON for until in made.later.values())
    stories = {one.alert: one.story for one in queue}
    told = [{stories[alert] for alert in mail.alerts} for mail in made.mails]
    assert all((mail.form == "one") == (len(story) == 1) for mail, story in zip(made.mails, told, strict=True))
    if desk_mails >= DESK_CAP:
        assert len(made.mails) <= 1


@settings(max_examples=60)
@given(st.lists(st.integers(0, 240), min_size=1, max_size=60), st.integers(1, 8))
def test_over_hours_a_rule_keeps_its_cap_and_storms_are_one_mail_a_quarter(minutes: list[int], cap: int) -> None:
    """Alerts come minute by minute, each of a story of its own; the desk looks every minute."""
    sent: list[Sent] = []
    told: list[int] = []
    waiting: dict[int, Waiting] = {}
    for minute in range(420):
        now = NOON + timedelta(minutes=minute)
        waiting |= {key: Waiting(key, 1, key, "at_once", cap, now) for key, at in enumerate(minutes) if at == minute}
        made = plan(list(waiting.values()), Person(), [one for one in sent if one.at > now - HOUR], 0, now)
        for mail in made.mails:
            sent.append(Sent(1, now, mail.form == "rolled"))
            told += mail.alerts
        waiting = {key: one for key, one in waiting.items() if key in made.later}
    assert sorted(told) == list(range(len(minutes)))
    for place, mail in enumerate(sent):
        assert sum(mail.at - HOUR < other.at <= mail.at for other in sent) <= cap
        assert sum(mail.at - STORM < other.at <= mail.at for other in sent) <= BURST
        if mail.rolled and place + 1 < len(sent):
            assert sent[place + 1].at - mail.at >= STORM


def test_one_story_is_one_mail_whatever_rules_met_it() -> None:
    made = plan([waits(1, rule=1, story=7), waits(2, rule=2, story=7)], Person(), [], 0, NOON)
    assert [mail.alerts for mail in made.mails] == [(1, 2)]


def test_hourly_alerts_come_on_the_full_hour_together() -> None:
    hourly = [waits(1, cadence="hourly", age=30), waits(2, cadence="hourly", age=10)]
    made = plan(hourly, Person(), [], 0, NOON - timedelta(minutes=1))
    assert made.later == {1: NOON, 2: NOON}
    assert [mail.alerts for mail in plan(hourly, Person(), [], 0, NOON).mails] == [(1, 2)]
    assert next_hour(NOON) == NOON + HOUR


def test_who_takes_no_alert_mails_takes_daily_ones_by_the_digest() -> None:
    made = plan(
        [waits(1), waits(2, cadence="daily"), waits(3, rule=2, cadence="daily")], Person(alerts=False, left=frozenset({2})), [], 0, NOON
    )
    assert (made.off, made.digest) == ([1, 3], [2])


def test_what_waited_a_day_is_for_the_digest() -> None:
    old = waits(1, age=STALE.total_seconds() / 60)
    assert plan([old, waits(2, cadence="daily")], Person(), [], 0, NOON).digest == [1, 2]


@pytest.mark.parametrize(
    ("now", "first", "last", "end"),
    [
        ("2026-11-02T22:30+01:00", 22 * 60, 7 * 60, "2026-11-03T07:00+01:00"),
        ("2026-11-03T06:59+01:00", 22 * 60, 7 * 60, "2026-11-03T07:00+01:00"),
        ("2026-11-03T07:00+01:00", 22 * 60, 7 * 60, None),
        ("2026-11-02T12:30+01:00", 12 * 60, 14 * 60, "2026-11-02T14:00+01:00"),
        ("2026-11-02T14:00+01:00", 12 * 60, 14 * 60, None),
        ("2026-11-02T14:00+01:00", 60, 60, None),
        ("2026-11-02T14:00+01:00", None, 60, None),
        ("2026-03-28T23:00+01:00", 22 * 60, 7 * 60, "2026-03-29T07:00+02:00"),  # the night that lacks an hour
        ("2026-10-24T23:00+02:00", 22 * 60, 7 * 60, "2026-10-25T07:00+01:00"),  # the night that has one more
        ("2026-03-29T01:30+01:00", 60, 2 * 60 + 30, "2026-03-29T03:30+02:00"),  # an end that does not exist that night
    ],
)
def test_quiet_hours_end_at_the_hour_of_the_desk(now: str, first: int | None, last: int | None, end: str | None) -> None:
    person = Person(quiet_from=first, quiet_to=last, zone=PARIS)
    assert quiet_end(person, datetime.fromisoformat(now)) == (datetime.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("ways", "state"),
    [((), "dropped"), (("off",), "dropped"), (("muted", "off"), "muted"), (("digest", "muted"), "digest"), (("rolled", "mail"), "mailed")],
)
def test_an_alert_ends_as_the_strongest_way_it_was_told(ways: tuple[str, ...], state: str) -> None:
    assert settled(ways) == state
