"""What an article speaks of, as ids that mean the same in every language: ceasefire, tanker, verdict.

Half of the stories told in two languages share neither a name nor a number; the concepts of their headlines and leads are what they may
still share. A drone strike is a strike and a drone; but the phrases of a whole concept (a vice president) take their words away from the
others. Unlike in themes a word means itself only, not the family of its stem: for "láser" that family begins with Spanish "las", for
"посол" with Russian "после".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from monitor.knowledge import NOTHING, Concept, Concepts, MadeOnce, Words, parse_term
from monitor.pipeline.words import primary
from monitor.pipeline.words_terms import Span, TermTable, read

IN_TITLE, IN_LEAD = 2.0, 1.0  # as much as the title counts in grouping
_LEAD_SIGNS, _UNSPACED_LEAD_SIGNS = 900, 160  # about 120 words
_UNSPACED = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The terms of one language: term number -> the concepts it stands for; the numbers of `whole` are phrases that take words away."""

    table: TermTable
    meant: Mapping[int, tuple[str, ...]]
    whole: frozenset[int]


@dataclass(frozen=True, slots=True)
class ConceptTable:
    """The compiled lexicon, by primary language."""

    lexicons: Mapping[str, _Lexicon]


def compile_concepts(concepts: Concepts) -> ConceptTable:
    """The lexicon made ready for `find`."""
    by_language: dict[str, dict[str, list[Concept]]] = {}
    for concept in concepts.concepts:
        for language, terms in concept.terms.items():
            for term in terms:
                by_language.setdefault(primary(language), {}).setdefault(term, []).append(concept)
    return ConceptTable(MadeOnce(by_language, partial(_lexicon, by_language)))


def _lexicon(by_language: Mapping[str, Mapping[str, list[Concept]]], language: str) -> _Lexicon:
    terms = by_language[language]
    table = TermTable(language)
    meant: dict[int, tuple[str, ...]] = {}
    whole = set()
    for text, concepts in terms.items():
        term = parse_term(text)
        number = table.add(term)
        meant[number] = tuple(concept.id for concept in concepts)
        if isinstance(term, Words) and any(concept.whole for concept in concepts):
            whole.add(number)
    meant.pop(-1, None)
    return _Lexicon(table, meant, frozenset(whole))


def find(table: ConceptTable, title: str, lead: str, language: str) -> dict[str, float]:
    """The concepts of a headline and its lead, each with its weight: 2 in the title, 1 in the lead, 3 in both; empty for unknown languages.

    About 120 words of the lead are read: 900 signs, 160 in Chinese and Japanese.
    """
    language = primary(language)
    lexicon = table.lexicons.get(language)
    if lexicon is None:
        return {}
    reading = read(title, lead[: _UNSPACED_LEAD_SIGNS if language in _UNSPACED else _LEAD_SIGNS], language)
    found = lexicon.table.find(reading)
    lead_starts = reading.starts[1]
    taken = {span for number in lexicon.whole.intersection(found) for span in found[number]}
    titles: set[str] = set()
    leads: set[str] = set()
    for number, spans in found.items():
        for span in spans:
            if not (taken and _inside(span, taken)):
                (titles if span.start < lead_starts else leads).update(lexicon.meant[number])
    weights = {name: IN_TITLE * (name in titles) + IN_LEAD * (name in leads) for name in sorted(titles | leads)}
    weights.pop(NOTHING, None)
    return weights


def _inside(span: Span, taken: Iterable[Span]) -> bool:
    """Whether a longer span holds this one."""
    return any(other.start <= span.start and span.end <= other.end and other != span for other in taken)
