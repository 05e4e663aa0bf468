"""Reads the press review of the sample newsroom: a finished edition and one in progress, for the demo and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.newsroom_file import SHIPPED
from monitor.config.yaml_file import read_yaml

FILE = "editions.yaml"


@dataclass(frozen=True, slots=True)
class SamplePiece:
    """One piece: of which event, by whom (given, family name), what it cites (ids of sample articles), and how far it is."""

    event: str
    section: str
    by: tuple[str, str]
    title: str
    text: str
    sources: tuple[str, ...]
    state: str = "accepted"
    placed: bool = True


@dataclass(frozen=True, slots=True)
class SampleEdition:
    """One edition: finished, or in progress."""

    number: int
    language: str
    finished: bool
    pieces: tuple[SamplePiece, ...]


@dataclass(frozen=True, slots=True)
class SampleReview:
    """The desk's writers, its editor, and the editions."""

    people: tuple[tuple[str, str], ...]
    editor: tuple[str, str]
    editions: tuple[SampleEdition, ...]


def load_review(folder: Path = SHIPPED) -> SampleReview:
    """The press review in `folder`; raises ConfigError for a file that cannot be read."""
    told = read_yaml(folder / FILE).value
    people = {name: _name(pair) for name, pair in told["people"].items()}
    return SampleReview(tuple(people.values()), _name(told["editor"]), tuple(_edition(one, people) for one in told["editions"]))


def _edition(told: Mapping[str, Any], people: Mapping[str, tuple[str, str]]) -> SampleEdition:
    pieces = tuple(_piece(one, people) for one in told["pieces"])
    return SampleEdition(told["number"], told["language"], bool(told.get("finished")), pieces)


def _piece(told: Mapping[str, Any], people: Mapping[str, tuple[str, str]]) -> SamplePiece:
    return SamplePiece(
        event=told["event"],
        section=told["section"],
        by=people[told["by"]],
        title=told["title"],
        text=told["text"].strip(),
        sources=tuple(told["sources"]),
        state=told.get("state", "accepted"),
        placed=told.get("place", True),
    )


def _name(pair: list[str]) -> tuple[str, str]:
    return pair[0], pair[1]
