"""Whether an article is what a query asks for, and which words say so: the definition of truth, written to be read.

A word is met by the same token or the same stem in the article's language; words in quotes by their tokens side by side; a prefix by any
token that begins so; `=` besides by the spelling. NEAR and WITHIN count the tokens between. NOT looks at the whole article.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

from monitor.pipeline.query_doc import MatchDoc, Span
from monitor.pipeline.query_tree import And, Fact, Leaf, Near, Node, Not, Operand, Or, Term, Zone, term_text
from monitor.pipeline.words import stem

_MOST_FOUND = 500  # places named for one article


class Found(NamedTuple):
    """A place that made an article match.

    `term` as written in the query, `words` as in the article, `zone` with `offset` in tokens from its start; `start` and `end` in signs of
    the title (zone title) or text (lead and body), -1 when the document was made from kept tokens. A fact (theme:…) has no place: zone "".
    """

    term: str
    words: str
    zone: Literal["", "title", "lead", "body"]
    offset: int
    start: int
    end: int


class Match:
    """That an article matches; `found` says why, worked out when asked for."""

    __slots__ = ("_found", "condition", "doc")

    def __init__(self, condition: Node, doc: MatchDoc) -> None:
        self.condition = condition
        self.doc = doc
        self._found: tuple[Found, ...] | None = None

    @property
    def found(self) -> tuple[Found, ...]:
        """The places that made it match, in the order of the article, facts last."""
        if self._found is None:
            self._found = self._find()
        return self._found

    def _find(self) -> tuple[Found, ...]:
        places: dict[tuple[Span, str], Found] = {}
        for term, span in _reasons(self.condition, self.doc):
            if len(places) >= _MOST_FOUND:
                break
            places.setdefault((span, term), _told(term, span, self.doc))
        return tuple(places[key] for key in sorted(places, key=lambda key: (key[0].start < 0, key)))


NOWHERE = Span(-1, -1)


def holds(node: Node, doc: MatchDoc) -> bool:
    """Whether a condition is true of an article."""
    if isinstance(node, And):
        return all(holds(part, doc) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, doc) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, doc)
    return leaf_holds(node, doc)


def leaf_holds(leaf: Leaf, doc: MatchDoc) -> bool:
    """Whether a single condition is true of an article."""
    if isinstance(leaf, Fact):
        return fact_holds(leaf, doc)
    return bool(near_spans(leaf, doc) if isinstance(leaf, Near) else term_spans(leaf, doc))


def fact_holds(fact: Fact, doc: MatchDoc) -> bool:
    """Whether something is known of an article."""
    if fact.field == "after":
        return doc.day is not None and doc.day >= date.fromisoformat(fact.value)
    if fact.field == "before":
        return doc.day is not None and doc.day < date.fromisoformat(fact.value)
    if fact.field == "author":
        sought = tuple(fact.value.split("-"))
        return any(sought == name[at : at + len(sought)] for name in doc.authors for at in range(len(name) - len(sought) + 1))
    if fact.zone:
        return bool(_named(fact, fact.zone, doc))
    return f"{fact.field}:{fact.value}" in doc.facts


def _named(fact: Fact, zone: str, doc: MatchDoc) -> Sequence[Span]:
    """Where an entity is named, in a zone if it has to be."""
    spans = doc.named.get(fact.value, ())
    if not zone:
        return spans
    kept = set(_in_zone([span.start for span in spans], zone, doc))
    return [span for span in spans if span.start in kept]


# ── where terms stand ────────────────────────────────────────────────────────────────────────────────────────────────


def term_spans(term: Term, doc: MatchDoc) -> list[Span]:
    """Every place of a term, in order."""
    if term.kind == "word":
        tokens = _beginning(term.tokens[0], doc) if term.prefix else doc.families.get(stem(term.tokens[0], doc.language), "").split()
        return [Span(start, start + 1) for start in _in_zone(_places(tokens, doc), term.zone, doc)]
    return _phrase_spans(term, doc)


def _beginning(prefix: str, doc: MatchDoc) -> list[str]:
    return [token for token in doc.at if token.startswith(prefix)]


def _places(tokens: Sequence[str], doc: MatchDoc) -> Sequence[int]:
    if len(tokens) == 1:
        return doc.at[tokens[0]]
    return sorted({place for token in tokens for place in doc.at[token]})


def _in_zone(places: Sequence[int], zone: str, doc: MatchDoc) -> Sequence[int]:
    if not zone:
        return places
    first, last = bisect_left(places, doc.lead_start), bisect_left(places, doc.body_start)
    return places[:first] if zone == "title" else places[first:last] if zone == "lead" else places[first:]


def _phrase_spans(term: Term, doc: MatchDoc) -> list[Span]:
    parts = [doc.at.get(token, ()) for token in term.tokens]
    if term.prefix:
        parts[-1] = _places(_beginning(term.tokens[-1], doc), doc)
    if not all(parts):
        return []
    rarest = min(range(len(parts)), key=lambda place: len(parts[place]))
    others = [(shift - rarest, set(places)) for shift, places in enumerate(parts) if shift != rarest]
    starts = [at - rarest for at in parts[rarest] if all(at + shift in places for shift, places in others)]
    if term.kind == "exact":
        starts = [start for start in starts if all(doc.raws[doc.index(start + shift)] == raw for shift, raw in enumerate(term.raws))]
    return [Span(start, start + len(parts)) for start in _in_zone(starts, term.zone, doc)]


def _operand_spans(side: Iterable[Operand], zone: Zone, doc: MatchDoc) -> list[Span]:
    spans: set[Span] = set()
    for operand in side:
        spans.update(_named(operand, zone, doc) if isinstance(operand, Fact) else term_spans(replace(operand, zone=zone), doc))
    return sorted(spans)


def near_spans(near: Near, doc: MatchDoc) -> list[Span]:
    """The places of both sides of a window, each left one with the nearest right one on either side, in order."""
    left = _operand_spans(near.left, near.zone, doc)
    right = _operand_spans(near.right, near.zone, doc) if left else []
    if not right:
        return []
    starts = [span.start for span in right]
    by_end = sorted(right, key=lambda span: (span.end, span.start))
    ends = [span.end for span in by_end]
    found: set[Span] = set()
    for span in left:
        after = bisect_left(starts, span.end)
        if after < len(right) and starts[after] - span.end <= near.distance:
            found |= {span, right[after]}
        before = bisect_right(ends, span.start) - 1
        if not near.ordered and before >= 0 and span.start - ends[before] <= near.distance:
            found |= {span, by_end[before]}
    return sorted(found)


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reasons(node: Node, doc: MatchDoc) -> Iterable[tuple[str, Span]]:
    """The places of every part that holds and had to; nothing for NOT."""
    if isinstance(node, And | Or):
        for part in node.parts:
            if isinstance(node, And) or holds(part, doc):
                yield from _reasons(part, doc)
    elif isinstance(node, Near):
        for side in (node.left, node.right):
            standing = set(near_spans(node, doc))
            for operand in side:
                yield from ((term_text(operand), span) for span in _operand_spans((operand,), node.zone, doc) if span in standing)
    elif isinstance(node, Term):
        yield from ((term_text(node), span) for span in term_spans(node, doc))
    elif isinstance(node, Fact):
        spans = _named(node, node.zone, doc) if node.field == "entity" else ()
        yield from ((term_text(node), span) for span in spans or (NOWHERE,))


def _told(term: str, span: Span, doc: MatchDoc) -> Found:
    if span == NOWHERE:
        return Found(term, "", "", 0, -1, -1)
    first, last = doc.index(span.start), doc.index(span.end - 1)
    start, end = (doc.offsets[first][0], doc.offsets[last][1]) if doc.offsets else (-1, -1)
    words = _joined(doc.raws[first : last + 1])
    if span.start >= doc.body_start:
        return Found(term, words, "body", span.start - doc.body_start, start, end)
    if span.start >= doc.lead_start:
        return Found(term, words, "lead", span.start - doc.lead_start, start, end)
    return Found(term, words, "title", span.start, start, end)


def _joined(raws: Sequence[str]) -> str:
    """Words with blanks between, pairs of signs of an unspaced script put together again."""
    text = ""
    for raw in raws:
        overlaps = len(raw) == 2 and text[-1:] == raw[0] and not raw.isascii()
        text += raw[1] if overlaps else f" {raw}" if text else raw
    return text
