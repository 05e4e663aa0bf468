"""The admin's pages and the ways in, in a real browser: axe-core, content policy, both languages, phone and desktop, copying a link."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import change_people, invite, models, people, periodic
from monitor.web import moment
from tests.fakes import FakeClock
from tests.web import browsing, desk_day, rows
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import LOOKS, SHOTS, _axe, _look, browser, pytestmark

__all__ = ["browser", "pytestmark"]


def _fill(lang: str) -> tuple[models.Person, models.Person]:
    """A desk with people of every kind, changes, invitations, trouble; returns the admin and a person with claims."""
    story = desk_day.fill()
    boss = rows.a_person("admin", language=lang, password=PASSWORD, given="Bo", family="Lindqvist-Example")
    ada = rows.a_person("editor", language=lang, password=PASSWORD, given="Adaeze", family="Example-Ng\u0169g\u0129 of the Long Name")
    models.Lead.objects.filter(story=story).update(status="claimed", claimed_by=ada)
    rows.a_person(given="", family="")
    gone = rows.a_person("editor", given="Cyril", family="Example")
    change_people.shut_out(gone.uuid, boss, rows.NOW)
    change_people.change_role(ada.uuid, "contributor", boss, rows.NOW)
    change_people.ask_reset(ada.email, rows.NOW)
    invite.invite("new.colleague@example.org", "contributor", lang, boss, rows.NOW)
    invite.invite("late@example.org", "editor", lang, boss, rows.NOW - timedelta(days=4))
    periodic.did("poll_feeds", rows.NOW, "12 feeds polled: 3 changed, 8 not modified, 1 unchanged, 0 failed; 9 new articles")
    periodic.broke("read_articles", rows.NOW, "OperationalError: database or disk is full")
    lost = rows.an_article(rows.an_outlet(), None, "Lost")
    models.ToRead.objects.create(article=lost, host="a.example", attempts=5, due_at=rows.NOW, last_error="the parser was killed")
    return boss, ada


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_admins_pages_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    boss, ada = _fill(lang)
    window = {"width": width, "height": 900}
    context = browser.new_context(viewport=window, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce")
    page = context.new_page()
    complaints = browsing.complaints(page)
    _, token = invite.invite("guest@example.org", "editor", lang, boss, rows.NOW)
    ways_in = ("/forgot", f"/join/{token}", f"/reset/{people.make_link(ada, 'reset', rows.NOW)}")
    looked = [_look(page, path, lang, width, scheme) for path in ways_in]
    browsing.sign_in(page, boss)
    looked += [_look(page, path, lang, width, scheme) for path in ("/people", f"/people/{ada.uuid}", "/desk", "/me")]
    assert [found for found in looked if found != []] == []
    assert complaints == []
    context.close()


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS[:2])
def test_a_link_is_made_confirmed_copied_and_used(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    boss, _ada = _fill(lang)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce"
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = context.new_page()
    browsing.sign_in(page, boss)
    moment.use(FakeClock(rows.NOW + timedelta(minutes=11)))
    page.goto("/people")
    page.fill("#invite-email", "guest@example.org")
    page.select_option("#invite-role", "editor")
    browsing.enter(page, "#invite-email")
    asked = _here(page, "confirm", lang, width, scheme)
    page.fill("#confirm-password", PASSWORD)
    browsing.enter(page)
    assert page.locator("#link").is_visible()
    shown = _here(page, "hand-over", lang, width, scheme)
    page.click("[data-copy]")
    page.wait_for_selector("#copied:not(:empty)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (asked, shown, copied) == ([], [], page.input_value("#link"))
    guest = browser.new_context(base_url=live_server.url, locale=lang).new_page()
    guest.goto(copied[copied.index("/join/") :])
    for field, value in (("given", "Gia"), ("family", "Example"), ("new", PASSWORD), ("again", PASSWORD)):
        guest.fill(f"#{field}", value)
    browsing.enter(guest, "#again")
    assert guest.url == f"{live_server.url}/"
    assert models.Person.objects.get(email="guest@example.org").role == "editor"
    guest.context.close()
    context.close()


def _here(page: Any, name: str, lang: str, width: int, scheme: str) -> list[str]:
    """What is wrong with the page as it stands, an answer to a form that cannot be fetched again."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{lang}-{width}-{scheme}.png"), full_page=True)
    wrong = [f"{name}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
    return wrong + ([f"{name}: wider than the window"] if page.evaluate("document.documentElement.scrollWidth") > width else [])
