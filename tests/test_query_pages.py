"""The pages about the query language: every example is read, and finds what the page says it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import QueryError
from monitor.pipeline.query import About, MatchDoc, Query, explain, match_doc, matches, parse
from monitor.pipeline.query_says import MISTAKES
from monitor.pipeline.query_terms import KINDS
from monitor.pipeline.query_tree import FIELDS
from tests.conftest import PROJECT

PAGES = {"en": PROJECT / "docs" / "query.md", "fr": PROJECT / "docs" / "query.fr.md"}
FINDING = {"en": "| Query | finds | does not find |", "fr": "| Requête | trouve | ne trouve pas |"}
READING = {"en": "| Typed | Read as |", "fr": "| Tapé | Lu |"}
ANSWERING = {"en": "| Typed | Answer |", "fr": "| Tapé | Réponse |"}
NAMING = {"en": "| Field | takes |", "fr": "| Champ | prend |"}


def rows(language: str, heading: str) -> Iterator[list[str]]:
    """The rows of every table with that heading."""
    for table in PAGES[language].read_text(encoding="utf-8").split(heading + "\n")[1:]:
        for line in table.split("\n\n")[0].splitlines()[1:]:
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def typed(cell: str, language: str) -> Query:
    return parse(cell.strip("`"), french=language == "fr")


def article(cell: str, language: str) -> MatchDoc:
    """An article from `headline / text [name: value, value]`."""
    told = re.fullmatch(r"(?P<title>[^/\[]*)(?:/(?P<text>[^\[]*))?(?:\[(?P<name>\w+): (?P<values>.*)\])?", cell)
    assert told is not None, cell
    values = tuple((told["values"] or "").split(", "))
    known: dict[str, Any] = {}
    if told["name"] == "language":
        language = values[0]
    elif told["name"] == "published":
        known["published"] = datetime.fromisoformat(values[0]).replace(tzinfo=UTC)
    elif told["name"]:
        known[told["name"]] = values[0] if told["name"] in ("country", "kind", "story") else values
    return match_doc(told["title"], told["text"] or "", language, About(**known))


EXAMPLES = [(language, *row) for language in PAGES for row in rows(language, FINDING[language])]


@pytest.mark.parametrize(("language", "query", "found", "missed"), EXAMPLES)
def test_example_finds_what_the_page_says(language: str, query: str, found: str, missed: str) -> None:
    assert matches(typed(query, language), article(found, language)) is not None
    assert matches(typed(query, language), article(missed, language)) is None


@pytest.mark.parametrize(
    ("language", "query", "canonical"), [(language, *row) for language in PAGES for row in rows(language, READING[language])]
)
def test_example_is_read_as_the_page_says(language: str, query: str, canonical: str) -> None:
    assert typed(query, language).canonical == canonical.strip("`")


@pytest.mark.parametrize(
    ("language", "query", "answer"), [(language, *row) for language in PAGES for row in rows(language, ANSWERING[language])]
)
def test_example_is_answered_as_the_page_says(language: str, query: str, answer: str) -> None:
    try:
        told = [hint.text(language) for hint in typed(query, language).hints]
    except QueryError as error:
        told = [explain(error, language).split("\n")[0]]
    assert told == [answer]


@pytest.mark.parametrize("language", PAGES)
def test_every_field_and_kind_is_on_the_page(language: str) -> None:
    listed = {cells[0]: cells[1] for cells in rows(language, NAMING[language])}
    assert [field for names in listed for field in re.findall(r"`(\w+)`", names)] == list(FIELDS)
    assert re.findall(r"[\w-]+", listed["`kind`"].replace(" or ", " ").replace(" ou ", " ")) == list(KINDS)


def test_both_pages_have_as_many_examples_of_each_sort() -> None:
    counts = {
        language: [len(list(rows(language, heading[language]))) for heading in (FINDING, READING, ANSWERING, NAMING)] for language in PAGES
    }
    assert counts["en"] == counts["fr"]
    assert len(counts["en"]) == 4 and min(counts["en"]) >= 6
    assert len(MISTAKES) > counts["en"][2]
