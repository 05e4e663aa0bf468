"""The whole way of a piece in a browser: claimed, written, handed in, returned, accepted, placed by keys, frozen, taken away, sent, read.

On a screen in one language and on a phone in the other; nothing may be refused by the content policy and nothing complained of on the way.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from django.conf import settings
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

from monitor.flows.send_mail import Post, send_mail
from monitor.outside.mail_sink import MailSink
from monitor.outside.smtp import SmtpMailer, server_of
from monitor.store import editions, models, subscribers
from monitor.web import moment
from tests.store.edition_rows import STYLE, a_piece
from tests.web import publishing, rows, writing
from tests.web.test_in_a_browser import browser, playwright, pytestmark
from tests.web.test_scenario_in_a_browser import REFUSED, fits

__all__ = ["browser", "pytestmark"]
PASSWORD = "a long enough word"
FROM = "Harbour Watch <desk@press.example>"
WRITTEN = {"en": ("The road north is cut", writing.OWN_ENGLISH), "fr": ("Au Mali, la route coupée", writing.PIECE)}
ADDED = {"en": " It has been cut since Monday.", "fr": " Elle est coupée depuis lundi."}
SOURCES = {
    "en": [
        "The Harbour Post : “Fuel convoy ambushed on Mali’s northern road”, 14/03/2026 ;",
        "Le Méridien : “Mali : un convoi attaqué à l’aube”, 14/03/2026.",
    ],
    "fr": [
        "The Harbour Post\u00a0: «\u00a0Fuel convoy ambushed on Mali’s northern road\u00a0», 14/03/2026\u202f;",
        "Le Méridien\u00a0: «\u00a0Mali : un convoi attaqué à l’aube\u00a0», 14/03/2026.",
    ],
}
HEADLINES = {
    "en": ["1. Africa", "1.1. The road north is cut", "2. Asia", "2.1. Dyke gives way"],
    "fr": ["1. Afrique", "1.1. Au Mali, la route coupée", "2. Asie", "2.1. Dyke gives way"],
}
TITLE = {"en": "1st Edition — Press Review — Security & Defence", "fr": "1re édition — Revue de presse — Sécurité & Défense"}
BYLINE = {"en": "By Ada BYRON", "fr": "Par Ada BYRON"}


@dataclass
class Circuit:
    """Two people at their browsers, the desk's language, and what the pages say in it."""

    language: str
    opened: Callable[[models.Person], Any]
    sink: MailSink

    def says(self, text: str, **values: object) -> str:
        """A text of the pages in the language of this way."""
        with translation.override(self.language):
            return str(translation.gettext(text)) % values

    def press(self, page: Any, name: str) -> None:
        """Press a button that leads to another page, by its name."""
        with page.expect_navigation():
            page.get_by_role("button", name=self.says(name), exact=True).click()
        page.wait_for_load_state("networkidle")
        assert fits(page)


@pytest.fixture(params=[("fr", 1280), ("en", 390)], ids=lambda one: f"{one[0]}-{one[1]}")
def circuit(request: pytest.FixtureRequest, browser: Any, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Circuit]:
    """A desk that mails to the sink of this machine; the test fails on whatever a browser complains of."""
    language, width = request.param
    contexts, complaints = [], list[str]()

    def opened(person: models.Person) -> Any:
        look = {"viewport": {"width": width, "height": 844}, "has_touch": width < 500, "locale": language}
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", accept_downloads=True, **look)
        contexts.append(context)
        context.add_init_script(REFUSED)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.goto("/sign-in")
        page.fill("#email", person.email)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        assert page.get_attribute("html", "lang") == language
        return page

    with MailSink(moment._HELD[0]) as sink:
        told = replace(settings.MONITOR, mail_from=FROM, smtp_url=f"smtp://127.0.0.1:{sink.smtp_port}", public_url=live_server.url)
        monkeypatch.setattr(settings, "MONITOR", told)
        yield Circuit(language, opened, sink)
    for context in contexts:
        context.close()
    assert complaints == []


def test_from_the_claim_to_the_mail_that_is_read(circuit: Circuit) -> None:
    language = circuit.language
    ada = rows.a_person(language=language, password=PASSWORD, given="Ada", family="Byron")
    eva = rows.a_person("editor", language=language, password=PASSWORD, given="Eva", family="Marsh")
    lead = writing.a_claimed_story(ada, status="queued", claimed_by=None, claimed_until=None)
    other = a_piece("Dyke gives way", rows.a_person(given="Zoé", family="Émond"), language=language)
    edition = editions.make(STYLE, editions.Wanted(language, rows.NOW.date()), eva, rows.NOW)
    subscribers.add("reader@papers.example", "Rea Der", language, "by mail on 3 March", None, rows.NOW)
    page, editor = circuit.opened(ada), circuit.opened(eva)

    _write(circuit, page)
    _return(circuit, editor, page.url)
    _hand_in_again(circuit, page)
    editor.reload()
    circuit.press(editor, "Accept")
    piece = models.Piece.objects.get(lead=lead)
    assert (piece.state, piece.accepted_by, piece.title) == ("accepted", eva, WRITTEN[language][0])
    assert piece.text.endswith(ADDED[language])

    _place(circuit, editor, edition, piece, other)
    _documents_hold_the_edition(circuit, _taken(circuit, editor, "docx"), pdf := _taken(circuit, editor, "pdf"))
    _send(circuit, editor, edition)
    _read(circuit, editor, edition, pdf)


def _write(circuit: Circuit, page: Any) -> None:
    """Claim the lead by its key, write until every check is green, hand in."""
    page.keyboard.press("j")
    page.keyboard.press("c")
    with page.expect_navigation(url="**/piece/*"):
        page.locator(".acts .write").click()
    bad, good = page.locator("[data-check][data-state=bad]"), page.locator("[data-check][data-state=good]")
    playwright.expect(bad).to_have_count(4)  # title, length, sources, languages and countries
    title, text = WRITTEN[circuit.language]
    page.fill("#piece-title", title)
    page.locator("#piece-text").press_sequentially(text[:40], delay=1)
    page.fill("#piece-text", text)
    for number in (1, 2):
        page.locator("#piece-offered button").first.click()
        page.wait_for_selector(f"#source-{number}")
    playwright.expect(bad).to_have_count(0)
    playwright.expect(good).to_have_count(11)
    page.get_by_role("button", name=circuit.says("Move source %(n)s up", n=2)).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#source-1:has-text('Harbour')")
    assert page.locator("#piece-preview .printed-byline").inner_text() == BYLINE[circuit.language]
    assert page.locator("#piece-preview .printed-sources li").all_inner_texts() == SOURCES[circuit.language]
    circuit.press(page, "Hand in")
    assert page.locator(".tag.piece-submitted").count() == 1


def _return(circuit: Circuit, editor: Any, address: str) -> None:
    """The editor asks about some words, and returns the piece."""
    editor.goto(address)
    editor.fill("#comment-passage", "route" if circuit.language == "fr" else "turning point")
    editor.fill("#comment-note", "Since when?")
    circuit.press(editor, "Comment")
    assert editor.locator(".comment blockquote").count() == 1
    editor.fill("#piece-note", "Please say since when.")
    circuit.press(editor, "Return to its writer")
    assert editor.locator(".tag.piece-returned").count() == 1


def _hand_in_again(circuit: Circuit, page: Any) -> None:
    """The writer is told on Today, adds what was asked for and hands in again."""
    page.goto("/")
    with page.expect_navigation():
        page.locator(".piece-notice a", has_text="Eva Marsh").first.click()
    assert "Please say since when." in page.locator(".notice .note").inner_text()
    page.locator("#piece-text").press("Control+End")
    page.keyboard.type(ADDED[circuit.language])
    circuit.press(page, "Seen to")
    circuit.press(page, "Hand in")
    assert page.locator(".tag.piece-submitted").count() == 1


def _place(circuit: Circuit, editor: Any, edition: models.Edition, piece: models.Piece, other: models.Piece) -> None:
    """Both pieces are put on the board by keys alone, and it is frozen."""
    editor.goto(f"/edition/{edition.uuid}")
    board = playwright.expect(editor.locator("#board"))
    keys = [(piece, "1"), (piece, "0"), (other, "1"), (piece, "1"), (piece, "Shift+ArrowUp"), (other, "Shift+ArrowRight"), (other, "3")]
    for version, (moved, key) in enumerate(keys, 2):
        editor.locator(f"#piece-{moved.uuid}").focus()
        editor.keyboard.press(key)
        board.to_have_attribute("data-version", str(version))
        playwright.expect(editor.locator(f"#piece-{moved.uuid}")).to_be_focused()
        playwright.expect(editor.locator("#board-told")).to_contain_text(moved.title)
    editor.wait_for_load_state("networkidle")
    placed = models.Piece.objects.exclude(position=None).order_by("section")
    assert list(placed.values_list("section", "title")) == [("africa", WRITTEN[circuit.language][0]), ("asia", "Dyke gives way")]
    assert fits(editor)
    with editor.expect_navigation():
        editor.get_by_role("button", name=circuit.says("Freeze"), exact=True).press("Enter")


def _taken(circuit: Circuit, editor: Any, form: str) -> bytes:
    """The frozen edition as a file, from its page."""
    if not editor.locator(f"a[href$='/{form}']").is_visible():
        editor.get_by_text(circuit.says("Take it away as a file")).click()
    with editor.expect_download() as kept:
        editor.locator(f"a[href$='/{form}']").click()
    assert kept.value.suggested_filename == f"press-review-1-{circuit.language}.{form}"
    return Path(kept.value.path()).read_bytes()


def _documents_hold_the_edition(circuit: Circuit, word: bytes, pdf: bytes) -> None:
    """Title, authors in alphabetical order, headlines with numbers, the piece, who wrote it, its sources: in the Word file and the PDF."""
    language, headlines, sources = circuit.language, HEADLINES[circuit.language], SOURCES[circuit.language]
    words = STYLE.languages[language]
    told = [(one.style.name, one.text.strip()) for one in docx.Document(io.BytesIO(word)).paragraphs if one.text.strip()]
    texts = [text for _style, text in told]
    front = [TITLE[language], words.authors, "Ada BYRON", "Zoé ÉMOND", words.headlines, *headlines]
    assert [text for text in texts if text in front][: len(front)] == front
    assert [text for style, text in told if style.startswith("Heading")][-4:] == headlines
    at = texts.index(BYLINE[language])
    assert texts[at - 1].endswith(ADDED[language])
    assert texts[at + 1 : at + 4] == [words.sources, *(f"–\t{one}" for one in sources)]

    read = pypdf.PdfReader(io.BytesIO(pdf))
    assert [_outlined(one) for one in read.outline] == [headlines[0], headlines[1:2], headlines[2], headlines[3:]]
    printed = _flat(" ".join(page.extract_text() for page in read.pages))
    wanted = [*front[: -len(headlines)], BYLINE[language], words.sources, *sources]
    places = [printed.find(_flat(one)) for one in wanted]
    assert (places, -1 in places) == (sorted(places), False)


def _outlined(one: Any) -> Any:
    return [_outlined(part) for part in one] if isinstance(one, list) else one.title


def _flat(text: str) -> str:
    """Without blanks: where a PDF breaks its lines is no part of the text."""
    return "".join(text.split())


def _send(circuit: Circuit, editor: Any, edition: models.Edition) -> None:
    """Publish and send with the PDF; the outbox hands the message over."""
    with editor.expect_navigation():
        editor.get_by_role("link", name=circuit.says("Send"), exact=True).click()
    editor.check("[name=pdf]")
    circuit.press(editor, "Publish and send")
    assert editor.locator("#sending[data-under-way] .notice").count() == 1
    assert publishing.make_mails() == 1
    facts = editor.locator("#progress ~ dl dd")
    editor.reload()
    assert facts.all_inner_texts() == ["1", "0", "1", "0"]
    mailer = SmtpMailer(server_of(settings.MONITOR.smtp_url))
    assert send_mail(Post(moment._HELD[0], mailer, "desk@press.example", "w")) == {"sent": 1}
    editor.reload()
    assert facts.all_inner_texts() == ["1", "1", "0", "0"]
    assert models.Edition.objects.get(pk=edition.pk).state == "published"


def _read(circuit: Circuit, editor: Any, edition: models.Edition, pdf: bytes) -> None:
    """The message as its reader has it: subject, words, the same PDF, and the way out; looked at on the sink's page."""
    language = circuit.language
    (arrived,) = circuit.sink.arrived()
    mail = arrived.parsed()
    assert (mail["Subject"], arrived.recipients, mail["Content-Language"]) == (TITLE[language], ("reader@papers.example",), language)
    assert [part.get_content() for part in mail.iter_attachments()] == [pdf]
    plain = _unwrapped(arrived.form("plain"))
    assert [line for line in (*HEADLINES[language], BYLINE[language], *SOURCES[language]) if line not in plain] == []
    editor.goto(circuit.sink.page)
    with editor.expect_navigation():
        editor.get_by_role("link", name=TITLE[language]).click()
    letter = editor.frame_locator("iframe")
    assert letter.locator("h1").inner_text().split() == TITLE[language].split()
    assert _unwrapped(" ".join(letter.locator("p.soft").all_inner_texts())).count(SOURCES[language][0]) == 1
    assert letter.locator("a[href*='/u/']").count() == 1


def _unwrapped(text: str) -> str:
    """Lines joined, so that a sentence is found wherever it was broken; spaces that do not break stay."""
    return " ".join(part for part in text.replace("\r", "").replace("\n", " ").split(" ") if part)
