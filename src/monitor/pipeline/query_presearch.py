"""What an index can say of a query beforehand: a condition that every matching article meets, and whether only those meet it.

The condition is neutral: search builds FTS5 or tsvector expressions from it over the columns of `query_doc.columns`. Where it is `exact`
the index alone decides; elsewhere (order, nearness, spelling, some of NOT) `matches` judges what the index finds. What no index can say
is `Anything`; `Nothing` is met by no article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from monitor.pipeline.query import Query
from monitor.pipeline.query_tree import And, Fact, Near, Node, Not, Operand, Or
from monitor.pipeline.words import stem

STEMMED = (
    "ar", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "hi", "hu", "hy", "id", "it", "lt", "nb", "nl",
    "nn", "no", "pl", "pt", "ro", "ru", "sv", "tr",
)  # fmt: skip
"""Languages whose stems have rules of their own; all others share the first letters."""
LONGEST_TOKEN = 480
"""Signs of one word that every index keeps (PostgreSQL: 2,046 bytes)."""
MOST_OUTLETS = 60
"""Outlets an index is asked for one by one; more are a condition on the row."""
_YEARS_FROM = 2000  # older ones are asked for together
_COLUMNS = {"": ("title", "lead", "body"), "title": ("title",), "lead": ("lead",), "text": ("lead", "body")}
_WITH_PREFIXES = ("\u0590", "\u06ff")  # Hebrew and Arabic letters: forms without article or conjunction stand in "forms"
_OUTLET_FACTS = ("outlet", "country", "kind")


@dataclass(frozen=True, slots=True)
class Words:
    """These tokens next to each other in one of the columns; the last one may go on when `prefix`."""

    tokens: tuple[str, ...]
    columns: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Anything:
    """No condition at all."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Met by no article."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part, and none of `without`."""

    parts: tuple[Wanted, ...]
    without: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Wanted, ...]


Wanted = Words | Anything | Nothing | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class AmongOutlets:
    """The article's outlet is one of these (`inside`) or none of them."""

    slugs: frozenset[str]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How to look for a query: the index's `wanted`, conditions on the row, and stories whose articles are candidates besides.

    `exact`: what meets all of it matches, and needs no judging. `phrases`: an index that has lost positions of an article cannot tell.
    `since` and `until`: published on the day or later; before the day.
    """

    wanted: Wanted
    exact: bool
    phrases: bool = False
    since: date | None = None
    until: date | None = None
    outlets: tuple[AmongOutlets, ...] = ()
    stories: tuple[str, ...] = ()


OutletsOf = Callable[[Fact], frozenset[str]]
"""The slugs of the outlets of which an outlet, country or kind fact holds."""


def presearch(query: Query, outlets_of: OutletsOf) -> Plan:
    """The plan of a query."""
    reader = _Planner(outlets_of)
    top = query.condition
    for part in top.parts if isinstance(top, And) else (top,):
        reader.condition(part)
    wanted, exact = reader.plan(top, at_top=True)
    stories = tuple(dict.fromkeys(reader.stories))
    return Plan(wanted, exact, reader.phrases, reader.since, reader.until, tuple(reader.outlets), stories)


@dataclass
class _Planner:
    """What is gathered on the way down a query."""

    outlets_of: OutletsOf
    phrases: bool = False
    since: date | None = None
    until: date | None = None
    outlets: list[AmongOutlets] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)

    def condition(self, node: Node) -> None:
        """Notes what a part that must hold says of the row itself."""
        negative = isinstance(node, Not)
        fact = node.part if isinstance(node, Not) else node
        if not isinstance(fact, Fact):
            return
        if fact.field in ("after", "before") and not negative:
            day = date.fromisoformat(fact.value)
            if fact.field == "after":
                self.since = max(self.since or day, day)
            else:
                self.until = min(self.until or day, day)
        elif fact.field in _OUTLET_FACTS and len(slugs := self.outlets_of(fact)) > MOST_OUTLETS:
            self.outlets.append(AmongOutlets(slugs, not negative))

    def plan(self, node: Node, *, at_top: bool = False) -> tuple[Wanted, bool]:
        """What an article that meets a node has, and whether that is enough to meet it."""
        if isinstance(node, And):
            return self._all(node, at_top)
        if isinstance(node, Or):
            return _any([self.plan(part) for part in node.parts])
        if isinstance(node, Not):
            return Anything(), False
        if isinstance(node, Near):
            sides = [_any([self._operand(one, node.zone) for one in side])[0] for side in (node.left, node.right)]
            return _joined(sides, []), False
        if isinstance(node, Fact) and at_top and self._is_condition(node):
            return self._dated() if node.field == "before" else Anything(), True
        return self._operand(node, "")

    def _is_condition(self, node: Node) -> bool:
        """Whether a part that must hold (or must not) was noted as a condition on the row."""
        if not isinstance(node, Fact):
            return False
        return node.field in ("after", "before") or (node.field in _OUTLET_FACTS and len(self.outlets_of(node)) > MOST_OUTLETS)

    def _all(self, node: And, at_top: bool) -> tuple[Wanted, bool]:
        parts, without, exact = [], [], True
        for part in node.parts:
            if not isinstance(part, Not):
                wanted, sure = self.plan(part, at_top=at_top)
                parts.append(wanted)
            elif at_top and self._is_condition(part.part):
                sure = not (isinstance(part.part, Fact) and part.part.field in ("after", "before"))
            else:
                wanted, sure = self.plan(part.part)
                sure = sure and not isinstance(wanted, Anything)
                if sure:
                    without.append(wanted)
            exact = exact and sure
        wanted = _joined(parts, without)
        return wanted, exact and not (without and isinstance(wanted, Anything))

    def _operand(self, node: Operand, zone: str) -> tuple[Wanted, bool]:
        if isinstance(node, Fact):
            wanted, exact = self._fact(node)
            return wanted, exact and not (node.zone or zone)
        zone = node.zone or zone
        spaced = not any(_has_forms(token) for token in node.tokens)
        if any(len(token) > LONGEST_TOKEN - 8 for token in node.tokens):
            return Words(tuple(token[: LONGEST_TOKEN - 8] for token in node.tokens[:1]), _COLUMNS[zone], prefix=True), False
        if node.kind == "word" and not node.prefix:
            return _families(node.tokens[0], zone), zone in ("", "title")
        if node.kind == "exact":
            return Words(node.tokens, _COLUMNS[zone]), False
        if spaced:
            self.phrases = self.phrases or len(node.tokens) > 1
            return Words(node.tokens, _COLUMNS[zone], node.prefix), True
        last = len(node.tokens) - 1
        forms = [_form(token, _COLUMNS[zone], node.prefix and place == last) for place, token in enumerate(node.tokens)]
        return _joined(forms, []), last == 0 and not zone

    def _fact(self, fact: Fact) -> tuple[Wanted, bool]:
        """What an index knows of a fact; a story's articles are looked up besides, and after or before only holds at the top."""
        if fact.field == "story":
            self.stories.append(fact.value)
            return Nothing(), False
        if fact.field in ("after", "before"):
            return Anything(), False
        if fact.field in _OUTLET_FACTS:
            slugs = sorted(self.outlets_of(fact))
            if len(slugs) > MOST_OUTLETS:
                return Anything(), False
            return _any([(Words((f"¶o¶{slug}",), ("known",)), True) for slug in slugs])
        if fact.field == "author":
            parts = tuple(f"¶a¶{part}" for part in fact.value.split("-"))
            self.phrases = self.phrases or len(parts) > 1
            return Words(parts, ("known",)), True
        return Words((f"¶{fact.field}¶{fact.value}",), ("known",)), True

    def _dated(self) -> Wanted:
        """The months and years before a day, so that a search far back does not walk over everything newer."""
        if self.until is None or self.until.year < _YEARS_FROM:
            return Anything()
        first = max(self.since.year if self.since else 0, _YEARS_FROM)
        older = () if self.since and self.since.year >= _YEARS_FROM else ("¶y¶0", "¶y¶1")
        years = [f"¶y¶{year}" for year in range(first, self.until.year)]
        months = [f"¶m¶{self.until.year}-{month:02}" for month in range(1, self.until.month + (self.until.day > 1))]
        begun = [Words((token,), ("known",), prefix=True) for token in older]
        told = (*begun, *(Words((token,), ("known",)) for token in (*years, *months)))
        return AnyOf(told) if told else Nothing()


@lru_cache(maxsize=4096)
def _families(token: str, zone: str) -> Wanted:
    """A word's family in every language that has rules of its own; the index keeps which language a stem is of."""
    mark = "‡" if zone == "title" else "§"
    return AnyOf(tuple(Words((f"{mark}{rules}{mark}{stem(token, rules)}",), ("forms",)) for rules in ("", *STEMMED)))


def _form(token: str, columns: tuple[str, ...], prefix: bool) -> Wanted:
    """A token as it stands, or as what is left of an Arabic or Hebrew word without its prefix."""
    return AnyOf((Words((token,), columns, prefix), Words((f"¤{token}",), ("forms",), prefix)))


def _has_forms(token: str) -> bool:
    return any(_WITH_PREFIXES[0] <= sign <= _WITH_PREFIXES[1] for sign in token)


def _joined(parts: Iterable[Wanted], without: Iterable[Wanted]) -> Wanted:
    """Every part and none of the others."""
    kept = [part for part in parts if not isinstance(part, Anything)]
    left_out = tuple(part for part in without if not isinstance(part, Nothing))
    if any(isinstance(part, Nothing) for part in kept):
        return Nothing()
    if not kept:
        return Anything()
    return kept[0] if len(kept) == 1 and not left_out else AllOf(tuple(kept), left_out)


def _any(parts: Iterable[tuple[Wanted, bool]]) -> tuple[Wanted, bool]:
    """At least one of the parts, and whether all were exact."""
    told = list(parts)
    exact = all(sure for _, sure in told)
    found = [part for part in dict.fromkeys(part for part, _ in told) if not isinstance(part, Nothing)]
    if any(isinstance(part, Anything) for part in found):
        return Anything(), exact
    if not found:
        return Nothing(), exact
    return (found[0] if len(found) == 1 else AnyOf(tuple(found))), exact
