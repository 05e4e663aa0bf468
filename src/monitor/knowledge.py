"""What the desk knows before it reads: themes with their terms, and the gazetteer of names; frozen, and cheap to hand to child processes.

Terms are written as in alert queries:

    missile            a word and its family (same stem in the language of the article)
    missil*            any word beginning so; in a phrase any word may end in *
    =SAM               exactly so, capitals and accents included
    air strike         two words or more are a phrase; "air strike" with quotes is the same
    a NEAR/5 b         at most 5 words between, any order;  a WITHIN/5 b in this order
    draft NEAR/3 (army OR military)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

ANY_LANGUAGE = "*"
WIDEST_WINDOW = 50  # words between the two sides of NEAR
SHORTEST_PREFIX = 2  # letters before a *


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase as written, `*` kept; `exact` means capitals and accents count."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two sides, each one of several phrases, at most `distance` words apart, in this order when `ordered`."""

    left: tuple[Words, ...]
    right: tuple[Words, ...]
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """Something found by another step: an entity of the gazetteer ("o.nato"), any of a kind ("w.*"), a country ("geo:ML")."""

    name: str


Term = Words | Near | Reference

Made = TypeVar("Made")


class MadeOnce(Mapping[str, Made]):
    """What is compiled for each of some languages, made when it is first asked for: a desk meets few of those it could read.

    Asking for a name that was not announced raises KeyError.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], Made]) -> None:
        self._names, self._make = frozenset(names), make
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        made = self._made.get(name)
        if made is None:
            if name not in self._names:
                raise KeyError(name)
            made = self._made[name] = self._make(name)
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


_REFERENCE = re.compile(r"@(geo:[A-Z]{2}|[a-z]\.\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+)")
_OPERATOR = re.compile(r"\s+(NEAR|WITHIN)/(\d{1,4})\s+")
_ALIKE = re.compile(r"\s+(AND|OR|NOT)\s+|(NEAR|WITHIN)\b")


def parse_term(text: str) -> Term:
    """Reads one term; raises ValueError with a sentence for the person who wrote it."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("a term is empty")
    if text.startswith("@"):
        if not _REFERENCE.fullmatch(text):
            raise ValueError(f"{text} is no reference; write @o.nato for an entity, @w.* for any of its kind, @geo:ML for a country")
        return Reference(text[1:])
    parts = _OPERATOR.split(text)
    if len(parts) == 1:
        return _words(text)
    if len(parts) != 4:
        raise ValueError(f"{text} has more than one NEAR or WITHIN")
    left, operator, distance, right = parts
    if int(distance) > WIDEST_WINDOW:
        raise ValueError(f"{operator}/{distance} is too wide; at most {WIDEST_WINDOW} words may lie between")
    return Near(_operand(left), _operand(right), int(distance), operator == "WITHIN")


def _operand(text: str) -> tuple[Words, ...]:
    if text.startswith("(") and text.endswith(")"):
        return tuple(_words(part) for part in re.split(r"\s+OR\s+", text[1:-1].strip()))
    return (_words(text),)


def _words(text: str) -> Words:
    if _ALIKE.search(text) or "(" in text or ")" in text:
        raise ValueError(f"{text} cannot be read; NEAR/5 and WITHIN/5 join two sides, (a OR b) may stand on either")
    if text.count('"') == 2 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1].strip()
    exact = text.startswith("=")
    text = text.removeprefix("=")
    if not any(sign.isalnum() for sign in text):
        raise ValueError("a term has no letter or digit")
    for word in text.split():
        if "*" in word and (word.index("*") != len(word) - 1 or exact or len(word) <= SHORTEST_PREFIX):
            raise ValueError(f"{word} cannot be read; a * stands after at least {SHORTEST_PREFIX} letters, at the end of a word, without =")
    return Words(text, exact)


# ── themes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Terms = Mapping[str, Mapping[str, float]]  # language ("*" for any) -> term as written -> weight


@dataclass(frozen=True, slots=True)
class Combination:
    """Adds `weight` once when every group of `any` has a term in the article, all `within` so many words if given.

    `countries` different countries must be named too, by the same rule: a visit is diplomacy when it joins two.
    """

    weight: float
    any: tuple[tuple[str, ...], ...]
    within: int | None = None
    countries: int = 0


@dataclass(frozen=True, slots=True)
class HeadlineTest:
    """A headline and the themes it must be given, which `monitor themes check` and the tests run."""

    title: str
    language: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeDef:
    """One theme: what it is called, how it ranks (`priority` 0 … 1) and what its articles say; a `helper` theme is never shown."""

    id: str
    label: Mapping[str, str]
    priority: float = 0.5
    iptc: tuple[str, ...] = ()
    threshold: float = 3.0
    terms: Terms = field(default_factory=dict)
    all_of: tuple[Combination, ...] = ()
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # `not:` in the file
    entities: Mapping[str, float] = field(default_factory=dict)
    tests: tuple[HeadlineTest, ...] = ()
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Themes:
    """Every theme in the order of the file, which is the order of display."""

    themes: tuple[ThemeDef, ...]

    @property
    def shown(self) -> tuple[ThemeDef, ...]:
        """The themes people see."""
        return tuple(theme for theme in self.themes if not theme.helper)


NOISE = "noise"  # the helper theme whose score is taken off every other's
WORLDWIDE = "worldwide"  # the helper theme of stories that belong to no country: world reports, treaties of many states

# ── the gazetteer ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A name the press uses: who or what it is, the countries it stands for, the themes it votes for, and when it counts.

    `aliases` by language ("*" for any). An alias written with a capital must have one in the article; with `case` it must be
    written exactly so, and not at the start of a sentence unless it is an acronym. One of `context` must be in the article when given.
    """

    id: str
    kind: str
    aliases: Mapping[str, tuple[str, ...]]
    geo: tuple[str, ...] = ()
    themes: Mapping[str, float] = field(default_factory=dict)
    case: bool = False
    excluded: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    valid_from: str = ""  # year-month, "" for always
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All entries, and per language the demonyms ("malien*") with the country each means."""

    as_of: str
    entries: tuple[GazetteerEntry, ...]
    demonyms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# ── concepts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NOTHING = "nothing"  # the whole concept that is never found: "general public" is no general


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing the news speaks of (a ceasefire, a tanker) and the terms that say it, by language.

    The phrases of a `whole` concept are not the sum of their words: a vice president is no president.
    """

    id: str
    terms: Mapping[str, tuple[str, ...]]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concept lexicon: what stories in different languages may share beside names, numbers and places."""

    concepts: tuple[Concept, ...]
