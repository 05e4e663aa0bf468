"""Small builders of rows for page tests: people, outlets, articles, stories, leads."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from monitor.store import models, people
from monitor.store.models import Person

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
_NUMBERS = itertools.count(1)


def a_person(role: str = "contributor", *, language: str = "en", password: str = "", **names: str) -> Person:
    """A person of this role, with a password if one is given."""
    number = next(_NUMBERS)
    email = names.get("email", f"{role}{number}@desk.localhost")
    person = people.add(email, names.get("given", "Ada"), names.get("family", "Example"), role, language, NOW)
    if password:
        people.set_password(person, password)
    return person


def signed_in(role: str, language: str = "en") -> Client:
    """A browser in which a new person of this role is signed in."""
    client = Client()
    client.force_login(a_person(role, language=language))
    return client


def an_outlet(name: str = "Harbour Post", *, language: str = "en", country: str = "GB", **values: Any) -> models.Outlet:
    """An enabled outlet without a feed."""
    slug = values.pop("slug", f"outlet-{next(_NUMBERS)}")
    return models.Outlet.objects.create(slug=slug, name=name, language=language, country=country, kind="newspaper", **values)


def a_feed(outlet: models.Outlet, **values: Any) -> models.Feed:
    """A feed that was read an hour ago and is well."""
    usual = {
        "url": f"https://feeds.example.org/{next(_NUMBERS)}.xml",
        "interval": timedelta(minutes=30),
        "polls": 12,
        "health": "ok",
        "last_200_at": NOW - timedelta(hours=1),
        "last_change_at": NOW - timedelta(hours=2),
        "due_at": NOW + timedelta(minutes=12),
    }
    return models.Feed.objects.create(outlet=outlet, **usual | values)


def an_event(feed: models.Feed, **values: Any) -> models.FetchEvent:
    """One fetch of a feed."""
    return models.FetchEvent.objects.create(feed=feed, **{"at": NOW, "result": "changed", "status": 200, "wire_bytes": 20480} | values)


def a_story(**values: Any) -> models.Story:
    """A story without articles."""
    return models.Story.objects.create(**{"created_at": NOW, "newest_at": NOW, "oldest_at": NOW, "section": "africa"} | values)


def an_article(outlet: models.Outlet, story: models.Story | None, title: str, *, text: str = "", **values: Any) -> models.Article:
    """An article read in full, with its text if one is given."""
    number = next(_NUMBERS)
    usual = {
        "key": f"key-{number}",
        "url": f"https://news.example.org/{number}",
        "language": outlet.language,
        "state": "read",
        "verdict": "full",
        "characters": len(text),
        "published_at": NOW - timedelta(hours=3),
        "discovered_at": NOW - timedelta(hours=2),
    }
    article = models.Article.objects.create(outlet=outlet, story=story, title=title, **usual | values)
    if text:
        models.ArticleText.objects.create(article=article, text=text)
    return article


def a_lead(story: models.Story, headline: str, **values: Any) -> models.Lead:
    """A queued lead of today."""
    usual = {
        "section": story.section,
        "headline": headline,
        "headline_language": "en",
        "score": 61.5,
        "components": {"breadth": 0.6, "diversity": 0.42, "velocity": 0.3, "theme": 0.83, "novelty": 1.0, "outlet": 0.7},
        "reasons": ["voices:3", "languages:fr,en", "countries:2", "theme:terror:0.83"],
        "themes": ["terror"],
        "outlets": 3,
        "countries": 2,
        "languages": ["fr", "en"],
        "articles": 3,
        "newest_at": NOW - timedelta(hours=1),
        "queued_at": NOW - timedelta(hours=2),
        "ranked_at": NOW,
    }
    return models.Lead.objects.create(story=story, **usual | values)


def a_told_lead(headline: str, outlet: models.Outlet, **values: Any) -> models.Lead:
    """A lead whose story has one article."""
    story = a_story(section=values.get("section", "africa"))
    an_article(outlet, story, headline)
    return a_lead(story, headline, **values)


def theme_labels(labels: dict[str, dict[str, str]]) -> None:
    """The desk knows these themes."""
    models.DeskFact.objects.create(name="themes", value=labels, changed_at=NOW)
