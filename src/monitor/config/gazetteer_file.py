"""Reads the gazetteer shipped with Monitor: gazetteer.yaml, with cities.tsv and demonyms.tsv beside it; every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from monitor.config.countries import section_of_country
from monitor.config.yaml_file import Document, YamlPath, accept, did_you_mean, scan_file
from monitor.errors import ConfigError, Problem
from monitor.knowledge import ANY_LANGUAGE, Gazetteer, GazetteerEntry, parse_term

KINDS = ("person", "org", "armed", "metonym", "region", "city", "capital", "venue", "weapon", "operation", "concept", "group", "domestic")
_KEYS = ("id", "kind", "geo", "themes", "aliases", "case", "not", "context", "valid")
_ID = re.compile(r"[a-z](\.[a-z0-9_]+)+")
WIDER = ("EU", "002", "019", "142", "150")  # the European Union; Africa, the Americas, Asia, Europe as UN M49 numbers them
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def load_gazetteer(path: Path | None = None) -> Gazetteer:
    """The gazetteer of a file with the cities and demonyms beside it; the shipped one when no file is named.

    Raises ConfigError with every mistake.
    """
    return _load(path) if path is not None else _shipped()


@cache
def _shipped() -> Gazetteer:
    with as_file(files("monitor").joinpath("data")) as data:
        return _load(data / "gazetteer.yaml")


def _load(path: Path) -> Gazetteer:
    document, problems = scan_file(path)
    entries: list[GazetteerEntry] = []
    as_of = ""
    if document is not None:
        reader = _EntriesReader(document)
        as_of, entries = reader.gazetteer()
        problems = [*problems, *reader.problems]
    accept(document, problems)
    cities = list(_cities(path.with_name("cities.tsv")))
    return Gazetteer(as_of, (*entries, *cities), _demonyms(path.with_name("demonyms.tsv")))


class _EntriesReader:
    """Reads the entries of one document; what is wrong is noted and left out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def wrong(self, message: str, *path: str | int, suggestion: str = "") -> None:
        """Notes a mistake at a path."""
        self.problems.append(self.document.problem(message, *path, suggestion=suggestion))

    def gazetteer(self) -> tuple[str, list[GazetteerEntry]]:
        """The date of the knowledge and the entries in file order."""
        top = self.document.value
        if not isinstance(top, dict) or not isinstance(top.get("entries"), list):
            self.wrong("has no entries", suggestion="begin with the lines as_of: and entries:")
            return "", []
        as_of = top.get("as_of")
        if not isinstance(as_of, str) or not _MONTH.fullmatch(as_of[:7]):
            self.wrong("as_of is the month of the knowledge", "as_of", suggestion="write as_of: 2025-11")
        entries: list[GazetteerEntry] = []
        seen: set[str] = set()
        for place, value in enumerate(top["entries"]):
            entry = self.entry(value, ("entries", place))
            if entry is not None and entry.id in seen:
                self.wrong(f"the id {entry.id} is there twice", "entries", place, suggestion="give one of the two another id")
            elif entry is not None:
                seen.add(entry.id)
                entries.append(entry)
        return str(as_of), entries

    def entry(self, value: Any, path: YamlPath) -> GazetteerEntry | None:
        """One entry."""
        if not isinstance(value, dict):
            self.wrong("an entry is a block of key: value", *path)
            return None
        for key in value:
            if key not in _KEYS:
                self.wrong(f"unknown key {key[:60]}", *path, key, suggestion=did_you_mean(key, _KEYS))
        name, kind = value.get("id"), value.get("kind")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            self.wrong(f"the id {str(name)[:60]} cannot be used", *path, suggestion="write a letter, a dot and a word, such as o.nato")
            return None
        if kind not in KINDS:
            self.wrong(f"unknown kind {str(kind)[:60]}", *path, suggestion=did_you_mean(str(kind), KINDS))
        valid = self.valid(value.get("valid"), (*path, "valid"))
        return GazetteerEntry(
            id=name,
            kind=str(kind),
            aliases=self.aliases(value.get("aliases"), (*path, "aliases")),
            geo=tuple(self.country(iso2, (*path, "geo")) for iso2 in value.get("geo") or ()),
            themes={str(theme): float(weight) for theme, weight in (value.get("themes") or {}).items()},
            case=value.get("case") is True,
            excluded=self.terms(value.get("not") or (), (*path, "not")),
            context=self.terms(value.get("context") or (), (*path, "context")),
            valid_from=valid.get("from", ""),
            valid_to=valid.get("to", ""),
        )

    def valid(self, value: Any, path: YamlPath) -> Mapping[str, str]:
        """The first and last month somebody is in office; both may be left out."""
        if value is None:
            return {}
        if not isinstance(value, dict) or set(value) - {"from", "to"}:
            self.wrong("valid has from and to", *path, suggestion='write valid: {from: "2025-01", to: "2026-05"}')
            return {}
        months = {key: str(month) for key, month in value.items() if month}
        wrong = [month for month in months.values() if not _MONTH.fullmatch(month)]
        for month in wrong:
            self.wrong(f"{month[:20]} is no month", *path, suggestion='write "2025-01"')
        if not wrong and months.get("from", "") > months.get("to", "9999-99"):
            self.wrong("valid ends before it begins", *path)
        return months

    def aliases(self, value: Any, path: YamlPath) -> Mapping[str, tuple[str, ...]]:
        """Names per language; a plain list holds in any language."""
        if isinstance(value, list):
            value = {ANY_LANGUAGE: value}
        if not isinstance(value, dict) or not value:
            self.wrong("an entry needs aliases", *path, suggestion="write aliases: [NATO] or aliases: {fr: [OTAN]}")
            return {}
        return {language: self.terms(words, (*path, language)) for language, words in value.items()}

    def terms(self, value: Any, path: YamlPath) -> tuple[str, ...]:
        """A list of terms whose syntax is checked."""
        if not isinstance(value, list | tuple):
            self.wrong("must be a list", *path, suggestion="write [a, b]")
            return ()
        for word in value:
            try:
                parse_term(str(word))
            except ValueError as error:
                self.wrong(str(error), *path)
                return ()
        return tuple(map(str, value))

    def country(self, iso2: Any, path: YamlPath) -> str:
        """A country code, or what stands for more than a country: EU, a continent's M49 code."""
        if iso2 not in section_of_country() and iso2 not in WIDER:
            self.wrong(f"{str(iso2)[:20]} is no country", *path, suggestion="write an ISO 3166-1 code such as ML")
        return str(iso2)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with their line numbers, without comments; a table that is not there has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, line.split("\t")


def _cities(path: Path) -> Iterator[GazetteerEntry]:
    """One entry a row: country, capital or city, and the names per language of the heading, separated by semicolons."""
    heading: list[str] = []
    seen: set[str] = set()
    for number, row in _rows(path):
        if not heading:
            heading = row[2:]
            continue
        iso2, kind, names = row[0], row[1], row[2:]
        if iso2 not in section_of_country() or kind not in ("city", "capital", "venue") or len(names) > len(heading) or not names[0]:
            raise ConfigError([Problem(str(path), number, f"cannot be read: {iso2} {kind}", "country, capital or city, names")])
        aliases = {
            language: tuple(name.strip() for name in cell.split(";") if name.strip())
            for language, cell in zip(heading, names, strict=False)
            if cell.strip()
        }
        for alias in (alias for found in aliases.values() for alias in found):
            try:
                parse_term(alias)
            except ValueError as error:
                raise ConfigError([Problem(str(path), number, str(error))]) from error
        name = f"c.{iso2.lower()}.{re.sub('[^a-z0-9]+', '_', next(iter(aliases.values()))[0].lower()).strip('_') or number}"
        if name in seen:
            raise ConfigError([Problem(str(path), number, f"{name} is there twice", "join the two rows")])
        seen.add(name)
        yield GazetteerEntry(name, kind, aliases, (iso2,))


def _demonyms(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Language -> word as written ("malien*") -> country, from a table with one country a row and one language a column."""
    heading: list[str] = []
    read: dict[str, dict[str, str]] = {}
    for number, row in _rows(path):
        if not heading:
            heading = row[1:]
            continue
        if row[0] not in section_of_country() or len(row) > len(heading) + 1:
            raise ConfigError([Problem(str(path), number, f"cannot be read: {row[0]}", "a country, then one column a language")])
        for language, cell in zip(heading, row[1:], strict=False):
            for word in (part.replace("_", " ") for part in cell.split()):
                if read.setdefault(language, {}).setdefault(word, row[0]) != row[0]:
                    raise ConfigError([Problem(str(path), number, f"{word} means two countries in {language}", "leave it out of both")])
    return read
