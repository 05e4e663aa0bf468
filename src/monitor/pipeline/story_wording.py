"""What is kept of an article's wording: hashes of its runs of words, its title as it is compared, the agency it credits."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from monitor.pipeline import words

_WORDS_A_SHINGLE = 5
_SIGNS_A_SHINGLE = 8
_MODULUS = 2  # one fixed modulus: min-sketches for short texts lost 14–20 % of trimmed copies
TEXT_CHARACTERS = 40_000
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
_NOT_SIGNS = re.compile(r"[\W_]+")
_TITLE_WORDS = 4  # a shorter title ("Ukraine", "The week in pictures") says nothing


def shingles(text: str, language: str, tokens: Sequence[str] | None = None) -> tuple[int, ...]:
    """Sampled 64-bit hashes of the text's 5-word runs (8 signs where a script has no spaces), sorted, each once.

    Every second hash is kept, by its value, so that two texts keep the same ones. `tokens` are the text's first words, if known already.
    """
    if words.primary(language) in _UNSPACED:
        return _sampled(_NOT_SIGNS.sub("", words.norm(text[:TEXT_CHARACTERS])), _SIGNS_A_SHINGLE)
    return _sampled(words.tokens(text[:TEXT_CHARACTERS]) if tokens is None else tokens, _WORDS_A_SHINGLE)


def _sampled(units: Sequence[str], length: int) -> tuple[int, ...]:
    """The even hashes of all runs; a run's is the exclusive or of one hash for each unit in its place (tabulation hashing).

    So each word is hashed once, not five times, and the same words in another order are another run. All runs are combined at once, as
    one long number for each place, and read as little-endian numbers whatever the machine.
    """
    runs = len(units) - length + 1
    if runs < 1:
        return ()
    places = memoryview(b"".join([_hashes(unit, length) for unit in units])).cast("Q")
    combined = 0
    for place in range(length):
        combined ^= int.from_bytes(places[length * place + place :: length][:runs].tobytes(), "little")
    numbers = set(struct.unpack(f"<{runs}Q", combined.to_bytes(8 * runs, "little")))
    return tuple(sorted([number for number in numbers if not number % _MODULUS]))


@lru_cache(maxsize=1 << 15)
def _hashes(unit: str, length: int) -> bytes:
    """One 64-bit hash of a unit for each place in a run."""
    return blake2b(unit.encode("utf-8", "surrogatepass"), digest_size=8 * length).digest()


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
    "PA Media": ("PA Media", "Press Association"),
    "UPI": ("UPI",),
    "Bloomberg": ("Bloomberg",),
    "MAP": ("MAP", "Maghreb Arabe Presse"),
    "APS": ("APS",),
    "IRNA": ("IRNA", "إرنا"),
    "SPA": ("SPA", "واس"),
    "AFPTV": ("AFPTV",),
}
_GENERIC = frozenset(
    {"agence", "agencia", "agenzia", "agentur", "agency", "agência", "ajansi", "news", "press", "presse", "service", "the", "wire"}
)  # words of an agency's name that are no name
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
        telling = [word for word in words.tokens(name) if word not in _GENERIC]
        if len(telling) == 1 and len(telling[0]) > 2:
            forms.setdefault(telling[0], name)
    return forms


def _plain(text: str) -> str:
    return " ".join(words.tokens(text))


def agency_credit(authors: Iterable[str], text: str, title: str = "", agencies: Iterable[str] = ()) -> str:
    """The news agency an article credits in its byline, its dateline or a bracket at either end of its text; "" when there is none.

    `agencies` are the names of the desk's outlets that are agencies; a bracket may hold the telling word of such a name ("(Véga)").
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
