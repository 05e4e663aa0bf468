"""The words of an article for the few questions of one query: found when they are asked for, which costs half of listing them all.

To the evaluator they are the mappings that `query_doc` lists beforehand for documents that are asked thousands of queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.pipeline.words import stems


class Places(Mapping[str, Sequence[int]]):
    """The positions of each word; `starts` are those of the zones (title, lead, body) as place in `words` and as position."""

    __slots__ = ("_present", "_starts", "_words")

    def __init__(self, words: tuple[str, ...], starts: Sequence[tuple[int, int]]) -> None:
        self._words, self._starts, self._present = words, starts, frozenset(words)

    def __getitem__(self, token: str) -> list[int]:
        if token not in self._present:
            raise KeyError(token)
        return [
            place - first + position
            for (first, position), (last, _) in zip(self._starts, (*self._starts[1:], (len(self._words), 0)), strict=True)
            for place in self._met(token, first, last)
        ]

    def _met(self, token: str, first: int, last: int) -> Iterator[int]:
        for _ in range(self._words.count(token)):
            try:
                first = self._words.index(token, first, last)
            except ValueError:
                return
            yield first
            first += 1

    def __contains__(self, token: object) -> bool:
        return token in self._present

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._words))

    def __len__(self) -> int:
        return len(self._present)

    @property
    def present(self) -> frozenset[str]:
        """The words themselves."""
        return self._present


class Kin:
    """The families of all words met so far, by language: the next article only brings a few new ones. Make one for each search."""

    def __init__(self) -> None:
        self._met: dict[str, set[str]] = {}
        self._families: dict[str, dict[str, str]] = {}

    def of(self, present: frozenset[str], language: str) -> Mapping[str, str]:
        """The words of a language met so far by their family, with blanks between: those present and others."""
        met, families = self._met.setdefault(language, set()), self._families.setdefault(language, {})
        if unknown := present - met:
            met |= unknown
            told = list(unknown)
            for token, its in zip(told, stems(told, language), strict=True):
                families[its] = f"{families[its]} {token}" if its in families else token
        return families


class Families(Mapping[str, str]):
    """The words of each family, with blanks between."""

    __slots__ = ("_kin", "_language", "_met", "_places")

    def __init__(self, places: Places, language: str, kin: Kin) -> None:
        self._places, self._language, self._kin = places, language, kin
        self._met: Mapping[str, str] | None = None

    def __getitem__(self, family: str) -> str:
        if self._met is None:
            self._met = self._kin.of(self._places.present, self._language)
        if not (present := [token for token in self._met.get(family, "").split() if token in self._places]):
            raise KeyError(family)
        return " ".join(present)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(stems(self._places, self._language)))

    def __len__(self) -> int:
        return len(set(stems(self._places, self._language)))
