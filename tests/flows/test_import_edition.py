"""Editions read from a file into the desk: whole or not at all, and set again to the same words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.errors import EditionRefused
from monitor.flows.edition_now import standing
from monitor.flows.export_edition import export
from monitor.flows.import_edition import import_edition
from monitor.records import EditionText
from monitor.store import editions, models, pages_editions, people
from tests.fakes import NOON
from tests.render import edition_sample as sample

pytestmark = pytest.mark.django_db
STYLES = {sample.STYLE.id: sample.STYLE}
ORGANISATION = "The Lighthouse Association"


def file_of(text: EditionText) -> str:
    return export(text, sample.STYLE, "markdown").data.decode()


def test_edition_is_kept_and_set_again_without_loss() -> None:
    text = replace(sample.edition(), address="", corrections=("The date on the front page was that of the week before.",))
    done = import_edition(file_of(text), STYLES, NOON, name="63.md", organisation=ORGANISATION)
    assert (done.problems, done.notes) == ((), ())
    assert done.edition is not None
    told, style = standing(models.Edition.objects.get(), STYLES, ORGANISATION)
    said = {piece.id: piece.corrections for section in text.sections for piece in section.pieces if piece.corrections}
    kept = {str(one.piece.uuid): (one.text,) for one in models.Correction.objects.select_related("piece") if one.piece}
    assert kept == said
    assert tuple(models.Correction.objects.filter(piece=None).values_list("text", flat=True)) == text.corrections
    sections = tuple(replace(part, pieces=tuple(replace(one, corrections=()) for one in part.pieces)) for part in text.sections)
    without = replace(text, sections=sections, corrections=())
    assert export(told, style, "text") == export(without, sample.STYLE, "text")
    assert export(told, style, "pdf") == export(without, sample.STYLE, "pdf")
    assert [event.kind for event in done.edition.events.order_by("pk")] == ["made", "imported"]


def test_imported_edition_can_be_frozen_and_then_says_its_corrections() -> None:
    said = replace(sample.edition(), corrections=("It was the week before.",))
    done = import_edition(file_of(said), STYLES, NOON, organisation=ORGANISATION)
    assert done.edition is not None
    editions.freeze(done.edition.uuid, sample.STYLE, ORGANISATION, None, NOON, seen=done.edition.version)
    told = pages_editions.frozen(models.Edition.objects.get())
    assert told is not None
    text = replace(told[0], address=sample.edition().address)
    assert export(text, told[1], "html") == export(said, sample.STYLE, "html")


def test_author_who_is_of_the_desk_is_found_by_name() -> None:
    person = people.add("odile@desk.localhost", "Odile", "Brumaire", "contributor", "fr", NOON)
    import_edition(file_of(sample.edition()), STYLES, NOON, organisation=ORGANISATION)
    assert list(models.Piece.objects.filter(author=person).values_list("title", "signature")) == [
        ("Issoria's port opens again after fourteen months", "")
    ]
    assert models.Piece.objects.get(title="Santa Brisa buys four weather ships").signature == "Bastian OHM"


def test_number_there_is_already_keeps_nothing() -> None:
    import_edition(file_of(sample.edition()), STYLES, NOON, organisation=ORGANISATION)
    with pytest.raises(EditionRefused, match="There is an edition 63"):
        import_edition(file_of(sample.edition()), STYLES, NOON, organisation=ORGANISATION)
    assert (models.Edition.objects.count(), models.Piece.objects.count()) == (1, 9)


@pytest.mark.parametrize("change", [('"Le port d', "Le port d"), ("date: 2026-11-20\n", ""), ("## 1. Africa", "Africa")])
def test_line_that_is_not_understood_keeps_nothing(change: tuple[str, str]) -> None:
    told = file_of(sample.edition())
    broken = told.replace("*Le Phare* : ", "Le Phare ", 1) if change[0].startswith('"Le') else told.replace(*change)
    done = import_edition(broken, STYLES, NOON, organisation=ORGANISATION)
    assert done.edition is None
    assert done.problems != ()
    assert [model.objects.count() for model in (models.Edition, models.Piece, models.PieceSource, models.Correction)] == [0, 0, 0, 0]


def test_title_too_long_for_the_desk_keeps_nothing() -> None:
    text = sample.edition()
    long = replace(text.sections[0].pieces[1], title="long " * 80)
    text = replace(text, sections=(replace(text.sections[0], pieces=(text.sections[0].pieces[0], long)), *text.sections[1:]))
    with pytest.raises(EditionRefused, match=r"In 1\.2\. the title is longer than 300 characters"):
        import_edition(file_of(text), STYLES, NOON, organisation=ORGANISATION)
    assert (models.Edition.objects.count(), models.Piece.objects.count()) == (0, 0)


def test_trial_keeps_nothing_and_tells_what_would_be_printed_otherwise() -> None:
    done = import_edition(file_of(sample.edition()), STYLES, NOON, organisation="Another House", try_only=True)
    assert (done.edition, models.Edition.objects.count()) == (None, 0)
    assert [one.said for one in done.notes] == ["the desk prints “Another House” where the file has “The Lighthouse Association”"]


def test_headline_whose_language_nobody_said_is_asked() -> None:
    told = file_of(sample.edition()).replace(' <!-- {"lang": "ru", "country": "RU"} -->', "")
    import_edition(told, STYLES, NOON, organisation=ORGANISATION)
    assert set(models.PieceSource.objects.filter(outlet="Портовый вестник").values_list("language", "country")) == {("ru", "")}
