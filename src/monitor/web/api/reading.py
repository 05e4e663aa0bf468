"""What programs may read: articles, stories, leads, outlets, and what a search finds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router

from monitor.store import lists, pages_api
from monitor.store.lists import Wanted
from monitor.web.access import READ
from monitor.web.api import asked, problems
from monitor.web.api.bearer import Bearer
from monitor.web.api.shapes import (
    ArticleOut,
    ArticlePage,
    ArticlesAsked,
    FoundPage,
    LeadOut,
    LeadPage,
    LeadsAsked,
    OutletOut,
    OutletPage,
    OutletsAsked,
    ProblemOut,
    Searched,
    StoriesAsked,
    StoryPage,
    StoryWithArticles,
)

router = Router()
_LISTED: dict[int, Any] = dict.fromkeys((401, 403, 414, 422, 429), ProblemOut)
_SHOWN: dict[int, Any] = _LISTED | {404: ProblemOut}


@router.get("articles", auth=Bearer(READ, ArticlesAsked.model_fields), response={200: ArticlePage} | _LISTED, summary="Articles")
def list_articles(request: HttpRequest, wanted: Query[ArticlesAsked]) -> dict[str, object]:
    """Newest first; with `query`, only those that match it, in the order the desk found them."""
    if wanted.query is not None:
        query = asked.query(wanted.query, wanted.operators)
        found = pages_api.articles_matching(query, asked.filters(request, wanted), asked.place("search", wanted.cursor), wanted.limit)
        return asked.page("search", found)
    return asked.page("articles", pages_api.articles(asked.wanted(request, wanted), asked.place("articles", wanted.cursor), wanted.limit))


@router.get("articles/{uuid:article}", auth=Bearer(READ), response={200: ArticleOut} | _SHOWN, summary="One article")
def show_article(request: HttpRequest, article: UUID) -> dict[str, Any]:  # noqa: ARG001 - ninja's signature
    """By its id."""
    return _there(pages_api.article(article))


@router.get("stories", auth=Bearer(READ, StoriesAsked.model_fields), response={200: StoryPage} | _LISTED, summary="Stories, newest first")
def list_stories(request: HttpRequest, wanted: Query[StoriesAsked]) -> dict[str, object]:
    """A story that grows while you page moves to the front: ask again with `since`."""
    return asked.page("stories", pages_api.stories(asked.wanted(request, wanted), asked.place("stories", wanted.cursor), wanted.limit))


@router.get("stories/{uuid:story}", auth=Bearer(READ), response={200: StoryWithArticles} | _SHOWN, summary="One story with its articles")
def show_story(request: HttpRequest, story: UUID) -> dict[str, Any]:  # noqa: ARG001 - ninja's signature
    """A story that was merged answers as the one it lives on in."""
    return _there(lists.story_show(str(story)))


@router.get("leads", auth=Bearer(READ, LeadsAsked.model_fields), response={200: LeadPage} | _LISTED, summary="Leads, highest score first")
def list_leads(request: HttpRequest, wanted: Query[LeadsAsked]) -> dict[str, object]:
    """Scores fade by the hour; page through at one go."""
    return asked.page("leads", pages_api.leads(asked.wanted(request, wanted), asked.place("leads", wanted.cursor), wanted.limit))


@router.get("leads/{uuid:lead}", auth=Bearer(READ), response={200: LeadOut} | _SHOWN, summary="One lead")
def show_lead(request: HttpRequest, lead: UUID) -> dict[str, Any]:  # noqa: ARG001 - ninja's signature
    """By its id."""
    return _there(pages_api.lead(lead))


@router.get("outlets", auth=Bearer(READ, OutletsAsked.model_fields), response={200: OutletPage} | _LISTED, summary="Outlets in desk order")
def list_outlets(request: HttpRequest, wanted: Query[OutletsAsked]) -> dict[str, object]:  # noqa: ARG001 - ninja's signature
    """With their feeds and how each is."""
    page = pages_api.outlets(Wanted(language=wanted.language), asked.place("outlets", wanted.cursor), wanted.limit)
    return asked.page("outlets", page)


@router.get("outlets/{slug:outlet}", auth=Bearer(READ), response={200: OutletOut} | _SHOWN, summary="One outlet")
def show_outlet(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    outlet: Path[str],
) -> dict[str, Any]:
    """By its id, as in feeds.yaml."""
    return _there(pages_api.outlet(outlet))


@router.get("search", auth=Bearer(READ, Searched.model_fields), response={200: FoundPage} | _LISTED, summary="Search the archive")
def search(request: HttpRequest, wanted: Query[Searched]) -> dict[str, object]:
    """In the desk's query language (docs/query.md), newest first. A mistake is told with its place and what to write instead."""
    query = asked.query(wanted.query, wanted.operators)
    found = pages_api.found(query, asked.filters(request, wanted), asked.place("search", wanted.cursor), wanted.limit)
    return asked.page("search", found)


def _there(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise problems.missing()
    return found
