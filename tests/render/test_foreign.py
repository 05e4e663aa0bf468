"""Foreign text in print: isolated, on one line, without what could reach the words around it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.render.foreign import Foreign, foreign


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Port strike", "en", Foreign("Port strike", "en", "ltr")),
        ("مقتل", "ar", Foreign("مقتل", "ar", "rtl")),
        ("Port", "", Foreign("Port", "", "auto")),
        ("Port", 'x" onclick="', Foreign("Port", "", "auto")),
        ("a\r\nBcc: b\u2028c\x85d\x0be", "en", Foreign("a Bcc: b c d e", "en", "ltr")),
        ("\u202egnp.exe", "en", Foreign("gnp.exe", "en", "ltr")),
        ("a\u2066b\u2069\u200fc", "en", Foreign("a b c", "en", "ltr")),
        ("lone \ud800 half", "en", Foreign("lone half", "en", "ltr")),
        ("flag \U000e0067\U000e007f.", "en", Foreign("flag .", "en", "ltr")),
        ("Libye\u00a0: «\u202foui\u202f»", "fr", Foreign("Libye\u00a0: «\u202foui\u202f»", "fr", "ltr")),
        ("e" + "\u0301" * 10_000, "en", Foreign("e" + "\u0301" * 8, "en", "ltr")),
    ],
)
def test_what_is_hostile_is_gone_and_what_is_meant_stays(text: str, language: str, expected: Foreign) -> None:
    assert foreign(text, language) == expected


def test_what_is_long_ends_in_an_ellipsis() -> None:
    assert [foreign("x" * 400).text, foreign("abc def", longest=5).text] == ["x" * 299 + "…", "abc…"]


def test_plain_mail_isolates_what_may_run_the_other_way() -> None:
    found = [foreign(*one).isolated for one in (("مقتل", "ar"), ("مقتل", "en"), ("Port", "en"), ("Port", ""))]
    assert found == ["\u2068مقتل\u2069", "\u2068مقتل\u2069", "Port", "Port"]


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_it_is_one_line_without_controls(text: str) -> None:
    found = foreign(text, "ar").text
    assert [sign for sign in found if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")] == []
    assert (len(found) <= 300, foreign(found, "ar").text) == (True, found)
