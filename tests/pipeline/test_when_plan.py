from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline import when
from monitor.pipeline.when_plan import allowed_hour, fraction, skip_text
from tests.pipeline.when_kit import DAY, HOST, HOUR, MINUTE, NOW, VALIDATORS, a_200, a_304, a_failure, a_feed, a_state, poll


@pytest.mark.parametrize("jump", [-10 * 365 * DAY, -DAY, -2 * HOUR, 2 * HOUR, DAY, 10 * 365 * DAY])
def test_p48_no_feed_waits_more_than_an_interval_after_a_jump(jump: timedelta) -> None:
    state = poll(a_state(), a_200(), a_feed()).state
    now = NOW + jump
    after = when.after_clock_jump(state, now)
    assert after.next_at is not None
    assert after.next_at <= max(now, NOW) + HOUR * 1.1
    assert (after.last_attempt_at or NOW) <= now


def test_p48_a_clock_set_back_keeps_the_length_of_the_servers_wish() -> None:
    state = poll(a_state(), a_200(VALIDATORS | {"cache-control": "max-age=10800"}), a_feed()).state
    back = when.after_clock_jump(state, NOW - DAY)
    assert (back.not_before, back.next_at) == (NOW - DAY + 3 * HOUR, NOW - DAY + 3 * HOUR)
    forward = when.after_clock_jump(state, NOW + DAY)
    assert forward.not_before == NOW + 3 * HOUR


def test_p48_without_a_jump_the_plan_stays_as_it_was() -> None:
    for result in (poll(a_state(), a_200(), a_feed(skip_hours=(13,))), poll(a_state(), a_failure(401)), poll(a_state(), a_failure(503))):
        assert when.after_clock_jump(result.state, NOW + MINUTE) == result.state


def test_p48_stopped_and_never_polled_feeds_are_left_alone() -> None:
    gone = poll(a_state(), a_failure(410)).state
    assert when.after_clock_jump(gone, NOW + DAY) == gone
    assert when.after_clock_jump(a_state(), NOW) == a_state()
    assert when.spread(a_state(), NOW) == a_state()


def test_p48_overdue_feeds_are_spread_over_half_an_hour_never_early() -> None:
    states = [poll(a_state(url=f"https://paper.example/{n}"), a_304()).state for n in range(200)]
    later = NOW + 3 * DAY
    dates = [when.spread(state, later).next_at for state in states]
    waits = [date - later for date in dates if date is not None]
    assert len(set(waits)) == 200
    assert timedelta(0) <= min(waits)
    assert max(waits) < 30 * MINUTE
    assert sum(wait < 15 * MINUTE for wait in waits) in range(70, 131)
    quick = poll(a_state(every=15 * MINUTE), a_304()).state
    assert (when.spread(quick, later).next_at or NOW) - later < 15 * MINUTE
    assert when.spread(states[0], NOW) == states[0]


@given(st.text(), st.integers())
@settings(max_examples=100, deadline=None)
def test_fraction_lies_from_zero_up_to_one(text: str, number: int) -> None:
    assert 0 <= fraction(text, number) < 1
    assert fraction(text, number) == fraction(text, number)


moments = st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda away: NOW + away)
lists = st.lists(st.integers(-3, 30), max_size=30)


@given(moments, lists, lists)
@settings(max_examples=200, deadline=None)
def test_p17_an_allowed_hour_is_never_early_and_always_found(due: datetime, hours: list[int], days: list[int]) -> None:
    found = allowed_hour(due, skip_text(hours, days))
    assert due <= found <= due + 8 * DAY
    skipped_hours = {hour % 24 for hour in hours if 0 <= hour <= 24}
    if skip_text(hours, []) and len(skipped_hours) < 24:
        assert found.hour not in skipped_hours


@pytest.mark.parametrize("skip", ["", "|", "x|y", "1 2", "99 x|9", "²|", "0" * 100])
def test_p17_a_strange_text_skips_nothing_it_does_not_name(skip: str) -> None:
    due = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    assert allowed_hour(due, skip) == due


def test_a_month_of_one_feed_is_polite_and_misses_little() -> None:
    """A feed with a new entry every two hours by day, an outage of a day, a quiet weekend, read by virtual time for thirty days."""
    state, at, polls, unconditional = a_state(), NOW, 0, 0
    published = [NOW + n * HOUR for n in range(0, 30 * 24, 2) if (12 + n) % 24 >= 8 and (NOW + n * HOUR).weekday() < 5]
    seen, delays, version = 0, [], 0
    while at < NOW + 30 * DAY:
        ready = when.earliest(state, HOST)
        assert ready is not None
        at = max(at, ready)
        asked = when.before_request(state, at)
        unconditional += not when.ask_for(asked).etag
        down = NOW + 10 * DAY <= at < NOW + 11 * DAY
        fresh = [moment for moment in published[seen:] if moment <= at]
        if down:
            result = when.after(asked, a_failure(502, at=at), None, HOST, at)
        elif fresh or polls == 0:
            version += 1
            learned = a_feed(new=len(fresh), entries=20, gap=2 * HOUR, body_sha256=f"sha-{version}")
            result = when.after(asked, a_200({"etag": f'"{version}"'}, at=at), learned, HOST, at)
            delays += [at - moment for moment in fresh]
            seen += len(fresh)
        else:
            result = when.after(asked, a_304(at=at), None, HOST, at)
        assert result.state.next_at is not None
        assert result.state.next_at >= at + 15 * MINUTE
        state, polls = result.state, polls + 1
    assert seen == len([moment for moment in published if moment <= at])
    assert sorted(delays)[len(delays) // 2] <= HOUR
    assert unconditional <= 5  # the first, and one audit in each of four quiet weekends (P10)
    assert 200 <= polls <= 30 * 24
