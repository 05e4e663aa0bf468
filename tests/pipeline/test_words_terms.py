"""Terms found in an article: by word, beginning, stem, phrase and window, and what a table remembers of words it has met."""

from __future__ import annotations

import pytest

from monitor.knowledge import parse_term
from monitor.pipeline import words_terms
from monitor.pipeline.words_terms import TermTable, read


def _found(table: TermTable, text: str, language: str = "en") -> dict[int, list[str]]:
    reading = read("", text, language)
    return {number: [reading.written(span) for span in spans] for number, spans in table.find(reading).items()}


def _table(*terms: str, language: str = "en") -> TermTable:
    table = TermTable(language)
    for term in terms:
        table.add(parse_term(term), family=True)
    return table


@pytest.mark.parametrize(
    ("term", "text", "met"),
    [
        ("frigate", "Two frigates and a frigate.", ["frigates", "frigate"]),
        ("artill*", "Artillery, artilleryman, artisan", ["Artillery", "artilleryman"]),
        ("ab*", "abyss about ba", ["abyss", "about"]),
        ('"coast guard"', "The coast guard; a guard on the coast", ["coast guard"]),
        ("drone NEAR/3 port", "a drone over the port", ["drone over the port"]),
        ("=SAM", "Sam said SAM", ["SAM"]),
    ],
)
def test_each_kind_of_term_is_found_as_often_as_it_stands(term: str, text: str, met: list[str]) -> None:
    """Every kind of atom has its own way to a word; two looks at the same article see the same."""
    table = _table(term)
    assert _found(table, text) == {0: met}
    assert _found(table, text) == {0: met}


def test_a_term_added_later_is_found_in_words_already_met() -> None:
    """What a table remembers of a word is forgotten when a term comes that may mean it."""
    table = _table("frigate")
    assert _found(table, "A frigate left the harbour.") == {0: ["frigate"]}
    table.add(parse_term("harb*"))
    assert _found(table, "A frigate left the harbour.") == {0: ["frigate"], 1: ["harbour"]}


def test_a_word_met_by_several_atoms_counts_once_for_each() -> None:
    """As itself, by its beginning and by its stem."""
    table = _table("missiles", "missil*", '"missiles fired"')
    assert _found(table, "Missiles fired at dawn") == {0: ["Missiles"], 1: ["Missiles"], 2: ["Missiles fired"]}


def test_words_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of made-up words push out what is remembered, and what they push out is found again."""
    monkeypatch.setattr(words_terms, "_MOST_KNOWN", 50)
    table = _table("frigate")
    for number in range(20):
        _found(table, " ".join(f"w{number}x{place}" for place in range(30)))
    assert len(table._known) <= 50 + 31
    assert _found(table, "A frigate") == {0: ["frigate"]}
