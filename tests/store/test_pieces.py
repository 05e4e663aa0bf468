"""Pieces in the store: a draft holds its claim, nobody overwrites what they have not read, every step can be taken back."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from monitor.pipeline.addresses import key
from monitor.store import models, pages_pieces, piece_acts, piece_sources, pieces, triage
from monitor.store.piece_acts import Text
from tests.web import rows, writing
from tests.web.rows import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ada() -> models.Person:
    return rows.a_person(given="Ada", family="Byron")


@pytest.fixture
def eva() -> models.Person:
    return rows.a_person("editor", given="Eva", family="Marsh")


def again(piece: models.Piece) -> models.Piece:
    return models.Piece.objects.select_related("lead", "author", "edition").get(pk=piece.pk)


def move(piece: models.Piece, step: str, person: models.Person, now=NOW, **values) -> str:  # type: ignore[no-untyped-def]
    editor = person.role != "contributor"
    return piece_acts.move(piece.uuid, step, person, values.pop("seen", again(piece).version), now, editor=editor, **values).outcome


def undo(piece: models.Piece, person: models.Person, now=NOW) -> str:  # type: ignore[no-untyped-def]
    return piece_acts.undo(piece.uuid, person, now, editor=person.role != "contributor").outcome


def save(piece: models.Piece, person: models.Person, text: str, seen: int, now=NOW, **values) -> piece_acts.Saved:  # type: ignore[no-untyped-def]
    return piece_acts.save(piece.uuid, person, Text("Title", text), seen, now, editor=person.role != "contributor", **values)


# ── the claim ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_holds_its_claim_and_its_withdrawal_gives_48_hours(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    assert (piece.lead.status, piece.lead.claimed_until) == ("claimed", None)
    assert triage.lapse(NOW + 1000 * HOUR) == 0
    assert move(piece, "withdraw", ada) == "done"
    assert again(piece).lead.claimed_until == NOW + triage.LEASE
    assert triage.lapse(NOW + 49 * HOUR) == 1
    assert [event.kind for event in piece.lead.events.order_by("pk")] == ["drafted", "undrafted", "lapsed"]


def test_a_withdrawn_draft_comes_back_with_its_claim_unless_somebody_has_it(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    move(piece, "withdraw", ada)
    triage.lapse(NOW + 49 * HOUR)
    assert move(piece, "restore", ada) == "done"
    assert (again(piece).lead.status, again(piece).lead.claimed_by, again(piece).lead.claimed_until) == ("claimed", ada, None)
    move(piece, "withdraw", ada)
    triage.lapse(NOW + 99 * HOUR)
    triage.claim(piece.lead.uuid, eva, NOW)
    assert move(piece, "restore", ada) == "done"
    assert again(piece).lead.claimed_by == eva


def test_a_draft_lets_go_of_the_lead_its_merged_story_lives_on_in(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    kept = rows.a_lead(rows.a_story(), "Kept", status="claimed", claimed_by=ada, claimed_until=None)
    models.Lead.objects.filter(pk=piece.lead.pk).update(status="merged", claimed_by=None)
    models.Story.objects.filter(pk=piece.story.pk).update(merged_into=kept.story)  # type: ignore[union-attr]
    move(piece, "withdraw", ada)
    kept.refresh_from_db()
    assert kept.claimed_until == NOW + triage.LEASE


def test_only_who_claimed_begins_a_piece(ada: models.Person, eva: models.Person) -> None:
    lead = writing.a_claimed_story(ada)
    assert piece_acts.start(lead.uuid, eva, NOW, language="fr") is None
    assert models.Piece.objects.count() == 0


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_saves_upon_an_older_version_changes_nothing_and_is_told(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    first = save(piece, eva, "Eva's text", piece.version)
    second = save(piece, ada, "Ada's text", piece.version)
    assert (first.outcome, second.outcome, second.by, second.version) == ("done", "behind", "Eva Marsh", piece.version + 1)
    assert again(piece).text == "Eva's text"
    assert save(piece, ada, "Eva's text", piece.version).outcome == "same"


def test_autosaves_are_thinned_out_and_what_was_saved_by_hand_stays(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    start = piece.version
    for number in range(20):
        assert save(piece, ada, f"text {number}", start + number, NOW + timedelta(minutes=number)).outcome == "done"
    kept = list(models.PieceVersion.objects.filter(piece=piece).order_by("version").values_list("version", flat=True))
    by_hand = [one for one in kept if one <= start]
    assert by_hand == [1, 3]  # the second was the sources', saved by itself
    assert [one - start for one in kept if one > start] == [5, 9, 13, 17, 20]
    assert pages_pieces.version(piece.uuid, start + 7).text == "text 4"  # type: ignore[union-attr]


def test_a_version_is_brought_back_with_its_sources(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    first = piece.sources.order_by("position").first()
    saved, _ = piece_acts.change_sources(
        piece.uuid, ada, piece.version, NOW, lambda row: "" if piece_sources.remove(row, first.uuid) else "x", editor=False
    )
    save(piece, ada, "other", saved.version, NOW + HOUR)
    back = piece_acts.bring_back(piece.uuid, ada, piece.version, again(piece).version, NOW + 2 * HOUR, editor=False)
    assert (back.outcome, again(piece).text) == ("done", piece.text)
    assert next(row.uuid for row in piece.sources.order_by("position")) == first.uuid
    assert list(piece.sources.order_by("position").values_list("position", flat=True)) == [1, 2]
    assert piece_acts.bring_back(piece.uuid, ada, 1, piece.version, NOW, editor=False).outcome == "behind"


def test_text_is_kept_as_it_was_typed_and_bounded(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    save(piece, ada, "a\u00a0: b\r\n\r\nc\x00\u202e" + "x" * 30_000, piece.version)
    assert (again(piece).text[:8], len(again(piece).text)) == ("a\u00a0: b\n\nc", 20_000)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_way_from_draft_to_accepted(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    steps = [("accept", eva), ("submit", ada), ("accept", ada), ("return", eva), ("submit", ada), ("accept", eva), ("submit", ada)]
    told = [(step, move(piece, step, person), again(piece).state) for step, person in steps]
    assert told == [
        ("accept", "refused", "draft"),
        ("submit", "done", "submitted"),
        ("accept", "refused", "submitted"),
        ("return", "done", "returned"),
        ("submit", "done", "submitted"),
        ("accept", "done", "accepted"),
        ("submit", "refused", "accepted"),
    ]
    assert (again(piece).accepted_by, again(piece).accepted_at) == (eva, NOW)


def test_nobody_accepts_what_they_have_not_read(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    move(piece, "submit", ada)
    seen = again(piece).version
    save(piece, eva, "another text", seen)
    assert (move(piece, "accept", eva, seen=seen), again(piece).state) == ("behind", "submitted")


def test_each_step_can_be_taken_back_by_who_took_it(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    for step, person, before in (("submit", ada, "draft"), ("withdraw", ada, "draft")):
        move(piece, step, person)
        assert undo(piece, eva) == "refused"
        assert (undo(piece, person), again(piece).state) == ("done", before)
    assert again(piece).lead.claimed_until is None
    move(piece, "submit", ada)
    move(piece, "accept", eva)
    assert (undo(piece, eva, NOW + 25 * HOUR), again(piece).state) == ("refused", "accepted")
    assert (undo(piece, eva), again(piece).state) == ("done", "submitted")
    assert (again(piece).accepted_at, again(piece).accepted_by) == (None, None)
    assert undo(piece, eva) == "refused"
    assert undo(piece, ada) == "done"  # her submission is the last step that stands


def test_who_is_no_editor_any_more_takes_no_acceptance_back(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    move(piece, "submit", ada), move(piece, "accept", eva)
    eva.role = "contributor"
    assert (undo(piece, eva), again(piece).state) == ("refused", "accepted")
    page = pages_pieces.piece(piece.uuid, eva, NOW, editor=False)
    assert page is not None
    assert page.may == frozenset()
    eva.role = "editor"
    assert (undo(piece, eva), again(piece).state) == ("done", "submitted")


def test_writers_change_their_own_while_it_is_theirs_and_editors_all(ada: models.Person, eva: models.Person) -> None:
    other = rows.a_person()
    piece = writing.a_piece(ada)
    assert save(piece, other, "x", piece.version).outcome == "refused"
    move(piece, "submit", ada)
    assert save(piece, ada, "x", piece.version).outcome == "refused"
    assert save(piece, eva, "x", piece.version).outcome == "done"


def test_a_frozen_edition_holds_its_pieces(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    move(piece, "submit", ada), move(piece, "accept", eva)
    edition = models.Edition.objects.create(series="s", number=1, language="fr", dated=NOW.date(), state="frozen", made_at=NOW)
    models.Piece.objects.filter(pk=piece.pk).update(edition=edition)
    assert (move(piece, "return", eva), save(piece, eva, "x", piece.version).outcome) == ("refused", "refused")
    assert undo(piece, eva) == "refused"


def test_comments_are_told_to_the_writer_until_they_are_seen_to(ada: models.Person, eva: models.Person) -> None:
    piece = writing.a_piece(ada)
    assert piece_acts.comment(piece.uuid, eva, "  ", "", NOW).outcome == "refused"
    piece_acts.comment(piece.uuid, eva, "Which road?", "une  route", NOW)
    assert [(one.kind, one.by) for one in pages_pieces.notices(ada, NOW)] == [("comment", "Eva Marsh")]
    page = pages_pieces.piece(piece.uuid, ada, NOW, editor=False)
    assert page is not None
    (comment,) = page.comments
    assert (comment.note, comment.passage, comment.version) == ("Which road?", "une route", piece.version)
    which = uuid.UUID(comment.id)
    assert not piece_acts.settle(piece.uuid, which, rows.a_person(), NOW, editor=False)  # it is not theirs
    assert piece_acts.settle(piece.uuid, which, ada, NOW, editor=False)
    assert not piece_acts.settle(piece.uuid, which, ada, NOW, editor=False)
    assert piece_acts.settle(piece.uuid, which, eva, NOW, editor=True, settled=False)
    assert piece_acts.settle(piece.uuid, which, ada, NOW, editor=False)
    assert pages_pieces.notices(ada, NOW) == []
    move(piece, "submit", ada), move(piece, "return", eva, note="Shorter.")
    assert [(one.kind, one.by) for one in pages_pieces.notices(ada, NOW)] == [("returned", "Eva Marsh")]
    move(piece, "submit", ada), move(piece, "accept", eva)
    assert [one.kind for one in pages_pieces.notices(ada, NOW)] == ["accepted"]
    assert pages_pieces.notices(ada, NOW + timedelta(days=8)) == []


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_is_cited_as_it_stands_once_with_the_outlets_own_date(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=0)
    article = piece.story.articles.order_by("pk").first()  # type: ignore[union-attr]
    late = NOW.replace(hour=22, minute=30)
    models.Article.objects.filter(pk=article.pk).update(published_at=late, published_offset=120)
    assert (piece_sources.cite(piece, article.uuid, NOW), piece_sources.cite(piece, article.uuid, NOW)) == (True, False)
    row = piece.sources.get()
    assert (row.outlet, row.headline, row.language, row.country) == ("Le Méridien", article.title, "fr", "FR")
    assert row.dated == (NOW + timedelta(days=1)).date()
    models.Article.objects.filter(pk=article.pk).update(title="Un convoi attaqué, dix-sept morts")
    page = pages_pieces.piece(piece.uuid, ada, NOW, editor=False)
    assert page is not None and page.sources[0].checked.headline_now == "Un convoi attaqué, dix-sept morts"
    assert piece_sources.renew(piece, row.uuid)
    assert piece.sources.get().headline == "Un convoi attaqué, dix-sept morts"


def test_an_address_is_the_archives_article_or_a_page_to_read(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=0)
    article = piece.story.articles.order_by("pk").first()  # type: ignore[union-attr]
    known = "https://news.example.org/known?utm_source=x"
    models.Article.objects.filter(pk=article.pk).update(key=key(known), url="https://news.example.org/known")
    new = ("news.example.org/new", "https://news.example.org/new#part")
    asked = [known, known, *new, "javascript:alert(1)", "https://a:b@example.org/x", ""]
    told = [piece_sources.add_address(piece, address, NOW) for address in asked]
    assert told == ["cited", "again", "reading", "again", "wrong", "wrong", "wrong"]
    assert list(models.ToAskSource.objects.values_list("source__address", "wish")) == [("https://news.example.org/new", "read")]


def test_what_is_typed_of_a_source_is_bounded(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=0)
    assert piece_sources.add_address(piece, "a.example/" + "x" * 2040, NOW) == "reading"
    for country in ("ßß", "fr", "FRA"):
        assert piece_sources.type_in(piece, piece_sources.Typed("Harbour Post", "Dyke", "", None, "en", country), NOW)
    told = [(len(one.address), one.country) for one in piece.sources.order_by("position")]
    assert told == [(2048, ""), (0, ""), (0, "FR"), (0, "")]


@pytest.mark.parametrize(
    "address", ["https://a.example/\x00", "https://a.example/\u202egnp", "https://a.example:99999999/", "https://[::1"]
)
def test_an_address_that_is_none_is_no_source(ada: models.Person, address: str) -> None:
    piece = writing.a_piece(ada, cite=0)
    assert piece_sources.add_address(piece, address, NOW) == "wrong"
    assert piece_sources.type_in(piece, piece_sources.Typed("Harbour Post", "Dyke", address, None, "en", "\x00f"), NOW)
    assert [(one.address, one.country) for one in piece.sources.all()] == [("", "")]


def test_sources_stand_in_the_order_they_are_put_in(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=3)
    keys = [row.uuid for row in piece.sources.order_by("position")]
    assert piece_sources.place(piece, keys[2], 1)
    assert piece_sources.step(piece, keys[0], 1)
    assert not piece_sources.step(piece, keys[2], -1)
    assert [row.uuid for row in piece.sources.order_by("position")] == [keys[2], keys[1], keys[0]]
    assert piece_sources.remove(piece, keys[1])
    assert list(piece.sources.order_by("position").values_list("position", flat=True)) == [1, 2]


def test_links_are_asked_for_when_a_piece_is_handed_in(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    move(piece, "submit", ada)
    assert models.ToAskSource.objects.filter(wish="link").count() == 2
    for number in range(2):
        ask = piece_sources.claim(NOW, worker="w")
        assert ask is not None
        assert piece_sources.answered(ask, NOW, dead="404 Not Found" if number else "")
        assert not piece_sources.answered(ask, NOW)
    assert piece_sources.claim(NOW, worker="w") is None
    assert sorted(piece.sources.values_list("dead", flat=True)) == ["", "404 Not Found"]
    move(piece, "take-back", ada), move(piece, "submit", ada, NOW + HOUR)
    assert models.ToAskSource.objects.count() == 1  # only the dead one: the other was asked an hour ago


def test_a_page_the_desk_failed_on_five_times_is_not_waited_for(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=0)
    piece_sources.add_address(piece, "https://news.example.org/new", NOW)
    for number in range(5):
        ask = piece_sources.claim(NOW + number * HOUR, worker="w")
        assert ask is not None
        piece_sources.broke(ask, "ParserLostError: x")
    page = pages_pieces.piece(piece.uuid, ada, NOW, editor=False)
    assert page is not None
    (line,) = page.sources
    assert (line.waiting, line.unread, line.checked.known) == (False, "ParserLostError: x", "unread")


def test_what_a_page_says_does_not_overwrite_what_a_person_typed(ada: models.Person) -> None:
    piece = writing.a_piece(ada, cite=0)
    piece_sources.add_address(piece, "https://news.example.org/new", NOW)
    row = piece.sources.get()
    typed = piece_sources.Typed("The Paper", "Its headline", row.address, NOW.date(), "en", "GB")
    ask = piece_sources.claim(NOW, worker="w")
    assert ask is not None
    assert piece_sources.type_in(piece, typed, NOW, row.uuid)
    page = piece_sources.PageRead("news.example.org", "Another headline", "fr", None, "Its text.", "full")
    assert piece_sources.read(ask, page, NOW)
    row.refresh_from_db()
    assert (row.outlet, row.headline, row.language, row.dated) == ("The Paper", "Its headline", "en", NOW.date())
    assert row.body.text == "Its text."


# ── lists, memory, publishing ────────────────────────────────────────────────────────────────────────────────────────


def published(piece: models.Piece, number: int = 7) -> models.Edition:
    edition = models.Edition.objects.create(series="s", number=number, language="fr", dated=NOW.date(), state="published", made_at=NOW)
    models.Piece.objects.filter(pk=piece.pk).update(edition=edition, state="accepted")
    return edition


def test_publishing_uses_the_leads_once_and_opening_again_gives_them_back(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    edition = published(piece)
    assert (pieces.mark_published(edition.uuid, NOW), pieces.mark_published(edition.uuid, NOW)) == (1, 0)
    assert again(piece).lead.status == "used"
    assert piece.lead.events.filter(kind="used").count() == 1
    assert pieces.unmark_published(edition.uuid, NOW) == 1
    assert (again(piece).lead.status, again(piece).lead.claimed_by) == ("claimed", ada)


def test_publishing_uses_the_lead_a_merged_story_lives_on_in(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    kept = rows.a_lead(rows.a_story(), "Kept", status="claimed", claimed_by=ada)
    models.Lead.objects.filter(pk=piece.lead.pk).update(status="merged")
    models.Story.objects.filter(pk=piece.story.pk).update(merged_into=kept.story)  # type: ignore[union-attr]
    assert pieces.mark_published(published(piece).uuid, NOW) == 1
    kept.refresh_from_db()
    assert (kept.status, again(piece).lead.status) == ("used", "merged")


def test_what_was_covered_is_known_by_its_story_and_by_what_follows_it(ada: models.Person) -> None:
    piece = writing.a_piece(ada)
    published(piece)
    later = rows.a_lead(rows.a_story(), "Later", reasons=[f"follows:0.30:{piece.story.uuid}"])  # type: ignore[union-attr]
    told = pages_pieces.covered(piece.story.uuid)  # type: ignore[union-attr]
    assert [(one.title, one.number, one.follows) for one in told] == [(piece.title, 7, False)]
    assert [(one.title, one.follows) for one in pages_pieces.covered(later.story.uuid, later.reasons)] == [(piece.title, True)]
    assert pages_pieces.covered(rows.a_story().uuid) == ()


def test_lists_show_everybody_where_each_piece_stands(ada: models.Person, eva: models.Person) -> None:
    mine, handed, done = (writing.a_piece(person) for person in (eva, ada, ada))
    move(handed, "submit", ada), move(done, "submit", ada), move(done, "accept", eva)
    found = pages_pieces.lists(eva)
    told = [[one.uuid for one in group] for group in (found.mine, found.submitted, found.others, found.accepted)]
    assert told == [[str(mine.uuid)], [str(handed.uuid)], [], [str(done.uuid)]]
    (line,) = pieces.ready()
    assert (line.authors, line.sources, line.languages, line.countries) == (("Ada Byron",), 2, ("fr", "en"), ("FR", "GB"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_sources_at_once_the_second_changes_nothing() -> None:
    ada = rows.a_person(given="Ada", family="Byron")
    piece = writing.a_piece(ada)
    before, gate = piece.sources.count(), Barrier(2)

    def add(name: str) -> str:
        def change(row: models.Piece) -> str:
            return "" if piece_sources.add_address(row, f"https://{name}.example/a", NOW) == "reading" else "wrong"

        gate.wait()
        try:
            return piece_acts.change_sources(piece.uuid, ada, piece.version, NOW, change, editor=False)[0].outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add, ("one", "two"))) == ["behind", "done"]
    assert piece.sources.count() == before + 1
    last = models.PieceVersion.objects.filter(piece=piece).latest("version")
    assert (last.version, len(last.sources)) == (piece.version + 1, before + 1)
