"""Writes the sample newsroom's press review into a demo desk, step by step as its people would: claim, write, cite, hand in, accept, place.

What the desk has not read (an outlet that refuses its pages) is cited from the samples as a writer would type it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.config.newsroom_editions import SampleEdition, SamplePiece, SampleReview
from monitor.config.newsroom_values import Samples
from monitor.records import Style
from monitor.store import editions, people, piece_acts, sample_articles, triage
from monitor.store.piece_acts import Text
from monitor.store.sample_articles import Writer

DOMAIN = "press-monitor.example"


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of the demo desk."""

    writers: Mapping[tuple[str, str], Writer]
    editor: Writer


def write_samples(review: SampleReview, samples: Samples, style: Style, organisation: str, now: datetime) -> list[str]:
    """Make the editions; returns a line for each, saying how many pieces it holds. Nothing is done on a desk that has editions already."""
    if editions.any_yet():
        return []
    people.first_admin(now)
    writers = {name: _person(name, "contributor", now) for name in review.people}
    staff = Staff(writers, _person(review.editor, "editor", now))
    return [_edition(one, samples, style, organisation, staff, now) for one in review.editions]


def _person(name: tuple[str, str], role: str, now: datetime) -> Writer:
    given, family = name
    address = f"{sample_articles.plain(given)}.{sample_articles.plain(family)}@{DOMAIN}"
    return people.add(address, given, family, role, "en", now)


def _edition(told: SampleEdition, samples: Samples, style: Style, organisation: str, staff: Staff, now: datetime) -> str:
    ahead = timedelta(0) if told.finished else timedelta(days=7)
    deadline = None if told.finished else now + timedelta(days=6)
    wanted = editions.Wanted(told.language, (now + ahead).date(), told.number, "", deadline)
    row = editions.make(style, wanted, staff.editor, now)
    written = 0
    for piece in told.pieces:
        key = _piece(piece, told.language, samples, staff, now)
        if key is None:
            continue
        written += 1
        if piece.placed:
            seen = editions.find(row.uuid).version
            editions.place(row.uuid, key, piece.section, 99, staff.editor, now, seen=seen)
    whole = told.finished and written == len(told.pieces)
    if whole:
        editions.freeze(row.uuid, style, organisation, staff.editor, now, seen=editions.find(row.uuid).version)
        editions.publish(row.uuid, staff.editor, now)
    return f"edition {told.number}: {written} pieces, {'published' if whole else 'in progress'}"


def _piece(piece: SamplePiece, language: str, samples: Samples, staff: Staff, now: datetime) -> uuid.UUID | None:
    """One piece on its lead; None when the desk has not grouped its event (yet)."""
    writer = staff.writers[piece.by]
    cited = [samples.article(name) for name in piece.sources]
    outlets = {one.id: one for one in samples.outlets}
    lead = sample_articles.lead_of([(one.outlet, one.title) for one in cited])
    if lead is None:
        return None
    triage.claim(lead.id, writer, now, seen=lead.status)
    key = piece_acts.start(lead.id, writer, now, language=language)
    if key is None:
        return None
    saved = piece_acts.save(key, writer, Text(piece.title, piece.text), 1, now, editor=False, kept=True)
    for one in cited:
        typed = sample_articles.typed(outlets[one.outlet], one, now)
        saved, _why = sample_articles.cite(key, writer, saved.version, now, (one.outlet, one.title), typed)
    if piece.state in ("submitted", "accepted"):
        saved = piece_acts.move(key, "submit", writer, saved.version, now, editor=False)
    if piece.state == "accepted":
        piece_acts.move(key, "accept", staff.editor, saved.version, now, editor=True)
    return key
