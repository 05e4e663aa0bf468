"""Pinning a lead on its card, on its own page and on the story's."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.store import models
from tests.web import rows
from tests.web.reading import texts

pytestmark = pytest.mark.django_db


def test_only_editors_are_offered_a_pin(contributor: Client, editor: Client) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    offered = [texts(client.get("/"), ".card .acts .button")[3:] for client in (contributor, editor)]
    assert (offered, contributor.post(f"/lead/{lead.uuid}/pin").status_code) == ([[], ["Pin"]], 403)


def test_a_pinned_lead_says_so_to_everybody_and_can_be_unpinned_where_it_is_shown(contributor: Client, editor: Client) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    answer = editor.post(f"/lead/{lead.uuid}/pin", {"back": "/"}, follow=True)
    assert texts(answer, ".told-line") == ["Pinned: it stands first until somebody unpins it. Convoy Undo"]
    page = contributor.get("/")
    assert (texts(page, ".card .tag")[0], texts(page, ".card .reasons li")[0]) == ("Pinned", "pinned by an editor")
    places = ["/", f"/lead/{lead.uuid}", f"/story/{lead.story.uuid}"]
    offered = [[one for one in texts(editor.get(place), "button") if one in ("Pin", "Unpin")] for place in places]
    assert offered == [["Unpin"]] * 3
    editor.post(f"/lead/{lead.uuid}/unpin")
    assert (models.Lead.objects.get().pinned, texts(contributor.get("/"), ".card .tag")[0]) == (False, "New")


def test_a_script_gets_the_card_with_its_pin(editor: Client) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    part = editor.post(f"/lead/{lead.uuid}/pin", {"shape": "card"}, headers={"X-Desk": "part"})
    assert (texts(part, ".card .tag")[:1], texts(part, ".told-line button")) == (["Pinned"], ["Undo"])


def test_the_second_editor_is_told(editor: Client) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet(), pinned=True)
    page = editor.post(f"/lead/{lead.uuid}/pin", follow=True)
    assert texts(page, ".notice") == ["It is pinned already. Nothing was changed."]
