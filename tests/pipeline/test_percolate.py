"""Many queries that wait for articles: the same answers as asking each, whatever is added and taken away."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline.percolate import QueryIndex, shares
from monitor.pipeline.query import About, MatchDoc, Query, match_doc, matches, parse
from tests.pipeline.query_kit import World, docs, queries, worlds


def read(texts: list[str]) -> dict[int, Query]:
    """The queries of those texts that can be read."""
    found: dict[int, Query] = {}
    for number, text in enumerate(texts):
        try:
            found[number] = parse(text)
        except QueryError:
            continue
    return found


def one_by_one(waiting: dict[int, Query], doc: MatchDoc) -> dict[int, object]:
    return {number: match.found for number, query in waiting.items() if (match := matches(query, doc))}


@settings(max_examples=150, deadline=None)
@given(worlds(), st.booleans(), st.data())
def test_index_answers_as_each_query_would(world: World, measured: bool, data: st.DataObject) -> None:
    waiting = read(data.draw(st.lists(queries(world), max_size=12)))
    articles = data.draw(st.lists(docs(world), min_size=1, max_size=4))
    index = QueryIndex(shares(articles) if measured else None)
    for number, query in waiting.items():
        index.add(number, query)
    for doc in articles:
        assert {name: match.found for name, match in index.matches(doc).items()} == one_by_one(waiting, doc)
        assert index.candidates(doc) >= set(one_by_one(waiting, doc))
    gone = data.draw(st.sets(st.sampled_from(sorted(waiting)))) if waiting else set()
    for number in gone:
        index.remove(number)
    kept = {number: query for number, query in waiting.items() if number not in gone}
    if measured:
        index.reanchor(shares(articles[:1]))
    for doc in articles:
        assert {name: match.found for name, match in index.matches(doc).items()} == one_by_one(kept, doc)
    assert len(index) == len(kept)


def test_query_of_the_same_name_replaces_the_one_before() -> None:
    index = QueryIndex()
    index.add("a", parse("missile"))
    index.add("b", parse("missile"))
    index.add("a", parse("drone"))
    doc = match_doc("missiles", "", "en")
    assert (list(index.matches(doc)), len(index), "a" in index) == (["b"], 2, True)
    index.remove("b")
    index.remove("b")
    assert (index.matches(doc), index.candidates(doc), "b" in index) == ({}, set(), False)


def test_matches_come_in_the_order_of_adding() -> None:
    index = QueryIndex()
    for name in ("c", "a", "b"):
        index.add(name, parse("missile OR drone"))
    assert list(index.matches(match_doc("drone missile", "", "en"))) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("query", "title", "candidate"),
    [
        ("missile hypersonic", "missile", False),
        ("missile hypersonic", "hypersonic", True),
        ('"the missile"', "the", False),
        ("the NEAR/3 missile", "the", False),
        ("(missile OR the) theme:terror", "missile", False),
        ("missile -the", "missile the", True),
        ("theme:terror after:2025", "the", False),
        ("missile OR drone", "drone", True),
    ],
)
def test_query_waits_at_its_rarest_words(query: str, title: str, candidate: bool) -> None:
    index = QueryIndex({"the": 0.9, "missile": 0.1, "hypersonic": 0.01, "drone": 0.1})
    index.add("q", parse(query))
    assert (index.candidates(match_doc(title, "", "en", About(themes=("nuclear",)))) == {"q"}) is candidate


def test_query_added_after_articles_of_a_language_is_found_in_it() -> None:
    index = QueryIndex()
    doc = match_doc("Les sanctions", "", "fr")
    assert index.matches(doc) == {}
    index.add(1, parse("sanction"))
    index.add(2, parse("sanc*"))
    assert list(index.matches(doc)) == [1, 2]


def test_shares_count_articles_not_words() -> None:
    assert shares([match_doc("a a b", "", "en"), match_doc("a", "", "en")]) == {"a": 1.0, "b": 0.5}
    assert shares([]) == {}
