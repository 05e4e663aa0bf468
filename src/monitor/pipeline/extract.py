"""Reads an article page: text, headline, dates, authors, rights, and how much of it could be read.

This file and its extract_* parts are the door of trafilatura, lxml and resiliparse.
Runs in a killable child (finding 3); never raises for what a page contains. trafilatura's fast mode reads first, its full mode only when
the result looks short or doubtful, JSON-LD's articleBody is the fallback; extract_bounded reads what killed a child before.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from lxml.etree import LxmlError
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from monitor.pipeline.addresses import believed_canonical
from monitor.pipeline.clean import clean_text, clean_title
from monitor.pipeline.extract_before import LARGEST, mended, shallow, to_text, without_code
from monitor.pipeline.extract_dates import choose_modified, choose_published
from monitor.pipeline.extract_facts import Facts, gather, text_of, texts_of
from monitor.pipeline.extract_main import drop_comments, full_text, quick_text
from monitor.pipeline.extract_tidy import tidy
from monitor.pipeline.extract_title import choose_title, squeezed
from monitor.pipeline.extract_tree import find_lead, lighten, parsed, prune
from monitor.pipeline.extract_tree import text_of as shown
from monitor.pipeline.extract_verdict import is_granted, is_paywalled, judge, rights_of
from monitor.records import Extracted, Moment

LONGEST_TEXT = 400_000
SHORT = 800  # below, the full mode is asked as well
MOST_AUTHORS = 20
_BOUNDED_PAGE = 2 * 1024 * 1024
_ANY_TAG = re.compile(r"<[A-Za-z!]")
_RAISED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError, LxmlError)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def extract(
    html: bytes, url: str, *, content_type: str = "", outlet: str = "", feed_title: str = "", feed_published: Moment | None = None
) -> Extracted:
    """What the page at `url` says, one paragraph a line; `outlet` is the outlet's name, the feed's title and date are fallbacks."""
    if len(html) > LARGEST:
        return _failed("The page is larger than 15 MiB.", feed_title, feed_published)
    try:
        tree = parsed(mended(to_text(without_code(html), content_type)))
        if tree is None or not len(tree):
            return _failed("The document is no HTML page.", feed_title, feed_published)
        whole = partial(_whole, html, content_type)
        return _read(tree, whole, url, outlet, feed_title, feed_published)
    except _RAISED as problem:
        return _failed(f"The page could not be read ({type(problem).__name__}).", feed_title, feed_published)


def extract_bounded(
    html: bytes, url: str, *, content_type: str = "", outlet: str = "", feed_title: str = "", feed_published: Moment | None = None
) -> Extracted:
    """A plain and quick reading with resiliparse alone, for a page on which the full reading had to be killed; arguments as for extract."""
    try:
        text = shallow(mended(to_text(html[:_BOUNDED_PAGE], content_type)).replace("\0", ""))
        if not _ANY_TAG.search(text):
            return _failed("The document is no HTML page.", feed_title, feed_published)
        tree = HTMLTree.parse(text)
        host = (urlsplit(url).hostname or "") if "://" in url else ""
        title = choose_title(Facts(title=tree.title or ""), [], host.removeprefix("www."), (outlet,), feed_title)
        body = extract_plain_text(tree, main_content=True, alt_texts=False, preserve_formatting=True, list_bullets=False)
    except _RAISED as problem:
        return _failed(f"The page could not be read ({type(problem).__name__}).", feed_title, feed_published)
    body = "\n".join(line for line in clean_text(body, LONGEST_TEXT).split("\n") if line)
    verdict, reason = judge(body, lead="", paywalled=False, article=False)
    reason = reason or "Read in the bounded way, because the full reading took too long."
    return Extracted(title=title, text=body, verdict=verdict, reason=reason, published=feed_published)


def _failed(reason: str, title: str, published: Moment | None) -> Extracted:
    return Extracted(title=clean_title(title), text="", verdict="failed", reason=reason, published=published)


def _whole(html: bytes, content_type: str) -> HtmlElement | None:
    """The page with its scripts and styles."""
    return parsed(mended(to_text(html, content_type)))


def _read(
    tree: HtmlElement, whole: Callable[[], HtmlElement | None], url: str, outlet: str, feed_title: str, feed_published: Moment | None
) -> Extracted:
    """The page's facts and text together."""
    facts = gather(tree)
    site = clean_title(facts.first("og:site_name", "application-name") or text_of(facts.article.get("publisher")), 200)
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "://" in url else ""
    title = choose_title(facts, [shown(heading) for heading in facts.headings], host, (outlet, site), feed_title)
    authors = _authors(facts)
    description = clean_text(facts.first("og:description", "description", "twitter:description") or facts.said("description"), 1_000)
    lead = find_lead(tree, description)
    published = choose_published(whole, facts, url, feed_published)
    paywalled = is_paywalled(facts, tree)
    lighten(tree)
    drop_comments(tree)
    prune(tree, title)
    text = _text(tree, facts, title, authors)
    verdict, reason = judge(text, lead=lead or description, paywalled=paywalled, article=bool(facts.article))
    if lead and text and squeezed(lead)[:80] not in squeezed(text[: 4 * len(lead) + 600]):
        text = f"{lead}\n{text}"
    return Extracted(
        title=title,
        text=text,
        verdict=verdict,
        reason=reason,
        lead=lead or description,
        published=published,
        modified=choose_modified(facts),
        authors=authors,
        language=(facts.language or facts.said("inLanguage") or facts.first("content-language", "og:locale"))[:35],
        section=clean_title(facts.first("article:section", "section", "parsely-section") or facts.said("articleSection"), 120),
        site=site,
        canonical=_canonical(url, facts.canonical or facts.first("og:url")),
        paywalled=paywalled,
        rights=rights_of(facts),
        granted=is_granted(facts),
    )


def _canonical(url: str, claimed: str) -> str:
    """The address the page claims as its own where it may; mostly it is the one it was fetched from, and nothing need be weighed."""
    return believed_canonical(url, claimed) if claimed and claimed != url else url


def _text(tree: HtmlElement, facts: Facts, title: str, authors: tuple[str, ...]) -> str:
    """The article's text by the cheapest way that satisfies: fast mode, full mode, JSON-LD."""
    body = _body_of(facts)
    text = tidy(clean_text(quick_text(tree), LONGEST_TEXT), title, authors)
    if len(text) >= max(SHORT, 0.6 * len(body)) and "\n" in text:
        return text
    body = clean_text(body, LONGEST_TEXT)
    if len(text) < SHORT or len(text) < 0.6 * len(body):
        fuller = tidy(clean_text(full_text(tree), LONGEST_TEXT), title, authors)
        text = max(text, fuller, key=len)
    flat = "\n" not in text and "\n" in body
    if len(body) > 300 and len(body) > (0.9 if flat else 1.5) * len(text) and (flat or len(text) < SHORT):
        text = tidy(body, title, authors)
    return text


def _body_of(facts: Facts) -> str:
    """The longest articleBody of the page's JSON-LD, tags taken out."""
    bodies = [body for found in facts.objects if isinstance(body := found.get("articleBody"), str)]
    return re.sub(r"<[^<>]{1,300}>", " ", max(bodies, key=len, default=""))


def _authors(facts: Facts) -> tuple[str, ...]:
    """People the page names as its authors, plain names only."""
    named = texts_of(facts.article.get("author")) or facts.meta.get("author", []) or facts.meta.get("article:author", [])
    named = named or facts.meta.get("parsely-author", []) or facts.meta.get("sailthru.author", [])
    clean = [clean_title(re.sub(r"^(?:by|von|par|por|di)\s+", "", name, flags=re.IGNORECASE), 200) for name in named]
    return tuple(dict.fromkeys(name for name in clean if name and "://" not in name and "@" not in name))[:MOST_AUTHORS]


def with_rights_reserved(read: Extracted) -> Extracted:
    """The same reading with its rights reserved, as a response header or tdmrep.json may say (P46)."""
    return replace(read, rights="reserved")
