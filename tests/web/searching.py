"""Articles, searches and feeds for the page tests of search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from monitor.store import feed_keys, models, search_index
from monitor.store.models import Person
from tests.web import rows


def an_indexed(title: str, text: str = "", *, outlet: models.Outlet | None = None, **values: Any) -> models.Article:
    """An article that has been read and is in the index, in a story of its own."""
    article = rows.an_article(
        outlet or rows.an_outlet(), rows.a_story(), title, text=text, **{"read_at": rows.NOW, "section": "africa"} | values
    )
    with transaction.atomic():
        search_index.reindex([article.pk])
    return article


def a_search(owner: Person, name: str = "Mali", query: str = "mali", **values: Any) -> models.SavedSearch:
    """A saved search."""
    return models.SavedSearch.objects.create(owner=owner, name=name, query=query, made_at=rows.NOW, **values)


def fill() -> None:
    """Articles in several languages, with what each page of search can show."""
    french = rows.an_outlet("Le Courrier du Port", language="fr", country="FR")
    arabic = rows.an_outlet("صحيفة الميناء", language="ar", country="MA")
    japanese = rows.an_outlet("港湾新聞", language="ja", country="JP")
    themes = [{"theme": "terror", "score": 2.0, "confidence": 0.9}]
    told = (
        (
            "Le Mali vote sous haute surveillance",
            "À Bamako, l’armée patrouille. Le Mali attend ses résultats.",
            french,
            "fr",
        ),
        ("جيش مالي يعلن عن عملية في الشمال", "أعلن جيش مالي عن عملية جديدة في الشمال، وقال إن العملية مستمرة.", arabic, "ar"),
        ("マリ軍、北部で作戦を開始", "マリ軍は北部で新たな作戦を開始したと発表した。", japanese, "ja"),
        ("Mali: army says it holds the north", "The army of Mali said on Friday that it held the north. " * 6, None, "en"),
    )
    for number, (title, text, outlet, code) in enumerate(told):
        at = rows.NOW - timedelta(days=number)
        an_indexed(title, text, outlet=outlet, language=code, published_at=at, discovered_at=at, themes=themes)


def pages(person: Person) -> list[str]:
    """The pages of search to look at: empty, found, mistaken, nothing found, one deleted."""
    fill()
    a_search(person, "Mali, everything", "mali OR مالي OR マリ", shared=True)
    gone = a_search(person, "Old one", "old", deleted_at=rows.NOW)
    found = "?" + urlencode({"q": "mali OR مالي OR マリ"})
    asked = ("", found, "?q=mali+(armee&section=africa", "?q=submarine+carrier&language=fr")
    return [f"/search{one}" for one in (*asked, f"?deleted={gone.uuid}")]


def address(route: str) -> str:
    """The address of a route of search or of a feed, for a person of its own or the one whose search it is."""
    person = models.Person.objects.order_by("-pk").first() or rows.a_person()
    if route.startswith("search-"):
        deleted = rows.NOW if route == "search-restore" else None
        return reverse(route, args=[a_search(person, deleted_at=deleted, shared=route == "search-saved").uuid])
    names: dict[str, Any] = {"token": feed_keys.token_of(person), "form": "atom"}
    if route == "feed-saved":
        names["search_id"] = a_search(person).uuid
    elif route == "feed-story":
        names["story_id"] = rows.a_told_lead("Convoy", rows.an_outlet()).story.uuid
    elif route == "feed-outlet":
        names["slug"] = rows.an_outlet().slug
    return reverse(route, kwargs=names) + ("?q=mali" if route == "feed-search" else "")
