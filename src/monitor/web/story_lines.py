"""The articles of a story dressed for its page: what could be read, why each is here, whose text it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.render.citation import citation, local_day
from monitor.store.pages import DeskFacts
from monitor.store.pages_story import StoryLine
from monitor.web import words
from monitor.web.evidence_marks import Change, Marks, Piece, headline_changes
from monitor.web.likeness_words import why_in_story

EVIDENCE_SHOWN = 12
RULE: Mapping[str, str | Promise] = {
    "entity": gettext_lazy("a name of the desk’s gazetteer"),
    "former": gettext_lazy("a name of the gazetteer, for an office of that time"),
    "country": gettext_lazy("a country’s name"),
    "language": gettext_lazy("an adjective of a country"),
    "demonym": gettext_lazy("an adjective of a country"),
    "capital": gettext_lazy("a capital"),
    "city": gettext_lazy("a city"),
    "venue": gettext_lazy("a place where others meet"),
    "group": gettext_lazy("a group of countries"),
    "domestic": gettext_lazy("a word of home in the press of that country"),
}


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """What the article template prints; `href` is "" when the address may not be a link, `no_text` says why there is no text.

    `title`, `summary` and `paragraphs` are pieces with the evidence marked; `versions` says when each headline was changed and how.
    """

    line: StoryLine
    href: str
    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    verdict: str
    reason: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    no_text: str
    versions: tuple[tuple[datetime, tuple[Change, ...]], ...]
    citation: str
    themes: tuple[str, ...]
    section: str
    evidence: tuple[str, ...]
    why: tuple[str, ...]


def dress_lines(lines: Iterable[StoryLine], facts: DeskFacts, language: str) -> list[ArticleCard]:
    """Each article as its card, in the order given."""
    labels: dict[tuple[str, str], str] = {}
    return [_dress(line, facts, language, labels) for line in lines]


def web_address(url: str) -> str:
    """The address when it is http or https and can be read as one, else "" (never javascript: or data:)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def _dress(line: StoryLine, facts: DeskFacts, language: str, labels: dict[tuple[str, str], str]) -> ArticleCard:
    marks = Marks((str(one.get("words", "")), _speaks_for(one, facts, language, labels)) for one in line.evidence)
    return ArticleCard(
        line=line,
        href=web_address(line.url),
        title=marks.pieces(line.title),
        summary=marks.pieces(line.summary),
        verdict=words.say("verdict", line.verdict),
        reason=line.reason if line.verdict != "full" else "",
        paragraphs=tuple(marks.pieces(part.strip()) for part in line.text.split("\n") if part.strip()),
        no_text=_no_text(line),
        versions=_versions(line),
        citation=citation(line.outlet, line.title, local_day(line.published_at, line.published_offset, line.discovered_at), language),
        themes=tuple(facts.theme_label(theme, language) for theme in line.themes),
        section=facts.section_label(line.section, language) if line.section else "",
        evidence=tuple(_with_rule(one, facts, language) for one in line.evidence[:EVIDENCE_SHOWN]),
        why=tuple(why_in_story(code, facts, language) for code in line.why),
    )


def _versions(line: StoryLine) -> tuple[tuple[datetime, tuple[Change, ...]], ...]:
    """Each change of the headline: when the earlier one was replaced, and what became of it."""
    titles = (*(version.title for version in line.versions), line.title)
    return tuple((one.seen_at, headline_changes(*pair)) for one, pair in zip(line.versions, pairwise(titles), strict=True))


def _speaks_for(one: Mapping[str, Any], facts: DeskFacts, language: str, labels: dict[tuple[str, str], str]) -> str:
    """What one piece of evidence speaks for, with the rule that took it; the articles of a story share a few, kept in `labels`."""
    key = str(one.get("what", "")), str(one.get("rule", ""))
    if key not in labels:
        name, rule = words.speaks_for(one, facts, language), _rule(one)
        labels[key] = f"{name} ({rule})" if rule else name
    return labels[key]


def _with_rule(one: Mapping[str, Any], facts: DeskFacts, language: str) -> str:
    told, rule = words.evidence(one, facts, language), _rule(one)
    return f"{told} — {rule}" if rule else told


def _rule(one: Mapping[str, Any]) -> str:
    """The rule in words: a theme's term with its weight, or the kind of name a country was found by."""
    rule, _sep, weight = str(one.get("rule", ""))[:80].rpartition(": ")
    if not rule:
        return str(RULE.get(weight, weight))
    return _("the desk’s term “%(term)s”, weight %(weight)s") % {"term": rule, "weight": weight}


def _no_text(line: StoryLine) -> str:
    if line.text or line.text_apart:
        return ""
    if line.rights == "reserved":
        return _("The outlet reserves its rights: read the text on its site.")
    if line.verdict == "full":
        return _("The text is no longer kept.")
    return ""
