"""Rows the tests of the store begin with."""

from __future__ import annotations

import json
from datetime import datetime

from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import models
from tests.fakes import NOON


def an_outlet(slug: str = "port") -> models.Outlet:
    named = {"name": slug, "country": "FR", "language": "fr", "kind": "newspaper"}
    return models.Outlet.objects.get_or_create(slug=slug, defaults=named)[0]


def an_article(number: int, *, at: datetime = NOON, **values: object) -> models.Article:
    """An article that was read at a moment."""
    defaults = {"key": f"key {number}", "url": f"https://port.example/{number}", "title": f"Title {number}", "outlet": an_outlet()}
    moments = {"discovered_at": at, "read_at": at, "published_at": at, "state": "read", "verdict": "full"}
    return models.Article.objects.create(**defaults | moments | values)


def to_group(article: models.Article, *, due_at: datetime = NOON) -> None:
    """Let an article wait for its story."""
    doc = StoryDoc(str(article.uuid), "port", "fr", NOON, {f"word{article.pk}": 1.0}, {})
    models.ArticleDoc.objects.create(article=article, at=NOON, doc=json.loads(to_json(doc)))
    models.ToGroup.objects.create(article=article, due_at=due_at)
