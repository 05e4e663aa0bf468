"""Reads feeds.yaml into a desk and its outlets, or says everything that is wrong with it.

`load_feeds(path)` gives frozen records or raises ConfigError with every mistake, each with its line and a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.feed_address import feed_key
from monitor.config.feeds_shape import DeskShape, FeedShape, FileShape, OutletShape, SectionShape, slug
from monitor.config.yaml_file import Document, accept, did_you_mean, scan_file, scan_yaml
from monitor.errors import Problem
from monitor.records import Desk, Feed, Outlet, Section

YamlPath = tuple[str | int, ...]

_WANTED = {
    "string_type": ("text", 'put it in quotes: "…"'),
    "bool_type": ("true or false", "write true or false without quotes"),
    "float_type": ("a number", "write for instance 0.6 without quotes"),
    "list_type": ("a list", "begin each entry with a hyphen, or write []"),
    "dict_type": ("a block of keys", "write the keys below it, indented"),
    "model_type": ("a block of keys", "write the keys below it, indented"),
}


@dataclass(frozen=True, slots=True)
class FeedsFile:
    """What feeds.yaml says: the desk, and its outlets in the file's order."""

    desk: Desk
    outlets: tuple[Outlet, ...]


def load_feeds(path: Path) -> FeedsFile:
    """Reads and checks feeds.yaml; raises ConfigError with every mistake."""
    return _check(*scan_file(path))


def parse_feeds(text: str | bytes, file: str = "feeds.yaml") -> FeedsFile:
    """Like `load_feeds`, for text; `file` is the name printed in problems."""
    return _check(*scan_yaml(text, file))


def standing_text(path: Path) -> str | None:
    """The text of a file that is to be written again with its order and comments; None when there is no file yet.

    Raises ConfigError with every mistake, also when it cannot be read at all.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        pass  # loading says what is wrong
    load_feeds(path)
    return path.read_text(encoding="utf-8")


def _check(document: Document | None, problems: list[Problem]) -> FeedsFile:
    shape = None
    if document is not None:
        if document.value is None:
            problems.append(document.problem("is empty", suggestion="write at least outlets: []"))
        else:
            shape, found = _shape(document)
            problems = [*problems, *found, *_across(document)]
    accept(document, problems)
    assert shape is not None
    desk = _desk(shape.desk)
    return FeedsFile(desk, tuple(_outlet(outlet) for outlet in shape.outlets))


# ── the shape ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shape(document: Document) -> tuple[FileShape | None, list[Problem]]:
    try:
        return FileShape.model_validate(document.value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(document, detail) for detail in details]


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    path: YamlPath = tuple(part for part in detail["loc"] if part != "[key]")
    where, kind, context = _where(document, path), detail["type"], detail.get("ctx", {})
    if kind == "desk":
        return document.problem(f"{where}{context['message']}", *path, suggestion=context["suggestion"])
    if kind == "extra_forbidden":
        word, parent = str(path[-1]), path[:-1]
        return document.problem(
            f"{_where(document, parent)}the key {word[:80]} is not known", *path, suggestion=did_you_mean(word, _keys_at(parent))
        )
    if kind == "missing":
        key, parent = str(path[-1]), path[:-1]
        return document.problem(f"{_where(document, parent)}{key} is missing", *parent, suggestion=f"add {key}: …")
    if detail["input"] is None:
        return document.problem(f"{where}has no value", *path, suggestion="give one, or remove the key")
    wanted, suggestion = _WANTED.get(kind, (detail["msg"], ""))
    return document.problem(f"{where}{_shown(detail['input'])} is not {wanted}", *path, suggestion=suggestion)


def _where(document: Document, path: YamlPath) -> str:
    """The place in the editor's words: `Le Monde, feed 2, every: `."""
    value, words = document.value, []
    for depth, part in enumerate(path):
        value = _at(value, part)
        if isinstance(part, str) and part not in ("outlets", "feeds", "desk", "sections"):
            words.append(part)
        elif isinstance(part, int) and depth and path[depth - 1] == "outlets":
            name = _at(value, "name")
            words.append(str(name)[:60] if isinstance(name, str) and name else f"outlet {part + 1}")
        elif isinstance(part, int):
            words.append(f"{ {'feeds': 'feed', 'sections': 'section'}.get(str(path[depth - 1]), 'entry') } {part + 1}")
        elif depth == len(path) - 1:
            words.append(str(part))
    return ", ".join(words) + (": " if words else "")


def _at(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _keys_at(parent: YamlPath) -> list[str]:
    shape: type[BaseModel] = FileShape
    if parent[:1] == ("desk",):
        shape = DeskShape if len(parent) == 1 else SectionShape
    elif parent[:1] == ("outlets",):
        shape = FeedShape if "feeds" in parent else OutletShape
    return list(shape.model_fields)


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a block of keys" if isinstance(value, dict) else "a list"
    return repr(value)[:80] if not isinstance(value, bool) else str(value).lower()


# ── what concerns several values at once: looked up in the plain values, so that a mistake elsewhere hides nothing ─────────────


def _across(document: Document) -> list[Problem]:
    outlets = [(index, outlet) for index, outlet in enumerate(_list(_at(document.value, "outlets"))) if isinstance(outlet, dict)]
    return [*_ids(document, outlets), *_section_ids(document), *_addresses(document, outlets), *_section_hints(document, outlets)]


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _ids(document: Document, outlets: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, YamlPath] = {}
    for index, outlet in outlets:
        path: YamlPath = ("outlets", index, "id" if "id" in outlet else "name")
        name = outlet.get("name")
        ident = outlet.get("id", slug(name) if isinstance(name, str) else None)
        if "id" not in outlet and isinstance(name, str) and name.strip() and ident is None:
            sentence = f"{name[:60]}: no id can be made of a name that is not in Latin letters"
            yield document.problem(sentence, *path, suggestion="add id: with lower-case letters, digits and hyphens")
        if not isinstance(ident, str):
            continue
        if ident in first:
            sentence = f"{name}: the id {ident[:64]} is that of another outlet (line {document.line(*first[ident])})"
            yield document.problem(sentence, *path, suggestion="remove one of the two, or give this one an id: of its own")
        first.setdefault(ident, path)


def _section_ids(document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, section in enumerate(_list(_at(_at(document.value, "desk"), "sections"))):
        ident = _at(section, "id")
        if isinstance(ident, str) and ident in seen:
            path = ("desk", "sections", index, "id")
            yield document.problem(f"the section {ident[:64]} is there twice", *path, suggestion="remove one of the two")
        elif isinstance(ident, str):
            seen.add(ident)


def _feeds(outlets: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[YamlPath, str, Any]]:
    """Every feed of the file: its path, its outlet's name and what is written there."""
    for index, outlet in outlets:
        for number, feed in enumerate(_list(outlet.get("feeds"))):
            yield ("outlets", index, "feeds", number), str(outlet.get("name", f"outlet {index + 1}"))[:60], feed


def _addresses(document: Document, outlets: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, tuple[str, YamlPath]] = {}
    for path, name, feed in _feeds(outlets):
        url = feed if isinstance(feed, str) else _at(feed, "url")
        if not isinstance(url, str) or not url:
            continue
        key = feed_key(url)
        if key in first:
            other, place = first[key]
            whose = "above" if other == name else f"at {other}"
            sentence = f"{name}, feed {int(path[-1]) + 1}: the same feed is already {whose} (line {document.line(*place)})"
            yield document.problem(sentence, *path, "url", suggestion="remove one of the two")
        first.setdefault(key, (name, (*path, "url")))


def _section_hints(document: Document, outlets: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    written = _at(_at(document.value, "desk"), "sections")
    sections = _list(written) if written is not None else Desk().sections
    known = [ident for section in sections if isinstance(ident := section.id if isinstance(section, Section) else _at(section, "id"), str)]
    for path, name, feed in _feeds(outlets):
        hint = _at(feed, "section") if isinstance(feed, dict) else None
        if isinstance(hint, str) and hint not in known:
            sentence = f"{name}, feed {int(path[-1]) + 1}, section: {hint[:60]!r} is no section of the desk"
            yield document.problem(sentence, *path, "section", suggestion=did_you_mean(hint, known))


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _desk(shape: DeskShape) -> Desk:
    given = {name: getattr(shape, name) for name in ("name", "organisation", "timezone", "digest_at") if getattr(shape, name) is not None}
    if shape.languages is not None:
        given["languages"] = tuple(shape.languages)
    if shape.sections is not None:
        given["sections"] = tuple(Section(section.id, section.label) for section in shape.sections)
    return Desk(**given)


def _outlet(shape: OutletShape) -> Outlet:
    fields = shape.model_dump(exclude={"feeds", "id"})
    return Outlet(id=shape.id or slug(shape.name) or "", **fields, feeds=tuple(Feed(**feed.model_dump()) for feed in shape.feeds))
