"""What is taken out of a page's bytes before it is parsed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.extract_before import without_code


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (b"a<script>if (a < b) c</script>d", b"ad"),
        (b"a<script src='x'></script >b<style>p {}</style>c<svg viewBox='0'><path/></svg>d", b"abcd"),
        (b"a<style><!-- p {} --></style>b", b"ab"),
        (b"a<script>document.write('<svg>')</script>b", b"ab"),
    ],
)
def test_scripts_styles_and_drawings_are_taken_out(page: bytes, left: bytes) -> None:
    assert without_code(page) == left


@pytest.mark.parametrize(
    "page",
    [
        b"a<script type='application/ld+json'>{}</script>b",
        b"a<script type='application/LD+JSON'>{}</script>b",
        b"a<script>b",
        b"a<script src='x'/><p>text</p><script>x</script>b",
        b"a<svg <script></svg>b",
        b"a<svg/><p>text</p><svg>x</svg>b",
        b"a<svg><svg></svg></svg>b",
        b"a<!-- <script> --><p>text</p><script>x</script>b",
        b"a<script>x</SCRIPT><p>text</p><p><script>y</script>b",
        b"a<scripted>b</scripted><styled>c</styled>",
        b"a</script>b</style>c",
        "a<script>x</script>b".encode("utf-16"),
    ],
)
def test_what_is_json_or_not_plainly_written_stays(page: bytes) -> None:
    assert without_code(page) == page


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([b"<script>", b"</script>", b"<svg ", b">", b"</svg>", b"<!--", b"-->", b"text", b"/", b"</S"])))
def test_nothing_but_whole_elements_goes(pieces: list[bytes]) -> None:
    page = b"".join(pieces)
    left = without_code(page)
    assert len(left) <= len(page) and page.count(b"<script>") - left.count(b"<script>") <= page.count(b"</script>")
