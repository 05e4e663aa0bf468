"""Why an article is in a story, or near another one, as the grouping said it, in the reader’s words."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext as _

from monitor.config.concepts_file import load_concepts
from monitor.config.countries import country_label
from monitor.store.pages import DeskFacts

_SHORTEST_CUT = 5
"""Letters from which a word as the grouping keeps it is likely one that was cut: it is shown with an ellipsis."""


def why_in_story(line: str, facts: DeskFacts, language: str) -> str:
    """One line of the grouping (`also named: ML, ~dead, 17`, `same words: militair`); other lines are shown as they are."""
    kind, sep, rest = line.partition(": ")
    if sep and kind == "also named":
        return _also_named(rest.split(", "), facts, language)
    if line == "joined by a person":
        return _("put together by people of the desk")
    if line == "already there":
        return _("it was here already")
    if sep and kind == "same text":
        return _("same text: %(share)s") % {"share": rest}
    if sep and kind == "same words":
        words = [f"{word}…" if len(word) >= _SHORTEST_CUT else word for word in rest.split(", ")]
        return _("same words: %(words)s") % {"words": ", ".join(words)}
    return line


def _also_named(signs: list[str], facts: DeskFacts, language: str) -> str:
    """Names, numbers and countries as they are; notions and themes, which have no words of their own, by what they are called."""
    names = [_name(sign, language) for sign in signs if sign[:1] not in ("~", "#")]
    notions = [notion(sign[1:], language) for sign in signs if sign[:1] == "~"]
    notions += [facts.theme_label(sign[1:], language) for sign in signs if sign[:1] == "#"]
    parts = [_("both name %(names)s") % {"names": ", ".join(names)}] if names else []
    return " · ".join([*parts, *([_("both speak of: %(notions)s") % {"notions": ", ".join(dict.fromkeys(notions))}] if notions else [])])


def _name(sign: str, language: str) -> str:
    if sign[:1] == "@":  # an entry of the gazetteer: o.nato
        return sign.rpartition(".")[2].replace("_", " ")
    return country_label(sign, language) if len(sign) == 2 and sign.isascii() and sign.isupper() else sign


def notion(concept: str, language: str) -> str:
    """What a concept of the lexicon is called: its first word in a language, or in English."""
    words = _notions().get(concept, {})
    return words.get(language) or words.get("en") or concept.replace("_", " ")


@lru_cache(maxsize=1)
def _notions() -> dict[str, dict[str, str]]:
    """For each concept its first plain word in each language; one with a * is no whole word."""
    found: dict[str, dict[str, str]] = {}
    for concept in load_concepts().concepts:
        firsts = {language: next((term for term in terms if "*" not in term), "") for language, terms in concept.terms.items()}
        found[concept.id] = {language: term.strip('"=') for language, term in firsts.items() if term}
    return found
