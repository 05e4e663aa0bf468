"""Editions as people make them: begun, changed, filled piece by piece, frozen, opened again, published, withdrawn.

Every change of a board names the version its maker saw and is refused with `meanwhile` when somebody was first: nothing of theirs is lost,
and the page shows the board as it is now with the wish still open (docs/reliability.md, two at once). What cannot be done raises
EditionRefused: gone, number, meanwhile, state, piece, elsewhere, language, section, hindered, text,
nothing, kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from monitor.errors import EditionRefused
from monitor.pipeline.edition import EditionHead, board_sections, edition_text, hindrances, sections_of
from monitor.pipeline.edition_json import to_json
from monitor.records import EditionText, Style
from monitor.store import edition_mail, edition_pieces, models, pieces
from monitor.store.again import tried_again

CLOSED = ("frozen", "published", "withdrawn")
MOST_NOTE = 500
LONGEST_TITLE = 300
LARGEST_NUMBER = 1_000_000

Edition = models.Edition
Person = models.Person | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an edition is to be; `number` None: the next of its series and language."""

    language: str
    dated: date
    number: int | None = None
    title: str = ""
    deadline: datetime | None = None


@tried_again
def make(style: Style, wanted: Wanted, person: Person, now: datetime) -> models.Edition:
    """Begin an edition in a style; raises EditionRefused (number, language)."""
    _check(wanted, style)
    sections = sections_of(style, wanted.language)
    try:
        with transaction.atomic():
            number = wanted.number or next_number(style.id, wanted.language)
            row = models.Edition.objects.create(
                series=style.id,
                number=number,
                language=wanted.language,
                title=wanted.title.strip(),
                dated=wanted.dated,
                deadline=wanted.deadline,
                sections=sections,
                made_at=now,
                made_by=person,
            )
            _tell(row, "made", person, now)
    except IntegrityError:
        raise EditionRefused("number", f"There is an edition {wanted.number or 'with this number'} in this language already.") from None
    return row


def any_yet() -> bool:
    """Whether the desk has begun an edition."""
    return models.Edition.objects.exists()


def next_number(series: str, language: str) -> int:
    """The number after the last one of a series in a language."""
    last = models.Edition.objects.filter(series=series, language=language).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


@tried_again
def change(edition: uuid.UUID, wanted: Wanted, targets: Mapping[str, int], person: Person, now: datetime, *, seen: int) -> int:
    """Change number, date, title, deadline and the sections' targets of an open edition; the new version."""
    row = find(edition)
    if not wanted.number or not 0 < wanted.number <= LARGEST_NUMBER or len(wanted.title) > LONGEST_TITLE:
        raise EditionRefused("number", f"An edition has a number from 1 to {LARGEST_NUMBER}.")
    try:
        with transaction.atomic():
            version = _turn(row, seen)
            before = _head_of(row)
            sections = [section | {"target": targets.get(str(section["id"]), section.get("target", 0))} for section in row.sections]
            models.Edition.objects.filter(pk=row.pk).update(
                number=wanted.number, dated=wanted.dated, title=wanted.title.strip(), deadline=wanted.deadline, sections=sections
            )
            _tell(row, "changed", person, now, before=before | {"version": version})
    except IntegrityError:
        raise EditionRefused("number", f"There is an edition {wanted.number} in this language already.") from None
    return version


@tried_again
def place(edition: uuid.UUID, piece: uuid.UUID, section: str, position: int, person: Person, now: datetime, *, seen: int) -> int:
    """Put a piece into a section at a position (from 1; beyond the end: last), or with section "" back to the tray; the new version."""
    row = find(edition)
    with transaction.atomic():
        version = _turn(row, seen)
        labels = {str(one["id"]): str(one.get("label") or one["id"]) for one in row.sections}
        if section and section not in labels:
            raise EditionRefused("section", f"The edition has no section {section[:40]!r}.")
        layout = edition_pieces.layout(row.pk)
        moved = _piece_for(row, piece)
        after = [one for one in layout if one[0] != moved.pk]
        if section:
            others = [one for one in after if one[1] == section]
            at = max(0, min(position - 1, len(others)))
            rest = [one for one in after if one[1] != section]
            after = [*rest, *others[:at], (moved.pk, section), *others[at:]]
        edition_pieces.lay_out(row.pk, after)
        before = {"layout": [list(one) for one in layout], "version": version, "piece": str(piece)}
        _tell(row, "placed", person, now, note=f"{moved.title[:200]} → {labels.get(section, '–')}", before=before)
        models.PieceEvent.objects.create(piece=moved, kind="placed", at=now, by=person, version=moved.version, note=section)
    return version


@tried_again
def undo(edition: uuid.UUID, person: Person, now: datetime, *, seen: int) -> int:
    """Take back the last change of the board, when nothing came after it; the new version. Raises EditionRefused (meanwhile, nothing)."""
    row = find(edition)
    last = last_undoable(row)
    if last is None:
        raise EditionRefused("nothing", "There is nothing to take back: something else was done since.")
    with transaction.atomic():
        version = _turn(row, seen)
        before = dict(last.before)
        if last.kind == "placed":
            edition_pieces.lay_out(row.pk, [(int(pk), str(section)) for pk, section in before["layout"]])
        else:
            _restore_head(row, before)
        _tell(row, "undone", person, now, note=last.kind, before={"version": version})
    return version


def last_undoable(row: models.Edition) -> models.EditionEvent | None:
    """The last change of an open board, if it is one that can be taken back."""
    last = row.events.exclude(kind__in=("exported", "opened")).order_by("-pk").first()
    right = last is not None and last.kind in ("placed", "changed") and row.state == "open"
    return last if right and last is not None and last.before.get("version") == row.version else None


@tried_again
def freeze(edition: uuid.UUID, style: Style, organisation: str, person: Person, now: datetime, *, seen: int) -> EditionText:
    """Close an edition as it stands: its text and style are kept and never change. Raises EditionRefused (hindered) with what hinders."""
    row = find(edition)
    with transaction.atomic():
        _turn(row, seen)
        placed = edition_pieces.placed(row.pk)
        sections = board_sections(row.sections)
        if hindrances(sections, placed, style):
            raise EditionRefused("hindered", "Something still stands in the way of freezing this edition.")
        text = edition_text(head_of(row, organisation), sections, placed, style)
        models.Edition.objects.filter(pk=row.pk).update(state="frozen", frozen_at=now, snapshot=to_json(text, style), covers=_covered(text))
        _tell(row, "frozen", person, now)
    return text


@tried_again
def reopen(edition: uuid.UUID, person: Person, now: datetime, *, note: str = "") -> int:
    """Open a frozen edition again; what it was is kept in its history. A published one is corrected or withdrawn instead."""
    row = find(edition)
    with transaction.atomic():
        changed = models.Edition.objects.filter(pk=row.pk, state="frozen", version=row.version).update(
            state="open", snapshot=None, covers=[], frozen_at=None, version=F("version") + 1
        )
        if not changed:
            raise _closed(row.pk)
        _tell(row, "reopened", person, now, note=note, before=row.snapshot or {})
    return row.version + 1


@tried_again
def discard(edition: uuid.UUID, *, seen: int) -> None:
    """Let go of an edition that was begun by mistake: its pieces go back to the tray. Refused (kept) once it was ever frozen."""
    row = find(edition)
    with transaction.atomic():
        _turn(row, seen)
        if row.events.filter(kind__in=("frozen", "reopened")).exists():
            raise EditionRefused("kept", "This edition was frozen once; its history is kept.")
        edition_pieces.lay_out(row.pk, [])
        models.Edition.objects.filter(pk=row.pk).delete()


@tried_again
def publish(edition: uuid.UUID, person: Person, now: datetime, *, mail: int = 0, with_pdf: bool = False) -> bool:
    """Make a frozen edition public: its stories were told from now on. False when it was published before.

    With so much `mail` to be made for its subscribers, that is asked for in the same transaction, though it was published before.
    """
    row = find(edition)
    with transaction.atomic():
        changed = models.Edition.objects.filter(pk=row.pk, state="frozen").update(state="published", published_at=now)
        if changed:
            pieces.mark_published(edition, now)
            _tell(row, "published", person, now)
        elif not models.Edition.objects.filter(pk=row.pk, state="published").exists():
            raise _closed(row.pk)
        if mail:
            edition_mail.ask(row, now, with_pdf=with_pdf)
            _tell(row, "sent", person, now, note=str(mail))
    return bool(changed)


@tried_again
def withdraw(edition: uuid.UUID, person: Person, now: datetime, *, note: str = "") -> int:
    """Take a published edition back: it stays in the archive, says so, and its stories count as not told.

    Returns how many mails of it still waited in the outbox; they are not sent.
    """
    return _swap(edition, "published", "withdrawn", person, now, note)


@tried_again
def restore(edition: uuid.UUID, person: Person, now: datetime) -> int:
    """Publish a withdrawn edition again; returns how many mails of it wait in the outbox again."""
    return _swap(edition, "withdrawn", "published", person, now, "")


def _swap(edition: uuid.UUID, was: str, becomes: str, person: Person, now: datetime, note: str) -> int:
    row = find(edition)
    with transaction.atomic():
        if not models.Edition.objects.filter(pk=row.pk, state=was).update(state=becomes):
            raise _closed(row.pk)
        if becomes == "withdrawn":
            pieces.unmark_published(edition, now)
            mails = edition_mail.take_back(row, now)
        else:
            pieces.mark_published(edition, now)
            mails = edition_mail.bring_back(row, now)
        _tell(row, "withdrawn" if becomes == "withdrawn" else "restored", person, now, note=note)
    return mails


@tried_again
def correct(edition: uuid.UUID, piece: uuid.UUID | None, text: str, person: Person, now: datetime) -> uuid.UUID:
    """Say in the archive what was wrong in a published edition (or one of its pieces); the frozen text stays as it was."""
    said = text.strip()
    if not said or len(said) > 2000:
        raise EditionRefused("text", "Write what was wrong and what is right, in at most 2,000 characters.")
    row = find(edition)
    if row.state not in ("published", "withdrawn"):
        raise _closed(row.pk)
    known = models.Piece.objects.filter(uuid=piece, edition=row).first() if piece else None
    if piece and known is None:
        raise EditionRefused("piece", "There is no such piece in this edition.")
    with transaction.atomic():
        made = models.Correction.objects.create(edition=row, piece=known, text=said, at=now, by=person)
        _tell(row, "corrected", person, now, note=known.title[:200] if known else "")
    return made.uuid


@tried_again
def withdraw_correction(correction: uuid.UUID, person: Person, now: datetime) -> models.Edition | None:
    """Take a correction back; its edition, or None when there is no such correction (any more)."""
    row = models.Correction.objects.select_related("edition").filter(uuid=correction, withdrawn_at=None).first()
    if row is None or not models.Correction.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=now):
        return None
    _tell(row.edition, "uncorrected", person, now, note=row.text[:200])
    return row.edition


@tried_again
def told(edition: uuid.UUID, kind: str, person: Person, now: datetime, note: str = "") -> None:
    """Note in an edition's history that it was exported or sent."""
    _tell(find(edition), kind, person, now, note=note)


def find(edition: uuid.UUID) -> models.Edition:
    """The edition's row; raises EditionRefused (gone)."""
    row = models.Edition.objects.filter(uuid=edition).first()
    if row is None:
        raise EditionRefused("gone", "There is no such edition.")
    return row


def head_of(row: models.Edition, organisation: str) -> EditionHead:
    """What an edition is apart from its pieces."""
    return EditionHead(str(row.uuid), row.number, row.language, row.dated, row.title, organisation)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _turn(row: models.Edition, seen: int) -> int:
    """Take the board for this transaction when it still is what its editor saw; the new version."""
    mine = models.Edition.objects.filter(pk=row.pk, state="open", version=seen)
    if not mine.update(version=F("version") + 1):
        if models.Edition.objects.filter(pk=row.pk, state="open").exists():
            raise EditionRefused("meanwhile", "Somebody else changed this edition meanwhile; nothing of yours was done yet.")
        raise _closed(row.pk)
    row.refresh_from_db()  # what was read before the board was ours may be older than what its editor saw
    return row.version


def _closed(pk: int) -> EditionRefused:
    state = models.Edition.objects.filter(pk=pk).values_list("state", flat=True).first()
    return EditionRefused("state", f"This edition is {state} by now; that cannot be done to it.")


def _check(wanted: Wanted, style: Style) -> None:
    if wanted.language not in style.languages:
        raise EditionRefused("language", f"The style {style.id} has no words in {wanted.language!r}; it has {', '.join(style.languages)}.")
    if wanted.number is not None and not 0 < wanted.number <= LARGEST_NUMBER:
        raise EditionRefused("number", f"An edition has a number from 1 to {LARGEST_NUMBER}.")
    if len(wanted.title) > LONGEST_TITLE:
        raise EditionRefused("title", f"A title has at most {LONGEST_TITLE} characters.")


def _piece_for(row: models.Edition, piece: uuid.UUID) -> models.Piece:
    held = models.Piece.objects.select_for_update(of=("self",))  # two editions may be filled at once, and one piece stands in one
    found = held.select_related("edition").filter(uuid=piece).exclude(state="withdrawn").first()
    if found is None:
        raise EditionRefused("piece", "There is no such piece any more.")
    if found.edition is not None and found.edition.pk != row.pk:
        raise EditionRefused("elsewhere", "This piece stands in another edition by now.")
    if found.language != row.language:
        raise EditionRefused("language", "This piece is written in another language than the edition.")
    return found


def _covered(text: EditionText) -> list[str]:
    return sorted({piece.story for section in text.sections for piece in section.pieces if piece.story})


def _head_of(row: models.Edition) -> dict[str, Any]:
    deadline = row.deadline.isoformat() if row.deadline else None
    kept = {"number": row.number, "dated": row.dated.isoformat(), "title": row.title, "deadline": deadline}
    return kept | {"sections": row.sections}


def _restore_head(row: models.Edition, before: Mapping[str, Any]) -> None:
    deadline = datetime.fromisoformat(before["deadline"]) if before["deadline"] else None
    try:
        with transaction.atomic():
            models.Edition.objects.filter(pk=row.pk).update(
                number=before["number"],
                dated=date.fromisoformat(before["dated"]),
                title=before["title"],
                deadline=deadline,
                sections=before["sections"],
            )
    except IntegrityError:
        raise EditionRefused("number", "The number it had is another edition's by now.") from None


def _tell(
    row: models.Edition, kind: str, person: Person, now: datetime, *, note: str = "", before: Mapping[str, Any] | None = None
) -> None:
    models.EditionEvent.objects.create(edition=row, kind=kind, at=now, by=person, note=note[:MOST_NOTE], before=dict(before or {}))
