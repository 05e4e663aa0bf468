"""The words of the themes lab: languages, differences of terms, and what a trial found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from monitor.knowledge import ANY_LANGUAGE
from monitor.pipeline.language import DEFAULT_CANDIDATES
from monitor.store.pages_themes import ArticleFacts
from monitor.web import language as languages


def language(code: str) -> str:
    """A language's name, or that terms hold in any."""
    return _("any language") if code == ANY_LANGUAGE else languages.name(code)


def offered(held: Collection[str]) -> list[tuple[str, str]]:
    """Names and codes of the languages in which terms may be begun: those the desk recognises and can name, and any."""
    named = [(language(code), code) for code in (*DEFAULT_CANDIDATES, ANY_LANGUAGE) if code not in held]
    return sorted((name, code) for name, code in named if name != code)


@dataclass(frozen=True, slots=True)
class TermLine:
    """One changed term: `kind` is new, gone, heavier or lighter; weights as numbers to print, "" where there is none."""

    term: str
    kind: str
    before: str
    after: str


def lines(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> list[TermLine]:
    """What changed, a term a line."""
    found = []
    for term in dict.fromkeys((*before, *after)):
        was, now = before.get(term), after.get(term)
        if was == now:
            continue
        kind = "new" if was is None else "gone" if now is None else "heavier" if now > was else "lighter"
        found.append(TermLine(term, kind, "" if was is None else f"{was:g}", "" if now is None else f"{now:g}"))
    return found


@dataclass(frozen=True, slots=True)
class HeadlineLine:
    """One headline gained or lost, where it leads, and the words that speak for it."""

    title: str
    story: str
    outlet: str
    at: datetime | None
    themes: list[str]
    why: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LanguageLines:
    """What a trial found in one language."""

    code: str
    name: str
    articles: int
    before: int
    after: int
    gained: int
    lost: int
    gains: list[HeadlineLine]
    losses: list[HeadlineLine]
    others: list[tuple[str, int, int]]
    tests: Mapping[str, Any]


def tried(found: Sequence[Mapping[str, Any]], facts: Mapping[str, ArticleFacts], helper: bool) -> list[LanguageLines]:
    """A trial's findings by language, those with most to see first."""
    told = [_told(one["headlines"], one["tests"], facts, helper) for one in found]
    return sorted(told, key=lambda one: -(one.gained + one.lost))


def _told(one: Mapping[str, Any], tests: Mapping[str, Any], facts: Mapping[str, ArticleFacts], helper: bool) -> LanguageLines:
    return LanguageLines(
        code=one["language"],
        name=language(one["language"]),
        articles=one["articles"],
        before=one["before"],
        after=one["after"],
        gained=one["gained"],
        lost=one["lost"],
        gains=[_headline(line, facts, helper) for line in one["gains"]],
        losses=[_headline(line, facts, helper) for line in one["losses"]],
        others=[] if helper else [(theme, gained, lost) for theme, (gained, lost) in one["others"].items()],
        tests=tests,
    )


def _headline(line: Mapping[str, Any], facts: Mapping[str, ArticleFacts], helper: bool) -> HeadlineLine:
    known = facts.get(line["id"])
    why = [(str(words), str(rule)) for words, rule in line["why"]]
    themes = list(line["themes"]) if helper else []
    return HeadlineLine(
        line["title"], known.story if known else "", known.outlet if known else "", known.at if known else None, themes, why
    )
