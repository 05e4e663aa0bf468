"""What an article speaks of is found in fourteen languages, longer terms first, and quickly forgotten where it is not said."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.concepts_file import LANGUAGES, load_concepts
from monitor.knowledge import NOTHING, Concept, Concepts
from monitor.pipeline.concepts import ConceptTable, compile_concepts, find

TABLE = compile_concepts(load_concepts())


def table(**terms: dict[str, tuple[str, ...]]) -> ConceptTable:
    return compile_concepts(Concepts(tuple(Concept(name, found) for name, found in terms.items())))


# ── how terms are met ────────────────────────────────────────────────────────────────────────────────────────────────


def test_title_counts_twice_and_lead_once() -> None:
    tanker = table(tanker={"en": ("tanker*",)}, port={"en": ("port",)}, fire={"en": ("fire",)})
    found = find(tanker, "Tankers burn in port", "The fire began on the second tanker.", "en")
    assert found == {"fire": 1.0, "port": 2.0, "tanker": 3.0}


def test_word_means_itself_and_not_its_family() -> None:
    laser = table(laser={"es": ("láser",)}, envoy={"ru": ("посол",)}, maize={"fr": ("maïs doux",)})
    assert find(laser, "Las armas láser", "", "es") == {"laser": 2.0}
    assert find(laser, "Las armas de la marina", "", "es") == {}
    assert find(laser, "После переговоров", "", "ru") == {}
    assert find(laser, "Mais la pluie tombe", "", "fr") == {}


def test_phrase_of_a_whole_concept_takes_its_words_from_the_others() -> None:
    general, strike = Concept("general", {"en": ("general",)}), Concept("strike", {"en": ("strike",)})
    words = compile_concepts(Concepts((general, strike, Concept("general_strike", {"en": ("general strike*",)}, whole=True))))
    assert find(words, "General strike begins", "", "en") == {"general_strike": 2.0}
    assert find(words, "General orders strike", "", "en") == {"general": 2.0, "strike": 2.0}
    assert find(words, "General strike begins", "A general spoke.", "en") == {"general": 1.0, "general_strike": 2.0}


def test_phrase_of_another_concept_leaves_its_words_to_all() -> None:
    words = table(strike={"en": ("drone strike*",)}, drone={"en": ("drone*",)})
    assert find(words, "Drone strikes at dawn", "", "en") == {"drone": 2.0, "strike": 2.0}


def test_nothing_is_never_found_but_takes_words_away() -> None:
    words = compile_concepts(Concepts((Concept("army", {"en": ("general",)}), Concept(NOTHING, {"en": ("general public",)}, whole=True))))
    assert find(words, "Show opens to general public", "", "en") == {}


def test_window_of_a_whole_concept_takes_nothing_away() -> None:
    union = Concept("union", {"en": ("union",)})
    words = compile_concepts(Concepts((union, Concept("labour", {"en": ("strike NEAR/4 (union OR unions)",)}, whole=True))))
    assert find(words, "Union calls train strike", "", "en") == {"labour": 2.0, "union": 2.0}


def test_term_of_two_concepts_gives_both() -> None:
    words = table(attack={"en": ("drone strike",)}, drone={"en": ("drone strike", "drone")})
    assert find(words, "Drone strike at dawn", "", "en") == {"attack": 2.0, "drone": 2.0}


def test_clitics_are_taken_off_in_arabic_and_hebrew() -> None:
    words = table(port={"ar": ("ميناء",), "he": ("נמל",)})
    assert find(words, "حريق في الميناء", "", "ar") == {"port": 2.0}
    assert find(words, "שריפה בנמל", "", "he") == {"port": 2.0}


def test_regional_code_is_read_as_its_language_and_unknown_ones_give_nothing() -> None:
    words = table(port={"pt": ("porto de",)})
    assert find(words, "Incêndio no porto de Leixões", "", "pt-BR") == {"port": 2.0}
    assert find(words, "Incêndio no porto de Leixões", "", "xx") == {}
    assert find(words, "Incêndio no porto de Leixões", "", "") == {}


def test_only_about_120_words_of_the_lead_are_read() -> None:
    words = table(port={"en": ("port",), "zh": ("港口",)})
    assert find(words, "", "word " * 150 + "port", "en") == {"port": 1.0}
    assert find(words, "", "word " * 200 + "port", "en") == {}
    assert find(words, "", "报" * 150 + "港口", "zh") == {"port": 1.0}
    assert find(words, "", "报" * 200 + "港口", "zh") == {}


def test_table_survives_the_way_to_a_child_process() -> None:
    again = pickle.loads(pickle.dumps(TABLE))
    assert find(again, "Two tankers collide off the port of Lagos", "", "en") == find(
        TABLE, "Two tankers collide off the port of Lagos", "", "en"
    )


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=200), lead=st.text(max_size=400), language=st.sampled_from(LANGUAGES))
def test_any_text_gives_weights_of_one_to_three(title: str, lead: str, language: str) -> None:
    assert set(find(TABLE, title, lead, language).values()) <= {1.0, 2.0, 3.0}


# ── the shipped lexicon, on sentences written for it ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Un pétrolier en feu après une attaque de drones au large du port"),
        ("en", "Tanker on fire after attack by drones off the port of Ovelle"),
        ("de", "Tanker nach Angriff mit Drohnen vor dem Hafen in Brand"),
        ("it", "Petroliera in fiamme dopo un attacco di droni: incendio davanti al porto di Ovelle"),
        ("es", "Incendio en un petrolero tras un ataque con drones frente al puerto de Ovelle"),
        ("pt", "Incêndio em petroleiro após ataque de drones perto do porto de Ovelle"),
        ("ru", "Пожар на танкере после атаки дронов у порта Овелле"),
        ("uk", "Пожежа на танкері після атаки дронів біля порту Овелле"),
        ("ar", "حريق في ناقلة بعد هجوم بطائرة مسيرة قرب الميناء"),
        ("he", "שריפה במכלית לאחר מתקפת רחפנים מול הנמל"),
        ("zh", "油轮在港口附近遭无人机袭击后起火"),
        ("zh", "油輪在港口附近遭無人機襲擊後起火"),
        ("ja", "港湾の沖でタンカーが無人機の攻撃を受け火災"),
        ("pl", "Pożar na tankowcu po ataku dronów w pobliżu portu"),
        ("tr", "Liman açıklarında tankere drone saldırısı: yangın çıktı"),
    ],
)
def test_one_event_is_told_alike_in_every_language(language: str, title: str) -> None:
    wanted = {"tanker", "drone", "fire", "port"}
    assert wanted - set(find(TABLE, title, "", language)) == set()


@pytest.mark.parametrize(
    ("language", "title", "concepts"),
    [
        ("en", "General strike halts ports", {"port", "strike_labour", "suspension"}),
        ("en", "Show opens to the general public", set()),
        ("en", "Prime minister resigns after vote", {"prime_minister", "resignation", "vote"}),
        ("fr", "Mais la pluie tombe sur la lande", set()),
        ("fr", "Grève des dockers : le premier ministre reçoit les syndicats", {"prime_minister", "strike_labour", "union_labour"}),
        ("es", "Las olas llegan a la playa", set()),
        ("de", "Die Gewerkschaft ruft zum Streik auf", {"strike_labour", "union_labour"}),
        ("it", "È nato il primo parco marino della regione", set()),
        ("it", "La NATO convoca gli alleati", {"alliance", "nato"}),
        ("pt", "Segunda-feira nas praias do norte", set()),
        ("ru", "После дождя место сбора изменили", set()),
        ("ru", "Суд приговорил шпиона к тюрьме", {"court", "prison", "spy", "verdict"}),
        ("uk", "Обмін полоненими: додому повернулися моряки", {"prisoner_swap", "return", "sailor"}),
        ("ar", "حزب الله يعلن موقفه", set()),
        ("he", "מדובר בעוד סיפור ארוך", set()),
        ("zh", "中国会继续努力", set()),
        ("ja", "首相が辞任を表明", {"prime_minister", "resignation"}),
        ("pl", "Premier podał się do dymisji po głosowaniu", {"prime_minister", "resignation", "vote"}),
        ("tr", "Başbakan istifa etti", {"prime_minister", "resignation"}),
    ],
)
def test_sentence_gives_its_concepts_and_no_other(language: str, title: str, concepts: set[str]) -> None:
    assert set(find(TABLE, title, "", language)) == concepts
