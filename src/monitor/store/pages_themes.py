"""What the themes pages show: the themes of the worker's file with people's changes, one theme with its history, one trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.pipeline.theme_terms import applied
from monitor.store import due, models
from monitor.store.theme_edits import FILE, IN_USE, TEXT

CHANGES_SHOWN = 40
TRIALS_SHOWN = 5

Terms = dict[str, float]


@dataclass(slots=True)
class ThemeLine:
    """One theme: what the file says of it, and its terms by language with people's changes over them."""

    id: str
    label: Mapping[str, str]
    helper: bool
    priority: float
    threshold: float
    file: Mapping[str, Terms]
    terms: dict[str, Terms]
    tests: list[tuple[str, str, list[str]]]
    excluded: Mapping[str, list[str]]
    combinations: int
    entities: Mapping[str, float]
    changes: int = 0

    @property
    def total(self) -> int:
        """All its terms."""
        return sum(map(len, self.terms.values()))

    @property
    def languages(self) -> list[tuple[str, int]]:
        """Its languages with the number of their terms, most first; PostgreSQL keeps no order of its own in JSON."""
        return sorted(((language, len(terms)) for language, terms in self.terms.items()), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class ThemesView:
    """All themes, the file's name, the last change, the last one taken up by the worker and what kept it from a later one."""

    name: str
    themes: list[ThemeLine] = field(default_factory=list)
    last: int = 0
    taken_up: int = 0
    problem: str = ""

    def theme(self, key: str) -> ThemeLine | None:
        """The theme with this id."""
        return next((line for line in self.themes if line.id == key), None)

    def differing(self) -> list[tuple[str, str, Terms]]:
        """Theme, language and terms wherever they differ from the file's: what an export writes."""
        return [
            (line.id, language, terms)
            for line in self.themes
            for language, terms in line.terms.items()
            if terms != line.file.get(language, {})
        ]


def themes() -> ThemesView:
    """Every theme in the order of the file, in two queries; none before a worker has read the file."""
    facts: dict[str, Any] = dict(models.DeskFact.objects.filter(name__in=(FILE, IN_USE)).values_list("name", "value"))
    held = facts.get(FILE, {})
    lines = [_line(one) for one in held.get("themes", ())]
    known = {line.id: line for line in lines}
    last = 0
    for number, theme, language, after in models.ThemeChange.objects.order_by("number").values_list("number", "theme", "language", "after"):
        last = number
        if theme in known:
            line = known[theme]
            line.changes += 1
            line.terms[language] = applied(line.terms.get(language, {}), after)
    use = facts.get(IN_USE, {})
    return ThemesView(held.get("name", ""), lines, last, int(use.get("number", 0)), str(use.get("problem", "")))


def _line(one: Mapping[str, Any]) -> ThemeLine:
    return ThemeLine(
        id=one["id"],
        label=one["label"],
        helper=one["helper"],
        priority=one["priority"],
        threshold=one["threshold"],
        file=one["terms"],
        terms={language: dict(terms) for language, terms in one["terms"].items()},
        tests=[(title, language, list(wanted)) for title, language, wanted in one["tests"]],
        excluded=one["not"],
        combinations=one["all_of"],
        entities=one["entities"],
    )


def file_text() -> str:
    """The text of the worker's file, "" before a worker has read it."""
    row = models.DeskFact.objects.filter(name=TEXT).values_list("value", flat=True).first()
    return str(row["text"]) if row else ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a theme's terms: who, when, what was before and after, and whether it was undone."""

    uuid: str
    number: int
    language: str
    at: datetime
    by: str
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]
    undone: bool
    undoes: bool


def history(theme: str) -> list[ChangeLine]:
    """The last changes of a theme, the newest first."""
    rows = models.ThemeChange.objects.filter(theme=theme).select_related("by", "undone_by").order_by("-number")[:CHANGES_SHOWN]
    return [
        ChangeLine(
            str(row.uuid), row.number, row.language, row.at, _name(row.by), row.before, row.after,
            undone=hasattr(row, "undone_by"), undoes=row.undoes_id is not None,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrialView:
    """One trial: what was written, what it began from, and what was found once it is done."""

    uuid: str
    theme: str
    language: str
    written: str
    terms: Terms
    began: Terms
    by: str
    asked_at: datetime
    done_at: datetime | None
    found: Mapping[str, Any]
    saved: bool
    problem: str
    given_up: bool


def trial(uuid: str) -> TrialView | None:
    """A trial by its UUID."""
    row = models.ThemeTrial.objects.filter(uuid=uuid).select_related("by").first()
    return _trial(row) if row is not None else None


def trials_left(theme: str, language: str) -> list[TrialView]:
    """The newest trials of these terms that were not saved."""
    rows = models.ThemeTrial.objects.filter(theme=theme, language=language, saved_as=None).select_related("by").order_by("-asked_at")
    return [_trial(row) for row in rows[:TRIALS_SHOWN]]


def _trial(row: models.ThemeTrial) -> TrialView:
    return TrialView(
        str(row.uuid), row.theme, row.language, row.written, row.terms, row.began, _name(row.by), row.asked_at, row.done_at, row.found,
        saved=row.saved_as_id is not None, problem=row.last_error, given_up=row.done_at is None and row.attempts >= due.GIVE_UP_AFTER,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaggingAgain:
    """How far tagging again has come since terms changed: articles in all, looked at and changed; `done_at` None while it goes on."""

    asked_at: datetime
    total: int
    done: int
    changed: int
    done_at: datetime | None
    given_up: bool


def tagging_again() -> TaggingAgain | None:
    """The last time articles were tagged again, or None when they never were."""
    row = models.Retagging.objects.order_by("-asked_at").first()
    if row is None:
        return None
    given_up = row.done_at is None and row.attempts >= due.GIVE_UP_AFTER
    return TaggingAgain(row.asked_at, max(row.total, row.done), row.done, row.changed, row.done_at, given_up)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """Where a tried headline leads: its story, outlet and day."""

    story: str
    outlet: str
    at: datetime


def articles(uuids: list[str]) -> dict[str, ArticleFacts]:
    """The facts of tried headlines, in one query."""
    rows = models.Article.objects.filter(uuid__in=uuids).values_list("uuid", "story__uuid", "outlet__name", "discovered_at")
    return {str(uuid): ArticleFacts(str(story) if story else "", outlet, at) for uuid, story, outlet, at in rows}


def _name(person: models.Person | None) -> str:
    if person is None:
        return ""
    return f"{person.given_name} {person.family_name}".strip() or person.email
