"""The outlets' pages in a real browser, and an outlet of the sample newsroom added by pasting its site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.config.newsroom_file import load_newsroom
from monitor.flows.kit import Kit
from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.knowledge import knowledge_with
from monitor.jobs.wishes import look_at_addresses
from monitor.knowledge import Themes
from monitor.outside import reading
from monitor.outside.clock import SystemClock
from monitor.outside.fetch import HttpFetcher
from monitor.outside.guard import Policy
from monitor.outside.newsroom import Newsroom
from monitor.outside.reader_pool import ReaderPool
from monitor.outside.reading_front import FRONT
from monitor.store import models, outlet_checks, outlets, pastes
from monitor.web import moment
from tests.web import browsing, desk_day, rows
from tests.web.test_in_a_browser import CHROMIUM, LOOKS, SHOTS, _look, browser
from tests.web.test_outlet_add import found

__all__ = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): pages were NOT looked at"),
]


def history() -> models.Outlet:
    """A desk whose outlets have eight weeks behind them: one fell silent, one slowed down, one moved, one is at a paywall."""
    desk_day.fill()
    told = list(models.Outlet.objects.order_by("pk"))
    for number, outlet in enumerate(told[:7]):
        days = {}
        for back in range(1, 57):
            weekend = (rows.NOW - timedelta(days=back)).weekday() >= 5
            count = (3 if weekend else 12) + (back * 7 + number) % 5
            if (number == 1 and back <= 4) or (number == 6 and back <= 3):
                count = 0 if number == 1 else 2
            days[(rows.NOW - timedelta(days=back)).date().isoformat()] = count
        sample = {"read": 40, "paywalled": 31 if number == 3 else 0, "languages": {outlet.language: 40}}
        models.OutletCheck.objects.create(
            outlet=outlet,
            counted_at=rows.NOW,
            first_day=(rows.NOW - timedelta(days=57)).date(),
            days=days,
            sample=sample,
            week=71,
            month=290,
        )
    models.Feed.objects.filter(outlet=told[1]).update(last_change_at=rows.NOW - timedelta(days=4), last_attempt_at=rows.NOW)
    moved = {"perm_redirect_to": "https://www.harbour.example/world/rss.xml", "perm_redirect_seen": 4}
    models.Feed.objects.filter(outlet=told[1]).update(perm_redirect_first_at=rows.NOW - timedelta(days=5), **moved)
    outlet_checks.judge_again(rows.NOW)
    return told[1]


def sign_in(browser: Any, live_server: LiveServer, **look: Any) -> tuple[Any, list[str]]:
    """A page on which an editor is signed in, and what the console complains of."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **look)
    page = context.new_page()
    complaints = browsing.complaints(page)
    person = rows.a_person("editor", language=look.get("locale", "en"), password=browsing.PASSWORD)
    browsing.sign_in(page, person)
    return page, complaints


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_pages_are_sound_in_a_browser(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    outlet = history()
    page, complaints = sign_in(browser, live_server, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    same = {"outlet": outlet.slug, "name": outlet.name, "count": 5}
    key = pastes.make(
        None, [("https://port.example/", {}), ("https://b.example/", {}), ("https://c.example/", {})], rows.NOW, file="list.opml"
    )
    answers = [
        found(),
        found("https://b.example/rss", same_as=same) | {"verdict": "paywalled", "verdict_reason": "It asks for a subscription."},
    ]
    for row, answer in zip(models.PastedAddress.objects.order_by("position")[:2], answers, strict=True):
        models.PastedAddress.objects.filter(pk=row.pk).update(found=answer, state="looked", due_at=None)
    paths = (
        "/outlets",
        f"/outlets/{outlet.slug}",
        f"/outlets/{outlet.slug}/edit",
        "/add-outlets",
        f"/add-outlets/{key}",
        "/archived-outlets",
    )
    names = ("outlets", "outlet", "edit", "add", "paste", "archived")
    looked = []
    for path, name in zip(paths, names, strict=True):
        looked.append(_look(page, path, lang, width, scheme))
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"outlets-{name}-{lang}-{width}-{scheme}.png"), full_page=True)
    assert [one for one in looked if one != []] == []
    assert complaints == []
    page.context.close()


@pytest.fixture
def worker(live_server: LiveServer) -> Iterator[Kit]:
    """Hands that ask loopback only, as in the demo."""
    del live_server
    clock, policy = SystemClock(), Policy(contact="", host_interval=0)
    threads = FetchThreads(2, threading.Event())
    jobs = (*reading.JOBS, FRONT)
    knowledge = (knowledge_with(Themes(()), ("en", "fr")),)
    with ReaderPool(1, setup=reading.PREPARE, setup_args=knowledge, jobs=jobs) as pool, HttpFetcher(policy, clock) as fetcher:
        yield Kit(clock, fetcher, pool, threads, policy, "worker")
    threads.shutdown()


def test_an_outlet_of_the_sample_newsroom_is_added_by_pasting_its_site(browser: Any, live_server: LiveServer, worker: Kit) -> None:
    moment.use(worker.clock)
    page, complaints = sign_in(browser, live_server)
    with Newsroom(load_newsroom(), port=0, clock=worker.clock) as newsroom:
        house = next(iter(newsroom._houses.values()))
        page.goto("/outlets")
        browsing.click(page, "text=Add outlets")
        page.fill("#addresses", f"{house.base}/")
        browsing.click(page, "main form button")
        assert page.locator("[data-waiting]").is_visible()
        assert look_at_addresses(worker) == 1
        page.wait_for_selector("ul.preview li")  # put in place by the page's own script
        assert page.locator("[data-waiting]").count() == 0
        assert page.locator("ul.preview li").count() == 5
        assert page.locator("span.verdict.full").count() == 1
        assert len(newsroom.requests) <= 5
        page.select_option("select[name$=-country]", house.outlet.country)
        browsing.click(page, "#save")
        browsing.click(page, "text=See the outlet")
        (saved,) = outlets.outlets()
        assert (saved.country, saved.language, [feed.url for feed in saved.feeds]) == (
            house.outlet.country, house.outlet.language.partition("-")[0], [f"{house.base}/feed"],
        )  # fmt: skip
    assert complaints == []
    page.context.close()


def test_a_page_without_script_says_how_to_go_on(browser: Any, live_server: LiveServer) -> None:
    page, _ = sign_in(browser, live_server, java_script_enabled=False)
    page.goto("/add-outlets")
    page.fill("#addresses", "https://port.example/")
    browsing.click(page, "main form button")
    models.PastedAddress.objects.update(found=found(), state="looked", due_at=None)
    browsing.click(page, "text=Load again")
    browsing.click(page, "#save")
    assert [outlet.name for outlet in outlets.outlets()] == ["Port News"]
    page.context.close()
