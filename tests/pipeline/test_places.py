"""Countries and entities are found by the longest name, guarded against words that only look like names, and scored by zone."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.countries import country_names, exact_case_names, language_adjectives, section_of_country
from monitor.config.gazetteer_file import load_gazetteer
from monitor.knowledge import Gazetteer, GazetteerEntry
from monitor.pipeline.places import PlaceMatcher, PlacesFound, compile_places, find
from monitor.pipeline.section import section_of
from monitor.pipeline.words_terms import read

LANGUAGES = ("fr", "en", "de", "it", "es", "pt", "ru", "uk", "ar", "he", "zh", "ja", "pl", "tr")


@cache
def shipped() -> PlaceMatcher:
    return compile_places(
        load_gazetteer(),
        country_names(LANGUAGES),
        language_adjectives(LANGUAGES),
        section_of_country(),
        LANGUAGES,
        exact_names=exact_case_names(LANGUAGES),
    )


def small(*entries: GazetteerEntry) -> PlaceMatcher:
    gazetteer = Gazetteer("2025-11", entries, {"fr": {"malien*": "ML"}})
    names = {"fr": {"Mali": "ML", "Guinée": "GN", "Guinée équatoriale": "GQ"}, "en": {"Turkey": "TR", "Chad": "TD", "Mali": "ML"}}
    return compile_places(gazetteer, names, {}, {"ML": "africa"}, ["fr", "en"], exact_names={"en": frozenset({"Turkey", "Chad"})})


def places(title: str, language: str, text: str = "") -> PlacesFound:
    return find(shipped(), read(title, text, language))


@pytest.mark.parametrize(
    ("language", "title", "countries"),
    [
        ("fr", "Mali : dix-sept morts dans l’attaque d’un convoi", ["ML"]),
        ("fr", "L’armée malienne reprend une localité", ["ML"]),
        ("fr", "Guinée-Bissau : un putsch déjoué", ["GW"]),
        ("fr", "Cachemire : tirs à la frontière", ["IN", "PK"]),
        ("en", "Two Russian jets enter Estonian airspace", ["EE", "RU"]),
        ("en", "US and UK sign pact", ["GB", "US"]),
        ("en", "Leave it to us, they said", []),
        ("en", "Families roast a turkey for the holiday", []),
        ("en", "Lagos port reopens after Nigerian strike", ["NG"]),
        ("de", "Ukrainische Drohnen treffen Raffinerie", ["UA"]),
        ("de", "Streitkräfte Malis melden Verluste", ["ML"]),
        ("it", "La marina cinese nello stretto", ["CN"]),
        ("es", "Buque filipino en el mar de la China Meridional", ["CN", "PH"]),
        ("pt", "Exército colombiano captura guerrilheiros", ["CO"]),
        ("ru", "В Украине объявлена тревога", ["UA"]),
        ("ru", "Эстонские пограничники закрыли переход", ["EE"]),
        ("uk", "Пірати біля берегів Нігерії", ["NG"]),
        ("uk", "Вибори у Нігері", ["NE"]),
        ("uk", "Росію звинуватили у порушенні", ["RU"]),
        ("ar", "الجيش اللبناني يعثر على نفق", ["LB"]),
        ("ar", "وفي السودان معارك جديدة", ["SD"]),
        ("he", "ירי בלבנון", ["LB"]),
        ("he", "דובר צה״ל מסר", ["IL"]),
        ("zh", "乌克兰与俄罗斯交换战俘", ["RU", "UA"]),
        ("zh", "美军战机飞越南海", ["CN", "PH", "US"]),
        ("ja", "フィンランドが調査開始", ["FI"]),
        ("ja", "マリーナで火災", []),
        ("pl", "Ćwiczenia na Ukrainie i w Estonii", ["EE", "UA"]),
        ("tr", "Yunanistan’la hava sahası görüşmesi", ["GR"]),
    ],
)
def test_countries_of_a_headline(language: str, title: str, countries: list[str]) -> None:
    assert sorted(places(title, language).scores) == countries


@pytest.mark.parametrize(
    ("language", "title", "entities"),
    [
        ("fr", "L’Otan renforce sa présence", ["o.nato"]),
        ("zh", "北约举行会议", ["o.nato"]),
        ("ar", "حلف شمال الأطلسي يجتمع", ["o.nato"]),
        ("ru", "Хуситы атаковали судно в Красном море", ["a.houthi", "r.redsea"]),
        ("he", "חיזבאללה לא הגיב", ["a.hezbollah"]),
        ("fr", "Des rafales de vent attendues", []),
        ("en", "Wagner fighters leave Mali", []),
    ],
)
def test_entities_of_a_headline(language: str, title: str, entities: list[str]) -> None:
    assert sorted(places(title, language).entities) == entities


def test_longest_name_wins_and_uses_up_its_words() -> None:
    found = find(small(), read("Guinée équatoriale et Guinée", "", "fr"))
    assert [(hit.geo, hit.evidence.words, hit.evidence.offset) for hit in found.hits] == [
        (("GQ",), "Guinée équatoriale", 0),
        (("GN",), "Guinée", 3),
    ]


def test_every_hit_says_why() -> None:
    hit = find(small(), read("Attaque", "Des soldats maliens sont morts.", "fr")).hits[0]
    assert (hit.rule, hit.evidence.what, hit.evidence.words, hit.evidence.zone, hit.evidence.offset) == (
        "demonym", "place:ML", "maliens", "lead", 2,
    )  # fmt: skip


def test_mention_counts_two_in_title_one_in_lead_a_third_in_body() -> None:
    words = "mot " * 130
    assert find(small(), read("Mali", "", "fr")).scores == {"ML": 2.0}
    assert find(small(), read("x", "Mali", "fr")).scores == {"ML": 1.0}
    assert find(small(), read("x", f"{words} Mali", "fr")).scores == {"ML": 0.3}


def test_outlets_own_country_counts_less() -> None:
    assert find(small(), read("Mali", "", "fr"), home="ML").scores == {"ML": 1.2}


def test_metonym_counts_less_than_the_name() -> None:
    army = GazetteerEntry("o.fama", "org", {"*": ("FAMa",)}, geo=("ML",))
    assert find(small(army), read("FAMa", "", "fr")).scores == {"ML": 1.4}


def test_cased_word_counts_only_written_so_and_not_first_in_a_sentence() -> None:
    entry = GazetteerEntry("o.quad", "org", {"*": ("Quad",)}, geo=("ML",), case=True)
    texts = {"The Quad meets": 1, "the quad meets": 0, "Quad meets": 0, "Leaders Of The Quad Meet Today": 0}
    assert {text: len(find(small(entry), read(text, "", "en")).hits) for text in texts} == texts


def test_context_admits_and_not_excludes() -> None:
    guarded = GazetteerEntry(
        "w.taurus", "weapon", {"*": ("Taurus",)}, geo=("ML",), context=("missile",), excluded=("Taurus constellation",)
    )
    texts = {"The Taurus missile": 1, "The Taurus car": 0, "The Taurus constellation, a missile": 0}
    assert {text: len(find(small(guarded), read(text, "", "en")).hits) for text in texts} == texts


def test_person_is_found_by_sound_in_cyrillic() -> None:
    person = GazetteerEntry("p.someone", "person", {"*": ("Brandvoldsen",)}, geo=("ML",))
    matcher = compile_places(Gazetteer("2025-11", (person,)), {}, {}, {}, ["ru", "uk"])
    assert find(matcher, read("Заявил Брандволдсен", "", "ru")).entities == {"p.someone": 1}


def test_language_without_names_reads_international_ones() -> None:
    assert sorted(places("NATO en Mali", "sw").scores) == ["150", "ML"]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200), st.sampled_from([*LANGUAGES, "", "xx"]))
def test_any_text_gives_places_in_bounds(title: str, text: str, language: str) -> None:
    found = find(shipped(), read(title, text, language))
    assert len(found.countries) <= 4
    assert all(hit.span.start < hit.span.end and hit.evidence.offset >= 0 for hit in found.hits)


# ── who is in office ─────────────────────────────────────────────────────────────────────────────────────────────────

OFFICES = small(
    GazetteerEntry("p.rutte_nl", "person", {"*": ("Rutte",)}, ("NL",), valid_from="2010-10", valid_to="2024-07"),
    GazetteerEntry("p.rutte", "person", {"*": ("Rutte",)}, ("GQ",), themes={"alliances": 0.5}, valid_from="2024-10"),
)


@pytest.mark.parametrize(
    ("on", "means", "rule", "score"),
    [
        (date(2012, 3, 1), "p.rutte_nl", "entity", 1.4),
        (date(2024, 7, 31), "p.rutte_nl", "entity", 1.4),
        (date(2024, 8, 1), "p.rutte", "former", 0.7),
        (date(2024, 10, 1), "p.rutte", "entity", 1.4),
        (date(2009, 1, 1), "p.rutte", "former", 0.7),
        (None, "p.rutte", "entity", 1.4),
    ],
)
def test_holder_of_an_office_on_the_day_of_the_article(on: date | None, means: str, rule: str, score: float) -> None:
    found = find(OFFICES, read("Rutte speaks", "", "en"), on=on)
    assert [(hit.means, hit.rule) for hit in found.hits] == [(means, rule)]
    assert list(found.scores.values()) == [score]
    assert found.entities == {means: 1}


def test_person_out_of_office_is_weaker_than_a_country() -> None:
    found = find(shipped(), read("Biden remembered in Kenya", "", "en"), on=date(2026, 5, 1))
    assert found.scores == {"KE": 2.0, "US": 0.7}


# ── names in their forms ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "title", "country"),
    [
        ("ru", "Встреча с Лавровым отложена", "RU"),
        ("ru", "Переговоры с Пашиняном", "AM"),
        ("ru", "Под Покровском бои", "UA"),
        ("ru", "Рейс из Бангкока", "TH"),
        ("ru", "Выборы в Бухаресте", "RO"),
        ("ru", "Доходы растут, критика тоже", ""),
        ("pl", "Rozmowy z Macronem", "FR"),
        ("de", "Selenskyjs Plan", "UA"),
        ("de", "Pekings Flotte läuft aus", "CN"),
        ("de", "Die Euphorie ist vorbei", ""),
        ("ar", "رسالة للحشد الشعبي", "IQ"),
        ("ar", "وبوتين يرد", "RU"),
        ("ar", "تصريح للسيسي", "EG"),
        ("zh", "赖清德发表讲话", "TW"),
        ("ja", "高市首相が会見", "JP"),
        ("fa", "عراقچی: مذاکره ادامه دارد", "IR"),
        ("tr", "Fidan'ın ziyareti", "TR"),
    ],
)
def test_forms_of_names(language: str, title: str, country: str) -> None:
    assert [score.country for score in places_in(title, language).countries] == ([country] if country else [])


@cache
def with_persian() -> PlaceMatcher:
    languages = (*LANGUAGES, "fa")
    return compile_places(
        load_gazetteer(), country_names(languages), language_adjectives(languages), section_of_country(), languages,
        exact_names=exact_case_names(languages),
    )  # fmt: skip


def places_in(title: str, language: str) -> PlacesFound:
    return find(with_persian(), read(title, "", language))


@pytest.mark.parametrize(
    ("language", "title", "country"),
    [
        ("de", "Der Gazakrieg spaltet die Partei", "PS"),
        ("de", "Streit um Chinapolitik", "CN"),
        ("de", "Irankurs bleibt hart", "IR"),
        ("de", "Moskauer Raffinerie brennt", "RU"),
        ("de", "Kiewer Bürgermeister warnt", "UA"),
        ("de", "Kapverden wählt", "CV"),
        ("de", "Perücken werden teurer", ""),
        ("de", "Katarina liest vor", ""),
        ("fr", "Le polisario rejette le texte", "EH"),
        ("it", "I pasdaran fermano una nave", "IR"),
        ("es", "El chavismo cierra filas", "VE"),
        ("ru", "Совет Федерации одобрил закон", "RU"),
        ("ru", "Палата пуста", ""),
        ("ar", "أبو مازن يلقي كلمة", "PS"),
        ("ar", "الاستخبارات الألمانية تحذر", "DE"),
        ("ar", "الجيش الألباني يتدرب", "AL"),
        ("ar", "الجيش العراقي يتسلم القاعدة", "IQ"),
        ("ar", "الجيش السعودي يتسلم القاعدة", "SA"),
        ("ar", "الجيش الكوري الشمالي يتدرب", "KP"),
        ("zh", "俄防长视察部队", "RU"),
        ("zh", "韩国会通过法案", "KR"),
        ("zh", "各国增加政府开支", ""),
    ],
)
def test_press_forms_of_names(language: str, title: str, country: str) -> None:
    assert [score.country for score in places(title, language).countries] == ([country] if country else [])


@pytest.mark.parametrize(
    ("title", "countries"),
    [
        ("中俄举行联合演习", {"CN", "RU"}),
        ("刚卢签署和平协议", {"CD", "RW"}),
        ("以黎边境交火", {"IL", "LB"}),
        ("美委关系恶化", {"US", "VE"}),
        ("日本首相访问", {"JP"}),
        ("今日菲律宾", {"PH"}),
    ],
)
def test_two_countries_in_one_chinese_word(title: str, countries: set[str]) -> None:
    assert {score.country for score in places(title, "zh").countries} == countries


@pytest.mark.parametrize(
    ("language", "title", "country"),
    [
        ("fr", "Le traité d’Ottawa vacille", ""),
        ("de", "Pariser Abkommen: Bilanz", ""),
        ("es", "Los acuerdos de Minsk, diez años después", "UA"),
        ("en", "Nobel peace laureates call for a ban", ""),
    ],
)
def test_treaty_is_not_where_its_town_is(language: str, title: str, country: str) -> None:
    assert [score.country for score in places(title, language).countries] == ([country] if country else [])


@pytest.mark.parametrize(
    ("language", "title", "section"),
    [
        ("en", "African Union suspends a member", "africa"),
        ("fr", "La Cedeao menace d’intervenir", "africa"),
        ("en", "Rutte urges allies to spend more", "europe"),
        ("ar", "الجامعة العربية تعقد قمة طارئة", "asia"),
        ("de", "OSZE sucht neue Führung", "europe"),
        ("de", "Sahelstaaten treten aus", "africa"),
        ("fr", "Le partage des eaux du Nil", "africa"),
        ("de", "Truppen am Euphrat", "asia"),
        ("zh", "多瑙河水位下降", "europe"),
        ("ar", "النيل من سمعة الجيش", "focus"),
    ],
)
def test_regional_body_or_river_stands_for_its_region(language: str, title: str, section: str) -> None:
    assert section_of(places(title, language).scores, section_of_country())[1] == section


# ── words of home ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_domestic_word_names_the_country_of_the_language_when_nothing_else_does() -> None:
    assert places("Senate passes the bill", "en").scores == {"US": 0.4}


def test_domestic_word_yields_to_any_country() -> None:
    assert places("Kenya: Senate passes the bill", "en").scores == {"KE": 2.0}


def test_domestic_word_counts_in_no_foreign_outlet() -> None:
    assert find(shipped(), read("Senate passes the bill", "", "en"), home="NG").scores == {}


def test_domestic_word_counts_in_headlines_only() -> None:
    assert places("A bill passes", "en", "The Senate voted.").scores == {}


# ── the shipped gazetteer ────────────────────────────────────────────────────────────────────────────────────────────


def test_shipped_gazetteer_is_large_and_of_all_kinds() -> None:
    kinds = {entry.kind for entry in load_gazetteer().entries}
    overlay = [entry for entry in load_gazetteer().entries if not entry.id.startswith("c.")]
    assert kinds >= {"person", "org", "armed", "metonym", "region", "weapon", "operation", "group", "domestic", "capital", "city", "venue"}
    assert len(overlay) >= 520


def test_name_of_an_entry_leads_to_its_own_section() -> None:
    """A name that another entry swallows would send its news elsewhere."""
    section = section_of_country()
    strange = []
    for entry in load_gazetteer().entries:
        if not entry.geo or entry.context or entry.case or entry.kind == "domestic" or entry.valid_to:
            continue
        own = {section_of({iso2: 1.0}, section)[1] for iso2 in entry.geo}
        for language, names in entry.aliases.items():
            for name in names if language in ("en", "fr", "de", "it", "es", "ar", "zh", "ja", "*") else ():
                found = places(name.strip("=").replace("*", ""), "en" if language == "*" else language)
                if found.scores and not own & {section_of({iso2: 1.0}, section)[1] for iso2 in found.scores}:
                    strange.append((entry.id, name, dict(found.scores)))
    overseas = {("c.fr.noum_a", name) for name in ("Nouméa", "Noumea", "Mayotte", "مايوت", "努美阿", "ヌメア")}
    pacific = {("c.us.los_angeles", name) for name in ("Guam", "غوام", "关岛", "グアム")}
    assert [one for one in strange if one[:2] not in overseas | pacific] == []
