"""What an index is asked beforehand never loses an article: shown on SQLite's own full-text index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings

from monitor.errors import QueryError
from monitor.pipeline import words
from monitor.pipeline.query import match_doc, matches, parse
from monitor.pipeline.query_doc import columns
from monitor.pipeline.query_presearch import STEMMED, AllOf, AmongOutlets, AnyOf, Anything, Nothing, Wanted, Words, presearch
from monitor.pipeline.query_tree import Fact
from monitor.store import search_tables
from monitor.store.search_sql import fts5
from tests.pipeline.query_kit import Article, asked

ALL_ZONES = ("title", "lead", "body")
OUTLETS = {"outlet:le-monde": frozenset({"le-monde"}), "country:fr": frozenset(f"outlet-{number}" for number in range(100))}


def outlets_of(fact: Fact) -> frozenset[str]:
    return OUTLETS.get(f"{fact.field}:{fact.value}", frozenset())


def word(text: str, mark: str = "§") -> Wanted:
    """The family of a word in every language with rules of its own."""
    return AnyOf(tuple(Words((f"{mark}{rules}{mark}{words.stem(text, rules)}",), ("forms",)) for rules in ("", *STEMMED)))


@pytest.mark.parametrize(
    ("query", "wanted", "exact"),
    [
        ("missiles", word("missiles"), True),
        ("title:missiles", word("missiles", "‡"), True),
        ("lead:missiles", word("missiles"), False),
        ("missil*", Words(("missil",), ALL_ZONES, prefix=True), True),
        ("title:=US", Words(("us",), ("title",)), False),
        ('text:"air stri*"', Words(("air", "stri"), ("lead", "body"), prefix=True), True),
        ("missil* -drone", AllOf((Words(("missil",), ALL_ZONES, prefix=True),), (word("drone"),)), True),
        ("missil* -=US", Words(("missil",), ALL_ZONES, prefix=True), False),
        ("abc* OR theme:x", AnyOf((Words(("abc",), ALL_ZONES, prefix=True), Words(("¶theme¶x",), ("known",)))), True),
        ("theme:x outlet:le-monde", AllOf((Words(("¶theme¶x",), ("known",)), Words(("¶o¶le-monde",), ("known",)))), True),
        ("theme:x outlet:nobody", Nothing(), True),
        ("theme:x story:s1", Nothing(), False),
        ('author:"de la Tour"', Words(("¶a¶de", "¶a¶la", "¶a¶tour"), ("known",)), True),
        (
            "lead:(=a NEAR/3 (=b OR @o.x))",
            AllOf((Words(("a",), ("lead",)), AnyOf((Words(("b",), ("lead",)), Words(("¶entity¶o-x",), ("known",)))))),
            False,
        ),
        (
            '"جيش ab"',
            AllOf(
                (
                    AnyOf((Words(("جيش",), ALL_ZONES), Words(("¤جيش",), ("forms",)))),
                    AnyOf((Words(("ab",), ALL_ZONES), Words(("¤ab",), ("forms",)))),
                )
            ),
            False,
        ),
    ],
)
def test_index_is_asked_for_what_it_can_say(query: str, wanted: Wanted, exact: bool) -> None:
    plan = presearch(parse(query), outlets_of)
    assert (plan.wanted, plan.exact) == (wanted, exact)


def test_days_and_many_outlets_are_conditions_on_the_row() -> None:
    plan = presearch(parse("theme:x after:2025-03 before:2025-06-02 country:FR"), outlets_of)
    assert (plan.since, plan.until, plan.outlets, plan.exact) == (
        date(2025, 3, 1),
        date(2025, 6, 2),
        (AmongOutlets(OUTLETS["country:fr"]),),
        True,
    )


def test_an_old_day_names_the_years_and_months_before_it() -> None:
    plan = presearch(parse("theme:x after:2024 before:2025-02-02"), outlets_of)
    assert isinstance(plan.wanted, AllOf)
    assert plan.wanted.parts[1] == AnyOf(tuple(Words((token,), ("known",)) for token in ("¶y¶2024", "¶m¶2025-01", "¶m¶2025-02")))


def test_a_month_that_begins_with_the_day_is_not_before_it() -> None:
    plan = presearch(parse("theme:x after:2024 before:2025-02"), outlets_of)
    assert isinstance(plan.wanted, AllOf)
    assert plan.wanted.parts[1] == AnyOf(tuple(Words((token,), ("known",)) for token in ("¶y¶2024", "¶m¶2025-01")))
    assert presearch(parse("theme:x after:2025 before:2025"), outlets_of).wanted == Nothing()


def test_stories_are_looked_up_besides() -> None:
    assert presearch(parse("missile OR story:s1"), outlets_of).stories == ("s1",)


def test_stemmed_languages_are_those_of_the_words() -> None:
    assert sorted(STEMMED) == sorted(words._ALGORITHMS)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(search_tables.SQLITE[0].replace("content='store_articlewords', content_rowid='article_id', ", ""))
    yield connection
    connection.close()


@settings(max_examples=250, deadline=None)
@given(asked())
def test_full_text_index_never_loses_a_match_and_is_right_where_it_says_so(index: sqlite3.Connection, case: tuple[Article, str]) -> None:
    (title, body, language, about), text = case
    try:
        query = parse(text)
    except QueryError:
        return
    doc = match_doc(title, body, language, about)
    index.execute("DELETE FROM store_search")
    index.execute("INSERT INTO store_search VALUES (:title, :lead, :body, :forms, :known)", columns(doc))
    plan = presearch(query, lambda fact: frozenset())
    if about.outlet or about.country or plan.stories or plan.since or plan.until:
        return  # what stands in other tables is tried on both databases in tests/store/test_search.py
    found = not isinstance(plan.wanted, Nothing)
    if found and not isinstance(plan.wanted, Anything):
        found = index.execute("SELECT count(*) FROM store_search WHERE store_search MATCH ?", (fts5(plan.wanted),)).fetchone() == (1,)
    matched = matches(query, doc) is not None
    assert found or not matched
    assert matched or not found or not plan.exact
