"""Editions in a real browser: every page sound; two editors at once; a piece dragged. The keys: test_edition_circuit_in_a_browser.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import editions, models, subscribers
from tests.store.edition_rows import a_piece, an_edition, frozen
from tests.web import browsing, publishing, rows
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import SHOTS, _axe, _look, browser, playwright, pytestmark

__all__ = ["browser", "pytestmark"]
LOOKS = [("fr", 390, "light"), ("en", 1280, "dark"), ("fr", 1280, "light"), ("en", 390, "dark")]
Desk = Callable[..., Any]


@pytest.fixture
def desk(browser: Any, live_server: LiveServer) -> Iterator[Desk]:
    """Signs a new editor in; the test fails on any error the browser tells, but for a refused change (409)."""
    contexts, complaints = [], list[list[str]]()

    def opened(*, language: str = "en", **settings: Any) -> Any:
        person = rows.a_person("editor", language=language, password=PASSWORD)
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", accept_downloads=True, **settings)
        contexts.append(context)
        page = context.new_page()
        complaints.append(browsing.complaints(page))
        browsing.sign_in(page, person)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for told in complaints for one in told if "409" not in one] == []


def _pages() -> list[tuple[str, str]]:
    board = publishing.a_full_board()
    old = models.Edition.objects.get(state="published")
    piece = models.Piece.objects.filter(edition=old)[0]
    subscribers.add("ada@reader.example", "Ada Byron", "en", "by mail on 3 March", None, rows.NOW)
    subscribers.ask("bo@reader.example", "", "fr", None, rows.NOW)
    gone = subscribers.add("cleo@reader.example", "Cléo", "fr", "at the fair", None, rows.NOW)
    subscribers.leave(gone.uuid, rows.NOW)
    return [
        ("editions", "/editions"),
        ("board", f"/edition/{board.uuid}"),
        ("preview", f"/edition/{board.uuid}/preview"),
        ("edition", f"/edition/{old.uuid}"),
        ("piece", f"/edition/{old.uuid}/piece/{piece.uuid}"),
        ("send", f"/edition/{old.uuid}/send"),
        ("subscribers", "/subscribers"),
    ]


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_pages_of_editions_are_sound(desk: Desk, lang: str, width: int, scheme: str) -> None:
    paths = _pages()
    page = desk(language=lang, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    wrong = []
    for name, path in paths:
        wrong += _look(page, path, lang, width, scheme)
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"x-{name}-{lang}-{width}-{scheme}.png"), full_page=True)
    page.goto("/subscribers")
    page.fill("#list", "Ada <ada@reader.example>\nnew@reader.example;Nia;en\nno address here")
    browsing.click(page, 'button[value="look"]')
    wrong += [str(one["id"]) for one in _axe(page)]
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"x-judged-{lang}-{width}-{scheme}.png"), full_page=True)
    assert wrong == []


def test_the_second_of_two_editors_is_told_and_makes_their_change(desk: Desk) -> None:
    edition, writer = an_edition(), rows.a_person()
    first, second = a_piece("Dyke gives way", writer), a_piece("Strike ends", writer)
    page = desk(viewport={"width": 1280, "height": 900})
    page.goto(f"/edition/{edition.uuid}")
    editions.place(edition.uuid, first.uuid, "asia", 1, rows.a_person("editor", given="Nour", family="Haddad"), rows.NOW, seen=1)
    page.locator(f"#piece-{second.uuid}").focus()
    page.keyboard.press("3")
    notice = page.locator("#board .notice")
    playwright.expect(notice).to_contain_text("Somebody else changed this edition meanwhile.")
    playwright.expect(notice).to_contain_text("Nour Haddad")
    playwright.expect(notice.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    playwright.expect(page.locator("#board")).to_have_attribute("data-version", "3")
    assert list(models.Piece.objects.order_by("position").values_list("title", "section")) == [
        ("Dyke gives way", "asia"),
        ("Strike ends", "asia"),
    ]


def test_a_piece_is_dragged_between_two_others(desk: Desk) -> None:
    edition, writer = an_edition(), rows.a_person()
    made = [a_piece(name, writer) for name in ("One", "Two", "Three")]
    for place, piece in enumerate(made[:2], 1):
        editions.place(edition.uuid, piece.uuid, "africa", place, None, rows.NOW, seen=place)
    page = desk(viewport={"width": 1280, "height": 1400})
    page.goto(f"/edition/{edition.uuid}")
    target = page.locator(f"#piece-{made[1].uuid}")
    page.locator(f"#piece-{made[2].uuid}").drag_to(target, target_position={"x": 20, "y": 4})
    playwright.expect(page.locator("#board")).to_have_attribute("data-version", "4")
    assert list(models.Piece.objects.order_by("position").values_list("title", flat=True)) == ["One", "Three", "Two"]


COUNTED = """(() => {
  const later = window.setTimeout.bind(window);
  window.asked = 0;
  window.setTimeout = (act, wait) => later(act, wait === 2000 ? 0 : wait);
  window.often = new Promise((enough) => { window.fetch = async () => {
    window.asked += 1;
    if (window.asked === 150) enough();
    return new Response(document.documentElement.outerHTML);
  }; });
  window.turns = (left) => new Promise((done) => { const turn = () => left-- > 0 ? later(turn, 0) : done(window.asked); turn(); });
})()"""


def test_the_page_of_a_sending_stops_asking_once_nothing_new_is_told(desk: Desk) -> None:
    edition = frozen()
    subscribers.add("ada@reader.example", "", "en", "on paper", None, rows.NOW)
    editions.publish(edition.uuid, None, rows.NOW, mail=1)  # whose mails nobody makes
    page = desk()
    page.add_init_script(COUNTED)
    page.goto(f"/edition/{edition.uuid}/send")
    assert page.locator("#sending[data-under-way]").count() == 1
    assert page.evaluate("window.often.then(() => window.turns(50))") == 150
