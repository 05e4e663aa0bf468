"""Themes are scored by zone, damped by length, less noise; the section is the region of the strongest country."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.knowledge import NOISE, WORLDWIDE, Combination, Gazetteer, GazetteerEntry, ThemeDef, Themes, Words, parse_term
from monitor.pipeline.places import compile_places
from monitor.pipeline.tag import Tagger, compile_tagger, tag
from monitor.pipeline.words import tokenise
from monitor.pipeline.words_terms import LEAD_WORDS, Span, TermTable, read
from monitor.records import Tagged

REGIONS = {"ML": "africa", "FR": "europe", "JP": "asia", "US": "america", "DE": "europe"}
NAMES = {"en": {"Mali": "ML", "France": "FR", "Japan": "JP", "United States": "US", "Germany": "DE"}}
NATO = GazetteerEntry("o.nato", "org", {"*": ("NATO",)})


def build(*themes: ThemeDef) -> Tagger:
    places = compile_places(Gazetteer("2025-11", (NATO,)), NAMES, {}, REGIONS, ["en", "fr", "zh", "ar"])
    return compile_tagger(Themes(themes), places, {"o.nato": {"alliances": 2.0}})


def theme(terms: dict[str, float], name: str = "t", language: str = "en", **more: object) -> ThemeDef:
    return ThemeDef(name, {"en": name}, terms={language: terms}, threshold=1.0, **more)  # type: ignore[arg-type]


def score(found: Tagged, name: str = "t") -> float:
    return next((one.score for one in found.themes if one.theme == name), 0.0)


def test_term_counts_by_zone_and_at_most_twice() -> None:
    tagger = build(theme({"missile": 3}))
    body = "word " * LEAD_WORDS
    assert score(tag(tagger, "Missile", "", "en")) == 6.0
    assert score(tag(tagger, "x", "missiles", "en")) == 4.5
    assert score(tag(tagger, "Missile", f"{body} missile", "en")) == 9.0
    assert score(tag(tagger, "Missile", "missile missile missile", "en")) == 10.5


def test_body_adds_at_most_what_title_and_lead_say() -> None:
    tagger = build(theme({"missile": 3, "port": 1}))
    body = "word " * LEAD_WORDS
    assert score(tag(tagger, "x", f"{body} missile", "en")) == 0.0
    assert score(tag(tagger, "Port", f"{body} missile", "en")) == 4.0


def test_word_inside_a_longer_phrase_of_another_theme_counts_for_the_phrase_only() -> None:
    tagger = build(theme({"military": 2}), theme({"military spending": 3}, "money"))
    assert [one.theme for one in tag(tagger, "Military spending rises", "", "en").themes] == ["money"]
    assert [one.theme for one in tag(tagger, "Military rises", "", "en").themes] == ["t"]


def test_long_text_is_damped() -> None:
    tagger = build(theme({"missile": 3}))
    assert score(tag(tagger, "Missile", "word " * 600, "en")) == pytest.approx(6 / 1.104, abs=0.01)


def test_text_is_tagged_by_its_beginning() -> None:
    tagger = build(theme({"missile": 3, "port": 3}))
    edge = LEAD_WORDS + 1_200
    found = [score(tag(tagger, "Port", "word " * before + "missile", "en")) > 6 for before in (edge - 1, edge)]
    assert found == [True, False]


def test_tokens_known_already_change_nothing() -> None:
    tagger = build(theme({"missile": 3}))
    text = "Mali buys a missile. " * 30
    assert tag(tagger, "Missile", text, "en", tokens=tokenise(text)) == tag(tagger, "Missile", text, "en")


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("dr*", "drones arrive", True),
        ("dr*", "a dragon and dr", True),
        ("dr*", "d r", False),
        ("sanction", "new sanctions agreed", True),
        ("accord", "according to him", False),
        ("terror*", "terrorists flee", True),
        ("=SAM", "a SAM site", True),
        ("=SAM", "Sam said", False),
        ("air strike", "an air strike hit", True),
        ("air strike", "a strike in the air", False),
        ("air strike*", "air strikes hit", True),
        ("army NEAR/2 draft", "the draft of the army", True),
        ("army NEAR/1 draft", "the draft of the army", False),
        ("draft WITHIN/3 army", "army then draft", False),
        ("draft NEAR/3 (army OR military)", "military draft", True),
    ],
)
def test_term_syntax(term: str, text: str, found: bool) -> None:
    assert (score(tag(build(theme({term: 3})), "x", text, "en")) > 0) is found


def test_window_never_crosses_from_title_into_text() -> None:
    assert score(tag(build(theme({"army NEAR/50 draft": 3})), "army", "draft", "en")) == 0.0


def test_chinese_is_found_inside_a_run_and_arabic_behind_its_article() -> None:
    assert score(tag(build(theme({"征兵": 3}, language="zh")), "政府恢复征兵制度", "", "zh")) == 6.0
    assert score(tag(build(theme({"غارة جوية": 3}, language="ar")), "الغارة الجوية", "", "ar")) == 6.0


def test_single_sign_is_found_in_every_pair_it_begins() -> None:
    table = TermTable("zh")
    number = table.add(Words("核"))
    assert table.find(read("核武器", "", "zh")) == {number: [Span(0, 1)]}


def test_terms_of_another_language_are_not_looked_for() -> None:
    assert score(tag(build(theme({"missile": 3})), "Missile", "", "fr")) == 0.0


def test_excluded_phrase_takes_the_match_away() -> None:
    tagger = build(theme({"missile": 3}, excluded={"en": ("missile toe",)}))
    assert score(tag(tagger, "missile toe", "", "en")) == 0.0
    assert score(tag(tagger, "missile toe and missile", "", "en")) == 6.0


def test_combination_needs_every_group_in_its_window() -> None:
    combination = Combination(4.0, (("law", "bill"), ("@geo:ML", "@o.nato"), ("draft*",)), within=6)
    tagger = build(theme({}, all_of=(combination,)))
    far = "word " * 20
    assert score(tag(tagger, "Bill on the draft in Mali", "", "en")) == 4.0
    assert score(tag(tagger, "Bill on the draft", "", "en")) == 0.0
    assert score(tag(tagger, "x", f"Bill on the draft {far} Mali", "en")) == 0.0


def test_combination_of_countries_needs_so_many_near_its_words() -> None:
    tagger = build(theme({}, all_of=(Combination(4.0, (("visit*",),), within=6, countries=2),)))
    far = "word " * 20
    assert score(tag(tagger, "Mali leader visits France", "", "en")) == 4.0
    assert score(tag(tagger, "Mali leader visits Mali", "", "en")) == 0.0
    assert score(tag(tagger, "x", f"Mali leader visits {far} France", "en")) == 0.0


def test_combination_takes_any_name_of_a_kind() -> None:
    tagger = build(theme({}, all_of=(Combination(4.0, (("@o.*",), ("budget",))),)))
    assert score(tag(tagger, "NATO budget", "", "en")) == 4.0
    assert score(tag(tagger, "Nothing but a budget", "", "en")) == 0.0


def test_entities_of_the_gazetteer_vote() -> None:
    tagger = build(theme({}, "alliances"), theme({}, "other", entities={"geo:ML": 1.0}))
    found = tag(tagger, "NATO in Mali", "", "en")
    assert (score(found, "alliances"), score(found, "other")) == (4.0, 2.0)


def test_noise_is_taken_off_every_theme_and_never_shown() -> None:
    noise = ThemeDef(NOISE, {}, terms={"en": {"football": 3}}, helper=True)
    found = tag(build(theme({"attack": 2}), noise), "Football: attack", "", "en")
    assert (found.themes, found.noise) == ((), 6.0)


def test_theme_far_behind_the_strongest_is_left_out() -> None:
    weak = ThemeDef("weak", {}, terms={"en": {"port": 1, "harbour": 1}}, threshold=3.0)
    tagger = build(theme({"missile": 10}), weak)
    assert [one.theme for one in tag(tagger, "missile port", "", "en").themes] == ["t"]
    assert [one.theme for one in tag(tagger, "missile port harbour", "", "en").themes] == ["t", "weak"]


def test_less_of_the_threshold_is_enough_for_a_headline() -> None:
    tagger = build(ThemeDef("t", {}, terms={"en": {"missile": 2}}, threshold=7.0))
    assert [one.theme for one in tag(tagger, "missile", "", "en").themes] == ["t"]
    assert tag(tagger, "missile", "word " * 150, "en").themes == ()


def test_words_of_a_place_name_are_no_terms() -> None:
    places = compile_places(Gazetteer("2025-11", ()), {"en": {"Port Sudan": "ML"}}, {}, REGIONS, ["en"])
    tagger = compile_tagger(Themes((theme({"port": 3}),)), places)
    assert score(tag(tagger, "Port Sudan", "", "en")) == 0.0
    assert score(tag(tagger, "The port", "", "en")) == 6.0


def test_evidence_names_the_words_and_the_place() -> None:
    found = tag(build(theme({"missile*": 3})), "Mali", "Two missiles fell", "en")
    assert [(one.what, one.words, one.zone, one.offset, one.rule) for one in found.evidence] == [
        ("place:ML", "Mali", "title", 0, "country"),
        ("theme:t", "missiles", "lead", 1, "missile*: 3"),
    ]


@pytest.mark.parametrize(
    ("title", "outlet", "hint", "section"),
    [
        ("Mali attack", "FR", "", "africa"),
        ("Mali, Japan and Germany sign", "", "", "focus"),
        ("France and Germany sign", "", "", "europe"),
        ("Prices rise", "JP", "", "asia"),
        ("Prices rise", "", "", "focus"),
        ("Prices rise", "FR", "africa", "africa"),
        ("Mali attack", "", "asia", "africa"),
    ],
)
def test_section(title: str, outlet: str, hint: str, section: str) -> None:
    found = tag(build(), title, "", "en", outlet_country=outlet, section_hint=hint)
    assert found.section == section


def test_story_of_the_whole_world_is_focus() -> None:
    world = ThemeDef(WORLDWIDE, {}, terms={"en": {"worldwide": 3}}, threshold=3.0, helper=True)
    found = tag(build(world), "Spending worldwide", "In Japan it fell.", "en")
    assert (found.section, found.themes) == ("focus", ())


def test_what_the_desk_knows_pickles_and_comes_back_equal() -> None:
    themes = Themes((theme({"missile": 3}, all_of=(Combination(1.0, (("a",), ("b",))),)),))
    assert pickle.loads(pickle.dumps(themes)) == themes


@pytest.mark.parametrize("term", ["", "*", "a NEAR/3 b NEAR/3 c", "a NEAR/99 b", "a*b", "=a*", "@nato", "(a OR b)", "…"])
def test_term_that_cannot_be_read_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_term(term)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200), st.sampled_from(["en", "zh", "ar", ""]))
def test_any_text_is_tagged(title: str, text: str, language: str) -> None:
    found = tag(build(theme({"missile": 3})), title, text, language)
    assert found.section in {"africa", "europe", "asia", "america", "focus"}
    assert all(0 < one.confidence <= 1 for one in found.themes)
