from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.outside.robots import RobotsRules

SITE = "https://outlet.example"
EVERYONE = "User-agent: *\nDisallow: /private/\nAllow: /private/press/\nCrawl-delay: 7\n"
NAMED = EVERYONE + "\nUser-agent: PressMonitor\nDisallow: /feed\nCrawl-delay: 20\n"
LINES = [*EVERYONE.splitlines(), *NAMED.splitlines(), "Allow: *", "Disallow: $"]


def page(body: str | bytes, path: str, status: int | None = 200) -> bool:
    return RobotsRules(status, body).allows_page(SITE + path)


def feed(body: str, path: str = "/feed") -> bool:
    return RobotsRules(200, body).stops_feed(SITE + path)


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_pages_wait_while_the_file_is_unreachable(status: int | None) -> None:
    rules = RobotsRules(status, "")
    assert (rules.unreachable, rules.allows_page(SITE), rules.stops_feed(SITE)) == (True, False, False)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_missing_file_allows_all(status: int) -> None:
    rules = RobotsRules(status, "User-agent: *\nDisallow: /")
    assert (rules.unreachable, rules.allows_page(SITE + "/x"), rules.reason) == (
        False,
        True,
        "The outlet's robots.txt asks the desk not to read this page.",
    )


def test_empty_file_allows_all() -> None:
    assert page("", "/x") is True


def test_longest_match_wins_and_allow_wins_ties() -> None:
    assert [page(EVERYONE, path) for path in ("/private/x", "/private/press/x", "/news")] == [False, True, True]
    assert page("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a") is True
    assert page("User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf") is False


def test_group_with_our_name_replaces_the_one_for_everyone() -> None:
    assert [page(NAMED, path) for path in ("/private/x", "/feed/1")] == [True, False]


def test_crawl_delay_comes_from_our_group_and_ends_at_a_minute() -> None:
    delays = [RobotsRules(200, text).crawl_delay for text in (EVERYONE, NAMED, NAMED.replace("20", "3600"), NAMED.replace("20", "x"), "")]
    assert delays == [7.0, 20.0, 60.0, 0.0, 0.0]


@pytest.mark.parametrize("name", ["pressmonitor", "PRESSMONITOR", "PressMonitor/1.0", "PressMonitor # us"])
def test_our_name_is_recognised_however_it_is_written(name: str) -> None:
    assert feed(f"User-agent: {name}\nDisallow: /\n") is True


@pytest.mark.parametrize("name", ["*", "Press", "Monitor", "PressMonitorPlus", "", "Googlebot"])
def test_feed_is_stopped_only_by_our_own_name(name: str) -> None:
    assert feed(f"User-agent: {name}\nDisallow: /\n") is False


@pytest.mark.parametrize("name", ["Press", "Monitor", "", "Googlebot"])
def test_pages_obey_only_our_name_and_everyones(name: str) -> None:
    assert page(f"User-agent: {name}\nDisallow: /\n", "/x") is True


def test_groups_of_one_name_are_read_together() -> None:
    text = "User-agent: PressMonitor\nDisallow: /a\n\nUser-agent: other\nUser-agent: PressMonitor\nDisallow: /b\n"
    assert [page(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_sitemap_line_ends_no_group() -> None:
    assert page("User-agent: *\nSitemap: https://outlet.example/s.xml\nDisallow: /a\n", "/a") is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n", True),
        ("User-agent: *\nContent-signal: ai-input = no\n", True),
        ("User-agent: *\nContent-Signal: search=yes, ai-train=yes\n", False),
        ("User-agent: *\nContent-Signal: search=no\n", False),
        ("User-agent: *\nContent-Signal: /archive ai-train=no\n", False),
        ("User-agent: *\nContent-Signal: /news ai-train=no\n", True),
        ("User-agent: other\nContent-Signal: ai-train=no\n", False),
        ("User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: PressMonitor\nAllow: /\n", False),
        ("", False),
    ],
)
def test_content_signal_reserves(text: str, expected: bool) -> None:
    assert RobotsRules(200, text).reserves(SITE + "/news/1") is expected


def test_only_the_first_500_kib_count() -> None:
    text = "User-agent: *\n" + "# padding\n" * 60_000 + "Disallow: /\n"
    assert page(text, "/x") is True


def test_foreign_bytes_are_read() -> None:
    assert page(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\xff\0\r\nDisallow: /b\r\n", "/b") is False


@given(st.text(max_size=400) | st.lists(st.sampled_from(LINES)).map("\n".join))
@settings(max_examples=150, deadline=None)
def test_any_file_is_judged(text: str) -> None:
    rules = RobotsRules(200, text)
    assert {type(answer) for answer in (rules.allows_page(SITE), rules.stops_feed(SITE), rules.reserves(SITE))} == {bool}
    assert 0.0 <= rules.crawl_delay <= 60.0
