"""The concept lexicon is read with every mistake named, and the shipped one covers the languages of the desk."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import pytest

from monitor.config.concepts_file import LANGUAGES, load_concepts
from monitor.errors import ConfigError
from monitor.knowledge import NOTHING, Concept, Concepts

MAIN = ("fr", "en", "de", "it", "es", "pt", "ru", "ar", "zh", "ja")
UNSPACED = ("zh", "ja")


def written(tmp_path: Path, *rows: str, name: str = "concepts.tsv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(row.replace(" ; ", "\t").replace(" ;", "\t") for row in rows) + "\n", encoding="utf-8")
    return path


def mistakes(path: Path) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load_concepts(path)
    return [(problem.line, problem.message, problem.suggestion) for problem in caught.value.problems]


def test_table_gives_each_concept_its_terms_by_language(tmp_path: Path) -> None:
    path = written(tmp_path, "# comment", "concept ; fr ; en", "", "tanker ; pétrolier|navire citerne ; tanker*", "mine ;  ; landmine*")
    assert load_concepts(path) == Concepts(
        (Concept("tanker", {"fr": ("pétrolier", "navire citerne"), "en": ("tanker*",)}), Concept("mine", {"en": ("landmine*",)}))
    )


def test_mark_behind_the_id_makes_a_concept_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "concept ; fr", "vice_president! ; vice-président*", "president ; président*")
    assert [(concept.id, concept.whole) for concept in load_concepts(path).concepts] == [("vice_president", True), ("president", False)]


def test_folder_joins_its_tables_in_order_of_name(tmp_path: Path) -> None:
    written(tmp_path, "concept ; fr", "tanker ; pétrolier", name="concepts_b.tsv")
    written(tmp_path, "concept ; en", "mine ; landmine*", name="concepts_a.tsv")
    assert [concept.id for concept in load_concepts(tmp_path).concepts] == ["mine", "tanker"]


def test_concepts_survive_the_way_to_a_child_process(tmp_path: Path) -> None:
    concepts = load_concepts(written(tmp_path, "concept ; fr", "tanker ; pétrolier"))
    assert pickle.loads(pickle.dumps(concepts)) == concepts


def test_every_mistake_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "concept ; fr ; enn ; fr",
        "Tanker ; pétrolier",
        "mine ; or|mine* ; x ; y ; z",
        "oil ; or",
        "oil ; pétrole",
        "gas ; gaz NEAR/5",
        "sea ; @o.nato",
        "ship ;",
    )
    assert mistakes(path) == [
        (1, "unknown language enn", "did you mean en?"),
        (1, "the language fr has two columns", "join them"),
        (2, "the id Tanker cannot be used", "write small letters, digits and _, such as car_bomb"),
        (3, "mine has 4 cells for 3 languages", "take a tab out"),
        (4, "oil, fr: or is too short to be safe", "write at least 3 letters"),
        (4, "oil has no term", "write one or take the row out"),
        (5, "the concept oil is there twice", f"join it with {path}:4"),
        (6, "gas, fr: gaz NEAR/5 cannot be read; NEAR/5 and WITHIN/5 join two sides, (a OR b) may stand on either", ""),
        (6, "gas has no term", "write one or take the row out"),
        (7, "sea, fr: @o.nato is a reference", "write a word"),
        (7, "sea has no term", "write one or take the row out"),
        (8, "ship has no term", "write one or take the row out"),
    ]


def test_two_signs_are_enough_in_chinese(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, "concept ; zh ; en", "oil ; 石油|油 ; oil")) == [
        (2, "oil, zh: 油 is too short to be safe", "write at least 2 letters")
    ]


def test_same_term_for_two_concepts_must_be_marked(tmp_path: Path) -> None:
    path = written(tmp_path, "concept ; en", 'attack ; "drone strike"|raid|raid', "drone ; Drone strike", "lone ; +lonely")
    assert mistakes(path) == [
        (2, "attack, en: raid is there twice", "take one out"),
        (3, "en: drone strike stands for attack and drone", "take out one, or write + before both"),
        (4, "lone, en: lonely is marked with a + but stands for no other concept", "take the + out"),
    ]


def test_accents_and_case_make_no_other_term(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, "concept ; fr", "corn ; maïs", "but ; Mais")) == [
        (3, "fr: mais stands for corn and but", "take out one, or write + before both")
    ]


def test_marked_term_stands_for_both_concepts(tmp_path: Path) -> None:
    path = written(tmp_path, "concept ; en", "attack ; +drone strike", "drone ; +drone strike")
    assert [concept.terms["en"] for concept in load_concepts(path).concepts] == [("drone strike",), ("drone strike",)]


def test_same_word_in_two_languages_is_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, "concept ; fr ; en", "table ; table ; table", "attack ; raid ;", "police_raid ;  ; raid")
    assert len(load_concepts(path).concepts) == 3


def test_table_without_heading_or_file_says_so(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, "# nothing here"))[0][1] == "has no heading"
    assert mistakes(written(tmp_path, "id ; fr", "oil ; pétrole"))[0] == (1, "the first column is called id", "write concept")
    (tmp_path / "empty").mkdir()
    assert mistakes(tmp_path / "empty") == [(None, "holds no concepts*.tsv", "")]
    assert mistakes(tmp_path / "none.tsv")[0][0] is None


# ── the shipped lexicon ──────────────────────────────────────────────────────────────────────────────────────────────


def test_shipped_lexicon_covers_the_languages() -> None:
    concepts = [concept for concept in load_concepts().concepts if concept.id != NOTHING]
    covered = Counter(language for concept in concepts for language in concept.terms)
    assert len(concepts) >= 450
    assert {language: covered[language] for language in MAIN if covered[language] < 400} == {}
    assert {language: covered[language] for language in LANGUAGES if covered[language] < 350} == {}
    assert {concept.id: len(concept.terms) for concept in concepts if len(concept.terms) < 8} == {}


def test_shipped_prefixes_are_long_enough_to_be_safe() -> None:
    """Three letters are let through where the script writes no vowels."""
    short = [
        (language, term)
        for concept in load_concepts().concepts
        for language, terms in concept.terms.items()
        for term in terms
        if term.endswith("*") and " " not in term and language not in UNSPACED and len(term) - 1 < (3 if language in ("ar", "he") else 4)
    ]
    assert short == []
