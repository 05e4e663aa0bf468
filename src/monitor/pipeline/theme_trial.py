"""What a change of terms would do to headlines already here: which a theme would gain and which it would lose, and by which words.

Both sides are tagged the same way, by headline and summary; an article's own tags were made with its text and may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from monitor.knowledge import HeadlineTest
from monitor.records import Tagged

MOST_SHOWN = 100
"""Headlines listed of those gained, and of those lost; the rest is counted."""
MOST_WORDS = 6
"""Pieces of evidence shown a headline."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One article as the trial sees it; `id` is its UUID."""

    id: str
    title: str
    summary: str
    country: str
    section: str
    on: date


@dataclass(frozen=True, slots=True)
class Moved:
    """A headline gained or lost: the themes that came or went with it, and the words with the term and weight that speak for it."""

    id: str
    title: str
    themes: tuple[str, ...]
    why: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LanguageTrial:
    """What a change does in one language; `others` counts the headlines other themes gain and lose by it."""

    language: str
    articles: int
    before: int
    after: int
    gained: int
    lost: int
    gains: tuple[Moved, ...]
    losses: tuple[Moved, ...]
    others: Mapping[str, tuple[int, int]]


Tag = Callable[[Headline], Tagged]


def compare(theme: str, language: str, headlines: Iterable[Headline], before: Tag, after: Tag, *, helper: bool = False) -> LanguageTrial:
    """Tag each headline with the terms of before and after; of a helper theme every theme that comes or goes by it counts."""
    gains: list[Moved] = []
    losses: list[Moved] = []
    others: dict[str, list[int]] = {}
    seen = had = has = 0
    for headline in headlines:
        old, new = before(headline), after(headline)
        was, now = _ids(old), _ids(new)
        seen, had, has = seen + 1, had + (theme in was), has + (theme in now)
        came, went = now - was, was - now
        for name in came ^ went:
            if name != theme:
                others.setdefault(name, [0, 0])[name in went] += 1
        if came if helper else theme in came:
            gains.append(Moved(headline.id, headline.title, tuple(sorted(came)), _why(theme, old if helper else new)))
        if went if helper else theme in went:
            losses.append(Moved(headline.id, headline.title, tuple(sorted(went)), _why(theme, new if helper else old)))
    moved = {name: (counts[0], counts[1]) for name, counts in sorted(others.items())}
    return LanguageTrial(language, seen, had, has, len(gains), len(losses), tuple(gains[:MOST_SHOWN]), tuple(losses[:MOST_SHOWN]), moved)


def _ids(tagged: Tagged) -> set[str]:
    return {score.theme for score in tagged.themes}


def _why(theme: str, tagged: Tagged) -> tuple[tuple[str, str], ...]:
    """The words that spoke for the theme: what takes a headline away from the others when it is a helper."""
    found = dict.fromkeys((one.words, one.rule) for one in tagged.evidence if one.what == f"theme:{theme}")
    return tuple(found)[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class OtherThanBefore:
    """A headline of the themes' own tests that comes out otherwise than before: wanted, and what it would be given."""

    title: str
    wanted: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnTests:
    """The themes' own tests in a language: how many were run, which a change breaks, which it mends."""

    run: int
    broken: tuple[OtherThanBefore, ...]
    mended: tuple[OtherThanBefore, ...]


def compare_tests(
    tests: Iterable[HeadlineTest],
    before: Callable[[str], tuple[str, ...]],
    after: Callable[[str], tuple[str, ...]],
    passes: Callable[[HeadlineTest, tuple[str, ...]], bool],
) -> OwnTests:
    """Tag each test headline with both; `before` and `after` give the themes of a headline."""
    broken: list[OtherThanBefore] = []
    mended: list[OtherThanBefore] = []
    run = 0
    for test in tests:
        run += 1
        given = after(test.title)
        sound = passes(test, given)
        if passes(test, before(test.title)) != sound:
            (mended if sound else broken).append(OtherThanBefore(test.title, test.themes, given))
    return OwnTests(run, tuple(broken), tuple(mended))
