"""The demo's press review is whole: nine pieces in five sections, each citing outlets of several languages about one event."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.config.newsroom_editions import SamplePiece, load_review
from monitor.config.newsroom_file import load_newsroom
from monitor.config.style_file import load_styles

REVIEW = load_review()
SAMPLES = load_newsroom()
STYLE = load_styles()["press-review"]
WRITTEN = [piece for edition in REVIEW.editions for piece in edition.pieces if piece.state == "accepted"]


def test_the_finished_edition_has_nine_pieces_in_five_sections() -> None:
    finished, working = REVIEW.editions
    assert (finished.finished, working.finished) == (True, False)
    assert Counter(piece.section for piece in finished.pieces) == {"africa": 2, "america": 2, "asia": 2, "europe": 2, "focus": 1}


@pytest.mark.parametrize("piece", WRITTEN, ids=lambda piece: piece.event)
def test_a_piece_is_of_the_houses_length_and_cites_several_languages(piece: SamplePiece) -> None:
    shortest, _longest = STYLE.words
    assert shortest <= len(piece.text.split()) <= 250
    cited = [SAMPLES.article(name) for name in piece.sources]
    assert {one.event for one in cited} == {piece.event}
    assert len({one.language for one in cited}) >= 2


@pytest.mark.parametrize("piece", [piece for edition in REVIEW.editions for piece in edition.pieces], ids=lambda piece: piece.event)
def test_quotations_are_word_for_word_in_a_cited_article(piece: SamplePiece) -> None:
    texts = " ".join(SAMPLES.article(name).text for name in piece.sources)
    quoted = [part.split("”")[0] for part in piece.text.split("“")[1:]]
    assert [words for words in quoted if words.lower() not in texts.lower()] == []


def test_no_passage_of_more_than_twelve_words_is_a_sources() -> None:
    copied = []
    for piece in (piece for edition in REVIEW.editions for piece in edition.pieces):
        own = "".join(part if place == 0 else part.partition("”")[2] for place, part in enumerate(piece.text.split("“")))
        words = own.lower().split()
        for name in piece.sources:
            theirs = " ".join(SAMPLES.article(name).text.lower().split())
            copied += [run for at in range(len(words) - 12) if (run := " ".join(words[at : at + 13])) in theirs]
    assert copied == []
