"""What one follows comes first on Today and is marked, also on a card that changed by itself; nothing is hidden."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.store import models, people
from tests.web import rows
from tests.web.reading import texts

pytestmark = pytest.mark.django_db


def fill() -> models.Lead:
    rows.theme_labels({"terror": {"en": "Terrorism"}, "maritime": {"en": "Maritime security"}})
    rows.a_told_lead("Loud", rows.an_outlet(), score=90.0)
    low = rows.a_told_lead("Harbour", rows.an_outlet(language="ja"), score=10.0, themes=["maritime", "terror"], languages=["ja"])
    rows.a_told_lead("Far", rows.an_outlet(), section="asia")
    return low


def page(client: Client) -> tuple[list[str], list[str], list[str]]:
    """Section names, headlines and the marks of what is followed or cannot be read."""
    got = client.get("/")
    own = [said for said in texts(got, "span.tag") if said.startswith(("You follow", "In no"))]
    return texts(got, "h2.column-name"), texts(got, "h3.headline"), own


def test_without_choices_nothing_is_marked_or_moved(contributor: Client) -> None:
    fill()
    assert page(contributor) == (["Africa", "Asia"], ["Loud", "Harbour", "Far"], [])


def test_followed_sections_and_themes_come_first_and_are_marked(contributor: Client) -> None:
    lead = fill()
    people.follow(models.Person.objects.get(), languages=["en"], sections=["asia"], themes=["maritime"])
    marks = ["You follow Maritime security", "In no language you read"]
    assert page(contributor) == (["Asia", "Africa"], ["Far", "Harbour", "Loud"], marks)
    part = contributor.post(f"/lead/{lead.uuid}/claim", {"shape": "card"}, headers={"X-Desk": "part"})
    assert [mark for mark in texts(part, "span.tag") if mark in marks] == marks


def test_a_language_read_in_any_of_its_forms_counts(contributor: Client) -> None:
    lead = fill()
    models.Lead.objects.filter(pk=lead.pk).update(languages=["pt-BR"])
    people.follow(models.Person.objects.get(), languages=["pt", "en"], sections=[], themes=[])
    assert page(contributor)[2] == []
