"""The pages in a real browser: nothing refused by the content policy, no error, nothing axe-core objects to, no sideways scrolling.

Set SHOTS to a folder to keep a picture of every page looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import people
from tests.web import browsing, desk_day, rows, searching

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): pages were NOT looked at"),
]
SHOTS = os.environ.get("SHOTS")
LOOKS = [("fr", 360, "light"), ("en", 1280, "dark"), ("fr", 1280, "light"), ("en", 2560, "light"), ("en", 360, "dark")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in this thread; the tests still run one after another
    with playwright.sync_playwright() as driver:
        playwright.expect.set_options(timeout=browsing.DEADLINE)
        yield browsing.Patient(driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]))
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_pages_are_sound_in_a_browser(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    story = desk_day.fill()
    outlet = story.articles.first().outlet
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints = browsing.complaints(page)
    person = rows.a_person("editor", language=lang, password=browsing.PASSWORD)
    looked = [_look(page, "/sign-in", lang, width, scheme), _look(page, "/bot", lang, width, scheme)]
    browsing.sign_in(page, person)
    paths = ("/", f"/story/{story.uuid}", *searching.pages(person), "/outlets", f"/outlets/{outlet.slug}", "/me")
    looked += [_look(page, path, lang, width, scheme) for path in paths]
    assert [found for found in looked if found != []] == []
    assert complaints == []
    context.close()


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS[:2])
def test_the_first_minutes_of_a_new_desk_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    """The one-time link, its welcome, a day without leads, no outlets, and a page that is not there."""
    token = people.make_link(rows.a_person("admin", language=lang), "sign-in", rows.NOW)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url)
    page = context.new_page()
    looked = [_look(page, f"/in/{token}", lang, width, scheme)]
    browsing.click(page, "main button")
    assert page.url == f"{live_server.url}/"
    looked += [_look(page, path, lang, width, scheme) for path in ("/", "/outlets", "/me", "/no-such-page")]
    assert [found for found in looked if found != []] == []
    context.close()


def test_the_keys_move_among_the_cards_and_open_one(browser: Any, live_server: LiveServer) -> None:
    story = desk_day.fill()
    person = rows.a_person("contributor", password=browsing.PASSWORD)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    browsing.sign_in(page, person)
    for _ in range(30):
        page.keyboard.press("j")
    assert page.locator("[data-card].here").is_visible()
    assert page.locator("details:not([open]) .here").count() == 0  # folded leads are passed by
    for _ in range(30):
        page.keyboard.press("k")
    with browsing.leaving(page):
        page.keyboard.press("o")
    assert page.url == f"{live_server.url}/story/{story.uuid}"
    context.close()


def _look(page: Any, path: str, lang: str, width: int, scheme: str) -> list[str]:
    """What is wrong with a page: axe-core's findings, and content wider than the window."""
    page.goto(path)
    for place in page.locator("[data-load]").all():  # what the page fetches once it is near is looked at, not what stands there before
        place.scroll_into_view_if_needed()
        playwright.expect(place.locator(f'a[href="{place.get_attribute("data-load")}"]')).to_have_count(0)
    for fold in page.query_selector_all("details"):
        fold.evaluate("one => { one.open = true }")
    if SHOTS:
        name = path.strip("/").split("/")[0] + ("-one" if path.count("/") > 1 else "") or "today"
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{lang}-{width}-{scheme}.png"), full_page=True)
    wrong = [f"{path}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        wrong.append(f"{path}: wider than the window")
    return wrong


def _axe(page: Any) -> list[dict[str, Any]]:
    """What axe-core objects to. A page that is left meanwhile fails the test: it must wait for the next one (browsing.leaving)."""
    page.wait_for_load_state("load")
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is not installed")
    found: list[dict[str, Any]] = axe.Axe().run(page)["violations"]
    return found
