"""The Markdown of pieces: what it may say, and what stays text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.render.markdown import Block, Run, blocks, to_html, words_of


def test_to_html_sets_paragraphs_emphasis_and_links() -> None:
    assert to_html("One *two* **three** [four](https://example.org/a?b=1&c=2)\nfive  \nsix\n\nSeven") == (
        '<p>One <em>two</em> <strong>three</strong> <a href="https://example.org/a?b=1&amp;c=2" rel="noreferrer">four</a> five<br>six</p>'
        "<p>Seven</p>"
    )


def test_to_html_sets_headings_below_the_title_lists_and_quotations() -> None:
    text = "# One\n\n###### Two\n\n- a\n  - b\n\n3. c\n\n> d"
    assert to_html(text) == (
        "<h3>One</h3><h6>Two</h6><ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"
        '<ol start="3"><li><p>c</p></li></ol><blockquote><p>d</p></blockquote>'
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](JaVaScRiPt:alert(1))", "<p>[a](JaVaScRiPt:alert(1))</p>"),
        ("[a](data:text/html,b)", "<p>[a](data:text/html,b)</p>"),
        ("[a](//example.org)", "<p>[a](//example.org)</p>"),
        ("[a](/desk)", "<p>[a](/desk)</p>"),
        ("`x` &lt;b&gt;", "<p>`x` &amp;lt;b&amp;gt;</p>"),
        ("    four spaces are no code", "<p>four spaces are no code</p>"),
        ("a\u202eb\x00c", "<p>abc</p>"),
        ("{{ 7 * 7 }} {% include 'x' %}", "<p>{{ 7 * 7 }} {% include &#x27;x&#x27; %}</p>"),
    ],
)
def test_to_html_of_what_is_not_of_the_subset_is_text(text: str, told: str) -> None:
    assert to_html(text) == told


def test_to_html_an_image_is_a_link_to_it() -> None:
    assert to_html("![a](https://example.org/a.png)") == '<p>!<a href="https://example.org/a.png" rel="noreferrer">a</a></p>'


def test_to_html_in_french_makes_the_typed_spaces_unbreakable() -> None:
    assert to_html("Il dit : « oui » ; puis ?", "fr") == "<p>Il dit\u00a0: «\u00a0oui\u00a0»\u00a0; puis\u00a0?</p>"
    assert to_html("He said : ok ?", "en") == "<p>He said : ok ?</p>"


def test_blocks_joins_runs_set_alike() -> None:
    assert blocks("a **b\nc** _d_") == [
        Block("paragraph", (Run("a "), Run("b c", bold=True), Run(" "), Run("d", italic=True))),
    ]


def test_words_of_leaves_marks_and_addresses_out() -> None:
    assert words_of("## One\n\n- *two* [three](https://example.org)\n\n> four") == "One\ntwo three\nfour"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab *_[]()<>&\"'!#>-1.\n\\`:/j", max_size=80))
def test_to_html_of_anything_holds_only_its_own_tags(text: str) -> None:
    import re

    tags = set(re.findall(r"</?([a-z0-9]+)", to_html(text)))
    assert tags <= {"p", "em", "strong", "a", "br", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6"}
