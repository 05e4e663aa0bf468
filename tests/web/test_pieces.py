"""Pieces on their pages: begun from a claim, written, checked, handed in, judged; nobody overwrites what they have not read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from monitor.store import models, piece_acts
from monitor.store.piece_acts import Text
from tests.web import rows, writing
from tests.web.reading import elements, texts, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> models.Person:
    return rows.a_person(given="Ada", family="Byron", language="en")


@pytest.fixture
def browser(ada: models.Person) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def fields(piece: models.Piece, **values: object) -> dict[str, object]:
    """The form of a piece as it stands."""
    now = models.Piece.objects.get(pk=piece.pk)
    return {"title": now.title, "text": now.text, "signature": now.signature, "language": now.language, "version": now.version} | values


def said(page: Any, name: str) -> str:
    """The words of the element of this id."""
    return " ".join(tree(page).get_element_by_id(name).text_content().split())


def test_a_claim_begins_a_piece_once(browser: Client, ada: models.Person) -> None:
    lead = writing.a_claimed_story(ada)
    first = browser.post(f"/lead/{lead.uuid}/write")
    again = browser.post(f"/lead/{lead.uuid}/write")
    piece = models.Piece.objects.get()
    assert (first.status_code, first["Location"], again["Location"]) == (302, f"/piece/{piece.uuid}", f"/piece/{piece.uuid}")
    lead.refresh_from_db()
    assert (lead.status, lead.claimed_until) == ("claimed", None)
    assert browser.get(f"/piece/{piece.uuid}").status_code == 200
    assert browser.get("/pieces").status_code == 200


def test_what_one_claimed_waits_on_the_page_of_pieces_until_it_is_begun(browser: Client, ada: models.Person) -> None:
    lead = writing.a_claimed_story(ada)
    page = browser.get("/pieces")
    buttons = [button for line in elements(page, "li.acts-line") for button in line.iter("button")]
    assert [(one.text_content(), one.get("formaction")) for one in buttons] == [(f"Write {lead.headline}", f"/lead/{lead.uuid}/write")]
    browser.post(f"/lead/{lead.uuid}/write")
    assert elements(browser.get("/pieces"), "li.acts-line") == []


def test_a_written_piece_stands_as_it_will_be_printed(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    page = browser.get(f"/piece/{piece.uuid}").content.decode()
    assert "Par Ada BYRON" in page
    assert page.count('data-state="good"') == 11


def test_saving_by_form_leads_back_and_by_script_gives_the_parts(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    plain = browser.post(f"/piece/{piece.uuid}/save", fields(piece, text="Another text."))
    assert (plain.status_code, plain["Location"], models.Piece.objects.get().text) == (302, f"/piece/{piece.uuid}", "Another text.")
    part = browser.post(f"/piece/{piece.uuid}/save", fields(piece, text="A third.", auto="1"), headers={"X-Desk": "part"})
    assert (part.status_code, texts(part, "div.reading")) == (200, ["A third."])
    assert tree(part).get_element_by_id("piece-saved").get("data-version") == str(piece.version + 2)
    kept = list(models.PieceVersion.objects.order_by("version").values_list("version", "kept"))
    assert kept[-2:] == [(piece.version + 1, True), (piece.version + 2, False)]


def test_who_comes_second_sees_both_texts_and_one_made_of_both(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada, text="One.\n\nTwo.\n\nThree.")
    form = fields(piece, text="One by Ada.\n\nTwo.\n\nThree.")
    eva = rows.a_person("editor", given="Eva", family="Marsh")
    piece_acts.save(piece.uuid, eva, Text(piece.title, "One.\n\nTwo.\n\nThree by Eva."), piece.version, rows.NOW, editor=True)
    page = browser.post(f"/piece/{piece.uuid}/save", form)
    assert page.status_code == 409
    assert said(page, "merge-text") == "One by Ada. Two. Three by Eva."
    assert texts(page, ".diff del") == ["by Ada"]
    part = browser.post(f"/piece/{piece.uuid}/save", form | {"auto": "1"}, headers={"X-Desk": "part"})
    assert (part.status_code, said(part, "piece-told")[:37]) == (409, "Eva Marsh has saved a newer version (")
    assert models.Piece.objects.get().text == "One.\n\nTwo.\n\nThree by Eva."


@pytest.mark.parametrize("act", ["submit", "withdraw"])
def test_a_step_saves_what_was_typed_first(browser: Client, ada: models.Person, act: str) -> None:
    piece = writing.a_piece(ada)
    browser.post(f"/piece/{piece.uuid}/move/{act}", fields(piece, text="Typed last."))
    after = models.Piece.objects.get()
    assert (after.text, after.state) == ("Typed last.", {"submit": "submitted", "withdraw": "withdrawn"}[act])


def test_an_editor_returns_only_with_a_word_of_why(editor: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    piece_acts.move(piece.uuid, "submit", ada, piece.version, rows.NOW, editor=False)
    editor.post(f"/piece/{piece.uuid}/move/return", fields(piece))
    assert models.Piece.objects.get().state == "submitted"
    editor.post(f"/piece/{piece.uuid}/move/return", fields(piece, note="Shorter, please."))
    assert models.Piece.objects.get().state == "returned"
    browser = Client()
    browser.force_login(ada)
    assert texts(browser.get("/"), ".piece-notice a") == [f"Ada Example returned “{piece.title}” with remarks."]


def test_a_contributor_reads_and_comments_on_others_pieces_but_writes_none(contributor: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    page = contributor.get(f"/piece/{piece.uuid}")
    assert (elements(page, "form.unseen"), b"piece-text" in page.content, b"piece-offered" in page.content) == ([], False, False)
    contributor.post(f"/piece/{piece.uuid}/save", fields(piece, text="Stolen."))
    contributor.post(f"/piece/{piece.uuid}/move/submit", fields(piece))
    contributor.post(f"/piece/{piece.uuid}/source/remove", fields(piece, source=str(piece.sources.earliest("pk").uuid)))
    after = models.Piece.objects.get()
    assert (after.text, after.state, after.sources.count()) == (piece.text, "draft", 2)
    contributor.post(f"/piece/{piece.uuid}/comment", {"note": "Good.", "passage": "la route"})
    page = contributor.get(f"/piece/{piece.uuid}")
    assert (texts(page, ".comment blockquote"), texts(page, ".comment button")) == (["la route"], [])
    said = models.PieceEvent.objects.get(kind="comment")
    assert contributor.post(f"/piece/{piece.uuid}/comment/{said.uuid}/settle").status_code == 302
    assert models.PieceEvent.objects.get(kind="comment").settled_at is None


def test_sources_are_cited_ordered_taken_out_and_typed_in(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=1)
    there = f"/piece/{piece.uuid}/source"
    second = piece.story.articles.order_by("pk")[1]  # type: ignore[union-attr]
    browser.post(f"{there}/cite", fields(piece, article=str(second.uuid)))
    browser.post(f"{there}/up", fields(piece, source=str(piece.sources.get(article=second).uuid)))
    typed = {"outlet": "The Paper", "headline": "Its headline", "dated": "2026-03-13", "tongue": "de", "country": "de", "link": ""}
    browser.post(f"{there}/type", fields(piece, **typed))
    assert list(piece.sources.order_by("position").values_list("position", "outlet")) == [
        (1, "The Harbour Post"), (2, "Le Méridien"), (3, "The Paper"),
    ]  # fmt: skip
    paper = piece.sources.get(outlet="The Paper")
    assert (paper.language, paper.country, paper.dated.isoformat(), paper.by_hand) == ("de", "DE", "2026-03-13", True)
    browser.post(f"{there}/remove", fields(piece, source=str(piece.sources.get(position=1).uuid)))
    assert list(piece.sources.order_by("position").values_list("outlet", flat=True)) == ["Le Méridien", "The Paper"]


@pytest.mark.parametrize(
    ("act", "values", "told"),
    [
        ("add", {"address": "javascript:alert(1)"}, "That is no address of a web page: it begins with https:// and names a site."),
        ("type", {"outlet": "The Paper"}, "A source typed by hand needs an outlet and a headline."),
        ("type", {"outlet": "The Paper", "headline": "x", "dated": "31/31/2026"}, "The date of a source is a day such as 2025-02-11."),
        ("cite", {"article": "nonsense"}, "This article is cited already, or is not in the archive any more."),
        ("remove", {"source": "nonsense"}, "This source is not cited any more."),
    ],
)
def test_what_cannot_be_cited_is_said_and_the_text_is_kept(
    browser: Client, ada: models.Person, act: str, values: dict[str, str], told: str
) -> None:
    piece = writing.a_piece(ada)
    page = browser.post(f"/piece/{piece.uuid}/source/{act}", fields(piece, text="Typed.", **values), follow=True)
    assert (texts(page, "p.warning"), models.Piece.objects.get().text, piece.sources.count()) == ([told], "Typed.", 2)


def test_an_address_sent_by_the_enter_key_is_added(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    browser.post(f"/piece/{piece.uuid}/save", fields(piece, address="https://elsewhere.example.org/news"))
    assert piece.sources.get(position=3).address == "https://elsewhere.example.org/news"


def test_a_source_typed_in_is_not_lost_by_saving(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    typed = {"outlet": "The Paper", "headline": "A bridge falls", "dated": "2026-03-12", "tongue": "en", "country": "GB"}
    browser.post(f"/piece/{piece.uuid}/save", fields(piece, **typed))
    kept = piece.sources.get(position=3)
    assert (kept.outlet, kept.headline, str(kept.dated)) == ("The Paper", "A bridge falls", "2026-03-12")
    half = browser.post(f"/piece/{piece.uuid}/save", fields(models.Piece.objects.get(), outlet="The Paper"), follow=True)
    assert (texts(half, "p.warning"), piece.sources.count()) == (["A source typed by hand needs an outlet and a headline."], 3)


def test_a_version_is_compared_and_brought_back(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada, text="The road is cut.")
    browser.post(f"/piece/{piece.uuid}/save", fields(piece, text="The road was cut."))
    page = browser.get(f"/piece/{piece.uuid}/versions")
    assert (texts(page, ".diff del"), texts(page, ".diff ins")) == (["is"], ["was"])
    browser.post(f"/piece/{piece.uuid}/bring-back", {"which": piece.version, "version": piece.version + 1})
    assert models.Piece.objects.get().text == "The road is cut."


def test_hostile_words_are_text(browser: Client, ada: models.Person) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) {{ 7*7 }} \u202egnp.exe"
    piece = writing.a_piece(ada, title=evil, text=evil)
    models.PieceSource.objects.update(outlet=evil, headline=evil, address="javascript:alert(1)")
    piece_acts.comment(piece.uuid, ada, evil, evil, rows.NOW)
    for path in (f"/piece/{piece.uuid}", f"/piece/{piece.uuid}/versions", "/pieces"):
        page = browser.get(path)
        assert [one for one in elements(page, "script") if not one.get("src")] == []
        assert [one.get("href") for one in elements(page, "a") if (one.get("href") or "").startswith("javascript")] == []
        assert "\u202e" not in page.content.decode()


def test_no_such_piece_step_or_act(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    assert browser.get("/piece/00000000-0000-4000-8000-000000000000").status_code == 404
    assert browser.post(f"/piece/{piece.uuid}/move/fly", {}).status_code == 404
    assert browser.post(f"/piece/{piece.uuid}/source/fly", fields(piece)).status_code == 404


def test_the_story_and_the_lead_say_what_was_covered_before(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    day = {"dated": rows.NOW.date(), "made_at": rows.NOW}
    edition = models.Edition.objects.create(series="press-review", number=12, language="fr", state="published", **day)
    models.Piece.objects.update(edition=edition, state="accepted")
    told = [f"We covered this on 14 March 2026 in edition 12: {piece.title}"]
    for path in (f"/story/{piece.story.uuid}", f"/lead/{piece.lead.uuid}"):  # type: ignore[union-attr]
        assert texts(browser.get(path), "p.covered") == told
