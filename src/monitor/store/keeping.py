"""What the desk keeps and for how long."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from monitor.pipeline.story_doc import title_only
from monitor.pipeline.story_doc_json import from_json, to_json
from monitor.store import feeds, models, search_index

BATCH = 200
DIGESTS_KEPT = timedelta(days=60)
"""How long a person's digests can be read again; what was told stays known for as long as its leads are kept."""


def prune(now: datetime, *, text: datetime, reserved: datetime, metadata: datetime, dry_run: bool) -> dict[str, int]:
    """Drop texts, articles, fetch events and sessions whose time is over, in small batches; returns counts by what went.

    Texts of stories that are claimed or frozen stay. An article goes whole only when its text is gone and no frozen story holds it.
    """
    unpinned = Q(article__story=None) | Q(article__story__frozen=False)
    old_text = Q(article__read_at__lt=text) | Q(article__rights="reserved", article__read_at__lt=reserved)
    texts = models.ArticleText.objects.filter(unpinned & old_text)
    said = models.Entry.objects.filter(unpinned & old_text).exclude(content="")  # the full text some feeds carry is text too
    articles = models.Article.objects.filter(Q(story=None) | Q(story__frozen=False), discovered_at__lt=metadata)
    used_links = models.OneTimeLink.objects.filter(expires_at__lt=text)
    sessions = Session.objects.filter(expire_date__lt=now)
    digests = models.Digest.objects.filter(local_date__lt=(now - DIGESTS_KEPT).date())
    if dry_run:
        over = {
            "texts": texts,
            "texts of feeds": said,
            "articles": articles,
            "old links": used_links,
            "sessions": sessions,
            "digests": digests,
        }
        return {what: found.count() for what, found in over.items()}
    return {
        "texts": _drop_texts(texts),
        "texts of feeds": _empty(said),
        "articles": _drop(articles, models.Article),
        "old links": used_links.delete()[0],
        "sessions": sessions.delete()[0],
        "digests": _drop(digests, models.Digest),
        "fetch events": feeds.prune_events(),
    }


def checkpoint() -> None:
    """One passive checkpoint of SQLite's write-ahead log; nothing on PostgreSQL."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _drop_texts(texts: QuerySet[models.ArticleText]) -> int:
    """Texts go, and with them what search and grouping keep beyond what may stay."""
    gone = 0
    while keys := list(texts.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            models.ArticleText.objects.filter(pk__in=keys).delete()
            search_index.shorten(keys)
            _shorten_docs(keys)
        gone += len(keys)
    return gone


def _shorten_docs(keys: list[int]) -> None:
    """Of articles whose rights are reserved the grouping keeps the title's words only."""
    reserved = models.ArticleDoc.objects.filter(pk__in=keys, article__rights="reserved").select_related("article")
    for row in reserved:
        row.doc = json.loads(to_json(title_only(from_json(row.doc), row.article.title)))
        row.save(update_fields=["doc"])


def _empty(entries: QuerySet[models.Entry]) -> int:
    gone = 0
    while keys := list(entries.values_list("pk", flat=True)[:BATCH]):
        gone += models.Entry.objects.filter(pk__in=keys).update(content="")
    return gone


def _drop(rows: object, model: type) -> int:
    gone = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):  # type: ignore[attr-defined]
        model.objects.filter(pk__in=keys).delete()  # type: ignore[attr-defined]
        gone += len(keys)
    return gone
