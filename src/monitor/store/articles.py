"""Articles as work to read: claim, and write one reading (text, tags, due for grouping) in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from monitor.pipeline.addresses import key as address_key
from monitor.records import AboutArticle, Article, CountryScore, Evidence, Moment, Tagged, ThemeScore
from monitor.store import due, models, rows, search_index
from monitor.store.again import tried_again
from monitor.store.feeds import LOOPBACK

LEASE = timedelta(minutes=5)
"""How long a claimed page reading is ours: a fetch takes 30 s at the most, a reading 15 s."""
OWN_FAULTS = 2
"""Readings of one article that may fail for a reason of our own, each with a request."""
GIVEN_UP = "The desk failed twice to read this article, for a reason of its own; the log says which."


@dataclass(frozen=True, slots=True)
class DueArticle:
    """A claimed article: what is known of it, and how its outlet is to be read."""

    key: int
    token: str
    attempts: int
    host: str
    about: AboutArticle
    text_from: str
    feed_url: str = ""  # the feed that led here: what may be asked depends on it


_COLUMNS = (
    "article_id", "attempts", "article__uuid", "article__url", "host", "article__title", "article__summary", "article__authors",
    "article__published_at", "article__published_offset", "article__published_precision", "article__discovered_at",
    "article__section_hint", "article__language_hint", "article__outlet__slug", "article__outlet__name", "article__outlet__country",
    "article__outlet__language", "article__outlet__kind", "article__outlet__text",
)  # fmt: skip


def claim_to_read(now: datetime, *, limit: int, worker: str, loopback_only: bool = False) -> list[DueArticle]:
    """Claim up to `limit` articles whose page is to be read, most overdue first; without a contact only those on loopback (P51)."""
    where = Q(article__url__regex=LOOPBACK) if loopback_only else None
    token, keys = due.claim(models.ToRead, now, limit=limit, lease=LEASE, worker=worker, where=where)
    if not keys:
        return []
    told = models.Entry.objects.filter(article_id__in=keys).order_by("-pk").values_list("article_id", "content", "feed__url")
    contents = {article: content for article, content, _ in told if content}
    origins = {article: feed for article, _, feed in told}
    found = {}
    for row in models.ToRead.objects.filter(pk__in=keys, claim_token=token).values_list(*_COLUMNS):
        key, attempts, uuid, url, host, title, summary, authors, at, offset, precision, discovered, *rest = row
        published = Moment(at, offset, precision) if at else None
        *whose, text_from = rest
        about = AboutArticle(str(uuid), url, title, summary, contents.get(key, ""), tuple(authors), published, discovered, *whose)
        found[key] = DueArticle(key, token, attempts, host, about, text_from, origins.get(key, ""))
    return [found[key] for key in keys if key in found]


def on_their_way(by: datetime) -> int:
    """How many articles are being read, or will be by a moment."""
    soon, in_hand = Q(due_at__lte=by, attempts__lt=due.GIVE_UP_AFTER), Q(due_at__lte=by + LEASE) & ~Q(claim_token="")
    return models.ToRead.objects.filter(soon | in_hand).count()


@tried_again
def postpone(articles: Iterable[tuple[DueArticle, datetime]]) -> None:
    """Hand claimed articles back, untouched, each until its host's turn."""
    with transaction.atomic():
        for article, until in articles:
            due.hand_back(models.ToRead, [article.key], article.token, until)


def let_go(article: DueArticle, *, begun: bool, now: datetime) -> None:
    """Release an article whose reading was cut short; one whose page was not asked yet is due again as if nothing had been."""
    if begun:
        due.let_go(models.ToRead, [article.key], article.token, now)
    else:
        due.hand_back(models.ToRead, [article.key], article.token, now)


@tried_again
def broke(article: DueArticle, reason: str, due_at: datetime) -> None:
    """Note that a reading failed for a reason of our own; the second time the article is given up (F-25), and says so."""
    with transaction.atomic():
        if due.fail(models.ToRead, article.key, article.token, reason, due_at) and article.attempts >= OWN_FAULTS:
            models.ToRead.objects.filter(pk=article.key).update(attempts=due.GIVE_UP_AFTER)
            models.Article.objects.filter(pk=article.key, read_at=None).update(state="given_up", verdict="failed", reason=GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one claimed article; with `retry_at` it is provisional (the page could not be fetched): the article has its place in
    the queue by title and summary, and its page is tried once more then."""

    claimed: DueArticle
    read: Article
    retry_at: datetime | None = None


@tried_again
def finish(readings: Sequence[Reading], now: datetime) -> list[Reading]:
    """Write readings in one transaction; returns those written: one whose claim was lost is thrown away."""
    with transaction.atomic():
        ours = [one for one in readings if _settle(one.claimed, one.read, one.retry_at)]
        keyed = [(one.claimed.key, one.read) for one in ours]
        rows.update(models.Article, "id", [(one.claimed.key, _columns(one.claimed, one.read, now, final=not one.retry_at)) for one in ours])
        rows.upsert(models.ArticleText, "article_id", ("article_id", "text"), [(key, read.text) for key, read in keyed if read.text])
        docs = [(key, read.doc_at, read.doc) for key, read in keyed]
        rows.upsert(models.ArticleDoc, "article_id", ("article_id", "at", "doc"), docs)
        waiting = [(key, now, "", 0, "") for key, _ in keyed]
        rows.upsert(models.ToGroup, "article_id", ("article_id", "due_at", "claim_token", "attempts", "last_error"), waiting)
        outlets = {one.claimed.key: one.claimed.about.outlet for one in ours}
        search_index.write([search_index.row_of(key, outlets[key], read) for key, read in keyed if read.words is not None])
        for one in ours:
            _keep_alias(one.claimed, one.read)
    return ours


def _settle(claimed: DueArticle, read: Article, retry_at: datetime | None) -> bool:
    if retry_at is None:
        return rows.delete_claimed(models.ToRead, "article_id", claimed.key, claimed.token)
    ours = models.ToRead.objects.filter(pk=claimed.key, claim_token=claimed.token)
    return ours.update(due_at=retry_at, claim_token="", last_error=read.reason[:500]) == 1


def _columns(claimed: DueArticle, read: Article, now: datetime, *, final: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": "read" if final else "waiting",
        "verdict": read.verdict,
        "reason": read.reason[:500],
        "rights": read.rights,
        "language": read.language,
        "language_confidence": read.language_confidence,
        "characters": len(read.text),
        **columns_of(read.tagged),
        "agency": read.agency,
        "read_at": now,
        "modified_at": read.modified.at if read.modified else None,
    }
    if not claimed.about.title and read.title:
        values["title"] = read.title[:1000]
    if read.authors:
        values["authors"] = rows.as_json(list(read.authors))
    if read.published is not None:
        values |= {
            "published_at": read.published.at,
            "published_offset": read.published.offset,
            "published_precision": read.published.precision,
        }
    return values


def columns_of(tagged: Tagged) -> dict[str, Any]:
    """Tags as an article keeps them."""
    return {
        "section": tagged.section,
        "themes": rows.as_json([{"theme": t.theme, "score": t.score, "confidence": t.confidence} for t in tagged.themes]),
        "places": rows.as_json([{"country": c.country, "score": c.score, "count": c.count} for c in tagged.countries]),
        "entities": rows.as_json(list(tagged.entities)),
        "noise": tagged.noise,
        "evidence": rows.as_json([_evidence(one) for one in tagged.evidence]),
    }


def tagged_of(row: models.Article) -> Tagged:
    """The inverse of `columns_of`, but for the scores of sections, which are not kept."""
    return Tagged(
        row.section,
        {},
        tuple(CountryScore(one["country"], one["score"], one["count"]) for one in row.places),
        tuple(ThemeScore(one["theme"], one["score"], one["confidence"]) for one in row.themes),
        tuple(row.entities),
        row.noise,
        tuple(Evidence(one["what"], one["words"], one["zone"], one["offset"], one["rule"]) for one in row.evidence),
    )


def _evidence(one: Evidence) -> dict[str, Any]:
    return {"what": one.what, "words": one.words, "zone": one.zone, "offset": one.offset, "rule": one.rule}


def _keep_alias(claimed: DueArticle, read: Article) -> None:
    """Remember the page's canonical address as another name of the article (decisions: every address seen is an alias)."""
    if not read.canonical or read.canonical_key in {"", address_key(claimed.about.url)}:
        return
    if not models.Article.objects.filter(key=read.canonical_key).exists():
        models.ArticleAddress.objects.get_or_create(key=read.canonical_key, defaults={"url": read.canonical, "article_id": claimed.key})
