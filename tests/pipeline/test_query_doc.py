"""Articles as queries see them, kept as text and made again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline.query import About, doc_from_tokens, match_doc, matches, parse, token_string
from monitor.pipeline.query_doc import MatchDoc, columns
from tests.pipeline.query_kit import Article, articles, asked


def test_kept_words_are_readable() -> None:
    assert token_string(match_doc("NATO’s Élysée", "iPhone in U.S. and us.\nF35戦闘機", "en")) == (
        "1\nnato s elysee\niphone in u s and us f35 戦闘 闘機\n\n0! 2=Élysée 1=iPhone 2^ 1^ 3^"
    )


@settings(max_examples=200, deadline=None)
@given(articles())
def test_kept_words_make_the_same_article(article: tuple[str, str, str, About]) -> None:
    title, text, language, about = article
    doc = match_doc(title, text, language, about)
    assert doc_from_tokens(token_string(doc), language, about) == doc


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200), st.sampled_from(("en", "tr", "ar", "he", "zh", "")))
def test_any_text_is_kept(title: str, text: str, language: str) -> None:
    doc = match_doc(title, text, language)
    kept = token_string(doc)
    assert doc_from_tokens(kept, language) == doc
    assert token_string(doc_from_tokens(kept, language)) == kept
    assert len(doc.offsets) == len(doc.words) == len(doc.raws) == sum(doc.counts)


@settings(max_examples=200, deadline=None)
@given(asked())
def test_queries_find_the_same_in_kept_words(case: tuple[Article, str]) -> None:
    (title, text, language, about), query = case
    try:
        read = parse(query)
    except QueryError:
        return
    doc = match_doc(title, text, language, about)
    first, second = (matches(read, one) for one in (doc, doc_from_tokens(token_string(doc), language, about)))
    assert [one[:4] for one in first.found] == [one[:4] for one in second.found] if first and second else first is second is None


@pytest.mark.parametrize("damaged", ["", "1\na\n\n", "2\na\n\n\n", "1\na\n\n\n^", "1\na\n\n\n1^", "1\na\n\n\n0^ 1!", "1\n\n\n\n\n\n"])
def test_damaged_words_are_refused(damaged: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        doc_from_tokens(damaged, "en")


def test_columns_hold_tokens_and_all_their_forms() -> None:
    doc = match_doc("والجيش", "missiles missile " + "w " * 118 + "sanctions", "ar")
    kept = columns(doc)
    assert (kept["title"], kept["lead"][:16], kept["body"]) == ("والجيش", "missiles missile", "sanctions")
    assert [form for form in kept["forms"].split() if form.startswith("¤")] == ["¤جيش", "¤الجيش"]
    assert sum(form.startswith("‡ar‡") for form in kept["forms"].split()) == 2
    assert sum(form.startswith("§") for form in kept["forms"].split()) == len(doc.families)


def test_document_does_not_change_with_its_source() -> None:
    doc = match_doc("a", "b", "en")
    assert isinstance(doc, MatchDoc)
    with pytest.raises(AttributeError):
        doc.language = "fr"  # type: ignore[misc]
