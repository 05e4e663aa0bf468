"""Try terms an editor wrote on the headlines of the last thirty days, in the parser children, and keep what they would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from monitor.flows.kit import Kit
from monitor.knowledge import ANY_LANGUAGE
from monitor.outside.reading_trial import TRIAL, TermsToTry, TriedTerms
from monitor.store import theme_edits
from monitor.store.theme_edits import DueTrial

LOOKED_AT = timedelta(days=30)
NEWEST = 1_000
"""Articles tried in a language at the most, the newest; two thousand taggings take a child one to three seconds."""
NEWEST_OF_ANY = 300
"""The same where terms hold in any language, in each of them."""


def try_themes(kit: Kit, languages: Iterable[str], after_each: Callable[[], None] = lambda: None) -> int:
    """Make every trial that is asked for; `languages` are those in which themes have terms. Returns how many were made.

    `after_each` is called between two trials, so that a row of them holds nothing up.
    """
    made, known = 0, tuple(languages)
    while not kit.stop():
        trial = theme_edits.claim(kit.clock.now(), worker=kit.worker)
        if trial is None:
            break
        made += _make(kit, trial, known)
        after_each()
    return made


def _make(kit: Kit, trial: DueTrial, known: tuple[str, ...]) -> bool:
    if trial.language == ANY_LANGUAGE:
        spoken, newest = theme_edits.languages_heard([language for language in known if language != ANY_LANGUAGE]), NEWEST_OF_ANY
    else:
        spoken, newest = [trial.language], NEWEST
    kit.ready()
    since = kit.clock.now() - LOOKED_AT
    asked = []
    for language in spoken:
        headlines = theme_edits.headlines(language, since, newest)
        asked.append(kit.pool.submit(TRIAL, TermsToTry(trial.theme, trial.language, trial.terms, language, headlines)))
    found: list[dict[str, Any]] = []
    for answer in asked:
        tried = answer.result()
        if not isinstance(tried, TriedTerms):
            return not theme_edits.fail(trial, f"{tried.reason}: {tried.detail}", kit.clock.now())
        found.append(asdict(tried))
    return theme_edits.finish(trial, {"languages": found, "newest": newest, "days": LOOKED_AT.days}, kit.clock.now())
