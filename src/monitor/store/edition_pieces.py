"""The pieces of an edition as its board holds them: where each stands, and the whole of each for the finished text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Prefetch, Q

from monitor.pipeline.edition import PlacedPiece
from monitor.records import Citation, EditionPiece
from monitor.store import models, rows


def layout(edition: int) -> list[tuple[int, str]]:
    """The rows of the placed pieces with their sections, in the order of the board."""
    found = models.Piece.objects.filter(edition_id=edition, position__isnull=False).exclude(section="")
    return list(found.order_by("section", "position", "pk").values_list("pk", "section"))


def lay_out(edition: int, wanted: Sequence[tuple[int, str]]) -> None:
    """Make the board so: positions count from 1 in each section, pieces that are not named go back to the tray.

    A piece that another edition took meanwhile stays there.
    """
    there = {pk: (section, position) for pk, section, position in _standing(edition)}
    counted: dict[str, int] = {}
    places: dict[int, tuple[str, int]] = {}
    for pk, section in wanted:
        counted[section] = counted.get(section, 0) + 1
        places[pk] = (section, counted[section])
    free = set(models.Piece.objects.filter(Q(edition=None) | Q(edition_id=edition), pk__in=list(places)).values_list("pk", flat=True))
    gone = [pk for pk in there if pk not in places]
    models.Piece.objects.filter(pk__in=gone).update(edition=None, section="", position=None)
    changed = [(pk, {"edition_id": edition, "section": place[0], "position": place[1]}) for pk, place in places.items() if pk in free]
    rows.update(models.Piece, "id", [one for one in changed if there.get(one[0]) != places[one[0]]])


def _standing(edition: int) -> Iterable[tuple[int, str, int | None]]:
    return models.Piece.objects.filter(edition_id=edition).values_list("pk", "section", "position")


def placed(edition: int) -> list[PlacedPiece]:
    """Every piece that stands in the edition with all that is printed of it, in two queries."""
    sources = Prefetch("sources", models.PieceSource.objects.order_by("position", "pk"))
    found = models.Piece.objects.filter(edition_id=edition).exclude(section="").exclude(state="withdrawn")
    ordered = found.select_related("author", "story").prefetch_related(sources).order_by("section", "position", "pk")
    return [PlacedPiece(row.section, row.position or 0, row.state, whole(row)) for row in ordered]


def whole(row: models.Piece) -> EditionPiece:
    """One piece with its sources, its number not yet given; `row` comes with author, story and sources."""
    author = row.author
    return EditionPiece(
        id=str(row.uuid),
        number="",
        title=row.title,
        text=row.text,
        given_name=author.given_name if author else "",
        family_name=author.family_name if author else "",
        sources=tuple(_cited(one) for one in row.sources.all()),
        signature=row.signature,
        story=str(row.story.uuid) if row.story else "",
    )


def _cited(one: models.PieceSource) -> Citation:
    return Citation(one.outlet, one.headline, one.language, one.dated, one.address, one.country)
