"""Rows for the tests of pieces: a story in three languages, a claimed lead, a piece begun and written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.store import models, piece_acts, piece_sources
from monitor.store.models import Person
from tests.web.rows import NOW, a_lead, a_person, a_story, an_article, an_outlet

FRENCH = (
    "Le ministre de la Défense a déclaré mardi que le convoi avait été attaqué à l’aube sur la route nationale, à vingt kilomètres de "
    "la ville.\n\n"
    "« Nous ne laisserons pas cette route aux groupes armés », a-t-il dit devant la presse réunie dans la capitale."
)
ENGLISH = (
    "The convoy left at dawn and was attacked an hour later on the national road, an official said on Tuesday evening.\n\n"
    "“We will not leave this road to the armed groups,” the minister told reporters in the capital."
)
JAPANESE = "政府は火曜日、北部の国道で燃料輸送車列が襲撃されたと発表した。"
SENTENCE = "Selon plusieurs journaux de la région, cette embuscade marque un tournant pour le ravitaillement du nord du pays. "
OWN_ENGLISH = "Several papers of the region call this ambush a turning point for those who bring fuel to the north of the country. " * 8
PIECE = SENTENCE * 9 + "Le ministre promet : « Nous ne laisserons pas cette route aux groupes armés »."


def a_claimed_story(person: Person, **values: Any) -> models.Lead:
    """A lead this person has claimed, of a story told in French, English and Japanese."""
    story = a_story()
    told = (
        ("Le Méridien", "fr", "FR", "Mali : un convoi attaqué à l’aube", FRENCH),
        ("The Harbour Post", "en", "GB", "Fuel convoy ambushed on Mali’s northern road", ENGLISH),
        ("みなと日報", "ja", "JP", "マリ北部で車列襲撃", JAPANESE),
    )
    for name, language, country, title, text in told:
        an_article(an_outlet(name, language=language, country=country), story, title, text=text, read_at=NOW)
    claim = {"status": "claimed", "claimed_by": person, "claimed_until": NOW + timedelta(hours=40)}
    return a_lead(story, "Fuel convoy ambushed on Mali’s northern road", **claim | values)


def a_piece(
    person: Person | None = None, *, language: str = "fr", text: str = PIECE, cite: int = 2, title: str = "Au Mali, la route coupée"
) -> models.Piece:
    """A piece with a title, a text and sources, still a draft."""
    person = person or a_person()
    lead = a_claimed_story(person)
    key = piece_acts.start(lead.uuid, person, NOW, language=language)
    assert key is not None
    articles = list(lead.story.articles.order_by("pk"))[:cite]

    def cited(piece: models.Piece) -> str:
        for article in articles:
            piece_sources.cite(piece, article.uuid, NOW)
        return ""

    if cite:
        piece_acts.change_sources(key, person, 1, NOW, cited, editor=False)
    version = models.Piece.objects.get(uuid=key).version
    piece_acts.save(key, person, piece_acts.Text(title, text), version, NOW, editor=False, kept=True)
    return models.Piece.objects.select_related("lead", "story", "author").get(uuid=key)
