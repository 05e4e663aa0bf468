"""Trying an outlet now: over the due date, never over a server's wish, at the host's pace, five minutes after the last attempt."""

from __future__ import annotations

from datetime import timedelta

from monitor.flows.try_outlet import Tried, try_outlet
from monitor.store import models, outlet_edits
from tests.flows.desk import FlowDesk, failed, ok

OUTLET = "news-port-example"
FIRST, SECOND = "https://news.port.example/1.xml", "https://news.port.example/2.xml"


def asked(desk: FlowDesk) -> list[tuple[float, str]]:
    return [one for one in desk.asked if one[1].endswith(".xml")]


def test_outlet_is_polled_before_its_time_at_its_hosts_pace_and_conditionally(desk: FlowDesk) -> None:
    desk.watch(FIRST, SECOND)
    for url in (FIRST, SECOND):
        desk.publish(url)
    desk.run()
    desk.clock.advance(timedelta(minutes=6))
    began = (desk.clock.now() - desk.start).total_seconds()
    desk.publish(SECOND, "https://news.port.example/a")
    tried = try_outlet(desk.kit, OUTLET)
    assert tried == (Tried(FIRST, "unchanged"), Tried(SECOND, "changed", 1))
    assert [(at - began, url) for at, url in asked(desk)[2:]] == [(0.0, FIRST), (5.0, SECOND)]
    assert [ask.etag for ask in desk.fetcher.asks if ask.url == FIRST] == ["", '"0"']


def test_nobody_is_asked_twice_in_five_minutes(desk: FlowDesk) -> None:
    desk.watch(FIRST)
    desk.publish(FIRST)
    desk.run()
    desk.clock.advance(timedelta(minutes=4))
    tried = try_outlet(desk.kit, OUTLET)
    until = desk.start + timedelta(minutes=5)
    assert tried == (Tried(FIRST, "", reason="It was asked a moment ago, or is being asked now.", until=until),)
    assert len(asked(desk)) == 1


def test_wish_to_be_left_alone_holds(desk: FlowDesk) -> None:
    desk.watch(FIRST)
    desk.web[FIRST] = failed(FIRST, "http", 503, retry_after="7200")
    desk.run()
    desk.clock.advance(timedelta(hours=1))
    (one,) = try_outlet(desk.kit, OUTLET) or ()
    assert (one.result, one.reason, one.until == desk.feed(FIRST).not_before) == ("", "It answers 503.", True)
    assert len(asked(desk)) == 1


def test_feed_that_is_gone_is_not_asked_and_a_dormant_one_is(desk: FlowDesk) -> None:
    desk.watch(FIRST, SECOND)
    desk.web[FIRST] = failed(FIRST, "http", 410)
    desk.publish(SECOND)
    desk.run()
    models.Feed.objects.filter(url=SECOND).update(health="dormant", due_at=None)
    desk.clock.advance(timedelta(days=1))
    tried = try_outlet(desk.kit, OUTLET)
    gone = "The outlet said that this feed is gone for good; it is not asked again."
    assert tried == (Tried(FIRST, "", reason=gone), Tried(SECOND, "unchanged"))
    assert desk.feed(SECOND).health == "ok"


def test_only_that_outlet_is_asked_and_paused_or_unknown_ones_are_told_apart(desk: FlowDesk) -> None:
    other = "https://outlet0.example/1.xml"
    desk.watch(FIRST, other)
    for url in (FIRST, other):
        desk.web[url] = ok(url, "<rss version='2.0'><channel><title>x</title></channel></rss>", "application/rss+xml")
    assert [one.url for one in try_outlet(desk.kit, OUTLET) or ()] == [FIRST]
    assert [url for _, url in asked(desk)] == [FIRST]
    outlet_edits.set_enabled(OUTLET, enabled=False, now=desk.clock.now())
    assert (try_outlet(desk.kit, OUTLET), try_outlet(desk.kit, "nobody")) == ((), None)
