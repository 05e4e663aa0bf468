"""Entries (the feed said), articles (the page said), their texts, versions and addresses."""

from __future__ import annotations

import uuid

from django.db import models

from monitor.store.models.outlets import Feed, Outlet
from monitor.store.models.stories import Story
from monitor.store.models.work import DueRow


class Article(models.Model):
    """One article, whatever number of feeds named it; `key` is the hash of its canonical address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=2048)
    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="articles")
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="articles")
    story_why = models.JSONField(default=list)
    copy_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="copies")
    title = models.CharField(max_length=1000)
    summary = models.TextField(default="", blank=True)
    section_hint = models.CharField(max_length=40, default="", blank=True)
    language_hint = models.CharField(max_length=12, default="", blank=True)
    authors = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="waiting")  # waiting read given_up
    verdict = models.CharField(max_length=10, default="", blank=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    rights = models.CharField(max_length=10, default="open")
    language = models.CharField(max_length=12, default="", blank=True)
    language_confidence = models.FloatField(default=0)
    characters = models.PositiveIntegerField(default=0)
    section = models.CharField(max_length=40, default="", blank=True)
    themes = models.JSONField(default=list)  # [{id, score, confidence}]
    places = models.JSONField(default=list)  # [{country, score, count}]
    entities = models.JSONField(default=list)
    noise = models.FloatField(default=0)
    evidence = models.JSONField(default=list)
    agency = models.CharField(max_length=40, default="", blank=True)
    published_at = models.DateTimeField(null=True)
    published_offset = models.SmallIntegerField(null=True)
    published_precision = models.CharField(max_length=6, default="minute")
    modified_at = models.DateTimeField(null=True)
    discovered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-discovered_at"], name="article_discovered"),
            models.Index(fields=["outlet", "-discovered_at"], name="article_outlet"),
        ]


class ArticleText(models.Model):
    """The text of an article, apart from it because it leaves earlier (retention)."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="body")
    text = models.TextField()


class ArticleDoc(models.Model):
    """The grouping's view of an article (records.StoryDoc as JSON): numbers and stems, kept after the text has gone."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="doc")
    at = models.DateTimeField(db_index=True)
    placed = models.BigIntegerField(null=True, db_index=True)  # the order in which the grouper placed it
    doc = models.JSONField()


class ArticleVersion(models.Model):
    """An earlier headline of an article, kept when an outlet edits it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    title = models.CharField(max_length=1000)
    summary = models.TextField(default="", blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "title", "seen_at"], name="one_version_a_moment")]


class ArticleAddress(models.Model):
    """Another address under which the article was seen; every one leads to the same article."""

    key = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=2048)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="addresses")


class Entry(models.Model):
    """What one feed said of one article."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    guid_hash = models.CharField(max_length=64)
    article = models.ForeignKey(Article, null=True, on_delete=models.CASCADE, related_name="entries")  # null: passed over, never read
    link_key = models.CharField(max_length=64, db_index=True)
    title = models.CharField(max_length=1000)
    title_hash = models.CharField(max_length=64, db_index=True)
    content_hash = models.CharField(max_length=64)
    content = models.TextField(default="", blank=True)
    published_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "guid_hash"], name="one_entry_a_guid")]


class ToRead(DueRow):
    """An article whose page is still to be read; the row goes when the reading is done."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="to_read")
    host = models.CharField(max_length=255, db_index=True)


class ToGroup(DueRow):
    """An article that has been read and waits for its story."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="to_group")
