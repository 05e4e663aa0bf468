"""People's names as a press review prints and sorts them: family names in capitals, particles left small, sorted as their readers look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Written small they are read over in sorting and stay small in print (von der LEYEN under L); "du", "des", "le" and "la" open the name
# they stand in (French and Belgian catalogues), and a particle with a capital is part of the name (De SMET under D).
_SMALL = """af al av bin da das de degli dei del della den der di do dos e el en ibn of op 't te ten ter thoe tot und van vom von y zu
zum zur"""
_PARTICLES = frozenset(_SMALL.split())
_APOSTROPHE = re.compile(r"^(d)['’](?=\w)")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "’": "'"}
)
# Letters that stand behind z in the alphabet of the edition's language; elsewhere they count as the letter below their sign.
_BEHIND_Z: Mapping[str, str] = {"sv": "åäö", "fi": "åäö", "da": "æøå", "nb": "æøå", "nn": "æøå", "no": "æøå"}


def capitals(family: str) -> str:
    """A family name in capitals, the small particles before it as they are: `de GAULLE`, `LE GOFF`, `d’ORMESSON`."""
    particles, name = _parted(" ".join(family.split()))
    return particles + name.upper()


def printed(pattern: str, given: str, family: str) -> str:
    """A name in a pattern such as `By {given} {FAMILY}`; blanks that an empty name leaves are taken out."""
    return re.sub(" {2,}", " ", pattern.format(given=_line(given), family=_line(family), FAMILY=capitals(family))).strip()


def name_in(pattern: str) -> str:
    """The part of a byline's pattern that is the name itself: from its first brace to its last."""
    first, last = pattern.find("{"), pattern.rfind("}")
    return pattern[first : last + 1] if first >= 0 else pattern


def sort_key(family: str, given: str = "", language: str = "en") -> tuple[str, str, str]:
    """What names are sorted by: the family name without small particles, then the given name, signs and capitals apart."""
    name = _line(family)
    return _plain(_parted(name)[1], language), _plain(_line(given), language), f"{name} {given}"


def _parted(name: str) -> tuple[str, str]:
    """The small particles before a name, and the name; a name of particles only is a name."""
    words = name.split(" ")
    first = 0
    while first < len(words) - 1 and words[first] in _PARTICLES:
        first += 1
    particles, rest = "".join(f"{word} " for word in words[:first]), " ".join(words[first:])
    if match := _APOSTROPHE.match(rest):
        return particles + rest[: match.end()], rest[match.end() :]
    return particles, rest


def _plain(text: str, language: str) -> str:
    behind = _BEHIND_Z.get(language[:2], "")
    small = unicodedata.normalize("NFC", text).casefold()
    out = []
    for sign in small:
        if sign in behind:
            out.append("z" + chr(0xFFF0 + behind.index(sign)))
            continue
        told = unicodedata.normalize("NFKD", sign.translate(_LETTERS))
        out.append("".join(one for one in told if not unicodedata.combining(one)))
    return " ".join(re.sub(r"['\-]+", " ", "".join(out)).split())


def _line(text: str) -> str:
    return " ".join(text.split())
