"""An edition with its board as tests begin with it: people, pieces with two sources each, a style."""

from __future__ import annotations

from datetime import date, datetime

from monitor.config.style_file import load_styles
from monitor.store import editions, models, people
from tests.fakes import NOON

STYLE = load_styles()["press-review"]
DAY = date(2026, 3, 20)


def an_editor(name: str = "Nour", family: str = "Haddad", *, role: str = "editor") -> models.Person:
    return people.add(f"{name.lower()}.{family.lower()}@desk.localhost", name, family, role, "en", NOON)


def an_edition(*, language: str = "en", now: datetime = NOON, person: models.Person | None = None, **values: object) -> models.Edition:
    """An open edition in the shipped style."""
    wanted = editions.Wanted(language, DAY, **values)  # type: ignore[arg-type]
    return editions.make(STYLE, wanted, person, now)


def a_piece(
    title: str, author: models.Person | None = None, *, state: str = "accepted", sources: int = 2, language: str = "en", **values: object
) -> models.Piece:
    """A piece that tells a story of its own and cites outlets of two languages."""
    usual = {"text": f"{title} happened.\n\nIt went on.", "made_at": NOON, "changed_at": NOON, "accepted_at": NOON}
    piece = models.Piece.objects.create(title=title, author=author, state=state, language=language, **usual | values)
    cited = [
        ("Le Phare", "« La digue cède »", "fr", "FR"),
        ("Harbour News", 'A "calm" day', "en", "GB"),
        ("港湾日報", "堤防が決壊", "ja", "JP"),
    ]
    models.PieceSource.objects.bulk_create(
        models.PieceSource(
            piece=piece, position=place, outlet=outlet, headline=headline, language=tongue, country=country,
            address=f"https://news.example.org/{piece.pk}/{place}", dated=date(2026, 3, 12 + place), cited_at=NOON,
        )
        for place, (outlet, headline, tongue, country) in enumerate(cited[:sources], 1)
    )  # fmt: skip
    return piece


def a_told_story() -> models.Story:
    return models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON, section="africa")


def fill(edition: models.Edition, *wanted: tuple[models.Piece, str]) -> int:
    """Put pieces on the board, each at the end of its section; the version."""
    version = editions.find(edition.uuid).version
    for piece, section in wanted:
        version = editions.place(edition.uuid, piece.uuid, section, 99, None, NOON, seen=version)
    return version


def frozen(
    *, author: models.Person | None = None, titles: tuple[str, ...] = ("Dyke gives way", "Port strike ends"), language: str = "en"
) -> models.Edition:
    """A frozen edition of pieces that each tell a story."""
    writer = author or an_editor("Mina", "Okafor")
    edition = an_edition(language=language)
    made = [a_piece(title, writer, story=a_told_story(), language=language) for title in titles]
    version = fill(edition, *((piece, ("africa", "asia")[place % 2]) for place, piece in enumerate(made)))
    editions.freeze(edition.uuid, STYLE, "Harbour Watch", writer, NOON, seen=version)
    return editions.find(edition.uuid)
