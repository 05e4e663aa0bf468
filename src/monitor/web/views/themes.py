"""Themes lab: the themes and their terms, new terms tried on the headlines of thirty days before they hold, versions and undo."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.config.countries import known_languages
from monitor.config.themes_file import read_terms
from monitor.config.themes_write import with_terms, written_terms
from monitor.knowledge import ANY_LANGUAGE
from monitor.pipeline.theme_terms import applied, difference, fingerprint
from monitor.store import pages_themes, tag_again, theme_edits
from monitor.store.pages_themes import ThemeLine, ThemesView
from monitor.store.theme_edits import Saved
from monitor.web import moment, theme_words
from monitor.web.access import READ, RUN_THEMES, allow
from monitor.web.page import show
from monitor.web.views.triage import person_of

_DAYS = {"days": tag_again.KEPT_UP.days}
LONGEST = 60_000
"""Characters of one language's terms that are read; the longest of the shipped file has five thousand."""


@allow(READ, "GET")
def themes(request: HttpRequest) -> HttpResponse:
    """Every theme with its labels, languages and tests; what people changed, and the file to put in place."""
    view = pages_themes.themes()
    context = {
        "page": "themes",
        "view": view,
        "lines": [(line, _label(line)) for line in view.themes],
        "differing": len(view.differing()),
        "again": pages_themes.tagging_again(),
        "days": tag_again.KEPT_UP.days,
    }
    return show(request, "themes.html", context)


@allow(READ, "GET")
def themes_file(_request: HttpRequest) -> HttpResponse:
    """themes.yaml with what people changed written in; what could not be written is said at its end."""
    view, text = pages_themes.themes(), pages_themes.file_text()
    if not text:
        raise Http404
    written, left = with_terms(text, view.differing())
    for theme, language in left:
        line = view.theme(theme)
        terms = line.terms.get(language, {}) if line else {}
        lines = "".join(f"#   {one}\n" for one in written_terms(terms).splitlines())
        written = (
            f"{written.rstrip()}\n\n# Write these into {theme}, {language}; the form of this file kept them from being put there:\n{lines}"
        )
    answer = HttpResponse(written, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="themes.yaml"'
    return answer


@allow(READ, "GET")
def theme(request: HttpRequest, theme: str) -> HttpResponse:
    """One theme: its terms in a language (`?language=`), tests and changes; `?trial=` takes the lines of a trial up again."""
    view, line = _found(theme)
    language = _language(request.GET.get("language", ""), line)
    text = written_terms(line.terms.get(language, {}))
    again = pages_themes.trial(request.GET["trial"]) if _is_uuid(request.GET.get("trial", "")) else None
    if again is not None and (again.theme, again.language) == (theme, language):
        current = line.terms.get(language, {})
        text = again.written if again.began == current else written_terms(applied(current, difference(again.began, again.terms)[1]))
    return _shown(request, view, line, language, text)


@allow(RUN_THEMES, "POST")
def try_terms(request: HttpRequest, theme: str) -> HttpResponse:
    """Read the terms as the file's reader does, and have them tried."""
    view, line = _found(theme)
    language = _language(request.POST.get("language", ""), line)
    text = request.POST.get("terms", "")[:LONGEST]
    current = line.terms.get(language, {})
    if request.POST.get("seen") != fingerprint(current):
        by = theme_edits.last_editor(theme, language)
        return _shown(request, view, line, language, text, meanwhile=by or _("somebody else"), theirs=_against(current, text))
    terms, problems = read_terms(text, "")
    if problems:
        return _shown(request, view, line, language, text, problems=problems)
    if terms == current:
        return _shown(request, view, line, language, text, same=True)
    trial = theme_edits.ask(theme, language, text, terms, current, person_of(request), moment.now(request))
    return redirect("theme-trial", trial=trial)


@allow(RUN_THEMES, "GET")
def trial(request: HttpRequest, trial: uuid.UUID) -> HttpResponse:
    """What new terms would change: headlines gained and lost by language, other themes, the themes' own tests."""
    asked = pages_themes.trial(str(trial))
    if asked is None:
        raise Http404
    _view, line = _found(asked.theme)
    found = asked.found.get("languages", ())
    moved = [one["id"] for tried in found for kind in ("gains", "losses") for one in tried["headlines"][kind]]
    current = line.terms.get(asked.language, {})
    context: dict[str, Any] = {
        "page": "themes",
        "line": line,
        "label": _label(line),
        "trial": asked,
        "changes": theme_words.lines(*difference(asked.began, asked.terms)),
        "tried": theme_words.tried(found, pages_themes.articles(moved), line.helper),
        "meanwhile": not asked.saved and current != asked.began,
        "by": theme_edits.last_editor(asked.theme, asked.language),
        "theirs": theme_words.lines(*difference(asked.began, current)),
    }
    return show(request, "theme_trial.html", context)


@allow(RUN_THEMES, "POST")
def save(request: HttpRequest, trial: uuid.UUID) -> HttpResponse:
    """Make the terms of a trial hold."""
    done = theme_edits.save(str(trial), person_of(request), moment.now(request))
    if done.result in ("meanwhile", "waiting"):
        messages.warning(request, _refused(done))
        return redirect("theme-trial", trial=trial)
    said = _("Saved. Articles are tagged with these terms from now on; those of the last %(days)d days are tagged again in the background.")
    return _answered(request, done, said % _DAYS)


@allow(RUN_THEMES, "POST")
def undo(request: HttpRequest, change: uuid.UUID) -> HttpResponse:
    """Take a change back."""
    done = theme_edits.undo(str(change), person_of(request), moment.now(request))
    return _answered(request, done, _("Undone. The articles of the last %(days)d days are tagged again in the background.") % _DAYS)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _found(theme: str) -> tuple[ThemesView, ThemeLine]:
    view = pages_themes.themes()
    line = view.theme(theme)
    if line is None:
        raise Http404
    return view, line


def _language(asked: str, line: ThemeLine) -> str:
    """The language asked for if there is such a language, else the reader's, else the theme's first."""
    if asked == ANY_LANGUAGE or asked in known_languages():
        return asked
    own = get_language() or "en"
    return own if own in line.terms else next(iter(line.terms), own)


def _shown(request: HttpRequest, view: ThemesView, line: ThemeLine, language: str, text: str, **told: object) -> HttpResponse:
    current = line.terms.get(language, {})
    tests = [(title, spoken, wanted) for title, spoken, wanted in line.tests if spoken == language]
    context: dict[str, Any] = {
        "page": "themes",
        "view": view,
        "line": line,
        "label": _label(line),
        "chosen": language,
        "languages": [(code, theme_words.language(code), count) for code, count in line.languages],
        "more": theme_words.offered(line.terms),
        "text": text,
        "rows": min(30, max(8, text.count("\n") + 2)),
        "again": pages_themes.tagging_again(),
        "days": tag_again.KEPT_UP.days,
        "count": len(current),
        "seen": fingerprint(current),
        "from_file": theme_words.lines(*difference(line.file.get(language, {}), current)),
        "excluded": line.excluded.get(language, ()),
        "tests": tests,
        "tests_elsewhere": len(line.tests) - len(tests),
        "history": [(change, theme_words.lines(change.before, change.after)) for change in pages_themes.history(line.id)],
        "left": pages_themes.trials_left(line.id, language),
    }
    return show(request, "theme.html", context | told)


def _against(current: dict[str, float], text: str) -> list[theme_words.TermLine]:
    """What the lines written differ from the terms as they are now, as far as they can be read."""
    terms, _problems = read_terms(text, "")
    return theme_words.lines(*difference(current, terms))


def _answered(request: HttpRequest, done: Saved, said: str) -> HttpResponse:
    if done.result == "unknown":
        raise Http404
    if done.result == "done":
        messages.success(request, said)
    else:
        messages.warning(request, _refused(done))
    return redirect(f"{reverse('theme', args=[done.theme])}?language={done.language}")


def _refused(done: Saved) -> str:
    if done.result == "meanwhile":
        who = done.by or _("somebody else")
        return _("Nothing was changed: %(who)s changed these terms meanwhile. Your lines are kept.") % {"who": who}
    if done.result == "waiting":
        return _("Nothing was changed: the terms are still being tried.")
    return _("Nothing was changed: it is as it was.")


def _label(line: ThemeLine) -> str:
    return line.label.get(get_language() or "en") or line.label.get("en") or line.id


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
