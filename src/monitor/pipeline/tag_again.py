"""Which articles changed terms of themes concern, and what tags an article keeps when its text has gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from monitor.knowledge import ANY_LANGUAGE, ThemeDef, Themes
from monitor.pipeline.words import primary
from monitor.records import Evidence, Tagged, ThemeScore

EVERYWHERE = ""
"""The part of a theme's prints that counts in every language: threshold, combinations, entities."""
MOST_THEMES = 4

Prints = Mapping[str, Mapping[str, str]]
"""Theme → language ("*" for any, "" for what is of no language) → a short name for exactly these terms."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """The themes that changed, and the languages whose articles that may concern: ("*",) for all."""

    themes: tuple[str, ...]
    languages: tuple[str, ...]


def prints(themes: Themes) -> dict[str, dict[str, str]]:
    """What decides of tags in these themes, a short name a part; labels, tests and priorities decide nothing."""
    return {theme.id: _prints(theme) for theme in themes.themes}


def _prints(theme: ThemeDef) -> dict[str, str]:
    combinations = [[one.weight, one.any, one.within, one.countries] for one in theme.all_of]
    found = {EVERYWHERE: _short([float(theme.threshold), theme.helper, sorted(theme.entities.items()), combinations])}
    for language in sorted({*theme.terms, *theme.excluded}):
        terms, excluded = theme.terms.get(language, {}), theme.excluded.get(language, ())
        if terms or excluded:
            found[language] = _short([sorted((term, float(weight)) for term, weight in terms.items()), sorted(excluded)])
    return found


def fingerprint(found: Prints) -> str:
    """A short name for all of it."""
    return _short(sorted((theme, sorted(parts.items())) for theme, parts in found.items()))


def _short(value: object) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()[:16]


def concerned(before: Prints, after: Prints) -> Concerned | None:
    """What has to be tagged again, or None when nothing that decides is another."""
    changed: dict[str, set[str]] = {}
    for theme in before.keys() | after.keys():
        old, new = before.get(theme, {}), after.get(theme, {})
        parts = {part for part in old.keys() | new.keys() if old.get(part) != new.get(part)}
        if parts:
            changed[theme] = parts
    if not changed:
        return None
    return Concerned(tuple(sorted(changed)), _languages(part for parts in changed.values() for part in parts))


def both(one: Concerned, other: Concerned) -> Concerned:
    """What has to be tagged again for two changes, the first of which was not finished."""
    return Concerned(tuple(sorted({*one.themes, *other.themes})), _languages((*one.languages, *other.languages)))


def _languages(parts: Iterable[str]) -> tuple[str, ...]:
    found = set(parts)
    return (ANY_LANGUAGE,) if found & {ANY_LANGUAGE, EVERYWHERE} else tuple(sorted(found))


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What is stored of an article: `whole` is False when its text has gone, `doc` its grouping document as JSON, `tagged` its tags."""

    key: int
    title: str
    text: str
    whole: bool
    language: str
    country: str
    section_hint: str
    on: date
    tagged: Tagged
    doc: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class TaggedAgain:
    """An article whose tags are other ones now; `told` when people see it: its themes or its section. `doc` is JSON, "" for none."""

    key: int
    tagged: Tagged
    told: bool
    doc: str


# ── articles whose text has gone ─────────────────────────────────────────────────────────────────────────────────────


def by_what_is_left(before: Tagged, left: Tagged, changed: Collection[str], themes: Mapping[str, ThemeDef], language: str) -> Tagged:
    """The tags of an article of which only `left` can be tagged any more: its title and summary.

    Places, section and the themes that did not change stay as the text gave them. A changed theme is given when what is left gives it, and
    stays when every word that once spoke for it still speaks for it with as much weight (its evidence is kept, its text is not).
    """
    told = {score.theme: score for score in left.themes if score.theme in changed}
    stay = [
        score for score in before.themes if score.theme not in changed or _still_said(themes.get(score.theme), before.evidence, language)
    ]
    given = [max(score, told.pop(score.theme, score), key=_score) for score in stay] + list(told.values())
    given.sort(key=_score, reverse=True)
    kept = tuple(given[:MOST_THEMES])
    gone = {f"theme:{theme}" for theme in changed} - {f"theme:{score.theme}" for score in stay}
    came = {f"theme:{score.theme}" for score in kept} - {f"theme:{score.theme}" for score in stay}
    evidence = [one for one in before.evidence if one.what not in gone] + [one for one in left.evidence if one.what in came]
    return replace(before, themes=kept, evidence=tuple(evidence))


def _score(score: ThemeScore) -> float:
    return score.score


def _still_said(theme: ThemeDef | None, evidence: Iterable[Evidence], language: str) -> bool:
    if theme is None:
        return False
    said = [one.rule for one in evidence if one.what == f"theme:{theme.id}"]
    return bool(said) and all(_holds(theme, rule, language) for rule in said)


def _holds(theme: ThemeDef, rule: str, language: str) -> bool:
    """Whether a rule as the evidence names it ("frigate*: 2") is still there with at least its weight."""
    term, _, weight = rule.rpartition(": ")
    if term == "all of":
        return any(f"{one.weight:g}" == weight for one in theme.all_of)
    if term.startswith("@"):
        name = term.removeprefix("@")
        named = {written.removeprefix("@"): has for written, has in theme.entities.items()}
        return name not in named or named[name] >= float(weight)  # a name without a weight here votes from the gazetteer
    weights = [held[term] for spoken in (ANY_LANGUAGE, primary(language)) if term in (held := theme.terms.get(spoken, {}))]
    return bool(weights) and max(weights) >= float(weight)
