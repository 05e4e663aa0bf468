"""Pieces on their pages: begun from a claim, written, checked, handed in, judged; nobody overwrites what they have not read."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.store import models
from tests.web import rows, writing

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


def test_a_written_piece_stands_as_it_will_be_printed(browser: Client, ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    page = browser.get(f"/piece/{piece.uuid}").content.decode()
    assert "Par Ada BYRON" in page
    assert page.count('data-state="good"') == 11
