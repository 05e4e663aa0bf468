"""A frozen edition with the style it was frozen in as JSON, and back: what is kept of it and what every form is set from for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from monitor.records import Citation, EditionPiece, EditionSection, EditionText, Style, StyleSection, StyleWords


def to_json(text: EditionText, style: Style) -> dict[str, Any]:
    """The snapshot: `{"text": …, "style": …}` of plain values only."""
    told = asdict(text)
    told["dated"] = text.dated.isoformat()
    del told["corrections"], told["corrected"]  # what is said afterwards stands beside the snapshot
    for section in told["sections"]:
        for piece in section["pieces"]:
            for source in piece["sources"]:
                source["dated"] = source["dated"].isoformat() if source["dated"] else None
    kept = asdict(style)
    kept["languages"] = {code: asdict(words) for code, words in style.languages.items()}
    return {"text": _plain(told), "style": _plain(kept)}


def text_of(snapshot: Mapping[str, Any]) -> EditionText:
    """The edition of a snapshot."""
    told = dict(snapshot["text"])
    sections = tuple(
        EditionSection(one["id"], one["number"], one["label"], tuple(_piece(piece) for piece in one["pieces"])) for one in told["sections"]
    )
    return EditionText(
        **_known(EditionText, told) | {"dated": date.fromisoformat(told["dated"]), "authors": tuple(told["authors"]), "sections": sections}
    )


def style_of(snapshot: Mapping[str, Any]) -> Style:
    """The style an edition was frozen in."""
    told = dict(snapshot["style"])
    languages = {code: _words(words) for code, words in told["languages"].items()}
    shortest, longest = told["words"]
    changed = {
        "sections": tuple(StyleSection(**one) for one in told["sections"]),
        "words": (shortest, longest),
        "languages": languages,
        "fonts": tuple(told["fonts"]),
    }
    return Style(**_known(Style, told) | changed)


def _piece(told: Mapping[str, Any]) -> EditionPiece:
    sources = tuple(
        Citation(
            **_known(Citation, one)
            | {"dated": date.fromisoformat(one["dated"]) if one["dated"] else None, "authors": tuple(one["authors"])}
        )
        for one in told["sources"]
    )
    return EditionPiece(**_known(EditionPiece, told) | {"sources": sources, "corrections": tuple(told["corrections"])})


def _words(told: Mapping[str, Any]) -> StyleWords:
    pairs = {key: (told[key][0], told[key][1]) for key in ("quotes", "inner_quotes")}
    return StyleWords(**_known(StyleWords, told) | pairs | {"front": tuple(told.get("front", ()))})


def _known(kind: type[Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What a record of today knows of what an older or newer version of Monitor kept."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in told.items() if name in names}


def _plain(value: Any) -> Any:
    """Tuples as lists, mappings as dicts, the way JSON gives them back."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
