"""Discovering feeds: five requests at most, only what the page names, at the host's pace; what is found is previewed, not kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor.flows.discover_feeds import discover_feeds
from monitor.store import hosts, models
from tests.flows.desk import FlowDesk, failed, ok, rss

SITE = "https://news.port.fr/"
ROBOTS = f"{SITE}robots.txt"


def front(*feeds: str) -> str:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" title="Feed {url[-1]}" href="{url}">' for url in feeds)
    return f'<!doctype html><html lang="fr"><head><title>Le Port</title>{links}</head><body><a href="/rss">RSS</a></body></html>'


def site(desk: FlowDesk, count: int) -> list[str]:
    urls = [f"{SITE}rss/{number}" for number in range(count)]
    desk.web[ROBOTS] = failed(ROBOTS, "http", 404)
    desk.web[SITE] = ok(SITE, front(*urls), "text/html")
    for url in urls:
        desk.web[url] = ok(url, rss(*(f"{url}/{n}" for n in range(7)), now=desk.start), "application/rss+xml")
    return urls


def test_site_leads_to_the_feeds_it_names_with_a_preview(desk: FlowDesk) -> None:
    first, second = site(desk, 2)
    found = discover_feeds(desk.kit, "news.port.fr/".removesuffix("/") + "/")
    assert [url for _, url in desk.asked] == [ROBOTS, SITE, first, second]
    assert [at for at, _ in desk.asked] == [0.0, 5.0, 10.0, 15.0]
    assert (found.requests, found.reason) == (4, "")
    assert [(feed.url, feed.title, feed.language, len(feed.newest), feed.reason) for feed in found.feeds] == [
        (url, "Port News", "en", 5, "") for url in (first, second)
    ]
    assert found.outlet is not None
    told = found.outlet
    assert (told.id, told.name, told.country, told.language, told.home) == ("le-port", "Le Port", "FR", "en", SITE)
    assert [feed.url for feed in told.feeds] == [first, second]
    assert (models.Outlet.objects.count(), models.Feed.objects.count(), models.Article.objects.count()) == (0, 0, 0)


def test_no_more_than_five_requests_are_sent(desk: FlowDesk) -> None:
    urls = site(desk, 6)
    found = discover_feeds(desk.kit, SITE)
    assert len(desk.asked) == found.requests == 5
    late = "Not looked at: a discovery asks 5 times at most."
    assert [(feed.url, feed.reason) for feed in found.feeds] == [(url, "" if n < 3 else late) for n, url in enumerate(urls)]


def test_feed_address_is_taken_as_it_is_and_robots_is_remembered(desk: FlowDesk) -> None:
    (url,) = site(desk, 1)
    for _ in range(2):
        found = discover_feeds(desk.kit, url)
        assert [feed.url for feed in found.feeds] == [url]
    assert [asked for _, asked in desk.asked] == [ROBOTS, url, url]


def test_named_adapter_is_recognised(desk: FlowDesk) -> None:
    url = f"{SITE}list.json"
    site(desk, 0)
    items = [{"id": "1", "title": "Ship drifts into the breakwater", "link": "/nhk/1", "pubDate": "1793620800000"}]
    desk.web[url] = ok(url, json.dumps({"channel": {"item": items}}), "application/json")
    (feed,) = discover_feeds(desk.kit, url).feeds
    assert (feed.format, feed.reason, [entry.title for entry in feed.newest]) == ("nhk-json", "", ["Ship drifts into the breakwater"])


def test_feed_that_is_watched_already_is_said_and_not_asked(desk: FlowDesk) -> None:
    (url,) = site(desk, 1)
    desk.watch(url)
    found = discover_feeds(desk.kit, SITE)
    assert [(feed.url, feed.watched_by) for feed in found.feeds] == [(url, "news-port-fr")]
    assert (found.reason, [asked for _, asked in desk.asked]) == ("Every feed found is watched already.", [ROBOTS, SITE])


def test_page_that_names_no_feed_is_said_and_nothing_is_guessed(desk: FlowDesk) -> None:
    site(desk, 0)
    found = discover_feeds(desk.kit, SITE)
    assert found.reason.startswith("The address is no feed, and the page there names none.")
    assert [asked for _, asked in desk.asked] == [ROBOTS, SITE]


def test_robots_that_names_us_stops_the_discovery(desk: FlowDesk) -> None:
    site(desk, 1)
    desk.web[ROBOTS] = ok(ROBOTS, "User-agent: PressMonitor\nDisallow: /\n", "text/plain")
    assert discover_feeds(desk.kit, SITE).reason == "The outlet's robots.txt asks PressMonitor by name to stay away."
    assert [asked for _, asked in desk.asked] == [ROBOTS]


def test_wish_to_be_left_alone_is_kept_and_obeyed(desk: FlowDesk) -> None:
    site(desk, 1)
    desk.web[SITE] = failed(SITE, "http", 429, retry_after="7200")
    assert discover_feeds(desk.kit, SITE).reason == "It answers 429."
    asked = len(desk.asked)
    again = discover_feeds(desk.kit, SITE)
    assert (again.requests, again.reason) == (0, "news.port.fr asked to be left alone until 2026-11-02 14:00 UTC.")
    assert len(desk.asked) == asked
    assert hosts.states(["news.port.fr"])["news.port.fr"].not_before == desk.start + timedelta(hours=2, seconds=5)


@pytest.mark.parametrize("address", ["", "ftp://port.fr/", "https://user:hunter2@port.fr/", "https://", "a b"])
def test_what_is_no_address_is_said_and_nothing_is_asked(desk: FlowDesk, address: str) -> None:
    found = discover_feeds(desk.kit, address)
    assert (found.requests, bool(found.reason), desk.asked, "hunter2" in found.reason) == (0, True, [], False)


def test_address_on_this_machine_passes_only_when_who_runs_it_typed_it(desk: FlowDesk) -> None:
    for trusted in (True, False):
        discover_feeds(desk.kit, "http://127.0.0.1:8901/", from_this_machine=trusted)
    assert {ask.origin for ask in desk.fetcher.asks} == {"http://127.0.0.1:8901/", ""}
