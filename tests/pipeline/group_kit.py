"""Small invented articles for the tests of the grouping: an event is a bag of words, an article is some of them in a language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from monitor.pipeline.duplicates import CopyIndex
from monitor.pipeline.group import DEFAULT, Grouper, Profile
from monitor.records import StoryDoc

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_doc(
    name: str,
    words: Sequence[str] = (),
    *,
    language: str = "fr",
    outlet: str = "",
    hours: float = 0,
    features: Sequence[str] = (),
    shingles: tuple[int, ...] = (),
    names: dict[str, str] | None = None,
) -> StoryDoc:
    """An article whose stems and features are given."""
    terms = dict.fromkeys(words, 1.0)
    weights = dict.fromkeys(features, 1.0)
    return StoryDoc(name, outlet or name, language, NOON + timedelta(hours=hours), terms, weights, shingles, "", "", names or {})


def a_grouper(profile: Profile = DEFAULT, *, prefix: str = "s") -> Grouper:
    """A grouper that numbers its stories s0, s1, …"""
    numbers = count()
    return Grouper(profile, new_story_id=lambda: f"{prefix}{next(numbers)}", copies=CopyIndex())


def fill(grouper: Grouper, number: int = 30, *, hours: float = 0) -> None:
    """Other news, each about itself, so that words have a rarity."""
    for one in range(number):
        words = [f"w{one}x{place}" for place in range(8)] + [f"frequent{place}" for place in range(3)]
        features = [f"k:f{one}{place}" for place in range(6)] + ["k:ever", f"s:g{one}", f"n:{100 + one}"]
        for language in ("fr", "en"):
            grouper.place(a_doc(f"fill{one}{language}", words, language=language, features=features, hours=hours), now=NOON)


def some_news(seed: int, articles: int = 24, events: int = 6) -> list[StoryDoc]:
    """Articles of a few events in two languages with overlapping words, some of them copies; a fixed seed gives fixed news."""
    chance = random.Random(seed)
    found = []
    for number in range(articles):
        event = chance.randrange(events)
        words = chance.sample([f"e{event}w{place}" for place in range(10)], 6) + chance.sample([f"any{place}" for place in range(9)], 4)
        features = [*chance.sample([f"k:e{event}b{place}" for place in range(8)], 5), f"s:e{event}", f"n:{10 + event}", "k:all"]
        copied = chance.random() < 0.2
        found.append(
            a_doc(
                f"a{number:03d}",
                words,
                language=chance.choice(("fr", "en")),
                outlet=f"o{chance.randrange(5)}",
                hours=round(chance.uniform(0, 60), 2),
                features=features,
                shingles=tuple((event * 1000 + place) << 20 for place in range(30)) if copied else (),
            )
        )
    return sorted(found, key=lambda doc: (doc.at, doc.id))
