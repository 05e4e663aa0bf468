"""Languages are recognised; where nothing can be said, nothing is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.language import DEFAULT_CANDIDATES, Recogniser, folded

WORLD = Recogniser(DEFAULT_CANDIDATES)
SENTENCES = {
    "en": "The navy has sent two patrol ships to the strait after the warning",
    "fr": "La marine a envoyé deux patrouilleurs dans le détroit après l’alerte",
    "es": "La armada envió dos patrulleras al estrecho tras la advertencia",
    "pt": "A marinha enviou dois navios de patrulha ao estreito após o alerta",
    "it": "La marina ha inviato due pattugliatori nello stretto dopo l’avviso",
    "de": "Die Marine hat nach der Warnung zwei Patrouillenboote in die Meerenge geschickt",
    "nl": "De marine heeft na de waarschuwing twee patrouilleschepen naar de zeestraat gestuurd",
    "no": "Marinen har sendt to patruljeskip til stredet etter advarselen, ifølge forsvaret",
    "da": "Søværnet har sendt to patruljeskibe til strædet efter advarslen, oplyser forsvaret",
    "sv": "Marinen har skickat två patrullfartyg till sundet efter varningen",
    "pl": "Marynarka wojenna wysłała po ostrzeżeniu dwa okręty patrolowe do cieśniny",
    "tr": "Donanma uyarının ardından boğaza iki devriye gemisi gönderdi",
    "ru": "После предупреждения флот отправил в пролив два патрульных корабля",
    "uk": "Після попередження флот відправив до протоки два патрульні кораблі",
    "bg": "След предупреждението флотът изпрати два патрулни кораба в пролива",
    "el": "Το ναυτικό έστειλε δύο περιπολικά σκάφη στο στενό",
    "ar": "أرسلت البحرية سفينتي دورية إلى المضيق بعد التحذير",
    "fa": "نیروی دریایی پس از هشدار دو ناو گشتی به تنگه فرستاد",
    "ur": "بحریہ نے انتباہ کے بعد دو گشتی جہاز آبنائے میں بھیجے ہیں",
    "he": "חיל הים שלח שתי ספינות סיור למצר לאחר האזהרה",
    "hi": "चेतावनी के बाद नौसेना ने जलडमरूमध्य में दो गश्ती जहाज भेजे हैं",
    "zh": "海军在警告后向海峡派出两艘巡逻舰",
    "ja": "海軍は警告を受けて海峡に巡視船二隻を派遣した",
    "ko": "해군은 경고 이후 해협에 순찰함 두 척을 보냈다",
    "th": "กองทัพเรือส่งเรือลาดตระเวนสองลำไปยังช่องแคบ",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentence_is_recognised(language: str) -> None:
    assert WORLD.recognise(SENTENCES[language]).language == language


@pytest.mark.parametrize("text", ["", "123 456 — 789", "https://a.example/le/journal", "🙂🙂", "ab", "&nbsp;&#8217;", "@desk #news 2026"])
def test_text_without_words_says_nothing(text: str) -> None:
    assert (WORLD.recognise(text, prior="fr").language, WORLD.recognise(text).confidence) == ("", 0.0)


def test_outlet_language_decides_a_short_headline() -> None:
    assert [WORLD.recognise("Radar Satellite Frigate", prior=prior).language for prior in ("de", "nl")] == ["de", "nl"]


def test_outlet_language_does_not_override_a_clear_text() -> None:
    assert WORLD.recognise(SENTENCES["fr"], prior="en", hints=("en-GB", "en")).language == "fr"


@pytest.mark.parametrize(("language", "neighbour"), [("no", "da"), ("da", "no"), ("uk", "ru"), ("pt", "es"), ("de", "nl"), ("bg", "ru")])
def test_long_text_is_not_taken_for_the_neighbour_the_outlet_names(language: str, neighbour: str) -> None:
    guess = WORLD.recognise(f"{SENTENCES[language]}. " * 4, prior=neighbour)
    assert (guess.language, guess.confidence >= 0.9) == (language, True)


def test_outlet_that_names_the_same_language_makes_a_long_text_sure() -> None:
    text = f"{SENTENCES['de']}. " * 4
    assert [WORLD.recognise(text, prior=prior).confidence >= 0.99 for prior in ("de", "")] == [True, True]


def test_han_characters_alone_are_the_outlets() -> None:
    assert [WORLD.recognise("海軍演習開始", prior=prior).language for prior in ("", "ja", "zh-TW")] == ["zh", "ja", "zh"]


def test_without_candidates_the_default_ones_are_weighed() -> None:
    assert [Recogniser([]).recognise(SENTENCES[language]) for language in ("en", "de")] == [
        WORLD.recognise(SENTENCES[language]) for language in ("en", "de")
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("is", "Skipið kom aftur til hafnar á mánudaginn eftir þriggja vikna viðgerð og bæjarstjórinn tók á móti því."),
        ("zu", "Umkhumbi ubuyele ethekwini ngoMsombuluko emva kwamasonto amathathu, futhi imeya yawamukela."),
        ("xh", "Inqanawa ibuyele ezibukweni ngoMvulo emva kweeveki ezintathu, yaye usodolophu wayamkela."),
    ],
)
def test_small_neighbour_is_not_taken_for_a_great_language(language: str, text: str) -> None:
    assert WORLD.recognise(text).language == language


def test_only_candidates_of_the_script_are_answered() -> None:
    assert Recogniser(["de", "nl"]).recognise(SENTENCES["en"]).language in ("de", "nl")


def test_script_without_candidate_speaks_for_itself() -> None:
    assert Recogniser(["fr", "en"]).recognise(SENTENCES["ko"]).language == "ko"


def test_long_text_is_confident_and_always_the_same() -> None:
    answers = {Recogniser(DEFAULT_CANDIDATES).recognise(SENTENCES["es"] * 6) for _ in range(3)}
    assert len(answers) == 1 and min(answer.confidence for answer in answers) >= 0.99


@pytest.mark.parametrize(
    ("tag", "language"), [("nb", "no"), ("nn-NO", "no"), ("pt_BR", "pt"), ("zh-Hant", "zh"), ("yue", "zh"), ("", ""), ("EN", "en")]
)
def test_tags_are_folded(tag: str, language: str) -> None:
    assert folded(tag) == language


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300), st.text(max_size=8))
def test_any_text_never_raises(text: str, prior: str) -> None:
    guess = WORLD.recognise(text, prior=prior, hints=(prior,))
    assert 0.0 <= guess.confidence <= 1.0
