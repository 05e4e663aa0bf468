"""The shapes of what is asked and answered; those of answers are the shapes of the command line's --json."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

MOST = 100
"""Rows of one page."""
USUAL = 50
LONGEST_QUERY = 2_000
_Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
_Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,80}$")]
_Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$", description="`next` of the page before.")]


# ── asked ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Paged(Schema):
    """Which page."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="At most this many.")] = USUAL
    cursor: _Cursor | None = None


class Since(Paged):
    """Which page, and from when on."""

    since: Annotated[
        str | None, Field(min_length=1, max_length=40, description="Only what came since: 2d, 36h, 90m ago, or a date or time (ISO 8601).")
    ] = None


class StoriesAsked(Since):
    """Which stories."""

    outlet: Annotated[_Id | None, Field(description="Only what this outlet tells (its id).")] = None
    section: Annotated[_Id | None, Field(description="Only this section.")] = None
    theme: Annotated[_Id | None, Field(description="Only this theme.")] = None
    language: Annotated[_Id | None, Field(description="Only this language (fr, en, ar).")] = None


class LeadsAsked(StoriesAsked):
    """Which leads."""

    status: Annotated[
        Literal["queued", "snoozed", "claimed", "dismissed", "used", "quiet", "merged"] | None, Field(description="Only in this state.")
    ] = None


Operators = Annotated[Literal["en", "fr"], Field(description="fr: ET, OU and SAUF are read as AND, OR and NOT.")]


class ArticlesAsked(StoriesAsked):
    """Which articles."""

    query: Annotated[str | None, Field(min_length=1, max_length=LONGEST_QUERY, description="Only what matches.")] = None
    operators: Operators = "en"


class Searched(StoriesAsked):
    """What to look for."""

    query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY, description="In the desk's query language.")]
    operators: Operators = "en"
    country: Annotated[_Id | None, Field(description="Only outlets of this country (ISO 3166, two letters).")] = None


class OutletsAsked(Paged):
    """Which outlets."""

    language: Annotated[_Id | None, Field(description="Only this language.")] = None


class PutAside(Schema, extra="forbid"):
    """How the lead stood when it was seen: one that somebody put aside meanwhile is not touched."""

    seen: Annotated[Literal["queued", "quiet", "snoozed", "dismissed", "claimed"], Field(description="The state you saw it in.")] = "queued"


class Dismissed(PutAside):
    """Why a lead is dismissed."""

    reason: Literal["off-topic", "minor", "covered", "old", "thin", "mixed"]


class Snoozed(PutAside):
    """For how long a lead is put off: until six in the morning of that day, in the desk's zone."""

    until: Literal["tomorrow", "three-days", "week"]


# ── answered ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class PlaceOut(Schema):
    """A country that an article speaks of, and how often."""

    country: str
    count: int


class ArticleOut(Schema):
    """An article; `reason` says why whenever the verdict is not `full`."""

    id: _Uuid
    url: str
    outlet: str
    title: str
    language: str
    language_confidence: float
    section: str
    themes: list[str]
    places: list[PlaceOut]
    published: _Time | None
    discovered: _Time
    story: _Uuid | None
    verdict: str
    rights: str
    characters: int
    state: str
    reason: str


class ArticleOfStory(ArticleOut):
    """An article of a story, with why it is in it and of which other article it is a copy."""

    why: list[str]
    copy_of: _Uuid | None


class StoryOut(Schema):
    """A story: how many articles, outlets and languages tell it, and when first and last."""

    id: _Uuid
    section: str
    themes: list[str]
    articles: int
    outlets: int
    languages: int
    oldest: _Time
    newest: _Time


class StoryWithArticles(Schema):
    """A story with its articles in the order they came in; a merged story answers as the one it lives on in."""

    id: _Uuid
    section: str
    themes: list[str]
    articles: list[ArticleOfStory]


class LeadOut(Schema):
    """A story worth writing about, and why; `claimed_by` is an e-mail address."""

    id: _Uuid
    story: _Uuid
    section: str
    headline: str
    score: float
    reasons: list[str]
    outlets: int
    languages: list[str]
    articles: int
    status: str
    claimed_by: str | None


class FeedOut(Schema):
    """A feed of an outlet and how it is."""

    url: str
    health: str
    enabled: bool
    last_200: _Time | None
    last_change: _Time | None
    next: _Time | None
    error: str


class OutletOut(Schema):
    """An outlet with its feeds."""

    id: str
    name: str
    country: str
    language: str
    kind: str
    weight: float
    enabled: bool
    articles: int
    newest: _Time | None
    feeds: list[FeedOut]
    note: str


class FoundOut(ArticleOut):
    """An article found: a passage, and the words and facts that made it match."""

    passage: str
    found: list[str]


class _Page(Schema):
    next: Annotated[str | None, Field(description="Send it as `cursor` for the next page; null on the last one.")]
    complete: Annotated[bool, Field(description="false: a search was given up before the end of the archive; narrow it.")] = True


class ArticlePage(_Page):
    """A page of articles."""

    items: list[ArticleOut]


class StoryPage(_Page):
    """A page of stories."""

    items: list[StoryOut]


class LeadPage(_Page):
    """A page of leads."""

    items: list[LeadOut]


class OutletPage(_Page):
    """A page of outlets."""

    items: list[OutletOut]


class FoundPage(_Page):
    """A page of articles found."""

    items: list[FoundOut]


class ProblemOut(Schema):
    """What went wrong (RFC 9457).

    `errors` tells each wrong value, `place`, `explained` and `suggestion` the mistake in a query, `lead` and `by` who was first.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None
    place: int | None = None
    explained: str | None = None
    suggestion: str | None = None
    lead: dict[str, Any] | None = None
    by: str | None = None
