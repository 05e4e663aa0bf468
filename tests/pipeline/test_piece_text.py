"""A piece's words, its quotation marks, what differs between versions, and two changes put together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.piece_text import as_written, compare, count_words, merged, passage, quotations


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Le convoi : attaqué ?", 3),
        ("l’armée n’a rien dit", 4),
        ("See [the report](https://example.org/a/b) now", 4),
        ("— 17 blessés — selon l'hôpital", 4),
        ("one\n\n- two\n- three", 3),
    ],
)
def test_count_words_as_a_word_processor_does(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("« oui » et « non »", ["oui", "non"]),
        ("“one ‘two’ three” four", ["one ‘two’ three"]),
        ("« il dit « non » puis « oui » »", ["il dit « non » puis « oui »"]),
        ("„ja“ und »nein«", ["ja", "nein"]),
        ('5" long', []),
        ("« jamais fermé", []),
        ("the soldiers’ road", []),
        ("he said: ‘never’.", ["never"]),
        ("「道路」と『橋』", ["道路", "橋"]),
        ('« » “” ""', []),
    ],
)
def test_quotations_are_the_outermost_ones_that_close(text: str, found: list[str]) -> None:
    assert [one.text for one in quotations(text)] == found


def test_straight_marks_do_not_reach_over_a_paragraph() -> None:
    assert quotations('a 5" pipe\n\nand "this"')[0].text == "this"


def test_as_written_keeps_the_writers_spaces_and_drops_what_hides() -> None:
    assert as_written("a\u00a0:\u202f b  c\r\nd\u202e\u0000\ue000") == "a\u00a0:\u202f b  c\nd\ue000"


def test_compare_says_word_by_word_what_changed() -> None:
    told = [(one.kind, one.text) for one in compare("The road is cut today.", "The road was cut.")]
    assert told == [("same", "The road "), ("gone", "is "), ("new", "was "), ("same", "cut"), ("gone", "today"), ("same", ".")]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab c.\n’", max_size=60), st.text(alphabet="ab c.\n’", max_size=60))
def test_compare_holds_both_texts_whole(earlier: str, later: str) -> None:
    found = compare(earlier, later)
    assert "".join("".join(one.text for one in found if one.kind != "new").split()) == "".join(earlier.split())
    assert "".join(one.text for one in found if one.kind != "gone") == later


BASE = "one\n\ntwo\n\nthree"


@pytest.mark.parametrize(
    ("mine", "theirs", "together", "clean"),
    [
        ("ONE\n\ntwo\n\nthree", "one\n\ntwo\n\nTHREE", "ONE\n\ntwo\n\nTHREE", True),
        ("one\n\ntwo\n\nthree\n\nfour", "zero\n\none\n\ntwo\n\nthree", "zero\n\none\n\ntwo\n\nthree\n\nfour", True),
        ("one\n\nthree", "one\n\ntwo\n\nthree!", "one\n\nthree\n\ntwo\n\nthree!", False),
        ("one\n\nTWO\n\nthree", "one\n\ntoo\n\nthree", "one\n\nTWO\n\ntoo\n\nthree", False),
        (BASE, "one", "one", True),
        ("one", BASE, "one", True),
        ("same", "same", "same", True),
    ],
)
def test_merged_puts_changes_of_different_paragraphs_together(mine: str, theirs: str, together: str, clean: bool) -> None:
    assert merged(BASE, mine, theirs) == (together, clean)


@settings(max_examples=60, deadline=None)
@given(*[st.lists(st.sampled_from("abcd"), max_size=5).map("\n\n".join)] * 3)
def test_merged_loses_no_paragraph_that_either_wrote(base: str, mine: str, theirs: str) -> None:
    together = set(merged(base, mine, theirs)[0].split("\n\n"))
    written = (set(mine.split("\n\n")) | set(theirs.split("\n\n"))) - set(base.split("\n\n"))
    assert written <= together


def test_passage_is_cut_in_the_middle() -> None:
    assert passage("one two " * 40, 0, 320, 40) == "one two one two one … two one two one two"
