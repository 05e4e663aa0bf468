"""Which of many queries an article matches: each query waits at its rarest words, and only those whose words came by are judged.

A query is anchored on what every article it matches must have: a word on itself, AND on its rarest part, OR on each of its parts, a phrase
on its rarest token, NEAR on its rarer side, a fact on its value (Luwak's presearcher is the model). The answer is that of `query.matches`;
how often words occur decides only how fast it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import NamedTuple

from monitor.pipeline.query import Query
from monitor.pipeline.query_doc import MatchDoc
from monitor.pipeline.query_match import Match, leaf_holds
from monitor.pipeline.query_tree import And, Fact, Leaf, Near, Node, Not, Operand, Or, Term
from monitor.pipeline.words import primary, stem

_HEAD = 5  # signs by which longer prefixes are looked up
_COMMON_BY_LENGTH = (1.0, 0.5, 0.4, 0.2, 0.1, 0.06, 0.04, 0.03)  # share of articles with a word of so many signs, where nothing is known
_COMMON_FACTS = {
    "story": 0.0005, "author": 0.005, "entity": 0.02, "outlet": 0.02, "theme": 0.1, "region": 0.15, "country": 0.2, "kind": 0.4,
    "lang": 0.4, "has": 0.9,
}  # fmt: skip

_DATES = ("after", "before")

Shares = Mapping[str, float]  # token -> share of articles that have it


def shares(docs: Iterable[MatchDoc]) -> dict[str, float]:
    """The share of articles in which each token occurs."""
    counts: dict[str, int] = {}
    total = 0
    for doc in docs:
        total += 1
        for token in doc.at:
            counts[token] = counts.get(token, 0) + 1
    return {token: count / total for token, count in counts.items()}


class _State:
    """An article under judgement: the atoms it has, and what was found out about its leaves."""

    __slots__ = ("doc", "known", "present")

    def __init__(self, doc: MatchDoc, present: set[int]) -> None:
        self.doc = doc
        self.present = present
        self.known: dict[int, bool] = {}


_Test = Callable[[_State], bool]


class _Waiting(NamedTuple):
    query: Query
    anchors: frozenset[int]
    order: int


class QueryIndex:
    """Many queries that wait for articles; `shares` tells how common words are (measure it with `shares`, renew it with `reanchor`)."""

    def __init__(self, common: Shares | None = None) -> None:
        self._common: Shares = common or {}
        self._waiting: dict[Hashable, _Waiting] = {}
        self._tests: dict[Hashable, _Test] = {}
        self._added = 0
        self._anchored: dict[int, set[Hashable]] = {}
        self._atoms = _Atoms()
        self._leaves: dict[Leaf, int] = {}  # leaves that take more than presence, numbered so that queries share what is found out

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, name: Hashable) -> bool:
        return name in self._waiting

    def add(self, name: Hashable, query: Query) -> None:
        """Lets a query wait under a name; one of that name before is replaced."""
        self.remove(name)
        anchors = self._anchors(query.condition)[1]
        for atom in anchors:
            self._anchored.setdefault(atom, set()).add(name)
        self._tests[name] = self._test(query.condition)
        self._waiting[name] = _Waiting(query, anchors, self._added)
        self._added += 1

    def remove(self, name: Hashable) -> None:
        """Forgets a query; nothing happens when there is none of that name."""
        waiting = self._waiting.pop(name, None)
        self._tests.pop(name, None)
        for atom in waiting.anchors if waiting else ():
            names = self._anchored[atom]
            names.discard(name)
            if not names:
                del self._anchored[atom]

    def reanchor(self, common: Shares) -> None:
        """Anchors every query anew by how common words are now, and forgets what only removed queries needed."""
        queries = [(name, waiting.query) for name, waiting in self._waiting.items()]
        self.__init__(common)  # type: ignore[misc]
        for name, query in queries:
            self.add(name, query)

    def candidates(self, doc: MatchDoc) -> set[Hashable]:
        """The names of the queries that might match; never leaves out one that does."""
        return self._candidates(self._atoms.present(doc))

    def matches(self, doc: MatchDoc) -> dict[Hashable, Match]:
        """The queries that match, by name, with the reasons to be had from each; in the order in which they were added."""
        present = self._atoms.present(doc)
        state = _State(doc, present)
        tests, waiting = self._tests, self._waiting
        found = [name for name in self._candidates(present) if tests[name](state)]
        found.sort(key=lambda name: waiting[name].order)
        return {name: Match(waiting[name].query.condition, doc) for name in found}

    def _candidates(self, present: set[int]) -> set[Hashable]:
        anchored = self._anchored
        found: set[Hashable] = set()
        return found.union(*[anchored[atom] for atom in present if atom in anchored])

    # ── anchors ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _anchors(self, node: Node) -> tuple[float, frozenset[int]]:
        """The atoms one of which every matching article has, with the share of articles expected to have one; (inf, none) when unknown."""
        if isinstance(node, And):
            return min((self._anchors(part) for part in node.parts), key=lambda anchor: anchor[0])
        if isinstance(node, Or):
            return _either(self._anchors(part) for part in node.parts)
        if isinstance(node, Near):
            sides = [_either(self._operand_anchors(operand) for operand in side) for side in (node.left, node.right)]
            return min(sides, key=lambda anchor: anchor[0])
        if isinstance(node, Not):
            return float("inf"), frozenset()
        return self._operand_anchors(node)

    def _operand_anchors(self, operand: Operand) -> tuple[float, frozenset[int]]:
        if isinstance(operand, Fact):
            if operand.field in _DATES:
                return float("inf"), frozenset()
            return _COMMON_FACTS[operand.field], frozenset({self._atoms.fact(operand)})
        return min((self._share(kind, token), frozenset({self._atoms.number(kind, token)})) for kind, token in _needs(operand))

    def _share(self, kind: str, token: str) -> float:
        known = self._common.get(token)
        if known is None or kind == "prefix":
            guessed = _COMMON_BY_LENGTH[min(len(token), len(_COMMON_BY_LENGTH) - 1)] * (2 if kind == "prefix" else 1)
            return guessed if known is None and not self._common else max(known or 0.0, guessed / 10)
        return known

    # ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _test(self, node: Node) -> _Test:
        """The condition as nested functions, the cheapest parts first."""
        if isinstance(node, And | Or):
            single = [self._atom_of(part) for part in node.parts]
            atoms = frozenset(atom for atom in single if atom is not None)
            rest = [self._test(part) for part, atom in zip(node.parts, single, strict=True) if atom is None]
            return _conjunction(atoms, rest) if isinstance(node, And) else _disjunction(atoms, rest)
        if isinstance(node, Not):
            inner = self._test(node.part)
            return lambda state: not inner(state)
        atom = self._atom_of(node)
        if atom is not None:
            return lambda state: atom in state.present
        return self._leaf_test(node)

    def _atom_of(self, node: Node) -> int | None:
        """The atom whose presence is all that a leaf asks for, if it asks for no more."""
        if isinstance(node, Fact) and not node.zone and node.field not in (*_DATES, "author"):
            return self._atoms.fact(node)
        if isinstance(node, Term) and not node.zone and len(node.tokens) == 1 and node.kind != "exact":
            return self._atoms.number(*_needs(node)[0])
        return None

    def _leaf_test(self, leaf: Leaf) -> _Test:
        number = self._leaves.setdefault(leaf, len(self._leaves))
        needed = self._needed(leaf)

        def test(state: _State) -> bool:
            for atoms in needed:
                if atoms.isdisjoint(state.present):
                    return False
            known = state.known.get(number)
            if known is None:
                known = state.known[number] = leaf_holds(leaf, state.doc)
            return known

        return test

    def _needed(self, leaf: Leaf) -> tuple[frozenset[int], ...]:
        """Sets of atoms of each of which an article with the leaf has one."""
        if isinstance(leaf, Term):
            return tuple(frozenset({self._atoms.number(kind, token)}) for kind, token in _needs(leaf))
        if isinstance(leaf, Near):
            sides = ([self._operand_anchors(operand) for operand in side] for side in (leaf.left, leaf.right))
            return tuple(_either(side)[1] for side in sides)
        return (frozenset({self._atoms.fact(leaf)}),) if leaf.field not in _DATES else ()


def _needs(term: Term) -> list[tuple[str, str]]:
    """The kinds and tokens of atoms, all of which an article with a term has."""
    kinds = ["word" if term.kind == "word" else "token"] * len(term.tokens)
    if term.prefix:
        kinds[-1] = "prefix"
    return list(zip(kinds, term.tokens, strict=True))


def _either(anchors: Iterable[tuple[float, frozenset[int]]]) -> tuple[float, frozenset[int]]:
    found = list(anchors)
    return sum(share for share, _ in found), frozenset().union(*(atoms for _, atoms in found))


def _conjunction(atoms: frozenset[int], rest: list[_Test]) -> _Test:
    if not rest:
        return lambda state: atoms <= state.present

    def test(state: _State) -> bool:
        if not atoms <= state.present:
            return False
        for one in rest:  # noqa: SIM110 (a generator would cost twice the time of most tests)
            if not one(state):
                return False
        return True

    return test


def _disjunction(atoms: frozenset[int], rest: list[_Test]) -> _Test:
    if not rest:
        return lambda state: not atoms.isdisjoint(state.present)

    def test(state: _State) -> bool:
        if not atoms.isdisjoint(state.present):
            return True
        for one in rest:  # noqa: SIM110
            if one(state):
                return True
        return False

    return test


class _Atoms:
    """The smallest things queries ask for, numbered: a word by its family, a token, a prefix, a fact; and which of them an article has."""

    def __init__(self) -> None:
        self._count = 0
        self._tables: dict[str, dict[str, int]] = {"word": {}, "token": {}, "fact": {}, "prefix": {}}
        self._heads: dict[str, list[tuple[str, int]]] = {}  # first signs of longer prefixes -> prefixes
        self._short: dict[int, dict[str, int]] = {}  # shorter prefixes by their length
        self._families: dict[str, dict[str, list[int]]] = {}  # language -> stem -> words

    def fact(self, fact: Fact) -> int:
        """The number of a fact, of the longest word of an author's name."""
        value = max(fact.value.split("-"), key=len) if fact.field == "author" else fact.value
        return self.number("fact", f"{fact.field}:{value}")

    def number(self, kind: str, text: str) -> int:
        """The number of an atom, a new one when it is asked for the first time."""
        table = self._tables[kind]
        if text not in table:
            table[text] = self._count
            self._count += 1
            if kind == "word":
                for language, families in self._families.items():
                    families.setdefault(stem(text, language), []).append(table[text])
            elif kind == "prefix" and len(text) > _HEAD:
                self._heads.setdefault(text[:_HEAD], []).append((text, table[text]))
            elif kind == "prefix":
                self._short.setdefault(len(text), {})[text] = table[text]
        return table[text]

    def present(self, doc: MatchDoc) -> set[int]:
        """The atoms an article has."""
        tokens, facts = self._tables["token"], self._tables["fact"]
        present = {tokens[token] for token in doc.at.keys() & tokens.keys()}
        present.update(facts[fact] for fact in doc.facts & facts.keys())
        present.update(facts[fact] for name in doc.authors for word in name if (fact := f"author:{word}") in facts)
        families = self._of_language(primary(doc.language))
        for family in doc.families.keys() & families.keys():
            present.update(families[family])
        for length, prefixes in self._short.items():
            present.update([prefixes[head] for head in {token[:length] for token in doc.at} & prefixes.keys()])
        heads = self._heads
        for token in [token for token in doc.at if token[:_HEAD] in heads] if heads else ():
            present.update([number for prefix, number in heads[token[:_HEAD]] if token.startswith(prefix)])
        return present

    def _of_language(self, language: str) -> dict[str, list[int]]:
        if language not in self._families:
            families: dict[str, list[int]] = {}
            for text, number in self._tables["word"].items():
                families.setdefault(stem(text, language), []).append(number)
            self._families[language] = families
        return self._families[language]
