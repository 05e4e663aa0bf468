"""Themes and section of an article, each with the words that gave them.

A theme scores the weights of its terms, times 2 in the title, 1.5 in the lead (first 120 words), 1 in the body, each distinct term at most
twice and the body at most as much as title and lead, damped by the length of the text, less the noise (sport, celebrities, weather,
recipes). A word inside a longer phrase of another theme counts for that phrase only. It is given from its threshold on (nearly half
of it for a bare headline), when it is not far behind the strongest or half above its own threshold; confidence is 1 - exp(-score / needed).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.knowledge import ANY_LANGUAGE, NOISE, WORLDWIDE, Combination, HeadlineTest, Reference, ThemeDef, Themes, Words, parse_term
from monitor.pipeline.places import PlaceMatcher, PlacesFound, find
from monitor.pipeline.section import section_of
from monitor.pipeline.words import Token, primary, tokenise
from monitor.pipeline.words_terms import LEAD_WORDS, Reading, Span, TermTable, read
from monitor.records import Evidence, Tagged, ThemeScore

_ZONE_FACTOR = {"title": 2.0, "lead": 1.5, "body": 1.0}
_MOST_OF_ONE_TERM = 2
_SHARE_OF_STRONGEST = 0.35
_ALONE = 1.5  # a theme with so many times its threshold is given however strong another is
_MOST_THEMES = 4
_MOST_EVIDENCE = 60
_PAIRS_A_WORD = 1.7  # bigrams of Chinese or Japanese that say as much as one word
_MOST_WORDS = LEAD_WORDS + 1_200  # a longer text repeats itself: it is tagged by its beginning
_LONGEST = 20 * _MOST_WORDS  # characters that hold so many words of any language
_UNSPACED = frozenset({"zh", "ja", "ko", "th"})
_BARE = 0.45  # of the threshold, asked of a headline alone: one word of weight 2 says enough, one of 1.5 does not
_FULL_LENGTH = 120  # words under the headline from which an article must reach the whole threshold
_ANYWHERE = 1_000_000
_COUNTRY_NAME = len("geo:ML")


@dataclass(frozen=True, slots=True)
class _Vote:
    theme: int
    weight: float
    written: str


@dataclass(frozen=True, slots=True)
class _CompiledCombination:
    theme: int
    combination: Combination
    groups: tuple[tuple[int | str, ...], ...]  # term numbers and references


@dataclass(slots=True)
class _ThemeTable:
    terms: TermTable
    votes: dict[int, list[_Vote]] = field(default_factory=dict)
    excluded: dict[int, list[int]] = field(default_factory=dict)  # term -> themes whose matches it removes
    phrases: dict[int, set[int]] = field(default_factory=dict)  # term that is a phrase -> themes it speaks for
    combinations: list[_CompiledCombination] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tagger:
    """Themes and places compiled for some languages; make one with `compile_tagger`."""

    themes: tuple[ThemeDef, ...]
    tables: Mapping[str, _ThemeTable]
    references: Mapping[str, tuple[tuple[int, float], ...]]  # entity id or geo:ISO2 -> (theme, weight)
    places: PlaceMatcher
    noise: int  # index of the noise theme, -1 for none
    worldwide: int  # index of the theme whose stories belong to no country, -1 for none

    def table(self, language: str) -> _ThemeTable:
        """The table of a language, or the one of terms that hold in any."""
        return self.tables.get(primary(language), self.tables[ANY_LANGUAGE])


# ── compiling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compile_tagger(themes: Themes, places: PlaceMatcher, entity_themes: Mapping[str, Mapping[str, float]] | None = None) -> Tagger:
    """Compiles themes for every language they have terms in; `entity_themes` are the gazetteer's votes (id -> theme -> weight)."""
    languages = {language for theme in themes.themes for language in theme.terms} | {ANY_LANGUAGE}
    tables = {language: _compile(themes.themes, language) for language in languages}
    numbers = {theme.id: place for place, theme in enumerate(themes.themes)}
    references: dict[str, list[tuple[int, float]]] = {}
    for theme in themes.themes:
        for name, weight in theme.entities.items():
            references.setdefault(name.removeprefix("@"), []).append((numbers[theme.id], weight))
    for name, votes in (entity_themes or {}).items():
        references.setdefault(name, []).extend((numbers[theme], weight) for theme, weight in votes.items() if theme in numbers)
    votes_of = {name: tuple(votes) for name, votes in references.items()}
    return Tagger(themes.themes, tables, votes_of, places, numbers.get(NOISE, -1), numbers.get(WORLDWIDE, -1))


def _compile(themes: Sequence[ThemeDef], language: str) -> _ThemeTable:
    table = _ThemeTable(TermTable(language))
    helpers = {place for place, theme in enumerate(themes) if theme.helper}
    for place, theme in enumerate(themes):
        for spoken in dict.fromkeys((ANY_LANGUAGE, language)):
            for written, weight in theme.terms.get(spoken, {}).items():
                term = parse_term(written)
                number = table.terms.add(term, family=True)
                if number >= 0:
                    table.votes.setdefault(number, []).append(_Vote(place, weight, written))
                    if isinstance(term, Words) and place not in helpers:
                        table.phrases.setdefault(number, set()).add(place)
            for written in theme.excluded.get(spoken, ()):
                number = table.terms.add(parse_term(written), family=True)
                if number >= 0:
                    table.excluded.setdefault(number, []).append(place)
        for combination in theme.all_of:
            groups = tuple(tuple(_member(table, written) for written in group) for group in combination.any)
            table.combinations.append(_CompiledCombination(place, combination, groups))
    return table


def _member(table: _ThemeTable, written: str) -> int | str:
    term = parse_term(written)
    return term.name if isinstance(term, Reference) else table.terms.add(term, family=True)


# ── tagging ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def tag(
    tagger: Tagger,
    title: str,
    text: str,
    language: str,
    *,
    outlet_country: str = "",
    section_hint: str = "",
    on: date | None = None,
    tokens: Sequence[Token] | None = None,
) -> Tagged:
    """Section, countries, entities and themes of an article, from its title and its first 1,320 words (2,244 pairs of signs).

    `section_hint` is what its feed is about, a weak prior; `on` its day, which tells who was in office; `tokens`
    are those of the text, if they are known already.
    """
    tokens = tokenise(text[:_LONGEST]) if tokens is None else tokens
    most = round(_MOST_WORDS * _PAIRS_A_WORD) if primary(language) in _UNSPACED else _MOST_WORDS
    reading = read(title, text, language, (tokenise(title), tokens[:most]))
    places = find(tagger.places, reading, outlet_country, on)
    scores, evidence = _theme_scores(tagger, reading, places)
    noise = max(0.0, scores.pop(tagger.noise, 0.0))
    sections, section = section_of(
        places.scores, tagger.places.regions, world=_worldwide(tagger, scores), home=outlet_country, hint=section_hint
    )
    themes = _given(tagger, {place: score - noise for place, score in scores.items()}, _demand(reading))
    names = {f"theme:{score.theme}" for score in themes} | ({f"theme:{NOISE}"} if noise else set())
    shown = [hit.evidence for hit in places.hits] + [one for one in evidence if one.what in names]
    return Tagged(
        section, sections, places.countries, themes, tuple(sorted(places.entities)), round(noise, 3), tuple(shown[:_MOST_EVIDENCE])
    )


def _theme_scores(tagger: Tagger, reading: Reading, places: PlacesFound) -> tuple[dict[int, float], list[Evidence]]:
    table = tagger.table(reading.language)
    found = table.terms.find(reading)
    names = {position for hit in places.hits if hit.rule != "entity" for position in range(*hit.span)}
    removed = [(place, span) for number, themes in table.excluded.items() for place in themes for span in found.get(number, ())]
    phrases = _phrases_at(table, found)
    sums, body = defaultdict[int, float](float), defaultdict[int, float](float)
    evidence: list[Evidence] = []
    for number, places_found in found.items():
        for vote in table.votes.get(number, ()):
            spans = [
                span
                for span in places_found
                if not (_is_removed(vote.theme, span, removed) or _is_taken(vote.theme, span, phrases) or names.issuperset(range(*span)))
            ]
            if spans:
                above, below = _emphasis(spans, reading)
                sums[vote.theme] += vote.weight * above
                body[vote.theme] += vote.weight * below
                evidence.append(_because(tagger.themes[vote.theme].id, spans[0], reading, f"{vote.written}: {vote.weight:g}"))
    spans_of = _reference_spans(places)
    for compiled in table.combinations:
        where = _together(compiled, found, spans_of)
        if where is not None:
            sums[compiled.theme] += compiled.combination.weight
            evidence.append(_because(tagger.themes[compiled.theme].id, where, reading, f"all of: {compiled.combination.weight:g}"))
    for name, spans in spans_of.items():
        for theme, weight in tagger.references.get(name, ()):
            above, below = _emphasis(spans, reading)
            sums[theme] += weight * above
            body[theme] += weight * below
            evidence.append(_because(tagger.themes[theme].id, spans[0], reading, f"@{name}: {weight:g}"))
    damping = 1 + 0.15 * math.log(max(1.0, _as_words(reading.length, reading) / 300))
    return {theme: (total + min(body[theme], max(total, 0.0))) / damping for theme, total in sums.items()}, evidence


def _as_words(length: int, reading: Reading) -> float:
    return length / _PAIRS_A_WORD if reading.language in _UNSPACED else length


def _emphasis(spans: list[Span], reading: Reading) -> tuple[float, float]:
    """What the places of a term add above (title and lead) and below (body)."""
    factors = sorted((_ZONE_FACTOR[reading.zone(span.start)[0]] for span in spans), reverse=True)[:_MOST_OF_ONE_TERM]
    below = sum(factor for factor in factors if factor == _ZONE_FACTOR["body"])
    return sum(factors) - below, below


def _is_removed(theme: int, span: Span, removed: list[tuple[int, Span]]) -> bool:
    return any(theme == place and span.start < taken.end and taken.start < span.end for place, taken in removed)


def _phrases_at(table: _ThemeTable, found: Mapping[int, list[Span]]) -> dict[int, list[tuple[Span, set[int]]]]:
    """The phrases of two words or more that stand at each position, with the themes they speak for."""
    standing: dict[int, list[tuple[Span, set[int]]]] = {}
    for number in found.keys() & table.phrases.keys():
        for span in found[number]:
            if span.end - span.start > 1:
                for position in range(*span):
                    standing.setdefault(position, []).append((span, table.phrases[number]))
    return standing


def _is_taken(theme: int, span: Span, phrases: Mapping[int, list[tuple[Span, set[int]]]]) -> bool:
    """Whether a longer phrase of other themes only has used the words up: military spending is no military at work."""
    longer = [
        themes
        for other, themes in phrases.get(span.start, ())
        if other.end >= span.end and other.start <= span.start and other.end - other.start > span.end - span.start
    ]
    return bool(longer) and not any(theme in themes for themes in longer)


def _because(theme: str, span: Span, reading: Reading, rule: str) -> Evidence:
    zone, offset = reading.zone(span.start)
    return Evidence(f"theme:{theme}", reading.written(span), zone, offset, rule)


def _reference_spans(places: PlacesFound) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for hit in places.hits:
        if hit.rule == "entity":
            spans.setdefault(hit.means, []).append(hit.span)
            spans.setdefault(f"{hit.means.partition('.')[0]}.*", []).append(hit.span)
        for iso2 in hit.geo:
            spans.setdefault(f"geo:{iso2}", []).append(hit.span)
    return spans


def _together(compiled: _CompiledCombination, found: Mapping[int, list[Span]], spans_of: Mapping[str, list[Span]]) -> Span | None:
    """The first place where every group of a combination is met, inside its window if it has one."""
    groups = [
        sorted(span for member in group for span in (spans_of.get(member, ()) if isinstance(member, str) else found.get(member, ())))
        for group in compiled.groups
    ]
    if not groups or not all(groups):
        return None
    within, countries = compiled.combination.within or _ANYWHERE, compiled.combination.countries
    for span in groups[0]:
        near = all(any(abs(other.start - span.start) <= within for other in group) for group in groups[1:])
        if near and (not countries or _countries_near(span, spans_of, within) >= countries):
            return span
    return None


def _countries_near(span: Span, spans_of: Mapping[str, list[Span]], within: int) -> int:
    return sum(
        len(name) == _COUNTRY_NAME and name.startswith("geo:") and any(abs(other.start - span.start) <= within for other in spans)
        for name, spans in spans_of.items()
    )


def _worldwide(tagger: Tagger, scores: Mapping[int, float]) -> float:
    """The score of the worldwide theme, 0 below its threshold."""
    world = scores.get(tagger.worldwide, 0.0)
    return world if tagger.worldwide >= 0 and world >= tagger.themes[tagger.worldwide].threshold else 0.0


def _demand(reading: Reading) -> float:
    """The share of its threshold a theme must reach: nearly half for a bare headline, all for an article, where stray words are likelier."""
    return _BARE + (1 - _BARE) * min(1.0, _as_words(reading.below, reading) / _FULL_LENGTH)


def _given(tagger: Tagger, scores: Mapping[int, float], demand: float) -> tuple[ThemeScore, ...]:
    shown = {place: score for place, score in scores.items() if not tagger.themes[place].helper}
    strongest = max(shown.values(), default=0.0)
    given = []
    for place, score in sorted(shown.items(), key=lambda one: (-one[1], one[0])):
        theme = tagger.themes[place]
        needed = theme.threshold * demand
        if score >= needed and (score >= _SHARE_OF_STRONGEST * strongest or score >= _ALONE * needed):
            given.append(ThemeScore(theme.id, round(score, 3), round(1 - math.exp(-score / needed), 4)))
    return tuple(given[:_MOST_THEMES])


def failing_tests(tagger: Tagger) -> list[tuple[HeadlineTest, tuple[str, ...]]]:
    """The headline tests of the themes that fail, each with the themes given instead.

    A test passes when the strongest themes given, as many as it names, are those it names; with none named, none may be given.
    """
    failed = []
    for test in (test for theme in tagger.themes for test in theme.tests):
        given = tuple(score.theme for score in tag(tagger, test.title, "", test.language).themes)
        if set(given[: len(test.themes)] if test.themes else given) != set(test.themes):
            failed.append((test, given))
    return failed
