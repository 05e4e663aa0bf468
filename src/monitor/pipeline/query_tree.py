"""What a query is once it is read: a tree of frozen nodes, and the one way to write it back.

Fields are already handed down: `title:(a OR b)` is the tree of `title:a OR title:b`. A term of several words is a phrase, a NOT of a NOT is
gone, an AND in an AND is one AND; so two queries that mean the same by their grammar have the same tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Zone = Literal["", "title", "lead", "text"]
ZONES = ("title", "lead", "text")
FACTS = ("lang", "outlet", "country", "kind", "theme", "region", "entity", "author", "story", "has", "after", "before")
FIELDS = ZONES + FACTS
SELECTIVE_FACTS = frozenset({"theme", "region", "entity", "author", "story"})  # what a query may rest on without any word


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or words that follow each other, as written (`text`) and as tokens.

    word: each token or its stem (one token); phrase: the tokens as they are; exact: `raws` besides, capitals and accents included.
    `prefix`: the last token need only begin so. `zone` is where it must stand, "" for anywhere.
    """

    kind: Literal["word", "phrase", "exact"]
    text: str
    tokens: tuple[str, ...]
    raws: tuple[str, ...] = ()
    prefix: bool = False
    zone: Zone = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What must be known of the article: `value` as it is compared, `text` as it is shown; an entity may have to be named in a zone."""

    field: str
    value: str
    text: str
    zone: Zone = ""


Operand = Term | Fact


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right` with at most `distance` tokens between; left first when `ordered`."""

    left: tuple[Operand, ...]
    right: tuple[Operand, ...]
    distance: int
    ordered: bool
    zone: Zone = ""


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of two or more parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The article, as a whole, must not be so."""

    part: Node


Leaf = Term | Fact | Near
Node = Leaf | And | Or | Not


def all_of(parts: list[Node]) -> Node:
    """The conjunction of parts, flattened."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Node]) -> Node:
    """The disjunction of parts, flattened."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(node: Node) -> Node:
    """The negation of a node; two negations cancel."""
    return node.part if isinstance(node, Not) else Not(node)


def pushed(node: Node, *, positive: bool = True) -> Node:
    """The same condition with NOT only before leaves (negation normal form)."""
    if isinstance(node, Not):
        return pushed(node.part, positive=not positive)
    if isinstance(node, And | Or):
        parts = [pushed(part, positive=positive) for part in node.parts]
        return all_of(parts) if isinstance(node, And) == positive else any_of(parts)
    return node if positive else Not(node)


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf of a tree, in order."""
    if isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def asks_for_facts(node: Node) -> bool:
    """Whether a condition asks for more than the words of an article."""
    return any(
        isinstance(one, Fact) or (isinstance(one, Near) and any(isinstance(side, Fact) for side in (*one.left, *one.right)))
        for one in leaves(node)
    )


def size(node: Node) -> int:
    """How many terms a tree has; each side of NEAR counts its own."""
    return sum(len(leaf.left) + len(leaf.right) if isinstance(leaf, Near) else 1 for leaf in leaves(node))


def rests_on_nothing(node: Node) -> Node | None:
    """The first part, in negation normal form, that would hold of almost any article; None when the query is selective."""
    if isinstance(node, And):
        return node if all(rests_on_nothing(part) is not None for part in node.parts) else None
    if isinstance(node, Or):
        return next((found for part in node.parts if (found := rests_on_nothing(part)) is not None), None)
    if isinstance(node, Fact):
        return None if node.field in SELECTIVE_FACTS else node
    return node if isinstance(node, Not) else None


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(node: Node) -> str:
    """A tree in canonical form: AND, OR, NOT and every parenthesis written out; reading it again gives the same tree."""
    return _inner(node)[0]


def depth(node: Node) -> int:
    """How many parentheses stand inside each other in the canonical form."""
    return _inner(node)[1]


def _inner(node: Node) -> tuple[str, int]:
    if isinstance(node, And | Or):
        written = [_grouped(part) for part in node.parts]
        word = " AND " if isinstance(node, And) else " OR "
        return word.join(text for text, _ in written), max(deep for _, deep in written)
    if isinstance(node, Not):
        text, deep = _grouped(node.part)
        return f"NOT {text}", deep
    if isinstance(node, Near):
        return _near(node)
    return term_text(node), 0


def _grouped(node: Node) -> tuple[str, int]:
    text, deep = _inner(node)
    return (f"({text})", deep + 1) if isinstance(node, And | Or) else (text, deep)


def _near(node: Near) -> tuple[str, int]:
    sides = [" OR ".join(term_text(operand) for operand in side) for side in (node.left, node.right)]
    grouped = [f"({text})" if len(side) > 1 else text for text, side in zip(sides, (node.left, node.right), strict=True)]
    inside = int(len(node.left) > 1 or len(node.right) > 1)
    text = f"{grouped[0]} {'WITHIN' if node.ordered else 'NEAR'}/{node.distance} {grouped[1]}"
    return (f"{node.zone}:({text})", inside + 1) if node.zone else (f"({text})", inside + 1)


def term_text(node: Term | Fact) -> str:
    """One term as it is written in a query."""
    if isinstance(node, Fact):
        if node.field == "entity":
            return f"{node.zone}:@{node.text}" if node.zone else f"@{node.text}"
        bare = all(sign.isalnum() or sign in "_.-" for sign in node.text) and node.text[0] not in "-."
        return f"{node.field}:{node.text}" if bare else f'{node.field}:"{node.text}"'
    star = "*" if node.prefix and not (node.kind == "word" and len(node.tokens[0]) == 1) else ""
    if node.kind == "phrase":
        text = f'"{node.text}{star}"'
    else:
        text = ("=" if node.kind == "exact" else "") + node.text + star
    return f"{node.zone}:{text}" if node.zone else text
