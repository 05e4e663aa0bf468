"""Entries become articles: new ones, edited headlines as versions, and what a feed already said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from monitor.pipeline.pick import ChangedEntry, Fingerprints, KnownEntry, NewEntry
from monitor.store import models, rows, search_index


@dataclass(frozen=True, slots=True)
class SeenEntries:
    """What one poll found, ready to keep; `hosts` names the host of each new link for the pace of page reading."""

    new: tuple[NewEntry, ...]
    changed: tuple[ChangedEntry, ...]
    passed: tuple[NewEntry, ...]  # entries of a deep archive: remembered, never read
    hosts: tuple[str, ...]
    language: str
    section: str
    text: str  # page, feed or none: where the article's text comes from
    items: bytes = b""  # hashes of the document's items, which need not be read again


def known(feed: int, prints: Fingerprints) -> dict[str, KnownEntry]:
    """The entries of a feed that a fetched document may be repeating, by guid hash."""
    same = Q(guid_hash__in=prints.guid_hashes) | Q(link_key__in=prints.link_keys) | Q(title_hash__in=prints.title_hashes)
    columns = ("guid_hash", "link_key", "title", "title_hash", "content_hash", "published_at")
    found = models.Entry.objects.filter(same, feed_id=feed).values_list(*columns)
    return {
        guid: KnownEntry(guid, link, title, title_hash, content_hash, at.date().isoformat() if at else "")
        for guid, link, title, title_hash, content_hash, at in found
    }


def keep(feed: int, outlet: int, seen: SeenEntries, now: datetime) -> int:
    """Write new and changed entries inside the caller's transaction; returns how many articles are new to the desk."""
    for changed in seen.changed:
        _keep_change(feed, changed, now)
    rows.insert_objects(models.Entry, [_entry(feed, new, None, now) for new in seen.passed], if_new=True)
    return _keep_new(feed, outlet, seen, now) if seen.new else 0


def _keep_new(feed: int, outlet: int, seen: SeenEntries, now: datetime) -> int:
    by_key = _articles_by_key([new.link_key for new in seen.new])
    fresh: dict[str, dict[str, Any]] = {}
    hosts: dict[str, str] = {}
    for new, host in zip(seen.new, seen.hosts, strict=True):
        if new.link_key not in by_key and new.link_key not in fresh:
            fresh[new.link_key] = _article(new, outlet, seen, now)
            hosts[new.link_key] = host
    rows.insert_objects(models.Article, list(fresh.values()), if_new=True)
    stored = _articles_by_key(list(fresh)) if fresh else {}
    made = set(models.Article.objects.filter(uuid__in=[one["uuid"] for one in fresh.values()]).values_list("pk", flat=True))
    mine = {key: pk for key, pk in stored.items() if pk in made}  # another worker may have been first: then it is read there
    to_read = [{"article_id": pk, "due_at": now, "host": hosts[key][:255]} for key, pk in mine.items()]
    rows.insert_objects(models.ToRead, to_read, if_new=True)
    by_key |= stored
    rows.insert_objects(models.Entry, [_entry(feed, new, by_key[new.link_key], now) for new in seen.new], if_new=True)
    return len(mine)


def _articles_by_key(keys: list[str]) -> dict[str, int]:
    """Article by the key of any address it was ever seen under."""
    found = dict(models.Article.objects.filter(key__in=keys).values_list("key", "pk"))
    missing = [key for key in keys if key not in found]
    if missing:
        found |= dict(models.ArticleAddress.objects.filter(key__in=missing).values_list("key", "article_id"))
    return found


def _keep_change(feed: int, changed: ChangedEntry, now: datetime) -> None:
    """An edited headline: the article keeps its identity, the earlier headline becomes a version."""
    entry = models.Entry.objects.filter(feed_id=feed, guid_hash=changed.guid_hash).select_related("article").first()
    if entry is None:
        return
    article = entry.article
    if article is not None and changed.title_changed and changed.entry.title and changed.entry.title != article.title:
        models.ArticleVersion.objects.get_or_create(
            article=article, title=article.title, seen_at=now, defaults={"summary": article.summary}
        )
        models.Article.objects.filter(pk=article.pk).update(title=changed.entry.title[:1000], summary=changed.entry.summary)
        if article.state != "waiting":
            models.ToGroup.objects.update_or_create(article=article, defaults={"due_at": now, "claim_token": "", "attempts": 0})
        search_index.reindex([article.pk])
    entry.title, entry.title_hash, entry.content_hash = changed.entry.title[:1000], changed.title_hash, changed.content_hash
    entry.save(update_fields=["title", "title_hash", "content_hash"])


def _article(new: NewEntry, outlet: int, seen: SeenEntries, now: datetime) -> dict[str, Any]:
    published = new.published
    return {
        "uuid": uuid.uuid4().hex,
        "key": new.link_key,
        "url": new.entry.link,
        "outlet_id": outlet,
        "title": new.entry.title[:1000],
        "summary": new.entry.summary,
        "section_hint": seen.section[:40],
        "language_hint": (new.entry.language or seen.language)[:12],
        "authors": rows.as_json(list(new.entry.authors)),
        "published_at": published.at if published else None,
        "published_offset": published.offset if published else None,
        "published_precision": published.precision if published else "minute",
        "discovered_at": now,
    }


def _entry(feed: int, new: NewEntry, article: int | None, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed,
        "guid_hash": new.guid_hash,
        "article_id": article,
        "link_key": new.link_key,
        "title": new.entry.title[:1000],
        "title_hash": new.title_hash,
        "content_hash": new.content_hash,
        "content": new.entry.content,
        "published_at": new.published.at if new.published else None,
        "seen_at": now,
    }
