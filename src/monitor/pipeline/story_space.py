"""One space of features for all languages: which articles hold a feature, how rare it is, how near two bundles of features are."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from math import log, sqrt
from operator import itemgetter, mul
from typing import Protocol

from monitor.pipeline.words import primary
from monitor.records import StoryDoc

_SCALE = 64  # weights are kept as whole numbers: sums are exact, so that the order of arrival cannot matter
_HEAVIEST = 2_000  # of one article, whatever its counts claim; thirty-two of them fit sixteen bits
_LEAST_IDF = 0.1
_COMMON = 0.2  # a feature of more than a fifth of its kind's documents finds nothing
_NO_CUT_BELOW = 200  # documents of a kind before that cut begins
LEAST = {"k": 2.0, "s": 1.2, "n": 0.55, "g": 0.4, "e": 0.55, "t": 0.15, "c": 0.8}
"""What crosses languages is few features an article; of each kind, the least length of a side when two are compared, in rarest features."""
CROSS = "ksngetc"  # kinds of features that cross languages; every other kind is a language


@dataclass(frozen=True, slots=True)
class Vector:
    """Features of an article or a story: their numbers in the space and whole-number weights, in order of the features' names."""

    ids: array[int]
    weights: array[int]


@dataclass(slots=True)
class Weighted:
    """A vector as it weighs now: its features with their values in the same order, and the square of its length for each kind."""

    ids: array[int]
    weights: list[float]
    squares: list[float]
    _values: dict[int, float] | None = None

    @property
    def looked_up(self) -> bool:
        """Whether `values` has been asked for."""
        return self._values is not None

    @property
    def values(self) -> dict[int, float]:
        """The value by feature; made when first asked for."""
        if self._values is None:
            self._values = dict(zip(self.ids, self.weights, strict=True))
        return self._values


class Holder(Protocol):
    """Anything that holds a vector (an article of the window)."""

    vector: Vector


class FeatureSpace:
    """Vocabulary, document frequencies and postings of the articles in the window.

    Everything that decides is a function of the set of articles, never of the order in which they came.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self.names: list[str] = []
        self.kinds = array("H")
        self._df = array("I")
        self._postings: list[array[int]] = []
        self.kind_names: list[str] = []
        self._kind_ids: dict[str, int] = {}
        self.crossing: list[bool] = []  # whether features of a kind cross languages
        self._totals: list[int] = []
        self._rarity: list[float] = []  # ln(df + .5) of each feature
        self._ln_halves = [log(0.5)]  # the same by df
        self._abundance: list[float] = []  # ln(N + 1) of each kind
        self.revision = 0  # grows whenever weights may have changed

    def encode(self, doc: StoryDoc) -> Vector:
        """An article's counted stems and cross-language features as a vector."""
        language = primary(doc.language) or "und"
        found = [(f"{language}:{term}", language, 1.0 + log(count)) for term, count in doc.terms.items() if count >= 1]
        found += [(name, name[0], weight) for name, weight in doc.features.items() if name[1:2] == ":" and name[0] in CROSS and weight > 0]
        found.sort()
        ids = array("I", [self._id(name, kind) for name, kind, _ in found])
        return Vector(ids, array("H", [min(_HEAVIEST, max(1, round(_SCALE * weight))) for _, _, weight in found]))

    def _id(self, name: str, kind: str) -> int:
        known = self._ids.get(name)
        if known is None:
            known = self._ids[name] = len(self.names)
            self.names.append(name)
            self.kinds.append(self._kind(kind))
            self._df.append(0)
            self._rarity.append(self._ln_halves[0])
            self._postings.append(array("I"))
        return known

    def _kind(self, kind: str) -> int:
        known = self._kind_ids.get(kind)
        if known is None:
            known = self._kind_ids[kind] = len(self.kind_names)
            self.kind_names.append(kind)
            self.crossing.append(kind in CROSS)
            self._totals.append(0)
            self._abundance.append(0.0)
        return known

    def kind_of(self, one: int) -> str:
        """The kind of a feature: one of CROSS, or a language."""
        return self.kind_names[self.kinds[one]]

    def kinds_of(self, vector: Vector) -> set[int]:
        """The kinds that a vector has features of."""
        return set(map(self.kinds.__getitem__, vector.ids))

    def add(self, number: int, vector: Vector) -> None:
        """Count an article and let it be found by its features."""
        postings = self._postings
        for one in vector.ids:
            postings[one].append(number)
        self._count(vector, 1)

    def hear(self, vector: Vector) -> None:
        """Count an article for how rare features are, without letting it be found."""
        self._count(vector, 1)

    def remove(self, vector: Vector) -> None:
        """Stop counting an article; its postings stay until the space is built anew, callers skip numbers they no longer know."""
        self._count(vector, -1)

    def _count(self, vector: Vector, by: int) -> None:
        self.revision += 1
        counts, rarity, halves = self._df, self._rarity, self._ln_halves
        for one in vector.ids:
            count = counts[one] = counts[one] + by
            if count == len(halves):
                halves.append(log(count + 0.5))
            rarity[one] = halves[count]
        for kind in self.kinds_of(vector):
            self._totals[kind] += by
            self._abundance[kind] = log(self._totals[kind] + 1)

    def rebuilt(self, articles: Iterable[tuple[int, Holder]]) -> FeatureSpace:
        """A space of these articles only, whose vectors are numbered anew in place; articles in order of their numbers."""
        fresh = FeatureSpace()
        for number, article in articles:
            old = article.vector
            ids = array("I", [fresh._id(self.names[one], self.kind_names[self.kinds[one]]) for one in old.ids])
            article.vector = Vector(ids, old.weights)
            fresh.add(number, article.vector)
        return fresh

    def idf(self, one: int) -> float:
        """How telling a feature is: max(.1, ln((N + 1) / (df + .5))), N the articles that have features of its kind."""
        return max(_LEAST_IDF, self._abundance[self.kinds[one]] - self._rarity[one])

    def weighted(self, vector: Vector) -> Weighted:
        """Weights times idf, by feature, with the square of the length for each kind."""
        ids, counts, rarity = vector.ids, vector.weights, self._rarity.__getitem__
        weights: list[float] = []
        squares = [0.0] * len(self._abundance)
        start = 0
        while start < len(ids):  # features of one kind stand together, because names begin with it
            kind = self.kinds[ids[start]]
            end = self._end_of(kind, ids, start)
            abundance = self._abundance[kind]
            common = abundance - _LEAST_IDF
            of_kind = zip(counts[start:end], map(rarity, ids[start:end]), strict=True)
            values = [count * (abundance - rare) if rare < common else count * _LEAST_IDF for count, rare in of_kind]
            squares[kind] = sum(map(mul, values, values))
            weights += values
            start = end
        return Weighted(ids, weights, squares)

    def _end_of(self, kind: int, ids: array[int], start: int) -> int:
        """Where the features of a kind that begin at a place end."""
        first, last, kinds = start + 1, len(ids), self.kinds
        while first < last:
            middle = (first + last) // 2
            if kinds[ids[middle]] == kind:
                first = middle + 1
            else:
                last = middle
        return first

    def retrieval(self, weighted: Iterable[tuple[int, float]], budget: int) -> Iterator[tuple[int, array[int]]]:
        """The features worth looking up, heaviest first, each with a whole-number gain and the articles that hold it.

        `weighted` are features with their values, in order of their names, which decides between equals. Stops when `budget` articles
        have been named; features of too many articles are passed over.
        """
        kinds, counts, totals, rarity, abundance = self.kinds, self._df, self._totals, self._rarity, self._abundance
        heaviest = []
        for one, weight in weighted:
            count = counts[one]
            if 0 < count <= budget:
                kind = kinds[one]
                if count <= _COMMON * totals[kind] or totals[kind] <= _NO_CUT_BELOW:
                    idf = abundance[kind] - rarity[one]
                    heaviest.append((weight * (idf if idf > _LEAST_IDF else _LEAST_IDF), count, one))  # noqa: FURB136 - max() is a call
        heaviest.sort(key=itemgetter(0), reverse=True)
        for gain, count, one in heaviest:
            if count <= budget:
                budget -= count
                yield round(gain) or 1, self._postings[one]

    def nearness(self, first: Weighted, second: Weighted, least: float = 0.0) -> dict[str, float]:
        """The cosine of two weighted vectors for each kind that either has; 0 where only one has features.

        A side shorter than LEAST counts as that long, and so as `least` for the words of a language, all in rarest features. So one
        country in common, which has a cosine of 1, says little on a day with twenty stories of that country.
        """
        dots: dict[int, float] = {}
        if second.looked_up and len(first.ids) < len(second.ids):
            first, second = second, first
        values, ids = first.values, second.ids
        # in the order of the names, so that sums are the same after a restart
        for one, weight in compress(zip(ids, second.weights, strict=True), map(values.__contains__, ids)):
            kind = self.kinds[one]
            dots[kind] = dots.get(kind, 0.0) + weight * values[one]
        found: dict[str, float] = {}
        # a kind may be younger than a vector: the shorter list of squares decides
        for kind, (a, b) in enumerate(zip(first.squares, second.squares, strict=False)):
            if a or b:
                name, dot = self.kind_names[kind], dots.get(kind)
                floor = (_SCALE * self._abundance[kind] * LEAST.get(name, least)) ** 2
                found[name] = dot / sqrt(max(a, floor) * max(b, floor)) if dot else 0.0
        return found


def summed(vectors: Iterable[Vector], names: list[str]) -> Vector:
    """The sum of vectors, its features in order of their names: the same whatever the order of the vectors."""
    total: dict[int, int] = {}
    for vector in vectors:
        for one, weight in zip(vector.ids, vector.weights, strict=True):
            total[one] = total.get(one, 0) + weight
    ids = sorted(total, key=names.__getitem__)
    return Vector(array("I", ids), array("H", [min(0xFFFF, total[one]) for one in ids]))
