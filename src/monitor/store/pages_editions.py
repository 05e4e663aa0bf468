"""Editions as their pages show them: the list, the board, the history, what was corrected; a constant number of queries each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from monitor.pipeline.edition import BoardSection, PlacedPiece, board_sections
from monitor.pipeline.edition_json import style_of, text_of
from monitor.records import EditionText, PieceLine, Style
from monitor.store import edition_pieces, models, pieces
from monitor.store.pages_today import name_of

MOST = 200
MOST_EVENTS = 40


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in a list: what it is, how many pieces it holds (and accepted ones), how many it should."""

    id: str
    series: str
    number: int
    language: str
    title: str
    dated: date
    deadline: datetime | None
    state: str
    pieces: int
    accepted: int
    target: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One section of the board with its pieces in order and the places still empty."""

    id: str
    label: str
    target: int
    words: int
    pieces: tuple[PieceLine, ...]

    @property
    def empty(self) -> range:
        """The numbers of the slots nobody fills yet."""
        return range(len(self.pieces) + 1, self.target + 1)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing done with an edition, by whom and when."""

    kind: str
    at: datetime
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class Board:
    """An edition's board: its columns, what waits to be placed (accepted, and still being written), and the whole of what is placed."""

    edition: models.Edition
    columns: tuple[Column, ...]
    tray: tuple[PieceLine, ...]
    coming: tuple[PieceLine, ...]
    other_languages: int
    placed: tuple[PlacedPiece, ...]
    events: tuple[EventLine, ...]

    @property
    def sections(self) -> tuple[BoardSection, ...]:
        """The columns as the edition's steps take them."""
        return board_sections(self.edition.sections)


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One correction: of which piece ("" of the whole edition), what it says."""

    id: str
    piece: str
    text: str
    at: datetime
    who: str


def listed(states: Iterable[str] = ()) -> list[EditionLine]:
    """The editions, the newest first; only of some states when they are named."""
    rows = models.Edition.objects.defer("snapshot", "covers")
    rows = rows.filter(state__in=list(states)) if states else rows
    there = Q(pieces__section__gt="") & ~Q(pieces__state="withdrawn")
    counted = rows.annotate(placed=Count("pieces", filter=there), done=Count("pieces", filter=there & Q(pieces__state="accepted")))
    return [_line(row) for row in counted.order_by("-dated", "-number", "language")[:MOST]]


def _line(row: Any) -> EditionLine:
    target = sum(int(one.get("target") or 0) for one in row.sections)
    told = (str(row.uuid), row.series, row.number, row.language, row.title, row.dated, row.deadline, row.state)
    return EditionLine(*told, row.placed, row.done, target, row.published_at)


def find(edition: uuid.UUID) -> models.Edition | None:
    """The edition's row, or None."""
    return models.Edition.objects.select_related("made_by").filter(uuid=edition).first()


def named(text: str, language: str = "", series: str = "") -> list[models.Edition]:
    """The editions that a number or an id stands for; of one language or series when they are said."""
    rows = models.Edition.objects.order_by("series", "language")
    try:
        rows = rows.filter(number=int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else rows.filter(uuid=uuid.UUID(text))
    except ValueError:
        return []
    rows = rows.filter(language=language) if language else rows
    return list(rows.filter(series=series) if series else rows)


def board(row: models.Edition, reader: models.Person | None = None) -> Board:
    """Everything its board shows."""
    on = models.Piece.objects.filter(edition=row).exclude(state="withdrawn").order_by("section", "position", "pk")
    standing = pieces.lines(on, reader)
    free = models.Piece.objects.filter(edition=None, state__in=("accepted", *pieces.IN_WORK))
    waiting = pieces.lines(free.filter(language=row.language).order_by("-accepted_at", "-changed_at", "pk"), reader)
    known = {str(one["id"]) for one in row.sections}
    columns = tuple(
        Column(
            str(one["id"]),
            str(one.get("label") or one["id"]),
            int(one.get("target") or 0),
            int(one.get("words") or 0),
            tuple(line for line in standing if line.section == str(one["id"])),
        )
        for one in row.sections
    )
    return Board(
        edition=row,
        columns=columns,
        tray=(*(line for line in standing if line.section not in known), *(line for line in waiting if line.state == "accepted")),
        coming=tuple(line for line in waiting if line.state != "accepted"),
        other_languages=free.filter(state="accepted").exclude(language=row.language).count(),
        placed=tuple(edition_pieces.placed(row.pk)),
        events=tuple(history(row)),
    )


def history(row: models.Edition, *, since: int = 0) -> list[EventLine]:
    """What was done with an edition, the newest first."""
    events = row.events.select_related("by").defer("before").order_by("-pk")
    return [EventLine(one.kind, one.at, name_of(one.by), one.note) for one in events[: since or MOST_EVENTS]]


def corrections(row: models.Edition) -> list[CorrectionLine]:
    """What was corrected, in the order it was said."""
    rows = models.Correction.objects.select_related("piece", "by").filter(edition=row, withdrawn_at=None).order_by("at", "pk")
    return [_correction(one) for one in rows]


def _correction(one: models.Correction) -> CorrectionLine:
    return CorrectionLine(str(one.uuid), str(one.piece.uuid) if one.piece else "", one.text, one.at, name_of(one.by))


def frozen(row: models.Edition) -> tuple[EditionText, Style] | None:
    """A frozen edition with the corrections said since, its own and each piece's, and its style; None while it is open."""
    return _frozen(row, corrections(row)) if row.snapshot is not None else None


def published(most: int | None = None) -> list[tuple[EditionText, Style]]:
    """The published editions, the newest first, in two queries; all of them unless `most` says fewer."""
    there = models.Edition.objects.filter(state="published", snapshot__isnull=False)
    rows = list(there.order_by("-dated", "-number", "language")[:most])
    said: dict[int, list[CorrectionLine]] = {}
    for one in models.Correction.objects.select_related("piece", "by").filter(edition__in=rows, withdrawn_at=None).order_by("at", "pk"):
        said.setdefault(one.edition_id, []).append(_correction(one))
    return [_frozen(row, said.get(row.pk, [])) for row in rows]


def _frozen(row: models.Edition, lines: Iterable[CorrectionLine]) -> tuple[EditionText, Style]:
    snapshot, lines = row.snapshot or {}, list(lines)
    text = text_of(snapshot)
    said: dict[str, list[str]] = {}
    for one in lines:
        said.setdefault(one.piece, []).append(one.text)
    sections = tuple(
        replace(part, pieces=tuple(replace(one, corrections=(*one.corrections, *said.get(one.id, ()))) for one in part.pieces))
        for part in text.sections
    )
    corrected = max((one.at for one in lines), default=None)
    return replace(text, sections=sections, corrections=tuple(said.get("", ())), corrected=corrected), style_of(snapshot)


def before_and_after(row: models.Edition) -> tuple[models.Edition | None, models.Edition | None]:
    """The neighbours of a published edition in its series and language."""
    same = models.Edition.objects.filter(series=row.series, language=row.language, state__in=("published", "frozen"))
    same = same.defer("snapshot", "covers")
    return same.filter(number__lt=row.number).order_by("-number").first(), same.filter(number__gt=row.number).order_by("number").first()
