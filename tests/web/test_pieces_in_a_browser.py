"""A piece in a real browser: every page sound; two at once; the desk away and back. Its whole way: test_edition_circuit_in_a_browser.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.store import models, piece_acts, piece_sources
from tests.web import browsing, rows, writing
from tests.web.browsing import PASSWORD
from tests.web.test_in_a_browser import CHROMIUM, LOOKS, SHOTS, _axe, playwright
from tests.web.test_in_a_browser import browser as browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): pages were NOT looked at"),
]


@pytest.fixture
def opened(browser: Any, live_server: LiveServer) -> Iterator[Callable[..., Any]]:
    """Opens a page as this person, signed in."""
    contexts = []

    def opening(person: models.Person, lang: str = "en", width: int = 1280, scheme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = browsing.complaints(page)
        browsing.sign_in(page, person)
        return page

    yield opening
    for context in contexts:
        context.close()


def somebody(role: str = "contributor", lang: str = "en", given: str = "Ada", family: str = "Byron") -> models.Person:
    return rows.a_person(role, language=lang, password=PASSWORD, given=given, family=family)


def a_busy_piece(person: models.Person, editor: models.Person) -> models.Piece:
    """A piece with everything on it: checks of every state, comments, a source that could not be read, versions, earlier coverage."""
    before = writing.a_piece(person, title="Mali : le carburant manque déjà")
    day = {"dated": rows.NOW.date(), "made_at": rows.NOW}
    edition = models.Edition.objects.create(series="press-review", number=12, language="fr", state="published", **day)
    models.Piece.objects.filter(pk=before.pk).update(state="accepted", edition=edition)
    text = f"{writing.FRENCH}\n\nUn officier résume : « Personne ne passera plus jamais par ici sans escorte armée ». **À suivre.**"
    piece = writing.a_piece(person, text=text, cite=3)
    models.Piece.objects.filter(pk=before.pk).update(story=piece.story)
    piece_sources.add_address(piece, "https://elsewhere.example.org/news/very/long/path/to/an/article-about-the-convoy", rows.NOW)
    ask = piece_sources.claim(rows.NOW, worker="w")
    assert ask is not None
    piece_sources.answered(ask, rows.NOW, unread="The server answers 403 to PressMonitor.")
    models.Article.objects.filter(story=piece.story, language="en").update(title="Seventeen hurt as fuel convoy is ambushed in Mali")
    models.ArticleText.objects.filter(article__story=piece.story, article__language="ja").delete()
    piece_acts.move(piece.uuid, "submit", person, piece.version, rows.NOW, editor=False)
    piece_acts.comment(piece.uuid, editor, "Qui le dit ?", "Personne ne passera plus jamais par ici", rows.NOW)
    note = "Trop près du Méridien : à récrire.\nEt plus long."
    piece_acts.move(piece.uuid, "return", editor, piece.version, rows.NOW, editor=True, note=note)
    return models.Piece.objects.get(pk=piece.pk)


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_pages_of_pieces_are_sound_in_a_browser(opened: Callable[..., Any], lang: str, width: int, scheme: str) -> None:
    person, editor = somebody(lang=lang), somebody("editor", lang, "Eva", "Marsh")
    piece = a_busy_piece(person, editor)
    writing.a_piece(editor, title="Une autre")
    writing.a_claimed_story(person)
    handed = writing.a_piece(editor, title="شحنات الوقود", language="fr")
    piece_acts.move(handed.uuid, "submit", editor, handed.version, rows.NOW, editor=True)
    page = opened(person, lang, width, scheme)
    own = f"/piece/{piece.uuid}"
    paths = {"list": "/pieces", "piece": own, "versions": f"{own}/versions", "read": f"/piece/{handed.uuid}"}
    looked = [_seen(page, path, f"{name}-{lang}-{width}-{scheme}", width) for name, path in paths.items()]
    page.goto(paths["piece"])
    page.evaluate("document.querySelector('[name=version]').value = '1'; document.getElementById('piece-text').value += ' Encore.'")
    with browsing.leaving(page):
        page.evaluate("document.getElementById('piece').action = document.querySelector('#piece-behind button').formAction; "
                      "HTMLFormElement.prototype.submit.call(document.getElementById('piece'))")  # fmt: skip
    assert page.locator("#merge-text").is_visible()
    looked.append(_seen(page, "", f"merge-{lang}-{width}-{scheme}", width))
    assert [found for found in looked if found != []] == []
    assert page.complaints == []


def _seen(page: Any, path: str, name: str, width: int) -> list[str]:
    """What is wrong with a page, all folds open; its picture is kept where SHOTS says."""
    if path:
        page.goto(path)
    for fold in page.query_selector_all("details"):
        fold.evaluate("one => { one.open = true }")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wrong = [f"{name}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in _axe(page)]
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    return [*wrong, f"{name}: wider than the window"] if wide else wrong


def test_two_people_at_one_piece_lose_nothing(opened: Callable[..., Any]) -> None:
    ada, eva = somebody(), somebody("editor", given="Eva", family="Marsh")
    piece = writing.a_piece(ada, text="One.\n\nTwo.\n\nThree.")
    page, editor = opened(ada), opened(eva)
    page.goto(f"/piece/{piece.uuid}")
    editor.goto(f"/piece/{piece.uuid}")
    editor.locator("#piece-text").press("Control+End")
    editor.keyboard.insert_text(" By Eva.")  # at once: a slow hand would be saved on the way, as another version
    editor.keyboard.press("Control+s")
    editor.wait_for_selector("#piece-saved[data-version='4']")
    page.locator("#piece-text").press("Control+Home")
    page.keyboard.insert_text("By Ada. ")
    page.wait_for_selector("#piece-behind:visible")
    assert "Eva Marsh has saved a newer version" in page.inner_text("#piece-behind")
    assert models.Piece.objects.get().text == "One.\n\nTwo.\n\nThree. By Eva."
    browsing.click(page, page.get_by_role("button", name="See both and put them together"))
    assert page.input_value("#merge-text") == "By Ada. One.\n\nTwo.\n\nThree. By Eva."
    browsing.click(page, page.get_by_role("button", name="Save this"))
    assert page.locator("#piece-preview").is_visible()
    assert models.Piece.objects.get().text == "By Ada. One.\n\nTwo.\n\nThree. By Eva."
    assert [one for one in page.complaints if "409" not in one] == []


def test_what_did_not_reach_the_desk_is_offered_back(opened: Callable[..., Any]) -> None:
    """The server goes away while somebody types (kill -9): the text is on the device and offered on return."""
    ada = somebody()
    piece = writing.a_piece(ada, text="One.")
    page = opened(ada)
    page.goto(f"/piece/{piece.uuid}")
    page.context.set_offline(True)
    page.locator("#piece-text").press("Control+End")
    page.keyboard.insert_text(" Two, typed without the desk.")
    page.wait_for_selector("text=The desk does not answer")
    assert models.Piece.objects.get().text == "One."
    page.close()  # while the desk is away: it cannot be sent on leaving either
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"/piece/{piece.uuid}")
    assert again.locator("#piece-kept").is_visible()
    again.get_by_role("button", name="Take it back").click()
    again.wait_for_selector("#piece-saved[data-version='4']")
    assert models.Piece.objects.get().text == "One. Two, typed without the desk."


def test_typing_on_and_on_is_saved_on_the_way(opened: Callable[..., Any]) -> None:
    """Whoever never pauses has lost at most what was typed since the last save: the first is sent four seconds after the first key."""
    ada = somebody()
    piece = writing.a_piece(ada, text="")
    page = opened(ada)
    page.goto(f"/piece/{piece.uuid}")
    browsing.hold_time(page)
    box = page.locator("#piece-text")
    box.focus()
    for _ in range(5):
        page.keyboard.type("word ")
        page.clock.run_for(900)
    page.wait_for_selector("#piece-saved[data-version='4']")
    assert models.Piece.objects.get().text.count("word") >= 4


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('piece:')).length"


def test_signing_out_leaves_no_text_on_the_device(opened: Callable[..., Any], live_server: LiveServer) -> None:
    """What is being typed is saved first; what cannot be saved is told, and goes only when somebody insists."""
    ada, eva = somebody(), somebody("editor", given="Eva", family="Marsh")
    piece = writing.a_piece(ada, text="One.")
    page, sign_in = opened(ada), f"{live_server.url}/sign-in"
    page.goto(f"/piece/{piece.uuid}")
    page.locator("#piece-text").press("Control+End")
    page.keyboard.insert_text(" Two.")
    browsing.click(page, page.get_by_role("button", name="Sign out"))
    assert page.url == sign_in
    assert (models.Piece.objects.get().text, page.evaluate(KEPT)) == ("One. Two.", 0)

    page = opened(ada)
    page.goto(f"/piece/{piece.uuid}")
    piece_acts.save(piece.uuid, eva, piece_acts.Text("Hers", "Hers."), 4, rows.NOW, editor=True)
    page.locator("#piece-text").press("Control+End")
    page.keyboard.insert_text(" Three.")
    page.wait_for_selector("#piece-behind:visible")
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("#left-behind:visible")
    assert page.evaluate("document.activeElement.id") == "left-behind"
    assert page.get_by_role("link", name="To the piece").get_attribute("href") == f"/piece/{piece.uuid}"
    assert page.evaluate(KEPT) == 1
    browsing.click(page, page.get_by_role("button", name="Sign out"))
    assert page.url == sign_in
    assert page.evaluate(KEPT) == 0


def test_the_text_left_on_a_device_is_offered_to_its_writer_only(opened: Callable[..., Any]) -> None:
    ada, eva = somebody(), somebody("editor", given="Eva", family="Marsh")
    piece = writing.a_piece(ada, text="One.")
    page = opened(ada)
    page.goto(f"/piece/{piece.uuid}")
    page.evaluate(
        "localStorage.setItem(document.getElementById('piece-kept').dataset.key,"
        " JSON.stringify({values: ['T', 'Mine.', '', 'en'], version: '3'}))"
    )
    kept = page.locator("#piece-kept")
    page.reload()
    kept.wait_for(state="visible")
    page.context.clear_cookies()  # the session has ended; somebody else signs in on the same device
    browsing.sign_in(page, eva)
    page.goto(f"/piece/{piece.uuid}")
    playwright.expect(kept).to_be_hidden()
