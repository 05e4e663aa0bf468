"""Triage in a real browser: ten leads by keyboard, losing a lease, undo, two people at once, news that moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import models, triage
from monitor.web import moment
from tests.web import browsing, desk_day, rows
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import LOOKS, SHOTS, _axe, _look, browser, playwright, pytestmark

__all__ = ["browser", "pytestmark"]
Desk = Callable[..., Any]


@pytest.fixture
def desk(browser: Any, live_server: LiveServer) -> Iterator[Desk]:
    """Opens Today as a new person; the test fails on any error the browser tells."""
    contexts, complaints = [], list[list[str]]()

    def opened(*, language: str = "en", **settings: Any) -> Any:
        person = rows.a_person("contributor", language=language, password=PASSWORD)
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **settings)
        contexts.append(context)
        page = context.new_page()
        complaints.append(browsing.complaints(page))
        browsing.sign_in(page, person)
        page.person = person
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for told in complaints for one in told] == []


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def told(page: Any, words: str) -> None:
    """Wait until the page says this."""
    playwright.expect(page.locator("#told")).to_contain_text(words)


def some_leads(number: int) -> list[models.Lead]:
    """Leads in the order of the page, best first."""
    outlet = rows.an_outlet()
    return [rows.a_told_lead(f"Lead {count}", outlet, score=90.0 - count) for count in range(number)]


def statuses() -> list[str]:
    return list(models.Lead.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize("width", [390, 1280])
def test_ten_leads_are_triaged_with_three_keys_each_at_most(desk: Desk, width: int) -> None:
    some_leads(10)
    page = desk(viewport={"width": width, "height": 844})
    strokes = [["j", "x", "1"], ["x", "4"], ["c", "j"], ["s", "1"], ["x", "6"], ["c", "j"], ["s", "3"], ["x", "2"], ["c", "j"], ["s", "2"]]
    for keys in strokes:
        press(page, *keys)
    assert max(len(keys) for keys in strokes) <= 3
    playwright.expect(page.locator(".put-aside")).to_have_count(7)
    expected = ["dismissed", "dismissed", "claimed", "snoozed", "dismissed", "claimed", "snoozed", "dismissed", "claimed", "snoozed"]
    assert statuses() == expected
    notes = models.LeadEvent.objects.filter(kind="dismissed").order_by("lead_id").values_list("note", flat=True)
    assert list(notes) == ["off-topic", "old", "mixed", "minor"]
    assert page.locator("article.card .claimed.mine").count() == 3


def test_undo_goes_back_key_by_key(desk: Desk) -> None:
    some_leads(3)
    page = desk()
    press(page, "j", "x", "1", "s", "2", "c")
    told(page, "Yours until")
    for expected in (["dismissed", "snoozed", "queued"], ["dismissed", "queued", "queued"], ["queued", "queued", "queued"]):
        press(page, "u")
        told(page, "Undone.")
        playwright.expect(page.locator(".put-aside, .claimed")).to_have_count(sum(one != "queued" for one in expected))
        assert statuses() == expected
    assert page.locator("[data-card].here h3").inner_text() == "Lead 2"
    press(page, "u")
    told(page, "There is nothing to undo.")


def test_the_lease_is_lost_by_time_and_the_page_says_so(desk: Desk) -> None:
    (lead,) = some_leads(1)
    page = desk()
    press(page, "j", "c")
    told(page, "Yours until")
    moment._HELD[0].advance(timedelta(hours=48))  # type: ignore[attr-defined]
    assert triage.lapse(rows.NOW + timedelta(hours=48)) == 1
    models.Lead.objects.update(newest_at=rows.NOW + timedelta(hours=47))
    page.reload()
    assert page.locator(".notice.warn").inner_text().startswith("Handed back by time, no draft within 48 hours: Lead 0")
    page.click(".notice.warn button")
    told(page, "Yours until")
    assert models.Lead.objects.get(pk=lead.pk).claimed_by == page.person


def test_two_people_on_one_lead_the_second_is_told(desk: Desk) -> None:
    some_leads(2)
    first, second = desk(), desk()
    press(first, "j", "c")
    told(first, "Yours until")
    press(second, "j", "x", "1")
    told(second, "was first: claimed at")
    playwright.expect(second.locator("article.card .claimed")).to_have_count(1)
    assert models.Lead.objects.get(headline="Lead 0").claimed_by == first.person
    assert models.LeadEvent.objects.count() == 1


def test_news_is_counted_and_the_page_stays_where_it_is(desk: Desk) -> None:
    leads = some_leads(6)
    page = desk()
    browsing.hold_time(page)
    page.reload()
    press(page, "j", "j", "j")
    here, before = page.locator("[data-card].here").get_attribute("id"), page.locator("article.card h3").all_inner_texts()
    moment._HELD[0].advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    now = rows.NOW + timedelta(seconds=30)
    rows.a_told_lead("Fresh", rows.an_outlet(), score=99.0, queued_at=now, newest_at=now)
    triage.claim(leads[4].uuid, rows.a_person(given="Nour", family="Haddad"), now)
    page.clock.run_for(60_000)
    playwright.expect(page.locator("#fresh")).to_have_text("1 new lead: show")
    playwright.expect(page.locator(f"#lead-{leads[4].uuid} .claimed")).to_contain_text("Taken by Nour Haddad")
    assert page.locator("article.card h3").all_inner_texts() == before
    assert page.locator("[data-card].here").get_attribute("id") == here
    browsing.click(page, "[data-show-fresh]")
    playwright.expect(page.locator("article.card h3").first).to_have_text("Fresh")
    assert page.locator("[data-card].here").get_attribute("id") == here


def test_nobody_looking_nothing_is_asked(desk: Desk) -> None:
    page = desk()
    browsing.hold_time(page)
    page.reload()
    asked: list[str] = []
    icon = "/static/desk/icon.svg"  # which the browser fetches by itself, whenever it likes
    page.on("request", lambda request: None if request.url.endswith(icon) else asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(180_000)
    assert asked == []


def test_the_buttons_do_the_same_without_a_keyboard(desk: Desk) -> None:
    leads = some_leads(2)
    page = desk(viewport={"width": 390, "height": 844}, has_touch=True)
    page.tap(f"#lead-{leads[0].uuid} [data-act=dismiss]")
    page.tap("#menu-dismiss button[value=old]")
    told(page, "Dismissed: Old news.")
    page.tap("#told button")
    told(page, "Undone.")
    page.tap(f"#lead-{leads[0].uuid} [data-act=claim]")
    told(page, "Yours until")
    assert statuses() == ["claimed", "queued"]


def test_without_scripts_everything_is_a_form(desk: Desk) -> None:
    leads = some_leads(2)
    page = desk(java_script_enabled=False)
    browsing.click(page, f"#lead-{leads[0].uuid} [data-act=claim]")
    assert page.url.endswith(f"/#lead-{leads[0].uuid}")
    browsing.click(page, f"#lead-{leads[1].uuid} [data-act=dismiss]")
    browsing.click(page, "#dismiss button[value=thin]")
    assert page.url.endswith(f"/#lead-{leads[1].uuid}")
    assert statuses() == ["claimed", "dismissed"]
    browsing.click(page, "#told button")
    assert page.url.endswith(f"/#lead-{leads[1].uuid}")
    assert statuses() == ["claimed", "queued"]


def test_the_keys_are_told_and_can_be_switched_off(desk: Desk) -> None:
    some_leads(2)
    page = desk()
    press(page, "?")
    assert page.locator("dialog#keys").is_visible()
    press(page, "j")
    assert page.locator(".here").count() == 0
    page.check("[data-keys-off]")
    press(page, "Escape")
    assert page.locator("dialog#keys").is_hidden()
    press(page, "j", "?")
    assert (page.locator(".here").count(), page.locator("dialog#keys").is_visible()) == (0, False)
    page.click('.foot [data-key="?"]')
    page.uncheck("[data-keys-off]")
    press(page, "Escape", "j")
    assert page.locator(".here").count() == 1


def test_escape_leaves_a_menu_without_changing_anything(desk: Desk) -> None:
    some_leads(1)
    page = desk()
    press(page, "j", "x", "Escape")
    assert page.locator("#menu-dismiss").is_hidden()
    press(page, "s", "Escape", "1")
    assert (statuses(), models.LeadEvent.objects.count()) == (["queued"], 0)


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS[:2])
def test_the_pages_of_triage_are_sound(desk: Desk, lang: str, width: int, scheme: str) -> None:
    story = desk_day.fill()
    page = desk(language=lang, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    nour = models.Lead.objects.get(story=story).claimed_by
    free = list(models.Lead.objects.filter(status="queued").order_by("-score")[:4])
    triage.dismiss(free[0].uuid, page.person, "covered", rows.NOW)
    triage.snooze(free[1].uuid, nour, rows.NOW + timedelta(days=3), rows.NOW)
    triage.claim(free[2].uuid, page.person, rows.NOW)
    looked = [
        _look(page, path, lang, width, scheme) for path in ("/", "/aside", f"/lead/{free[3].uuid}", "/?week=2026-W11", "/?show=grown")
    ]
    page.goto("/")
    press(page, "j", "j", "x")
    looked.append(_as_it_stands(page, f"menu-{lang}-{width}-{scheme}"))
    press(page, "3")
    playwright.expect(page.locator(".put-aside")).to_have_count(1)
    press(page, "?")
    looked.append(_as_it_stands(page, f"keys-{lang}-{width}-{scheme}"))
    assert [found for found in looked if found != []] == []


def _as_it_stands(page: Any, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))
    return [f"{name}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
