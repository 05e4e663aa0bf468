"""Who really tells a story: copies of one text are one voice, and so are the outlets of one owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.records import StoryArticle

Voice = tuple[StoryArticle, ...]
"""The articles of one voice, the original first."""


def voices_of(articles: Iterable[StoryArticle]) -> list[Voice]:
    """The independent voices, in the order they spoke."""
    texts: dict[str, list[StoryArticle]] = {}
    for article in sorted(articles, key=lambda article: (article.at, article.id)):
        texts.setdefault(article.copy_group or article.id, []).append(article)
    owners: dict[str, list[StoryArticle]] = {}
    for text in texts.values():
        owners.setdefault(owner_of(text[0]), []).extend(text)
    return [tuple(voice) for voice in owners.values()]


def owner_of(article: StoryArticle) -> str:
    """Who speaks in an article: the outlet's owner, or the outlet."""
    return article.owner or f"outlet {article.outlet}"


def joined(voices: Sequence[Voice], after: datetime, until: datetime) -> int:
    """How many voices spoke for the first time in (after, until]."""
    return sum(after < voice[0].at <= until for voice in voices)


def grew_since(articles: Iterable[StoryArticle], moment: datetime, *, least: int = 2, share: float = 0.5) -> bool:
    """Whether a story is another one than at a moment: at least two new voices, and half as many again as there were.

    What a person has put away does not come back for one voice more.
    """
    voices = voices_of(articles)
    before = sum(voice[0].at <= moment for voice in voices)
    return len(voices) - before >= max(least, share * before)


def own_pace(voices: Sequence[Voice], now: datetime, recent: timedelta, settled: timedelta) -> float | None:
    """How many voices joined a story in each span of `recent` before the last one, on the mean; None while it is younger than `settled`."""
    if not voices or now - voices[0][0].at < settled:
        return None
    span = now - recent - voices[0][0].at
    return sum(voice[0].at <= now - recent for voice in voices) / (span / recent)
