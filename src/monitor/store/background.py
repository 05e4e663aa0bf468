"""What the archive may hold on a story's subject: a bounded number of articles that share names, words, or country and theme with it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from monitor.pipeline.query_presearch import AllOf, AnyOf, Wanted, Words
from monitor.pipeline.story_doc_json import from_json
from monitor.pipeline.words import stop_words
from monitor.records import StoryDoc
from monitor.store import models, search

MOST_TOLD = 3
"""Articles of the story that speak for it, one a language first."""
MOST_FOUND = 60
"""Articles of the archive that are compared, newest first; half as many by country and theme alone."""
_WORDS = 5
_ENTITIES = 4
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """A story by the articles that speak for it, and the keys of what may be related."""

    docs: tuple[StoryDoc, ...]
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OlderLine:
    """One article of the archive as background."""

    id: str
    story: str
    title: str
    url: str
    outlet: str
    slug: str
    language: str
    country: str
    published_at: datetime | None
    published_offset: int | None
    published_precision: str
    discovered_at: datetime


def subject(story: uuid.UUID) -> Subject | None:
    """A story's articles and what may be related to them, in four queries; None when it is none or has no article that was grouped."""
    held = models.ArticleDoc.objects.filter(article__story__uuid=story, article__copy_of=None).order_by("-at", "article_id")
    columns = ("article_id", "doc", "article__language", "article__words__title", "article__words__known", "article__entities")
    told = _one_a_language(list(held.values_list(*columns)[: 4 * MOST_TOLD]))
    if not told:
        return None
    keys = [row[0] for row in told]
    near = _asked(_shared([(row[2], row[3] or "") for row in told], [row[5] for row in told]), MOST_FOUND)
    about = _facts(row[4] or "" for row in told) or _facts_of_articles(keys)
    alike = _asked(_alike(about), MOST_FOUND // 2)
    docs = tuple(from_json(row[1]) for row in told)
    return Subject(docs, tuple(dict.fromkeys(key for key in (*near, *alike) if key not in keys)))


def docs(candidates: Sequence[int], without: uuid.UUID) -> list[StoryDoc]:
    """The grouping documents of these articles, but for those of one story."""
    rows = models.ArticleDoc.objects.filter(article_id__in=candidates, article__copy_of=None).exclude(article__story__uuid=without)
    return [from_json(doc) for doc in rows.values_list("doc", flat=True)]


def lines(articles: Sequence[str]) -> list[OlderLine]:
    """These articles as they are shown, in the order given."""
    rows = models.Article.objects.filter(uuid__in=articles).select_related("outlet", "story")
    found = {str(row.uuid): _line(row) for row in rows.defer("evidence", "summary")}
    return [found[one] for one in articles if one in found]


Row = tuple[int, Mapping[str, Any], str, str | None, str | None, list[str]]


def _one_a_language(rows: list[Row]) -> list[Row]:
    first = {row[2]: row for row in reversed(rows)}
    chosen = [row for row in rows if first[row[2]] is row]
    return [*chosen, *(row for row in rows if row not in chosen)][:MOST_TOLD]


def _shared(titles: Iterable[tuple[str, str]], entities: Iterable[Sequence[str]]) -> list[Wanted]:
    """Two names together, two of a headline's longest words together, or a name with such a word."""
    counted = Counter(str(one) for named in entities for one in named)
    names = [Words((f"¶entity¶{one.lower()}",), ("known",)) for one, _n in counted.most_common(_ENTITIES)]
    asked: list[Wanted] = [AllOf(pair) for pair in combinations(names, 2)]
    for language, title in titles:
        words = [Words((word,), ("title", "lead")) for word in _telling(title, language)]
        asked += [AllOf(pair) for pair in combinations(words, 2)]
        asked += [AllOf((name, word)) for name in names[:2] for word in words[:3]]
    return asked


def _telling(title: str, language: str) -> list[str]:
    """The longest words of a headline that are no stop words; of signs taken in pairs all are alike."""
    stop = stop_words(language)
    words = [word for word in dict.fromkeys(title.split()) if word not in stop and (len(word) >= _SHORTEST or not word.isascii())]
    return sorted(words, key=lambda word: (-len(word), word))[:_WORDS]


def _facts(known: Iterable[str]) -> list[str]:
    """The commonest country or theme marks of the articles."""
    marks = Counter(mark for text in known for mark in text.split() if mark.startswith(("¶region¶", "¶theme¶")))
    return [mark for mark, _n in marks.most_common(12)]


def _facts_of_articles(keys: Sequence[int]) -> list[str]:
    """The same from the articles, where search keeps the marks in its index only."""
    marks: Counter[str] = Counter()
    for places, themes in models.Article.objects.filter(pk__in=keys).values_list("places", "themes"):
        marks.update(f"¶region¶{str(one.get('country', '')).lower()}" for one in places if isinstance(one, dict))
        marks.update(f"¶theme¶{str(one.get('theme', '')).lower()}" for one in themes if isinstance(one, dict))
    return [mark for mark, _n in marks.most_common(12)]


def _alike(marks: Sequence[str]) -> list[Wanted]:
    """The strongest country with the strongest theme."""
    countries = [mark for mark in marks if mark.startswith("¶region¶") and len(mark) == len("¶region¶ml")]
    themes = [mark for mark in marks if mark.startswith("¶theme¶")]
    return [AllOf((Words((countries[0],), ("known",)), Words((themes[0],), ("known",))))] if countries and themes else []


def _asked(parts: Sequence[Wanted], most: int) -> list[int]:
    """The newest articles that the index finds, by key."""
    if not parts:
        return []
    return search.newest(AnyOf(tuple(parts)), most)


def _line(row: models.Article) -> OlderLine:
    return OlderLine(
        id=str(row.uuid),
        story=str(row.story.uuid) if row.story else "",
        title=row.title,
        url=row.url,
        outlet=row.outlet.name,
        slug=row.outlet.slug,
        language=row.language or row.language_hint or row.outlet.language,
        country=row.outlet.country,
        published_at=row.published_at,
        published_offset=row.published_offset,
        published_precision=row.published_precision,
        discovered_at=row.discovered_at,
    )
