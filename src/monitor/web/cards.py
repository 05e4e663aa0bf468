"""A lead dressed as a story card in the reader's language: headline, tellers, themes, pace, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.pages import DeskFacts
from monitor.store.pages_today import QUIET_AFTER, Card, Told
from monitor.web import reasons

TELLERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StoryCard:
    """What the card template prints; `pace` is new, growing, quiet or ""."""

    lead: Card
    headline: str
    headline_language: str
    tellers: tuple[Told, ...]
    tellers_more: int
    themes: tuple[str, ...]
    pace: str
    reasons: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]


def dress(card: Card, facts: DeskFacts, language: str, now: datetime, day_start: datetime) -> StoryCard:
    """The card as the reader sees it: the headline in the reader's language when an outlet has one."""
    own = card.titles.get(language)
    return StoryCard(
        lead=card,
        headline=own or card.headline,
        headline_language=language if own else card.headline_language,
        tellers=card.told[:TELLERS_SHOWN],
        tellers_more=max(0, len(card.told) - TELLERS_SHOWN),
        themes=tuple(facts.theme_label(theme, language) for theme in card.themes),
        pace=_pace(card, now, day_start),
        reasons=tuple(reasons.sentence(code, facts, language) for code in card.reasons),
        parts=tuple((reasons.part(name), float(value)) for name, value in card.components.items() if _is_number(value)),
    )


def _pace(card: Card, now: datetime, day_start: datetime) -> str:
    if card.status == "quiet" or now - card.newest_at > QUIET_AFTER:
        return "quiet"
    if any(code.partition(":")[0] == "growing" for code in card.reasons):
        return "growing"
    return "new" if card.queued_at >= day_start else ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
