"""What an index is asked beforehand never loses an article: shown on SQLite's own full-text index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline import words
from monitor.pipeline.query import MatchDoc, match_doc, matches, parse
from monitor.pipeline.query_doc import columns
from monitor.pipeline.query_match import fact_holds
from monitor.pipeline.query_presearch import STEMMED, AllOf, AnyOf, Anything, Known, Wanted, Words, presearch
from monitor.pipeline.query_tree import Fact
from tests.pipeline.query_kit import ALL, Article, asked


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("missiles", Words(("§missil",), ("forms",))),
        ("missil*", Words(("missil",), ("title", "lead", "body"), prefix=True)),
        ("title:=US", Words(("us",), ("title",))),
        ('text:"air stri*"', Words(("air", "stri"), ("lead", "body"), prefix=True)),
        ("missil* -drone", Words(("missil",), ("title", "lead", "body"), prefix=True)),
        ("NOT (-missil* OR drone)", Words(("missil",), ("title", "lead", "body"), prefix=True)),
        ("abc* OR theme:x", AnyOf((Words(("abc",), ("title", "lead", "body"), prefix=True), Known("theme", "x")))),
        ("lead:(=a NEAR/3 (=b OR @o.x))", AllOf((Words(("a",), ("lead",)), AnyOf((Words(("b",), ("lead",)), Known("entity", "o-x")))))),
        (
            '"جيش ab"',
            AllOf(
                (
                    AnyOf((Words(("جيش",), ("title", "lead", "body")), Words(("¤جيش",), ("forms",)))),
                    AnyOf((Words(("ab",), ("title", "lead", "body")), Words(("¤ab",), ("forms",)))),
                )
            ),
        ),
    ],
)
def test_index_is_asked_for_what_it_can_say(query: str, wanted: Wanted) -> None:
    assert presearch(parse(query), ["en"]) == wanted


def test_languages_of_the_archive_bound_the_stems() -> None:
    assert presearch(parse("sanctions"), ["en", "fr"]) == Words(("§sanction",), ("forms",))
    everywhere = presearch(parse("sanctions"))
    assert isinstance(everywhere, AnyOf)
    assert {part.tokens[0] for part in everywhere.parts if isinstance(part, Words)} >= {"§sanction", "§sancti", "§sanctions"}


def test_stemmed_languages_are_those_of_the_words() -> None:
    assert sorted(STEMMED) == sorted(words._ALGORITHMS)


def fts5(wanted: Wanted, doc: MatchDoc) -> str | None:
    """The MATCH expression of a condition; None for one that is always met, "" for one that never is. Facts are looked up in `doc`."""
    if isinstance(wanted, Anything):
        return None
    if isinstance(wanted, Known):
        return None if fact_holds(Fact(wanted.field, wanted.value, wanted.value), doc) else ""
    if isinstance(wanted, Words):
        quoted = " ".join(wanted.tokens)
        return f'{{{" ".join(wanted.columns)}}} : "{quoted}"{"*" if wanted.prefix else ""}'
    parts = [fts5(part, doc) for part in wanted.parts]
    if isinstance(wanted, AllOf):
        return "" if "" in parts else " AND ".join(f"({part})" for part in parts if part) or None
    return None if None in parts else " OR ".join(f"({part})" for part in parts if part)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE kept USING fts5(title, lead, body, forms, tokenize='ascii', prefix='3 4 5')")
    yield connection
    connection.close()


@settings(max_examples=250, deadline=None)
@given(asked(), st.booleans())
def test_full_text_index_never_loses_a_match(index: sqlite3.Connection, case: tuple[Article, str], known: bool) -> None:
    (title, body, language, about), text = case
    try:
        query = parse(text)
    except QueryError:
        return
    doc = match_doc(title, body, language, about)
    index.execute("DELETE FROM kept")
    index.execute("INSERT INTO kept VALUES (:title, :lead, :body, :forms)", columns(doc))
    asked = fts5(presearch(query, ALL.languages if known else None), doc)
    possible = asked is None or (asked != "" and index.execute("SELECT count(*) FROM kept WHERE kept MATCH ?", (asked,)).fetchone() == (1,))
    assert possible or matches(query, doc) is None
