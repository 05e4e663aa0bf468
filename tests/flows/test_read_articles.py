"""Reading pages politely: one at a time a host, robots.txt first, and whatever a page does costs only itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.outside import reading
from monitor.store import models
from monitor.store.articles import GIVEN_UP
from monitor.store.due import GIVE_UP_AFTER
from tests.flows.desk import FlowDesk, failed, html, ok
from tests.flows.jobs import DIE, SAY_WHAT_NO_DATABASE_TAKES

FEED = "https://news.port.example/feed"
ROBOTS = "https://news.port.example/robots.txt"
TDMREP = "https://news.port.example/.well-known/tdmrep.json"
FULL = ("read", "full", "")


def page(number: int) -> str:
    return f"https://news.port.example/{number}"


def pages(desk: FlowDesk) -> list[tuple[float, str]]:
    return [(at, url) for at, url in desk.asked if url not in {FEED, ROBOTS, TDMREP}]


def test_pages_of_one_host_are_asked_ten_seconds_apart_after_its_robots(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, *(page(number) for number in range(5)))
    desk.run()
    assert [url for _, url in desk.asked[:3]] == [FEED, ROBOTS, TDMREP]
    times = [at for at, _ in desk.asked]
    assert [later - earlier for earlier, later in pairwise(times[1:])] == [10.0] * 6
    assert sorted(url for _, url in pages(desk)) == [page(number) for number in range(5)]
    assert set(desk.articles().values()) == {FULL}


def test_robots_is_asked_once_a_day(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.run()
    desk.publish(FEED, page(1), page(2))
    desk.later(hours=2)
    desk.publish(FEED, page(1), page(2), page(3))
    desk.later(hours=23)
    assert desk.articles() == dict.fromkeys(map(page, (1, 2, 3)), FULL)
    assert [url for _, url in desk.asked].count(ROBOTS) == 2


def test_pages_that_robots_forbids_are_not_asked_and_hold_nobody_up(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1), page(2), "https://news.port.example/open")
    desk.web[ROBOTS] = ok(ROBOTS, "User-agent: *\nDisallow: /1\nDisallow: /2\n", "text/plain")
    desk.run()
    reason = "The outlet's robots.txt asks the desk not to read this page."
    forbidden = ("read", "blocked", reason)
    assert desk.articles() == {page(1): forbidden, page(2): forbidden, "https://news.port.example/open": FULL}
    assert pages(desk) == [(35.0, "https://news.port.example/open")]  # its place in the queue, as if the others had been asked


RESERVED = '[{"location": "/", "tdm-reservation": 1}, {"location": "/2", "tdm-reservation": 0}]'


def rights() -> dict[str, str]:
    return dict(models.Article.objects.values_list("url", "rights"))


def test_what_the_origins_tdmrep_reserves_is_stored_with_the_article(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, *(page(number) for number in (1, 2, 3, 4)))
    desk.web[TDMREP] = ok(TDMREP, RESERVED, "application/json")
    desk.web[page(3)] = ok(page(3), html("Ship drifts"), "text/html", tdm_reservation="0")
    granted = html("Ship drifts").replace("<head>", '<head><meta name="tdm-reservation" content="0">')
    desk.web[page(4)] = ok(page(4), granted, "text/html")
    desk.run()
    assert rights() == {page(1): "reserved", page(2): "open", page(3): "open", page(4): "open"}
    assert set(desk.articles().values()) == {FULL}


@pytest.mark.parametrize("answer", [failed(TDMREP, "http", 503), failed(TDMREP, "timeout"), ok(TDMREP, "<html>", "text/html")])
def test_tdmrep_that_cannot_be_had_holds_nobody_up(desk: FlowDesk, answer: Any) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1), page(2))
    desk.web[TDMREP] = answer
    desk.run()
    assert (desk.articles(), rights()) == ({page(1): FULL, page(2): FULL}, {page(1): "open", page(2): "open"})
    assert [url for _, url in desk.asked].count(TDMREP) == 1


def test_tdmrep_is_asked_once_a_day_and_its_copy_holds_while_it_is_down(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.web[TDMREP] = [ok(TDMREP, RESERVED, "application/json"), failed(TDMREP, "timeout")]
    desk.run()
    desk.publish(FEED, page(1), page(3))
    desk.later(hours=2)
    assert [url for _, url in desk.asked].count(TDMREP) == 1
    desk.publish(FEED, page(1), page(3), page(4))
    desk.later(hours=23)
    assert [url for _, url in desk.asked].count(TDMREP) == 2
    assert rights() == dict.fromkeys((page(1), page(3), page(4)), "reserved")


@pytest.mark.parametrize("forbidden", ["/", "/.well-known/"])
def test_tdmrep_that_robots_forbids_is_not_asked(desk: FlowDesk, forbidden: str) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.web[ROBOTS] = ok(ROBOTS, f"User-agent: *\nDisallow: {forbidden}\n", "text/plain")
    desk.run()
    desk.publish(FEED, page(1), page(2))
    desk.later(hours=2)
    assert [url for _, url in desk.asked].count(TDMREP) == 0


def test_tdmrep_answered_with_429_rests_the_pages_too(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.web[TDMREP] = failed(TDMREP, "http", 429, retry_after="3600")
    desk.run()
    assert pages(desk) == []


def test_unreachable_robots_leaves_pages_alone_until_it_answers(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.web[ROBOTS] = failed(ROBOTS, "http", 503)
    desk.run()
    reason = "The outlet's robots.txt could not be read, so its pages are left alone for now."
    assert desk.articles() == {page(1): ("waiting", "blocked", reason)}
    assert models.Article.objects.get().story is not None  # it has its place by title and summary meanwhile
    desk.web[ROBOTS] = failed(ROBOTS, "http", 404)
    desk.later(hours=6, minutes=1)
    assert desk.articles() == {page(1): FULL}


def test_unreachable_robots_leaves_the_copy_in_force(desk: FlowDesk) -> None:
    desk.watch(FEED, every=timedelta(hours=1))
    desk.publish(FEED, page(1), "https://news.port.example/private/1")
    desk.web[ROBOTS] = [ok(ROBOTS, "User-agent: *\nDisallow: /private\n", "text/plain"), failed(ROBOTS, "timeout")]
    desk.run()
    desk.publish(FEED, page(1), page(2), "https://news.port.example/private/2")
    desk.later(hours=25)
    desk.publish(FEED, page(2), page(3))
    desk.later(hours=2)
    assert {url: verdict for url, (_, verdict, _) in desk.articles().items()} == {
        page(1): "full",
        page(2): "full",
        page(3): "full",
        "https://news.port.example/private/1": "blocked",
        "https://news.port.example/private/2": "blocked",
    }
    assert [url for _, url in desk.asked].count(ROBOTS) == 2  # not at every page while it is down


def test_second_403_in_a_row_rests_the_hosts_pages_for_a_day(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, *(page(number) for number in range(6)), page=False)
    for number in range(6):
        desk.web[page(number)] = failed(page(number), "http", 403)
    desk.run()
    assert len(pages(desk)) == 2
    assert set(desk.articles().values()) == {("read", "blocked", "It answers 403.")}
    assert models.Article.objects.filter(story=None).count() == 0
    desk.publish(FEED, page(7))
    desk.later(hours=25)
    assert desk.articles()[page(7)] == FULL


def test_one_403_costs_only_itself(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, *(page(number) for number in range(4)))
    desk.web[page(1)] = failed(page(1), "http", 403)
    desk.run()
    assert desk.articles() == {page(n): FULL for n in (0, 2, 3)} | {page(1): ("read", "blocked", "It answers 403.")}


def test_429_on_a_page_rests_them_as_long_as_it_asks(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1), page(2))
    desk.web[page(1)] = failed(page(1), "http", 429, retry_after=str(3 * 86400))
    desk.web[page(2)] = failed(page(2), "http", 429, retry_after=str(3 * 86400))
    desk.run()
    assert len(pages(desk)) == 1
    assert set(desk.articles().values()) == {("waiting", "blocked", "It answers 429.")}
    desk.publish(FEED, page(1), page(2))
    desk.later(days=2, hours=23)
    assert len(pages(desk)) == 1
    for number in (1, 2):
        desk.web[page(number)] = ok(page(number), html("Ship drifts into the breakwater"), "text/html")
    desk.later(hours=2)
    assert desk.articles() == {page(1): FULL, page(2): FULL}


def test_page_that_does_not_answer_is_asked_three_times_in_all(desk: FlowDesk) -> None:
    desk.watch(FEED)
    desk.publish(FEED, page(1), page=False)
    desk.web[page(1)] = failed(page(1), "timeout")
    desk.run()
    assert desk.articles() == {page(1): ("waiting", "failed", "It answers timeout.")}
    for _ in range(60):
        desk.later(hours=1)
    times = [at for at, _ in pages(desk)]
    assert len(times) == 3
    assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(hours=6).total_seconds()
    assert desk.articles() == {page(1): ("read", "failed", "It answers timeout.")}


def test_killed_parser_falls_back_to_the_bounded_extractor(desk: FlowDesk) -> None:
    desk.pool.replaced[reading.PAGE] = DIE
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.run()
    ((state, verdict, _),) = desk.articles().values()
    assert (state, verdict in {"full", "summary"}) == ("read", True)
    assert models.ArticleText.objects.get().text.endswith("repaired at another yard in the spring.")


def test_twice_killed_parser_leaves_what_the_feed_said(desk: FlowDesk) -> None:
    desk.pool.replaced |= {reading.PAGE: DIE, reading.BOUNDED: DIE}
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.run()
    assert desk.articles() == {page(1): ("read", "failed", "The page could not be read: its parser was stopped (crash).")}
    assert models.Article.objects.get().story is not None


def test_parsers_that_cannot_even_read_the_feeds_words_give_the_article_up(desk: FlowDesk) -> None:
    desk.pool.replaced |= {reading.PAGE: DIE, reading.BOUNDED: DIE, reading.ENTRY: DIE}
    desk.watch(FEED)
    desk.publish(FEED, page(1))
    desk.run()
    assert desk.articles() == {page(1): ("waiting", "", "")}
    desk.later(hours=7)
    assert desk.articles() == {page(1): ("given_up", "failed", GIVEN_UP)}
    assert models.ToRead.objects.get().attempts == GIVE_UP_AFTER
    assert len(pages(desk)) == 2
    desk.later(days=2)
    assert len(pages(desk)) == 2


def test_bug_in_one_article_costs_only_that_article(desk: FlowDesk) -> None:
    def broken(_: object) -> Any:
        raise KeyError("a bug of ours")

    desk.watch(FEED)
    desk.publish(FEED, page(1), page(2), page(3))
    desk.web[page(2)] = broken
    desk.run()
    assert desk.articles() == {page(1): FULL, page(2): ("waiting", "", ""), page(3): FULL}
    row = models.ToRead.objects.get()
    assert (row.claim_token, row.attempts, row.last_error) == ("", 1, "KeyError: 'a bug of ours'")


def test_without_a_contact_only_loopback_is_claimed(new_desk: Callable[..., FlowDesk]) -> None:
    desk = new_desk(contact="")
    here, there = "http://127.0.0.1:8901/feed", FEED
    desk.watch(here, there)
    desk.publish(here, "http://127.0.0.1:8901/a", "https://news.port.example/b")
    desk.publish(there, page(1))
    desk.run()
    assert {url.split("/")[2] for _, url in desk.asked} == {"127.0.0.1:8901"}
    assert desk.feed(there).last_attempt_at is None


def test_result_of_a_claim_taken_over_is_thrown_away(desk: FlowDesk) -> None:
    def taken_over(ask: Any) -> Any:
        models.ToRead.objects.update(claim_token="other.1", due_at=desk.clock.now() + timedelta(minutes=5))
        return ok(ask.url, html("Ship drifts into the breakwater"), "text/html")

    desk.watch(FEED)
    desk.publish(FEED, page(1))
    submit = desk.kit.threads.submit

    class InLine:  # the row is taken over from the test's own thread, which has the transaction
        def submit(self, fn: Any, ask: Any) -> Future[Any]:
            if ask.url != page(1):
                return submit(fn, ask)
            future: Future[Any] = Future()
            future.set_result(taken_over(ask))
            return future

    object.__setattr__(desk.kit, "threads", InLine())
    desk.run()
    assert desk.articles() == {page(1): ("waiting", "", "")}
    assert models.ArticleText.objects.count() == models.ToGroup.objects.count() == 0
    assert models.ToRead.objects.get().claim_token == "other.1"


def test_articles_waiting_for_a_robots_txt_are_handed_back_when_stopping(new_desk: Callable[..., FlowDesk]) -> None:
    stopping: list[bool] = []
    desk = new_desk(stop=lambda: bool(stopping))
    desk.watch(FEED)
    desk.publish(FEED, page(1), page(2))

    def stop_then_answer(ask: Any) -> Any:
        stopping.append(True)
        return failed(ask.url, "http", 404)

    desk.web[ROBOTS] = stop_then_answer
    desk.run()
    assert models.ToRead.objects.exclude(claim_token="").count() == 0
    assert sorted(models.ToRead.objects.values_list("attempts", flat=True)) == [0, 0]


def test_a_reading_that_cannot_be_written_costs_only_itself(desk: FlowDesk) -> None:
    desk.pool.replaced[reading.PAGE] = SAY_WHAT_NO_DATABASE_TAKES
    desk.watch(FEED)
    desk.publish(FEED, *map(page, range(5)))
    desk.run()
    assert desk.articles() == {page(number): FULL if number != 2 else ("waiting", "", "") for number in range(5)}
    desk.later(hours=7)
    assert desk.articles()[page(2)] == ("given_up", "failed", GIVEN_UP)
