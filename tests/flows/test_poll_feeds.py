"""Polling politely: the pace of a host, a server's wishes, moves and ends, and what a failure costs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.flows import poll_feeds
from monitor.flows.portal_watch import REASON
from monitor.outside import reading
from monitor.records import Hop
from monitor.store import feeds, models, outlet_edits, outlets, periodic
from monitor.store.due import GIVE_UP_AFTER
from tests.flows.desk import FlowDesk, failed, ok, rss, title_of, unchanged
from tests.flows.jobs import DIE

FEED = "https://news.port.example/feed"
OTHERS = tuple(f"https://outlet{number}.example/feed" for number in range(4))


def feeds_asked(desk: FlowDesk) -> list[tuple[float, str]]:
    return [(at, url) for at, url in desk.asked if url.endswith(("/feed", ".xml"))]


def test_feeds_of_one_host_are_asked_five_seconds_apart_and_others_at_once(desk: FlowDesk) -> None:
    own = [f"https://news.port.example/{number}.xml" for number in range(4)]
    desk.watch(*own, *OTHERS)
    for url in (*own, *OTHERS):
        desk.publish(url)
    desk.run()
    times = sorted(at for at, url in feeds_asked(desk) if url in own)
    assert [later - earlier for earlier, later in pairwise(times)] == [5.0] * 3
    assert {at for at, url in feeds_asked(desk) if url in OTHERS} == {0.0}


def test_feed_is_not_asked_again_before_its_time(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED)
    for _ in range(20):
        desk.run()
    assert len(desk.asked) == 1
    assert desk.feed(FEED).due_at >= desk.start + timedelta(minutes=15)


def test_feeds_that_fall_due_while_others_answer_are_asked_in_the_same_run(desk: FlowDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing was due a moment before, and the clock stands still."""
    desk.watch(FEED, *OTHERS)
    for url in (FEED, *OTHERS):
        desk.publish(url)
    models.Feed.objects.exclude(url=FEED).update(due_at=desk.start + timedelta(days=1))
    go_on = poll_feeds._Poller._go_on

    def fall_due(self: poll_feeds._Poller, poll: poll_feeds._Poll, result: object) -> Future[Any] | None:
        models.Feed.objects.filter(claim_token="", polls=0).update(due_at=desk.start)
        return go_on(self, poll, result)

    monkeypatch.setattr(poll_feeds._Poller, "_go_on", fall_due)
    assert poll_feeds.poll_feeds(desk.kit).polled == 1 + len(OTHERS)


def test_second_poll_carries_the_validators_and_304_changes_nothing(desk: FlowDesk) -> None:
    desk.watch(FEED)
    document = ok(FEED, rss("https://news.port.example/1", now=desk.start), "application/rss+xml", etag='W/"a"', last_modified="yesterday")
    desk.web[FEED] = [document, unchanged(FEED)]
    desk.run()
    entries = models.Entry.objects.count()
    desk.later(days=1)
    first, second = [ask for ask in desk.fetcher.asks if ask.url == FEED]
    assert (first.etag, first.last_modified, first.validator_url) == ("", "", "")
    assert (second.etag, second.last_modified, second.validator_url) == ('W/"a"', "yesterday", FEED)
    assert (models.Entry.objects.count(), desk.feed(FEED).health, desk.feed(FEED).consecutive_304) == (entries, "ok", 1)


def test_robots_that_names_us_stops_the_feed_and_a_rule_for_all_does_not(desk: FlowDesk) -> None:
    desk.watch(FEED, OTHERS[0], every=timedelta(hours=1))
    for url in (FEED, OTHERS[0]):
        desk.publish(url, url.replace("feed", "1"))
    named, everyone = "https://news.port.example/robots.txt", "https://outlet0.example/robots.txt"
    desk.web[named] = ok(named, "User-agent: PressMonitor\nDisallow: /\n", "text/plain")
    desk.web[everyone] = ok(everyone, "User-agent: *\nDisallow: /\n", "text/plain")
    desk.run()
    desk.later(hours=12)
    assert [url for _, url in feeds_asked(desk)] == [FEED, OTHERS[0], OTHERS[0]]
    assert (desk.feed(FEED).health, desk.feed(OTHERS[0]).health) == ("robots", "ok")


def test_429_rests_the_host_as_long_as_it_asks(desk: FlowDesk) -> None:
    own = [f"https://news.port.example/{number}.xml" for number in range(3)]
    desk.watch(*own)
    for url in own:
        desk.web[url] = failed(url, "http", 429, retry_after="7200")
    desk.run()
    assert len(desk.asked) == 1
    desk.later(hours=1, minutes=50)
    assert len(desk.asked) == 1
    desk.later(hours=3)
    assert len(desk.asked) == 2


def test_410_stops_the_feed_for_good(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.web[FEED] = failed(FEED, "http", 410)
    desk.run()
    for _ in range(30):
        desk.later(days=3)
    row = desk.feed(FEED)
    assert (len(desk.asked), row.health, row.due_at, row.gone_at) == (1, "gone", None, desk.start)


def test_permanent_redirect_is_adopted_after_three_sightings(desk: FlowDesk) -> None:
    target = "https://www.port.example/feed.xml"
    moved = ok(FEED, rss(now=desk.start), "application/rss+xml", final=target, hops=(Hop(301, target),))
    desk.watch(FEED)
    desk.web[FEED] = moved
    desk.web[target] = ok(target, rss(now=desk.start), "application/rss+xml")
    key = desk.feed(FEED).pk
    for _ in range(2):
        desk.later(hours=25)
        assert desk.feed(FEED).pk == key
    desk.later(hours=25)
    assert (desk.feed(target).pk, models.Feed.objects.count()) == (key, 1)
    desk.later(hours=25)
    assert [url for _, url in desk.asked] == [FEED] * 3 + [target]


def test_offline_is_not_blamed_on_feeds_and_one_feed_a_minute_is_tried(desk: FlowDesk) -> None:
    desk.watch(*OTHERS)
    desk.run()  # an address that is not in the web does not resolve
    assert {(row.fail_score, row.health) for row in models.Feed.objects.all()} == {(0.0, "new")}
    assert periodic.fact("offline")["since"] == desk.start.isoformat()
    for _ in range(60):
        desk.later(seconds=20)  # as often as a worker looks
    assert [at for at, _ in desk.asked] == [0.0] * 4 + [60.0 * minute for minute in range(1, 21)]
    assert periodic.fact("offline")["since"] == desk.start.isoformat()
    for url in OTHERS:
        desk.publish(url)
    desk.later(minutes=2)
    desk.later(minutes=20)
    assert periodic.fact("offline") == {}
    assert {row.health for row in models.Feed.objects.all()} == {"ok"}


def test_one_dead_outlet_among_living_ones_is_blamed(desk: FlowDesk) -> None:
    desk.watch(*OTHERS)
    for url in OTHERS[1:]:
        desk.publish(url)
    desk.run()
    assert {row.url: row.fail_score > 0 for row in models.Feed.objects.all()} == {url: url == OTHERS[0] for url in OTHERS}
    assert periodic.fact("offline") == {}


def test_document_that_kills_its_parser_costs_only_its_feed(desk: FlowDesk) -> None:
    desk.watch(FEED, *OTHERS)
    for url in (FEED, *OTHERS):
        desk.publish(url, url.replace("feed", "1"))
    submit = desk.pool.submit

    def poison(job: str, payload: Any) -> Future[Any]:
        return submit(DIE if job == reading.FEED and payload.url == FEED else job, payload)

    object.__setattr__(desk.pool, "submit", poison)
    try:
        desk.run()
    finally:
        del desk.pool.submit
    assert desk.feed(FEED).last_error == "The feed could not be read: its parser was stopped (crash)."
    assert desk.feed(FEED).validator_url == ""
    assert {desk.feed(url).health for url in OTHERS} == {"ok"}
    assert sorted(desk.articles()) == sorted(url.replace("feed", "1") for url in OTHERS)


def test_bug_in_one_feed_costs_only_that_feed_and_gives_it_up_in_the_end(desk: FlowDesk) -> None:
    def broken(_: object) -> Any:
        raise KeyError("a bug of ours")

    desk.watch(FEED, *OTHERS)
    for url in OTHERS:
        desk.publish(url)
    desk.web[FEED] = broken
    desk.run()
    row = desk.feed(FEED)
    assert (row.claim_token, row.attempts, row.last_error) == ("", 1, "KeyError: 'a bug of ours'")
    assert row.due_at == desk.start + feeds.LEASE
    assert {desk.feed(url).health for url in OTHERS} == {"ok"}
    for _ in range(20):
        desk.later(minutes=16)
    assert [url for _, url in desk.asked].count(FEED) == GIVE_UP_AFTER
    outlet_edits.set_enabled("news-port-example", enabled=True, now=desk.clock.now())
    desk.publish(FEED)
    desk.later(hours=2)
    assert (desk.feed(FEED).attempts, desk.feed(FEED).health) == (0, "ok")


def test_entry_the_database_refuses_costs_only_its_feed(desk: FlowDesk) -> None:
    desk.watch(FEED, OTHERS[0])
    for url in (FEED, OTHERS[0]):
        desk.publish(url, url.replace("feed", "1"))
    polled: list[Any] = []
    real = feeds.finish
    try:
        feeds.finish = lambda found, now: polled.extend(found) or 0  # type: ignore[assignment]
        desk.run()
    finally:
        feeds.finish = real
    poison = next(one for one in polled if one.feed.state.url == FEED)
    assert poison.seen is not None
    (new,) = poison.seen.new
    half = replace(new, entry=replace(new.entry, title="half a character: \ud800"))
    spoilt = replace(poison, seen=replace(poison.seen, new=(half,)))
    assert feeds.finish([spoilt, *(one for one in polled if one is not poison)], desk.clock.now()) == 1
    assert models.Article.objects.get().url == OTHERS[0].replace("feed", "1")
    assert desk.feed(FEED).last_error.startswith("What the feed brought could not be kept:")
    assert (desk.feed(FEED).claim_token, desk.feed(OTHERS[0]).health) == ("", "ok")


def test_deep_archive_is_remembered_but_only_its_newest_are_read(desk: FlowDesk) -> None:
    articles = [f"https://news.port.example/{number}" for number in range(200)]
    documents = [rss(url, now=desk.start - timedelta(days=number)) for number, url in enumerate(articles)]
    items = [document[document.index("<item>") : document.index("</channel>")] for document in documents]
    body = documents[0].replace(items[0], "".join(items))
    desk.watch(FEED)
    desk.web[FEED] = ok(FEED, body, "application/rss+xml", etag='"1"')
    desk.run()
    assert models.Entry.objects.count() == 200
    taken = set(models.Article.objects.values_list("url", flat=True))
    assert taken == set(articles[: len(taken)])
    assert 0 < len(taken) < 200


SIGN_IN = "<!doctype html><html><head><title>Free wireless</title></head><body><form>Room number</form></body></html>"


def blamed() -> set[tuple[float, str, str]]:
    return {(row.fail_score, row.health, row.etag) for row in models.Feed.objects.all()}


def test_portal_that_answers_for_every_outlet_is_blamed_on_none_and_leaves_no_trace(desk: FlowDesk) -> None:
    desk.watch(*OTHERS)
    for url in OTHERS:
        desk.web[url] = ok(url, SIGN_IN, "text/html", etag='"portal"')
    desk.run()
    assert blamed() == {(0.0, "new", "")}
    assert {event.reason for event in models.FetchEvent.objects.all()} == {REASON}
    for _ in range(40):
        desk.later(seconds=30)  # as often as a worker looks
    assert blamed() == {(0.0, "new", "")}
    for url in OTHERS:
        desk.publish(url, f"{url}/1")
    desk.later(minutes=20)
    assert {row.health for row in models.Feed.objects.all()} == {"ok"}
    assert (models.Article.objects.count(), periodic.fact("portal")) == (4, {})


def test_portal_is_seen_over_several_runs_and_who_was_blamed_is_pardoned(desk: FlowDesk) -> None:
    desk.watch(*OTHERS)
    for number, url in enumerate(OTHERS):
        landing = f"https://login.cafe.example/?from={number}"
        desk.web[url] = ok(url, f"{SIGN_IN}{number}", "text/html", final=landing, hops=(Hop(302, landing),))
        models.Feed.objects.filter(url=url).update(due_at=desk.start + timedelta(minutes=5 * number))
    desk.run()
    assert (desk.feed(OTHERS[0]).fail_score, desk.feed(OTHERS[0]).health) == (0.5, "not_feed")
    for _ in range(3):
        desk.later(minutes=5)
    assert blamed() == {(0.0, "new", "")}


def test_broken_feeds_are_blamed_when_another_outlet_answers_or_their_pages_differ(desk: FlowDesk) -> None:
    desk.watch(*OTHERS)
    for number, url in enumerate(OTHERS):
        desk.web[url] = ok(url, f"{SIGN_IN}{number}", "text/html")
    desk.run()
    assert blamed() == {(0.5, "not_feed", "")}
    desk.watch(FEED, *OTHERS)
    desk.publish(FEED)
    for url in OTHERS:
        desk.web[url] = ok(url, SIGN_IN, "text/html")
    desk.later(days=1)
    assert {desk.feed(url).fail_score for url in OTHERS} == {1.0}


def test_changed_headline_is_grouped_again_under_the_same_story(desk: FlowDesk) -> None:
    article = "https://news.port.example/1"
    desk.watch(FEED)
    desk.publish(FEED, article)
    desk.run()
    row = models.Article.objects.get()
    why, story = row.story_why, row.story_id
    desk.publish(FEED, article, titles={article: "Cargo ship freed from the breakwater"})
    desk.clock.advance(timedelta(days=1))
    from monitor.flows.poll_feeds import poll_feeds

    assert poll_feeds(desk.kit).changed == 1
    assert models.ToGroup.objects.get().article_id == row.pk
    desk.run()
    row.refresh_from_db()
    assert (row.title, row.story_id, row.story_why) == ("Cargo ship freed from the breakwater", story, why)
    assert list(models.ArticleVersion.objects.values_list("article_id", "title")) == [(row.pk, title_of(article))]
    assert models.Article.objects.count() == models.Entry.objects.count() == 1


def test_poll_taken_over_by_another_worker_is_thrown_away_whole(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, "https://news.port.example/1")
    (claimed,) = feeds.claim_due(desk.start, limit=1, worker="slow")
    (again,) = feeds.claim_due(desk.start + feeds.LEASE, limit=1, worker="quick")
    late = feeds.Polled(claimed, replace(claimed.state, health="ok", next_at=desk.start), "changed")
    assert feeds.finish([late], desk.start + feeds.LEASE) == 0
    assert (desk.feed(FEED).claim_token, desk.feed(FEED).health) == (again.token, "new")
    assert models.FetchEvent.objects.count() == 0


def test_archived_feed_is_not_asked_although_its_poll_was_under_way(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED)
    (claimed,) = feeds.claim_due(desk.start, limit=1, worker="w")
    outlets.save_merge((), ("news-port-example",), (), desk.start)
    feeds.finish([feeds.Polled(claimed, replace(claimed.state, next_at=desk.start + timedelta(hours=1)), "unchanged")], desk.start)
    desk.later(hours=2)
    assert (desk.asked, desk.feed(FEED).due_at) == ([], None)


def test_stopped_worker_leaves_no_claim_and_counts_no_attempt_for_what_it_had_not_asked(new_desk: Callable[..., FlowDesk]) -> None:
    stopping: list[bool] = []
    desk = new_desk(stop=lambda: bool(stopping))
    desk.watch(*OTHERS)
    for url in OTHERS:
        desk.publish(url)
    held: list[Future[Any]] = []

    class NeverBegins:
        def submit(self, fn: Any, ask: Any) -> Future[Any]:
            stopping.append(True)
            held.append(Future())
            return held[-1]

    object.__setattr__(desk.kit, "threads", NeverBegins())
    desk.run()
    assert all(future.cancelled() for future in held)
    assert set(models.Feed.objects.values_list("claim_token", "attempts", "due_at")) == {("", 0, desk.start)}
