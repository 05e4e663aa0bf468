"""Story cards drawn once and kept: a desk's Today has ninety of them, and between two looks at it few have changed.

What a card shows is what it is drawn from, and that whole is the key under which it is kept: a claim, an article or a mark more makes
another card, so nothing old can be shown. A template of a card knows neither the request nor the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.template.loader import get_template
from django.utils import translation

from monitor.web.access import HAND_BACK_OTHERS, PIN_LEADS
from monitor.web.cards import StoryCard

KEPT = 4_096
"""Cards kept in a process (some kilobytes each): a full Today in two languages for a dozen ways to see it."""
_ACTS = frozenset({HAND_BACK_OTHERS.replace(" ", "_"), PIN_LEADS.replace(" ", "_")})
"""The rights that a card's buttons depend on."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What one reader follows of a story (printed names), and whether nobody tells it in a language they read."""

    themes: str = ""
    unread: bool = False


def card(shown: StoryCard, marks: Marks, rights: frozenset[str], language: str, zone: ZoneInfo, today: date) -> str:
    """The markup of a card; `rights` by their names in templates, `today` the day in the desk's zone."""
    return _drawn("parts/card.html", shown, marks, rights & _ACTS, language, zone, today)


def line(shown: StoryCard, rights: frozenset[str], language: str, zone: ZoneInfo, today: date) -> str:
    """The markup of an older lead on a line."""
    return _drawn("parts/older.html", shown, Marks(), rights & _ACTS, language, zone, today)


@lru_cache(maxsize=KEPT)
def _drawn(name: str, shown: StoryCard, marks: Marks, rights: frozenset[str], language: str, zone: ZoneInfo, today: date) -> str:
    values = {
        "card": shown,
        "own": marks,
        "may": dict.fromkeys(rights, True),
        "language": language,
        "zone": zone,
        "now": datetime.combine(today, time(), zone),  # the templates ask it for the day only
    }
    with translation.override(language):
        return get_template(name).render(values)
