"""The demo's press review is written by the same steps a person takes: claimed, cited, handed in, accepted, placed, frozen, published."""

from __future__ import annotations

import pytest

from monitor.config.newsroom_editions import load_review
from monitor.config.newsroom_file import load_newsroom
from monitor.config.style_file import load_styles
from monitor.flows.write_samples import write_samples
from monitor.store import models, pages_editions
from tests.fakes import NOON

pytestmark = pytest.mark.django_db
SAMPLES, REVIEW = load_newsroom(), load_review()
STYLE = load_styles()["press-review"]


def the_desk_has_read(*, without: str = "") -> None:
    """The articles the review cites, a story and a lead an event; one outlet's pages could not be read."""
    events = {piece.event for edition in REVIEW.editions for piece in edition.pieces}
    for outlet in SAMPLES.outlets:
        models.Outlet.objects.create(slug=outlet.id, name=outlet.name, language=outlet.language, country=outlet.country, kind=outlet.kind)
    for event in sorted(events):
        story = models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON, section="asia")
        moments = {"newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
        models.Lead.objects.create(story=story, section="asia", headline=event, **moments)
        for one in SAMPLES.articles:
            if one.event == event and one.outlet != without:
                outlet_row = models.Outlet.objects.get(slug=one.outlet)
                common = {"language": one.language, "published_at": NOON, "discovered_at": NOON, "state": "read", "verdict": "full"}
                address = f"https://{one.outlet}.example/{one.id}"
                models.Article.objects.create(key=one.id, url=address, title=one.title, outlet=outlet_row, story=story, **common)


def test_the_review_is_written_and_published() -> None:
    the_desk_has_read()
    said = write_samples(REVIEW, SAMPLES, STYLE, "Sample desk", NOON)
    assert said == ["edition 63: 9 pieces, published", "edition 64: 4 pieces, in progress"]
    told = pages_editions.frozen(models.Edition.objects.get(number=63))
    assert told is not None
    text = told[0]
    assert [len(section.pieces) for section in text.sections] == [2, 2, 2, 2, 1]
    assert text.authors == ("Noé CASTELLANE", "Ada FARROW", "Salma IDRANE", "Jonas van der REEDE", "Mirela VANTOR")
    assert models.Lead.objects.filter(status="used").count() == 9
    states = models.Piece.objects.exclude(edition__number=63).values_list("state", "position")
    assert sorted(states, key=str) == [("accepted", 1), ("accepted", None), ("draft", None), ("submitted", 1)]


def test_what_the_desk_has_not_read_is_cited_as_a_writer_would_type_it() -> None:
    the_desk_has_read(without="harbour-post")
    write_samples(REVIEW, SAMPLES, STYLE, "Sample desk", NOON)
    typed = models.PieceSource.objects.filter(article=None).order_by("headline").values_list("outlet", "language", "country")
    assert set(typed) == {("The Harbour Post", "en", "GB")}


def test_a_desk_with_editions_is_left_alone() -> None:
    the_desk_has_read()
    write_samples(REVIEW, SAMPLES, STYLE, "Sample desk", NOON)
    assert write_samples(REVIEW, SAMPLES, STYLE, "Sample desk", NOON) == []
    assert models.Edition.objects.count() == 2


def test_a_desk_that_read_nothing_gets_empty_boards() -> None:
    said = write_samples(REVIEW, SAMPLES, STYLE, "", NOON)
    assert said == ["edition 63: 0 pieces, in progress", "edition 64: 0 pieces, in progress"]
