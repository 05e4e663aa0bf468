"""What the parser children do: the pure steps of the path in a row, behind three jobs that take and give frozen values.

A child is set up once with the desk's knowledge (`prepare`), then reads feeds, pages and bare entries. It opens no socket and no
database; a document that hangs or swallows memory costs the child, never the desk (finding 3).
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from monitor.config.region_names import regions_of_country
from monitor.knowledge import Concepts, Gazetteer, Themes
from monitor.pipeline import concepts, extract, known_items, language, parse, places, search_words, story_doc, tag, words
from monitor.pipeline.addresses import key, registrable, same_site
from monitor.pipeline.pick import Fingerprints, fingerprints
from monitor.pipeline.query_doc import About
from monitor.pipeline.story_doc_json import to_json
from monitor.pipeline.story_wording import TEXT_CHARACTERS
from monitor.records import AboutArticle, Article, Extracted, Moment, NotAFeed, ParsedFeed, Rights, StoryDoc, Tagged, Verdict

FEED: Final = "monitor.outside.reading:read_feed"
PAGE: Final = "monitor.outside.reading:read_page"
BOUNDED: Final = "monitor.outside.reading:read_page_bounded"
ENTRY: Final = "monitor.outside.reading:read_entry"
EXTRACT: Final = "monitor.outside.reading:extract_page"
JOBS: Final = (FEED, PAGE, BOUNDED, ENTRY, EXTRACT)
PREPARE: Final = "monitor.outside.reading:prepare"
WHOLE_DAY: Final = timedelta(days=1, seconds=-1)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the children need to know of the desk and the world, compiled once in each child."""

    candidates: tuple[str, ...]
    themes: Themes
    gazetteer: Gazetteer
    country_names: Mapping[str, Mapping[str, str]]
    adjectives: Mapping[str, Mapping[str, str]]
    regions: Mapping[str, str]
    exact_names: Mapping[str, frozenset[str]]
    agencies: tuple[str, ...] = ()
    concepts: Concepts | None = None
    spoken: tuple[str, ...] = ()  # languages of the desk's outlets, made ready before the first child is forked


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A fetched feed document."""

    body: bytes
    url: str
    content_type: str = ""
    format: str = "auto"
    seen: bytes = b""  # hashes of the items read before, which need not be read again


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed understood, with the fingerprints that tell which entries are new."""

    parsed: ParsedFeed | NotAFeed
    digest: str
    prints: Fingerprints | None = None
    items: int = 0  # items in the document, those left out as known included
    seen: bytes = b""  # hashes of all its items, for the next poll


@dataclass(frozen=True, slots=True)
class PageDocument:
    """A fetched article page; `reserved`: its headers or robots.txt reserve the text; `reserved_by_file`: its origin's tdmrep.json does."""

    about: AboutArticle
    body: bytes
    url: str
    content_type: str = ""
    reserved: bool = False
    reserved_by_file: bool = False


@dataclass(frozen=True, slots=True)
class BarePage:
    """A page to extract and nothing more."""

    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """An article whose page was not read: only what the feed said, with the verdict and reason to give it."""

    about: AboutArticle
    verdict: Verdict
    reason: str
    text: str = ""


class Compiled:
    """The desk's knowledge, compiled for recognising, tagging and preparing articles for the grouping."""

    def __init__(self, knowledge: Knowledge) -> None:
        matcher = places.compile_places(
            knowledge.gazetteer,
            knowledge.country_names,
            knowledge.adjectives,
            knowledge.regions,
            knowledge.candidates,
            exact_names=knowledge.exact_names,
        )
        votes = {entry.id: entry.themes for entry in knowledge.gazetteer.entries if entry.themes}
        self.tagger = tag.compile_tagger(knowledge.themes, matcher, votes)
        self.recogniser = language.Recogniser(knowledge.candidates)
        self.agencies = knowledge.agencies
        self.concepts = concepts.compile_concepts(knowledge.concepts or Concepts(()))

    def warm(self, language_: str) -> None:
        """Compile now what articles of this language need."""
        self.tag("", "", language_)
        concepts.find(self.concepts, "", "", language_)

    def tag(self, title: str, text: str, language_: str, **hints: Any) -> Tagged:
        """Section, places and themes of an article, with evidence; takes the hints that pipeline.tag.tag takes."""
        return tag.tag(self.tagger, title, text, language_, **hints)

    def doc(self, **facts: Any) -> StoryDoc:
        """The grouping's view of an article; takes what pipeline.story_doc.story_doc takes."""
        found = concepts.find(self.concepts, facts["title"], facts["text"], facts["language"])
        return story_doc.story_doc(agencies=self.agencies, concepts=found, **facts)


_compiled: list[Compiled] = []
_WARMING_UP = (
    "The ministers of both countries met on Tuesday to speak of the border, and agreed to meet again before the end of the year. ",
    "Les ministres des deux pays se sont vus mardi pour parler de la frontière ; ils se reverront avant la fin de l’année. ",
)
"""Read once before the first child is forked, so that no child has to fill the libraries' caches again (a tenth of its first pages)."""


_POOR_PAGES = tuple(
    f"<html><body><div><p>Brief.</p><p class='date'>{date}</p><ul><li>One</li><li>Two</li></ul></div></body></html>".encode()
    for date in ("5 janv. 2026", "5 January, at noon", "12 Dinge über 34 Orte")
)
"""Pages with little text and no plain date make the extractor load what it needs only then: the months' names in two hundred languages."""


def _page_of(sentence: str) -> PageDocument:
    body = f"""<!doctype html><html lang="en"><head><title>{sentence[:40]} | Example</title><meta charset="utf-8">
<meta property="og:title" content="{sentence[:40]}"><meta property="article:published_time" content="2026-01-05T08:30:00+01:00">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{sentence[:40]}", "datePublished": "2026-01-05T08:30:00+01:00",
"author": {{"@type": "Person", "name": "Example"}}}}</script></head><body><nav><ul><li><a href="/">Home</a></li></ul></nav>
<article><h1>{sentence[:40]}</h1><time datetime="2026-01-05T08:30:00+01:00">5 January 2026</time><p class="byline">By Example</p>
{"".join(f"<p>{sentence * 4}</p>" for _ in range(12))}</article><footer><p>Example</p></footer></body></html>"""
    at = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    about = AboutArticle("", "https://example.org/a", "", "", "", (), None, at, "", "", "", "Example", "", "", "")
    return PageDocument(about, body.encode(), "https://example.org/a", "text/html; charset=utf-8")


def prepare(knowledge: Knowledge) -> None:
    """Set this process up for reading; called once in each parser child."""
    _compiled[:] = [Compiled(knowledge)]
    for language_ in {words.primary(code) for code in knowledge.spoken}:  # the others when they are first met
        _compiled[0].warm(language_)
    for words_ in _WARMING_UP:
        read_page(_page_of(words_))
    for body in _POOR_PAGES:
        read_page(replace(_page_of(""), body=body))
    gc.collect()
    gc.freeze()  # half a million lasting objects: without this every full collection walks over them again, 0.1 s each time


def compiled() -> Compiled:
    """What this child was prepared with."""
    return _compiled[0]


def read_feed(document: FeedDocument) -> ReadFeed:
    """Parse one feed document and take the fingerprints of its entries."""
    cut = known_items.without_known(document.body, document.seen)
    parsed = parse.parse_feed(cut.body, document.url, content_type=document.content_type, format=document.format)
    if isinstance(parsed, NotAFeed):
        return ReadFeed(parsed, body_hash(document.body))
    return ReadFeed(parsed, body_hash(document.body), fingerprints(parsed), max(cut.items, len(parsed.entries)), cut.prints)


def read_page(document: PageDocument) -> Article:
    """Extract, recognise, tag: one article page, whole."""
    about = document.about
    found = extract.extract(
        document.body,
        document.url,
        content_type=document.content_type,
        outlet=about.outlet_name,
        feed_title=about.title,
        feed_published=about.published,
    )
    return _understand(about, found, reserved=_reserved(document, found))


def extract_page(page: BarePage) -> Extracted:
    """Extract one page without understanding it: what `monitor tool extract` prints."""
    return extract.extract(page.body, page.url)


def read_page_bounded(document: PageDocument) -> Article:
    """Read a page with the bounded extractor, after it cost a child its life."""
    about = document.about
    found = extract.extract_bounded(document.body, document.url, content_type=document.content_type, outlet=about.outlet_name)
    return _understand(about, found, reserved=_reserved(document, found))


def _reserved(document: PageDocument, found: Extracted) -> bool:
    """A reservation anywhere counts, but what the page itself grants outweighs its origin's file (P46)."""
    return document.reserved or found.rights == "reserved" or (document.reserved_by_file and not found.granted)


def read_entry(document: EntryDocument) -> Article:
    """Understand an article by what its feed said alone."""
    text = document.text or document.about.summary
    found = Extracted(title=document.about.title, text=text, verdict=document.verdict, reason=document.reason)
    article = _understand(document.about, found, reserved=False)
    return _without_text(article) if document.verdict in {"failed", "blocked"} else article


def _understand(about: AboutArticle, found: Extracted, *, reserved: bool) -> Article:
    known = compiled()
    title = about.title or found.title
    text = found.text if found.verdict in {"full", "summary", "paywalled"} and found.text else about.summary
    hints = [hint for hint in (about.language_hint, found.language) if hint]
    guess = known.recogniser.recognise(f"{title}\n{text[:1000]}", hints=hints, prior=about.outlet_language)
    tokens = words.tokenise(text[:TEXT_CHARACTERS])
    hints_of_outlet = {"outlet_country": about.outlet_country, "section_hint": about.section_hint}
    published = _published(about, found)
    day = (published.at if published else about.discovered_at).date()
    tagged = known.tag(title, text, guess.language, tokens=tokens, on=day, **hints_of_outlet)
    doc = known.doc(
        id=about.id,
        outlet=about.outlet,
        language=guess.language,
        at=_told_at(published, about.discovered_at),
        title=title,
        text=text,
        tagged=tagged,
        outlet_name=about.outlet_name,
        authors=found.authors or about.authors,
        tokens=tokens,
    )
    kept = search_words.search_words_tagged(
        title, text, guess.language, _known(about, found, published), tagged, regions_of_country(), tokens
    )
    canonical = found.canonical if found.canonical and same_site(found.canonical, about.url, registrable) else ""
    rights: Rights = "reserved" if reserved else "open"
    return Article(
        title=title,
        text=found.text,
        verdict=found.verdict,
        reason=found.reason,
        rights=rights,
        language=guess.language,
        language_confidence=guess.confidence,
        published=published,
        modified=found.modified,
        authors=found.authors or about.authors,
        canonical=canonical,
        canonical_key=key(canonical) if canonical else "",
        tagged=tagged,
        doc=to_json(doc),
        doc_at=doc.at,
        agency=doc.agency,
        words=kept,
    )


def _known(about: AboutArticle, found: Extracted, published: Moment | None) -> About:
    """What queries may ask of an article besides its words and tags."""
    has = {"full": ("text",), "paywalled": ("paywall",)}.get(found.verdict, ())
    return About(
        outlet=(about.outlet, about.outlet_name),
        country=about.outlet_country,
        kind=about.outlet_kind,
        authors=found.authors or about.authors,
        has=has,
        published=published.at if published else None,
    )


def _told_at(published: Moment | None, discovered_at: datetime) -> datetime:
    """When an article counts as told for grouping: where only a day is known at its end, for a copy comes after what it copies."""
    if published is None:
        return discovered_at
    latest = published.at + WHOLE_DAY if published.precision == "day" else published.at
    return min(latest, discovered_at)


def _published(about: AboutArticle, found: Extracted) -> Moment | None:
    """The feed's minute is kept unless it states only a day and the page states more; the page's zone completes a feed without one."""
    told = about.published
    if told is None or (told.precision == "day" and found.published is not None):
        return found.published or told
    if told.offset is None and found.published is not None and found.published.at == told.at:
        return found.published
    return told


def _without_text(article: Article) -> Article:
    return replace(article, text="")


def body_hash(body: bytes) -> str:
    """The sha256 of a document, in hex."""
    return sha256(body).hexdigest()


def about_languages(*groups: Sequence[str]) -> tuple[str, ...]:
    """Language candidates in order of first mention, without repeats."""
    return tuple(dict.fromkeys(language_ for group in groups for language_ in group))
