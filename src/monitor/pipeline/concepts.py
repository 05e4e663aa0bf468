"""What an article speaks of, as ids that mean the same in every language: ceasefire, tanker, verdict.

Half of the stories told in two languages share neither a name nor a number; the concepts of their headlines and leads are what they may
still share. Longer terms win: where "general strike" stands, neither a general nor a strike is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.knowledge import NOTHING, Concepts, Near, parse_term
from monitor.pipeline.words import primary
from monitor.pipeline.words_terms import Span, TermTable, read

IN_TITLE, IN_LEAD = 2.0, 1.0  # as much as the title counts in grouping
_LONGEST_LEAD = 1500  # signs: 120 words of the longest-winded language


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The terms of one language: term number -> the concepts it stands for; a number of `loose` is a window, which takes nothing away."""

    table: TermTable
    meant: Mapping[int, tuple[str, ...]]
    loose: frozenset[int]


@dataclass(frozen=True, slots=True)
class ConceptTable:
    """The compiled lexicon, by primary language."""

    lexicons: Mapping[str, _Lexicon]


def compile_concepts(concepts: Concepts) -> ConceptTable:
    """The lexicon made ready for `find`."""
    by_language: dict[str, dict[str, list[str]]] = {}
    for concept in concepts.concepts:
        for language, terms in concept.terms.items():
            for term in terms:
                by_language.setdefault(primary(language), {}).setdefault(term, []).append(concept.id)
    return ConceptTable({language: _lexicon(language, terms) for language, terms in by_language.items()})


def _lexicon(language: str, terms: Mapping[str, list[str]]) -> _Lexicon:
    table = TermTable(language)
    meant: dict[int, tuple[str, ...]] = {}
    loose = set()
    for text, names in terms.items():
        term = parse_term(text)
        number = table.add(term, family=True)
        meant[number] = tuple(names)
        if isinstance(term, Near):
            loose.add(number)
    meant.pop(-1, None)
    return _Lexicon(table, meant, frozenset(loose))


def find(table: ConceptTable, title: str, lead: str, language: str) -> dict[str, float]:
    """The concepts of a headline and its lead, each with its weight: 2 in the title, 1 in the lead, 3 in both; empty for unknown languages.

    Only the first 120 words of the lead are read.
    """
    lexicon = table.lexicons.get(primary(language))
    if lexicon is None:
        return {}
    reading = read(title, lead[:_LONGEST_LEAD], language)
    found = lexicon.table.find(reading)
    _, lead_starts, body_starts = reading.starts
    strict = {span for number, spans in found.items() if number not in lexicon.loose for span in spans}
    inside = set(_inside_another(strict))
    titles: set[str] = set()
    leads: set[str] = set()
    for number, spans in found.items():
        for span in spans:
            if span.start < body_starts and span not in inside:
                (titles if span.start < lead_starts else leads).update(lexicon.meant[number])
    weights = {name: IN_TITLE * (name in titles) + IN_LEAD * (name in leads) for name in sorted(titles | leads)}
    weights.pop(NOTHING, None)
    return weights


def _inside_another(spans: Iterable[Span]) -> Iterable[Span]:
    """Those of a set of different spans that lie wholly inside another one."""
    reach = 0
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.end <= reach:
            yield span
        reach = max(reach, span.end)
