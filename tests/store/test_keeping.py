"""What leaves when its time is over, and what stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.flows.keep_house import prune_at
from monitor.pipeline.story_doc import story_doc
from monitor.pipeline.story_doc_json import from_json, to_json
from monitor.records import Tagged
from monitor.store import models, people
from tests.fakes import NOON
from tests.store.rows import an_article, an_outlet

pytestmark = pytest.mark.django_db


def kept(number: int, *, days: float, rights: str = "open", frozen: bool = False) -> str:
    """An article read so many days ago, with the text of its page and of its feed."""
    at = NOON - timedelta(days=days)
    story = models.Story.objects.create(created_at=at, newest_at=at, oldest_at=at, frozen=frozen)
    article = an_article(number, at=at, rights=rights, story=story)
    new = {"outlet": an_outlet(), "interval": timedelta(hours=1)}
    feed, _ = models.Feed.objects.get_or_create(url="https://port.example/feed", defaults=new)
    models.ArticleText.objects.create(article=article, text="text")
    models.Entry.objects.create(feed=feed, guid_hash=article.key, article=article, link_key=article.key, title=article.title, title_hash="",
                                content_hash="", content="text", seen_at=at)  # fmt: skip
    return article.title


def test_texts_leave_after_thirty_days_and_reserved_ones_after_one() -> None:
    new, reserved_new = kept(1, days=29), kept(2, days=0.9, rights="reserved")
    pinned = kept(3, days=31, frozen=True)
    kept(4, days=31), kept(5, days=1.1, rights="reserved")
    assert prune_at(NOON, dry_run=True) == "2 texts, 2 texts of feeds"
    assert prune_at(NOON, dry_run=False) == "2 texts, 2 texts of feeds"
    assert set(models.ArticleText.objects.values_list("article__title", flat=True)) == {new, reserved_new, pinned}
    assert set(models.Entry.objects.exclude(content="").values_list("title", flat=True)) == {new, reserved_new, pinned}
    assert models.Article.objects.count() == models.Entry.objects.count() == 5
    assert prune_at(NOON, dry_run=False) == "nothing to prune"


def test_grouping_keeps_of_reserved_articles_the_titles_words_only() -> None:
    title, text = "Rebels seize Gao airport", "Government soldiers withdrew towards Bamako after 14 hours of fighting."
    nothing = Tagged("", {}, (), ())
    doc = story_doc(id="a", outlet="port", language="en", at=NOON, title=title, text=text, tagged=nothing)
    bare = story_doc(id="a", outlet="port", language="en", at=NOON, title=title, text="", tagged=nothing)
    for number, rights, days in ((1, "reserved", 1.1), (2, "open", 1.1), (3, "reserved", 0.9), (4, "open", 31)):
        kept(number, days=days, rights=rights)
        article = models.Article.objects.get(title=f"Title {number}")
        models.Article.objects.filter(pk=article.pk).update(title=title)
        models.ArticleDoc.objects.create(article=article, at=NOON, doc=json.loads(to_json(doc)))
    prune_at(NOON, dry_run=False)
    docs = [from_json(row.doc) for row in models.ArticleDoc.objects.order_by("pk")]
    assert docs == [replace(bare, shingles=doc.shingles), doc, doc, doc]
    assert (doc.terms, doc.names) != (bare.terms, bare.names)


def test_articles_leave_after_two_years_unless_their_story_is_published() -> None:
    new, published = kept(1, days=729), kept(2, days=731, frozen=True)
    kept(3, days=731)
    prune_at(NOON, dry_run=False)
    assert set(models.Article.objects.values_list("title", flat=True)) == {new, published}


def test_digests_can_be_read_again_for_sixty_days() -> None:
    person = people.add("ada@desk.localhost", "Ada", "Example", "contributor", "en", NOON)
    for days in (60, 61):
        models.Digest.objects.create(person=person, local_date=(NOON - timedelta(days=days)).date(), wanted_at=NOON)
    assert (prune_at(NOON, dry_run=True), prune_at(NOON, dry_run=False)) == ("1 digests", "1 digests")
    assert list(models.Digest.objects.values_list("local_date", flat=True)) == [(NOON - timedelta(days=60)).date()]


def about(number: int) -> models.Story:
    story = models.Article.objects.get(title=f"Title {number}").story
    assert story is not None
    return story


def a_piece(number: int, state: str, *, edition: str = "", cites: bool = False) -> models.Piece:
    """A piece on the story of an article, in an edition of this state; it may cite the article."""
    kept_in = None
    if edition:
        day = NOON.date()
        kept_in = models.Edition.objects.create(series="review", number=number, language="fr", dated=day, state=edition, made_at=NOON)
    made = {"language": "fr", "made_at": NOON, "changed_at": NOON, "state": state}
    piece = models.Piece.objects.create(story=None if cites else about(number), edition=kept_in, **made)
    if cites:
        article = models.Article.objects.get(title=f"Title {number}")
        models.PieceSource.objects.create(piece=piece, position=1, article=article, outlet="Port", headline="x", cited_at=NOON)
    return piece


def a_lead(number: int, status: str) -> None:
    given = {"section": "africa", "headline": "x", "newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
    models.Lead.objects.create(story=about(number), status=status, **given)


def texts() -> list[str]:
    return sorted(models.ArticleText.objects.values_list("article__title", flat=True))


def test_texts_of_a_story_that_is_claimed_or_written_about_stay() -> None:
    for number in range(1, 8):
        kept(number, days=100)
    a_lead(1, "claimed"), a_lead(2, "queued")
    a_piece(3, "draft"), a_piece(4, "accepted", edition="open"), a_piece(5, "accepted", edition="published"), a_piece(6, "withdrawn")
    prune_at(NOON, dry_run=False)
    assert texts() == ["Title 1", "Title 3", "Title 4"]
    models.Lead.objects.update(status="queued"), models.Piece.objects.update(state="withdrawn")
    assert prune_at(NOON, dry_run=False) == "3 texts, 3 texts of feeds"


def test_texts_of_cited_articles_stay_for_twelve_months_and_reserved_ones_for_a_day() -> None:
    kept(1, days=364), kept(2, days=366), kept(3, days=100), kept(4, days=2, rights="reserved")
    for number, state in ((1, "accepted"), (2, "accepted"), (3, "withdrawn"), (4, "draft")):
        a_piece(number, state, cites=True)
    prune_at(NOON, dry_run=False)
    assert texts() == ["Title 1"]


def test_cited_articles_are_never_deleted() -> None:
    kept(1, days=800), kept(2, days=800), kept(3, days=800)
    a_piece(1, "accepted", edition="published", cites=True), a_piece(2, "withdrawn", cites=True)
    prune_at(NOON, dry_run=False)
    assert list(models.Article.objects.values_list("title", flat=True)) == ["Title 1"]
    assert models.PieceSource.objects.exclude(article=None).count() == 1


def test_texts_of_pages_added_by_address_leave_after_twelve_months_or_with_their_piece() -> None:
    kept(1, days=1)
    pieces = [a_piece(1, state) for state in ("accepted", "accepted", "withdrawn")]
    for piece, days in zip(pieces, (364, 366, 31), strict=True):
        source = models.PieceSource.objects.create(piece=piece, position=1, outlet="Port", headline="x", cited_at=NOON)
        models.SourceText.objects.create(source=source, text="text", verdict="full", read_at=NOON - timedelta(days=days))
    assert (prune_at(NOON, dry_run=True), prune_at(NOON, dry_run=False)) == ("2 texts of sources", "2 texts of sources")
