"""The pages of alerts in a real browser: sound in both languages, and the preview follows the typing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store.models import AlertRule, Person
from tests.web import alerting, browsing, rows, searching
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import LOOKS, SHOTS, _axe, browser, pytestmark

__all__ = ["browser", "pytestmark"]


def sign_in(browser: Any, live_server: LiveServer, person: Person, **look: Any) -> tuple[Any, list[str]]:
    """A page on which a person is signed in, and what the console complains of."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **look)
    page = context.new_page()
    complaints = browsing.complaints(page)
    browsing.sign_in(page, person)
    return page, complaints


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_pages_of_alerts_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    person = rows.a_person("editor", language=lang, password=PASSWORD)
    paths = alerting.fill(person)
    page, complaints = sign_in(browser, live_server, person, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    wrong = []
    for number, path in enumerate(paths):
        page.goto(path)
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(SHOTS) / f"alerts{number}-{lang}-{width}-{scheme}.png"), full_page=True)
        wrong += [f"{path}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
        wrong += [f"{path}: wider than the window"] * (page.evaluate("document.documentElement.scrollWidth") > width)
    assert wrong == []
    assert complaints == []
    page.context.close()


def test_the_preview_follows_the_typing_and_a_mistake_is_told_at_once(browser: Any, live_server: LiveServer) -> None:
    searching.an_indexed("Harbour closed")
    page, complaints = sign_in(browser, live_server, rows.a_person("editor", password=PASSWORD))
    page.goto("/alerts/new")
    page.fill("#q", "harbour -(")
    page.wait_for_selector("#q-wrong")
    page.fill("#q", "harbour")
    page.wait_for_selector(".preview-count")
    assert page.inner_text(".preview-count") == "1 article would have matched, in 1 story"
    assert page.get_attribute("#q", "aria-invalid") is None
    page.fill("#name", "Harbours")
    browsing.enter(page, "#name")
    assert page.url == f"{live_server.url}/alerts"
    assert AlertRule.objects.get().query == "harbour"
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS[:2])
def test_mistakes_and_somebody_faster_are_told_soundly(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    person = rows.a_person("editor", language=lang, password=PASSWORD)
    rule = alerting.a_rule(person, whole_desk=True)
    page, _ = sign_in(browser, live_server, person, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    page.goto("/alerts/new")
    page.fill("#q", 'Mali OR (army NEAR border "x')
    page.fill("#cap", "99")
    page.evaluate("document.querySelector('form.alert-form').noValidate = true")
    browsing.click(page, ".alert-acts .button.strong")
    assert page.locator("#name-wrong").is_visible()
    wrong = _seen(page, f"alert-wrong-{lang}-{width}-{scheme}")
    page.goto(f"/alerts/{rule.uuid}")
    AlertRule.objects.update(version=5, query="uranium")
    page.fill("#q", "missile")
    browsing.click(page, ".alert-acts .button.strong")
    assert page.locator("[role=alert] code").first.is_visible()
    wrong += _seen(page, f"alert-conflict-{lang}-{width}-{scheme}")
    assert page.input_value("#q") == "missile"
    assert wrong == []
    page.context.close()


def _seen(page: Any, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    return [f"{name}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
