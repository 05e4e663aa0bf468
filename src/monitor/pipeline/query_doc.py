"""An article as queries see it: words by position, their stems, and what is known of the article; and the same as text to keep.

Positions: the title from 0, a gap of 100, the lead, a gap of 100, the body; no phrase or nearness reaches from one into the next.
The lead is the first 120 words, up to the end of the sentence in which they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain, compress
from operator import add, ne
from typing import NamedTuple

from monitor.pipeline.query_kin import Families, Kin, Places
from monitor.pipeline.query_terms import language_key, value_key, written
from monitor.pipeline.words import Tokens, clitics, primary, stem_rules, stems, tokenise
from monitor.records import Evidence, Tagged

LEAD_WORDS = 120
_LONGEST_LEAD = 160
GAP = 100
_FULL_STOPS = frozenset(".!?…。！？\n؟।")
_VERSION = "1"


Counts = tuple[int, int, int]  # words of title, lead, body


class Span(NamedTuple):
    """Positions from `start` up to, not including, `end`."""

    start: int
    end: int


class Place(NamedTuple):
    """Where an entity is named: `start` in tokens from the start of the title or of the text, and how many tokens it takes."""

    in_title: bool
    start: int
    words: int


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an article besides its words, as queries ask for it; every list may hold several names of the same thing.

    `outlet`: its id and its name. `regions`: countries the article is about, their UN M49 regions, the section. `has`: text, paywall.
    """

    outlet: tuple[str, ...] = ()
    country: str = ""
    kind: str = ""
    themes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    story: str = ""
    has: tuple[str, ...] = ()
    published: datetime | None = None
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)  # entity id -> where it is named


@dataclass(frozen=True, slots=True)
class MatchDoc:
    """An article ready for queries; make one with `match_doc` or `doc_from_tokens`, once, and ask it any number of queries.

    `at` gives the positions of each token and of each Arabic or Hebrew form without its prefixes; `families` the tokens of each
    stem with blanks between (half a thousand small lists an article would cost more in garbage collection than the splitting of a few).
    `offsets` are the first sign and the one after the last of each word in title or text, empty when made from kept tokens.
    """

    language: str
    words: tuple[str, ...]  # tokens without the gaps: title, lead, body
    raws: tuple[str, ...]
    counts: Counts
    facts: frozenset[str]  # "theme:terror", "outlet:le-monde"
    authors: tuple[tuple[str, ...], ...]  # the tokens of each name
    day: date | None
    named: Mapping[str, tuple[Span, ...]]  # entity key -> where it is named
    at: Mapping[str, Sequence[int]]
    families: Mapping[str, str]
    offsets: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)

    @property
    def lead_start(self) -> int:
        """The first position of the lead."""
        return self.counts[0] + GAP

    @property
    def body_start(self) -> int:
        """The first position of the body."""
        return self.counts[0] + self.counts[1] + 2 * GAP

    def index(self, position: int) -> int:
        """The place of a position in `words`."""
        return position - GAP * ((position >= self.lead_start) + (position >= self.body_start))


# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def match_doc(title: str, text: str, language: str, about: About | None = None, *, tokens: Tokens | None = None) -> MatchDoc:
    """An article as queries see it; `language` is its BCP 47 code or "", `tokens` those of the text where they are known already."""
    headline, rest = tokenise(title), tokenise(text) if tokens is None else tokens
    lead = _lead(text, rest)
    starts, raws = [*headline.starts, *rest.starts], [*headline.raws, *rest.raws]
    offsets = tuple(zip(starts, map(add, starts, map(len, raws)), strict=True))
    counts = len(headline), lead, len(rest) - lead
    if not (title.isascii() and text.isascii()):
        raws = [raw if raw.isascii() else written(raw) for raw in raws]
    return _doc(language, (*headline.texts, *rest.texts), tuple(raws), counts, about or About(), offsets)


def with_title(doc: MatchDoc, title: str, about: About) -> MatchDoc:
    """The same article under another headline (without offsets)."""
    headline, old = tokenise(title), doc.counts[0]
    words = (*headline.texts, *doc.words[old:])
    raws = (*map(written, headline.raws), *doc.raws[old:])
    return _doc(doc.language, words, raws, (len(headline), *doc.counts[1:]), about, ())


def _lead(text: str, words: Tokens) -> int:
    """How many words the lead has."""
    if len(words) <= LEAD_WORDS:
        return len(words)
    for place in range(LEAD_WORDS, min(_LONGEST_LEAD, len(words) - 1) + 1):
        before = words[place - 1]
        if not _FULL_STOPS.isdisjoint(text[before.start + len(before.raw) : words.starts[place]]):
            return place
    return LEAD_WORDS


def _doc(
    language: str,
    words: tuple[str, ...],
    raws: tuple[str, ...],
    counts: Counts,
    about: About,
    offsets: tuple[tuple[int, int], ...],
    kin: Kin | None = None,
) -> MatchDoc:
    at, families = _listed(words, counts, language) if kin is None else _asked(words, counts, language, kin)
    authors = tuple(tuple(value_key(name).split("-")) for name in about.authors)
    day = about.published.astimezone(UTC).date() if about.published else None
    return MatchDoc(language, words, raws, counts, _facts(language, about), authors, day, _named(about, counts), at, families, offsets)


Lists = tuple[Mapping[str, Sequence[int]], Mapping[str, str]]


def _asked(words: tuple[str, ...], counts: Counts, language: str, kin: Kin) -> Lists:
    """Positions and families for a few questions; words that have forms without their prefixes are listed all the same."""
    if primary(language) in ("ar", "he"):
        return _listed(words, counts, language)
    title, lead, _ = counts
    places = Places(words, ((0, 0), (title, title + GAP), (title + lead, title + lead + 2 * GAP)))
    return places, Families(places, language, kin)


def _listed(words: tuple[str, ...], counts: Counts, language: str) -> Lists:
    title, lead, body = counts
    positions = chain(range(title), range(title + GAP, title + GAP + lead), range(title + lead + 2 * GAP, title + lead + body + 2 * GAP))
    at: dict[str, list[int]] = {}
    for token, position in zip(words, positions, strict=True):
        if token in at:
            at[token].append(position)
        else:
            at[token] = [position]
    if primary(language) in ("ar", "he"):
        _add_without_prefixes(at, language)
    families: dict[str, str] = {}
    for token, family in zip(at, stems(at, language), strict=True):
        families[family] = f"{families[family]} {token}" if family in families else token
    return at, families


def _add_without_prefixes(at: dict[str, list[int]], language: str) -> None:
    for token, positions in list(at.items()):
        for rest in clitics(token, language):
            at[rest] = sorted({*at.get(rest, ()), *positions})


def _facts(language: str, about: About) -> frozenset[str]:
    lists = {
        "outlet": about.outlet, "country": (about.country,), "kind": (about.kind,), "theme": about.themes, "region": about.regions,
        "entity": (*about.entities, *about.places), "story": (about.story,), "has": about.has,
    }  # fmt: skip
    facts = {f"{name}:{key}" for name, values in lists.items() for value in values if (key := value_key(value))}
    if language:
        facts |= {f"lang:{language_key(language)}", f"lang:{language_key(primary(language))}"}
    return frozenset(facts)


def _named(about: About, counts: Counts) -> dict[str, tuple[Span, ...]]:
    title, lead, body = counts
    named: dict[str, tuple[Span, ...]] = {}
    for name, places in about.places.items():
        spans = set(named.get(value_key(name), ()))
        for place in places:
            room = title if place.in_title else lead + body
            if place.start >= 0 and place.words > 0 and place.start + place.words <= room:
                first, last = (_position(counts, place.in_title, at) for at in (place.start, place.start + place.words - 1))
                spans.add(Span(first, last + 1))
        named[value_key(name)] = tuple(sorted(spans))
    return named


def _position(counts: Counts, in_title: bool, at: int) -> int:
    title, lead, _ = counts
    return at if in_title else title + GAP + at + (GAP if at >= lead else 0)


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def columns(doc: MatchDoc) -> dict[str, str]:
    """What a full-text index is built from: the normalised words of each zone as text with blanks; and as words of their own all
    `forms` in which words may be met besides ("§fr§stem", "‡fr‡stem" in the title, "¤" form without prefix) and what is `known`
    ("¶theme¶terror", "¶a¶dupont" for authors, "¶m¶2025-03" for the month of publication)."""
    title, lead, _ = doc.counts
    rules = stem_rules(doc.language)
    forms = [f"§{rules}§{family}" for family in doc.families]
    prefixed = primary(doc.language) in ("ar", "he")
    bare = chain.from_iterable(clitics(token, doc.language) for token in doc.words[:title]) if prefixed else ()
    headline = set(stems((*doc.words[:title], *bare), doc.language))
    forms += [f"‡{rules}‡{family}" for family in doc.families if family in headline]
    if prefixed:  # also those that are words of the text elsewhere: a zone may have only the form
        forms += [f"¤{rest}" for rest in dict.fromkeys(chain.from_iterable(clitics(token, doc.language) for token in doc.words))]
    return {
        "title": " ".join(doc.words[:title]),
        "lead": " ".join(doc.words[title : title + lead]),
        "body": " ".join(doc.words[title + lead :]),
        "forms": " ".join(forms),
        "known": _known(doc),
    }


_INDEXED = ("lang", "theme", "region", "entity", "has")
"""Facts that change only when an article is read again; outlets and stories are changed by people and looked up when asked."""


def _known(doc: MatchDoc) -> str:
    facts = [f"¶{field}¶{value}" for field, _, value in (fact.partition(":") for fact in sorted(doc.facts)) if field in _INDEXED]
    if doc.day is not None:
        facts += [f"¶y¶{doc.day.year:04}", f"¶m¶{doc.day.year:04}-{doc.day.month:02}"]
    return " ".join([*facts, *(" ".join(["¶", *(f"¶a¶{part}" for part in name)]) for name in doc.authors)])


def token_string(doc: MatchDoc) -> str:
    """The words of an article as text to keep, from which `doc_from_tokens` makes the same document again (without offsets).

    Five lines: version, title, lead, body (normalised words), then how they were written where that differs: how many words after the last
    such one, and "^" for a capital first letter, "!" for all capitals, "=" and the word for anything else.
    """
    kept = columns(doc)
    return "\n".join((_VERSION, kept["title"], kept["lead"], kept["body"], written_marks(doc)))


def written_marks(doc: MatchDoc) -> str:
    """How the words of an article were written where that differs: the last line of `token_string`."""
    marks, last = [], 0
    different = compress(enumerate(zip(doc.words, doc.raws, strict=True)), map(ne, doc.words, doc.raws))
    for place, (token, raw) in different:
        mark = "^" if raw == token[0].upper() + token[1:] else "!" if raw == token.upper() else f"={raw}"
        marks.append(f"{place - last}{mark}")
        last = place
    return " ".join(marks)


def doc_from_tokens(kept: str, language: str, about: About | None = None, *, kin: Kin | None = None) -> MatchDoc:
    """The document that was kept; raises ValueError when the text is not one that `token_string` made.

    With the `kin` of a search it is made for the few questions of one query.
    """
    lines = kept.split("\n")
    if len(lines) != 5 or lines[0] != _VERSION:
        raise ValueError("the kept words of an article are damaged or of another version")
    zones = [line.split(" ") if line else [] for line in lines[1:4]]
    words = tuple(chain.from_iterable(zones))
    raws, place = list(words), 0
    for mark in lines[4].split(" ") if lines[4] else ():
        digits = len(mark) - len(mark.lstrip("0123456789"))
        if not digits or place + int(mark[:digits]) >= len(words):
            raise ValueError("the kept words of an article are damaged")
        place += int(mark[:digits])
        raws[place] = _raw(words[place], mark[digits:])
    title, lead, body = (len(zone) for zone in zones)
    return _doc(language, words, tuple(raws), (title, lead, body), about or About(), (), kin)


def _raw(token: str, mark: str) -> str:
    if mark.startswith("="):
        return mark[1:]
    return token[0].upper() + token[1:] if mark == "^" else token.upper()


# ── from tags ────────────────────────────────────────────────────────────────────────────────────────────────────────


def named_places(evidence: Iterable[Evidence]) -> dict[str, tuple[Place, ...]]:
    """Where entities are named, from the evidence of tagging, whose offsets count from title, lead (120 words) and body."""
    found: dict[str, list[Place]] = {}
    for one in evidence:
        kind, _, name = one.what.partition(":")
        if kind == "entity" and name:
            start = one.offset + (LEAD_WORDS if one.zone == "body" else 0)
            found.setdefault(name, []).append(Place(one.zone == "title", start, max(1, len(tokenise(one.words)))))
    return {name: tuple(places) for name, places in found.items()}


def about_tagged(tagged: Tagged, known: About, regions: Mapping[str, Sequence[str]]) -> About:
    """What tagging found, added to what else is known; `regions` names the regions of a country (ISO 3166-1 alpha-2)."""
    countries = [country.country for country in tagged.countries]
    names = [name for country in countries for name in (country, *regions.get(country, ()))]
    return About(
        known.outlet,
        known.country,
        known.kind,
        (*known.themes, *(theme.theme for theme in tagged.themes)),
        (*known.regions, *([tagged.section] if tagged.section else []), *names),
        (*known.entities, *tagged.entities),
        known.authors,
        known.story,
        known.has,
        known.published,
        {**known.places, **named_places(tagged.evidence)},
    )
