"""Finds articles that carry the same text: wire copies, reprints, and short items under one title."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from math import ceil
from typing import Literal

from monitor.pipeline import words
from monitor.records import Copy, StoryDoc

_WORDS_A_SHINGLE = 5
_SIGNS_A_SHINGLE = 8
_MODULUS = 2  # one fixed modulus: min-sketches for short texts lost 14–20 % of trimmed copies
_TEXT_CHARACTERS = 40_000
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
_NOT_SIGNS = re.compile(r"[\W_]+")

_SHARED = 4  # sampled shingles two texts must share to be compared
_REUSES, _COPY = 0.40, 0.80  # containment: at .40 no false pair in 395 real articles, recall 1.0 on five kinds of edits
_SHORT = 16  # fewer sampled shingles than this: a text of under 40 tokens, compared by its title
_SAME_TITLE = 0.8
_TITLE_HOURS = 48
_TITLE_WORDS = 4  # a shorter title ("Ukraine", "The week in pictures") says nothing
WINDOW = timedelta(days=7)


def shingles(text: str, language: str) -> tuple[int, ...]:
    """Sampled 64-bit hashes of the text's 5-word runs (8 signs where a script has no spaces), sorted, each once.

    Every second hash is kept, by its value, so that two texts keep the same ones (blake2b, modulus 2).
    """
    text = text[:_TEXT_CHARACTERS]
    if words.primary(language) in _UNSPACED:
        signs = _NOT_SIGNS.sub("", words.norm(text))
        runs = [signs[at : at + _SIGNS_A_SHINGLE] for at in range(len(signs) - _SIGNS_A_SHINGLE + 1)]
    else:
        tokens = words.tokens(text)
        runs = [" ".join(tokens[at : at + _WORDS_A_SHINGLE]) for at in range(len(tokens) - _WORDS_A_SHINGLE + 1)]
    hashes = {int.from_bytes(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") for run in runs}
    return tuple(sorted(number for number in hashes if number % _MODULUS == 0))


# ── titles ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_SUFFIX = re.compile(r"\s+[|–—·:-]+\s+([^|–—·]{2,60})$")


def title_key(title: str, outlet_name: str = "") -> str:
    """A title as it is compared: normalised words without the outlet's name at its end; "" when it is too short to mean anything."""
    found = _SUFFIX.search(title)
    if found and outlet_name and _like(found[1], outlet_name):
        title = title[: found.start()]
    tokens = words.tokens(title)
    return " ".join(tokens) if len(tokens) >= _TITLE_WORDS else ""


def _like(suffix: str, name: str) -> bool:
    """Whether a title's last part is the outlet's name ("Le Monde", "Le Monde.fr", "lemonde")."""
    first, second = ("".join(words.tokens(part)) for part in (suffix, name))
    return bool(first and second) and (first.startswith(second) or second.startswith(first))


# ── agencies ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_AGENCIES = {
    "AFP": ("AFP", "Agence France-Presse"),
    "Reuters": ("Reuters", "Рейтер", "رويترز", "路透社", "ロイター"),
    "AP": ("AP", "Associated Press"),
    "dpa": ("dpa", "Deutsche Presse-Agentur"),
    "EFE": ("EFE", "Agencia EFE"),
    "ANSA": ("ANSA",),
    "Xinhua": ("Xinhua", "新华社", "新華社"),
    "TASS": ("TASS", "ТАСС"),
    "RIA": ("RIA Novosti", "РИА Новости"),
    "Interfax": ("Interfax", "Интерфакс"),
    "Ukrinform": ("Ukrinform", "Укрінформ"),
    "PAP": ("PAP", "Polska Agencja Prasowa"),
    "Lusa": ("Lusa", "Agência Lusa"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "Anadolu Ajansı", "AA"),
    "Kyodo": ("Kyodo", "Kyodo News", "共同通信", "共同"),
    "Jiji": ("Jiji", "時事通信", "時事"),
    "Yonhap": ("Yonhap", "연합뉴스"),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI",),
    "Belga": ("Belga",),
    "ATS": ("ATS", "Keystone-ATS", "SDA", "Keystone-SDA"),
    "APA": ("APA",),
    "PA": ("PA Media", "Press Association"),
    "UPI": ("UPI",),
    "Bloomberg": ("Bloomberg",),
    "MAP": ("MAP", "Maghreb Arabe Presse"),
    "APS": ("APS",),
    "IRNA": ("IRNA", "إرنا"),
    "SPA": ("SPA", "واس"),
    "AFPTV": ("AFPTV",),
}
_CREDIT_ZONES = 200  # characters at the start and at the end of a text where a credit stands
_IN_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,60})[)）\]]")
_DATELINE = re.compile(r"^[^\n]{0,80}?[-–—]\s*([^\W\d_][\w .-]{1,30}?)\s*[-–—]")
_PARTS = re.compile(r"\s*(?:[,;/|+&•]|\s(?:avec|with|mit|con|com|and|et|und|y|e|i|и|و)\s|\s-\s)\s*")


@lru_cache(maxsize=64)
def _credits(agencies: tuple[str, ...]) -> dict[str, str]:
    """Every written form of an agency, normalised, with the name we store; those of the desk's own agencies included."""
    forms = {_plain(form): name for name, written in _AGENCIES.items() for form in written}
    for name in agencies:
        forms.setdefault(_plain(name), name)
        last = words.tokens(name)[-1:]
        if len(last) == 1 and len(last[0]) >= 4:
            forms.setdefault(last[0], name)
    return forms


def _plain(text: str) -> str:
    return " ".join(words.tokens(text))


def agency_credit(authors: Iterable[str], text: str, title: str = "", agencies: Iterable[str] = ()) -> str:
    """The news agency an article credits in its byline, its dateline or a bracket at either end of its text; "" when there is none.

    `agencies` are the names of the desk's outlets that are agencies; a bracket may hold the last word of such a name ("(Véga)").
    """
    forms = _credits(tuple(agencies))
    for part in _credit_places(authors, text, title):
        for piece in (part, *_PARTS.split(part)):
            if name := forms.get(_plain(piece)):
                return name
    return ""


def _credit_places(authors: Iterable[str], text: str, title: str) -> list[str]:
    head, tail = text[:_CREDIT_ZONES], text[-_CREDIT_ZONES:]
    places = [author[:200] for author in authors]
    places += [found[1] for zone in (head, tail, title[-60:]) for found in _IN_BRACKETS.finditer(zone)]
    if dateline := _DATELINE.match(head):
        places.append(dateline[1])
    last = tail.rsplit("\n", 1)[-1].strip()
    if len(last) <= 40:
        places.append(last)
    return places


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Chains:
    """Which documents hold a hash: a hash table in flat arrays, 16 bytes an entry, because a week holds millions."""

    def __init__(self) -> None:
        self._heads = array("i", [-1]) * 1024
        self._next, self._marks, self._docs = array("i"), array("I"), array("I")

    def add(self, number: int, doc: int) -> None:
        self._marks.append(number >> 8 & 0xFFFFFFFF)
        self._docs.append(doc)
        self._next.append(-1)
        if len(self._docs) > len(self._heads):
            self._heads = array("i", [-1]) * (2 * len(self._heads))
            for entry in range(len(self._docs)):
                self._chain(entry)
        else:
            self._chain(len(self._docs) - 1)

    def _chain(self, entry: int) -> None:
        slot = self._marks[entry] & (len(self._heads) - 1)
        self._next[entry] = self._heads[slot]
        self._heads[slot] = entry

    def holders(self, number: int) -> Iterator[int]:
        """The documents that were added with a hash; one in four thousand million is a stranger."""
        mark = number >> 8 & 0xFFFFFFFF
        entry = self._heads[mark & (len(self._heads) - 1)]
        while entry >= 0:
            if self._marks[entry] == mark:
                yield self._docs[entry]
            entry = self._next[entry]


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    outlet: str
    at: datetime
    shingles: array[int]
    title: str

    @property
    def short(self) -> bool:
        return len(self.shingles) < _SHORT


class CopyIndex:
    """The wording of the last days' articles; tells of each new one whether it carries the text of an earlier one.

    Texts are compared by containment, |A∩B| / min(|A|, |B|) of their sampled shingles; texts too short for that by their titles, across
    outlets and within 48 hours. Deterministic: the fullest match wins, then the earliest, then the smallest id.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._last = 0
        self._dropped = 0
        self._chains = _Chains()
        self._titles: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, doc: StoryDoc) -> Copy | None:
        """Remember an article and say which earlier one it copies (containment ≥ .8) or reuses (≥ .4), if any."""
        known = _Known(doc.id, doc.outlet, doc.at, array("Q", doc.shingles), doc.title_key)
        found = self._same_text(known) or self._same_title(known)
        self._last += 1
        self._remember(self._last, known)
        return found

    def forget(self, before: datetime) -> None:
        """Drop the articles from before a moment."""
        gone = [number for number, known in self._known.items() if known.at < before]
        for number in gone:
            del self._known[number]
        self._dropped += len(gone)
        if self._dropped > len(self._known):
            self._rebuild()

    def _rebuild(self) -> None:
        kept, self._known = self._known, {}
        self._chains, self._titles, self._dropped = _Chains(), {}, 0
        for number, known in kept.items():
            self._remember(number, known)

    def _remember(self, number: int, known: _Known) -> None:
        self._known[number] = known
        step = _EVERY_HASH if len(known.shingles) <= _FULLY_INDEXED else _EVERY_FOURTH
        for one in known.shingles:
            if not one & step:
                self._chains.add(one, number)
        for token in _rare_part(known.title):
            self._titles.setdefault(token, []).append(number)

    def _same_text(self, new: _Known) -> Copy | None:
        if len(new.shingles) < _SHARED:
            return None
        hits: Counter[int] = Counter()
        for one in new.shingles:
            hits.update(self._chains.holders(one))
        own = set(new.shingles)
        candidates = sorted((-count, number) for number, count in hits.items() if number in self._known)[:_MOST_COMPARED]
        found = [copy for _, number in candidates if (copy := _contained(own, self._known[number], new.at))]
        return min(found)[-1] if found else None

    def _same_title(self, new: _Known) -> Copy | None:
        numbers = {number for token in _rare_part(new.title) for number in self._titles.get(token, ())}
        found = [copy for number in numbers if (old := self._known.get(number)) and (copy := _titled_alike(new, old))]
        return min(found)[-1] if found else None


_Found = tuple[float, datetime, str, Copy]
_EVERY_HASH, _EVERY_FOURTH = 0, 0b110  # bits of a hash that must be zero (bit 0 is, by the modulus)
_FULLY_INDEXED = 64
_MOST_COMPARED = 50


def _contained(own: set[int], old: _Known, at: datetime) -> _Found | None:
    """How much of the shorter text is in the other, when that is enough to be the same text."""
    shared = len(own.intersection(old.shingles))
    if shared < _SHARED or abs(old.at - at) > WINDOW:
        return None
    containment = shared / min(len(own), len(old.shingles))
    if containment < _REUSES:
        return None
    kind: Literal["copy_of", "reuses"] = "copy_of" if containment >= _COPY else "reuses"
    return -containment, old.at, old.id, Copy(old.id, kind, round(containment, 3))


def _titled_alike(new: _Known, old: _Known) -> _Found | None:
    """A short item of another outlet under (nearly) the same title within 48 hours."""
    if not (new.short or old.short) or (new.outlet and new.outlet == old.outlet):
        return None
    if not new.title or not old.title or abs(new.at - old.at) > timedelta(hours=_TITLE_HOURS):
        return None
    if new.title == old.title:
        likeness = 1.0
    else:
        first, second = set(new.title.split()), set(old.title.split())
        likeness = len(first & second) / len(first | second)
    if likeness < _SAME_TITLE:
        return None
    return -likeness, old.at, old.id, Copy(old.id, "copy_of", round(likeness, 3))


@lru_cache(maxsize=256)
def _rare_part(title: str) -> tuple[str, ...]:
    """The tokens by which titles are looked up: two sets with Jaccard ≥ .8 share one of their first n − ⌈.8 n⌉ + 1 in any fixed order."""
    tokens = sorted(set(title.split()), key=lambda token: (-len(token), token))
    return tuple(tokens[: len(tokens) - ceil(_SAME_TITLE * len(tokens)) + 1])
