"""Marks and spaces of a house style: set in the desk's own words, the same when set again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.render import edition_typography as typography
from monitor.render.edition_sheet import sheet
from monitor.render.markdown import Run
from tests.render.edition_sample import ENGLISH, FRENCH, OTHER, STYLE, edition


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ('Il dit : "oui" ; non ?', "Il dit\u00a0: «\u00a0oui\u00a0»\u202f; non\u202f?"),
        ("Quoi?! À 12:30, voir https://x.example.org/a?b", "Quoi\u202f?! À 12:30, voir https://x.example.org/a?b"),
        ("« mot » ; « mot »!", "«\u00a0mot\u00a0»\u202f; «\u00a0mot\u00a0»\u202f!"),
        ("l'eau (vraiment ?) d'Issoria", "l’eau (vraiment\u202f?) d’Issoria"),
        ('un écran de 5" et un "mot"', 'un écran de 5" et un "mot"'),
        (":", ":"),
    ],
)
def test_french_words_are_set(written: str, printed: str) -> None:
    assert typography.own(written, FRENCH) == printed


def test_english_words_get_curly_marks_where_the_style_has_them() -> None:
    words = OTHER.languages["en"]
    assert typography.own('He said "yes": it\'s "so".', words) == "He said “yes”: it’s “so”."
    assert typography.own('He said "yes": it\'s "so".', ENGLISH) == 'He said "yes": it\'s "so".'


def test_marks_reach_over_bold_and_italic() -> None:
    runs = typography.own_runs((Run('Il dit "'), Run("oui", bold=True), Run('" '), Run("; non", italic=True)), FRENCH)
    assert runs == (Run("Il dit «\u00a0"), Run("oui", bold=True), Run("\u00a0»"), Run("\u202f; non", italic=True))


@given(st.text(st.sampled_from("aé .,;:!?\"'«»“”()\u00a0\u202f1-"), max_size=30))
def test_what_is_set_stays_set(text: str) -> None:
    for words in (ENGLISH, FRENCH, OTHER.languages["en"]):
        once = typography.own(text, words)
        assert typography.own(once, words) == once


@pytest.mark.parametrize(
    ("headline", "french", "straight"),
    [
        ('Le "non" de A', 'Le "non" de A', "Le ‘non’ de A"),
        ("Le «\u00a0non\u00a0» de A", "Le “non” de A", "Le «\u00a0non\u00a0» de A"),
        ('5" screen', '5" screen', '5" screen'),
        ("« A", "“A", "« A"),
    ],
)
def test_headlines_change_only_where_their_marks_would_end_the_quotation(headline: str, french: str, straight: str) -> None:
    assert typography.nested(headline, FRENCH) == french
    assert typography.nested(headline, ENGLISH) == straight


@given(st.lists(st.tuples(st.sampled_from(["a", " ", "« mot ;", '"oui"', "l'eau ?", "»"]), st.booleans()), max_size=12))
def test_words_are_set_alike_in_one_run_and_in_many(parts: list[tuple[str, bool]]) -> None:
    runs = typography.own_runs(tuple(Run(text, bold=bold) for text, bold in parts), FRENCH)
    whole = typography.own_runs((Run("".join(text for text, _ in parts)),), FRENCH)
    assert "".join(run.text for run in runs) == "".join(run.text for run in whole)
    assert {run.bold for run in runs} <= {bold for _, bold in parts}


def test_a_paragraph_of_thousands_of_runs_is_set_run_by_run() -> None:
    runs = typography.own_runs((Run("a", italic=True), Run(" ; ")) * 3000, FRENCH)
    assert runs == (Run("a", italic=True), Run("\u202f; ")) * 3000


@pytest.mark.parametrize(
    ("written", "printed"),
    [(" \u00a0a \u202f", "a"), ("a \u00a0\\\n \u00a0b", "a\nb"), ("a" + "\u00a0" * 20_000 + "b", "a" + "\u00a0" * 20_000 + "b")],
)
def test_blanks_at_the_ends_and_around_line_breaks_are_not_printed(written: str, printed: str) -> None:
    told = edition()
    first = replace(told.sections[0].pieces[0], text=written)
    told = replace(told, sections=(replace(told.sections[0], pieces=(first,)),))
    assert [run.text for block in next(sheet(told, STYLE).pieces).blocks for run in block.runs] == [printed]
