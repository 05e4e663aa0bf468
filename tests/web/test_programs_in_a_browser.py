"""Tokens and the guide for programs in a real browser: made, copied, revoked; sound in both languages, on phone and desktop."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import tokens
from tests.web import browsing, rows
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import LOOKS, SHOTS, _axe, _look, browser, pytestmark

__all__ = ["browser", "pytestmark"]


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_tokens_and_the_guide_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    person = rows.a_person("contributor", language=lang, password=PASSWORD)
    window = {"width": width, "height": 900}
    context = browser.new_context(viewport=window, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce")
    page = context.new_page()
    complaints = browsing.complaints(page)
    browsing.sign_in(page, person)
    looked = [_look(page, "/me/tokens", lang, width, scheme)]
    page.fill("#name", "Tableau du matin")
    browsing.click(page, "main .sheet form button")
    made = page.input_value("#token")
    looked.append([f"made: {one['id']}" for one in _axe(page)])
    looked.append(["made: wide"] if page.evaluate("document.documentElement.scrollWidth") > width else [])
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"token-made-{lang}-{width}-{scheme}.png"), full_page=True)
    assert tokens.holder(made, rows.NOW) is not None
    tokens.make(person, "Un programme au nom bien long qui compte les pistes", "act", rows.NOW - timedelta(days=9))
    looked += [_look(page, path, lang, width, scheme) for path in ("/me/tokens", "/api", "/me")]
    page.goto("/me/tokens")
    browsing.click(page, "main .lines button >> nth=0")
    assert tokens.holder(made, rows.NOW) is None
    assert [found for found in looked if found != []] == []
    assert complaints == []
    context.close()
