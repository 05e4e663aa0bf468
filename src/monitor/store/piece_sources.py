"""What a piece cites: taken from the archive, added by its address, typed by hand, put in order; and what is asked of their pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max

from monitor.pipeline.addresses import host_of, key
from monitor.pipeline.clean import clean_title
from monitor.pipeline.moments import local_day
from monitor.store import due, models
from monitor.store.again import tried_again

MOST_SOURCES = 30
LEASE = timedelta(minutes=5)
ASKED_AGAIN = timedelta(hours=12)
"""A link that was asked for within this time is not asked for again."""
_LONGEST = 2048  # characters of an address
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FIELDS = ("outlet", "headline", "language", "country", "address", "by_hand")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed of a source."""

    outlet: str
    headline: str
    address: str
    dated: date | None
    language: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A claimed source: its page is to be read (`wish` read) or its link to be asked for (link)."""

    key: int
    token: str
    address: str
    wish: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page said of itself; `text` "" when none may be kept."""

    outlet: str
    headline: str
    language: str
    dated: date | None
    text: str
    verdict: str
    address: str = ""


# ── changes, inside the caller's transaction ─────────────────────────────────────────────────────────────────────────


def cite(piece: models.Piece, article: uuid.UUID, now: datetime) -> bool:
    """Cite an article of the archive as it stands now; False when there is none, it is cited already, or the list is full."""
    row = models.Article.objects.select_related("outlet").filter(uuid=article).first()
    if row is None or piece.sources.filter(article=row).exists() or piece.sources.count() >= MOST_SOURCES:
        return False
    models.PieceSource.objects.create(
        piece=piece,
        position=_next(piece),
        article=row,
        outlet=row.outlet.name,
        headline=row.title,
        language=row.language or row.language_hint or row.outlet.language,
        country=row.outlet.country,
        address=row.url[:_LONGEST],
        dated=local_day(row.published_at, row.published_offset, row.discovered_at),
        cited_at=now,
    )
    return True


def add_address(piece: models.Piece, address: str, now: datetime) -> str:
    """Cite what stands at an address: the article when the archive has it, else a page that is read soon; returns how it went.

    cited, reading, again (cited already), full, or wrong (no address of a page).
    """
    address = address.strip()
    address = (address if "://" in address[:_LONGEST] or not address else f"https://{address}")[:_LONGEST]
    if not may_be_asked(address):
        return "wrong"
    mark = key(address)
    known = models.Article.objects.filter(key=mark).values_list("uuid", flat=True).first()
    known = known or models.ArticleAddress.objects.filter(key=mark).values_list("article__uuid", flat=True).first()
    if known is not None:
        return "cited" if cite(piece, known, now) else "again"
    if any(key(one) == mark for one in piece.sources.exclude(address="").values_list("address", flat=True)):
        return "again"
    if piece.sources.count() >= MOST_SOURCES:
        return "full"
    host = host_of(address).removeprefix("www.")[:200]
    row = models.PieceSource.objects.create(piece=piece, position=_next(piece), outlet=host, headline="", address=address, cited_at=now)
    models.ToAskSource.objects.create(source=row, wish="read", due_at=now)
    return "reading"


def may_be_asked(address: str) -> bool:
    """Whether an address is one of a web page."""
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and parts.port != 0 and parts.username is None
    except ValueError:
        return False
    return whole and _UNFIT.search(address) is None


def type_in(piece: models.Piece, said: Typed, now: datetime, which: uuid.UUID | None = None) -> bool:
    """Add a source typed by hand, or correct one that is no article of the desk; False when it cannot be."""
    values = {
        "outlet": clean_title(said.outlet, 200),
        "headline": clean_title(said.headline),
        "address": said.address.strip()[:_LONGEST] if may_be_asked(said.address.strip()) else "",
        "dated": said.dated,
        "language": said.language[:12],
        "country": said.country.upper() if re.fullmatch("[A-Za-z]{2}", said.country) else "",
        "by_hand": True,
    }
    if which is not None:
        return piece.sources.filter(uuid=which, article=None).update(**values, unread="") == 1
    if not values["outlet"] or not values["headline"] or piece.sources.count() >= MOST_SOURCES:
        return False
    models.PieceSource.objects.create(piece=piece, position=_next(piece), cited_at=now, **values)
    return True


def place(piece: models.Piece, which: uuid.UUID, position: int) -> bool:
    """Put a source in this place (from 1)."""
    rows = list(piece.sources.order_by("position", "pk"))
    moved = next((row for row in rows if row.uuid == which), None)
    if moved is None:
        return False
    rows.remove(moved)
    rows.insert(max(0, min(position - 1, len(rows))), moved)
    changed = _number(rows)
    return changed > 0


def step(piece: models.Piece, which: uuid.UUID, by: int) -> bool:
    """Move a source up (−1) or down (1)."""
    row = piece.sources.filter(uuid=which).first()
    return row is not None and place(piece, which, row.position + by)


def remove(piece: models.Piece, which: uuid.UUID) -> bool:
    """Cite it no more."""
    gone, _ = piece.sources.filter(uuid=which).delete()
    _number(list(piece.sources.order_by("position", "pk")))
    return gone > 0


def renew(piece: models.Piece, which: uuid.UUID) -> bool:
    """Take over the headline and outlet as they are now."""
    row = piece.sources.select_related("article__outlet").filter(uuid=which).exclude(article=None).first()
    if row is None or row.article is None:
        return False
    row.headline, row.outlet = row.article.title, row.article.outlet.name
    row.save(update_fields=["headline", "outlet"])
    return True


def _next(piece: models.Piece) -> int:
    last = piece.sources.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _number(rows: Iterable[models.PieceSource]) -> int:
    changed = 0
    for number, row in enumerate(rows, 1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
            changed += 1
    return changed


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_json(piece: models.Piece) -> list[dict[str, Any]]:
    """The sources of a piece, as a version keeps them."""
    return [
        {
            "uuid": str(row.uuid),
            "article": str(row.article.uuid) if row.article else "",
            "dated": row.dated.isoformat() if row.dated else "",
            "cited_at": row.cited_at.isoformat(),
        }
        | {name: getattr(row, name) for name in _FIELDS}
        for row in piece.sources.select_related("article").order_by("position", "pk")
    ]


def set_back(piece: models.Piece, kept: Iterable[Mapping[str, Any]]) -> None:
    """Make the sources those of an earlier version; texts of pages read meanwhile stay with those that stay."""
    kept = list(kept)
    piece.sources.exclude(uuid__in=[one["uuid"] for one in kept]).delete()
    there = {str(row.uuid): row for row in piece.sources.all()}
    articles = {str(row.uuid): row for row in models.Article.objects.filter(uuid__in=[one["article"] for one in kept if one["article"]])}
    for number, one in enumerate(kept, 1):
        values = {name: one.get(name, "") for name in _FIELDS} | {
            "position": number,
            "article": articles.get(one["article"]),
            "dated": date.fromisoformat(one["dated"]) if one["dated"] else None,
        }
        row = there.get(one["uuid"])
        if row is None:
            cited_at = datetime.fromisoformat(one["cited_at"])
            models.PieceSource.objects.create(uuid=one["uuid"], piece=piece, cited_at=cited_at, **values)
        else:
            models.PieceSource.objects.filter(pk=row.pk).update(**values)


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_links(piece: models.Piece, now: datetime) -> int:
    """Let every link of a piece be asked for that was not asked lately; returns how many."""
    wanted = 0
    for row in piece.sources.exclude(address=""):
        if row.checked_at is not None and now - row.checked_at < ASKED_AGAIN and not row.dead:
            continue
        models.ToAskSource.objects.get_or_create(source=row, defaults={"wish": "link", "due_at": now})
        wanted += 1
    return wanted


def claim(now: datetime, *, worker: str) -> ToAsk | None:
    """The next source to ask for, or None."""
    token, keys = due.claim(models.ToAskSource, now, limit=1, lease=LEASE, worker=worker)
    if not keys:
        return None
    row = models.ToAskSource.objects.select_related("source__piece").get(pk=keys[0])
    return ToAsk(keys[0], token, row.source.address, row.wish, row.source.piece.language)


@tried_again
def read(ask: ToAsk, found: PageRead, now: datetime) -> bool:
    """Write what a page said; what a person typed meanwhile stays."""
    with transaction.atomic():
        if not models.ToAskSource.objects.filter(pk=ask.key, claim_token=ask.token).delete()[0]:
            return False
        row = models.PieceSource.objects.get(pk=ask.key)
        row.checked_at, row.dead, row.unread = now, "", ""
        if not row.by_hand:
            row.outlet, row.headline = clean_title(found.outlet, 200) or row.outlet, clean_title(found.headline)
            row.language, row.dated = found.language[:12], found.dated
        row.save()
        if found.text:
            values = {"text": found.text, "verdict": found.verdict[:10], "read_at": now}
            models.SourceText.objects.update_or_create(source=row, defaults=values)
    return True


@tried_again
def answered(ask: ToAsk, now: datetime, *, dead: str = "", unread: str = "") -> bool:
    """Write that a link leads there, why it does not (`dead`), or why that could not be found out or the page not be read (`unread`)."""
    with transaction.atomic():
        if not models.ToAskSource.objects.filter(pk=ask.key, claim_token=ask.token).delete()[0]:
            return False
        values: dict[str, Any] = {"unread": unread[:300]} if unread else {"checked_at": now, "dead": dead[:200]}
        models.PieceSource.objects.filter(pk=ask.key).update(**values)
    return True


def later(ask: ToAsk, until: datetime) -> None:
    """Nothing was asked: it is tried again then."""
    due.hand_back(models.ToAskSource, [ask.key], ask.token, until)


def broke(ask: ToAsk, reason: str) -> None:
    """It failed for a reason of our own; it is tried again when the lease is over."""
    due.fail(models.ToAskSource, ask.key, ask.token, reason)
