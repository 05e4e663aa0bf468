"""Articles that are in the search index, for the tests of search."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from monitor.store import models, search_index
from tests.fakes import NOON

_NUMBERS = itertools.count(1)
_OUTLETS = {
    "le-monde": {"name": "Le Monde", "country": "FR", "language": "fr", "kind": "newspaper"},
    "harbour-post": {"name": "Harbour Post", "country": "GB", "language": "en", "kind": "agency"},
}


@dataclass(frozen=True)
class told:
    """An article as a test tells of it; `spots` are where entities are named."""

    title: str
    text: str = ""
    language: str = "en"
    outlet: str = "harbour-post"
    themes: tuple[str, ...] | list[str] = ()
    section: str = ""
    countries: tuple[str, ...] | list[str] = ()
    entities: tuple[str, ...] | list[str] = ()
    spots: tuple[tuple[str, str, int], ...] | list[tuple[str, str, int]] = ()
    authors: tuple[str, ...] | list[str] = ()
    in_story: bool = False
    published: datetime | None = NOON
    rights: str = "open"


def an_outlet(slug: str) -> models.Outlet:
    return models.Outlet.objects.get_or_create(slug=slug, defaults=_OUTLETS[slug])[0]


def an_indexed(*articles: told) -> list[models.Article]:
    """Stores these articles alone, in this order, and indexes them as a reading does."""
    models.Article.objects.all().delete()
    story = models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON)
    made = [_stored(one, story) for one in articles]
    with transaction.atomic():
        search_index.reindex([article.pk for article in made])
    return made


def _stored(one: told, story: models.Story) -> models.Article:
    number = next(_NUMBERS)
    article = models.Article.objects.create(
        key=f"told {number}",
        url=f"https://port.example/told/{number}",
        title=one.title,
        outlet=an_outlet(one.outlet),
        story=story if one.in_story else None,
        language=one.language,
        themes=[{"theme": theme, "score": 1.0, "confidence": 1.0} for theme in one.themes],
        section=one.section,
        places=[{"country": country, "score": 1.0, "count": 1} for country in one.countries],
        entities=list(one.entities),
        evidence=[{"what": f"entity:{name}", "words": "one", "zone": zone, "offset": at, "rule": ""} for name, zone, at in one.spots],
        authors=list(one.authors),
        rights=one.rights,
        state="read",
        verdict="full",
        published_at=one.published,
        discovered_at=NOON + timedelta(seconds=number),
        read_at=NOON,
    )
    if one.text:
        models.ArticleText.objects.create(article=article, text=one.text)
    return article
