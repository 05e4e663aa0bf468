from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.pipeline import when
from monitor.pipeline import when_limits as limits
from monitor.pipeline.when_hosts import is_public
from monitor.records import Failed, FailKind, Fetched, HostState, Outcome
from tests.pipeline.when_kit import DAY, HOST, HOUR, NOW

SECOND = timedelta(seconds=1)


def starts(host: HostState, interval: timedelta, times: int = 4) -> list[float]:
    found = []
    for _ in range(times):
        host, start = when.next_start(host, NOW, interval)
        found.append((start - NOW).total_seconds())
    return found


def test_p43_starts_of_one_host_lie_five_seconds_apart() -> None:
    assert starts(HOST, limits.HOST_INTERVAL) == [0, 5, 10, 15]
    host, start = when.next_start(replace(HOST, next_start_at=NOW - DAY), NOW, limits.HOST_INTERVAL)
    assert (start, host.next_start_at) == (NOW, NOW + 5 * SECOND)


@pytest.mark.parametrize(("delay", "apart"), [(0.5, 5), (30, 30), (86400, 60), (-3, 5), (float("inf"), 60)])
def test_p43_a_crawl_delay_is_honoured_up_to_a_minute(delay: float, apart: int) -> None:
    assert starts(replace(HOST, crawl_delay=delay), limits.HOST_INTERVAL) == [0, apart, 2 * apart, 3 * apart]


def test_p43_an_interval_of_zero_switches_pacing_off_but_no_wish() -> None:
    assert starts(replace(HOST, crawl_delay=30), timedelta(0)) == [0, 0, 0, 0]
    assert when.next_start(replace(HOST, not_before=NOW + HOUR), NOW, timedelta(0))[1] == NOW + HOUR


def test_p44_pages_of_one_host_lie_ten_seconds_apart() -> None:
    assert starts(HOST, limits.PAGE_INTERVAL) == [0, 10, 20, 30]


def test_p48_a_host_paced_by_a_clock_since_set_back_is_free_again() -> None:
    stuck = replace(HOST, next_start_at=NOW + DAY)
    assert when.host_after_clock_jump(stuck, NOW, limits.HOST_INTERVAL).next_start_at == NOW + 5 * SECOND
    queued = replace(HOST, next_start_at=NOW + 30 * SECOND)
    assert when.host_after_clock_jump(queued, NOW, limits.HOST_INTERVAL) == queued


@pytest.mark.parametrize(("name", "public"), [("paper.example", True), ("127.0.0.1", False), ("localhost", False), ("[::1]", False)])
def test_a_public_host_is_a_name_with_a_dot(name: str, public: bool) -> None:
    assert is_public(name) == public


def failed(url: str, kind: FailKind = "dns") -> Failed:
    return Failed(url, kind, "No answer.", NOW)


def fetched(url: str) -> Fetched:
    return Fetched(url, url, b"", {}, NOW)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], False),
        ([failed("https://a.example/"), failed("https://b.example/")], False),
        ([failed("https://a.example/"), failed("https://b.example/", "timeout"), failed("https://c.example/", "connect")], True),
        ([failed("https://a.example/"), failed("https://b.example/"), failed("https://c.example/", "http")], False),
        ([failed("https://a.example/"), failed("https://b.example/"), failed("https://c.example/"), fetched("https://c.example/2")], False),
        ([failed(f"https://{n}.a.example/") for n in range(5)], False),
        ([failed(f"http://127.0.0.1:{n}/") for n in range(8001, 8004)], True),
    ],
)
def test_p32_the_line_is_down_when_no_host_can_be_reached(outcomes: list[Outcome], expected: bool) -> None:
    assert when.offline(outcomes) == expected


def test_p37_a_portal_answers_in_place_of_every_outlet() -> None:
    answers = [(f"https://{name}.example/rss", "same page") for name in "abc"]
    assert when.portal([*answers, ("https://d.example/rss", "another page")]) is True
    assert when.portal([*answers, ("https://d.example/rss", "")]) is False
    assert when.portal(answers[:2]) is False
    assert when.portal([(f"https://{name}.example/rss", f"page of {name}") for name in "abcd"]) is False
    assert when.portal([(f"https://{name}.a.example/rss", "same page") for name in "abc"]) is False


def test_p37_pages_are_the_same_where_they_lead_or_what_they_say() -> None:
    asked = "https://news.a.example/rss"
    assert when.page_mark(asked, "https://login.cafe.example/?from=a", "hash") == "cafe.example"
    assert when.page_mark(asked, "https://www.a.example/consent", "hash") == "hash"
