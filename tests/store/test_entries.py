"""Entries become articles once, whoever else writes at the same time; edited headlines become versions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.pipeline.pick import ChangedEntry, NewEntry
from monitor.records import Entry
from monitor.store import entries, models
from monitor.store.entries import SeenEntries
from tests.fakes import NOON
from tests.store.rows import an_outlet

pytestmark = pytest.mark.django_db


def a_feed(number: int = 1) -> models.Feed:
    return models.Feed.objects.create(outlet=an_outlet(), url=f"https://port.example/feed{number}", interval=timedelta(hours=1))


def new(number: int, **values: object) -> NewEntry:
    entry = Entry(f"guid {number}", f"https://port.example/{number}", f"Title {number}", **values)  # type: ignore[arg-type]
    return NewEntry(entry, f"guid {number}", f"key {number}", f"title {number}", f"content {number}", None)


def seen(*found: NewEntry, changed: tuple[ChangedEntry, ...] = ()) -> SeenEntries:
    return SeenEntries(found, changed, (), tuple("port.example" for _ in found), "en", "", "page")


def changed(number: int, title: str) -> ChangedEntry:
    entry = Entry(f"guid {number}", f"https://port.example/{number}", title)
    return ChangedEntry(entry, f"guid {number}", f"key {number}", f"hash of {title}", f"content {number}", None, title_changed=True)


def test_article_named_by_two_feeds_is_kept_and_read_once() -> None:
    first, second = a_feed(1), a_feed(2)
    assert entries.keep(first.pk, first.outlet_id, seen(new(1), new(2)), NOON) == 2
    assert entries.keep(second.pk, second.outlet_id, seen(new(2), new(3)), NOON) == 1
    assert entries.keep(second.pk, second.outlet_id, seen(new(2), new(3)), NOON) == 0
    assert (models.Article.objects.count(), models.ToRead.objects.count(), models.Entry.objects.count()) == (3, 3, 4)


def test_article_that_was_read_meanwhile_is_not_read_again() -> None:
    feed = a_feed()
    entries.keep(feed.pk, feed.outlet_id, seen(new(1)), NOON)
    models.ToRead.objects.all().delete()
    entries.keep(a_feed(2).pk, feed.outlet_id, seen(new(1)), NOON)
    assert models.ToRead.objects.count() == 0


def test_headline_edited_to_and_fro_at_one_moment_keeps_each_version_once() -> None:
    feed = a_feed()
    entries.keep(feed.pk, feed.outlet_id, seen(new(1)), NOON)
    for title in ("B", "Title 1", "B"):
        entries.keep(feed.pk, feed.outlet_id, seen(changed=(changed(1, title),)), NOON)
    assert models.Article.objects.get().title == "B"
    assert sorted(models.ArticleVersion.objects.values_list("title", flat=True)) == ["B", "Title 1"]


def test_edited_headline_takes_a_grouping_under_way_its_claim() -> None:
    feed = a_feed()
    entries.keep(feed.pk, feed.outlet_id, seen(new(1)), NOON)
    article = models.Article.objects.get()
    models.Article.objects.update(state="read")
    models.ToGroup.objects.create(article=article, due_at=NOON + timedelta(minutes=5), claim_token="a.1", attempts=1)
    entries.keep(feed.pk, feed.outlet_id, seen(changed=(changed(1, "B"),)), NOON)
    row = models.ToGroup.objects.get()
    assert (row.due_at, row.claim_token, row.attempts) == (NOON, "", 0)


def test_claims_of_language_longer_than_any_code_are_cut() -> None:
    feed = a_feed()
    entries.keep(feed.pk, feed.outlet_id, seen(new(1, language="x-" + "very" * 20)), NOON)
    assert models.Article.objects.get().language_hint == "x-veryveryve"
