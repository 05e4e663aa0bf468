"""Pasted addresses are looked at by the worker: five requests at most, a preview kept, this machine only where it was let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitor.flows import look_at_addresses
from monitor.flows.look_at_addresses import try_wanted
from monitor.jobs.wishes import look_at_addresses as look
from monitor.pipeline.when_limits import MANUAL_FLOOR
from monitor.store import models, outlet_edits, pastes
from tests.flows.desk import FlowDesk, failed, html, ok
from tests.flows.test_discover_feeds import ROBOTS, SITE, site


def pasted(desk: FlowDesk, *addresses: str) -> list[models.PastedAddress]:
    """These addresses pasted and looked at."""
    key = pastes.make(None, [(address, {}) for address in addresses], desk.clock.now())
    assert look(desk.kit) == len(addresses)
    return list(models.PastedAddress.objects.filter(paste__uuid=key).order_by("position"))


def article_of(desk: FlowDesk, feed: str, number: int = 0) -> str:
    """The page of one article of a feed is there."""
    url = f"{feed}/{number}"
    desk.web[url] = ok(url, html("Ship drifts into the breakwater"), "text/html")
    return url


def test_a_site_is_looked_at_with_one_article_in_five_requests(desk: FlowDesk) -> None:
    feeds = site(desk, 4)
    article = article_of(desk, feeds[0])
    (row,) = pasted(desk, SITE)
    assert [url for _, url in desk.asked] == [ROBOTS, SITE, *feeds[:2], article]
    assert (row.state, row.due_at, row.claim_token, row.looked_at is not None) == ("looked", None, "", True)
    assert (row.found["requests"], row.found["verdict"], row.found["example"]) == (5, "full", article)
    assert row.found["outlet"]["name"] == "Le Port"
    first = row.found["feeds"][0]
    assert (first["url"], first["language"], len(first["newest"]), first["newest"][0]["title"]) == (
        feeds[0], "en", 5, "Ship drifts into the breakwater at 0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("robots", "page", "verdict", "asked"),
    [
        ("User-agent: *\nDisallow: /rss/0/\n", None, "", 3),
        ("", failed(f"{SITE}rss/0/0", "challenge", 403, "Bot protection."), "blocked", 4),
    ],
)
def test_an_article_that_may_not_or_cannot_be_read(desk: FlowDesk, robots: str, page: Any, verdict: str, asked: int) -> None:
    site(desk, 1)
    desk.web[ROBOTS] = ok(ROBOTS, robots, "text/plain")
    if page is not None:
        desk.web[f"{SITE}rss/0/0"] = page
    (row,) = pasted(desk, SITE)
    assert (row.found["verdict"], len(desk.asked), row.found["requests"]) == (verdict, asked, asked)


def test_what_another_outlet_brings_already_is_said(desk: FlowDesk) -> None:
    (url,) = site(desk, 1)
    other = "https://other.example/rss"
    desk.publish(other, *(f"{url}/{number}" for number in range(4)), page=False)
    desk.watch(other)
    desk.run()
    (row,) = pasted(desk, SITE)
    assert row.found["feeds"][0]["same_as"] == {"outlet": "other-example", "name": "other.example", "count": 4}


def test_two_of_five_articles_in_common_are_no_double(desk: FlowDesk) -> None:
    (url,) = site(desk, 1)
    desk.publish("https://other.example/rss", f"{url}/0", f"{url}/1", page=False)
    desk.watch("https://other.example/rss")
    desk.run()
    assert pasted(desk, SITE)[0].found["feeds"][0]["same_as"] is None


LOCAL = "http://127.0.0.1:8901/"


def test_this_machine_is_looked_at_only_while_no_other_is_asked(new_desk: Callable[..., FlowDesk], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    original = look_at_addresses.discover_feeds

    def watched(kit: Any, address: str, **how: Any) -> Any:
        seen.append(how["from_this_machine"])
        return original(kit, address, **how)

    monkeypatch.setattr(look_at_addresses, "discover_feeds", watched)
    demo, desk = new_desk(contact=""), new_desk()
    pasted(demo, LOCAL, "https://port.example/")
    pasted(desk, LOCAL)
    desk.watch(f"{LOCAL}feed")
    pasted(desk, LOCAL, "http://127.0.0.1:5432/", "http://2130706433:8901/")
    assert seen == [True, False, False, True, False, False]


def test_a_discovery_that_breaks_is_kept_as_an_error_of_ours_and_the_next_goes_on(desk: FlowDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    site(desk, 1)
    original = look_at_addresses.discover_feeds

    def broken(kit: Any, address: str, **how: Any) -> Any:
        if "broken" in address:
            raise RuntimeError("a bug")
        return original(kit, address, **how)

    monkeypatch.setattr(look_at_addresses, "discover_feeds", broken)
    pastes.make(None, [("https://broken.example/", {}), (SITE, {})], desk.clock.now())
    assert look(desk.kit) == 1
    told = models.PastedAddress.objects.order_by("position").values_list("state", "last_error")
    assert list(told) == [("waiting", "RuntimeError: a bug"), ("looked", "")]


def test_an_outlet_somebody_wants_tried_is_polled_and_the_wish_goes(desk: FlowDesk) -> None:
    feed = "https://port.example/rss"
    desk.publish(feed, "https://port.example/1")
    desk.watch(feed)
    desk.run()
    asked = len(desk.asked)
    desk.clock.advance(MANUAL_FLOOR)
    assert outlet_edits.ask_to_try("port-example", desk.clock.now())
    assert (try_wanted(desk.kit), try_wanted(desk.kit), models.ToTry.objects.count()) == (1, 0, 0)
    assert [url for _, url in desk.asked[asked:]] == [feed]
