"""What is kept of an article: counted stems, what crosses languages, numbers written in words or signs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.pipeline.story_doc import story_doc
from monitor.pipeline.story_numbers import han_numbers, spelled_numbers
from monitor.pipeline.words import Token, tokenise
from monitor.pipeline.words import tokens as words_of
from monitor.records import CountryScore, StoryDoc, Tagged, ThemeScore

NOTHING = Tagged("", {}, (), ())


def read(title: str, text: str, language: str, tagged: Tagged = NOTHING, tokens: list[Token] | None = None) -> StoryDoc:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return story_doc(id="a", outlet="o", language=language, at=at, title=title, text=text, tagged=tagged, outlet_name="Post", tokens=tokens)


def of_kind(doc: StoryDoc, kind: str) -> set[str]:
    return {name[2:] for name in doc.features if name.startswith(f"{kind}:")}


def test_title_counts_twice_and_stop_words_not_at_all() -> None:
    assert read("The convoy leaves", "A convoy of the army.", "en").terms == {"convoy": 3.0, "leav": 2.0, "armi": 1.0}


def test_only_the_first_words_of_the_text_count() -> None:
    doc = read("Convoy", "frigate " * 120 + "submarine", "en")
    assert doc.terms == {"convoy": 2.0, "frigat": 120.0}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("text", ["Two frigates left Brest. " * 40, "海軍は警告を受けて海峡に巡視船二隻を派遣した。" * 40, ""])
def test_tokens_known_already_change_nothing(text: str, language: str) -> None:
    assert read("Frigates leave", text, language, tokens=tokenise(text)) == read("Frigates leave", text, language)


def test_tags_become_features_with_their_strength() -> None:
    tagged = Tagged("africa", {}, (CountryScore("ML", 4.0, 3), CountryScore("NE", 2.0, 1)), (ThemeScore("terror", 5.0, 0.8),), ("o.nato",))
    doc = read("", "", "fr", tagged)
    assert doc.features == {"g:ML": 0.7, "g:NE": 0.35, "t:terror": pytest.approx(0.24), "e:o.nato": 1.3}


def test_one_name_has_one_sound_in_every_script() -> None:
    spoken = {
        "en": "Sources say Sevare is quiet.",
        "ru": "По словам очевидцев, в Севаре тихо.",
        "ar": "هدوء في سيفاري",
        "uk": "Тихо в Севаре, кажуть свідки.",
    }
    assert {language: "sfr" in of_kind(read("", text, language), "s") for language, text in spoken.items()} == dict.fromkeys(spoken, True)


def test_katakana_name_has_the_sound_of_the_latin_one() -> None:
    assert of_kind(read("", "ベルガモの港", "ja"), "s") == of_kind(read("", "il porto di Bergamo", "it"), "s") == {"prkm"}


def test_names_are_kept_as_written() -> None:
    assert read("Near Hombori", "", "en").names == {"mpr": "Hombori"}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "dix-sept morts, quatre-vingt-dix blessés et vingt et un disparus", ["17", "90", "21"]),
        ("fr", "soixante-douze heures, huit chauffeurs", ["72"]),
        ("en", "thirty-one soldiers and forty trucks, two dead", ["31", "40"]),
        ("de", "einunddreißig Soldaten, siebzehn Tote", ["31", "17"]),
        ("es", "treinta y un soldados, veintiuno heridos, dieciséis horas", ["31", "21", "16"]),
        ("it", "trentuno soldati, diciassette morti", ["31", "17"]),
        ("pt", "trinta e um soldados, dezessete mortos", ["31", "17"]),
        ("ru", "тридцать один солдат и семнадцать водителей, четырнадцати человек", ["31", "17", "14"]),
        ("uk", "тридцять один військовий, сімнадцять водіїв", ["31", "17"]),
        ("pl", "trzydziestu jeden żołnierzy, siedemnastu kierowców", ["31", "17"]),
        ("tr", "otuz bir asker, on yedi kişi", ["31", "17"]),
        ("ar", "قتل سبعة عشر شخصاً وواحد وثلاثون جندياً", ["17", "31"]),
        ("he", "שבעה עשר הרוגים", ["17"]),
        ("ja", "十七人", []),
        ("xx", "seventeen", []),
    ],
)
def test_numbers_in_words(language: str, text: str, expected: list[str]) -> None:
    assert spelled_numbers(words_of(text), language) == expected


def test_numbers_in_han_signs() -> None:
    assert han_numbers("三十一人、十七名、二十隻、十分") == ["31", "17", "20"]


def test_numbers_agree_between_words_and_digits() -> None:
    assert of_kind(read("17 morts", "", "fr"), "n") == of_kind(read("Siebzehn Tote", "", "de"), "n") == {"17"}


@pytest.mark.parametrize("text", ["", "\x00\ud800\u202e", "a" * 100_000, "🙂 " * 5_000, "１２３ " * 3_000])
def test_hostile_text_is_read(text: str) -> None:
    assert read(text, text, "en").id == "a"


def test_first_words_of_a_text_stand_for_its_title() -> None:
    doc = read("", "frigate " * 12 + "submarine", "en")
    assert doc.terms == {"frigat": 36.0, "submarin": 1.0}


def test_concepts_are_features_that_say_less_than_words() -> None:
    facts = {"id": "a", "outlet": "o", "language": "en", "at": datetime(2026, 3, 2, tzinfo=UTC), "title": "", "text": "", "tagged": NOTHING}
    doc = story_doc(**facts, concepts={"drone": 3.0, "attack": 1.0})
    assert doc.features == {"c:drone": 1.5, "c:attack": 0.5}
