"""Text of strangers becomes safe and stays readable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pipeline.clean import clean_text, clean_title

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x00b\x1bc\x85d", "abc\nd"),
        ("\ud800x\udfff", "x"),
        ("a\ufffe\ufdd0\U0001ffffb", "ab"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u202egnp.exe\u2066x\u2069", "gnp.exex"),
        ("a\U000e0041\U000e007fb", "ab"),
        ("e\u0301", "é"),
        ("Z" + "\u0300\u0316" * 20, "Z" + "\u0316" * 4 + "\u0300" * 4),
        (" a \t b \r\n\r\n\n  c\rd ", "a b\n\nc\nd"),
        ("می‌خواهم \u200fשלום", "می‌خواهم \u200fשלום"),
        ("hy\u00adphen zero\u200bwidth", "hyphen zerowidth"),
        ("1\u00a0000 € \u00a0 x", "1\u00a0000 € x"),
    ],
)
def test_text_is_cleaned(raw: str, cleaned: str) -> None:
    assert unicodedata.normalize("NFC", cleaned) == clean_text(raw, 1000)


def test_title_is_one_line() -> None:
    assert clean_title(" a\n b\u00a0\u202fc\td ") == "a b c d"


@given(ANYTHING, st.integers(1, 50))
def test_cleaning_again_changes_nothing_and_the_limit_holds(raw: str, limit: int) -> None:
    once = clean_text(raw, 1000)
    assert (clean_text(once, 1000), len(clean_text(raw, limit)) <= limit) == (once, True)


@given(ANYTHING)
def test_cleaned_text_can_be_stored(raw: str) -> None:
    for cleaned in (clean_text(raw, 1000), clean_title(raw)):
        assert cleaned.encode("utf-8").decode("utf-8") == cleaned
        assert [letter for letter in cleaned if unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n"] == []
