"""The shape of feeds.yaml: which keys there are and what each may hold.

pydantic checks one value at a time; what concerns several of them at once (an address or an id given twice) is checked in feeds_file.
A mistake of ours is a PydanticCustomError whose context carries the suggestion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from monitor.config.countries import SUPRANATIONAL, country_names, known_languages, load_regions
from monitor.config.feed_address import address_mistake
from monitor.config.yaml_file import did_you_mean

KINDS = ("newspaper", "agency", "broadcaster", "magazine", "specialist", "government", "think-tank", "organisation", "blog")
FORMATS = ("auto", "nhk-json", "json-feed")
TEXT_SOURCES = ("page", "feed", "none")
LIGHTEST, HEAVIEST = 0.2, 1.0
SHORTEST_EVERY = timedelta(minutes=15)
LONGEST_EVERY = timedelta(days=30)

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?((?:-(?:[0-9A-Za-z]{5,8}|[0-9][0-9A-Za-z]{3}))*)")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_DECOMPOSED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_COUNTRY_SLIPS = {"UK": "GB", "EL": "GR", "EN": "GB", "USA": "US", "UN": "INT"}


def mistake(message: str, suggestion: str = "") -> PydanticCustomError:
    """An error of ours, worded for the editor."""
    return PydanticCustomError("desk", "{message}", {"message": message, "suggestion": suggestion})


def slug(name: str) -> str | None:
    """The default id of an outlet: its name in plain lower-case letters and hyphens; None when a letter has no Latin form."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_NOT_DECOMPOSED))
    if any(letter.isalpha() and not letter.isascii() for letter in plain):
        return None
    made = re.sub(r"[^a-z0-9]+", "-", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip("-")
    return made[:64].rstrip("-") or None


def canonical_language(code: str) -> str | None:
    """A BCP 47 code in its usual case (`pt-BR`, `zh-Hans`), None when it is none or its language is unknown to CLDR."""
    match = _LANGUAGE.fullmatch(code)
    if not match or match[1].lower() not in known_languages():
        return None
    return match[1].lower() + (match[2] or "").title() + (match[3] or "").upper() + match[4].lower()


def _one_of(what: str, known: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known:
            raise mistake(f"{value[:80]!r} is no {what}", did_you_mean(value, known))
        return value

    return check


def _line_of_text(value: str) -> str:
    if "\n" in value or len(value) > 200:
        raise mistake("is longer than one line of 200 characters", "shorten it; a note may be longer")
    return value.strip()


def _name(value: str) -> str:
    if not value.strip():
        raise mistake("is empty", "give the name as it is printed")
    return _line_of_text(value)


def _note(value: str) -> str:
    if len(value) > 4000:
        raise mistake("is longer than 4,000 characters", "shorten it")
    return value.strip()


def _identifier(value: str) -> str:
    if not _SLUG.fullmatch(value) or len(value) > 64:
        raise mistake(
            f"{value[:80]!r} is no id: lower-case letters, digits and single hyphens, at most 64", f"write {slug(value) or 'an-id'}"
        )
    return value


def _country(value: str) -> str:
    if value in load_regions() or value in SUPRANATIONAL:
        return value
    meant = _COUNTRY_SLIPS.get(value.upper()) or (value.upper() if value.upper() in load_regions() else "") or _country_called(value)
    raise mistake(
        f"{value[:80]!r} is no country",
        f"write {meant}" if meant else "write an ISO 3166-1 code of two capital letters such as FR, or EU or INT",
    )


def _country_called(name: str) -> str:
    wanted = name.strip().casefold()
    names = country_names(["en", "fr"])
    return next((iso2 for table in names.values() for printed, iso2 in table.items() if printed.casefold() == wanted), "")


def _language(value: str) -> str:
    code = canonical_language(value)
    if code is None:
        raise mistake(f"{value[:80]!r} is no language", _language_meant(value) or "write a BCP 47 code such as fr, en or pt-BR")
    return code


def _language_meant(value: str) -> str:
    wanted = value.strip().casefold()
    for code, name in known_languages().items():
        if name.casefold() == wanted or (len(wanted) == 3 and name.casefold().startswith(wanted) and len(code) == 2):
            return f"write {code}"
    return f"write {wanted.replace('_', '-')}" if canonical_language(wanted.replace("_", "-")) else ""


def _weight(value: float) -> float:
    if not LIGHTEST <= value <= HEAVIEST:
        raise mistake(f"{value:g} is outside {LIGHTEST} … {HEAVIEST}", f"write {LIGHTEST if value < LIGHTEST else HEAVIEST}")
    return value


def _every(value: object) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", value) if isinstance(value, str) else None
    if match is None:
        raise mistake(f"{str(value)[:80]!r} is no interval", "write for instance 30m, 2h or 1d")
    every = int(match[1]) * _UNITS[match[2]]
    if every < SHORTEST_EVERY:
        raise mistake(f"{value} is shorter than 15 minutes", "write 15m or longer, or leave it out: the desk adapts to the feed")
    if every > LONGEST_EVERY:
        raise mistake(f"{value} is longer than 30 days", "write 30d or less, or enabled: false")
    return every


def _address(value: str) -> str:
    if wrong := address_mistake(value):
        raise mistake(*wrong)
    return value


def _home(value: str) -> str:
    return _address(value) if value else ""


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _timezone(value: str) -> str:
    if value not in _timezones():
        raise mistake(f"{value[:80]!r} is no time zone", did_you_mean(value, sorted(_timezones())) or "write for instance Europe/Paris")
    return value


def _time_of_day(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise mistake(f"{str(value)[:80]!r} is no time of day", 'write hours and minutes, for instance "07:00"')
    return value


def _short_form(value: object) -> object:
    """A feed may be written as its bare address."""
    return {"url": value} if isinstance(value, str) else value


def _label(value: Mapping[str, str]) -> Mapping[str, str]:
    if not value or not all(text.strip() for text in value.values()):
        raise mistake("has no text", "write for instance {fr: Afrique, en: Africa}")
    return {language: text.strip() for language, text in value.items()}


def _languages(value: list[str]) -> list[str]:
    if not value:
        raise mistake("names no language", "write for instance [fr, en]")
    if len(set(value)) != len(value):
        raise mistake("names a language twice", f"write [{', '.join(dict.fromkeys(value))}]")
    return value


def _sections(value: list[Any]) -> list[Any]:
    if not value:
        raise mistake("names no section", "leave the key out for the usual five")
    return value


Language = Annotated[str, AfterValidator(_language)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Address = Annotated[str, AfterValidator(_address)]
Note = Annotated[str, AfterValidator(_note)]
Line = Annotated[str, AfterValidator(_line_of_text)]


class Shape(BaseModel):
    """Strict: no key that is not listed, no value converted from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FeedShape(Shape):
    """One feed."""

    url: Address
    section: str | None = None
    language: Language | None = None
    every: Annotated[timedelta, BeforeValidator(_every)] | None = None
    enabled: bool = True
    format: Annotated[str, AfterValidator(_one_of("format", FORMATS))] = "auto"
    note: Note = ""


class OutletShape(Shape):
    """One outlet."""

    name: Annotated[str, AfterValidator(_name)]
    id: Identifier = ""  # default: slug of the name
    owner: Line = ""
    home: Annotated[str, AfterValidator(_home)] = ""
    country: Annotated[str, AfterValidator(_country)]
    language: Language
    kind: Annotated[str, AfterValidator(_one_of("kind of outlet", KINDS))] = "newspaper"
    weight: Annotated[float, AfterValidator(_weight)] = 0.6
    enabled: bool = True
    note: Note = ""
    text: Annotated[str, AfterValidator(_one_of("source of text", TEXT_SOURCES))] = "page"
    feeds: list[Annotated[FeedShape, BeforeValidator(_short_form)]] = Field(default_factory=list)


class SectionShape(Shape):
    """One section of the edition."""

    id: Identifier
    label: Annotated[dict[Language, Line], AfterValidator(_label)]


class DeskShape(Shape):
    """The desk's own settings; what is left out has records.Desk's default."""

    name: Annotated[str, AfterValidator(_name)] | None = None
    organisation: Line | None = None
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    languages: Annotated[list[Language], AfterValidator(_languages)] | None = None
    sections: Annotated[list[SectionShape], AfterValidator(_sections)] | None = None
    digest_at: Annotated[str, BeforeValidator(_time_of_day)] | None = None


class FileShape(Shape):
    """The whole file."""

    desk: DeskShape = DeskShape()
    outlets: list[OutletShape]
