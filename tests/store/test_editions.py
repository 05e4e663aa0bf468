"""Editions: begun once a number, filled by several people without loss, frozen only when nothing hinders, published once, corrected."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from monitor.errors import EditionRefused
from monitor.pipeline.edition_json import style_of, text_of
from monitor.pipeline.story_doc_json import to_json as doc_to_json
from monitor.records import StoryDoc
from monitor.store import edition_pieces, editions, leads, models
from tests.fakes import NOON
from tests.store.edition_rows import DAY, STYLE, a_piece, a_told_story, an_edition, an_editor, fill, frozen
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(EditionRefused) as caught:
        act()
    return caught.value.code


def board(edition: models.Edition) -> list[tuple[str, int | None, str]]:
    rows = models.Piece.objects.filter(edition=edition).order_by("section", "position")
    return list(rows.values_list("section", "position", "title"))


def test_numbers_follow_each_other_in_a_series_and_language() -> None:
    made = [an_edition(), an_edition(), an_edition(language="fr"), an_edition(number=63), an_edition()]
    assert [(one.number, one.language) for one in made] == [(1, "en"), (2, "en"), (1, "fr"), (63, "en"), (64, "en")]


def test_a_number_is_taken_once_in_a_language() -> None:
    an_edition(number=7)
    assert refused(lambda: an_edition(number=7)) == "number"
    assert an_edition(number=7, language="fr").number == 7


def test_a_language_the_style_has_no_words_for_is_refused() -> None:
    assert refused(lambda: an_edition(language="de")) == "language"


def test_pieces_are_put_moved_and_taken_off_and_count_from_one() -> None:
    edition = an_edition()
    first, second, third = (a_piece(name) for name in ("One", "Two", "Three"))
    version = fill(edition, (first, "africa"), (second, "africa"), (third, "asia"))
    version = editions.place(edition.uuid, third.uuid, "africa", 1, None, NOON, seen=version)
    assert board(edition) == [("africa", 1, "Three"), ("africa", 2, "One"), ("africa", 3, "Two")]
    version = editions.place(edition.uuid, third.uuid, "africa", 2, None, NOON, seen=version)
    assert board(edition) == [("africa", 1, "One"), ("africa", 2, "Three"), ("africa", 3, "Two")]
    editions.place(edition.uuid, first.uuid, "", 1, None, NOON, seen=version)
    first.refresh_from_db()
    assert board(edition) == [("africa", 1, "Three"), ("africa", 2, "Two")]
    assert (first.edition, first.section, first.position) == (None, "", None)


def test_the_second_of_two_is_told_and_nothing_of_the_first_is_lost() -> None:
    edition = an_edition()
    one, two = a_piece("One"), a_piece("Two")
    editions.place(edition.uuid, one.uuid, "africa", 1, None, NOON, seen=1)
    assert refused(lambda: editions.place(edition.uuid, two.uuid, "africa", 1, None, NOON, seen=1)) == "meanwhile"
    assert board(edition) == [("africa", 1, "One")]
    editions.place(edition.uuid, two.uuid, "africa", 1, None, NOON, seen=2)
    assert board(edition) == [("africa", 1, "Two"), ("africa", 2, "One")]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda piece, other: {"section": "nowhere"}, "section"),
        (
            lambda piece, other: models.Piece.objects.filter(pk=piece.pk).update(edition=other, section="asia", position=1) and {},
            "elsewhere",
        ),
        (lambda piece, other: models.Piece.objects.filter(pk=piece.pk).update(language="fr") and {}, "language"),
        (lambda piece, other: models.Piece.objects.filter(pk=piece.pk).update(state="withdrawn") and {}, "piece"),
    ],
)
def test_a_piece_that_cannot_stand_there_changes_nothing(spoil: Callable[..., dict[str, str]], code: str) -> None:
    edition, other, piece = an_edition(), an_edition(), a_piece("One")
    section = spoil(piece, other).get("section", "africa")
    assert refused(lambda: editions.place(edition.uuid, piece.uuid, section, 1, None, NOON, seen=1)) == code
    edition.refresh_from_db()
    assert (edition.version, board(edition)) == (1, [])


def test_the_last_change_is_taken_back_unless_something_came_after() -> None:
    edition, one, two = an_edition(), a_piece("One"), a_piece("Two")
    version = fill(edition, (one, "africa"), (two, "africa"))
    version = editions.place(edition.uuid, two.uuid, "asia", 1, None, NOON, seen=version)
    version = editions.undo(edition.uuid, None, NOON, seen=version)
    assert board(edition) == [("africa", 1, "One"), ("africa", 2, "Two")]
    assert refused(lambda: editions.undo(edition.uuid, None, NOON, seen=version)) == "nothing"


def test_facts_of_an_edition_are_changed_and_taken_back() -> None:
    edition = an_edition()
    an_edition(number=9)
    wanted = editions.Wanted("en", date(2026, 4, 1), 5, " Special ", NOON)
    version = editions.change(edition.uuid, wanted, {"asia": 1}, None, NOON, seen=1)
    edition.refresh_from_db()
    targets = [one["target"] for one in edition.sections]
    assert (edition.number, edition.dated, edition.title, edition.deadline, targets) == (
        5,
        date(2026, 4, 1),
        "Special",
        NOON,
        [2, 2, 1, 2, 1],
    )
    assert refused(lambda: editions.change(edition.uuid, editions.Wanted("en", DAY, 9), {}, None, NOON, seen=version)) == "number"
    editions.undo(edition.uuid, None, NOON, seen=version)
    edition.refresh_from_db()
    assert (edition.number, edition.title, edition.deadline, edition.sections[2]["target"]) == (1, "", None, 3)


def test_freezing_keeps_text_citations_and_style_for_ever() -> None:
    edition = frozen()
    piece = models.Piece.objects.get(title="Dyke gives way")
    models.Piece.objects.filter(pk=piece.pk).update(title="Changed", text="Changed")
    assert edition.snapshot is not None
    text = text_of(edition.snapshot)
    assert [(one.number, one.title) for section in text.sections for one in section.pieces] == [
        ("1.1.", "Dyke gives way"),
        ("2.1.", "Port strike ends"),
    ]
    assert (text.title, text.authors, text.organisation) == (
        "1st Edition — Press Review — Security & Defence", ("Mina OKAFOR",), "Harbour Watch",
    )  # fmt: skip
    assert [one.outlet for one in text.sections[0].pieces[0].sources] == ["Le Phare", "Harbour News"]
    assert (style_of(edition.snapshot), len(edition.covers)) == (STYLE, 2)


def test_only_accepted_pieces_are_frozen() -> None:
    edition = an_edition()
    version = fill(edition, (a_piece("One", an_editor(), state="submitted"), "africa"))
    assert refused(lambda: editions.freeze(edition.uuid, STYLE, "", None, NOON, seen=version)) == "hindered"
    edition.refresh_from_db()
    assert (edition.state, edition.version, edition.snapshot) == ("open", version, None)


def test_a_frozen_edition_is_opened_again_and_keeps_what_it_was() -> None:
    edition = frozen()
    was = edition.snapshot
    editions.reopen(edition.uuid, None, NOON, note="A date is wrong")
    edition.refresh_from_db()
    kept = edition.events.get(kind="reopened")
    assert (edition.state, edition.snapshot, kept.before, kept.note) == ("open", None, was, "A date is wrong")
    editions.freeze(edition.uuid, STYLE, "Harbour Watch", None, NOON, seen=edition.version)
    edition.refresh_from_db()
    assert edition.snapshot == was


def test_an_edition_begun_by_mistake_is_let_go_of_and_its_pieces_wait_again() -> None:
    edition, piece = an_edition(number=7), a_piece("One")
    version = fill(edition, (piece, "africa"))
    assert refused(lambda: editions.discard(edition.uuid, seen=1)) == "meanwhile"
    editions.discard(edition.uuid, seen=version)
    piece.refresh_from_db()
    assert (models.Edition.objects.count(), piece.edition, piece.section, piece.state) == (0, None, "", "accepted")
    assert an_edition(number=7).number == 7


def test_an_edition_that_was_frozen_once_is_kept() -> None:
    edition = frozen()
    editions.reopen(edition.uuid, None, NOON)
    seen = editions.find(edition.uuid).version
    assert refused(lambda: editions.discard(edition.uuid, seen=seen)) == "kept"
    assert models.Edition.objects.filter(pk=edition.pk).exists()


def test_nothing_moves_on_a_frozen_board() -> None:
    edition, piece = frozen(), a_piece("Late")
    assert refused(lambda: editions.place(edition.uuid, piece.uuid, "asia", 1, None, NOON, seen=edition.version)) == "state"


def test_publishing_uses_the_leads_once_and_withdrawing_gives_them_back() -> None:
    edition = frozen()
    piece = models.Piece.objects.get(title="Dyke gives way")
    assert piece.story is not None
    moments = {"newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
    lead = models.Lead.objects.create(
        story=piece.story, section="africa", headline="Dyke", status="claimed", claimed_by=piece.author, **moments
    )
    models.Piece.objects.filter(pk=piece.pk).update(lead=lead)
    assert [editions.publish(edition.uuid, None, NOON) for _ in range(2)] == [True, False]
    lead.refresh_from_db()
    assert (lead.status, lead.events.filter(kind="used").count()) == ("used", 1)
    assert refused(lambda: editions.reopen(edition.uuid, None, NOON)) == "state"
    editions.withdraw(edition.uuid, None, NOON, note="Wrong file")
    lead.refresh_from_db()
    edition.refresh_from_db()
    assert (lead.status, edition.state) == ("claimed", "withdrawn")
    editions.restore(edition.uuid, None, NOON)
    lead.refresh_from_db()
    assert lead.status == "used"


def test_what_was_published_is_compared_with_what_comes() -> None:
    """Novelty: the stories of a published edition are what the desk's readers remember, those of a withdrawn one are not."""
    edition = frozen()
    piece = models.Piece.objects.get(title="Dyke gives way")
    assert piece.story is not None
    moments = {"newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
    lead = models.Lead.objects.create(story=piece.story, section="africa", headline="Dyke", status="claimed", **moments)
    models.Piece.objects.filter(pk=piece.pk).update(lead=lead)
    article = an_article(1, story=piece.story)
    doc = StoryDoc(str(article.uuid), "port", "fr", NOON, {"dyke": 1.0}, {})
    models.ArticleDoc.objects.create(article=article, at=NOON, doc=json.loads(doc_to_json(doc)))
    assert leads.published(NOON) == {}
    editions.publish(edition.uuid, None, NOON)
    assert list(leads.published(NOON + timedelta(days=1))) == [str(piece.story.uuid)]
    editions.withdraw(edition.uuid, None, NOON)
    assert leads.published(NOON + timedelta(days=1)) == {}


def test_an_edition_that_is_not_frozen_cannot_be_published() -> None:
    edition = an_edition()
    assert refused(lambda: editions.publish(edition.uuid, None, NOON)) == "state"


def test_a_correction_stands_beside_the_frozen_text_until_it_is_taken_back() -> None:
    edition = frozen()
    piece = models.Piece.objects.get(title="Dyke gives way")
    assert refused(lambda: editions.correct(edition.uuid, piece.uuid, "It was 3 m.", None, NOON)) == "state"
    editions.publish(edition.uuid, None, NOON)
    assert refused(lambda: editions.correct(edition.uuid, None, "  ", None, NOON)) == "text"
    made = editions.correct(edition.uuid, piece.uuid, " It was 3 m. ", None, NOON)
    assert models.Correction.objects.get(uuid=made).text == "It was 3 m."
    assert editions.withdraw_correction(made, None, NOON) == edition
    assert editions.withdraw_correction(made, None, NOON) is None


def test_a_piece_another_edition_took_meanwhile_stays_there() -> None:
    edition, other, piece = an_edition(), an_edition(), a_piece("One")
    version = fill(edition, (piece, "africa"))
    version = editions.place(edition.uuid, piece.uuid, "", 1, None, NOON, seen=version)
    fill(other, (piece, "asia"))
    editions.undo(edition.uuid, None, NOON, seen=version)
    assert (board(edition), board(other)) == ([], [("asia", 1, "One")])


def test_placed_pieces_cost_the_same_whatever_their_number(django_assert_num_queries: Callable[..., object]) -> None:
    edition = an_edition()
    fill(edition, *((a_piece(f"Piece {number}", story=a_told_story()), "asia") for number in range(6)))
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert len(edition_pieces.placed(edition.pk)) == 6


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_the_same_moment_one_is_told() -> None:
    edition = an_edition()
    found = [a_piece("One"), a_piece("Two")]
    start = Barrier(2)

    def put(piece: models.Piece) -> str:
        start.wait()
        try:
            editions.place(edition.uuid, piece.uuid, "africa", 1, None, NOON + timedelta(minutes=1), seen=1)
        except EditionRefused as why:
            return why.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(put, found)) == ["done", "meanwhile"]
    assert len(board(edition)) == 1
