"""What the desk keeps and for how long."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from monitor.pipeline.story_doc import title_only
from monitor.pipeline.story_doc_json import from_json, to_json
from monitor.store import feeds, models, search_index

BATCH = 200
CITED_KEPT = timedelta(days=365)
"""How long the text of a cited article stays, so that what a published piece says can be held against it."""
DIGESTS_KEPT = timedelta(days=60)
"""How long a person's digests can be read again; what was told stays known for as long as its leads are kept."""

MESSAGES_KEPT = timedelta(days=90)
"""How long a message that left, or never will, can be looked at in the outbox."""


def prune(now: datetime, *, text: datetime, reserved: datetime, metadata: datetime, dry_run: bool) -> dict[str, int]:
    """Drop texts, articles, fetch events and sessions whose time is over, in small batches; returns counts by what went.

    Texts of a story that is claimed, written about, or in an edition in progress stay, those of cited articles for twelve months; what an
    outlet reserves goes after its day all the same. An article goes whole only when no piece cites it and no frozen story holds it.
    """
    texts = models.ArticleText.objects.filter(_over(now, text, reserved))
    said = models.Entry.objects.filter(_over(now, text, reserved)).exclude(content="")  # the full text some feeds carry is text too
    unheld = (Q(story=None) | Q(story__frozen=False)) & ~Exists(_citing(OuterRef("pk")))
    articles = models.Article.objects.filter(unheld, discovered_at__lt=metadata)
    added = models.SourceText.objects.filter(Q(read_at__lt=now - CITED_KEPT) | Q(source__piece__state="withdrawn", read_at__lt=text))
    used_links = models.OneTimeLink.objects.filter(expires_at__lt=text)
    sessions = Session.objects.filter(expire_date__lt=now)
    digests = models.Digest.objects.filter(local_date__lt=(now - DIGESTS_KEPT).date())
    messages = models.OutboxMessage.objects.filter(made_at__lt=now - MESSAGES_KEPT, due_at=None).exclude(
        kind="edition"
    )  # who has one, has it
    if dry_run:
        over = {
            "texts": texts,
            "texts of feeds": said,
            "texts of sources": added,
            "articles": articles,
            "old links": used_links,
            "sessions": sessions,
            "digests": digests,
            "messages": messages,
        }
        return {what: found.count() for what, found in over.items()}
    return {
        "texts": _drop_texts(texts),
        "texts of feeds": _empty(said),
        "texts of sources": added.delete()[0],
        "articles": _drop(articles, models.Article),
        "old links": used_links.delete()[0],
        "sessions": sessions.delete()[0],
        "digests": _drop(digests, models.Digest),
        "messages": _drop(messages, models.OutboxMessage),
        "fetch events": feeds.prune_events(),
    }


def _over(now: datetime, text: datetime, reserved: datetime) -> Q:
    """Of which articles the text's time is over, for a table that names its article."""
    unfrozen = Q(article__story=None) | Q(article__story__frozen=False)
    cited = Exists(_citing(OuterRef("article_id"))) & Q(article__read_at__gte=now - CITED_KEPT)
    old = Q(article__read_at__lt=text) & ~Exists(_working(OuterRef("article__story_id"))) & ~cited
    unclaimed = Q(article__story__lead=None) | ~Q(article__story__lead__status="claimed")
    return unfrozen & (old & unclaimed | Q(article__rights="reserved", article__read_at__lt=reserved))


def _citing(article: OuterRef) -> QuerySet[models.PieceSource]:
    """The sources of pieces that cite an article; a withdrawn piece cites nothing."""
    return models.PieceSource.objects.filter(article_id=article).exclude(piece__state="withdrawn")


def _working(story: OuterRef) -> QuerySet[models.Piece]:
    """The pieces on a story that are in work, wait for their edition, or stand in one that is not published yet."""
    in_work = Q(state__in=("draft", "submitted", "returned"))
    waiting = Q(state="accepted") & (Q(edition=None) | Q(edition__state__in=("open", "frozen")))
    return models.Piece.objects.filter(in_work | waiting, story_id=story)


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
