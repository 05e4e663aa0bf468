"""A card is drawn once and kept; whatever changes of it, or of who looks, is drawn anew."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from monitor.store.pages_today import Card, Told
from monitor.web import drawn_cards
from monitor.web.cards import StoryCard
from monitor.web.drawn_cards import Marks
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.reading import texts

ZONE = ZoneInfo("Europe/Paris")
DAY = date(2026, 3, 14)
AT = datetime(2026, 3, 14, 8, 15, tzinfo=UTC)
LEAD = Card(
    id="0b3ad0a6-8a3f-5f6e-8a4b-8b1c6a1f0001",
    story="0b3ad0a6-8a3f-5f6e-8a4b-8b1c6a1f0002",
    section="africa",
    status="queued",
    headline="Convoy ambushed",
    headline_language="en",
    score=61.5,
    components={"breadth": 0.5},
    reasons=("voices:3",),
    themes=("terror",),
    outlets=3,
    countries=2,
    languages=("en", "fr"),
    articles=4,
    newest_at=AT,
    queued_at=AT - timedelta(hours=2),
    claimed_by="",
    claimed_until=None,
    told=(Told("Harbour Post", "en", "Convoy ambushed", 0.6, False, AT),),
    titles={"en": "Convoy ambushed"},
)
SHOWN = StoryCard(
    lead=LEAD,
    headline="Convoy ambushed",
    headline_language="en",
    tellers=LEAD.told,
    tellers_more=0,
    themes=("Terrorism",),
    pace="new",
    growing=False,
    fresh=1,
    reasons=("three voices",),
    parts=(("Breadth", 0.5),),
    state="open",
)
NO_MARKS = Marks()
SEEN = {"rights": frozenset({"hand_back_others"}), "language": "en", "zone": ZONE, "today": DAY}
OTHER: dict[str, Any] = {
    "headline": "Convoi attaqué",
    "headline_language": "fr",
    "tellers": (Told("Le Soir", "fr", "Convoi", 0.6, False, AT),),
    "tellers_more": 3,
    "themes": ("Maritime security",),
    "pace": "grown",
    "growing": True,
    "fresh": 7,
    "reasons": ("nine voices",),
    "parts": (("Breadth", 0.9),),
    "state": "mine",
}
OTHER_LEAD: dict[str, Any] = {
    "claimed_by": "Nour Haddad",
    "claimed_until": AT + timedelta(hours=48),
    "articles": 9,
    "outlets": 8,
    "countries": 7,
    "languages": ("en",),
    "score": 12.0,
    "newest_at": AT + timedelta(minutes=5),
    "pinned": True,
}


def fresh(shown: StoryCard, marks: Marks = NO_MARKS, **seen: Any) -> str:
    """The card drawn with nothing kept."""
    drawn_cards._drawn.cache_clear()
    return drawn_cards.card(shown, marks, **(SEEN | seen))


def kept_then(shown: StoryCard, marks: Marks = NO_MARKS, **seen: Any) -> str:
    """The card drawn after the usual one was kept."""
    fresh(SHOWN)
    return drawn_cards.card(shown, marks, **(SEEN | seen))


def test_every_field_of_a_card_is_tried() -> None:
    assert {one.name for one in fields(StoryCard)} == {*OTHER, "lead"}


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_card_that_changed_is_never_shown_as_it_was(name: str) -> None:
    before = replace(SHOWN, pace="grown") if name == "fresh" else SHOWN
    changed = replace(before, **{name: OTHER[name]})
    assert (kept_then(changed) == fresh(changed), fresh(changed) == fresh(before)) == (True, False)


@pytest.mark.parametrize("name", sorted(OTHER_LEAD))
def test_a_lead_that_changed_is_never_shown_as_it_was(name: str) -> None:
    lead = replace(LEAD, **{name: OTHER_LEAD[name]})
    before = replace(SHOWN, state="mine") if name == "claimed_until" else SHOWN
    changed = replace(before, lead=lead)
    assert (kept_then(changed) == fresh(changed), fresh(changed) == fresh(before)) == (True, False)


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        (SHOWN, {"language": "fr"}),
        (SHOWN, {"zone": ZoneInfo("Asia/Tokyo")}),
        (SHOWN, {"today": DAY + timedelta(days=1)}),
        (replace(SHOWN, state="taken"), {"rights": frozenset()}),
    ],
)
def test_another_reader_has_a_card_of_their_own(shown: StoryCard, seen: dict[str, Any]) -> None:
    usual = fresh(shown)
    assert (drawn_cards.card(shown, Marks(), **(SEEN | seen)) == fresh(shown, **seen), fresh(shown, **seen) == usual) == (True, False)


def test_what_one_reader_follows_is_marked_for_them_alone() -> None:
    own = Marks(themes="Terrorism", unread=True)
    assert (kept_then(SHOWN, own), kept_then(SHOWN)) == (fresh(SHOWN, own), fresh(SHOWN))
    assert fresh(SHOWN, own) != fresh(SHOWN)


def test_the_same_card_is_drawn_once() -> None:
    first = fresh(SHOWN)
    again = drawn_cards.card(replace(SHOWN, lead=replace(LEAD)), Marks(), **SEEN)
    assert (again == first, drawn_cards._drawn.cache_info().misses) == (True, 1)


@pytest.mark.django_db
def test_a_claim_is_seen_at_once_by_everybody_in_their_own_words() -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    holder = Client()
    holder.force_login(rows.a_person(given="Nour", family="Haddad"))
    others = {role: rows.signed_in(role) for role in ("contributor", "editor")} | {"french": rows.signed_in("contributor", "fr")}
    everybody = {"holder": holder, **others}

    def said() -> dict[str, list[str]]:
        pages = {name: client.get("/") for name, client in everybody.items()}
        return {name: [*texts(page, ".card .claimed"), *texts(page, ".card .acts button")] for name, page in pages.items()}

    free = said()
    assert (free["holder"], free["french"]) == (["Claim"], ["Prendre"])
    holder.post(f"/lead/{lead.uuid}/claim")
    taken = said()
    until = "16 March 10:30"
    assert taken == {
        "holder": [f"Yours until {until}", "Write", "Hand back", "Keep 48 h more"],
        "contributor": [f"Taken by Nour Haddad until {until}"],
        "editor": [f"Taken by Nour Haddad until {until}", "Hand back for them", "Pin"],
        "french": ["Pris par Nour Haddad — échéance : 16 mars 10:30"],
    }
    holder.post(f"/lead/{lead.uuid}/release")
    assert said() == free


@pytest.mark.django_db
def test_at_midnight_the_hour_of_a_card_becomes_yesterdays(contributor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.web import moment

    rows.a_told_lead("Convoy", rows.an_outlet())
    today = texts(contributor.get("/"), ".card .counts time")
    monkeypatch.setattr(moment, "_HELD", [FakeClock(rows.NOW + timedelta(days=1))])
    assert (today, texts(contributor.get("/"), ".card .counts time")) == (["09:30"], ["yesterday 09:30"])
