"""What the search page shows: articles found with their evidence, facets over them, and the searches people keep."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from monitor.pipeline.query import Query, matches
from monitor.pipeline.search_marks import Piece, pieces, summary_pieces, text_pieces, title_pieces
from monitor.store import models, search
from monitor.store.lists import article_json
from monitor.store.pages_today import theme_id
from monitor.store.search_hits import Hit
from monitor.store.search_index import doc_of


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One article found; `title` and `passage` in pieces, marked where the words stand that made it match."""

    id: str
    url: str
    title: tuple[Piece, ...]
    passage: tuple[Piece, ...]
    why: tuple[str, ...]  # facts that made it match: theme:terror
    language: str
    outlet: str
    slug: str
    country: str
    story: str
    section: str
    themes: tuple[str, ...]
    published_at: datetime | None
    precision: str
    discovered_at: datetime
    summary: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """One value by which what was found can be narrowed, with its name for people and how often it occurs."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search as listed."""

    id: str
    name: str
    query: str
    filters: Mapping[str, str]
    shared: bool
    own: bool
    owner: str
    version: int


def found_lines(query: Query | None, keys: Sequence[int]) -> list[FoundLine]:
    """The articles of these keys in this order, in two queries."""
    held = {words.article_id: words for words in search.load(keys)}
    texts = dict(models.ArticleText.objects.filter(article_id__in=keys, article__rights="open").values_list("article_id", "text"))
    return [_line(query, held[key], texts.get(key, "")) for key in keys if key in held]


def found_json(query: Query | None, keys: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The articles of these keys as the product describes them, with the `passage` and the words `found`."""
    held = {words.article_id: words for words in search.load(keys)}
    for line, key in zip(found_lines(query, keys), [key for key in keys if key in held], strict=True):
        found = [text for text, hit in (*line.title, *line.passage) if hit]
        told = {"passage": "".join(text for text, _ in line.passage), "found": list(dict.fromkeys([*found, *line.why]))}
        yield article_json(held[key].article) | told


def _line(query: Query | None, words: models.ArticleWords, text: str) -> FoundLine:
    article = words.article
    met = matches(query, doc_of(words, article)) if query is not None else None
    found = met.found if met is not None else ()
    if text:
        passage = text_pieces(text, len(words.lead.split(" ")) if words.lead else 0, found)
    else:
        passage = summary_pieces(article.summary, found)
    story = article.story
    return FoundLine(
        id=str(article.uuid),
        url=article.url,
        title=title_pieces(article.title, found) if found else pieces(article.title, ()),
        passage=passage,
        why=tuple(dict.fromkeys(one.term for one in found if not one.zone)),
        language=article.language or article.language_hint or article.outlet.language,
        outlet=article.outlet.name,
        slug=article.outlet.slug,
        country=article.outlet.country,
        story=str(story.uuid) if story else "",
        section=article.section,
        themes=tuple(theme_id(theme) for theme in article.themes),
        published_at=article.published_at,
        precision=article.published_precision,
        discovered_at=article.discovered_at,
        summary=article.summary,
        authors=tuple(str(name) for name in article.authors),
    )


def facets(found: Sequence[Hit], *, most: int = 8) -> dict[str, list[Facet]]:
    """How often each outlet, country, language, theme, section and date occurs, the most frequent first; dates newest first."""
    slugs = Counter(hit.outlet for hit in found)
    told = models.Outlet.objects.filter(slug__in=slugs).values_list("slug", "name", "country")
    outlets = {slug: (name, country) for slug, name, country in told}
    countries: Counter[str] = Counter()
    for slug, count in slugs.items():
        if slug in outlets:
            countries[outlets[slug][1]] += count
    return {
        "section": _most(Counter(hit.section for hit in found if hit.section), most),
        "theme": _most(Counter(theme for hit in found for theme in hit.themes.split()), most),
        "language": _most(Counter(hit.language for hit in found if hit.language), most),
        "country": _most(countries, most),
        "outlet": [Facet(one.value, outlets.get(one.value, (one.value, ""))[0], one.count) for one in _most(slugs, most)],
        "day": _dates([hit.day for hit in found if hit.day is not None], most),
    }


def _most(counts: Counter[str], most: int) -> list[Facet]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Facet(value, value, count) for value, count in ordered[:most]]


def _dates(days: Sequence[date], most: int) -> list[Facet]:
    """Days, months or years: the finest of which a few tell of all."""
    for length in (10, 7, 4):
        counts = Counter(day.isoformat()[:length] for day in days)
        if len(counts) <= most or length == 4:
            break
    return [Facet(value, value, counts[value]) for value in sorted(counts, reverse=True)[:most]] if days else []


# ── the searches people keep ─────────────────────────────────────────────────────────────────────────────────────────


def searches(person: models.Person) -> list[Kept]:
    """A person's own searches and those shared with the desk, by name."""
    rows = models.SavedSearch.objects.filter(Q(owner=person) | Q(shared=True), deleted_at=None).select_related("owner")
    return [_kept(row, person) for row in rows.order_by("name", "pk")]


def saved(person: models.Person, search_id: uuid.UUID, *, deleted: bool = False) -> Kept | None:
    """A search that a person may see, or None; with `deleted` one of their own that has been deleted."""
    seen = Q(owner=person) if deleted else Q(owner=person) | Q(shared=True)
    row = models.SavedSearch.objects.filter(seen, uuid=search_id, deleted_at__isnull=not deleted).select_related("owner").first()
    return _kept(row, person) if row is not None else None


def _kept(row: models.SavedSearch, person: models.Person) -> Kept:
    owner = f"{row.owner.given_name} {row.owner.family_name}".strip() or row.owner.email
    filters = {str(name): str(value) for name, value in dict[str, Any](row.filters).items()}
    return Kept(str(row.uuid), row.name, row.query, filters, row.shared, row.owner_id == person.pk, owner, row.version)


def key_of(article: uuid.UUID) -> int | None:
    """The article that the next page begins below, or None."""
    return models.Article.objects.filter(uuid=article).values_list("pk", flat=True).first()
