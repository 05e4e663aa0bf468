"""The themes lab and the balance in a real browser, in both languages, schemes and widths; a trial's page loads itself when it is done."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import models
from tests.web import desk_day, lab, rows
from tests.web import test_in_a_browser as looking

pytestmark = looking.pytestmark
browser = looking.browser


def _signed_in(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> tuple[Any, Any]:
    person = rows.a_person("editor", language=lang, password="a long enough word")
    look = {"color_scheme": scheme, "locale": lang, "reduced_motion": "reduce"}
    page = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url, **look).new_page()
    page.goto("/sign-in")
    page.fill("#email", person.email)
    page.fill("#password", "a long enough word")
    page.click("main button")
    page.wait_for_url(f"{live_server.url}/")
    return page, person


@pytest.mark.parametrize(("lang", "width", "scheme"), looking.LOOKS)
def test_lab_and_balance_are_sound_in_a_browser(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    desk_day.fill()
    page, person = _signed_in(browser, live_server, lang, width, scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
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
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.goto("/themes/terror?language=en")
    page.fill("#terms", "ambush*: 2\nraid: many\n")
    page.click(".lab button")
    assert page.locator(".mistakes li").all_inner_texts()[0].startswith("Line 2:")
    assert page.input_value("#terms") == "ambush*: 2\nraid: many\n"
    assert [one["id"] for one in looking._axe(page)] == []
    page.fill("#terms", "ambush*: 2\nraid: 1\n")
    page.click(".lab button")
    page.wait_for_selector("[data-waiting]")
    models.ThemeTrial.objects.update(done_at=rows.NOW, found=lab._found("en"))
    page.wait_for_selector(".decide", timeout=15_000)
    page.click(".decide button")
    page.wait_for_selector(".history li")
    assert complaints == []
    assert models.ThemeChange.objects.get().after == {"car bomb*": None, "gunmen NEAR/5 (killed OR kidnapped)": None, "raid": 1.0}
    page.context.close()
