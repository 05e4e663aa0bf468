from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.pipeline import when
from monitor.pipeline.when_failures import meaning
from monitor.records import FailKind, FeedState, HostState
from tests.pipeline.when_kit import DAY, HOST, HOUR, MINUTE, NOW, URL, a_200, a_304, a_failure, a_feed, a_state, poll, wait, within_jitter


def fail_again(state: FeedState, times: int, status: int = 500) -> FeedState:
    at = NOW
    for _ in range(times):
        state = poll(state, a_failure(status, at=at), at=at).state
        at = state.next_at or at
    return state


@pytest.mark.parametrize(("status", "score"), [(400, 1.0), (405, 1.0), (406, 1.0), (414, 1.0), (431, 1.0), (418, 1.0), (408, 0.5)])
def test_p22_errors_of_the_request_count_one(status: int, score: float) -> None:
    result = poll(a_state(), a_failure(status))
    assert (result.state.fail_score, result.state.health, result.state.failing_since) == (score, "failing", NOW)
    assert within_jitter(wait(result), HOUR)


@pytest.mark.parametrize("status", [401, 402, 407])
def test_p23_credentials_are_the_editors_matter_and_looked_at_daily(status: int) -> None:
    result = poll(a_state(), a_failure(status))
    assert (result.state.health, wait(result)) == ("credentials", DAY)
    assert result.notices == ("This feed asks for credentials or payment; it is looked at once a day.",)
    assert when.may_fetch(result.state, HOST, NOW + HOUR, manual=True)


def test_p24_a_403_waits_four_hours_even_by_hand() -> None:
    state = poll(a_state(), a_failure(403)).state
    assert (state.fail_score, state.not_before, state.next_at) == (0.5, NOW + 4 * HOUR, NOW + 4 * HOUR)
    assert not when.may_fetch(state, HOST, NOW + 3 * HOUR, manual=True)


@pytest.mark.parametrize(
    ("kind", "headers"), [("challenge", {}), ("http", {"cf-mitigated": "challenge"}), ("http", {"cf-mitigated": " Challenge "})]
)
def test_p24_bot_protection_is_told_and_tried_daily(kind: FailKind, headers: dict[str, str]) -> None:
    result = poll(a_state(), a_failure(403, kind=kind, headers=headers))
    assert (result.state.health, result.state.not_before, result.state.next_at) == ("blocked", NOW + DAY, NOW + DAY)
    assert result.notices == ("This feed is blocked by bot protection; ask the outlet to admit our poller. It is tried once a day.",)


def test_p25_a_404_is_soft_and_asks_the_editor_after_two_weeks() -> None:
    result = poll(a_state(), a_failure(404))
    assert (result.state.fail_score, result.notices) == (0.5, ())
    late = poll(a_state(failing_since=NOW - 14 * DAY, fail_score=5.0), a_failure(404))
    assert late.notices == ("This feed has not been found for two weeks; has its address changed?",)


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (410, "The outlet says this feed is gone for good; it is no longer asked."),
        (451, "This feed is unavailable for legal reasons (451); it is no longer asked."),
    ],
)
def test_p26_p27_gone_and_legal_stop_at_once_and_for_good(status: int, notice: str) -> None:
    result = poll(a_state(), a_failure(status))
    assert (result.state.health, result.state.gone_at, result.state.next_at) == ("gone", NOW, None)
    assert result.notices == (notice,)
    assert when.earliest(result.state, HOST) is None
    assert not when.may_fetch(result.state, HOST, NOW + 400 * DAY)
    assert not when.may_fetch(result.state, HOST, NOW + 400 * DAY, manual=True)


def test_p26_a_gone_feed_is_revived_only_by_hand() -> None:
    state = when.revived(poll(a_state(), a_failure(410)).state, NOW + MINUTE)
    assert (state.gone_at, state.health, state.fail_score, state.next_at) == (None, "new", 0.0, NOW + 15 * MINUTE)


def test_p28_a_429_waits_for_retry_after_with_jitter_never_early() -> None:
    state = poll(a_state(), a_failure(429, headers={"retry-after": "36000"})).state
    assert state.not_before is not None
    assert NOW + 10 * HOUR <= state.not_before <= NOW + 11 * HOUR
    assert state.next_at == state.not_before
    waits = {poll(a_state(url=f"{URL}/{n}"), a_failure(429)).state.not_before for n in range(20)}
    assert len(waits) == 20


def test_p28_a_429_without_retry_after_waits_four_hours() -> None:
    state = poll(a_state(), a_failure(429)).state
    assert state.not_before is not None
    assert NOW + 4 * HOUR <= state.not_before <= NOW + 5 * HOUR


def test_p28_a_429_waits_at_least_two_intervals() -> None:
    state = poll(a_state(interval=8 * HOUR), a_failure(429, headers={"retry-after": "1"})).state
    assert state.not_before is not None
    assert state.not_before >= NOW + 16 * HOUR


def test_p28_a_429_slows_the_feed_by_half_for_a_week() -> None:
    state = poll(a_state(interval=2 * HOUR, gap_median=4 * HOUR, last_200_at=NOW), a_failure(429)).state
    assert when.interval_of(state, NOW + 6 * DAY) == 3 * HOUR
    assert when.interval_of(state, NOW + 7 * DAY) == 2 * HOUR


@pytest.mark.parametrize(
    ("host", "siblings", "headers", "shared"),
    [
        (HOST, 2, {}, True),
        (HOST, 1, {}, False),
        (HOST, 2, {"x-ratelimit-scope": "path"}, False),
        (HostState("127.0.0.1"), 2, {}, False),
        (HostState("localhost"), 2, {}, False),
    ],
)
def test_p28_a_429_holds_for_the_host_when_others_of_it_are_watched(
    host: HostState, siblings: int, headers: dict[str, str], shared: bool
) -> None:
    result = poll(a_state(), a_failure(429, headers=headers), host=host, siblings=siblings)
    assert result.host.not_before == (NOW + 4 * HOUR if shared else None)
    assert result.state.not_before is not None


def test_p28_a_longer_wish_of_the_host_is_kept() -> None:
    host = replace(HOST, not_before=NOW + 9 * DAY)
    assert poll(a_state(), a_failure(429), host=host, siblings=2).host.not_before == NOW + 9 * DAY


def test_p29_a_503_waits_an_hour_by_default() -> None:
    state = poll(a_state(interval=20 * MINUTE), a_failure(503)).state
    assert state.not_before is not None
    assert NOW + HOUR <= state.not_before <= NOW + 2 * HOUR
    assert poll(a_state(), a_failure(503), siblings=2).host.not_before == NOW + 2 * HOUR


@pytest.mark.parametrize("status", [500, 502, 504, 520, 522, 599])
def test_p29_other_server_errors_are_soft(status: int) -> None:
    state = poll(a_state(), a_failure(status)).state
    assert (state.fail_score, state.not_before) == (0.5, None)


def test_p30_a_wish_of_88_hours_is_honoured_whole() -> None:
    state = poll(a_state(), a_failure(503, headers={"retry-after": str(88 * 3600)})).state
    assert state.next_at is not None
    assert state.next_at >= NOW + 88 * HOUR


@pytest.mark.parametrize("status", [403, 404, 302, 500])
def test_p31_retry_after_is_honoured_on_other_answers(status: int) -> None:
    state = poll(a_state(), a_failure(status, headers={"retry-after": "90000"})).state
    assert state.not_before == NOW + 25 * HOUR


def test_p31_retry_after_is_honoured_on_success() -> None:
    headers = {"retry-after": "10800", "cache-control": "max-age=60"}
    assert poll(a_state(), a_200(headers), a_feed()).state.not_before == NOW + 3 * HOUR
    state = poll(a_state(), a_304(headers)).state
    assert (state.not_before, state.not_before_reason) == (NOW + 3 * HOUR, "The outlet asks for no request before.")


def test_p32_names_that_do_not_resolve_count_a_quarter() -> None:
    state = poll(a_state(), a_failure(kind="dns")).state
    assert state.fail_score == 0.25
    assert when.earliest(state) >= NOW + 10 * MINUTE  # type: ignore[operator]


def test_p32_while_offline_a_feed_keeps_its_score() -> None:
    before = when.before_request(a_state(fail_score=2.0, health="failing"), NOW)
    frozen = when.freeze(before, NOW)
    assert (frozen.fail_score, frozen.health, frozen.last_attempt_at) == (2.0, "failing", NOW)
    assert frozen.next_at is not None
    assert 15 * MINUTE <= frozen.next_at - NOW <= 16.5 * MINUTE


@pytest.mark.parametrize(
    "kind", ["tls", "connect", "timeout", "reset", "truncated", "too_large", "encoding", "protocol", "redirect", "not_feed", "not_html"]
)
def test_p33_to_p39_soft_failures_keep_validators(kind: FailKind) -> None:
    known = a_state(etag='"1"', last_modified="then", validator_url=URL, body_sha256="s", parsed_ok_sha256="s")
    state = poll(known, a_failure(kind=kind)).state
    assert state.fail_score == 0.5
    assert (state.etag, state.last_modified, state.validator_url, state.parsed_ok_sha256) == ('"1"', "then", URL, "s")


@pytest.mark.parametrize("status", [204, 205, 206])
def test_p39_oddities_are_soft(status: int) -> None:
    assert poll(a_state(), a_failure(status, kind="protocol")).state.fail_score == 0.5
    assert poll(a_state(), a_failure(status)).state.fail_score == 0.5


def test_p37_a_page_in_place_of_a_feed_leaves_no_trace_that_could_hide_it() -> None:
    known = a_state(etag='"1"', validator_url=URL, body_sha256="s", parsed_ok_sha256="s", last_200_at=NOW - DAY)
    state = poll(known, a_200({"etag": '"login"'}), when.Learned(is_feed=False, body_sha256="other", reason="A login page.")).state
    assert (state.etag, state.body_sha256, state.parsed_ok_sha256, state.last_200_at) == ('"1"', "s", "s", NOW - DAY)
    assert (state.health, state.fail_score, state.last_error) == ("not_feed", 0.5, "A login page.")
    fresh = poll(a_state(), a_200({"etag": '"login"'}), when.Learned(is_feed=False)).state
    assert when.ask_for(when.before_request(fresh, NOW)).etag == ""


def test_p40_back_off_is_linear_and_a_day_at_most() -> None:
    state = a_state()
    waits = []
    for n in range(6):
        result = poll(state, a_failure(400, at=NOW + n * DAY), at=NOW + n * DAY)
        waits.append(wait(result, NOW + n * DAY))
        state = result.state
    assert [within_jitter(waited, (n + 1) * HOUR) for n, waited in enumerate(waits)] == [True] * 6
    assert wait(poll(a_state(fail_score=9.0, interval=12 * HOUR), a_failure(500))) == DAY


def test_p40_from_ten_on_a_feed_is_probed_weekly() -> None:
    result = poll(a_state(fail_score=9.5, failing_since=NOW - 30 * DAY), a_failure(500))
    assert (result.state.fail_score, result.state.health) == (10.0, "failing")
    assert within_jitter(wait(result), 7 * DAY)


def test_p40_after_ninety_days_a_feed_is_dormant_but_may_be_tried_by_hand() -> None:
    result = poll(a_state(fail_score=20.0, failing_since=NOW - 90 * DAY), a_failure(500))
    assert (result.state.health, result.state.next_at) == ("dormant", None)
    assert result.notices == ("This feed has failed for three months and is no longer asked.",)
    assert not when.may_fetch(result.state, HOST, NOW + 400 * DAY)
    assert when.may_fetch(result.state, HOST, NOW + DAY, manual=True)
    back = poll(result.state, a_200(), a_feed(new=1), at=NOW + DAY).state
    assert (back.health, back.fail_score) == ("ok", 0.0)


def test_p45_a_refusal_by_robots_txt_stops_the_feed_but_is_looked_at_daily() -> None:
    result = poll(a_state(), a_failure(kind="robots"))
    assert (result.state.health, result.state.fail_score, wait(result)) == ("robots", 0.0, DAY)
    assert result.notices == ("The outlet's robots.txt asks PressMonitor not to fetch this feed.",)


def test_a_document_that_kills_its_parser_twice_rests_a_day() -> None:
    once = poll(a_state(), a_failure(kind="parser")).state
    assert (once.fail_score, once.not_before) == (1.0, None)
    assert poll(once, a_failure(kind="parser")).state.not_before == NOW + DAY


def test_every_kind_of_failure_has_a_meaning() -> None:
    kinds: tuple[FailKind, ...] = FailKind.__args__  # type: ignore[attr-defined]
    scores = {kind: meaning(a_failure(None if kind != "http" else 500, kind=kind), score_before=0).score for kind in kinds}
    assert scores == dict.fromkeys(kinds, 0.5) | {"dns": 0.25, "robots": 0.0, "refused": 1.0, "parser": 1.0}


def test_a_success_after_failures_starts_afresh() -> None:
    state = poll(fail_again(a_state(), 4), a_200(), a_feed(new=1), at=NOW + 3 * DAY).state
    assert (state.fail_score, state.failing_since, state.last_error, state.health) == (0.0, None, "", "ok")
    assert within_jitter((state.next_at or NOW) - NOW - 3 * DAY, timedelta(hours=1))
