"""Keeps an edition that was read from a file: its board, its pieces, what they cite, in one transaction or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from monitor.errors import EditionRefused
from monitor.pipeline.addresses import key
from monitor.pipeline.edition import EditionHead, sections_of, title_of
from monitor.pipeline.names import name_in, printed
from monitor.records import Citation, EditionPiece, EditionText, Style
from monitor.store import edition_pieces, editions, models, piece_sources
from monitor.store.again import tried_again

_LONGEST = {"title": 300, "outlet": 200, "headline": 1000, "address": 2048, "signature": 200}


@tried_again
def keep(text: EditionText, style: Style, person: models.Person | None, now: datetime, *, note: str = "") -> models.Edition:
    """An open edition with its pieces accepted and in their places; raises EditionRefused (number, language, section, text)."""
    _check(text, style)
    head = EditionHead("", text.number, text.language, text.dated)
    title = text.title if text.title != title_of(style, head) else ""
    with transaction.atomic():
        row = editions.make(style, editions.Wanted(text.language, text.dated, text.number, title), person, now)
        if not models.Edition.objects.filter(uuid=_identity(text.id)).exists():
            row.uuid = _identity(text.id)
        row.sections = _sections(text, style)
        row.save(update_fields=["uuid", "sections"])
        people = _people(text)
        placed = [(_piece(piece, text, style, people, now).pk, section.id) for section in text.sections for piece in section.pieces]
        edition_pieces.lay_out(row.pk, placed)
        for said in text.corrections:
            models.Correction.objects.create(edition=row, text=said, at=now, by=person)
        for (pk, _), piece in zip(placed, (one for section in text.sections for one in section.pieces), strict=True):
            for said in piece.corrections:
                models.Correction.objects.create(edition=row, piece_id=pk, text=said, at=now, by=person)
        editions.told(row.uuid, "imported", person, now, note)
    return row


def _check(text: EditionText, style: Style) -> None:
    """Raises EditionRefused where the database could not hold all of it."""
    known = {one.id for one in style.sections}
    for section in text.sections:
        if section.id not in known:
            raise EditionRefused("section", f"The style {style.id} has no section {section.id}.")
        for piece in section.pieces:
            _fits("title", piece.title, piece)
            _fits("signature", piece.signature or f"{piece.given_name} {piece.family_name}", piece)
            for one in piece.sources:
                _fits("outlet", one.outlet, piece)
                _fits("headline", one.headline, piece)
                _fits("address", one.address, piece)
    if len(text.title) > editions.LONGEST_TITLE:
        raise EditionRefused("text", f"The title is longer than {editions.LONGEST_TITLE} characters.")


def _fits(what: str, value: str, piece: EditionPiece) -> None:
    if len(value) > _LONGEST[what]:
        raise EditionRefused("text", f"In {piece.number} the {what} is longer than {_LONGEST[what]} characters: {value[:60]}…")


def _identity(told: str) -> uuid.UUID:
    """The id a file says, or a new one."""
    try:
        return uuid.UUID(told)
    except ValueError:
        return uuid.uuid4()


def _sections(text: EditionText, style: Style) -> list[dict[str, Any]]:
    """The board's columns: those of the file in its order and with its names, then the style's others."""
    known = {str(one["id"]): one for one in sections_of(style, text.language)}
    here = [known.pop(section.id) | {"label": section.label} for section in text.sections]
    return [*here, *known.values()]


def _people(text: EditionText) -> Mapping[tuple[str, str], models.Person]:
    """People of the desk by name, where a name is only one person's."""
    names = {(piece.given_name, piece.family_name) for section in text.sections for piece in section.pieces}
    found: dict[tuple[str, str], list[models.Person]] = {}
    for one in models.Person.objects.filter(family_name__in={family for _, family in names}):
        found.setdefault((one.given_name, one.family_name), []).append(one)
    return {name: people[0] for name, people in found.items() if len(people) == 1 and any(name)}


def _piece(
    piece: EditionPiece, text: EditionText, style: Style, people: Mapping[tuple[str, str], models.Person], now: datetime
) -> models.Piece:
    """One piece; who is not of the desk signs with the name as printed."""
    author = people.get((piece.given_name, piece.family_name)) if not piece.signature else None
    byline = style.languages[text.language].byline
    signature = piece.signature or ("" if author else printed(name_in(byline), piece.given_name, piece.family_name))
    identity = _identity(piece.id)
    taken = models.Piece.objects.filter(uuid=identity).exists()
    row = models.Piece.objects.create(
        uuid=uuid.uuid4() if taken else identity,
        story=models.Story.objects.filter(uuid=_identity(piece.story)).first() if piece.story else None,
        author=author,
        signature=signature,
        language=text.language,
        title=piece.title,
        text=piece.text,
        state="accepted",
        made_at=now,
        changed_at=now,
        submitted_at=now,
        accepted_at=now,
    )
    for position, source in enumerate(piece.sources, 1):
        _cite(row, position, source, now)
    kept = piece_sources.as_json(row)
    models.PieceVersion.objects.create(piece=row, version=1, title=row.title, text=row.text, sources=kept, at=now, kept=True)
    models.PieceEvent.objects.create(piece=row, kind="accepted", at=now)
    return row


def _cite(row: models.Piece, position: int, source: Citation, now: datetime) -> None:
    """One source; the article is found again by its address where the desk has it."""
    mark = key(source.address) if source.address else None
    article = models.Article.objects.filter(key=mark).first() if mark else None
    if article is None and mark and (seen := models.ArticleAddress.objects.select_related("article").filter(key=mark).first()):
        article = seen.article
    models.PieceSource.objects.create(
        piece=row,
        position=position,
        article=article,
        outlet=source.outlet,
        headline=source.headline,
        language=source.language[:12],
        country=source.country[:2],
        address=source.address,
        dated=source.dated,
        cited_at=now,
    )
