"""Reads the concept lexicon shipped with Monitor: data/concepts_*.tsv, one concept a row and one language a column; every mistake at once.

A cell holds terms separated by `|`, written as in knowledge.py (`missil*`, `air strike*`); an empty cell means that the language has no
safe word for it. A term that stands for two concepts is marked with a + in both. A concept marked with a ! behind its id takes the words
of its phrases away from other concepts (a vice president is no president). Lines that begin with # are comments.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from monitor.config.yaml_file import did_you_mean
from monitor.errors import ConfigError, Problem
from monitor.knowledge import Concept, Concepts, Reference, parse_term

LANGUAGES = ("fr", "en", "de", "it", "es", "pt", "ru", "uk", "ar", "he", "zh", "ja", "pl", "tr")
_UNSPACED = frozenset({"zh", "ja"})  # a word may have two signs
_SHORTEST, _SHORTEST_UNSPACED = 3, 2
_FIRST_COLUMN = "concept"
_ID = re.compile(r"[a-z][a-z0-9_]*")
_SHARED, _WHOLE = "+", "!"
_KEPT = "\ufffc"  # stands in for й, which is no accented и


def load_concepts(path: Path | None = None) -> Concepts:
    """The concepts of a table, or of every concepts*.tsv of a folder; the shipped ones when nothing is named.

    Raises ConfigError with every mistake.
    """
    if path is not None:
        return _load(path)
    with as_file(files("monitor").joinpath("data")) as data:
        return _load(data)


def _load(path: Path) -> Concepts:
    reader = _TablesReader()
    paths = sorted(path.glob("concepts*.tsv")) if path.is_dir() else [path]
    if not paths:
        reader.problems.append(Problem(str(path), None, "holds no concepts*.tsv"))
    for table in paths:
        reader.table(table)
    reader.compare()
    if reader.problems:
        raise ConfigError(sorted(reader.problems, key=lambda problem: (problem.file, problem.line or 0)))
    return Concepts(tuple(reader.concepts))


class _TablesReader:
    """Reads tables one after the other; what is wrong is noted and left out."""

    def __init__(self) -> None:
        self.concepts: list[Concept] = []
        self.problems: list[Problem] = []
        self._where: dict[str, str] = {}  # id -> file:line
        self._uses: defaultdict[tuple[str, str], list[tuple[str, bool, str, int]]] = defaultdict(list)  # (language, term) -> its uses

    def table(self, path: Path) -> None:
        """Reads the rows of one file."""
        self._file = str(path)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(Problem(self._file, None, f"cannot be read: {error}"))
            return
        heading: list[str] | None = None
        for number, row in _rows(text):
            if heading is None:
                heading = self._heading(number, row)
            else:
                self._row(number, row, heading)
        if heading is None:
            self._wrong(None, "has no heading", f"begin with {_FIRST_COLUMN} and one column a language, parted by tabs")

    def _wrong(self, line: int | None, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(self._file, line, message, suggestion))

    def _heading(self, line: int, row: list[str]) -> list[str]:
        if row[0] != _FIRST_COLUMN:
            self._wrong(line, f"the first column is called {row[0][:60]}", f"write {_FIRST_COLUMN}")
        for place, language in enumerate(row[1:], 1):
            if language not in LANGUAGES:
                self._wrong(line, f"unknown language {language[:60]}", did_you_mean(language, LANGUAGES))
            elif language in row[1:place]:
                self._wrong(line, f"the language {language} has two columns", "join them")
        return row[1:]

    def _row(self, line: int, row: list[str], heading: list[str]) -> None:
        name, cells = row[0].removesuffix(_WHOLE), row[1:]
        if not _ID.fullmatch(name):
            self._wrong(line, f"the id {name[:60]} cannot be used", "write small letters, digits and _, such as car_bomb")
            return
        if name in self._where:
            self._wrong(line, f"the concept {name} is there twice", f"join it with {self._where[name]}")
            return
        self._where[name] = f"{self._file}:{line}"
        if len(cells) > len(heading):
            self._wrong(line, f"{name} has {len(cells)} cells for {len(heading)} languages", "take a tab out")
            return
        read = ((language, self._cell(line, name, language, cell)) for language, cell in zip(heading, cells, strict=False))
        terms = {language: found for language, found in read if found}
        if not terms:
            self._wrong(line, f"{name} has no term", "write one or take the row out")
        self.concepts.append(Concept(name, terms, row[0].endswith(_WHOLE)))

    def _cell(self, line: int, name: str, language: str, cell: str) -> tuple[str, ...]:
        if not cell.strip():
            return ()
        found: list[str] = []
        for written in cell.split("|"):
            term = written.strip()
            shared, term = term.startswith(_SHARED), term.removeprefix(_SHARED)
            if mistake := _mistake(term, language):
                self._wrong(line, f"{name}, {language}: {mistake[0]}", mistake[1])
                continue
            self._uses[language, _compared(term)].append((name, shared, self._file, line))
            found.append(term)
        return tuple(found)

    def compare(self) -> None:
        """Notes the terms that stand twice without being marked, and those marked that stand once."""
        for (language, term), uses in self._uses.items():
            names = list(dict.fromkeys(name for name, *_ in uses))
            name, _, self._file, line = uses[-1]
            if len(names) < len(uses):
                self._wrong(line, f"{name}, {language}: {term} is there twice", "take one out")
            elif len(uses) == 1 and uses[0][1]:
                self._wrong(line, f"{name}, {language}: {term} is marked with a + but stands for no other concept", "take the + out")
            elif len(uses) > 1 and not all(shared for _, shared, *_ in uses):
                self._wrong(line, f"{language}: {term} stands for {' and '.join(names)}", "take out one, or write + before both")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.split("\t")


def _mistake(term: str, language: str) -> tuple[str, str] | None:
    """What is wrong with a term and what to write instead, if anything is."""
    try:
        parsed = parse_term(term)
    except ValueError as error:
        return str(error), ""
    if isinstance(parsed, Reference):
        return f"{term} is a reference", "write a word"
    least = _SHORTEST_UNSPACED if language in _UNSPACED else _SHORTEST
    if sum(sign.isalnum() for sign in term) < least:
        return f"{term} is too short to be safe", f"write at least {least} letters"
    return None


def _compared(term: str) -> str:
    """A term as two of them are compared: case, accents and quotes do not count, as they do not in the article."""
    if term.startswith("="):
        return term
    letters = unicodedata.normalize("NFD", term.replace('"', "").strip().casefold().replace("й", _KEPT))
    return unicodedata.normalize("NFC", "".join(sign for sign in letters if not unicodedata.combining(sign))).replace(_KEPT, "й")
