"""Gathers what a page says about itself in its head and markup, in one walk over the tree: meta tags, JSON-LD, times, headings.

Nothing is decided here; extract_title.py, extract_dates.py and extract.py choose among what was found.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

LONGEST_SCRIPT = 1024 * 1024
MOST_OBJECTS = 2_000
MOST_FOUND = 60
_ARTICLE = re.compile(r"(?:article|posting|newsstory|report|liveblog|opinion|review|analysis|interview)", re.IGNORECASE)
_CHANGE = re.compile(r"modif|updat|aktuali|mise|edited")
_PUBLICATION = re.compile(r"pub|creat|date|posted")
_LOOSE_BREAK = re.compile(r"[\x00-\x1f]+")


@dataclass(slots=True)
class Facts:
    """What was found, in document order."""

    meta: dict[str, list[str]] = field(default_factory=dict)  # lower-case name, property or itemprop -> contents
    article: dict[str, Any] = field(default_factory=dict)  # the JSON-LD object that is the article, or empty
    objects: list[dict[str, Any]] = field(default_factory=list)  # every JSON-LD object
    times: list[tuple[str, str, HtmlElement]] = field(default_factory=list)  # datetime or content, "pub" | "mod" | "", element
    headings: list[HtmlElement] = field(default_factory=list)
    title: str = ""
    canonical: str = ""
    language: str = ""

    def first(self, *names: str) -> str:
        """The first non-empty content of the named meta tags, in the order of the names."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")

    def said(self, name: str) -> str:
        """A text field of the JSON-LD article."""
        return text_of(self.article.get(name))


def gather(tree: HtmlElement) -> Facts:
    """The facts of a page; scripts that are no JSON are passed over."""
    facts = Facts(language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()[:35])
    for element in tree.iter("meta", "link", "script", "time", "title", "h1", "span", "abbr"):
        _READERS[element.tag](facts, element)
    facts.article = _main_article(facts.objects)
    return facts


def _meta(facts: Facts, element: HtmlElement) -> None:
    content = element.get("content")
    if not content:
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = (element.get(attribute) or "").strip().lower()
        if name and len(facts.meta.setdefault(name, [])) < MOST_FOUND:
            facts.meta[name].append(content.strip()[:4_000])


def _link(facts: Facts, element: HtmlElement) -> None:
    if (element.get("rel") or "").lower() == "canonical" and not facts.canonical:
        facts.canonical = (element.get("href") or "").strip()[:4_000]


def _script(facts: Facts, element: HtmlElement) -> None:
    kind = (element.get("type") or "").lower()
    text = element.text
    if "ld+json" not in kind or not text or len(text) > LONGEST_SCRIPT:
        return
    try:
        document = json.loads(_LOOSE_BREAK.sub(" ", text).strip().strip(";"), strict=False)
    except (ValueError, RecursionError):
        return
    queue = [document]
    while queue and len(facts.objects) < MOST_OBJECTS:
        value = queue.pop(0)
        if isinstance(value, dict):
            facts.objects.append(value)
            queue.extend(inner for inner in value.values() if isinstance(inner, (dict, list)))
        elif isinstance(value, list):
            queue.extend(inner for inner in value[:200] if isinstance(inner, (dict, list)))


def _time(facts: Facts, element: HtmlElement) -> None:
    """A time element or anything marked as a date; its kind by the marks on it and on its parent."""
    written = element.get("datetime") or element.get("content") or ""
    parent = element.getparent()
    named = [element.get("itemprop"), element.get("class"), element.get("id"), parent.get("class") if parent is not None else ""]
    marks = " ".join(filter(None, named)).lower() + ("" if element.get("pubdate") is None else " pub")
    kind = "mod" if _CHANGE.search(marks) else "pub" if _PUBLICATION.search(marks) else ""
    if len(facts.times) < MOST_FOUND:
        facts.times.append((written.strip()[:80], kind, element))


def _marked(facts: Facts, element: HtmlElement) -> None:
    """A span or abbr counts only when it is marked as the date of publication or change."""
    item = (element.get("itemprop") or "").lower()
    if item in ("datepublished", "datemodified", "datecreated") or "published" in (element.get("class") or ""):
        _time(facts, element)


def _title(facts: Facts, element: HtmlElement) -> None:
    if not facts.title:
        facts.title = (element.text or "")[:2_000]


def _heading(facts: Facts, element: HtmlElement) -> None:
    if len(facts.headings) < MOST_FOUND:
        facts.headings.append(element)


_READERS = {
    "meta": _meta, "link": _link, "script": _script, "time": _time, "title": _title, "h1": _heading, "span": _marked, "abbr": _marked,
}  # fmt: skip


def kinds_of(found: dict[str, Any]) -> str:
    """The types of a JSON-LD object as one text."""
    kind = found.get("@type")
    return " ".join(str(one) for one in kind) if isinstance(kind, list) else str(kind or "")


def _main_article(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """The first object of an article type, one with a headline or a date before one without."""
    articles = [found for found in objects if _ARTICLE.search(kinds_of(found)) and "Breadcrumb" not in kinds_of(found)]
    dated = [found for found in articles if found.get("datePublished") or found.get("headline")]
    return next(iter(dated or articles), {})


def text_of(value: Any) -> str:
    """A JSON-LD value as text: a string, the first of a list, or the @value or name of an object."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or ""
    return value.strip() if isinstance(value, str) else ""


def texts_of(value: Any) -> list[str]:
    """A JSON-LD value as list of texts."""
    return [text for text in (text_of(one) for one in (value if isinstance(value, list) else [value])[:40]) if text]
