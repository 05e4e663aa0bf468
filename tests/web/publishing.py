"""What the pages of editions are tested with: an address of each with something real behind it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.urls import reverse

from monitor.config.sender import sender_of
from monitor.flows import send_edition
from monitor.store import edition_mail, editions, feed_keys, models, subscribers
from tests.store.edition_rows import a_piece, an_edition, fill, frozen
from tests.web import rows

NAMELESS = ("editions", "edition-make", "editions-site", "subscribers", "subscriber-add", "subscribers-paste")
OF_PUBLISHED = ("edition-withdraw", "edition-correct", "edition-uncorrect", "edition-restore")


def address(route: str) -> str:
    """The address of a route of editions and subscribers."""
    if route in NAMELESS:
        return reverse(route)
    if route == "feed-editions":
        return reverse(route, args=[feed_keys.token_of(rows.a_person()), "atom"])
    if route == "subscribe":
        return reverse(route, args=[subscribers.confirm_token(subscribers.ask("ask@reader.example", "", "fr", None, rows.NOW))])
    if route.startswith("subscriber-"):
        return reverse(route, args=[subscribers.add("ada@reader.example", "Ada", "fr", "on paper", None, rows.NOW).uuid])
    edition = a_board() if route in ("edition-place", "edition-undo", "edition-change", "edition-freeze", "edition-discard") else frozen()
    if route in OF_PUBLISHED:
        editions.publish(edition.uuid, None, rows.NOW)
    more: dict[str, list[object]] = {"edition-file": ["markdown"], "edition-uncorrect": [uuid.uuid4()]}
    if route == "edition-piece":
        more[route] = [models.Piece.objects.filter(edition=edition)[0].uuid]
    return reverse(route, args=[edition.uuid, *more.get(route, [])])


def a_board(number: int = 1) -> models.Edition:
    """An edition in progress with pieces placed, waiting and being written."""
    edition, writer = an_edition(), rows.a_person()
    for count in range(number):
        fill(edition, (a_piece(f"Placed {count}", writer), ("africa", "asia", "europe")[count % 3]))
        a_piece(f"Waiting {count}", writer)
        a_piece(f"Coming {count}", writer, state="draft")
    return edition


def a_full_board() -> models.Edition:
    """A board as an editor sees it on the day: long titles, several languages, gaps, an older edition with a correction."""
    old = frozen(titles=("Dyke gives way north of the old port", "Dockers return after nine days of strike"))
    editions.publish(old.uuid, None, rows.NOW)
    piece = models.Piece.objects.filter(edition=old)[0]
    editions.correct(old.uuid, piece.uuid, "The dyke is three metres high, not four.", None, rows.NOW)
    edition = an_edition(deadline=rows.NOW)
    writers = [rows.a_person(given=given, family=family) for given, family in (("Zoé", "Émond"), ("Ada", "Byron"), ("Jan", "de Smet"))]
    titles = (
        ("Border crossing reopens for trucks after a month of talks between the two customs services", "africa"),
        ("Two coast guards compare notes on the cable that was cut in March", "asia"),
        ("Parliament asks what the new radar costs, and who paid for the old one", "europe"),
        ("Water trucks come late to the northern camps", "africa"),
    )
    fill(edition, *((a_piece(title, writers[place % 3], sources=2 + place % 2), section) for place, (title, section) in enumerate(titles)))
    fill(edition, (a_piece("A draft that stands on the board already", writers[1], state="submitted", sources=1), "focus"))
    a_piece("Harbour pilots find a way around the mines", writers[0], sources=3)
    a_piece("Still being written", writers[2], state="draft")
    a_piece("Dans une autre langue", writers[0], language="fr")
    return edition


def make_mails() -> int:
    """What the job does for the editions that were sent; how many mails were made."""
    made = 0
    while (wish := edition_mail.claim(rows.NOW, worker="w")) is not None:
        made += send_edition.make(wish, sender_of(settings.MONITOR, "Harbour Watch"), rows.NOW).made
    return made
