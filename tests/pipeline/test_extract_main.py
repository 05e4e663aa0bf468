"""The main text of a page, by the steps of trafilatura that we need."""

from __future__ import annotations

import pytest
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from monitor.pipeline.extract_main import drop_comments, full_text, quick_text
from monitor.pipeline.extract_tree import parsed, text_of

SENTENCE = "The ferry to the northern island sailed again on Monday after three weeks in the dock, and the mayor stood on the quay."
ARTICLE = "".join(f"<p>{number}. {SENTENCE}</p>" for number in range(6))


def page(inside: str, after: str = "") -> str:
    return f"<!doctype html><html><head><title>Ferry</title></head><body><article>{inside}</article>{after}</body></html>"


@pytest.mark.parametrize(
    "inside",
    [
        ARTICLE,
        f"<h2>Background</h2>{ARTICLE}<ul><li>One boat of the older kind</li><li>Two boats of the newer kind</li></ul>",
        f"{ARTICLE}<blockquote>{SENTENCE}</blockquote><table><tr><td>Boats in the harbour</td><td>Three of them</td></tr></table>",
        f"<div class='article-body'>{ARTICLE}<div class='share-bar'>Share it</div></div>",
        f"<div>{SENTENCE}<br>{SENTENCE} <strong>Bold</strong> words<br><br>{SENTENCE}</div>",
    ],
)
def test_quick_text_is_that_of_the_fast_mode(inside: str) -> None:
    whole = bare_extraction(page(inside), options=Extractor(output_format="python", fast=True, comments=False))
    tree = parsed(page(inside))
    assert tree is not None and whole is not None
    assert quick_text(tree) == whole.text  # type: ignore[union-attr]


def test_reading_leaves_the_tree_as_it_is() -> None:
    tree = parsed(page(ARTICLE))
    assert tree is not None
    before = text_of(tree)
    assert quick_text(tree) == full_text(tree)
    assert text_of(tree) == before


def test_page_with_hardly_any_text_has_none() -> None:
    tree = parsed(page("<p>Hello</p>"))
    assert tree is not None
    assert quick_text(tree) == ""


@pytest.mark.parametrize(
    "marks", ["id='comments'", "class='comment-list'", "id='disqus_thread'", "class='post-comments'", "class='infinite-scroll'"]
)
def test_comments_and_appended_articles_go(marks: str) -> None:
    tree = parsed(page("<p>Text</p>", f"<div {marks}><div class='comment'>Well said</div></div><p>After</p>"))
    assert tree is not None
    drop_comments(tree)
    assert text_of(tree) == "Ferry Text After"


@pytest.mark.parametrize("marks", ["class='commentary'", "id='commentary-1'", "class='recommended'"])
def test_commentaries_stay(marks: str) -> None:
    tree = parsed(page(f"<div {marks}>Text</div>"))
    assert tree is not None
    drop_comments(tree)
    assert text_of(tree) == "Ferry Text"


def test_scrolling_page_keeps_the_article_with_the_headline() -> None:
    tree = parsed(page("", "<div class='infinite-scroll'><h1>Head</h1>Text</div>"))
    assert tree is not None
    drop_comments(tree)
    assert text_of(tree) == "Ferry Head Text"
