"""Reads the editors' YAML files: plain values with the line of every one of them, and every mistake at once.

    document = read_yaml(Path("themes.yaml"))        # raises ConfigError(problems)
    document.value["themes"]["cyber"]["threshold"]   # dict, list, str, int, float, bool or None, nothing else
    document.line("themes", "cyber", "threshold")    # 12; a path that is not there gives its nearest parent's line
    document.problem("threshold must be positive", "themes", "cyber", "threshold", suggestion="write 3")

A caller with checks of its own uses `scan_yaml(data, name)`, which returns the problems instead of raising, so that the
mistakes of the YAML and those of the content can be reported together (`document` is None when nothing could be read).

The language is YAML 1.2, core schema: `no` and `on` are words, `07:00` and `2025-01-31` are text, every key is text as written.
A file is hostile until read: at most 1 MiB, 20 levels deep and 200,000 values; anchors, aliases, tags, duplicate keys, a second
document, control characters and invisible direction marks are mistakes (docs/security.md, YAML). Nothing is ever constructed
from a tag, and events are read one by one, so depth and aliases cost nothing.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from monitor.errors import ConfigError, Problem

LARGEST_FILE = 1024 * 1024  # bytes
DEEPEST = 20  # levels of mappings and sequences
MOST_VALUES = 200_000
MOST_REPEATS = 50  # alike mistakes listed one by one; the rest is counted

YamlPath = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: truth for truth, words in ((True, "true True TRUE"), (False, "false False FALSE")) for word in words.split()
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_HINTS = (
    ("cannot start any token", "indent with spaces, not tabs, and put quotes around a value that begins with a sign such as @, % or `"),
    ("mapping values are not allowed", 'put quotes around a value that contains ": ", and check the indentation'),
    ("could not find expected ':'", "every key is followed by a colon and a blank"),
    ("expected <block end>", "check the indentation: entries of one list or one block begin in the same column"),
    ("end of stream", "a quote or a bracket is not closed"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its plain value and the line (from 1) where each value stands; a mapping's value counts from its key."""

    file: str
    value: Any
    lines: Mapping[YamlPath, int] = field(repr=False)

    def line(self, *path: str | int) -> int:
        """The line of the value at `path`, or of its nearest parent that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, message: str, *path: str | int, suggestion: str = "") -> Problem:
        """A mistake at `path`, ready for ConfigError."""
        return Problem(self.file, self.line(*path), message, suggestion)


def read_yaml(path: Path) -> Document:
    """Reads one file; raises ConfigError with every mistake found."""
    return accept(*scan_file(path))


def scan_file(path: Path) -> tuple[Document | None, list[Problem]]:
    """Like `scan_yaml`, for a file; a file that cannot be opened is one problem."""
    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST_FILE + 1)
    except OSError as error:
        return None, [Problem(str(path), None, f"cannot be read: {error.strerror or error}", "check the path and its permissions")]
    return scan_yaml(data, str(path))


def accept(document: Document | None, problems: list[Problem]) -> Document:
    """The document when there is no problem; raises ConfigError with the problems, sorted by line, otherwise."""
    if problems or document is None:
        raise ConfigError(sorted(problems, key=lambda problem: problem.line or 0))
    return document


def scan_yaml(data: bytes | str, file: str) -> tuple[Document | None, list[Problem]]:
    """Reads YAML and returns what it says with every mistake of form; `file` is the name printed in problems."""
    text, problems = _decode(data, file)
    if problems:
        return None, problems
    builder = _Builder(file)
    try:
        finished = builder.build(_events(text))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        builder.report(line, "contains a character that YAML does not allow", "remove it or retype the line")
        finished = False
    except MarkedYAMLError as error:
        builder.problems.append(_syntax(error, file))
        finished = False
    except YAMLError as error:
        builder.report(None, f"cannot be read as YAML: {' '.join(str(error).split())[:200]}")
        finished = False
    document = Document(file, builder.root, builder.lines) if finished else None
    return document, _without_flood(builder.problems)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion sentence naming the known word closest to `word`, or listing the known ones when they are few, or nothing."""
    choices = list(known)
    close = [found for form in (word, word.casefold()) for found in difflib.get_close_matches(form, choices, n=1, cutoff=0.6)]
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(choices)}" if 0 < len(choices) <= 16 else ""


def _decode(data: bytes | str, file: str) -> tuple[str, list[Problem]]:
    if len(data) > LARGEST_FILE:
        return "", [Problem(file, None, "is larger than 1 MiB", "split off what is not needed")]
    if isinstance(data, str):
        text = data
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            return "", [Problem(file, line, "is not UTF-8 text", "save the file as UTF-8")]
    found = [
        Problem(file, number, f"contains the control character U+{ord(match[0]):04X}", "remove it or retype the line")
        for number, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        if (match := _CONTROL.search(row))
    ]
    return text.removeprefix("\ufeff"), found[:MOST_REPEATS]


def _events(text: str) -> Iterator[Any]:
    # typ="safe", pure=True: the Python parser, whose events we read without ever asking it to construct anything.
    return iter(YAML(typ="safe", pure=True).parse(io.StringIO(text)))


def _syntax(error: MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    what = " ".join(str(error.problem or error.context or error).split())[:200]
    hint = next((hint for sign, hint in _HINTS if sign in what), "")
    if "expected <block end>" in what and error.context_mark is not None:
        what += f" (the block began in line {error.context_mark.line + 1})"
    return Problem(file, mark.line + 1 if mark else None, f"cannot be read as YAML: {what}", hint)


def _without_flood(problems: list[Problem]) -> list[Problem]:
    """Keeps the first fifty mistakes of each wording and says how many more there were: 100,000 aliases are one trouble, not 100,000."""
    kept: list[Problem] = []
    seen: dict[str, int] = {}
    for problem in problems:
        kind = problem.suggestion or problem.message
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= MOST_REPEATS:
            kept.append(problem)
    left_out = len(problems) - len(kept)
    if left_out:
        kept.append(Problem(problems[0].file, None, f"has {left_out} more mistakes of the same kinds"))
    return kept


@dataclass(slots=True)
class _Open:
    """A mapping or sequence being filled; `key` is the mapping's key that waits for its value."""

    path: YamlPath
    value: dict[str, Any] | list[Any]
    key: str | None = None
    skip: bool = False  # the key was a duplicate or no key at all: its value is read and thrown away


class _Builder:
    """Turns parser events into plain values with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.lines: dict[YamlPath, int] = {}
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.values = 0
        self.documents = 0

    def report(self, line: int | None, message: str, suggestion: str = "") -> None:
        """Notes one mistake."""
        self.problems.append(Problem(self.file, line, message, suggestion))

    def build(self, events: Iterator[Any]) -> bool:
        """Reads all events; False when the document had to be abandoned."""
        return all(self._take(event, type(event).__name__, event.start_mark.line + 1) for event in events)

    def _take(self, event: Any, kind: str, line: int) -> bool:
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self.report(line, "holds a second document", "remove the line ---")
                return False
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.stack.pop()
        elif kind in ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"):
            return self._value(event, kind, line)
        return True

    def _value(self, event: Any, kind: str, line: int) -> bool:
        self.values += 1
        if self.values > MOST_VALUES:
            self.report(line, f"holds more than {MOST_VALUES} values", "split the file")
            return False
        if kind == "AliasEvent":
            self.report(line, f"the alias *{event.anchor} is not allowed", "write the value out again")
        else:
            self._refuse_marks(event, line)
        if kind in ("ScalarEvent", "AliasEvent"):
            if self._expects_key():
                self._key("" if kind == "AliasEvent" else str(event.value), line, alias=kind == "AliasEvent")
            else:
                self._place(None if kind == "AliasEvent" else self._scalar(event, line), line)
            return True
        return self._enter({} if kind == "MappingStartEvent" else [], line)

    def _refuse_marks(self, event: Any, line: int) -> None:
        if event.anchor:
            self.report(line, f"the anchor &{event.anchor} is not allowed", "remove it")
        if event.tag is not None:
            self.report(line, f"the tag {str(event.tag).replace('tag:yaml.org,2002:', '!!')[:80]} is not allowed", "write the plain value")

    def _expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _key(self, key: str, line: int, *, alias: bool = False) -> None:
        top = self.stack[-1]
        assert isinstance(top.value, dict)
        self._refuse_characters(key, line)
        top.key, top.skip = key, alias
        path = (*top.path, key)
        if not alias and key in top.value:
            top.skip = True
            self.report(line, f"the key {key[:80]} is there twice (first in line {self.lines[path]})", "keep one of the two")
        elif not alias:
            self.lines[path] = line

    def _path(self) -> YamlPath:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.value)) if isinstance(top.value, list) else (*top.path, top.key or "")

    def _place(self, value: Any, line: int) -> None:
        path = self._path()
        if not self.stack:
            self.root = value
            self.lines[path] = line
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
            self.lines[path] = line
            return
        if not top.skip and top.key is not None:
            top.value[top.key] = value
        top.key, top.skip = None, False

    def _enter(self, value: dict[str, Any] | list[Any], line: int) -> bool:
        if self._expects_key():
            self.report(line, "a key must be a plain word", "put quotes around a key that begins with [ or {")
            return False
        if len(self.stack) >= DEEPEST:
            self.report(line, f"is nested more than {DEEPEST} levels deep", "check the brackets and the indentation")
            return False
        path = self._path()
        if self.stack and self.stack[-1].skip:
            path = (*path, "\0")  # what a duplicate key holds must not hide the lines of the first
        self._place(value, line)
        self.stack.append(_Open(path, value))
        return True

    def _scalar(self, event: Any, line: int) -> Any:
        text = str(event.value)
        self._refuse_characters(text, line)
        if event.tag is not None or not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text) > 18:
                self.report(line, "is a number of more than 18 digits", "put quotes around it when it is text")
                return 0
            return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        if _NOT_FINITE.fullmatch(text) or (_DECIMAL.fullmatch(text) and float(text) in (float("inf"), float("-inf"))):
            self.report(line, f"{text[:40]} is not a finite number", "write a number, or put quotes around it when it is text")
            return 0
        return float(text) if _DECIMAL.fullmatch(text) else text

    def _refuse_characters(self, text: str, line: int) -> None:
        if match := _CONTROL.search(text):  # an escape such as "\0" in double quotes
            self.report(line, f"contains the control character U+{ord(match[0]):04X}", "remove it or retype the line")
        elif match := _DIRECTION.search(text):
            self.report(line, f"contains the invisible direction mark U+{ord(match[0]):04X}", "remove it, pages need none")
