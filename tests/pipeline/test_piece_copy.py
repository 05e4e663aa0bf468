"""Forty constructed cases in seven languages: what is quoted wrongly or copied is found, what is quoted rightly never raises an alarm."""

from __future__ import annotations

import pytest

from monitor.pipeline.piece_copy import SourceWords, copied, quoted

FR = (
    "Le ministre de la Défense a déclaré mardi que le convoi avait été attaqué à l’aube sur la route nationale, à vingt kilomètres de la "
    "ville. « Nous ne laisserons pas cette route aux groupes armés, a-t-il promis, et les renforts arriveront avant la fin du mois. » "
    "L’armée n’a pas donné de bilan. Selon l'hôpital, dix-sept blessés ont été admis dans la nuit, dont trois dans un état grave."
)
EN = (
    "The convoy left at dawn and was attacked an hour later on the national road, an official said on Tuesday evening. “We will not leave "
    "this road to the armed groups,” the minister told reporters. He added that reinforcements would arrive before the end of the month. "
    "It wasn't clear who had fired first, and nobody has claimed the attack so far."
)
DE = (
    "Der Konvoi brach im Morgengrauen auf und wurde eine Stunde später auf der Nationalstraße angegriffen, sagte ein Sprecher am Dienstag. "
    "„Wir werden diese Straße nicht den bewaffneten Gruppen überlassen“, sagte der Minister vor Journalisten in der Hauptstadt."
)
ES = (
    "El convoy salió al amanecer y fue atacado una hora después en la carretera nacional, dijo el martes un portavoz del ejército. "
    "«No vamos a dejar esta carretera a los grupos armados», afirmó el ministro ante la prensa."
)
RU = (
    "Колонна вышла на рассвете и через час была атакована на национальной дороге, сообщил во вторник вечером представитель армии страны. "
    "«Мы не оставим эту дорогу вооружённым группам», — сказал министр журналистам в столице."
)
AR = (
    "غادرت القافلة عند الفجر وتعرضت لهجوم بعد ساعة واحدة على الطريق الوطني شمال المدينة بحسب ما قاله متحدث باسم الجيش مساء الثلاثاء. "
    "وقال الوزير للصحفيين: «لن نترك هذا الطريق للجماعات المسلحة»."
)
JA = (
    "政府は火曜日、北部の国道で燃料輸送車列が夜明けに襲撃され、多数の負傷者が出たと発表した。"
    "国防相は「この道路を武装勢力に渡すことはない」と述べた。"
)
TEXTS = {"fr": FR, "en": EN, "de": DE, "es": ES, "ru": RU, "ar": AR, "ja": JA}


def source(language: str, *, position: int = 1, text: str | None = "", whole: bool = True) -> SourceWords:
    return SourceWords(position, language, "", TEXTS[language] if text == "" else text, whole)


# ── quotations: (piece's language, sources' languages, text, what is found of each quotation) ──────────────────────────

VERBATIM = {
    "french marks with no-break spaces": ("fr", "fr", "Il dit : «\u00a0Nous ne laisserons pas cette route aux groupes armés\u00a0»."),
    "straight marks and straight apostrophes": ("fr", "fr", 'Bilan : "dix-sept blessés ont été admis dans la nuit", selon l\'hôpital.'),
    "curly apostrophe where the source has a straight one": ("fr", "fr", "« Selon l’hôpital, dix-sept blessés ont été admis »"),
    "an ellipsis in brackets": ("fr", "fr", "« Nous ne laisserons pas cette route […] et les renforts arriveront avant la fin du mois »"),
    "an ellipsis of three dots": ("fr", "fr", "« Le ministre... a déclaré mardi » puis rien"),
    "the speaker is named within": ("fr", "fr", "« Nous ne laisserons pas cette route, a déclaré le ministre, aux groupes armés »"),
    "words put in between brackets": ("fr", "fr", "« Nous ne laisserons pas cette route [nationale] aux groupes armés »"),
    "a letter changed in brackets": ("fr", "fr", "Il promet que « [n]ous ne laisserons pas cette route aux groupes armés »"),
    "two quotations of one sentence": ("fr", "fr", "« Nous ne laisserons pas cette route », dit-il, « aux groupes armés »."),
    "english curly marks, comma inside": ("en", "en", "“We will not leave this road to the armed groups,” he said."),
    "english single marks": ("en", "en", "He said: ‘We will not leave this road to the armed groups’."),
    "capital and full stop of one's own": ("en", "en", "“Reinforcements would arrive before the end of the month.”"),
    "a contraction": ("en", "en", 'It "wasn’t clear who had fired first", officials said.'),
    "german low marks": ("de", "de", "„Wir werden diese Straße nicht den bewaffneten Gruppen überlassen“, so der Minister."),
    "german marks pointing inwards": ("de", "de", "»Wir werden diese Straße nicht den bewaffneten Gruppen überlassen«"),
    "spanish": ("es", "es", "El ministro: «No vamos a dejar esta carretera a los grupos armados»."),
    "russian, ё written as е": ("ru", "ru", "«Мы не оставим эту дорогу вооруженным группам», — сказал он."),
    "arabic": ("ar", "ar", "وأكد الوزير: «لن نترك هذا الطريق للجماعات المسلحة»"),
    "japanese corner marks": ("ja", "ja", "国防相は「この道路を武装勢力に渡すことはない」と語った。"),
    "the original's words in a piece of another language": ("fr", "en", "Le ministre : “We will not leave this road to the armed groups”."),
}
NOT_VERBATIM = {
    "one word changed": ("fr", "fr", "« Nous ne laisserons pas cette route aux groupes rebelles »"),
    "a denial left out": ("en", "en", "“We will leave this road to the armed groups”"),
    "the order changed": ("fr", "fr", "« aux groupes armés […] Nous ne laisserons pas cette route »"),
    "invented": ("de", "de", "„Niemand kann uns von dieser Straße vertreiben“"),
    "a number changed": ("fr", "fr", "« dix-huit blessés ont été admis dans la nuit »"),
    "a word put in without brackets": ("es", "es", "«No vamos a dejar nunca esta carretera a los grupos armados»"),
    "a clause put in, no speaker": ("fr", "fr", "« Nous ne laisserons pas cette route, sous aucun prétexte, aux groupes armés »"),
    "the foreign source's own language": ("fr", "en", "Le ministre : “We will never give this road to the armed groups”."),
}


@pytest.mark.parametrize("case", VERBATIM.values(), ids=VERBATIM)
def test_a_quotation_that_is_word_for_word_raises_no_alarm(case: tuple[str, str, str]) -> None:
    language, spoken, text = case
    found = quoted(text, language, [source(spoken)])
    assert found != ()
    assert [one.found for one in found] == [1] * len(found)
    assert copied(text, language, [source(spoken)]) == ()


@pytest.mark.parametrize("case", NOT_VERBATIM.values(), ids=NOT_VERBATIM)
def test_a_quotation_that_no_source_has_is_found(case: tuple[str, str, str]) -> None:
    language, spoken, text = case
    assert [(one.found, one.why) for one in quoted(text, language, [source(spoken)])] == [(0, "absent")]


UNKNOWN = {
    "a translation into the piece's language": ("fr", [source("en")], "« Nous n’abandonnerons jamais cette route »", "translated"),
    "a translation, beside a source of one's own language": ("fr", [source("fr"), source("ja", position=2)],
        "« Nous n’abandonnerons jamais cette route »", "translated"),
    "the text is gone": ("fr", [source("fr", text=None)], "« Nous n’abandonnerons jamais cette route »", "gone"),
    "only a part was read": ("fr", [source("fr", whole=False)], "« Nous n’abandonnerons jamais cette route »", "part"),
    "a term": ("fr", [source("fr")], "la « zone grise » du nord", "term"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_compared_says_so_and_is_neither_right_nor_wrong(case: tuple[str, list[SourceWords], str, str]) -> None:
    language, sources, text, why = case
    assert [(one.found, one.why) for one in quoted(text, language, sources)] == [(0, why)]


# ── near-copy ─────────────────────────────────────────────────────────────────────────────────────────────────────────

COPIES = {
    "thirteen words": ("fr", "Hier, le convoi avait été attaqué à l’aube sur la route nationale, à vingt kilomètres de la capitale."),
    "with other endings": ("ru", "Колонны вышли на рассвете и через час были атакованы на национальных дорогах, сообщили во вторник"),
    "punctuation and capitals changed": ("en", "An hour later on the National Road, an official said, on Tuesday evening: we will not"),
    "one word in marks amid": ("en", "The convoy left at “dawn” and was attacked an hour later on the national road, an official said."),
    "german": ("de", "Der Konvoi brach im Morgengrauen auf und wurde eine Stunde später auf der Nationalstraße angegriffen, hieß es."),
    "spanish": ("es", "El convoy salió al amanecer y fue atacado una hora después en la carretera nacional, según la prensa."),
    "russian": ("ru", "Колонна вышла на рассвете и через час была атакована на национальной дороге, сообщил во вторник источник."),
    "arabic": ("ar", "غادرت القافلة عند الفجر وتعرضت لهجوم بعد ساعة واحدة على الطريق الوطني شمال المدينة كما قيل"),
    "japanese": ("ja", "報道によると、北部の国道で燃料輸送車列が夜明けに襲撃され、多数の負傷者が出たという。"),
}
OWN_WORDS = {
    "twelve words": ("en", "The convoy left at dawn and was attacked an hour later on a road in the north."),
    "elided words are one": ("fr", "On sait qu’a l’aube sur la route nationale, à vingt kilomètres de la ville, tout a changé."),
    "a long quotation in marks": ("fr", f"Il promet : « {FR[150:262]} »."),
    "a summary": ("fr", "Une embuscade a coupé la nationale à l’aube ; l’armée tait ses pertes, l’hôpital compte dix-sept blessés."),
    "two short passages apart": ("en", "The convoy left at dawn; later, reinforcements would arrive before the end of the month."),
    "another language": ("fr", "Der Konvoi brach im Morgengrauen auf und wurde eine Stunde später angegriffen."),
}


@pytest.mark.parametrize("case", COPIES.values(), ids=COPIES)
def test_more_than_twelve_words_of_a_source_are_found(case: tuple[str, str]) -> None:
    language, text = case
    found = copied(text, language, [source(language)])
    assert [(one.source, one.words > 12) for one in found] == [(1, True)]


@pytest.mark.parametrize("case", OWN_WORDS.values(), ids=OWN_WORDS)
def test_what_is_in_ones_own_words_or_in_marks_raises_no_alarm(case: tuple[str, str]) -> None:
    language, text = case
    assert copied(text, language, [source("fr"), source(language, position=2)] if language == "en" else [source("fr")]) == ()


def test_the_passage_is_shown_as_the_writer_wrote_it() -> None:
    (found,) = copied(COPIES["thirteen words"][1], "fr", [source("fr")])
    assert (found.passage, found.words) == ("le convoi avait été attaqué à l’aube sur la route nationale, à vingt kilomètres de la", 16)


def test_the_same_passage_of_two_sources_names_both() -> None:
    text = COPIES["german"][1]
    assert [one.source for one in copied(text, "de", [source("de"), source("de", position=2)])] == [1, 2]


def test_a_text_of_few_words_repeated_is_one_passage() -> None:
    text = "route coupée du nord " * 1000
    assert [one.words for one in copied(text, "fr", [source("fr", text=text)])] == [4000]
    assert quoted(f"« {text[:2000]} »", "fr", [source("fr", text=text)])[0].found == 1
