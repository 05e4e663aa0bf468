"""An article made for one query is the same to the evaluator as one made for all of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline.query import doc_from_tokens, match_doc, matches, parse, token_string
from monitor.pipeline.query_kin import Kin
from tests.pipeline.query_kit import Article, articles, asked


@settings(max_examples=100, deadline=None)
@given(st.lists(articles(), min_size=1, max_size=4))
def test_words_and_families_are_those_that_were_listed(several: list[Article]) -> None:
    kin = Kin()
    for title, text, language, about in several:
        kept = token_string(match_doc(title, text, language, about))
        listed, found = doc_from_tokens(kept, language, about), doc_from_tokens(kept, language, about, kin=kin)
        assert (list(found.at), dict(found.at)) == (list(listed.at), dict(listed.at))
        assert [family in found.families for family in listed.families] == [True] * len(found.families)
        assert {family: {*met.split()} for family, met in found.families.items()} == {
            family: {*met.split()} for family, met in listed.families.items()
        }
        assert (found.at.get("nowhere"), found.families.get("nowhere"), "nowhere" in found.at) == (None, None, False)


@settings(max_examples=200, deadline=None)
@given(st.lists(asked(), min_size=1, max_size=4))
def test_queries_find_the_same(cases: list[tuple[Article, str]]) -> None:
    kin = Kin()
    for (title, text, language, about), query in cases:
        try:
            read = parse(query)
        except QueryError:
            continue
        kept = token_string(match_doc(title, text, language, about))
        first, second = (matches(read, doc_from_tokens(kept, language, about, kin=one)) for one in (None, kin))
        assert (first and first.found) == (second and second.found)
