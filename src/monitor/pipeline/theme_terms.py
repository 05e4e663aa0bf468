"""Terms of themes as people change them: what a change adds, takes away or weighs anew, laid over the terms of the file.

A person's change holds only the terms it touched, so that an edited themes.yaml and the changes of people add up; where both touched a
term the person wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from monitor.knowledge import ThemeDef, Themes

Terms = Mapping[str, float]
Weights = Mapping[str, float | None]
"""Terms with their weights; None where the term is not there."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """What a person ordained of some terms of a theme in a language ("*" for any)."""

    theme: str
    language: str
    after: Weights


def difference(before: Terms, after: Terms) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """The terms that differ, with their weights before and after, in the order in which they stand."""
    touched = [term for term in dict.fromkeys((*before, *after)) if before.get(term) != after.get(term)]
    return {term: before.get(term) for term in touched}, {term: after.get(term) for term in touched}


def applied(terms: Terms, change: Weights) -> dict[str, float]:
    """Terms after a change; those that are new come last."""
    laid = {**terms, **change}
    return {term: weight for term, weight in laid.items() if weight is not None}


def in_use(themes: Themes, changes: Iterable[TermChange]) -> Themes:
    """The themes of the file with people's changes laid over them in order; changes of a theme that left the file are passed by."""
    by_theme: dict[str, list[TermChange]] = {}
    for change in changes:
        by_theme.setdefault(change.theme, []).append(change)
    return Themes(tuple(_changed(theme, by_theme[theme.id]) if theme.id in by_theme else theme for theme in themes.themes))


def _changed(theme: ThemeDef, changes: Iterable[TermChange]) -> ThemeDef:
    terms = {language: dict(held) for language, held in theme.terms.items()}
    for change in changes:
        terms[change.language] = applied(terms.get(change.language, {}), change.after)
    return replace(theme, terms={language: held for language, held in terms.items() if held or language in theme.terms})


def fingerprint(terms: Terms) -> str:
    """A short name for exactly these terms, whatever their order: by it an editor tells which terms they began from."""
    return sha256(json.dumps(sorted((term, float(weight)) for term, weight in terms.items())).encode()).hexdigest()[:32]
