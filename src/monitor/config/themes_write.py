"""Writes terms back into themes.yaml: only the lines of the terms that changed are written anew, comments and order of the rest stay.

What was written is read again and compared; a file in a form that cannot be edited so (a whole theme in brackets) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.config.yaml_file import Document, YamlPath, scan_yaml

WIDTH = 140
_PLAIN = re.compile(r"[^\W\d_][\w’'-]*(?: [\w’'-]+)*\*?")
_WORDS = frozenset({"null", "true", "false"})


def written_terms(terms: Mapping[str, float]) -> str:
    """Terms as an editor types them: one a line."""
    return "".join(f"{_key(term)}: {weight:g}\n" for term, weight in terms.items())


def with_terms(text: str, changed: Iterable[tuple[str, str, Mapping[str, float]]]) -> tuple[str, list[tuple[str, str]]]:
    """The file's text with these terms of (theme, language), and the pairs that could not be written into a file of this form."""
    text, left = text.replace("\r\n", "\n"), []
    for theme, language, terms in changed:
        edited = _with_one(text, theme, language, terms)
        if edited is None:
            left.append((theme, language))
        else:
            text = edited
    return text, left


def _with_one(text: str, theme: str, language: str, terms: Mapping[str, float]) -> str | None:
    lines = text.split("\n")
    found = _block(lines, theme)
    if found is None:
        return None
    first, last = found
    block = _edited(lines[first:last], theme, language, terms)
    return None if block is None else "\n".join([*lines[:first], *block, *lines[last:]])


def _block(lines: list[str], theme: str) -> tuple[int, int] | None:
    """Where a theme begins and ends, as line numbers from 0."""
    head = re.compile(rf"( +){re.escape(theme)}:\s*(#.*)?")
    first = next((number for number, line in enumerate(lines) if head.fullmatch(line)), None)
    if first is None:
        return None
    indent = len(lines[first]) - len(lines[first].lstrip())
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip() and not line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= indent:
            return first, number
    return first, len(lines)


def _edited(block: list[str], theme: str, language: str, terms: Mapping[str, float]) -> list[str] | None:
    """The lines of a theme with other terms of a language, or None when its form does not allow it."""
    document = _scanned(block)
    path: YamlPath = (theme, "terms", language)
    held = document.value[theme].get("terms") if document and isinstance(document.value.get(theme), dict) else None
    if document is None or not isinstance(held, dict) or not held:
        return None
    beside = language if language in held else list(held)[-1]
    start = document.lines[(theme, "terms", beside)] - 1
    if start == document.lines[(theme, "terms")] - 1:
        return None
    end = _end(document, block, (theme, "terms", beside), start)
    indent = block[start][: len(block[start]) - len(block[start].lstrip())]
    new = _flow(language, terms, indent)
    edited = [*block[:start], *new, *block[end:]] if beside == language else [*block[:end], *new, *block[end:]]
    again = _scanned(edited)
    return edited if again is not None and _at(again.value, path) == dict(terms) else None


def _scanned(block: list[str]) -> Document | None:
    document, problems = scan_yaml("\n".join(block) + "\n", "themes.yaml")
    return None if problems or document is None or not isinstance(document.value, dict) else document


def _end(document: Document, block: list[str], path: YamlPath, start: int) -> int:
    """The line after the last one of a value; comments and blank lines that follow it belong to what comes next."""
    others = [line - 1 for where, line in document.lines.items() if line - 1 > start and where[: len(path)] != path]
    end = min(others, default=len(block))
    while end > start + 1 and (not block[end - 1].strip() or block[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _flow(language: str, terms: Mapping[str, float], indent: str) -> list[str]:
    """The terms in braces, as many a line as fit."""
    head = f"{indent}{_key(language)}: {{"
    lines, line = [], head
    for number, (term, weight) in enumerate(terms.items()):
        piece = f"{_key(term)}: {weight:g}{',' if number < len(terms) - 1 else ''}"
        if len(line) + len(piece) + 1 > WIDTH and line != head:
            lines.append(line.rstrip())
            line = " " * len(head)
        line += piece + " "
    return [*lines, line.rstrip() + "}"]


def _key(term: str) -> str:
    if _PLAIN.fullmatch(term) and term.casefold() not in _WORDS:
        return term
    return '"' + term.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _at(value: object, path: YamlPath) -> object:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value
