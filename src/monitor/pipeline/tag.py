"""Themes and section of an article, each with the words that gave them.

A theme scores the weights of its terms, times 2 in the title, 1.5 in the lead (first 120 words), 1 in the body, each distinct term at most
twice and the body at most as much as title and lead, damped by the length of the text, less the noise (sport, celebrities, weather,
recipes). A word inside a longer phrase of another theme counts for that phrase only. It is given from its threshold on (nearly half
of it for a bare headline), when it is not far behind the strongest or half above its own threshold; confidence is 1 - exp(-score / needed).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from monitor.knowledge import (
    ANY_LANGUAGE,
    NOISE,
    WORLDWIDE,
    Combination,
    HeadlineTest,
    MadeOnce,
    Reference,
    ThemeDef,
    Themes,
    Words,
    parse_term,
)
from monitor.pipeline.places import PlaceMatcher, PlacesFound, find
from monitor.pipeline.section import section_of
from monitor.pipeline.words import Tokens, primary, tokenise
from monitor.pipeline.words_terms import LEAD_WORDS, Reading, Span, TermTable, read
from monitor.records import Evidence, Tagged, ThemeScore

_IN_TITLE = 2.0  # what a term counts there; 1 in the body
_IN_LEAD = 1.5
_MOST_OF_ONE_TERM = 2
_SHARE_OF_STRONGEST = 0.35
_ALONE = 1.5  # a theme with so many times its threshold is given however strong another is
_MOST_THEMES = 4
_MOST_EVIDENCE = 60
_PAIRS_A_WORD = 1.7  # bigrams of Chinese or Japanese that say as much as one word
_MOST_WORDS = LEAD_WORDS + 1_200  # a longer text repeats itself: it is tagged by its beginning
_WORDS_TOO = frozenset({"entity", "former", "group", "domestic"})  # their words may speak of a theme, a place's may not
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


_Because = tuple[int, Span, str, float]  # theme, where, the rule that took it, its weight


@dataclass(slots=True)
class _ThemeTable:
    terms: TermTable
    votes: dict[int, list[_Vote]] = field(default_factory=dict)
    excluded: dict[int, list[int]] = field(default_factory=dict)  # term -> themes whose matches it removes
    phrases: dict[int, set[int]] = field(default_factory=dict)  # term that is a phrase -> themes it speaks for
    combinations: list[_CompiledCombination] = field(default_factory=list)
    members: dict[int | str, list[tuple[int, int]]] = field(default_factory=dict)  # term or reference -> combination and its group
    numbers: dict[str, int] = field(default_factory=dict)  # a term as written -> its number

    def number(self, written: str) -> int:
        """The number of a term, the same however often it is written; -1 if nothing can match it."""
        if written not in self.numbers:
            self.numbers[written] = self.terms.add(parse_term(written), family=True)
        return self.numbers[written]


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
        name = primary(language)
        return self.tables[name if name in self.tables else ANY_LANGUAGE]


# ── compiling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compile_tagger(themes: Themes, places: PlaceMatcher, entity_themes: Mapping[str, Mapping[str, float]] | None = None) -> Tagger:
    """Compiles themes for every language they have terms in; `entity_themes` are the gazetteer's votes (id -> theme -> weight)."""
    languages = {language for theme in themes.themes for language in theme.terms} | {ANY_LANGUAGE}
    tables = MadeOnce(languages, lambda language: _compile(themes.themes, language))
    numbers = {theme.id: place for place, theme in enumerate(themes.themes)}
    references: dict[str, list[tuple[int, float]]] = {}
    for theme in themes.themes:
        for name, weight in theme.entities.items():
            references.setdefault(name.removeprefix("@"), []).append((numbers[theme.id], weight))
    for name, votes in (entity_themes or {}).items():
        references.setdefault(name, []).extend((numbers[theme], weight) for theme, weight in votes.items() if theme in numbers)
    votes_of = {name: tuple(votes) for name, votes in references.items()}
    return Tagger(themes.themes, tables, votes_of, places, numbers.get(NOISE, -1), numbers.get(WORLDWIDE, -1))


def with_terms(tagger: Tagger, theme: str, language: str, terms: Mapping[str, float], spoken: str) -> Tagger:
    """The same tagger, for articles in `spoken` alone, with other terms of one theme in a language ("*" for any)."""
    themes = tuple(replace(one, terms={**one.terms, language: terms}) if one.id == theme else one for one in tagger.themes)
    tables = {name: _compile(themes, name) for name in dict.fromkeys((ANY_LANGUAGE, primary(spoken)))}
    return replace(tagger, themes=themes, tables=tables)


def _compile(themes: Sequence[ThemeDef], language: str) -> _ThemeTable:
    table = _ThemeTable(TermTable(language))
    helpers = {place for place, theme in enumerate(themes) if theme.helper}
    for place, theme in enumerate(themes):
        for spoken in dict.fromkeys((ANY_LANGUAGE, language)):
            for written, weight in theme.terms.get(spoken, {}).items():
                number = table.number(written)
                if number >= 0:
                    table.votes.setdefault(number, []).append(_Vote(place, weight, written))
                    if isinstance(parse_term(written), Words) and place not in helpers:
                        table.phrases.setdefault(number, set()).add(place)
            for written in theme.excluded.get(spoken, ()):
                number = table.number(written)
                if number >= 0:
                    table.excluded.setdefault(number, []).append(place)
        for combination in theme.all_of:
            for group, members in enumerate(combination.any):
                for member in {_member(table, written) for written in members} - {-1}:
                    table.members.setdefault(member, []).append((len(table.combinations), group))
            table.combinations.append(_CompiledCombination(place, combination))
    return table


def _member(table: _ThemeTable, written: str) -> int | str:
    term = parse_term(written)
    return term.name if isinstance(term, Reference) else table.number(written)


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
    tokens: Tokens | None = None,
) -> Tagged:
    """Section, countries, entities and themes of an article, from its title and its first 1,320 words (2,244 pairs of signs).

    `section_hint` is what its feed is about, a weak prior; `on` its day, which tells who was in office; `tokens`
    are those of the text, if they are known already.
    """
    tokens = tokenise(text[:_LONGEST]) if tokens is None else tokens
    most = round(_MOST_WORDS * _PAIRS_A_WORD) if primary(language) in _UNSPACED else _MOST_WORDS
    reading = read(title, text, language, (tokenise(title), tokens[:most]))
    places = find(tagger.places, reading, outlet_country, on)
    scores, because = _theme_scores(tagger, reading, places)
    noise = max(0.0, scores.pop(tagger.noise, 0.0))
    sections, section = section_of(
        places.scores, tagger.places.regions, world=_worldwide(tagger, scores), home=outlet_country, hint=section_hint
    )
    themes = _given(tagger, {place: score - noise for place, score in scores.items()}, _demand(reading))
    told = {score.theme for score in themes} | ({NOISE} if noise else set())
    why = [one for one in because if tagger.themes[one[0]].id in told]
    shown = [hit.evidence for hit in places.hits[:_MOST_EVIDENCE]]
    shown += _evidence(tagger, reading, why[: _MOST_EVIDENCE - len(shown)])
    return Tagged(section, sections, places.countries, themes, tuple(sorted(places.entities)), round(noise, 3), tuple(shown))


@dataclass(slots=True)
class _Tally:
    """What each theme has come to so far, and why."""

    above: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))  # title, lead and combinations
    below: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))  # body
    because: list[_Because] = field(default_factory=list)

    def add(self, theme: int, weight: float, spans: Sequence[Span], reading: Reading, rule: str) -> None:
        """Adds a term: its first two places count, by zone."""
        _, lead, body = reading.starts
        for span in spans[:_MOST_OF_ONE_TERM]:
            if span.start >= body:
                self.below[theme] += weight
            else:
                self.above[theme] += weight * (_IN_TITLE if span.start < lead else _IN_LEAD)
        self.because.append((theme, spans[0], rule, weight))


def _theme_scores(tagger: Tagger, reading: Reading, places: PlacesFound) -> tuple[dict[int, float], list[_Because]]:
    table = tagger.table(reading.language)
    found = table.terms.find(reading)
    tally = _Tally()
    place_names = {position for hit in places.hits if hit.rule not in _WORDS_TOO for position in range(*hit.span)}
    _add_terms(tally, table, found, reading, place_names)
    spans_of = _reference_spans(places)
    for compiled, where in _combined(table, found, spans_of):
        tally.above[compiled.theme] += compiled.combination.weight
        tally.because.append((compiled.theme, where, "all of", compiled.combination.weight))
    for name, spans in spans_of.items():
        for theme, weight in tagger.references.get(name, ()):
            tally.add(theme, weight, sorted(spans), reading, f"@{name}")
    damping = 1 + 0.15 * math.log(max(1.0, _as_words(reading.length, reading) / 300))
    themes = tally.above.keys() | tally.below.keys()
    scores = {theme: (tally.above[theme] + min(tally.below[theme], max(tally.above[theme], 0.0))) / damping for theme in sorted(themes)}
    return scores, tally.because


def _add_terms(tally: _Tally, table: _ThemeTable, found: Mapping[int, list[Span]], reading: Reading, names: set[int]) -> None:
    """Adds every term found that is not taken away, not part of a name of a place and not used up by a longer phrase."""
    excluded = table.excluded.keys() & found.keys()
    removed = [(place, span) for number in excluded for place in table.excluded[number] for span in found[number]]
    phrases = _phrases_at(table, found)
    for number, places_found in found.items():
        free = [span for span in places_found if span.start not in names or not names.issuperset(range(*span))]
        for vote in table.votes.get(number, ()):
            spans = [
                span
                for span in free
                if not (removed and _is_removed(vote.theme, span, removed))
                and not (span.start in phrases and _is_taken(vote.theme, span, phrases[span.start]))
            ]
            if spans:
                tally.add(vote.theme, vote.weight, spans, reading, vote.written)


def _as_words(length: int, reading: Reading) -> float:
    return length / _PAIRS_A_WORD if reading.language in _UNSPACED else length


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


def _is_taken(theme: int, span: Span, standing: Iterable[tuple[Span, set[int]]]) -> bool:
    """Whether a longer phrase of other themes only has used the words up: military spending is no military at work."""
    longer = [
        themes
        for other, themes in standing
        if other.end >= span.end and other.start <= span.start and other.end - other.start > span.end - span.start
    ]
    return bool(longer) and not any(theme in themes for themes in longer)


def _evidence(tagger: Tagger, reading: Reading, because: Iterable[_Because]) -> list[Evidence]:
    shown = []
    for theme, span, rule, weight in because:
        zone, offset = reading.zone(span.start)
        shown.append(Evidence(f"theme:{tagger.themes[theme].id}", reading.written(span), zone, offset, f"{rule}: {weight:g}"))
    return shown


def _reference_spans(places: PlacesFound) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for hit in places.hits:
        if hit.rule == "domestic":
            continue
        if hit.rule == "entity":
            spans.setdefault(hit.means, []).append(hit.span)
            spans.setdefault(f"{hit.means.partition('.')[0]}.*", []).append(hit.span)
        for iso2 in hit.geo:
            spans.setdefault(f"geo:{iso2}", []).append(hit.span)
    return spans


def _combined(
    table: _ThemeTable, found: Mapping[int, list[Span]], spans_of: Mapping[str, list[Span]]
) -> Iterator[tuple[_CompiledCombination, Span]]:
    """The combinations that are met, each with where."""
    met: defaultdict[int, defaultdict[int, list[list[Span]]]] = defaultdict(lambda: defaultdict(list))
    here: list[tuple[int | str, list[Span]]] = [*found.items(), *spans_of.items()]
    for member, spans in here:
        for place, group in table.members.get(member, ()):
            met[place][group].append(spans)
    for place, groups in sorted(met.items()):
        compiled = table.combinations[place]
        if len(groups) == len(compiled.combination.any):
            where = _together(compiled.combination, [sorted(chain(*groups[group])) for group in range(len(groups))], spans_of)
            if where is not None:
                yield compiled, where


def _together(combination: Combination, groups: list[list[Span]], spans_of: Mapping[str, list[Span]]) -> Span | None:
    """The first place where every group of a combination is met, inside its window if it has one."""
    within, countries = combination.within or _ANYWHERE, combination.countries
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
    """The share of its threshold a theme must reach: less for a bare headline than for an article, where stray words are likelier."""
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
    """The headline tests of the themes that fail, each with the themes given instead."""
    failed = []
    for test in (test for theme in tagger.themes for test in theme.tests):
        given = tuple(score.theme for score in tag(tagger, test.title, "", test.language).themes)
        if not as_expected(test, given):
            failed.append((test, given))
    return failed


def as_expected(test: HeadlineTest, given: Sequence[str]) -> bool:
    """Whether the strongest themes given, as many as the test names, are those it names; with none named, none may be given."""
    return set(given[: len(test.themes)] if test.themes else given) == set(test.themes)
