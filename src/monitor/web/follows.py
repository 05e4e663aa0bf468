"""What a person reads and follows, as Today uses it: followed sections and themes come first and are marked, nothing is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from monitor.store.models import Person
from monitor.web.cards import StoryCard

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Follows:
    """The ids of followed sections and themes, and the codes of the languages read; empty sets mark and move nothing."""

    sections: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def themes_of(self, card: StoryCard) -> tuple[str, ...]:
        """The printed names of the followed themes a story is about."""
        return tuple(label for theme, label in zip(card.lead.themes, card.themes, strict=True) if theme in self.themes)

    def unread(self, card: StoryCard) -> bool:
        """Whether nobody tells the story in a language the person reads; never when they have not said which they read."""
        return (
            bool(self.languages) and bool(card.lead.languages) and not self.languages & {one.split("-")[0] for one in card.lead.languages}
        )

    def first(self, cards: Iterable[StoryCard]) -> tuple[StoryCard, ...]:
        """Cards with a followed theme first, both parts in the order they had."""
        return tuple(sorted(cards, key=lambda card: not self.themes.intersection(card.lead.themes)))

    def sections_first(self, sections: Iterable[str]) -> list[str]:
        """Followed sections first, both parts in the desk's order."""
        return sorted(sections, key=lambda section: section not in self.sections)


def of(person: object) -> Follows:
    """What somebody follows; nothing for a stranger."""
    if not isinstance(person, Person):
        return Follows()
    languages = frozenset(code.split("-")[0] for code in person.languages_read)
    return Follows(frozenset(person.sections_followed), frozenset(person.themes_followed), languages)
