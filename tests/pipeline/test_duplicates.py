"""Copies of one text: what is found, what is not, and that the order of hashes or of forgetting plays no part."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.duplicates import CopyIndex, agency_credit, shingles, title_key
from monitor.records import Copy, StoryDoc

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Kept hashes are compared with those made by other processes and later versions: they must never change.
SHINGLES = (12636587004525076090, 18024113249097830020)


def invented_text(seed: str, length: int = 200) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghijklmnop", k=6)) for _ in range(length))


def a_doc(name: str, text: str, *, title: str = "", outlet: str = "", hours: float = 0, language: str = "en") -> StoryDoc:
    at = NOON + timedelta(hours=hours)
    return StoryDoc(name, outlet or name, language, at, {}, {}, shingles(text, language), title_key(title))


def test_trimmed_reprint_with_other_words_is_a_copy() -> None:
    words = invented_text("one").split()
    edited = [*words[:40], "other", *words[41:150]]
    index = CopyIndex()
    assert index.add(a_doc("original", " ".join(words))) is None
    found = index.add(a_doc("reprint", " ".join(edited), hours=3))
    assert found is not None
    assert (found.of, found.kind) == ("original", "copy_of")


def test_text_half_of_which_is_another_reuses_it() -> None:
    borrowed, own = invented_text("one", 100), invented_text("two", 75)
    index = CopyIndex()
    index.add(a_doc("original", f"{borrowed} {invented_text('three', 80)}"))
    found = index.add(a_doc("mixed", f"{own} {borrowed}"))
    assert found is not None
    assert (found.of, found.kind) == ("original", "reuses")


def test_texts_with_a_quotation_in_common_are_no_copies() -> None:
    quoted = invented_text("quote", 25)
    index = CopyIndex()
    index.add(a_doc("one", f"{invented_text('one')} {quoted}"))
    assert index.add(a_doc("two", f"{quoted} {invented_text('two')}")) is None


def test_containment_of_long_texts_is_not_raised_by_chance() -> None:
    chance = random.Random(5)
    first, second = ({chance.getrandbits(64) for _ in range(5_000)} for _ in range(2))
    halves = [(*sorted(first)[: 5_000 - part], *sorted(second)[:part]) for part in (3_100, 2_500, 0)]
    found = []
    for mixed in halves:
        index = CopyIndex()
        index.add(StoryDoc("a", "a", "en", NOON, {}, {}, tuple(first)))
        copy = index.add(StoryDoc("b", "b", "en", NOON, {}, {}, mixed))
        found.append(copy and (copy.kind, round(copy.containment, 1)))
    assert found == [None, ("reuses", 0.5), ("copy_of", 1.0)]


def test_copy_names_the_earliest_of_equal_originals() -> None:
    text = invented_text("one")
    index = CopyIndex()
    index.add(a_doc("second", text, hours=2))
    index.add(a_doc("first", text, hours=1))
    assert index.add(a_doc("third", text, hours=3)) == Copy("first", "copy_of", 1.0)


def test_chinese_copy_is_found_by_its_signs() -> None:
    chance = random.Random(5)
    text = "".join(chr(0x4E00 + chance.randrange(4000)) for _ in range(240))
    index = CopyIndex()
    index.add(a_doc("original", text, language="zh"))
    found = index.add(a_doc("reprint", text[:120] + "。" + text[125:], language="zh"))
    assert found is not None
    assert found.of == "original"


def test_forgotten_article_is_no_original_any_more() -> None:
    index = CopyIndex()
    index.add(a_doc("old", invented_text("one")))
    for number in range(3):
        index.add(a_doc(f"other {number}", invented_text(f"other {number}"), hours=40))
    index.forget(NOON + timedelta(hours=1))
    assert len(index) == 3
    assert index.add(a_doc("late", invented_text("one"), hours=41)) is None
    found = index.add(a_doc("copy", invented_text("other 2"), hours=42))
    assert found is not None
    assert found.of == "other 2"


def test_index_finds_copies_after_it_was_rebuilt() -> None:
    index = CopyIndex()
    for number in range(30):
        index.add(a_doc(f"a{number}", invented_text(f"a{number}", 120), hours=number))
    index.forget(NOON + timedelta(hours=20))
    found = [index.add(a_doc(f"copy {number}", invented_text(f"a{number}", 120), hours=31)) for number in range(30)]
    assert [copy.of if copy else None for copy in found] == [None] * 20 + [f"a{number}" for number in range(20, 30)]


@pytest.mark.parametrize(
    ("title", "outlet", "hours", "expected"),
    [
        ("Frigate leaves port for the strait", "two", 5, "one"),
        ("Frigate leaves port for strait", "two", 5, "one"),
        ("Frigate leaves port for the strait", "two", 60, None),  # after two days a title may come back
        ("Frigate leaves port for the strait", "one", 5, None),  # an outlet's own series
        ("Frigate returns to port after the storm", "two", 5, None),
    ],
)
def test_short_items_are_compared_by_title(title: str, outlet: str, hours: float, expected: str | None) -> None:
    index = CopyIndex()
    index.add(a_doc("one", "A short summary.", title="Frigate leaves port for the strait", outlet="one"))
    found = index.add(a_doc("two", "Another summary.", title=title, outlet=outlet, hours=hours))
    assert (found.of if found else None) == expected


def test_long_texts_under_one_title_are_no_copies() -> None:
    index = CopyIndex()
    index.add(a_doc("one", invented_text("one"), title="Frigate leaves port for the strait"))
    assert index.add(a_doc("two", invented_text("two"), title="Frigate leaves port for the strait")) is None


@pytest.mark.parametrize(
    ("title", "outlet", "expected"),
    [
        ("Un navire quitte le port | Le Méridien", "Le Méridien", "un navire quitte le port"),
        ("Un navire quitte le port - lemeridien.example", "Le Méridien", "un navire quitte le port"),
        ("Un navire quitte le port - une enquête", "Le Méridien", "un navire quitte le port une enquete"),
        ("En images", "Le Méridien", ""),
    ],
)
def test_title_key_drops_the_outlet_and_short_titles(title: str, outlet: str, expected: str) -> None:
    assert title_key(title, outlet) == expected


@pytest.mark.parametrize(
    ("authors", "text", "expected"),
    [
        (("AFP",), "", "AFP"),
        (("Jean Dupré avec AFP",), "", "AFP"),
        (("Reuters Staff",), "BAMAKO (Reuters) - Troops", "Reuters"),
        ((), "LONDON — Ministers met. " + "More words follow here. " * 30 + "(Vega)", "Agence Véga"),
        ((), "PARIS (Véga) — Le ministre", "Agence Véga"),
        ((), "KYIV, March 2 - Ukrinform - The ministry", "Ukrinform"),
        (("Anna Berg",), "The report named the agency Reuters in passing.", ""),
        ((), "", ""),
    ],
)
def test_agency_is_read_from_byline_dateline_or_bracket(authors: tuple[str, ...], text: str, expected: str) -> None:
    assert agency_credit(authors, text, "", ("Agence Véga", "Vega Wire")) == expected


def test_shingles_tell_order_and_are_the_same_everywhere() -> None:
    text = "one two three four five six seven eight nine"
    assert shingles(text, "en") == SHINGLES
    assert set(shingles("five four three two one " * 2, "en")).isdisjoint(shingles("one two three four five " * 2, "en"))
    assert shingles("ignored", "en", text.split()) == SHINGLES


def test_shingles_of_hostile_text_are_bounded_and_whole() -> None:
    assert shingles("\x00\ud800 \u202e" * 10, "en") == ()
    assert len(shingles("wort " * 200_000, "de")) <= 1
    assert shingles("", "fr") == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]), max_size=60))
def test_shingles_do_not_depend_on_spacing_and_case(words: list[str]) -> None:
    assert shingles(" ".join(words), "en") == shingles("\n".join(words).upper(), "en")
