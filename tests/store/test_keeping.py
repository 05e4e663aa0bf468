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
