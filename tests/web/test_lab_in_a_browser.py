"""The themes lab and the balance in a real browser, in both languages, schemes and widths; a trial's page loads itself when it is done."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import models
from tests.web import browsing, desk_day, lab, rows
from tests.web import test_in_a_browser as looking

pytestmark = looking.pytestmark
browser = looking.browser


def _signed_in(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> tuple[Any, Any]:
    person = rows.a_person("editor", language=lang, password=browsing.PASSWORD)
    look = {"color_scheme": scheme, "locale": lang, "reduced_motion": "reduce"}
    page = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url, **look).new_page()
    browsing.sign_in(page, person)
    return page, person


@pytest.mark.parametrize(("lang", "width", "scheme"), looking.LOOKS)
def test_lab_and_balance_are_sound_in_a_browser(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    desk_day.fill()
    page, person = _signed_in(browser, live_server, lang, width, scheme)
    complaints = browsing.complaints(page)
    paths = lab.fill(person)
    looked = []
    for number, path in enumerate(paths):
        looked += looking._look(page, path, lang, width, scheme)
        if looking.SHOTS:
            page.screenshot(path=f"{looking.SHOTS}/lab{number}-{lang}-{width}-{scheme}.png", full_page=True)
    assert looked == []
    assert complaints == []
    page.context.close()


def test_lab_and_balance_of_a_new_desk_are_sound(browser: Any, live_server: LiveServer) -> None:
    page, _person = _signed_in(browser, live_server, "fr", 360, "dark")
    assert [found for path in ("/themes", "/balance") for found in looking._look(page, path, "fr", 360, "dark")] == []
    page.context.close()


def test_mistakes_are_shown_beside_the_lines_and_a_trial_shows_itself_when_done(browser: Any, live_server: LiveServer) -> None:
    lab.a_file()
    page, _person = _signed_in(browser, live_server, "en", 1280, "light")
    complaints = browsing.complaints(page)
    page.goto("/themes/terror?language=en")
    page.fill("#terms", "ambush*: 2\nraid: many\n")
    browsing.click(page, ".lab button")
    assert page.locator(".mistakes li").all_inner_texts()[0].startswith("Line 2:")
    assert page.input_value("#terms") == "ambush*: 2\nraid: many\n"
    assert [one["id"] for one in looking._axe(page)] == []
    page.fill("#terms", "ambush*: 2\nraid: 1\n")
    browsing.click(page, ".lab button")
    assert page.locator("[data-waiting]").first.is_visible()
    with browsing.leaving(page):  # by itself, when the trial is done
        models.ThemeTrial.objects.update(done_at=rows.NOW, found=lab._found("en"))
    assert page.locator(".decide").first.is_visible()
    browsing.click(page, ".decide button")
    assert page.locator(".history li").first.is_visible()
    assert complaints == []
    assert models.ThemeChange.objects.get().after == {"car bomb*": None, "gunmen NEAR/5 (killed OR kidnapped)": None, "raid": 1.0}
    page.context.close()
