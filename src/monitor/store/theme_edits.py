"""What people change of the themes: trials of new terms, changes that hold, and undo; of two editors at once the second is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from monitor.knowledge import Themes
from monitor.pipeline.theme_terms import TermChange, Terms, applied, difference
from monitor.pipeline.theme_trial import Headline
from monitor.store import due, models, periodic
from monitor.store.again import tried_again
from monitor.store.models import Person

FILE = "themes_file"
"""The fact with the themes of the worker's file: {"name", "themes": [{id, label, priority, threshold, helper, terms, …}]}."""
TEXT = "themes_text"
"""The fact with that file's text, comments and all: {"text"}."""
IN_USE = "themes_in_use"
"""The fact with the number of the last change the parser children know, and why a later one could not be taken up: {number, problem}."""
LEASE = timedelta(minutes=3)
TRIALS_KEPT = timedelta(days=30)

Result = Literal["done", "same", "meanwhile", "unknown", "waiting"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving or undoing came to; `by` is who changed the same terms meanwhile, `change` the change written."""

    result: Result
    theme: str = ""
    language: str = ""
    by: str = ""
    change: str = ""


# ── what holds ───────────────────────────────────────────────────────────────────────────────────────────────────────


def tell_file(name: str, text: str, themes: Themes, now: datetime) -> None:
    """Keep what the worker's file says, for the pages; written only when it differs."""
    values = [
        {
            "id": theme.id, "label": dict(theme.label), "priority": theme.priority, "threshold": theme.threshold, "helper": theme.helper,
            "terms": {language: dict(terms) for language, terms in theme.terms.items()},
            "not": {language: list(words) for language, words in theme.excluded.items()},
            "entities": dict(theme.entities), "all_of": len(theme.all_of), "iptc": list(theme.iptc),
            "tests": [[test.title, test.language, list(test.themes)] for test in theme.tests],
        }
        for theme in themes.themes
    ]  # fmt: skip
    for fact, value in ((FILE, {"name": name, "themes": values}), (TEXT, {"text": text})):
        if periodic.fact(fact) != value:
            periodic.set_fact(fact, value, now)


def changes() -> tuple[int, list[TermChange]]:
    """The number of the last change and every change in order."""
    rows = list(models.ThemeChange.objects.order_by("number").values_list("number", "theme", "language", "after"))
    return (rows[-1][0] if rows else 0), [TermChange(theme, language, after) for _, theme, language, after in rows]


def last_number() -> int:
    """The number of the last change, 0 before the first."""
    return models.ThemeChange.objects.aggregate(last=Max("number"))["last"] or 0


def file_terms(theme: str, language: str) -> Terms | None:
    """The terms the file has for a theme in a language; None when the file has no such theme (or nobody has read it yet)."""
    for held in periodic.fact(FILE).get("themes", ()):  # type: ignore[attr-defined]
        if held["id"] == theme:
            terms: Terms = held["terms"].get(language, {})
            return terms
    return None


def terms_in_use(theme: str, language: str) -> dict[str, float] | None:
    """The terms of the file with people's changes over them; None when there is no such theme."""
    terms = file_terms(theme, language)
    if terms is None:
        return None
    found = dict(terms)
    for after in models.ThemeChange.objects.filter(theme=theme, language=language).order_by("number").values_list("after", flat=True):
        found = applied(found, after)
    return found


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def save(trial: str, by: Person | None, now: datetime) -> Saved:
    """Make the terms of a finished trial hold, unless somebody changed them since its editor began."""
    row = models.ThemeTrial.objects.filter(uuid=trial).first()
    if row is None:
        return Saved("unknown")
    if row.done_at is None:
        return Saved("waiting", row.theme, row.language)
    current = terms_in_use(row.theme, row.language)
    if current is None:
        return Saved("unknown")
    if current != row.began:
        return Saved("meanwhile", row.theme, row.language, last_editor(row.theme, row.language))
    before, after = difference(current, row.terms)
    if not after:
        return Saved("same", row.theme, row.language)
    number = last_number()
    try:
        with transaction.atomic():
            change = _write(number + 1, row.theme, row.language, before, after, by, now)
            models.ThemeTrial.objects.filter(pk=row.pk).update(saved_as=change)
    except IntegrityError:  # somebody wrote a change in this very moment
        return Saved("meanwhile", row.theme, row.language, last_editor(row.theme, row.language))
    return Saved("done", row.theme, row.language, change=str(change.uuid))


@tried_again
def undo(change: str, by: Person | None, now: datetime) -> Saved:
    """Take a change back if none of its terms was changed since; an undoing is a change itself."""
    row = models.ThemeChange.objects.filter(uuid=change).first()
    current = terms_in_use(row.theme, row.language) if row is not None else None
    if row is None or current is None:
        return Saved("unknown")
    if any(current.get(term) != weight for term, weight in row.after.items()):
        return Saved("meanwhile", row.theme, row.language, last_editor(row.theme, row.language))
    number = last_number()
    try:
        with transaction.atomic():
            written = _write(number + 1, row.theme, row.language, row.after, row.before, by, now, undoes=row)
    except IntegrityError:
        return Saved("meanwhile", row.theme, row.language, last_editor(row.theme, row.language))
    return Saved("done", row.theme, row.language, change=str(written.uuid))


def last_editor(theme: str, language: str) -> str:
    """The name of who changed these terms last, "" when nobody did."""
    row = models.ThemeChange.objects.filter(theme=theme, language=language).select_related("by").order_by("-number").first()
    if row is None or row.by is None:
        return ""
    return f"{row.by.given_name} {row.by.family_name}".strip() or row.by.email


def _write(
    number: int,
    theme: str,
    language: str,
    before: Mapping[str, float | None],
    after: Mapping[str, float | None],
    by: Person | None,
    now: datetime,
    undoes: models.ThemeChange | None = None,
) -> models.ThemeChange:
    values: dict[str, Any] = {"theme": theme, "language": language, "before": dict(before), "after": dict(after)}
    return models.ThemeChange.objects.create(number=number, by=by, at=now, undoes=undoes, **values)


# ── trials ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DueTrial:
    """A trial the worker has claimed."""

    key: int
    token: str
    theme: str
    language: str
    terms: Mapping[str, float]


@tried_again
def ask(theme: str, language: str, written: str, terms: Terms, began: Terms, by: Person | None, now: datetime) -> str:
    """Have terms tried by the worker; returns the trial's UUID. Old trials go."""
    models.ThemeTrial.objects.filter(asked_at__lt=now - TRIALS_KEPT).delete()
    row = models.ThemeTrial.objects.create(
        theme=theme, language=language, written=written, terms=dict(terms), began=dict(began), by=by, asked_at=now, due_at=now
    )
    return str(row.uuid)


def claim(now: datetime, *, worker: str) -> DueTrial | None:
    """The trial that waits longest, or None."""
    token, keys = due.claim(models.ThemeTrial, now, limit=1, lease=LEASE, worker=worker, where=Q(done_at=None))
    if not keys:
        return None
    row = models.ThemeTrial.objects.get(pk=keys[0])
    return DueTrial(row.pk, token, row.theme, row.language, row.terms)


def finish(trial: DueTrial, found: Mapping[str, Any], now: datetime) -> bool:
    """Keep what a trial found; False when somebody else took it over."""
    return due.finish(models.ThemeTrial, trial.key, trial.token, found=dict(found), done_at=now, due_at=None)


def fail(trial: DueTrial, reason: str, now: datetime) -> bool:
    """Note why a trial could not be made; it is tried again, five times at the most."""
    return due.fail(models.ThemeTrial, trial.key, trial.token, reason, now + timedelta(seconds=5))


def headlines(language: str, since: datetime, limit: int) -> tuple[Headline, ...]:
    """The newest articles in a language that have been read, as a trial sees them."""
    spoken = Q(language=language) | Q(language__startswith=f"{language}-")
    rows = models.Article.objects.filter(spoken, discovered_at__gte=since, state="read").order_by("-discovered_at")
    columns = ("uuid", "title", "summary", "outlet__country", "section_hint", "discovered_at")
    return tuple(
        Headline(str(uuid), title, summary[:2000], country, section, at.date())
        for uuid, title, summary, country, section, at in rows.values_list(*columns)[:limit]
    )


def languages_heard(among: Iterable[str]) -> list[str]:
    """Those of some languages in which the desk's outlets write, in the order given."""
    outlets = models.Outlet.objects.filter(archived_at=None).values_list("language", flat=True)
    feeds = models.Feed.objects.filter(archived_at=None).values_list("language", flat=True)
    spoken = {language.partition("-")[0].lower() for language in (*outlets.distinct(), *feeds.distinct())}
    return [language for language in among if language in spoken]
