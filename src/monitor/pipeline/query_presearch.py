"""What an index can say of a query beforehand: a condition that every matching article meets, and some others too.

The condition is neutral: search builds FTS5 or tsvector expressions from it over the columns of `query_doc.columns`, and `matches` judges
what they find. Order, nearness, spelling and NOT are left to that judgement; what no index can say is `Anything`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from monitor.pipeline.query import Query
from monitor.pipeline.query_tree import And, Fact, Near, Node, Not, Operand, Or
from monitor.pipeline.words import stem

STEMMED = (
    "ar", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "hi", "hu", "hy", "id", "it", "lt", "nb", "nl",
    "nn", "no", "pl", "pt", "ro", "ru", "sv", "tr",
)  # fmt: skip
"""Languages whose stems have rules of their own; all others share the first letters."""
_COLUMNS = {"": ("title", "lead", "body"), "title": ("title",), "lead": ("lead",), "text": ("lead", "body")}
_WITH_PREFIXES = ("\u0590", "\u06ff")  # Hebrew and Arabic letters: forms without article or conjunction stand in "forms"


@dataclass(frozen=True, slots=True)
class Words:
    """These tokens next to each other in one of the columns; the last one may go on when `prefix`."""

    tokens: tuple[str, ...]
    columns: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Something known of the article: field and value as in `query_tree.Fact`; an index without it takes it as true."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Anything:
    """No condition at all."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Wanted, ...]


Wanted = Words | Known | Anything | AllOf | AnyOf


def presearch(query: Query, languages: Iterable[str] | None = None) -> Wanted:
    """What every article that matches has; `languages` are those of the archive (default: any)."""
    spoken = tuple(sorted({*languages})) if languages is not None else (*STEMMED, "")
    return _wanted(query.condition, spoken)


def _wanted(node: Node, languages: tuple[str, ...]) -> Wanted:
    if isinstance(node, And):
        return _all(_wanted(part, languages) for part in node.parts)
    if isinstance(node, Or):
        return _any(_wanted(part, languages) for part in node.parts)
    if isinstance(node, Not):
        return Anything()
    if isinstance(node, Near):
        sides = (_any(_operand(operand, node.zone, languages) for operand in side) for side in (node.left, node.right))
        return _all(sides)
    return _operand(node, "", languages)


def _operand(node: Operand, zone: str, languages: tuple[str, ...]) -> Wanted:
    if isinstance(node, Fact):
        return Known(node.field, node.value)
    columns = _COLUMNS[node.zone or zone]
    if node.kind == "word" and not node.prefix:
        return _any(Words((f"§{family}",), ("forms",)) for family in _families(node.tokens[0], languages))
    if node.kind == "exact" or not any(_has_forms(token) for token in node.tokens):
        return Words(node.tokens, columns, node.prefix)
    last = len(node.tokens) - 1
    return _all(_form(token, columns, node.prefix and place == last) for place, token in enumerate(node.tokens))


def _form(token: str, columns: tuple[str, ...], prefix: bool) -> Wanted:
    """A token as it stands, or as what is left of an Arabic or Hebrew word without its prefix."""
    return AnyOf((Words((token,), columns, prefix), Words((f"¤{token}",), ("forms",), prefix)))


def _has_forms(token: str) -> bool:
    return any(_WITH_PREFIXES[0] <= sign <= _WITH_PREFIXES[1] for sign in token)


@lru_cache(maxsize=4096)
def _families(token: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({stem(token, language) for language in languages}))


def _all(parts: Iterable[Wanted]) -> Wanted:
    kept = [part for part in parts if not isinstance(part, Anything)]
    return Anything() if not kept else kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def _any(parts: Iterable[Wanted]) -> Wanted:
    found = list(dict.fromkeys(parts))
    if any(isinstance(part, Anything) for part in found):
        return Anything()
    return found[0] if len(found) == 1 else AnyOf(tuple(found))
