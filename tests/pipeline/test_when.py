from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline import when
from monitor.pipeline import when_limits as limits
from monitor.records import Ask, FeedState, Hop, HostState, Outcome
from tests.pipeline.when_kit import (
    DAY,
    HOST,
    HOUR,
    MINUTE,
    NOW,
    URL,
    VALIDATORS,
    a_200,
    a_304,
    a_failure,
    a_feed,
    a_state,
    poll,
    wait,
    within_jitter,
)

# ── Rule 0 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rule_0_waits_for_the_latest_of_all_moments() -> None:
    state = a_state(next_at=NOW, not_before=NOW + HOUR, last_attempt_at=NOW)
    assert when.earliest(state) == NOW + HOUR
    assert when.earliest(state, replace(HOST, not_before=NOW + DAY)) == NOW + DAY
    assert when.earliest(replace(state, not_before=None)) == NOW + 15 * MINUTE
    assert not when.may_fetch(state, HOST, NOW + 59 * MINUTE)
    assert when.may_fetch(state, HOST, NOW + HOUR)


def test_rule_0_writes_attempt_and_provisional_date_before_the_request() -> None:
    state = when.before_request(a_state(attempts=4), NOW)
    assert (state.last_attempt_at, state.attempts, state.next_at) == (NOW, 5, NOW + HOUR)


def test_rule_0_by_hand_keeps_the_servers_wish_and_five_minutes() -> None:
    state = a_state(next_at=NOW + DAY, last_attempt_at=NOW)
    assert not when.may_fetch(state, HOST, NOW + 4 * MINUTE, manual=True)
    assert when.may_fetch(state, HOST, NOW + 5 * MINUTE, manual=True)
    assert not when.may_fetch(replace(state, not_before=NOW + HOUR), HOST, NOW + 5 * MINUTE, manual=True)
    assert not when.may_fetch(state, replace(HOST, not_before=NOW + HOUR), NOW + 5 * MINUTE, manual=True)


def test_rule_0_of_a_claimed_row_leaves_the_lease_out() -> None:
    state = a_state(next_at=NOW + 15 * MINUTE, not_before=NOW - DAY)
    assert not when.may_fetch(state, HOST, NOW)
    assert when.may_fetch(state, HOST, NOW, claimed=True)
    assert not when.may_fetch(replace(state, not_before=NOW + MINUTE), HOST, NOW, claimed=True)


# ── validators ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_p1_the_first_request_is_unconditional_and_the_next_is_not() -> None:
    assert when.ask_for(when.before_request(a_state(), NOW)) == Ask(URL)
    state = poll(a_state(), a_200(), a_feed()).state
    assert when.ask_for(when.before_request(state, NOW + HOUR)) == Ask(
        URL, etag=VALIDATORS["etag"], last_modified=VALIDATORS["last-modified"], validator_url=URL
    )


@pytest.mark.parametrize("etag", ['W/"x"', '"x"', "x", '""', '"a b"', "W/x,y"])
def test_p2_an_etag_is_kept_byte_for_byte(etag: str) -> None:
    assert poll(a_state(), a_200({"etag": etag}), a_feed()).state.etag == etag


@pytest.mark.parametrize("text", ["Fri, 01 Jan 2038 00:00:00 GMT", "yesterday", "0", "Fri,20 Nov 2026 1:0:0 +0000"])
def test_p3_last_modified_is_kept_byte_for_byte_even_when_unreadable(text: str) -> None:
    state = poll(a_state(), a_200({"last-modified": text}), a_feed()).state
    assert when.ask_for(when.before_request(state, NOW)) == Ask(URL, last_modified=text, validator_url=URL)


def test_p4_without_validators_a_feed_is_asked_every_six_hours_at_most() -> None:
    state = poll(a_state(), a_200(), a_feed()).state
    small = poll(state, a_200({}), a_feed(gap=10 * MINUTE, new=1))
    assert (small.state.etag, small.state.last_modified, small.state.validator_url) == ("", "", "")
    assert within_jitter(wait(small), 6 * HOUR)
    big = poll(state, a_200({}, body=b"x" * (512 * 1024 + 1)), a_feed(gap=10 * MINUTE, new=1))
    assert wait(big) == DAY
    let_go = poll(state, replace(a_200({}), body=b"", wire_bytes=512 * 1024 + 1), a_feed(gap=10 * MINUTE, new=1))
    assert wait(let_go) == DAY


@pytest.mark.parametrize("headers", [{"expires": "0"}, {"cache-control": "no-store"}, {"cache-control": "no-cache", "expires": "0"}])
def test_p5_validators_are_kept_beside_no_store(headers: dict[str, str]) -> None:
    state = poll(a_state(), a_200(VALIDATORS | headers), a_feed()).state
    assert (state.etag, state.not_before) == (VALIDATORS["etag"], None)


def test_p6_a_304_is_a_success_with_its_own_freshness() -> None:
    failing = a_state(fail_score=3.0, failing_since=NOW - DAY, last_error="x", health="failing", etag='"1"', validator_url=URL)
    state = poll(failing, a_304({"cache-control": "max-age=7200"})).state
    assert (state.fail_score, state.failing_since, state.last_error, state.health) == (0.0, None, "", "ok")
    assert (state.not_before, state.consecutive_304, state.first_304_at) == (NOW + 2 * HOUR, 1, NOW)


def test_p7_validators_named_by_a_304_replace_ours_and_absent_ones_stay() -> None:
    state = a_state(etag='"1"', last_modified="then", validator_url=URL)
    changed = poll(state, a_304({"etag": '"2"'})).state
    assert (changed.etag, changed.last_modified) == ('"2"', "then")
    assert poll(state, a_304()).state.etag == '"1"'


def test_p8_a_304_to_an_unconditional_request_clears_the_validators() -> None:
    state = a_state(etag='"1"', last_modified="then", validator_url=URL)
    result = poll(state, a_failure(304, kind="protocol")).state
    assert (result.etag, result.last_modified, result.validator_url, result.fail_score) == ("", "", "", 0.5)


def test_p9_validators_belong_to_the_address_that_gave_them() -> None:
    target = "https://paper.example/feed.xml"
    state = poll(a_state(), a_200(url=target, hops=(Hop(302, target),)), a_feed()).state
    assert when.ask_for(when.before_request(state, NOW)).validator_url == target
    elsewhere = poll(state, a_304(url="https://paper.example/other.xml", hops=(Hop(302, "https://paper.example/other.xml"),))).state
    assert when.ask_for(when.before_request(elsewhere, NOW)) == Ask(URL)


def test_p9_a_feed_under_another_address_starts_without_validators() -> None:
    state = poll(a_state(), a_200(), a_feed(new=3)).state
    other = when.moved(state, "https://paper.example/new.xml")
    assert when.ask_for(when.before_request(other, NOW + HOUR)) == Ask("https://paper.example/new.xml")
    assert (other.key, other.last_change_at, other.next_at) == (state.key, NOW, state.next_at)


def a_silent_liar(**changes: object) -> FeedState:
    """Eight 304 over two days from a feed that used to bring five entries a day."""
    known = {"etag": '"1"', "validator_url": URL, "body_sha256": "sha-0", "parsed_ok_sha256": "sha-0", "last_200_at": NOW - 3 * DAY}
    return a_state(
        **(known | {"consecutive_304": 8, "first_304_at": NOW - 2 * DAY, "rate_ewma": 5.0, "last_attempt_at": NOW - DAY} | changes)
    )


def test_p10_too_many_304_bring_one_unconditional_request_a_day() -> None:
    asked = when.before_request(a_silent_liar(), NOW)
    assert when.ask_for(asked) == Ask(URL)
    broken = poll(a_silent_liar(), a_failure(500)).state
    assert when.ask_for(when.before_request(broken, NOW + 23 * HOUR)).etag == '"1"'
    assert when.ask_for(when.before_request(broken, NOW + 24 * HOUR)).etag == ""


@pytest.mark.parametrize("changes", [{"consecutive_304": 7}, {"first_304_at": NOW - 47 * HOUR}, {"rate_ewma": 1.4}])
def test_p10_an_honest_silence_is_not_audited(changes: dict[str, object]) -> None:
    assert when.ask_for(when.before_request(a_silent_liar(**changes), NOW)).etag == '"1"'


def test_p10_a_lie_found_out_leaves_only_the_hash_for_thirty_days() -> None:
    state = poll(a_silent_liar(), a_200({"etag": '"1"'}), a_feed(new=4, gap=10 * MINUTE)).state
    assert state.validators_untrusted_at == NOW
    assert within_jitter(wait(poll(a_silent_liar(), a_200({"etag": '"1"'}), a_feed(new=4, gap=10 * MINUTE))), 2 * HOUR)
    assert when.ask_for(when.before_request(state, NOW + 29 * DAY)) == Ask(URL)
    assert when.ask_for(when.before_request(state, NOW + 30 * DAY)).etag == '"1"'


def test_p10_an_audit_that_finds_the_same_document_keeps_trust() -> None:
    state = poll(a_silent_liar(), a_200({"etag": '"1"'}), None).state
    assert (state.validators_untrusted_at, state.consecutive_304, state.useless_200) == (None, 0, 0)


def test_p11_the_same_bytes_or_the_same_etag_need_no_parsing() -> None:
    state = a_state(etag='"1"', validator_url=URL, parsed_ok_sha256="sha-1", body_sha256="sha-1")
    assert when.is_unchanged(state, a_200({}), "sha-1")
    assert when.is_unchanged(state, a_200({"etag": '"1"'}), "sha-2")
    assert not when.is_unchanged(state, a_200({"etag": '"2"'}), "sha-2")
    assert not when.is_unchanged(a_state(etag='"1"', validator_url=URL), a_200({"etag": '"1"'}), "sha-2")


def test_p11_an_etag_that_never_changes_is_looked_behind_at_times() -> None:
    state = a_state(etag='"1"', validator_url=URL, parsed_ok_sha256="sha-1", body_sha256="sha-1", useless_200=4)
    assert not when.is_unchanged(state, a_200({"etag": '"1"'}), "sha-2")
    found = poll(state, a_200({"etag": '"1"'}), a_feed(body_sha256="sha-2", new=2)).state
    assert found.validators_untrusted_at == NOW


def test_p11_five_useless_answers_in_a_row_double_the_interval() -> None:
    state = a_state(interval=2 * HOUR, gap_median=4 * HOUR)
    seen = []
    for _ in range(5):
        state = poll(state, a_200(), None).state
        seen.append((state.useless_200, state.interval))
    assert seen[3] == (4, timedelta(hours=4, minutes=52, seconds=58.125))
    assert seen[4][0] == 5
    assert seen[4][1] == 2 * timedelta(hours=5, minutes=52, seconds=58.125)


# ── freshness and hints ──────────────────────────────────────────────────────────────────────────────────────────────


def test_p13_max_age_counts_age() -> None:
    state = poll(a_state(), a_200({"cache-control": "public, max-age=9000", "age": "1800"}), a_feed()).state
    assert state.not_before == NOW + 2 * HOUR
    assert not when.may_fetch(state, HOST, NOW + 2 * HOUR - timedelta(seconds=1), manual=True)


def test_p13_max_age_is_capped_at_seven_days() -> None:
    result = poll(a_state(), a_200({"cache-control": "max-age=31536000"}), a_feed()).state
    assert (result.not_before, result.next_at) == (NOW + 7 * DAY, NOW + 7 * DAY)
    assert result.not_before_reason == "The outlet calls its answer fresh until then (capped at 7 days)."


def test_p14_expires_is_read_against_the_servers_own_date() -> None:
    headers = {"date": "Mon, 05 Jan 2015 00:00:00 GMT", "expires": "Mon, 05 Jan 2015 05:00:00 GMT"}
    assert poll(a_state(), a_200(headers), a_feed()).state.not_before == NOW + 5 * HOUR


@pytest.mark.parametrize(("ttl", "expected"), [(3 * HOUR, 3 * HOUR), (30 * DAY, DAY), (timedelta(0), HOUR), (-HOUR, HOUR)])
def test_p15_ttl_is_a_lower_bound(ttl: timedelta, expected: timedelta) -> None:
    result = poll(a_state(), a_200(), a_feed(ttl=ttl))
    assert expected <= wait(result) <= min(expected * 1.1, DAY)


@pytest.mark.parametrize(("hint", "expected"), [(4 * HOUR, 4 * HOUR), (40 * DAY, DAY), (timedelta(0), HOUR), (MINUTE, HOUR)])
def test_p16_update_period_is_a_lower_bound(hint: timedelta, expected: timedelta) -> None:
    result = poll(a_state(), a_200(), a_feed(update_every=hint))
    assert expected <= wait(result) <= min(expected * 1.1, DAY)


def test_p16_a_hint_outlives_a_304() -> None:
    state = poll(a_state(), a_200(), a_feed(update_every=6 * HOUR)).state
    assert within_jitter(wait(poll(state, a_304())), 6 * HOUR)


def test_p17_skipped_hours_and_days_move_the_next_poll_on() -> None:
    hours = poll(a_state(), a_200(), a_feed(skip_hours=(13, 14, 15)))
    assert hours.state.next_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    days = poll(a_state(), a_200(), a_feed(skip_days=(4, 5, 6), skip_hours=(24,)))
    assert days.state.next_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert poll(days.state, a_304()).state.next_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "hints", [{"skip_hours": tuple(range(24))}, {"skip_days": tuple(range(7))}, {"skip_hours": (13, 14) * 13}, {"skip_hours": (99, -1)}]
)
def test_p17_hints_that_exclude_everything_or_nothing_are_ignored(hints: dict[str, tuple[int, ...]]) -> None:
    assert within_jitter(wait(poll(a_state(), a_200(), a_feed(**hints))), HOUR)


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────────────────────


def sightings(target: str, *hops: Hop, url: str = URL, days: tuple[int, ...] = (0, 1, 2)) -> list[when.After]:
    state, found = a_state(url=url), []
    for day in days:
        result = poll(state, a_200(url=target, hops=hops, at=NOW + day * DAY), a_feed(), at=NOW + day * DAY)
        found.append(result)
        state = result.state
    return found


def test_p18_a_permanent_redirect_is_adopted_after_three_sightings_over_two_days() -> None:
    target = "https://feeds.paper.example/all"
    found = sightings(target, Hop(301, "https://paper.example/all"), Hop(308, target))
    assert [result.adopt_url for result in found] == ["", "", target]
    assert found[-1].notices == (f"This feed has moved to {target}.",)
    assert [result.adopt_url for result in sightings(target, Hop(301, target), days=(0, 0, 1))] == ["", "", ""]


@pytest.mark.parametrize(
    ("target", "hops"),
    [
        ("http://paper.example/all", (301,)),
        ("https://192.0.2.7/all", (301,)),
        ("https://paper.example/login/all", (301,)),
        ("https://paper.example/all", (301, 302)),
        ("https://paper.example/all", (307,)),
        ("https://[x", (301,)),
    ],
)
def test_p18_some_redirects_are_never_adopted(target: str, hops: tuple[int, ...]) -> None:
    found = sightings(target, *(Hop(status, target) for status in hops))
    assert [(result.adopt_url, result.notices, result.state.perm_redirect_seen) for result in found] == [("", (), 0)] * 3


def test_p18_another_site_needs_the_editor() -> None:
    found = sightings("https://elsewhere.example/all", Hop(301, "https://elsewhere.example/all"))
    assert found[-1].adopt_url == ""
    assert found[-1].notices == (
        "This feed has moved to https://elsewhere.example/all on another site; adopt the address if it is the outlet's.",
    )


def test_p18_a_changed_target_is_counted_afresh() -> None:
    first = sightings("https://paper.example/a", Hop(301, "https://paper.example/a"), days=(0, 1))[-1].state
    second = poll(first, a_200(url="https://paper.example/b", hops=(Hop(301, "https://paper.example/b"),), at=NOW + 3 * DAY), a_feed())
    assert (second.state.perm_redirect_to, second.state.perm_redirect_seen, second.adopt_url) == ("https://paper.example/b", 1, "")


def test_p19_a_temporary_redirect_is_followed_and_forgotten() -> None:
    state = sightings("https://paper.example/a", Hop(302, "https://paper.example/a"))[-1].state
    assert (state.perm_redirect_to, state.url, state.validator_url) == ("", URL, "https://paper.example/a")


# ── rhythm and jitter ────────────────────────────────────────────────────────────────────────────────────────────────


def test_p38_an_empty_feed_is_a_success_and_reported_after_two_days() -> None:
    state = poll(a_state(), a_200(), a_feed(new=5)).state
    empty = poll(state, a_200({"etag": '"2"'}), a_feed(entries=0, body_sha256="sha-2"), at=NOW + DAY)
    assert (empty.state.health, empty.state.empty_since, empty.notices) == ("ok", NOW + DAY, ())
    later = poll(empty.state, a_304(), at=NOW + 3 * DAY)
    assert later.notices == ("This feed had entries and has been empty for two days.",)
    back = poll(later.state, a_200(), a_feed(new=1), at=NOW + 4 * DAY)
    assert (back.state.empty_since, back.notices) == (None, ())


@pytest.mark.parametrize(
    ("gap", "interval"), [(None, HOUR), (MINUTE, 15 * MINUTE), (2 * HOUR, HOUR), (8 * HOUR, 4 * HOUR), (30 * DAY, DAY)]
)
def test_p41_the_interval_is_half_the_median_gap_within_bounds(gap: timedelta | None, interval: timedelta) -> None:
    result = poll(a_state(), a_200(), a_feed(gap=gap, new=3))
    assert result.state.interval == interval
    assert min(interval, 23 * HOUR) <= wait(result) <= min(interval * 1.1, 23 * HOUR)


def test_p41_a_window_that_is_mostly_new_twice_in_a_row_shortens_the_interval() -> None:
    busy = a_feed(gap=4 * HOUR, new=8, window_full=True)
    state = poll(a_state(last_200_at=NOW - DAY), a_200(), busy).state
    assert (state.full_windows, state.interval) == (1, 2 * HOUR)
    state = poll(state, a_200(), busy, at=NOW + 2 * HOUR).state
    assert (state.full_windows, state.interval) == (2, HOUR)
    state = poll(state, a_200(), busy, at=NOW + 3 * HOUR).state
    assert state.interval == 30 * MINUTE


def test_p41_the_first_window_of_a_feed_says_nothing_of_overflow() -> None:
    assert poll(a_state(), a_200(), a_feed(new=10, window_full=True)).state.full_windows == 0


def test_p41_nothing_new_lengthens_by_ten_to_sixty_minutes_up_to_four_rhythms() -> None:
    state = a_state(last_200_at=NOW, gap_median=HOUR, interval=30 * MINUTE)
    seen = []
    for _ in range(12):
        state = poll(state, a_304()).state
        seen.append(state.interval)
    assert seen[:2] == [40 * MINUTE, 50 * MINUTE]
    assert seen[-1] == 2 * HOUR
    slow = a_state(last_200_at=NOW, gap_median=2 * DAY, interval=10 * HOUR)
    assert poll(slow, a_200(), a_feed(), at=NOW + DAY).state.interval == 11 * HOUR


def test_p41_the_editors_own_interval_wins_over_the_rhythm_but_not_over_the_outlet() -> None:
    assert within_jitter(wait(poll(a_state(every=20 * MINUTE), a_200(), a_feed(gap=8 * HOUR))), 20 * MINUTE)
    assert within_jitter(wait(poll(a_state(every=20 * MINUTE), a_200(), a_feed(ttl=2 * HOUR))), 2 * HOUR)
    assert within_jitter(wait(poll(a_state(every=3 * DAY), a_200(), a_feed())), 3 * DAY)


def test_p42_a_feed_never_polled_is_due_at_once() -> None:
    assert when.may_fetch(a_state(), HOST, NOW)
    assert when.earliest(a_state()) == datetime(1970, 1, 1, tzinfo=UTC)


def test_p42_jitter_depends_on_feed_and_attempt_and_is_never_early() -> None:
    delays = {wait(poll(a_state(url=f"https://paper.example/{n}"), a_200(), a_feed())) for n in range(50)}
    assert len(delays) == 50
    assert all(within_jitter(delay, HOUR) for delay in delays)
    assert wait(poll(a_state(attempts=1), a_200(), a_feed())) != wait(poll(a_state(attempts=2), a_200(), a_feed()))
    assert wait(poll(a_state(), a_200(), a_feed())) == wait(poll(a_state(), a_200(), a_feed()))


def test_p49_dates_of_entries_are_no_part_of_the_plan() -> None:
    assert {"published", "updated", "date"}.isdisjoint(when.Learned.__dataclass_fields__)


def test_p54_a_start_makes_nothing_due_that_was_not() -> None:
    state = poll(a_state(), a_200({"cache-control": "max-age=7200"}), a_feed()).state
    for minutes in range(0, 120, 10):
        started = when.spread(when.after_clock_jump(state, NOW + minutes * MINUTE), NOW + minutes * MINUTE)
        assert not when.may_fetch(started, HOST, NOW + minutes * MINUTE)


def test_silent_since_after_three_times_the_rhythm() -> None:
    state = a_state(last_change_at=NOW, gap_median=12 * HOUR)
    assert when.silent_since(state, NOW + 35 * HOUR) is None
    assert when.silent_since(state, NOW + 36 * HOUR) == NOW
    assert when.silent_since(a_state(), NOW) is None


# ── what holds for any history ───────────────────────────────────────────────────────────────────────────────────────

header_text = st.one_of(
    st.sampled_from(["max-age=60", "max-age=99999999999999999999", "max-age=-1", "no-cache", "0", "-1", "1e99", "3600", '"x"', "W/", ""]),
    st.sampled_from(["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 20 Nov 2026 14:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"]),
    st.text(max_size=20),
)
headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "age", "retry-after", "etag", "last-modified", "cf-mitigated"]), header_text
)
statuses = st.sampled_from([400, 401, 403, 404, 410, 429, 451, 500, 503, 599])
outcomes = st.one_of(
    headers.map(lambda h: ("200", h, 0)),
    headers.map(lambda h: ("304", h, 0)),
    headers.map(lambda h: ("not a feed", h, 0)),
    headers.map(lambda h: ("unchanged", h, 0)),
    st.tuples(st.just("failed"), headers, statuses),
)


def answer(what: tuple[str, dict[str, str], int], at: datetime) -> tuple[Outcome, when.Learned | None]:
    kind, found, status = what
    if kind == "304":
        return a_304(found, at=at), None
    if kind == "failed":
        return a_failure(status, headers=found, at=at), None
    learned = {"200": a_feed(new=3, gap=HOUR), "not a feed": when.Learned(is_feed=False), "unchanged": None}[kind]
    return a_200(found, at=at), learned


@given(st.lists(outcomes, min_size=1, max_size=12), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_no_history_of_answers_leads_to_an_early_request(history: list[tuple[str, dict[str, str], int]], siblings: int) -> None:
    state, host, at = a_state(), HostState("paper.example"), NOW
    for what in history:
        outcome, learned = answer(what, at)
        result = poll(state, outcome, learned, at=at, host=host, siblings=siblings)
        assert result == poll(state, outcome, learned, at=at, host=host, siblings=siblings)
        state, host = result.state, result.host
        due = when.earliest(state, host)
        if due is None:
            assert (state.health in {"gone", "dormant"}, state.next_at) == (True, None)
            return
        assert state.next_at is not None
        assert due >= max(state.next_at, at + limits.FLOOR, state.not_before or at, host.not_before or at)
        assert not when.may_fetch(state, host, due - timedelta(microseconds=1))
        assert when.may_fetch(state, host, due)
        at = due


@given(st.integers(0, 10_000), st.sampled_from([None, MINUTE, HOUR, 5 * HOUR, 40 * HOUR, 30 * DAY]), st.booleans(), st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_a_healthy_feed_is_due_again_within_23_hours(number: int, gap: timedelta | None, not_modified: bool, quiet_polls: int) -> None:
    state = poll(a_state(url=f"https://paper.example/{number}"), a_200(), a_feed(gap=gap, new=2)).state
    for _ in range(quiet_polls):
        state = poll(state, a_304()).state
    result = poll(state, a_304()) if not_modified else poll(state, a_200(), a_feed(gap=gap))
    assert 15 * MINUTE <= wait(result) <= 23 * HOUR


def test_a_state_with_changes_is_what_replace_makes_of_it() -> None:
    state = FeedState(key=1, url="https://harbour.example/rss", etag='"a"')
    assert state.but(etag="", attempts=3, next_at=NOW) == replace(state, etag="", attempts=3, next_at=NOW)
    assert (state.etag, state.attempts) == ('"a"', 0)
    with pytest.raises(TypeError, match="no etagg"):
        state.but(etagg="")
