"""A lead dressed as a story card in the reader's language: headline, tellers, themes, pace, reasons, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.pages import DeskFacts
from monitor.store.pages_today import QUIET_AFTER, Card, Told
from monitor.web import reasons

TELLERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StoryCard:
    """What the card template prints.

    `pace` is new, grown, quiet or ""; `growing` says that voices come quickly; `fresh` counts the articles since `pace`'s moment;
    `state` is open, mine, taken, used, snoozed or dismissed.
    """

    lead: Card
    headline: str
    headline_language: str
    tellers: tuple[Told, ...]
    tellers_more: int
    themes: tuple[str, ...]
    pace: str
    growing: bool
    fresh: int
    reasons: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]
    state: str


def dress(card: Card, facts: DeskFacts, language: str, now: datetime, since: datetime, reader: str = "") -> StoryCard:
    """The card as the reader (a person's id) sees it: the headline in their language when an outlet has one; news is what came `since`."""
    own = card.titles.get(language)
    return StoryCard(
        lead=card,
        headline=own or card.headline,
        headline_language=language if own else card.headline_language,
        tellers=card.told[:TELLERS_SHOWN],
        tellers_more=max(0, len(card.told) - TELLERS_SHOWN),
        themes=tuple(facts.theme_label(theme, language) for theme in card.themes),
        pace=pace(card.status, card.queued_at, card.newest_at, now, since),
        growing=any(code.partition(":")[0] == "growing" for code in card.reasons),
        fresh=sum(at >= since for at in card.seen),
        reasons=tuple(reasons.sentence(code, facts, language) for code in card.reasons),
        parts=tuple((reasons.part(name), float(value)) for name, value in card.components.items() if _is_number(value)),
        state=_state(card, reader),
    )


def pace(status: str, queued_at: datetime, newest_at: datetime, now: datetime, since: datetime) -> str:
    """new: a lead only since then; grown: a lead before, with an article since; quiet: no article for twelve hours; else ""."""
    if status == "quiet" or now - newest_at > QUIET_AFTER:
        return "quiet"
    if queued_at >= since:
        return "new"
    return "grown" if newest_at >= since else ""


def _state(card: Card, reader: str) -> str:
    if card.status == "claimed":
        return "mine" if card.claimer == reader != "" else "taken"
    return "open" if card.status in ("queued", "quiet") else card.status


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
