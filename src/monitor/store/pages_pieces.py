"""A piece with everything its page shows, the lists of pieces, and what the desk has published on a story before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Q

from monitor.pipeline.moments import local_day
from monitor.pipeline.piece_checks import CheckedSource
from monitor.records import PieceLine
from monitor.store import due, models, piece_acts, pieces
from monitor.store.pages_today import name_of

MOST_OFFERED = 80
MOST_EVENTS = 100
TOLD_FOR = timedelta(days=7)
"""For so long a writer is told on Today that a piece was accepted."""
Known = Literal["story", "archive", "lost", "read", "waiting", "unread", "typed"]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source of a piece: as it was cited, and as far as it can be checked; `unread` says why its page could not be read."""

    id: str
    article: str
    checked: CheckedSource
    by_hand: bool
    unread: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """An article of the story that may be cited."""

    id: str
    outlet: str
    headline: str
    language: str
    country: str
    dated: date
    verdict: str
    copy: bool
    cited: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a piece; `passage` are the words it is about."""

    id: str
    by: str
    mine: bool
    at: datetime
    note: str
    passage: str
    version: int
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a piece."""

    kind: str
    at: datetime
    by: str
    note: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """A piece of an edition that told a story, or what the story follows."""

    piece: str
    title: str
    edition: str
    series: str
    number: int
    dated: date
    language: str
    follows: bool = False


@dataclass(frozen=True, slots=True)
class PiecePage:
    """A piece; `signed` is how it is signed, `day` the date its sources are held against, `may` what the reader may do with it."""

    id: str
    title: str
    text: str
    language: str
    signature: str
    signed: str
    given_name: str
    family_name: str
    author: str
    mine: bool
    state: str
    version: int
    saved_by: str
    changed_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    accepted_by: str
    lead: str
    lead_status: str
    lead_mine: bool
    story: str
    headline: str
    headline_language: str
    series: str
    edition: str
    edition_number: int
    day: date | None
    sources: tuple[SourceLine, ...]
    offered: tuple[Offered, ...]
    comments: tuple[Comment, ...]
    steps: tuple[Step, ...]
    covered: tuple[Covered, ...]
    may: frozenset[str]


def piece(key: uuid.UUID, reader: models.Person, now: datetime, *, editor: bool) -> PiecePage | None:
    """The piece with this id; None when there is none."""
    related = ("author", "accepted_by", "edition", "lead", "story__lead", "story__merged_into__lead")
    row = models.Piece.objects.select_related(*related).filter(uuid=key).first()
    if row is None:
        return None
    story = row.story.merged_into or row.story if row.story else None
    lead = getattr(story, "lead", None) if story else row.lead
    sources = _sources(row, story)
    events = list(row.events.select_related("by", "settled_by").order_by("-pk")[:MOST_EVENTS])
    last = row.versions.select_related("by").order_by("-version").first()
    edition = row.edition
    return PiecePage(
        id=str(row.uuid),
        title=row.title,
        text=row.text,
        language=row.language,
        signature=row.signature,
        signed=row.signature or full_name(row.author),
        given_name=row.author.given_name if row.author else "",
        family_name=row.author.family_name if row.author else "",
        author=name_of(row.author),
        mine=row.author_id == reader.pk,
        state=row.state,
        version=row.version,
        saved_by=name_of(last.by) if last else "",
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        accepted_at=row.accepted_at,
        accepted_by=name_of(row.accepted_by),
        lead=str(lead.uuid) if lead else "",
        lead_status=lead.status if lead else "",
        lead_mine=lead is not None and lead.claimed_by_id == row.author_id,
        story=str(story.uuid) if story else "",
        headline=lead.headline if lead else "",
        headline_language=lead.headline_language if lead else "",
        series=edition.series if edition else "",
        edition=str(edition.uuid) if edition else "",
        edition_number=edition.number if edition else 0,
        day=edition.dated if edition else None,
        sources=sources,
        offered=_offered(story, {line.article for line in sources}) if story else (),
        comments=tuple(_comment(one, reader) for one in reversed(events) if one.kind == "comment"),
        steps=tuple(_step(one) for one in events if one.kind != "comment"),
        covered=tuple(one for one in covered(story.uuid, lead.reasons if lead else ()) if one.piece != str(row.uuid)) if story else (),
        may=_may(row, events, reader, now, editor=editor),
    )


def full_name(person: models.Person | None) -> str:
    """How a person signs: given and family name, "" when one is missing."""
    if person is None or not (person.given_name.strip() and person.family_name.strip()):
        return ""
    return f"{person.given_name} {person.family_name}".strip()


def _may(row: models.Piece, events: Sequence[models.PieceEvent], reader: models.Person, now: datetime, *, editor: bool) -> frozenset[str]:
    """The steps and acts open to the reader: the names of the moves, `write`, `undo`."""
    can = {step for step in piece_acts.MOVES if piece_acts.may_move(row, step, reader, editor=editor)}
    if piece_acts.may_write(row, reader, editor=editor):
        can.add("write")
    if piece_acts.may_undo(row, events, reader, now, editor=editor):
        can.add("undo")
    return frozenset(can)


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sources(row: models.Piece, story: models.Story | None) -> tuple[SourceLine, ...]:
    rows = row.sources.select_related("article__outlet", "article__body", "body", "to_ask").order_by("position", "pk")
    return tuple(_source(one, number, story) for number, one in enumerate(rows, 1))


def _source(row: models.PieceSource, number: int, story: models.Story | None) -> SourceLine:
    article, body, asked = row.article, getattr(row, "body", None), getattr(row, "to_ask", None)
    lost = asked is not None and asked.attempts >= due.GIVE_UP_AFTER
    asked, unread = (None, row.unread or asked.last_error) if asked is not None and lost else (asked, row.unread)
    waiting = asked is not None and asked.wish == "read" and not row.by_hand
    was_read = row.checked_at is not None and not row.by_hand
    text = getattr(article, "body", None) if article else body
    verdict = article.verdict if article else body.verdict if body else ""
    checked = CheckedSource(
        position=number,
        outlet=row.outlet,
        headline=row.headline,
        language=row.language,
        country=row.country,
        dated=row.dated,
        address=row.address,
        known=_known(row, story, waiting=waiting, unread=unread != "", read=body is not None or was_read),
        headline_now=article.title if article else "",
        outlet_now=article.outlet.name if article else "",
        text=text.text if text else None,
        whole=verdict == "full",
        gone=text is None and article is not None and article.verdict in ("full", "summary", "paywalled") and article.characters > 0,
        asking=asked is not None,
        asked=row.checked_at is not None,
        dead=row.dead,
    )
    return SourceLine(str(row.uuid), str(article.uuid) if article else "", checked, row.by_hand, unread, asked is not None)


def _known(row: models.PieceSource, story: models.Story | None, *, waiting: bool, unread: bool, read: bool) -> Known:
    if row.article is not None:
        return "story" if story is not None and row.article.story_id == story.pk else "archive"
    if waiting or (unread and not row.by_hand):
        return "waiting" if waiting else "unread"
    return "read" if read else "typed"


def _offered(story: models.Story, cited: set[str]) -> tuple[Offered, ...]:
    rows = models.Article.objects.filter(story=story).select_related("outlet").order_by("copy_of_id", "discovered_at", "pk")
    found = [
        Offered(
            id=str(row.uuid),
            outlet=row.outlet.name,
            headline=row.title,
            language=row.language or row.language_hint or row.outlet.language,
            country=row.outlet.country,
            dated=local_day(row.published_at, row.published_offset, row.discovered_at),
            verdict=row.verdict,
            copy=row.copy_of_id is not None,
            cited=str(row.uuid) in cited,
        )
        for row in rows[:MOST_OFFERED]
    ]
    return tuple(sorted(found, key=lambda one: one.copy))


def _step(row: models.PieceEvent) -> Step:
    return Step(row.kind, row.at, name_of(row.by), row.note, row.undone_at is not None)


def _comment(row: models.PieceEvent, reader: models.Person) -> Comment:
    mine = row.by_id == reader.pk
    return Comment(
        str(row.uuid), name_of(row.by), mine, row.at, row.note, row.passage, row.version, name_of(row.settled_by), row.settled_at
    )


# ── what was published before ────────────────────────────────────────────────────────────────────────────────────────


def covered(story: uuid.UUID, reasons: Iterable[str] = ()) -> tuple[Covered, ...]:
    """What published editions told of this story, of those merged into it, or of the one it follows by its lead’s reasons; newest first."""
    before = [mark for reason in reasons if str(reason).startswith("follows:") and (mark := _uuid(str(reason).rpartition(":")[2]))]
    told = Q(story__uuid__in=[story, *before]) | Q(story__merged_into__uuid=story)
    rows = models.Piece.objects.filter(told, state="accepted", edition__state__in=("published", "frozen"))
    found = rows.select_related("edition", "story").order_by("-edition__dated", "-pk")[:10]
    return tuple(
        Covered(
            piece=str(row.uuid),
            title=row.title,
            edition=str(row.edition.uuid),
            series=row.edition.series,
            number=row.edition.number,
            dated=row.edition.dated,
            language=row.language,
            follows=row.story is not None and row.story.uuid in before,
        )
        for row in found
        if row.edition is not None
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Lists:
    """The pieces of the desk by how far they are: one's own in work, handed in, others' in work, accepted and not in an edition yet."""

    mine: tuple[PieceLine, ...]
    submitted: tuple[PieceLine, ...]
    others: tuple[PieceLine, ...]
    accepted: tuple[PieceLine, ...]
    withdrawn: tuple[PieceLine, ...]


def lists(reader: models.Person) -> Lists:
    """Every piece in work or accepted, and one's own withdrawn ones, last changed first."""
    wanted = Q(state__in=piece_acts.IN_WORK) | Q(state="accepted") & (Q(edition=None) | Q(edition__state="open"))
    rows = models.Piece.objects.filter(wanted | Q(state="withdrawn", author=reader)).order_by("-changed_at", "-pk")
    found = pieces.lines(rows, reader)
    return Lists(
        mine=tuple(one for one in found if one.mine and one.state in piece_acts.IN_WORK),
        submitted=tuple(one for one in found if one.state == "submitted" and not one.mine),
        others=tuple(one for one in found if not one.mine and one.state in piece_acts.WRITABLE),
        accepted=tuple(one for one in found if one.state == "accepted"),
        withdrawn=tuple(one for one in found if one.state == "withdrawn")[:10],
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What a writer is told of a piece of theirs: returned, commented, or accepted; by whom and when."""

    piece: str
    title: str
    kind: str
    by: str
    at: datetime


def notices(reader: models.Person, now: datetime) -> list[Notice]:
    """What happened to the reader's pieces by others' hands and still waits for them: returned, commented; accepted in the last week."""
    rows = models.PieceEvent.objects.filter(piece__author=reader, undone_at=None).exclude(by=reader)
    waits = Q(kind="returned", piece__state="returned") | Q(kind="comment", settled_at=None, piece__state__in=piece_acts.IN_WORK)
    news = Q(kind="accepted", piece__state="accepted", at__gte=now - TOLD_FOR)
    found = rows.filter(waits | news).select_related("piece", "by").order_by("-pk")[:MOST_EVENTS]
    told: dict[uuid.UUID, Notice] = {}
    for row in found:
        told.setdefault(row.piece.uuid, Notice(str(row.piece.uuid), row.piece.title, row.kind, name_of(row.by), row.at))
        if row.kind == "returned":
            told[row.piece.uuid] = Notice(str(row.piece.uuid), row.piece.title, row.kind, name_of(row.by), row.at)
    return list(told.values())


def waiting_for_editors(reader: models.Person) -> int:
    """How many pieces of others wait to be read by an editor."""
    return models.Piece.objects.filter(state="submitted").exclude(author=reader).count()


def begun(leads: Iterable[str], reader: models.Person) -> dict[str, str]:
    """The reader's pieces in work on these leads, by the lead's id."""
    rows = models.Piece.objects.filter(lead__uuid__in=list(leads), author=reader).exclude(state="withdrawn").order_by("pk")
    return {str(lead): str(piece) for lead, piece in rows.values_list("lead__uuid", "uuid")}


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a piece; `kept` says that a person saved it, rather than the clock."""

    version: int
    title: str
    text: str
    at: datetime
    by: str
    kept: bool
    sources: tuple[str, ...]


def versions(key: uuid.UUID, most: int = 100) -> list[VersionLine]:
    """The versions of a piece, newest first."""
    rows = models.PieceVersion.objects.filter(piece__uuid=key).select_related("by").order_by("-version")[:most]
    return [_version(row) for row in rows]


def version(key: uuid.UUID, number: int) -> VersionLine | None:
    """One version; the last one before it when it was thinned out; None when there is none."""
    rows = models.PieceVersion.objects.filter(piece__uuid=key, version__lte=number).select_related("by").order_by("-version")
    row = rows.first()
    return _version(row) if row else None


def _version(row: models.PieceVersion) -> VersionLine:
    sources = tuple(f"{one.get('outlet', '')} — {one.get('headline', '')}" for one in row.sources)
    return VersionLine(row.version, row.title, row.text, row.at, name_of(row.by), row.kept, sources)
