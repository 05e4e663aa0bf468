"""Tokens and the guide for programs in a real browser: made, copied, revoked; sound in both languages, on phone and desktop."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import tokens
from tests.web import rows
from tests.web.test_in_a_browser import LOOKS, SHOTS, _axe, _look, browser, pytestmark

__all__ = ["browser", "pytestmark"]
PASSWORD = "a long enough word"


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_tokens_and_the_guide_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    person = rows.a_person("contributor", language=lang, password=PASSWORD)
    window = {"width": width, "height": 900}
    context = browser.new_context(viewport=window, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce")
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in")
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{live_server.url}/")
    looked = [_look(page, "/me/tokens", lang, width, scheme)]
    page.fill("#name", "Tableau du matin")
    page.click("main .sheet form button")
    page.wait_for_selector("#token")
    made = page.input_value("#token")
    looked.append([f"made: {one['id']}" for one in _axe(page)])
    looked.append(["made: wide"] if page.evaluate("document.documentElement.scrollWidth") > width else [])
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"token-made-{lang}-{width}-{scheme}.png"), full_page=True)
    assert tokens.holder(made, rows.NOW) is not None
    tokens.make(person, "Un programme au nom bien long qui compte les pistes", "act", rows.NOW - timedelta(days=9))
    looked += [_look(page, path, lang, width, scheme) for path in ("/me/tokens", "/api", "/me")]
    page.goto("/me/tokens")
    page.click("main .lines button >> nth=0")
    page.wait_for_load_state()
    assert tokens.holder(made, rows.NOW) is None
    assert [found for found in looked if found != []] == []
    assert complaints == []
    context.close()
