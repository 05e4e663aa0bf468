"""Editions on their pages: begun, filled, frozen, read, corrected, sent once to those who agreed, taken away."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import docx
import feedparser
import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitor.store import editions, models, subscribers
from monitor.web.templatetags.editions import together
from tests.store.edition_rows import STYLE, a_piece, an_edition, fill, frozen
from tests.web import publishing, rows
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings: Any) -> None:
    from dataclasses import replace

    settings.MONITOR = replace(settings.MONITOR, public_url="https://desk.example.org", mail_from="Press review <desk@example.org>")


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def place(client: Client, edition: models.Edition, piece: models.Piece, *, part: bool = False, **values: object) -> Any:
    asked = {"piece": piece.uuid, "section": "africa", "position": 1, "seen": 1} | values
    headers = {"X-Desk": "part"} if part else {}
    return client.post(reverse("edition-place", args=[edition.uuid]), asked, headers=headers)


def test_the_first_page_says_what_an_edition_begins_with(contributor: Client) -> None:
    page = text_of(contributor.get("/editions"))
    assert "An edition begins with its board" in page
    assert "A new edition" not in page


def test_an_editor_begins_an_edition_and_its_board_opens(editor: Client) -> None:
    asked = {"style": "press-review", "language": "en", "dated": "2026-03-20", "number": "63", "deadline": "2026-03-19T18:00"}
    response = editor.post(reverse("edition-make"), asked, follow=True)
    made = models.Edition.objects.get()
    assert (made.number, made.deadline.isoformat() if made.deadline else "") == (63, "2026-03-19T17:00:00+00:00")
    page = text_of(response)
    assert "63rd Edition — Press Review — Security & Defence" in page
    assert "Asia: 0 of 3" in page


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"dated": "20 March"}, "Write the date of the edition"),
        ({"deadline": "soon"}, "Write the deadline as day and hour"),
        ({"deadline": "0001-01-01T00:00"}, "Write the deadline as day and hour"),
        ({"number": "-1"}, "There is an edition with this number"),
        ({"language": "de"}, "no words in the edition’s language"),
        ({"style": "nobody's"}, "Choose a house style"),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_written(editor: Client, spoiled: dict[str, str], says: str) -> None:
    asked = {"style": "press-review", "language": "en", "dated": "2026-03-20", "number": "63", "deadline": ""} | spoiled
    response = editor.post(reverse("edition-make"), asked)
    assert (response.status_code, says in text_of(response), models.Edition.objects.count()) == (400, True, 0)
    kept = {one.get("name"): one.get("value") for one in elements(response, "input")}
    assert (kept["dated"], kept["number"]) == (asked["dated"], asked["number"])


@pytest.mark.parametrize("target", ["51", "0000999999", "0" * 5000, "-1", ""])
def test_a_section_has_a_sensible_number_of_pieces(editor: Client, target: str) -> None:
    edition = an_edition()
    asked = {"dated": "2026-03-20", "number": edition.number, "deadline": "", "title": "", "seen": 1}
    wanted = {f"target-{one['id']}": "1" for one in edition.sections} | {f"target-{edition.sections[0]['id']}": target}
    response = editor.post(reverse("edition-change", args=[edition.uuid]), asked | wanted)
    assert (response.status_code, "A section has from 0 to 50 pieces." in text_of(response)) == (400, True)
    assert models.Edition.objects.get().sections == edition.sections


def test_a_title_is_kept_without_signs_no_text_has(editor: Client) -> None:
    asked = {"style": "press-review", "language": "en", "dated": "2026-03-20", "number": "", "deadline": "", "title": "a\x00b\u202ec"}
    editor.post(reverse("edition-make"), asked)
    assert models.Edition.objects.get().title == "abc"


def test_a_piece_is_put_on_the_board_without_a_script(editor: Client) -> None:
    edition, piece = an_edition(), a_piece("Dyke gives way", rows.a_person())
    response = editor.get(reverse("edition", args=[edition.uuid]))
    assert "Accepted, not placed yet 1" in " ".join("".join(one.itertext()) for one in elements(response, "h2")).replace("\n", " ")
    moved = place(editor, edition, piece)
    assert (moved.status_code, moved["Location"]) == (302, f"/edition/{edition.uuid}#piece-{piece.uuid}")
    assert "Africa: 1 of 2" in text_of(editor.get(f"/edition/{edition.uuid}"))


def test_a_script_gets_the_board_alone(editor: Client) -> None:
    edition, piece = an_edition(), a_piece("Dyke gives way", rows.a_person())
    response = place(editor, edition, piece, part=True)
    assert (response.status_code, "<html" in response.content.decode()) == (200, False)
    assert [one.get("data-version") for one in elements(response, "div") if one.get("id") == "board"] == ["2"]


def test_the_second_editor_is_told_and_makes_their_change_all_the_same(editor: Client) -> None:
    edition, one, two = an_edition(), a_piece("One", rows.a_person()), a_piece("Two", rows.a_person())
    place(rows.signed_in("editor"), edition, one)
    response = place(editor, edition, two, section="asia")
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody else changed this edition meanwhile." in page
    assert "“Two” into Asia" in page
    assert "placed: One → Africa" in page
    form = {one.get("name"): one.get("value") for one in elements(response, "section")[0].iter("input")}
    editor.post(reverse("edition-place", args=[edition.uuid]), form)
    assert list(models.Piece.objects.filter(edition=edition).order_by("section").values_list("section", "title")) == [
        ("africa", "One"),
        ("asia", "Two"),
    ]


def test_a_piece_moves_up_and_down_by_its_buttons(editor: Client) -> None:
    edition, one, two = an_edition(), a_piece("One", rows.a_person()), a_piece("Two", rows.a_person())
    version = fill(edition, (one, "africa"), (two, "africa"))
    place(editor, edition, two, step="up", place=2, seen=version, **{"from": "africa"})  # type: ignore[arg-type]
    assert list(models.Piece.objects.order_by("position").values_list("title", flat=True)) == ["Two", "One"]


def test_the_last_change_is_undone_by_a_button(editor: Client) -> None:
    edition, piece = an_edition(), a_piece("One", rows.a_person())
    place(editor, edition, piece)
    editor.post(reverse("edition-undo", args=[edition.uuid]), {"seen": 2})
    assert models.Piece.objects.get().edition is None


def test_freezing_says_everything_that_hinders_it(editor: Client) -> None:
    edition = an_edition()
    version = fill(edition, (a_piece("Draft of a dyke", rows.a_person(), state="draft", sources=1), "africa"))
    page = text_of(editor.get(f"/edition/{edition.uuid}"))
    assert "“Draft of a dyke” is still a draft." in page
    assert "“Draft of a dyke” cites 1 source; 2 are needed." in page
    response = editor.post(reverse("edition-freeze", args=[edition.uuid]), {"seen": version})
    assert (response.status_code, editions.find(edition.uuid).state) == (409, "open")


def test_a_frozen_edition_is_read_at_its_own_address_and_each_piece_at_its(contributor: Client) -> None:
    edition = frozen()
    page = text_of(contributor.get(f"/edition/{edition.uuid}"))
    for words in ("1st Edition — Press Review — Security & Defence", "Mina OKAFOR", "1.1. Dyke gives way", "By Mina OKAFOR", "Sources:"):
        assert words in page
    piece = models.Piece.objects.get(title="Port strike ends")
    one = contributor.get(f"/edition/{edition.uuid}/piece/{piece.uuid}")
    assert "2.1. Port strike ends" in text_of(one)
    assert [link.get("rel") for link in elements(one, "a") if link.get("rel") in ("prev", "next")] == ["prev"]
    assert contributor.get(f"/edition/{edition.uuid}/piece/{uuid.uuid4()}").status_code == 404


def test_a_title_is_broken_after_its_dashes() -> None:
    told = together("63rd Edition — Press Review — A title that is far too long for one line")
    assert told == "63rd\u00a0Edition\u00a0— Press\u00a0Review\u00a0— A title that is far too long for one line"


def test_a_frozen_edition_says_what_was_frozen_whatever_became_of_the_piece(contributor: Client) -> None:
    edition = frozen()
    models.Piece.objects.update(title="Changed afterwards", text="Changed afterwards")
    assert "Changed afterwards" not in text_of(contributor.get(f"/edition/{edition.uuid}"))


def test_a_correction_stands_beside_the_piece_on_the_page_and_in_the_files(editor: Client) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, rows.NOW)
    piece = models.Piece.objects.get(title="Dyke gives way")
    editor.post(reverse("edition-correct", args=[edition.uuid]), {"piece": piece.uuid, "text": "It was three <b>metres</b>."})
    assert "It was three <b>metres</b>." in text_of(editor.get(f"/edition/{edition.uuid}"))
    markdown = editor.get(reverse("edition-file", args=[edition.uuid, "text"])).content.decode()
    assert "It was three <b>metres</b>." in markdown
    made = models.Correction.objects.get()
    editor.post(reverse("edition-uncorrect", args=[edition.uuid, made.uuid]))
    assert "It was three" not in text_of(editor.get(f"/edition/{edition.uuid}/piece/{piece.uuid}"))


def test_a_correction_of_the_whole_edition_stands_wherever_the_edition_stands(editor: Client) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, rows.NOW)
    forms = ("html", "mail", "text", "markdown", "docx", "pdf", "bibtex", "ris", "csl")
    files = {form: reverse("edition-file", args=[edition.uuid, form]) for form in forms}
    before = {form: editor.get(address).content for form, address in files.items()}
    editor.post(reverse("edition-correct", args=[edition.uuid]), {"piece": "", "text": "The date was <b>wrong</b>."})
    piece = models.Piece.objects.filter(edition=edition)[0]
    for page in (f"/edition/{edition.uuid}", f"/edition/{edition.uuid}/piece/{piece.uuid}"):
        assert _words("html", editor.get(page).content).count("Correction: The date was <b>wrong</b>.") == 1
    after = {form: editor.get(address).content for form, address in files.items()}
    assert [form for form in forms if after[form] == before[form]] == ["bibtex", "ris", "csl"]
    said = {form: " ".join(_words(form, data).split()) for form, data in after.items()}
    assert [form for form in forms[:6] if said[form].count("Correction: The date was <b>wrong</b>.") != 1] == []
    feed = feedparser.parse(editor.get(publishing.address("feed-editions")).content)
    assert feed.entries[0].summary.startswith("Correction: The date was <b>wrong</b>. · 1.1. ")
    assert feed.entries[0].updated == "2026-03-20T12:00:00Z"  # the edition is of a day that comes, and is not older than it
    with zipfile.ZipFile(io.BytesIO(b"".join(editor.post(reverse("editions-site"))))) as site:
        pages = [name for name in site.namelist() if name.startswith("press-review-1-en/") and name.endswith(".html")]
        assert [_words("html", site.read(name)).count("Correction: The date was <b>wrong</b>.") for name in pages] == [1, 1, 1]
    editor.post(reverse("edition-uncorrect", args=[edition.uuid, models.Correction.objects.get().uuid]))
    assert {form: editor.get(address).content for form, address in files.items()} == before
    editions.correct(edition.uuid, piece.uuid, "It was otherwise.", None, rows.NOW + timedelta(days=7))
    feed = feedparser.parse(editor.get(publishing.address("feed-editions")).content)
    assert feed.entries[0].updated == "2026-03-21T09:30:00Z"
    assert "Dyke gives way – Correction: It was otherwise. · 2.1. " in feed.entries[0].summary


def _words(form: str, data: bytes) -> str:
    """The words of a form as its reader sees them."""
    if form == "docx":
        return "\n".join(one.text for one in docx.Document(io.BytesIO(data)).paragraphs)
    if form == "pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if form == "markdown":
        return data.decode().replace("**", "").replace("\\", "")
    return unescape(re.sub("<[^>]+>", "", data.decode())) if form in ("html", "mail") else data.decode()


def test_a_withdrawn_edition_says_so_and_comes_back(editor: Client) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, rows.NOW)
    editor.post(reverse("edition-withdraw", args=[edition.uuid]), {"note": "Wrong file"})
    assert "This edition was withdrawn." in text_of(editor.get(f"/edition/{edition.uuid}"))
    editor.post(reverse("edition-restore", args=[edition.uuid]))
    assert editions.find(edition.uuid).state == "published"


def test_a_file_is_handed_over_as_a_download_that_can_do_nothing(contributor: Client) -> None:
    edition = frozen()
    response = contributor.get(reverse("edition-file", args=[edition.uuid, "csl"]))
    told = (response["Content-Disposition"], response["Content-Security-Policy"], response["X-Content-Type-Options"])
    assert told == ('attachment; filename="press-review-1-en.csl.json"', "default-src 'none'; sandbox", "nosniff")
    assert len(json.loads(response.content)) == 4
    assert contributor.get(reverse("edition-file", args=[edition.uuid, "exe"])).status_code == 404


def test_hostile_words_are_text_on_every_page(editor: Client) -> None:
    evil = "<script>alert(1)</script>\u202e {{ 7 }} {% url %}"
    edition = frozen(titles=(evil,))
    editions.publish(edition.uuid, None, rows.NOW)
    board = an_edition()
    fill(board, (a_piece(evil, rows.a_person()), "africa"))
    piece = models.Piece.objects.filter(edition=edition).get()
    paths = ("/editions", f"/edition/{edition.uuid}", f"/edition/{edition.uuid}/piece/{piece.uuid}", f"/edition/{board.uuid}")
    for path in (*paths, f"/edition/{board.uuid}/preview"):
        page = editor.get(path).content.decode()
        assert (path, "<script>alert" in page, "\u202e" in page) == (path, False, False)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def agreed(email: str, language: str = "en") -> models.Subscriber:
    return subscribers.add(email, "", language, "on paper", None, rows.NOW)


def test_sending_reaches_each_subscriber_once_however_often_it_is_pressed(editor: Client) -> None:
    edition = frozen()
    agreed("ada@reader.example")
    agreed("bo@reader.example")
    agreed("cleo@reader.example", "fr")
    made = []
    for _ in range(2):
        editor.post(reverse("edition-send-all", args=[edition.uuid]))
        made.append(publishing.make_mails())
    assert made == [2, 0]
    found = models.OutboxMessage.objects.filter(kind="edition").order_by("recipient")
    assert [one.recipient for one in found] == ["ada@reader.example", "bo@reader.example"]
    raw = bytes(found[0].raw).decode()
    assert "List-Unsubscribe: <https://desk.example.org/u/" in " ".join(raw.split())
    assert "List-Id" in raw
    assert editions.find(edition.uuid).state == "published"
    assert "Everybody who agreed has it already" in text_of(editor.get(reverse("edition-send", args=[edition.uuid])))


def test_who_leaves_gets_nothing_more(editor: Client) -> None:
    edition = frozen()
    gone = agreed("ada@reader.example")
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    publishing.make_mails()
    editor.post(reverse("subscriber-leave", args=[gone.uuid]))
    assert models.OutboxMessage.objects.get(kind="edition").state == "cancelled"


def test_an_open_edition_is_not_sent(editor: Client) -> None:
    edition = an_edition()
    agreed("ada@reader.example")
    editor.post(reverse("edition-send-all", args=[edition.uuid]))
    assert (models.OutboxMessage.objects.count(), editions.find(edition.uuid).state) == (0, "open")


def test_a_test_goes_to_oneself_alone_and_publishes_nothing() -> None:
    client, person, edition = Client(), rows.a_person("editor"), frozen()
    client.force_login(person)
    agreed("ada@reader.example")
    client.post(reverse("edition-send-test", args=[edition.uuid]))
    assert list(models.OutboxMessage.objects.values_list("kind", "recipient")) == [("test", person.email)]
    assert editions.find(edition.uuid).state == "frozen"


# ── subscribers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_is_added_only_with_their_consent(editor: Client) -> None:
    there = reverse("subscriber-add")
    response = editor.post(there, {"email": "Ada@Reader.example", "name": "Ada", "language": "en", "how": " ", "way": "kept"})
    assert (response.status_code, models.Subscriber.objects.count()) == (400, 0)
    editor.post(there, {"email": "Ada@Reader.example", "name": "Ada", "language": "en", "how": "on paper", "way": "kept"})
    row = models.Subscriber.objects.get()
    assert (row.email, row.state, row.agreed_how) == ("ada@reader.example", "agreed", "on paper")


def test_who_is_asked_by_mail_agrees_by_a_button_behind_the_link(editor: Client, stranger: Client) -> None:
    editor.post(reverse("subscriber-add"), {"email": "ada@reader.example", "language": "fr", "way": "ask"})
    row, letter = models.Subscriber.objects.get(), models.OutboxMessage.objects.get()
    assert (row.state, letter.kind, letter.recipient) == ("asked", "notice", "ada@reader.example")
    there = reverse("subscribe", args=[subscribers.confirm_token(row)])
    assert stranger.get(there).status_code == 200
    row.refresh_from_db()
    assert row.state == "asked"  # whoever only opens the link (a scanner of mail) changes nothing
    stranger.post(there)
    row.refresh_from_db()
    assert row.state == "agreed"


def test_a_made_up_link_is_nobodys(stranger: Client) -> None:
    row = subscribers.ask("ada@reader.example", "", "fr", None, rows.NOW)
    token = subscribers.confirm_token(row)
    spoiled = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    assert [stranger.post(reverse("subscribe", args=[one])).status_code for one in (spoiled, "x", "é" * 45)] == [404, 404, 404]
    row.refresh_from_db()
    assert row.state == "asked"


def test_a_pasted_list_is_judged_line_by_line_before_anything_is_kept(editor: Client) -> None:
    agreed("known@reader.example")
    pasted = (
        "Ada Byron <ada@reader.example>\nknown@reader.example\nnot an address\nADA@reader.example;again\nbo@reader.example;Bo;fr\n=cmd@x"
    )
    there = reverse("subscribers-paste")
    looked = editor.post(there, {"list": pasted, "language": "en", "how": "at the fair", "act": "look"})
    verdicts = [one.get("class") for one in elements(looked, "li") if one.get("class") in ("new", "known", "address", "twice", "left")]
    assert verdicts == ["new", "known", "address", "twice", "new", "address"]
    assert models.Subscriber.objects.count() == 1
    editor.post(there, {"list": pasted, "language": "en", "how": "at the fair", "act": "keep"})
    assert list(models.Subscriber.objects.order_by("email").values_list("email", "name", "language", "agreed_how")) == [
        ("ada@reader.example", "Ada Byron", "en", "at the fair"),
        ("bo@reader.example", "Bo", "fr", "at the fair"),
        ("known@reader.example", "", "en", "on paper"),
    ]


# ── the feed and the site ────────────────────────────────────────────────────────────────────────────────────────────


def test_published_editions_are_a_feed_and_frozen_ones_are_not(contributor: Client, stranger: Client) -> None:
    edition = frozen()
    link = next(one.get("href") for one in elements(contributor.get("/editions"), "link") if one.get("type") == "application/atom+xml")
    before = stranger.get(link).content.decode()
    editions.publish(edition.uuid, None, rows.NOW)
    after = stranger.get(link).content.decode()
    assert (before.count("<entry"), after.count("<entry")) == (0, 1)
    assert f"https://desk.example.org/edition/{edition.uuid}" in after


def test_the_archive_is_handed_over_as_a_web_site(editor: Client) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, rows.NOW)
    response = editor.post(reverse("editions-site"))
    with zipfile.ZipFile(io.BytesIO(response.content)) as pack:
        names = pack.namelist()
    assert {"index.html", "atom.xml", "press-review-1-en/index.html", "press-review-1-en/press-review-1-en.docx"} <= set(names)
    assert STYLE.id == "press-review"


# ── as many questions for thirty as for one ──────────────────────────────────────────────────────────────────────────


def _many_editions(number: int) -> str:
    for _ in range(number):
        an_edition()
        editions.publish(frozen(author=rows.a_person()).uuid, None, rows.NOW)
    return "/editions"


def _a_long_board(number: int) -> str:
    return f"/edition/{publishing.a_board(number).uuid}"


def _a_long_edition(number: int) -> str:
    edition = frozen(author=rows.a_person(), titles=tuple(f"Title {count}" for count in range(number)))
    editions.publish(edition.uuid, None, rows.NOW)
    for piece in models.Piece.objects.filter(edition=edition):
        editions.correct(edition.uuid, piece.uuid, "It was otherwise.", rows.a_person(), rows.NOW)
    return f"/edition/{edition.uuid}"


def _many_subscribers(number: int) -> str:
    for count in range(number):
        agreed(f"reader{number}-{count}@reader.example")
    return "/subscribers"


def _feed(number: int) -> str:
    _many_editions(number)
    return publishing.address("feed-editions")


@pytest.mark.parametrize("fill", [_many_editions, _a_long_board, _a_long_edition, _many_subscribers, _feed])
def test_a_page_asks_as_many_questions_for_twelve_rows_as_for_one(editor: Client, fill: Callable[[int], str]) -> None:
    counts = []
    for number in (1, 12):
        path = fill(number)
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 13


def test_an_edition_begun_by_mistake_is_let_go_of(editor: Client) -> None:
    edition = an_edition()
    response = editor.post(reverse("edition-discard", args=[edition.uuid]), {"seen": 1}, follow=True)
    assert ("The edition is let go of" in text_of(response), models.Edition.objects.count()) == (True, 0)


def test_a_template_that_cannot_be_filled_is_said_and_nothing_is_published(editor: Client, settings: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    settings.MONITOR = replace(settings.MONITOR, feeds=tmp_path / "feeds.yaml", style=None)
    (tmp_path / "edition.docx").write_text("no document")
    (tmp_path / "edition.typ").write_text("#let x = (")
    subscribers.add("ada@reader.example", "Ada", "en", "on paper", None, rows.NOW)
    edition = frozen()
    page = editor.get(reverse("edition-file", args=[edition.uuid, "docx"]), follow=True)
    assert "The template edition.docx cannot be filled" in text_of(page)
    page = editor.post(reverse("edition-send-all", args=[edition.uuid]), {"pdf": "1"}, follow=True)
    assert "The template edition.typ cannot be set" in text_of(page)
    assert (models.Edition.objects.get().state, models.OutboxMessage.objects.count()) == ("frozen", 0)
    editions.publish(edition.uuid, None, rows.NOW)
    assert "cannot be" in text_of(editor.post(reverse("editions-site"), follow=True))
