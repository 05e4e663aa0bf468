"""A day at the desk in a browser, on a screen and on a phone: triage, a claim lost, stories merged, an outlet, a search, French, dark.

Nothing may be refused by the content policy and nothing complained of on the way.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.db import transaction
from pytest_django.live_server_helper import LiveServer

from monitor.config.newsroom_file import load_newsroom
from monitor.flows.kit import Kit
from monitor.jobs.wishes import look_at_addresses
from monitor.outside.newsroom import Newsroom
from monitor.store import models, outlets, search_index, triage
from monitor.web import moment
from tests.web import browsing, rows
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import browser, playwright, pytestmark
from tests.web.test_outlets_in_a_browser import worker
from tests.web.test_story_in_a_browser import PORT, WHEAT, press, story_of

__all__ = ["browser", "press", "pytestmark", "worker"]
REFUSED = "document.addEventListener('securitypolicyviolation', (one) => console.error('refused', one.violatedDirective, one.blockedURI))"
WIDTHS = [1280, 390]


@pytest.fixture
def day(browser: Any, live_server: LiveServer) -> Iterator[Callable[[int], Any]]:
    """Opens a browser of this width and signs an editor in by the form; the test fails on whatever it complains of."""
    contexts, complaints = [], list[str]()

    def begin(width: int) -> Any:
        person = rows.a_person("editor", password=PASSWORD)
        look = {"viewport": {"width": width, "height": 844}, "color_scheme": "light", "has_touch": width < 500}
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", locale="en", **look)
        contexts.append(context)
        context.add_init_script(REFUSED)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.goto("/")
        page.fill("#email", person.email)
        page.fill("#password", PASSWORD)
        browsing.enter(page)
        assert page.url == f"{live_server.url}/"
        page.person = person
        return page

    yield begin
    for context in contexts:
        context.close()
    assert complaints == []


def fits(page: Any) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_morning_of_triage_and_a_claim_lost_by_time(day: Any, width: int) -> None:
    outlet = rows.an_outlet()
    for number in range(10):
        rows.a_told_lead(f"Lead {number}", outlet, score=90.0 - number)
    page = day(width)
    expect = playwright.expect
    strokes = [["j", "c"], ["j", "x", "2"], ["x", "1"], ["s", "1"], ["x", "4"], ["s", "2"], ["c", "j"], ["x", "5"], ["x", "3"], ["x", "6"]]
    for keys in strokes:
        for key in keys:
            page.keyboard.press(key)
    expect(page.locator(".put-aside")).to_have_count(8)
    expect(page.locator("article.card .claimed.mine")).to_have_count(2)
    assert (max(map(len, strokes)), fits(page)) == (3, True)
    statuses = models.Lead.objects.order_by("pk").values_list("status", flat=True)
    assert [statuses.filter(status=one).count() for one in ("claimed", "dismissed", "snoozed")] == [2, 6, 2]
    moment._HELD[0].advance(timedelta(hours=48))  # type: ignore[attr-defined]
    assert triage.lapse(rows.NOW + timedelta(hours=48)) == 2
    models.Lead.objects.update(newest_at=rows.NOW + timedelta(hours=47))
    page.reload()
    assert page.locator(".notice.warn", has_text="Handed back by time").count() == 2
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_stories_are_merged_and_stay_so_after_new_articles(day: Any, press: Any, width: int) -> None:
    port, wheat = press("Ship aground", PORT), press("Wheat dear", WHEAT)
    page = day(width)
    page.goto(f"/story/{story_of(port).uuid}")
    browsing.click(page, "text=Merge…")
    browsing.click(page, page.locator("ol.choices-merge li", has_text="Wheat dear").locator("button"))
    assert "?done=" in page.url
    later = [press("Ship afloat", PORT), press("Wheat dearer", WHEAT)]
    assert [story_of(one) for one in (wheat, *later)] == [story_of(port)] * 3
    page.reload()
    playwright.expect(page.locator("li.article")).to_have_count(4)
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_outlet_is_added_by_pasting_the_site_of_the_sample_newsroom(day: Any, worker: Kit, width: int) -> None:
    moment.use(worker.clock)
    page = day(width)
    with Newsroom(load_newsroom(), port=0, clock=worker.clock) as newsroom:
        house = next(iter(newsroom._houses.values()))
        page.goto("/outlets")
        browsing.click(page, "text=Add outlets")
        page.fill("#addresses", f"{house.base}/")
        browsing.click(page, "main form button")
        assert page.locator("[data-waiting]").is_visible()
        assert look_at_addresses(worker) == 1
        page.wait_for_selector("ul.preview li")
        assert fits(page)
        page.select_option("select[name$=-country]", house.outlet.country)
        browsing.click(page, "#save")
        browsing.click(page, "text=See the outlet")
        assert [feed.url for outlet in outlets.outlets() for feed in outlet.feeds] == [f"{house.base}/feed"]
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_search_is_kept_and_its_feed_read_by_another_program(day: Any, live_server: LiveServer, width: int) -> None:
    article = rows.an_article(rows.an_outlet(), rows.a_story(), "Fuel convoy reaches Mali", text="Mali waits.", read_at=rows.NOW)
    with transaction.atomic():
        search_index.reindex([article.pk])
    page = day(width)
    with browsing.leaving(page):
        page.keyboard.press("/")
    page.fill("#q", "mali convoy")
    browsing.enter(page)
    assert page.locator("text=Fuel convoy reaches Mali").is_visible()
    page.locator("details", has=page.locator("#name")).locator("summary").click()
    page.fill("#name", "Mali’s convoys")
    browsing.click(page, "form[action$='/search/keep'] button")
    browsing.click(page, "text=Mali’s convoys")
    assert page.locator("text=Fuel convoy reaches Mali").is_visible()
    address = page.locator("link[type='application/atom+xml']").first.get_attribute("href")
    with urllib.request.urlopen(f"{live_server.url}{address}" if address.startswith("/") else address, timeout=30) as answer:
        read = feedparser.parse(answer.read(), response_headers={"content-type": answer.headers["content-type"]})
    assert (read.bozo, [(entry.title, entry.link) for entry in read.entries]) == (False, [("Fuel convoy reaches Mali", article.url)])
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_language_and_dark_mode_are_switched_and_hold(day: Any, width: int) -> None:
    rows.a_told_lead("Convoy", rows.an_outlet())
    page = day(width)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    browsing.click(page, ".who a")
    page.select_option("#language", "fr")
    browsing.click(page, "form[action$='/me/language'] button")
    assert page.locator("html[lang=fr]").count() == 1
    page.select_option("#scheme", "dark")
    browsing.click(page, "form[action$='/me/look'] button")
    assert page.locator("html[data-scheme=dark]").count() == 1
    page.goto("/")
    dark = page.evaluate(paper)
    assert (page.inner_text("article.card .claim"), page.get_attribute("html", "lang"), dark != light) == ("Prendre", "fr", True)
    page.goto("/me")
    page.select_option("#scheme", "light")
    browsing.click(page, "form[action$='/me/look'] button")
    assert page.locator("html[data-scheme=light]").count() == 1
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == light  # what a person chose stands above what the system asks for
    page.select_option("#scheme", "system")
    browsing.click(page, "form[action$='/me/look'] button")
    assert page.locator("html:not([data-scheme])").count() == 1
    assert (page.evaluate(paper), fits(page)) == (dark, True)
