"""Reads themes.yaml, the editors' file of themes: every mistake at once, with its line and a suggestion.

themes = load_themes(None)      # ./themes.yaml when there, else the file shipped with Monitor
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from monitor.config.countries import known_languages
from monitor.config.yaml_file import Document, YamlPath, accept, did_you_mean, scan_file, scan_yaml
from monitor.errors import Problem
from monitor.knowledge import ANY_LANGUAGE, Combination, HeadlineTest, Near, Reference, ThemeDef, Themes, Words, parse_term

EDITORS_FILE = "themes.yaml"

_KEYS = ("label", "priority", "iptc", "threshold", "helper", "terms", "all_of", "not", "entities", "tests")
_COMBINATION_KEYS = ("weight", "within", "countries", "any")
_TEST_KEYS = ("title", "language", "themes")
_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_IPTC = re.compile(r"medtop:\d{8}")
_REFERENCE = re.compile(r"@?(geo:[A-Z]{2}|[a-z]\.\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+)")
_HEAVIEST = 20.0


def load_themes(path: Path | None = None) -> Themes:
    """The themes of a file; of ./themes.yaml or the shipped file when none is named. Raises ConfigError with every mistake."""
    if path is None:
        path = Path(EDITORS_FILE)
        if not path.is_file():
            with as_file(files("monitor").joinpath("data", EDITORS_FILE)) as shipped:
                return _load(shipped)
    return _load(path)


def themes_text(path: Path | None = None) -> tuple[str, str]:
    """The name and the text of the file that `load_themes` reads."""
    path = path or Path(EDITORS_FILE)
    if path.is_file():
        return path.name, path.read_text(encoding="utf-8-sig")
    return EDITORS_FILE, files("monitor").joinpath("data", EDITORS_FILE).read_text(encoding="utf-8-sig")


def read_terms(text: str, name: str) -> tuple[dict[str, float], list[Problem]]:
    """The terms of one language, a term and its weight a line as in the file; with every mistake and its line."""
    document, problems = scan_yaml(text.replace("\r\n", "\n"), name)
    if document is None:
        return {}, problems
    if document.value is None:
        return {}, problems
    reader = _ThemesReader(document)
    if not isinstance(document.value, dict):
        reader.wrong("is not a list of terms", suggestion="write one term and its weight a line, such as missile*: 2")
    terms = dict(reader.terms(document.value, ())) if isinstance(document.value, dict) else {}
    return terms, sorted([*problems, *reader.problems], key=lambda problem: problem.line or 0)


def _load(path: Path) -> Themes:
    document, problems = scan_file(path)
    if document is None:
        accept(document, problems)
        raise AssertionError("unreachable: a file that cannot be read is a problem")
    reader = _ThemesReader(document)
    themes = reader.themes()
    accept(document, [*problems, *reader.problems])
    return themes


class _ThemesReader:
    """Reads one document; keeps going after a mistake so that all are reported together."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.ids: tuple[str, ...] = ()

    def wrong(self, message: str, *path: str | int, suggestion: str = "") -> None:
        """Notes a mistake at a path."""
        self.problems.append(self.document.problem(message, *path, suggestion=suggestion))

    def themes(self) -> Themes:
        """All themes in file order."""
        top = self.mapping(self.document.value, ())
        self.known_keys(top, ("themes",), ())
        if "themes" not in top:
            self.wrong("has no themes", suggestion="begin with the line themes:")
        chosen = self.mapping(top.get("themes", {}), ("themes",))
        self.ids = tuple(chosen)
        return Themes(tuple(self.theme(name, value) for name, value in chosen.items()))

    def theme(self, name: str, value: Any) -> ThemeDef:
        """One theme; its mistakes are noted, and what is wrong is left out."""
        path: YamlPath = ("themes", name)
        if not _ID.fullmatch(name):
            self.wrong(f"the theme id {name[:60]} cannot be used", *path, suggestion="small letters, digits and _, such as cyber_info")
        given = self.mapping(value, path)
        self.known_keys(given, _KEYS, path)
        helper = given.get("helper", False)
        if not isinstance(helper, bool):
            self.wrong("helper is true or false", *path, "helper", suggestion="write true")
        label = {language: self.text(word, (*path, "label", language)) for language, word in self.part(given, path, "label").items()}
        if not label and helper is not True:
            self.wrong(f"the theme {name} has no label", *path, suggestion="write label: {fr: …, en: …}")
        return ThemeDef(
            id=name,
            label=label,
            priority=self.number(given.get("priority", 0.5), (*path, "priority"), 0.0, 1.0),
            iptc=tuple(self.iptc(code, (*path, "iptc", place)) for place, code in enumerate(self.listed(given, path, "iptc"))),
            threshold=self.number(given.get("threshold", 3), (*path, "threshold"), 0.1, 100.0),
            terms={
                language: self.terms(words, (*path, "terms", language))
                for language, words in self.part(given, path, "terms").items()
                if self.language(language, (*path, "terms", language))
            },
            all_of=tuple(self.combination(one, (*path, "all_of", place)) for place, one in enumerate(self.listed(given, path, "all_of"))),
            excluded=self.excluded(given, path),
            entities=self.entities(given, path),
            tests=tuple(self.test(one, (*path, "tests", place)) for place, one in enumerate(self.listed(given, path, "tests"))),
            helper=helper is True,
        )

    # ── parts of a theme ──

    def terms(self, value: Any, path: YamlPath) -> Mapping[str, float]:
        """Terms of one language with their weights."""
        read = {}
        for written, weight in self.mapping(value, path).items():
            self.term(written, (*path, written))
            read[written] = self.number(weight, (*path, written), -_HEAVIEST, _HEAVIEST, what=f"the weight of {str(written)[:60]}")
        return read

    def term(self, written: Any, path: YamlPath, *, reference: bool = False) -> str:
        """One term whose syntax is checked; references only where they may stand."""
        if not isinstance(written, str):
            self.wrong("a term is text", *path, suggestion="put quotes around it")
            return ""
        try:
            term = parse_term(written)
        except ValueError as error:
            self.wrong(str(error), *path)
            return ""
        if isinstance(term, Reference) and not reference:
            self.wrong(f"{written} cannot stand here", *path, suggestion="references belong in all_of and entities")
        assert isinstance(term, Words | Near | Reference)
        return written

    def combination(self, value: Any, path: YamlPath) -> Combination:
        """One combination of all_of."""
        given = self.mapping(value, path)
        self.known_keys(given, _COMBINATION_KEYS, path)
        groups = self.listed(given, path, "any")
        countries = self.whole(given, path, "countries", 2, 5, 2) or 0
        if len(groups) < (1 if countries else 2):
            self.wrong("a combination needs two groups or more", *path, suggestion="write any: [[a, b], [c, d]]")
        read = []
        for place, group in enumerate(groups):
            if not isinstance(group, list) or not group:
                self.wrong("a group is a list of terms", *path, "any", place, suggestion="write [a, b]")
                continue
            read.append(tuple(self.term(one, (*path, "any", place, index), reference=True) for index, one in enumerate(group)))
        within = self.whole(given, path, "within", 1, 100, 12)
        return Combination(self.number(given.get("weight", 1), (*path, "weight"), 0.0, _HEAVIEST), tuple(read), within, countries)

    def excluded(self, given: Mapping[str, Any], path: YamlPath) -> Mapping[str, tuple[str, ...]]:
        """What `not:` lists per language."""
        read = {}
        for language, words in self.part(given, path, "not").items():
            place = (*path, "not", language)
            self.language(language, place)
            if not isinstance(words, list):
                self.wrong("not holds a list of phrases per language", *place, suggestion='write fr: ["conscription électorale"]')
                continue
            read[language] = tuple(self.term(word, (*place, index)) for index, word in enumerate(words))
        return read

    def entities(self, given: Mapping[str, Any], path: YamlPath) -> Mapping[str, float]:
        """Votes of gazetteer entities and countries."""
        read = {}
        for name, weight in self.part(given, path, "entities").items():
            if not _REFERENCE.fullmatch(name):
                self.wrong(f"{name[:60]} is no entity", *path, "entities", name, suggestion="write o.nato or geo:ML")
            read[name.removeprefix("@")] = self.number(weight, (*path, "entities", name), -_HEAVIEST, _HEAVIEST)
        return read

    def test(self, value: Any, path: YamlPath) -> HeadlineTest:
        """One headline with the themes it must be given."""
        given = self.mapping(value, path)
        self.known_keys(given, _TEST_KEYS, path)
        language = given.get("language", "")
        self.language(language, (*path, "language"))
        wanted = self.listed(given, path, "themes")
        for place, name in enumerate(wanted):
            if name not in self.ids:
                self.wrong(f"there is no theme {str(name)[:60]}", *path, "themes", place, suggestion=did_you_mean(str(name), self.ids))
        return HeadlineTest(self.text(given.get("title"), (*path, "title")), str(language), tuple(map(str, wanted)))

    def iptc(self, code: Any, path: YamlPath) -> str:
        """An IPTC Media Topic id."""
        if not isinstance(code, str) or not _IPTC.fullmatch(code):
            self.wrong(f"{str(code)[:60]} is no IPTC Media Topic", *path, suggestion="write medtop: and eight digits")
            return ""
        return code

    # ── plain values ──

    def mapping(self, value: Any, path: YamlPath) -> Mapping[str, Any]:
        """A mapping, or an empty one and a mistake."""
        if isinstance(value, dict):
            return value
        self.wrong("must be a block of key: value lines" if path else "must begin with themes:", *path)
        return {}

    def part(self, given: Mapping[str, Any], path: YamlPath, key: str) -> Mapping[str, Any]:
        """The mapping under an optional key."""
        return self.mapping(given[key], (*path, key)) if key in given else {}

    def listed(self, given: Mapping[str, Any], path: YamlPath, key: str) -> list[Any]:
        """The list under an optional key."""
        value = given.get(key, [])
        if isinstance(value, list):
            return value
        self.wrong(f"{key} is a list", *path, key, suggestion="write [a, b]")
        return []

    def known_keys(self, given: Mapping[str, Any], known: tuple[str, ...], path: YamlPath) -> None:
        """Notes keys that mean nothing."""
        for key in given:
            if key not in known:
                self.wrong(f"unknown key {key[:60]}", *path, key, suggestion=did_you_mean(key, known))

    def language(self, value: Any, path: YamlPath) -> bool:
        """Whether a key is a language we know, or * for any."""
        if value == ANY_LANGUAGE or value in known_languages():
            return True
        self.wrong(f"{str(value)[:60]} is no language", *path, suggestion="write a code such as fr, en or zh, or * for any")
        return False

    def text(self, value: Any, path: YamlPath) -> str:
        """A text that is not empty."""
        if isinstance(value, str) and value.strip():
            return value
        self.wrong("must be text", *path, suggestion="put quotes around it")
        return ""

    def whole(self, given: Mapping[str, Any], path: YamlPath, key: str, least: int, most: int, example: int) -> int | None:
        """A whole number within bounds under an optional key."""
        value = given.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
            return value
        unit = "of words " if key == "within" else ""
        self.wrong(f"{key} is a whole number {unit}from {least} to {most}", *path, key, suggestion=f"write {example}")
        return None

    def number(self, value: Any, path: YamlPath, least: float, most: float, *, what: str = "") -> float:
        """A number within bounds; `what` names it where its line alone does not."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(f"{what} must be a number".lstrip(), *path, suggestion=f"write a number from {least:g} to {most:g}")
            return least
        if not least <= value <= most:
            self.wrong(f"{what} {value:g} is out of range".lstrip(), *path, suggestion=f"write a number from {least:g} to {most:g}")
        return float(value)
