"""What people do to a piece: begin it, save it, hand it in, return, accept, withdraw, comment, and take each of these back.

Text is written by compare-and-swap on the version the writer has seen, states on the state and version that were seen: nobody overwrites
what they have not read, and the second of two people is told who was first. A draft holds its lead's claim without end (`claimed_until`
None); with the draft's withdrawal the 48 hours begin again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from monitor.pipeline.piece_text import LONGEST_TEXT, as_written
from monitor.store import models, piece_sources, triage
from monitor.store.again import tried_again
from monitor.store.pages_today import name_of

UNDO_FOR = timedelta(hours=24)
AUTOSAVES_APART = timedelta(minutes=5)
"""Of versions saved by themselves one in so long is kept, and the last one."""
IN_WORK = ("draft", "submitted", "returned")
WRITABLE = ("draft", "returned")
LONGEST_TITLE, LONGEST_SIGNATURE, LONGEST_COMMENT = 300, 200, 4000


@dataclass(frozen=True, slots=True)
class Move:
    """One step between states: from which, to which, the event it writes, and who may take it."""

    after: tuple[str, ...]
    to: str
    event: str
    author: bool
    editor: bool = True


MOVES: Mapping[str, Move] = {
    "submit": Move(("draft", "returned"), "submitted", "submitted", author=True),
    "take-back": Move(("submitted",), "draft", "went_back", author=True),
    "return": Move(("submitted", "accepted"), "returned", "returned", author=False),
    "accept": Move(("submitted",), "accepted", "accepted", author=False),
    "reopen": Move(("accepted",), "submitted", "reopened", author=False),
    "withdraw": Move(("draft", "returned", "submitted"), "withdrawn", "withdrawn", author=True),
    "restore": Move(("withdrawn",), "draft", "restored", author=True),
}
_EVENTS = tuple(move.event for move in MOVES.values())
_STANDING = ("state", "submitted_at", "accepted_at", "accepted_by_id")


@dataclass(frozen=True, slots=True)
class Text:
    """What a writer saves: title, text in Markdown, another signature than the author's name ("": none), language."""

    title: str
    text: str
    signature: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of an act. `outcome`: done, same (nothing to change), behind (a newer version stands), refused, gone.

    `version` is the one that stands now, by whom and since when; `state` the piece's.
    """

    outcome: str
    version: int = 0
    state: str = ""
    by: str = ""
    at: datetime | None = None


# ── begin ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def start(lead: uuid.UUID, person: models.Person, now: datetime, *, language: str) -> uuid.UUID | None:
    """Begin a piece on a lead the person has claimed, or find the one begun; None when the claim is not theirs (any more)."""
    with transaction.atomic():
        row = models.Lead.objects.select_for_update().select_related("story").filter(uuid=lead).first()
        if row is None or row.status != "claimed" or row.claimed_by_id != person.pk:
            return None
        begun = models.Piece.objects.filter(lead=row, author=person).exclude(state="withdrawn").order_by("-pk").first()
        if begun is not None:
            return begun.uuid
        piece = models.Piece.objects.create(
            lead=row, story=row.story, author=person, language=language, section=row.section, made_at=now, changed_at=now
        )
        _keep_version(piece, person, now, kept=True)
        models.PieceEvent.objects.create(piece=piece, kind="started", at=now, by=person)
        _hold_lead(piece, now)
    return piece.uuid


def _hold_lead(piece: models.Piece, now: datetime) -> None:
    """While there is a draft its writer's claim does not lapse; a lead that is free again is claimed again."""
    lead = _living_lead(piece)
    if lead is None or piece.author_id is None:
        return
    here = models.Lead.objects.filter(pk=lead.pk)
    before = _lead_standing(lead)
    held = {"status": "claimed", "claimed_by_id": piece.author_id, "claimed_until": None, "snoozed_until": None}
    mine = here.filter(status="claimed", claimed_by_id=piece.author_id, claimed_until__isnull=False).update(**held)
    if mine or here.filter(status__in=triage.OPEN).update(**held):
        models.LeadEvent.objects.create(lead=lead, kind="drafted", at=now, by_id=piece.author_id, before=before)


def _free_lead(piece: models.Piece, now: datetime) -> None:
    """Without a draft the claim ends after its 48 hours again."""
    lead = _living_lead(piece)
    same = models.Piece.objects.filter(lead=piece.lead, author_id=piece.author_id).exclude(state="withdrawn")
    if lead is None or same.exclude(pk=piece.pk).exists():
        return
    before = _lead_standing(lead)
    held = models.Lead.objects.filter(pk=lead.pk, status="claimed", claimed_by_id=piece.author_id, claimed_until=None)
    if held.update(claimed_until=now + triage.LEASE):
        models.LeadEvent.objects.create(lead=lead, kind="undrafted", at=now, by_id=piece.author_id, before=before)


def _living_lead(piece: models.Piece) -> models.Lead | None:
    """The piece's lead; when its story was merged, the one it lives on in."""
    lead = piece.lead
    if lead is None or lead.status != "merged" or lead.story.merged_into is None:
        return lead
    found: models.Lead | None = getattr(lead.story.merged_into, "lead", None)
    return found


def _lead_standing(lead: models.Lead) -> dict[str, Any]:
    until = lead.claimed_until.isoformat() if lead.claimed_until else None
    return {"status": lead.status, "claimed_by_id": lead.claimed_by_id, "claimed_until": until, "snoozed_until": None}


# ── write ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_write(piece: models.Piece, person: models.Person, *, editor: bool) -> bool:
    """Editors every piece that no frozen edition holds; writers their own while it is theirs to change."""
    if piece.state == "withdrawn" or is_frozen(piece):
        return False
    return editor or (piece.author_id == person.pk and piece.state in WRITABLE)


def is_frozen(piece: models.Piece) -> bool:
    """Whether the piece stands in an edition that may not be changed."""
    return piece.edition is not None and piece.edition.state != "open"


@tried_again
def save(key: uuid.UUID, person: models.Person, said: Text, seen: int, now: datetime, *, editor: bool, kept: bool = False) -> Saved:
    """Save title, text, signature and language upon the version `seen`; `kept` when a person asked for it rather than the clock."""
    with transaction.atomic():
        piece = find(key)
        if piece is None:
            return Saved("gone")
        if not may_write(piece, person, editor=editor):
            return told("refused", piece)
        values = _cleaned(said, piece)
        if all(getattr(piece, name) == value for name, value in values.items()):
            if kept:
                models.PieceVersion.objects.filter(piece=piece, version=piece.version).update(kept=True)
            return told("same", piece)
        return write(piece, person, seen, now, values, kept=kept)


def write(piece: models.Piece, person: models.Person, seen: int, now: datetime, values: Mapping[str, Any], *, kept: bool) -> Saved:
    """Change a piece upon the version `seen` and keep the version; inside the caller's transaction."""
    here = models.Piece.objects.filter(pk=piece.pk, version=seen, state=piece.state)
    if not here.update(**values, version=seen + 1, changed_at=now):
        return told("behind", find(piece.uuid) or piece)
    for name, value in {**values, "version": seen + 1, "changed_at": now}.items():
        setattr(piece, name, value)
    _keep_version(piece, person, now, kept=kept)
    return told("done", piece)


@tried_again
def change_sources(
    key: uuid.UUID, person: models.Person, seen: int, now: datetime, change: Callable[[models.Piece], str], *, editor: bool
) -> tuple[Saved, str]:
    """Change what a piece cites upon the version `seen`, as a new version; `change` says "" or why it changed nothing."""
    with transaction.atomic():
        piece = find(key, hold=True)
        if piece is None:
            return Saved("gone"), ""
        if not may_write(piece, person, editor=editor):
            return told("refused", piece), ""
        if piece.version != seen:
            return told("behind", piece), ""
        if said := change(piece):
            return told("same", piece), said
        return write(piece, person, seen, now, {}, kept=False), ""


def _cleaned(said: Text, piece: models.Piece) -> dict[str, str]:
    return {
        "title": " ".join(as_written(said.title, LONGEST_TITLE).split()),
        "text": as_written(said.text, LONGEST_TEXT),
        "signature": " ".join(as_written(said.signature, LONGEST_SIGNATURE).split()),
        "language": said.language or piece.language,
    }


def _keep_version(piece: models.Piece, person: models.Person, now: datetime, *, kept: bool) -> None:
    """Keep the piece as it stands, and let an autosave go that another one follows within five minutes."""
    last = list(models.PieceVersion.objects.filter(piece=piece).order_by("-version")[:2])
    if len(last) == 2 and not last[0].kept and last[0].by_id == person.pk and now - last[1].at < AUTOSAVES_APART:
        last[0].delete()
    models.PieceVersion.objects.create(
        piece=piece,
        version=piece.version,
        title=piece.title,
        text=piece.text,
        sources=piece_sources.as_json(piece),
        at=now,
        by=person,
        kept=kept,
    )


@tried_again
def bring_back(key: uuid.UUID, person: models.Person, version: int, seen: int, now: datetime, *, editor: bool) -> Saved:
    """Set title, text and sources back to an earlier version; that is a new version, and nothing is lost."""
    with transaction.atomic():
        piece = find(key, hold=True)
        old = models.PieceVersion.objects.filter(piece=piece, version=version).first() if piece else None
        if piece is None or old is None:
            return Saved("gone")
        if not may_write(piece, person, editor=editor):
            return told("refused", piece)
        if piece.version != seen:
            return told("behind", piece)
        piece_sources.set_back(piece, old.sources)
        return write(piece, person, seen, now, {"title": old.title, "text": old.text}, kept=True)


# ── states ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_move(piece: models.Piece, step: str, person: models.Person, *, editor: bool) -> bool:
    """Whether this person may take this step with the piece as it stands."""
    move = MOVES[step]
    return _may_take(move, piece, person, editor=editor) and piece.state in move.after and not is_frozen(piece)


def _may_take(move: Move, piece: models.Piece, person: models.Person, *, editor: bool) -> bool:
    return (editor and move.editor) or (move.author and piece.author_id == person.pk)


@tried_again
def move(key: uuid.UUID, step: str, person: models.Person, seen: int, now: datetime, *, editor: bool, note: str = "") -> Saved:
    """Take one step; `seen` is the version that was read. Raises KeyError for a step that is none."""
    with transaction.atomic():
        piece = find(key)
        if piece is None:
            return Saved("gone")
        if not may_move(piece, step, person, editor=editor):
            return told("refused", piece)
        before = _standing(piece)
        to = MOVES[step].to
        values: dict[str, Any] = {"state": to, "accepted_at": now if to == "accepted" else None}
        values["accepted_by_id"] = person.pk if to == "accepted" else None
        if step == "submit":
            values["submitted_at"] = now
        if not models.Piece.objects.filter(pk=piece.pk, state=piece.state, version=seen).update(**values):
            return told("behind", find(key) or piece)
        event = MOVES[step].event
        models.PieceEvent.objects.create(
            piece=piece, kind=event, at=now, by=person, version=seen, note=as_written(note, LONGEST_COMMENT).strip(), before=before
        )
        _after_move(piece, to, now)
        return told("done", find(key) or piece)


def _after_move(piece: models.Piece, to: str, now: datetime) -> None:
    if to == "submitted":
        models.PieceVersion.objects.filter(piece=piece, version=piece.version).update(kept=True)
        piece_sources.ask_links(piece, now)
    if to == "withdrawn":
        _free_lead(piece, now)
    elif piece.state == "withdrawn":
        _hold_lead(piece, now)


def may_undo(piece: models.Piece, events: Sequence[models.PieceEvent], person: models.Person, now: datetime, *, editor: bool) -> bool:
    """Whether the last step taken with the piece (`events`, last first) was this person's, is not a day old and still stands.

    Who may not take a step any more may not take it back either.
    """
    event = next((one for one in events if one.kind in _EVENTS and one.undone_at is None), None)
    if event is None or event.by_id != person.pk or now - event.at > UNDO_FOR or is_frozen(piece):
        return False
    moves = [move for move in MOVES.values() if move.event == event.kind and move.to == piece.state]
    return any(_may_take(move, piece, person, editor=editor) for move in moves)


@tried_again
def undo(key: uuid.UUID, person: models.Person, now: datetime, *, editor: bool) -> Saved:
    """Take one's last step back: the piece stands where it stood before; what was written since stays."""
    with transaction.atomic():
        piece = find(key)
        if piece is None:
            return Saved("gone")
        event = piece.events.filter(kind__in=_EVENTS, undone_at=None).order_by("-pk").first()
        if event is None or not may_undo(piece, [event], person, now, editor=editor):
            return told("refused", piece)
        values = {name: event.before.get(name) for name in _STANDING}
        for name in ("submitted_at", "accepted_at"):
            values[name] = datetime.fromisoformat(str(values[name])) if values[name] else None
        models.PieceEvent.objects.filter(pk=event.pk).update(undone_at=now)
        models.Piece.objects.filter(pk=piece.pk, state=piece.state).update(**values)
        _after_move(piece, str(values["state"]), now)
        return told("done", find(key) or piece)


def _standing(piece: models.Piece) -> dict[str, Any]:
    values = {name: getattr(piece, name) for name in _STANDING}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def comment(key: uuid.UUID, person: models.Person, note: str, passage: str, now: datetime) -> Saved:
    """Say something about a piece, or about some words of it."""
    said, words = as_written(note, LONGEST_COMMENT).strip(), " ".join(as_written(passage, 500).split())
    piece = find(key)
    if piece is None:
        return Saved("gone")
    if not said:
        return told("refused", piece)
    models.PieceEvent.objects.create(piece=piece, kind="comment", at=now, by=person, version=piece.version, note=said, passage=words)
    return told("done", piece)


@tried_again
def settle(key: uuid.UUID, which: uuid.UUID, person: models.Person, now: datetime, *, editor: bool, settled: bool = True) -> bool:
    """A comment has been seen to, or, not `settled`, has not after all; False when it stood so already.

    The piece's writer and editors say so; nobody else, or what a writer is asked could be taken from their list unseen.
    """
    piece = find(key)
    if piece is None or not (editor or piece.author_id == person.pk):
        return False
    rows = models.PieceEvent.objects.filter(piece__uuid=key, uuid=which, kind="comment", settled_at__isnull=settled)
    return rows.update(settled_at=now if settled else None, settled_by=person if settled else None) == 1


# ── told ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(key: uuid.UUID, *, hold: bool = False) -> models.Piece | None:
    """The piece with this id, with what acts need of it; `hold`: nobody else changes it before the caller's transaction ends."""
    rows = models.Piece.objects.select_for_update(of=("self",)) if hold else models.Piece.objects.all()
    return rows.select_related("lead__story__merged_into__lead", "edition", "author").filter(uuid=key).first()


def told(outcome: str, piece: models.Piece) -> Saved:
    """What came of an act, with the version that stands and whose it is."""
    last = models.PieceVersion.objects.filter(piece=piece).select_related("by").order_by("-version").first()
    return Saved(outcome, piece.version, piece.state, name_of(last.by) if last else "", last.at if last else piece.changed_at)
