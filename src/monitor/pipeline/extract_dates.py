"""Chooses when a page was published and changed, keeping time of day and zone where the page states them.

Order: JSON-LD, meta tags, marked times, the address; then htmldate through trafilatura for pages that state nothing in a standard way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from lxml.html import HtmlElement
from trafilatura.metadata import find_date  # type: ignore[attr-defined]

from monitor.pipeline.addresses import day_in
from monitor.pipeline.extract_facts import Facts
from monitor.pipeline.moments import from_epoch, read_moment
from monitor.records import Moment

PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "og:pubdate", "datepublished",
    "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published_time", "published-date",
    "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created", "date.issued", "sailthru.date",
    "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:recs:articlepublishdate", "ptime", "article.published",
    "article_date_original", "originalpublicationdate", "rnews:datepublished", "citation_publication_date", "datecreated", "date_published",
    "shareaholic:article_published_time", "bt:pubdate", "article.created", "created", "weibo:article:create_at", "date", "timestamp",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "lastmod", "last-modified", "dcterms.modified",
    "dc.date.modified", "article:modified", "modified", "article.updated",
)  # fmt: skip
_DIGITS = re.compile(r"\d{10}(\d{3})?")
_LONGEST_TEXT = 60


def choose_published(whole: Callable[[], HtmlElement | None], facts: Facts, url: str, feed_published: Moment | None) -> Moment | None:
    """The moment of publication, or None; a stated time of day beats a bare date of the same day.

    `whole` gives the page with its scripts, in which htmldate finds dates on a page that states none; it is asked for then only.
    """
    stated = _stated(facts)  # read one by one: the first is mostly enough
    chosen = next(stated, None)
    if chosen is None:
        chosen = day_in(url) or _guessed(whole(), facts, url)
    if chosen is not None and chosen.precision == "day":
        return next((other for other in chain(stated, [feed_published]) if other and _same_day_with_time(chosen, other)), chosen)
    return chosen or feed_published


def _stated(facts: Facts) -> Iterator[Moment]:
    """The moments of publication a page states, the most trusted first."""
    yield from _json_moments(facts, "datePublished", "dateCreated")
    yield from _meta_moments(facts, PUBLISHED_META)
    yield from _marked_moments(facts)


def choose_modified(facts: Facts) -> Moment | None:
    """The moment of the last change, or None."""
    marked = (moment for written, kind, _ in facts.times if kind == "mod" and (moment := _read(written)))
    return next(chain(_json_moments(facts, "dateModified"), _meta_moments(facts, MODIFIED_META), marked), None)


def _same_day_with_time(day: Moment, other: Moment) -> bool:
    return other.precision == "minute" and abs((other.at - day.at).total_seconds()) < 36 * 3600 and other.at.date() == day.at.date()


def _read(written: str) -> Moment | None:
    """A machine-readable moment: a date in any spelling, or a Unix time."""
    if _DIGITS.fullmatch(written):
        return from_epoch(int(written))
    return read_moment(written)


def _json_moments(facts: Facts, *names: str) -> list[Moment]:
    found = [_read(facts.said(name)) for name in names]
    if not any(found):
        found = [_read(value) for each in facts.objects for name in names[:1] if isinstance(value := each.get(name), str)]
    return [moment for moment in found if moment]


def _meta_moments(facts: Facts, names: Iterable[str]) -> Iterator[Moment]:
    return (moment for name in names for written in facts.meta.get(name, ()) if (moment := _read(written)))


def _marked_moments(facts: Facts) -> Iterator[Moment]:
    """Times marked as publication first, then unmarked ones before any that is marked as change; text is read where no attribute is."""
    ranked = sorted((kind != "pub", number) for number, (_, kind, _) in enumerate(facts.times) if kind != "mod")
    for _, number in ranked[:12]:
        written, _, element = facts.times[number]
        moment = _read(written) or (read_moment(_text(element)) if not written else None)
        if moment:
            yield moment


def _text(element: HtmlElement) -> str:
    return " ".join(element.itertext())[: _LONGEST_TEXT * 3].strip()[:_LONGEST_TEXT]


def _guessed(tree: HtmlElement | None, facts: Facts, url: str) -> Moment | None:
    """htmldate's answer from the visible text, and a change date when nothing else is known."""
    if tree is None:
        return choose_modified(facts)
    try:
        written = find_date(tree, extensive_search=True, original_date=True, url=url or None, min_date="1995-01-01")
    except (ValueError, TypeError, AttributeError, OverflowError, IndexError, RecursionError):
        written = None
    return (read_moment(written) if written else None) or choose_modified(facts)
