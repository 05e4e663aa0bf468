"""The desk's query language, for search and alerts alike: `parse` reads a query, `matches` says whether an article is meant, and why.

    query    (NATO OR OTAN) missile -exercise
    words    missile (the word and its family)  missil* (any word beginning so)  =US (exactly so)  "air strike" (next to each other)
    nearness army NEAR/5 border (any order)  army WITHIN/5 border (this order)
    fields   title lead text lang outlet country kind theme region entity author story has after before;  @o.nato is entity:o.nato

A blank is AND; AND binds more strongly than OR; NOT holds for the whole article. docs/query.md is the guide for the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from monitor.pipeline import query_terms as terms
from monitor.pipeline.query_doc import About, MatchDoc, doc_from_tokens, match_doc, token_string
from monitor.pipeline.query_lexer import FRENCH, LONGEST, Kind, Sign, cut
from monitor.pipeline.query_match import Found, Match, holds
from monitor.pipeline.query_says import Hint, explain, mistake
from monitor.pipeline.query_tree import (
    ZONES,
    Fact,
    Near,
    Node,
    Operand,
    Or,
    Term,
    Zone,
    all_of,
    any_of,
    depth,
    negated,
    pushed,
    rests_on_nothing,
    size,
    write,
)

__all__ = [
    "About",
    "Found",
    "Hint",
    "Match",
    "MatchDoc",
    "Query",
    "doc_from_tokens",
    "explain",
    "match_doc",
    "matches",
    "parse",
    "token_string",
]

MOST_TERMS = 60
DEEPEST = 8
WIDEST = 50
_LOWER = {"or": "OR", "and": "AND", "not": "NOT"}


@dataclass(frozen=True)
class Query:
    """A query read: its tree, and hints about what may have been meant otherwise. Equal when the trees are."""

    root: Node
    hints: tuple[Hint, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.root == other.root

    def __hash__(self) -> int:
        return hash(self.root)

    @cached_property
    def canonical(self) -> str:
        """The query with every operator and parenthesis written out, in English; this is what is stored."""
        return write(self.root)

    @cached_property
    def condition(self) -> Node:
        """The tree with NOT only before single terms."""
        return pushed(self.root)


def parse(text: str, *, french: bool = False) -> Query:
    """Reads a query; `french` takes ET, OU, SAUF and PRÈS/n for AND, OR, NOT and NEAR/n besides, and French names of fields and values.

    Raises QueryError with the place and what to write instead. At most 2,000 characters, 60 terms and eight parentheses inside each other,
    both as typed and as written out; some part that must be there has to be a word, theme, region, entity, author or story.
    """
    signs = cut(text, french=french)
    reader = _Reader(text, signs, french)
    root = reader.whole()
    _check(text, signs, root)
    hints = reader.hints
    if reader.mixed:
        hints.append(Hint("mixed", reader.mixed.start, {"canonical": write(root)}))
    return Query(root, tuple(hints))


def matches(query: Query, doc: MatchDoc) -> Match | None:
    """Whether an article is meant by a query: the one definition of truth for alerts, previews and search."""
    return Match(query.condition, doc) if holds(query.condition, doc) else None


def _check(text: str, signs: list[Sign], root: Node) -> None:
    if (count := size(root)) > MOST_TERMS:
        raise mistake("too_many", text, signs[0].start, count=count, most=MOST_TERMS)
    if depth(root) > DEEPEST:
        raise mistake("too_deep", text, next((sign.start for sign in signs if sign.kind == "("), 0), most=DEEPEST)
    canonical = write(root)
    if len(canonical) > LONGEST:
        raise mistake("too_long", text, len(text), count=len(canonical), most=LONGEST)
    if (part := rests_on_nothing(pushed(root))) is not None:
        raise mistake("not_selective", text, signs[0].start, part=write(part))


class _Reader:
    """Reads signs by recursive descent; parentheses bound the recursion."""

    def __init__(self, text: str, signs: list[Sign], french: bool) -> None:
        self.text = text
        self.french = french
        self.hints: list[Hint] = []
        self.mixed: Sign | None = None  # the first OR beside an AND without parentheses
        self._signs = signs
        self._place = 0
        self._open = 0

    @property
    def next(self) -> Sign:
        """The sign to be read."""
        return self._signs[self._place]

    def take(self) -> Sign:
        """Reads one sign."""
        sign = self.next
        self._place += sign.kind != "end"
        return sign

    def whole(self) -> Node:
        """The whole query."""
        if self.next.kind == "end":
            raise mistake("empty", self.text, 0)
        node = self.either("")
        if self.next.kind == ")":
            raise mistake("paren_close", self.text, self.next.start)
        return node

    def either(self, field: str) -> Node:
        """Parts joined by OR."""
        parts, first = [self.both(field)], None
        while self.next.kind == "or":
            sign = self.take()
            first = first or sign
            self._must_follow(sign)
            parts.append(self.both(field))
        if first and not self.mixed and any(joined for _, joined in parts):
            self.mixed = first
        return any_of([node for node, _ in parts])

    def both(self, field: str) -> tuple[Node, bool]:
        """Parts joined by AND, a blank or NOT, and whether there were several."""
        parts = [self.one(field)]
        while self.next.kind not in ("or", ")", "end"):
            if self.next.kind == "and":
                self._must_follow(self.take())
            parts.append(self.one(field))
        return all_of(parts), len(parts) > 1

    def one(self, field: str) -> Node:
        """One part with the NOTs before it."""
        odd = False
        while self.next.kind == "not":
            odd = not odd
            self._must_follow(self.take())
        node = self.part(field)
        return negated(node) if odd else node

    def part(self, field: str) -> Node:
        """A group, a field, or a term with what may stand near it."""
        sign = self.next
        if sign.kind in ("or", "and", "near"):
            raise mistake("nothing_before", self.text, sign.start, operator=sign.text)
        node = self._field(field) if sign.kind == "field" else self.group(field) if sign.kind == "(" else self.term(field)
        return self._near(sign, node, field) if self.next.kind == "near" else node

    def group(self, field: str) -> Node:
        """What stands in parentheses."""
        opening = self.take()
        self._open += 1
        if self._open > DEEPEST:
            raise mistake("too_deep", self.text, opening.start, most=DEEPEST)
        if self.next.kind == ")":
            raise mistake("paren_empty", self.text, opening.start)
        if self.next.kind == "end":
            raise mistake("paren_open", self.text, opening.start)
        node = self.either(field)
        if self.take().kind != ")":
            raise mistake("paren_open", self.text, opening.start)
        self._open -= 1
        return node

    def term(self, field: str) -> Operand:
        """A single term, in a zone or as the value of a field."""
        place = self._place
        sign = self.take()
        if sign.kind == "entity":
            if field and field not in (*ZONES, "entity"):
                raise mistake("field_term", self.text, sign.start, field=field, example=terms.example(field))
            return terms.entity(self.text, sign, cast(Zone, field if field in ZONES else ""))
        if field and field not in ZONES:
            return terms.fact(self.text, sign, field, french=self.french)
        read: Callable[[str, Sign, Zone], Term] = terms.phrase if sign.kind == "phrase" else terms.word
        term = read(self.text, sign, cast(Zone, field))
        self._hint(place)
        return term

    def _field(self, outer: str) -> Node:
        sign = self.take()
        name = terms.field_name(self.text, sign, french=self.french)
        if outer:
            raise mistake("field_nested", self.text, sign.start, field=name)
        allowed: tuple[Kind, ...] = ("word", "phrase", "entity", "(")
        if self.next.kind not in allowed or self.next.start != sign.end:
            raise mistake("field_empty", self.text, sign.end - 1, field=name, example=terms.example(name))
        node = self.group(name) if self.next.kind == "(" else self.term(name)
        if self.next.kind == "near":
            raise mistake("near_field", self.text, sign.start, operator=self.next.text.split("/")[0])
        return node

    def _near(self, first: Sign, left: Node, field: str) -> Node:
        sign = self.take()
        operator, _, distance = sign.text.partition("/")
        if field and field not in ZONES:
            raise mistake("field_term", self.text, sign.start, field=field, example=terms.example(field))
        if not (distance.isascii() and distance.isdigit()):
            raise mistake("near_number", self.text, sign.start, operator=operator)
        if len(distance) > 4 or int(distance) > WIDEST:
            raise mistake("near_wide", self.text, sign.start, operator=operator, distance=distance[:8], most=WIDEST)
        self._must_follow(sign)
        second = self.next
        if second.kind == "field":
            raise mistake("near_field", self.text, second.start, operator=operator)
        if second.kind not in ("word", "phrase", "entity", "("):
            raise mistake("near_operand", self.text, second.start, operator=operator)
        right = self.group(field) if second.kind == "(" else self.term(field)
        if self.next.kind == "near":
            raise mistake("near_chain", self.text, self.next.start, operator=operator)
        sides = self._side(left, first, operator), self._side(right, second, operator)
        return Near(*sides, int(distance), operator == "WITHIN", cast(Zone, field))

    def _side(self, node: Node, sign: Sign, operator: str) -> tuple[Operand, ...]:
        """The terms of one side of NEAR, without their zone, which is the window's."""
        parts = node.parts if isinstance(node, Or) else (node,)
        side: list[Operand] = []
        for part in parts:
            if not (isinstance(part, Term) or (isinstance(part, Fact) and part.field == "entity")):
                raise mistake("near_operand", self.text, sign.start, operator=operator)
            side.append(replace(part, zone=""))
        return tuple(side)

    def _must_follow(self, sign: Sign) -> None:
        if self.next.kind in ("or", "and", ")", "end") or (self.next.kind == "near" and sign.kind != "near"):
            raise mistake("nothing_after", self.text, sign.start, operator=sign.text)

    def _hint(self, place: int) -> None:
        """Notes a small "or" between words, and a French operator where English is read."""
        sign = self._signs[place]
        if sign.kind != "word" or not (sign.text == "not" or 0 < place < len(self._signs) - 2):
            return
        operator = _LOWER.get(sign.text) or (self.french and FRENCH.get(sign.text.upper()) and sign.text.upper())
        if operator:
            self.hints.append(Hint("lower", sign.start, {"word": sign.text, "operator": operator}))
        elif not self.french and sign.text in FRENCH:
            self.hints.append(Hint("french", sign.start, {"word": sign.text, "operator": FRENCH[sign.text]}))
