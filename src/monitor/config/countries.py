"""What countries, territories and languages are called: Babel's CLDR names, our short forms, and the desk's section of each country.

Babel comes into Monitor through this file only. Everything is read once and kept; the mappings given out are read-only.
Sources: Unicode CLDR (by Babel) for names; UN M49 for regions (data/regions.tsv); data/country_names.tsv is hand-made.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

Names = Mapping[str, Mapping[str, str]]

SUPRANATIONAL = ("EU", "INT")  # allowed as an outlet's country beside ISO 3166-1

# Language names that double as adjectives of one country ("chinois", "Russisch", "rosyjska"): only languages of essentially one country.
ONE_COUNTRY_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "sq": "AL", "hy": "AM", "az": "AZ", "be": "BY", "bg": "BG", "my": "MM", "hr": "HR", "cs": "CZ", "da": "DK", "dz": "BT",
        "et": "EE", "fil": "PH", "fi": "FI", "ka": "GE", "el": "GR", "he": "IL", "hi": "IN", "hu": "HU", "is": "IS", "id": "ID",
        "ga": "IE", "it": "IT", "ja": "JP", "kk": "KZ", "km": "KH", "rw": "RW", "ky": "KG", "lo": "LA", "lv": "LV",
        "lt": "LT", "lb": "LU", "mk": "MK", "mg": "MG", "dv": "MV", "mt": "MT", "mn": "MN", "ne": "NP", "no": "NO", "nl": "NL",
        "pl": "PL", "ro": "RO", "ru": "RU", "sr": "RS", "si": "LK", "sk": "SK", "sl": "SI", "so": "SO", "sv": "SE", "tg": "TJ",
        "th": "TH", "tr": "TR", "tk": "TM", "uk": "UA", "uz": "UZ", "vi": "VN", "zh": "CN",
    }
)  # fmt: skip
# World languages: "anglais" is rarely about Britain. Weak evidence at most; Arabic, German and Korean would only mislead.
WORLD_LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "GB", "fr": "FR", "es": "ES", "pt": "PT"})

# Languages written in Latin letters: the hand-made names under "*" hold in them.
_LATIN = frozenset({
    "af", "az", "bs", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fil", "fr", "ga", "gl", "hr", "hu", "id",
    "is", "it", "lb", "lt", "lv", "mg", "ms", "mt", "nb", "nl", "nn", "no", "pl", "pt", "rn", "ro", "rw", "sk", "sl", "so",
    "sq", "sv", "sw", "tk", "tl", "tr", "uz", "vi",
})  # fmt: skip
_BRACKETS = re.compile(r"\s*[(（]([^)）]*)[)）]\s*")
_RUSSIAN_ISLANDS = (("о-ва", "острова"), ("о-в", "остров"))


@dataclass(frozen=True, slots=True)
class Region:
    """Where a country lies: its UN M49 sub-region code (three digits) and the desk's section for it."""

    country: str
    m49: str
    section: str


@cache
def load_regions() -> Mapping[str, Region]:
    """Every country and territory by its ISO 3166-1 alpha-2 code (249, and XK for Kosovo)."""
    return MappingProxyType({iso2: Region(iso2, m49, section) for iso2, m49, section in _rows("regions.tsv")})


@cache
def section_of_country() -> Mapping[str, str]:
    """The desk's section id of every country by its ISO 3166-1 alpha-2 code."""
    return MappingProxyType({iso2: region.section for iso2, region in load_regions().items()})


def country_label(iso2: str, language: str) -> str:
    """What a country is called in a language of the pages; the code where it has no name."""
    try:
        return str(Locale.parse(language, sep="-").territories.get(iso2, iso2))
    except (UnknownLocaleError, ValueError):
        return iso2


def language_label(code: str, language: str) -> str:
    """What a language is called in a language of the pages, in small letters where it writes them so; the code where it has no name."""
    try:
        return str(Locale.parse(language, sep="-").languages.get(code.split("-")[0].lower(), code))
    except (UnknownLocaleError, ValueError):
        return code


def country_names(languages: Iterable[str]) -> Names:
    """For each language the names its press prints, each with the ISO 3166-1 alpha-2 code it means; ambiguous names are left out.

    Languages are BCP 47 codes; one that CLDR does not know gives an empty mapping.
    """
    return MappingProxyType({language: _country_names(language)[0] for language in languages})


def exact_case_names(languages: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Those of `country_names` that count only in exactly their case, being another word otherwise (US, Turkey, Chad)."""
    return MappingProxyType({language: _country_names(language)[1] for language in languages})


def language_adjectives(languages: Iterable[str], *, weak: bool = False) -> Names:
    """For each language the names of one-country languages, which the press uses as adjectives of the country ("polonais" → PL).

    With `weak` the four world languages instead (fr → FR, en → GB, es → ES, pt → PT): evidence only beside something stronger.
    """
    return MappingProxyType({language: _language_adjectives(language, weak) for language in languages})


@cache
def known_languages() -> Mapping[str, str]:
    """Every language code CLDR knows, with its English name."""
    names = Locale("en").languages
    return MappingProxyType({code: str(name) for code, name in sorted(names.items()) if re.fullmatch("[a-z]{2,3}", code)})


@cache
def _country_names(language: str) -> tuple[Mapping[str, str], frozenset[str]]:
    hand = _hand_made().get(language, {})
    if language in _LATIN:
        hand = {**_hand_made().get("*", {}), **hand}
    chosen = {name.removeprefix("="): iso2 for name, iso2 in hand.items()}
    exact = frozenset(name[1:] for name in hand if name.startswith("="))
    meanings: dict[str, set[str]] = defaultdict(set)
    locale = _locale(language)
    for iso2 in load_regions() if locale is not None else ():
        printed = locale.territories.get(iso2) if locale is not None else None
        for name in _forms(str(printed), language) if printed else ():
            meanings[name].add(iso2)
    clear = {name: min(found) for name, found in meanings.items() if len(found) == 1}
    return MappingProxyType({**clear, **chosen}), exact


def _forms(printed: str, language: str) -> Iterator[str]:
    """CLDR's name as the press would print it: without what stands in brackets, Russian islands spelt out."""
    if language == "ru":
        for short, full in _RUSSIAN_ISLANDS:
            printed = re.sub(rf"(?<!\w){short}(?!\w)", full, printed)
    yield printed
    if _BRACKETS.search(printed):
        yield _BRACKETS.sub(" ", printed).strip()


@cache
def _language_adjectives(language: str, weak: bool) -> Mapping[str, str]:
    locale = _locale(language)
    if locale is None:
        return MappingProxyType({})
    table = WORLD_LANGUAGES if weak else ONE_COUNTRY_LANGUAGES
    named = {code: str(locale.languages[code]) for code in table if code in locale.languages}
    meanings: dict[str, set[str]] = defaultdict(set)
    for code, name in named.items():
        meanings[name].add(table[code])
    return MappingProxyType({name: min(found) for name, found in meanings.items() if len(found) == 1})


@cache
def _hand_made() -> Mapping[str, Mapping[str, str]]:
    table: dict[str, dict[str, str]] = defaultdict(dict)
    for iso2, language, names in _rows("country_names.tsv"):
        for name in names.split("; "):
            table[language][name] = iso2
    return table


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of a table in data/, without its comments and its heading."""
    text = files("monitor").joinpath("data", name).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    yield from rows[1:]


@cache
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
