"""Reads style.yaml, the desk's house styles: every mistake at once, with its line and a suggestion.

    styles = load_styles(None, beside=settings.feeds)   # style.yaml beside feeds.yaml when there, else the file shipped with Monitor
    styles["press-review"].languages["fr"].citation

The first style of the file is the one an edition begins in when none is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from string import Formatter
from typing import Any

from monitor.config.countries import known_languages
from monitor.config.yaml_file import Document, YamlPath, accept, did_you_mean, scan_file
from monitor.errors import Problem
from monitor.records import Style, StyleSection, StyleWords

STYLE_FILE = "style.yaml"
LONGEST = 300  # characters of a pattern or a heading

_STYLE_KEYS = ("sections", "numbering", "words", "sources", "fonts", "logo", "languages")
_SECTION_KEYS = ("id", "label", "target")
_HEADINGS = ("series", "authors", "headlines", "sources")
_PATTERNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # key: names it may hold, of which it needs one
    "edition": (("ordinal", "number", "series"), ("ordinal", "number")),
    "byline": (("given", "family", "FAMILY"), ("family", "FAMILY")),
    "citation": (("outlet", "headline", "quoted", "date", "country", "authors"), ("headline", "quoted")),
}
_NUMBERINGS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "section": (("section",), ("section",)),
    "piece": (("section", "piece"), ("piece",)),
}
_WORDS_KEYS = (
    *_HEADINGS, *_PATTERNS, "organisation", "between", "last", "date", "quotes", "inner_quotes", "space_before", "front", "correction",
)  # fmt: skip
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LOGO = re.compile(r"[\w][\w .-]{0,80}\.(png|jpg|jpeg|svg)", re.IGNORECASE)
_DAY_SIGNS = "dmYy"


def load_styles(path: Path | None = None, *, beside: Path | None = None) -> Mapping[str, Style]:
    """The styles of a file by id; of style.yaml beside another file, or of the shipped file, when none is named.

    Raises ConfigError with every mistake. A file is read again only when it changed.
    """
    if path is None and beside is not None and (found := beside.parent / STYLE_FILE).is_file():
        path = found
    if path is None:
        with as_file(files("monitor").joinpath("data", STYLE_FILE)) as shipped:
            return _unchanged(shipped)
    return _unchanged(path)


def _unchanged(path: Path) -> Mapping[str, Style]:
    try:
        told = path.stat()
    except OSError:
        return _load(path)  # says what is wrong with it
    return _kept(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=8)
def _kept(path: Path, _changed: int, _size: int) -> Mapping[str, Style]:
    return _load(path)


def _load(path: Path) -> Mapping[str, Style]:
    document, problems = scan_file(path)
    if document is None:
        accept(document, problems)
        raise AssertionError("unreachable: a file that cannot be read is a problem")
    reader = _StyleReader(document, path.parent)
    styles = reader.styles()
    accept(document, [*problems, *reader.problems])
    return styles


class _StyleReader:
    """Reads one document; keeps going after a mistake so that all are reported together."""

    def __init__(self, document: Document, folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []

    def wrong(self, message: str, *path: str | int, suggestion: str = "") -> None:
        """Notes a mistake at a path."""
        self.problems.append(self.document.problem(message, *path, suggestion=suggestion))

    def styles(self) -> Mapping[str, Style]:
        """All styles in file order."""
        top = self.mapping(self.document.value, ())
        self.known_keys(top, ("styles",), ())
        found = self.mapping(top.get("styles"), ("styles",))
        if not found:
            self.wrong("has no style", "styles", suggestion="begin with styles: and a line such as press-review:")
        return {name: self.style(name, value) for name, value in found.items()}

    def style(self, name: str, value: Any) -> Style:
        """One style; its mistakes are noted, and what is wrong is left out."""
        path: YamlPath = ("styles", name)
        if not _ID.fullmatch(name):
            self.wrong(f"the style id {name[:60]} cannot be used", *path, suggestion="small letters, digits, - and _, such as press-review")
        given = self.mapping(value, path)
        self.known_keys(given, _STYLE_KEYS, path)
        languages = {
            language: self.words(words, (*path, "languages", language))
            for language, words in self.mapping(given.get("languages"), (*path, "languages")).items()
            if self.language(language, (*path, "languages", language))
        }
        if not languages:
            self.wrong(f"the style {name} has no language", *path, suggestion="write languages: and below it en: or fr:")
        numbering = self.mapping(given.get("numbering"), (*path, "numbering"))
        self.known_keys(numbering, tuple(_NUMBERINGS), (*path, "numbering"))
        lengths = self.numbers(given, path, "words", {"shortest": (1, 5000), "longest": (1, 5000), "about": (1, 5000)})
        if not lengths["shortest"] <= lengths["about"] <= lengths["longest"]:
            example = "write {shortest: 150, about: 200, longest: 300}"
            self.wrong("shortest, about and longest are not in order", *path, "words", suggestion=example)
        sources = self.numbers(given, path, "sources", {"fewest": (0, 20), "window_days": (1, 3650)})
        return Style(
            id=name,
            sections=self.sections(given, path, tuple(languages)),
            section_number=self.pattern(numbering, "section", (*path, "numbering"), _NUMBERINGS),
            piece_number=self.pattern(numbering, "piece", (*path, "numbering"), _NUMBERINGS),
            words=(lengths["shortest"], lengths["longest"]),
            about=lengths["about"],
            sources=sources["fewest"],
            languages=languages,
            window_days=sources["window_days"],
            fonts=tuple(self.text(one, (*path, "fonts", place)) for place, one in enumerate(self.listed(given, path, "fonts"))),
            logo=self.logo(given.get("logo", ""), (*path, "logo")),
        )

    # ── parts of a style ──

    def sections(self, given: Mapping[str, Any], path: YamlPath, languages: tuple[str, ...]) -> tuple[StyleSection, ...]:
        """The sections in order, each with its name in every language of the style."""
        found: dict[str, StyleSection] = {}
        for place, value in enumerate(self.listed(given, path, "sections")):
            here = (*path, "sections", place)
            one = self.mapping(value, here)
            self.known_keys(one, _SECTION_KEYS, here)
            name = one.get("id")
            if not isinstance(name, str) or not _ID.fullmatch(name):
                example = "small letters, digits, - and _, such as africa"
                self.wrong(f"the section id {str(name)[:60]} cannot be used", *here, suggestion=example)
                continue
            if name in found:
                self.wrong(f"the section {name} is there twice", *here, suggestion="keep one of the two")
            names = self.mapping(one.get("label"), (*here, "label"))
            label = {code: self.text(word, (*here, "label", code)) for code, word in names.items()}
            for code in languages:
                if code not in label:
                    self.wrong(f"the section {name} has no name in {code}", *here, "label", suggestion=f"add {code}: …")
            found[name] = StyleSection(name, label, self.whole(one.get("target", 0), (*here, "target"), 0, 50))
        if not found:
            self.wrong("a style has sections", *path, "sections", suggestion="write - {id: africa, label: {en: Africa}, target: 2}")
        return tuple(found.values())

    def words(self, value: Any, path: YamlPath) -> StyleWords:
        """The style in one language."""
        given = self.mapping(value, path)
        self.known_keys(given, _WORDS_KEYS, path)
        return StyleWords(
            **{key: self.heading(given, key, path) for key in _HEADINGS},
            **{key: self.pattern(given, key, path, _PATTERNS) for key in _PATTERNS},
            organisation=self.optional(given, "organisation", path),
            between=self.optional(given, "between", path),
            last=self.optional(given, "last", path),
            date=self.date(given.get("date"), (*path, "date")),
            quotes=self.pair(given.get("quotes"), (*path, "quotes")),
            inner_quotes=self.pair(given.get("inner_quotes"), (*path, "inner_quotes")),
            space_before=self.spaces(given, path),
            correction=self.optional(given, "correction", path) or "Correction:",
            front=tuple(self.text(line, (*path, "front", place)) for place, line in enumerate(self.listed(given, path, "front"))),
        )

    def heading(self, given: Mapping[str, Any], key: str, path: YamlPath) -> str:
        """A heading that must be there."""
        if key not in given:
            self.wrong(f"{path[-1]} has no {key}", *path, suggestion=f'write {key}: "…"')
            return ""
        return self.text(given[key], (*path, key))

    def pattern(
        self, given: Mapping[str, Any], key: str, path: YamlPath, known: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    ) -> str:
        """A pattern whose names are all known and which holds what it cannot do without."""
        names, needed = known[key]
        text = self.heading(given, key, path)
        if not text:
            return ""
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            self.wrong(f"the pattern {text[:60]} has a brace too many or too few", *path, key, suggestion=_braced(names))
            return ""
        found = {name for _before, name, _form, _turned in parts if name is not None}
        for name in sorted(found - set(names)):
            self.wrong(f"{{{name[:40]}}} is no name of this pattern", *path, key, suggestion=did_you_mean(name, names) or _braced(names))
        if any(form or turned for _before, _name, form, turned in parts):
            self.wrong("a name in a pattern stands alone between its braces", *path, key, suggestion=_braced(names))
        if not found & set(needed):
            lacking = " or ".join(f"{{{name}}}" for name in needed)
            self.wrong(f"the pattern {text[:60]} lacks {lacking}", *path, key, suggestion=_braced(names))
        if text.count("*") % 2:
            self.wrong("a star is alone", *path, key, suggestion="italics stand between two stars: *{outlet}*")
        return text

    def date(self, value: Any, path: YamlPath) -> str:
        """A date of day, month and year."""
        text = self.text(value, path)
        signs = re.findall("%(.?)", text)
        if text and (not signs or any(sign not in _DAY_SIGNS or not sign for sign in signs)):
            self.wrong(f"{text[:40]} is no form of a date", *path, suggestion='write "%d/%m/%Y" from %d, %m, %Y and %y')
            return "%d/%m/%Y"
        return text

    def pair(self, value: Any, path: YamlPath) -> tuple[str, str]:
        """An opening and a closing quotation mark."""
        if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) and 0 < len(one) <= 4 for one in value):
            return value[0], value[1]
        self.wrong(f"{path[-1]} are an opening and a closing mark", *path, suggestion='write ["“", "”"]')
        return '"', '"'

    def spaces(self, given: Mapping[str, Any], path: YamlPath) -> Mapping[str, str]:
        """The space set before a sign, by the sign."""
        found = {}
        for sign, space in self.mapping(given.get("space_before", {}), (*path, "space_before")).items():
            here = (*path, "space_before", sign)
            if len(sign) != 1 or sign.isalnum() or not isinstance(space, str) or len(space) > 1 or space.strip():
                self.wrong(f"{sign[:20]} has no space before it", *here, suggestion='write one sign and its space, such as ";": "\\u202f"')
                continue
            found[sign] = space
        return found

    def logo(self, value: Any, path: YamlPath) -> str:
        """The path of the picture beside the file, "" without one."""
        if value in ("", None):
            return ""
        if not isinstance(value, str) or not _LOGO.fullmatch(value):
            example = "write the name of a file only, such as logo.png"
            self.wrong(f"{str(value)[:60]} is no picture beside this file", *path, suggestion=example)
            return ""
        if not (self.folder / value).is_file():
            self.wrong(f"there is no {value} beside this file", *path, suggestion="put the picture there or leave logo empty")
        return str(self.folder / value)

    # ── plain values ──

    def mapping(self, value: Any, path: YamlPath) -> Mapping[str, Any]:
        """A mapping, or an empty one and a mistake."""
        if isinstance(value, dict):
            return value
        self.wrong(f"{path[-1]} must be a block of key: value lines" if path else "must begin with styles:", *path)
        return {}

    def listed(self, given: Mapping[str, Any], path: YamlPath, key: str) -> list[Any]:
        """The list under an optional key."""
        value = given.get(key, [])
        if isinstance(value, list):
            return value
        self.wrong(f"{key} is a list", *path, key, suggestion="write [a, b], or lines that begin with -")
        return []

    def known_keys(self, given: Mapping[str, Any], known: tuple[str, ...], path: YamlPath) -> None:
        """Notes keys that mean nothing."""
        for key in given:
            if key not in known:
                self.wrong(f"unknown key {key[:60]}", *path, key, suggestion=did_you_mean(key, known))

    def language(self, value: str, path: YamlPath) -> bool:
        """Whether a key is a language we know."""
        if value in known_languages():
            return True
        self.wrong(f"{value[:60]} is no language", *path, suggestion="write a code such as fr or en")
        return False

    def text(self, value: Any, path: YamlPath) -> str:
        """A text that is not empty, on one line."""
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST and "\n" not in value:
            return value
        name = f"{path[-1]} " if isinstance(path[-1], str) else ""
        self.wrong(f"{name}must be text on one line of at most {LONGEST} characters", *path, suggestion="put quotes around it")
        return ""

    def optional(self, given: Mapping[str, Any], key: str, path: YamlPath) -> str:
        """A text that may be empty."""
        return "" if given.get(key) in ("", None) else self.text(given[key], (*path, key))

    def numbers(self, given: Mapping[str, Any], path: YamlPath, key: str, bounds: Mapping[str, tuple[int, int]]) -> dict[str, int]:
        """Whole numbers under one key, all of which must be there."""
        here = (*path, key)
        block = self.mapping(given.get(key), here)
        self.known_keys(block, tuple(bounds), here)
        return {name: self.whole(block.get(name), (*here, name), *bound) for name, bound in bounds.items()}

    def whole(self, value: Any, path: YamlPath, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(f"{path[-1]} is a whole number from {least} to {most}", *path, suggestion="write it in digits")
        return least


def _braced(names: tuple[str, ...]) -> str:
    return "known: " + ", ".join(f"{{{name}}}" for name in names)
