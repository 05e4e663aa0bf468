"""What a query finds in an article, and the words that say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from monitor.errors import QueryError
from monitor.pipeline.query import About, Found, match_doc, matches, parse
from monitor.pipeline.query_doc import Place, about_tagged, named_places
from monitor.records import CountryScore, Evidence, Tagged, ThemeScore
from tests.pipeline.query_kit import Article, asked


def found(query: str, title: str, text: str = "", language: str = "en", about: About | None = None) -> bool:
    return matches(parse(query), match_doc(title, text, language, about)) is not None


@pytest.mark.parametrize(
    ("query", "title", "language", "holds"),
    [
        # a word is met by its family, in the language of the article
        ("missile", "Missiles over Kyiv", "en", True),
        ("sanction", "Iran sanctioned", "en", True),
        ("sanctions", "La sanction tombe", "fr", True),
        ("война", "конец войны", "ru", True),
        ("missile", "missilery", "en", False),
        ("missiles", "Missile", "", True),  # a language nobody knows: the first six letters
        # words in quotes are met as they are
        ('"missile"', "Missiles over Kyiv", "en", False),
        ('"missile"', "MISSILE over Kyiv", "en", True),
        ('"air strike"', "Air strikes", "en", False),
        ('"air strike*"', "Air strikes", "en", True),
        ('"air strike"', "air base, strike", "en", False),
        # beginnings
        ("missil*", "Missilery", "en", True),
        ("missil*", "missi", "en", False),
        # case and accents
        ("elysee", "L'Élysée", "fr", True),
        ("ÉLYSÉE", "elysee", "fr", True),
        ("us", "US army", "en", True),
        ("=US", "US army", "en", True),
        ("=US", "tell us", "en", False),
        ("=us", "US army", "en", False),
        ("=Élysée", "Elysee", "fr", False),
        ("=E\u0301lyse\u0301e", "L'Élysée", "fr", True),
        ("=U.S.", "the U.S. army", "en", True),
        ("=U.S.", "the u.s. army", "en", False),
        # Arabic and Hebrew without article and conjunction
        ("جيش", "والجيش", "ar", True),
        ('"جيش لبنان"', "الجيش لبنان", "ar", True),
        ("=جيش", "الجيش", "ar", False),
        ("צבא", "הצבא", "he", True),
        ("צהל", 'חיילי צה"ל', "he", True),
        ("جيش", "والجيش", "en", False),
        # scripts without spaces
        ("海軍基地", "日本の海軍基地で", "ja", True),
        ("海軍基地", "海軍と基地", "ja", False),
        ("海軍", "日本の海軍基地で", "ja", True),
        ("海", "海軍", "ja", True),
        ("海", "上海", "ja", False),
        ("F35戦闘機", "最新のF35戦闘機", "ja", True),
        # hyphens and apostrophes
        ("ultra-orthodox", "ultra orthodox parties", "en", True),
        ("ultra-orthodox", "orthodox ultra parties", "en", False),
        ("armée", "l'armée", "fr", True),
        ("F-35", "F35 F 35", "en", True),
        # numbers
        ("1701", "résolution 1701", "fr", True),
        ("1701", "résolution 17012", "fr", False),
        # nearness counts the words between
        ("army NEAR/2 border", "army at the border", "en", True),
        ("army NEAR/1 border", "army at the border", "en", False),
        ("border NEAR/2 army", "army at the border", "en", True),
        ("border WITHIN/2 army", "army at the border", "en", False),
        ("army WITHIN/2 border", "army at the border", "en", True),
        ("army NEAR/0 border", "border army", "en", True),
        ("army NEAR/5 army", "the army", "en", False),
        ("army NEAR/5 army", "army against army", "en", True),
        ('"red army" NEAR/1 army', "red army", "en", False),
        ("(army OR navy) NEAR/1 (port OR border)", "the navy in port", "en", True),
        ("army NEAR/3 border", "border and x x x x army x border", "en", True),
        # the whole article
        ("army -border", "army", "en", True),
        ("army -border", "army border", "en", False),
        ("army NOT (border coast)", "army border", "en", True),
        ("a OR b c", "b", "en", False),
        ("a OR b c", "a", "en", True),
        ("(a OR b) c", "a", "en", False),
    ],
)
def test_words_are_met(query: str, title: str, language: str, holds: bool) -> None:
    assert found(query, title, language=language) is holds
    assert found(query, "", title, language) is holds


LONG = "word " * 119 + "last. next " + "word " * 60 + "end"


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("title:headline", True),
        ("text:headline", False),
        ("lead:last", True),
        ("lead:next", False),
        ("text:last text:next", True),
        ("title:last", False),
        ("title:(headline NEAR/50 word)", False),
        ("headline NEAR/50 word", False),
        ("last NEAR/50 next", False),
        ('"last next"', False),
        ("lead:(word NEAR/1 last)", True),
        ("title:(word NEAR/1 last)", False),
        ("lead:(word NEAR/50 end)", False),
        ("title:(headline -last)", True),
    ],
)
def test_zones_bound_terms_and_nearness(query: str, holds: bool) -> None:
    assert found(query, "A headline", LONG) is holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("w " * 500, 120),
        ("w " * 119 + "w. w " + "w " * 80, 120),
        ("w " * 129 + "w. w " + "w " * 80, 130),
        ("w " * 159 + "w. w " + "w " * 80, 160),
        ("w " * 160 + "w. w " + "w " * 80, 120),
        ("w " * 90, 90),
        ("w " * 120, 120),
        ("w " * 125, 120),
        ("", 0),
    ],
)
def test_lead_ends_with_the_sentence_of_its_last_word(text: str, words: int) -> None:
    assert match_doc("", text, "en").counts[1] == words


ABOUT = About(
    outlet=("le-monde", "Le Monde"),
    country="FR",
    kind="newspaper",
    themes=("drones_ai",),
    regions=("ML", "011", "africa"),
    entities=("o.nato",),
    authors=("Marie-Claire Dupont", "A. B."),
    story="3F0C",
    has=("text",),
    published=datetime(2025, 3, 1, 0, 30, tzinfo=UTC),
    places={"o.nato": (Place(False, 2, 1),)},
)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("lang:fr", True),
        ("lang:fr-CA", True),
        ("lang:fr-FR", False),
        ("outlet:le-monde", True),
        ('outlet:"Le Monde"', True),
        ("outlet:le", False),
        ("country:fr", True),
        ("country:ML", False),
        ("kind:newspaper", True),
        ("kind:agency", False),
        ("theme:drones_ai", True),
        ("theme:drones", False),
        ("region:ML", True),
        ("region:011", True),
        ("region:africa", True),
        ("region:FR", False),
        ("@geo:ML", True),
        ("@o.nato", True),
        ("entity:o.nato", True),
        ("@o.un", False),
        ("lead:@o.nato", True),
        ("title:@o.nato", False),
        ("text:(armée NEAR/5 @o.nato)", True),
        ("title:(armée NEAR/5 @o.nato)", False),
        ("author:dupont", True),
        ('author:"Claire Dupont"', True),
        ('author:"Marie Dupont"', False),
        ("story:3f0c", True),
        ("story:3f", False),
        ("has:text", True),
        ("has:paywall", False),
        ("after:2025-03-01", True),
        ("after:2025-03-02", False),
        ("before:2025-03-01", False),
        ("before:2025-03-02", True),
        ("@o.nato NEAR/1 armée", True),
        ("@o.nato NEAR/0 armée", False),
        ("armée WITHIN/1 @o.nato", True),
        ("NOT lang:en", True),
        ("title:headline", True),
    ],
)
def test_what_is_known_of_an_article_is_met(query: str, holds: bool) -> None:
    assert found(f"({query}) armée", "headline", "armée et OTAN", "fr-CA", ABOUT) is holds


@pytest.mark.parametrize("query", ["after:1900", "before:2100"])
def test_article_without_a_date_is_neither_before_nor_after(query: str) -> None:
    assert found(f"army {query}", "army") is False


def test_found_words_can_be_marked_in_title_and_text() -> None:
    title, text = "NATO’s Missiles — again", "The army crossed «the» border. Élysée: F35戦闘機."
    match = matches(
        parse('missile ("army crossed" OR coup*) "élysée" 戦闘機 (army NEAR/5 border) theme:drones_ai -coup'),
        match_doc(title, text, "en", ABOUT),
    )
    assert match is not None
    assert match.found == (
        Found("missile", "Missiles", "title", 2, 7, 15),
        Found("army", "army", "lead", 1, 4, 8),
        Found('"army crossed"', "army crossed", "lead", 1, 4, 16),
        Found("border", "border", "lead", 4, 23, 29),
        Found('"élysée"', "Élysée", "lead", 5, 31, 37),
        Found('"戦闘機"', "戦闘機", "lead", 7, 42, 45),
        Found("theme:drones_ai", "", "", 0, -1, -1),
    )
    assert [(title if one.zone == "title" else text)[one.start : one.end] for one in match.found[:-1]] == [
        "Missiles", "army", "army crossed", "border", "Élysée", "戦闘機",
    ]  # fmt: skip


def test_only_branches_that_hold_are_reasons() -> None:
    match = matches(parse("(army coup) OR border"), match_doc("Army at the border", "", "en"))
    assert match is not None
    assert [one.term for one in match.found] == ["border"]


def test_entities_are_shown_where_they_are_named() -> None:
    match = matches(parse("@o.nato"), match_doc("", "armée et OTAN", "fr", ABOUT))
    assert match is not None
    assert match.found == (Found("@o.nato", "OTAN", "lead", 2, 9, 13),)


def test_places_beyond_the_text_are_left_out() -> None:
    places = {"o.nato": (Place(True, 0, 1), Place(False, 3, 1), Place(False, -1, 1), Place(False, 0, 0))}
    assert match_doc("", "one two three", "en", About(places=places)).named == {"o-nato": ()}


def test_what_tagging_found_is_what_queries_ask_for() -> None:
    evidence = (
        Evidence("entity:o.nato", "North Atlantic Treaty", "title", 1),
        Evidence("entity:o.nato", "NATO", "lead", 3),
        Evidence("entity:o.un", "UN", "body", 5),
        Evidence("theme:terror", "attack", "lead", 0),
    )
    tagged = Tagged("africa", {}, (CountryScore("ML", 2.0, 3),), (ThemeScore("terror", 4.0, 0.7),), ("o.nato", "o.un"), evidence=evidence)
    about = about_tagged(tagged, About(country="FR", regions=("x",)), {"ML": ("011", "africa")})
    assert about == About(
        country="FR",
        themes=("terror",),
        regions=("x", "africa", "ML", "011", "africa"),
        entities=("o.nato", "o.un"),
        places={"o.nato": (Place(True, 1, 3), Place(False, 3, 1)), "o.un": (Place(False, 125, 1),)},
    )
    assert named_places([]) == {}


def test_hostile_text_of_one_word_is_judged_in_proportion_to_its_length() -> None:
    doc = match_doc("", "a " * 100_000, "en")
    match = matches(parse('(a NEAR/50 a) ("a a a" OR abc*) (a WITHIN/50 "a a")'), doc)
    assert match is not None
    assert len(match.found) == 500


def _or_none(text: str) -> object:
    try:
        return parse(text)
    except QueryError:
        return None


@settings(max_examples=200, deadline=None)
@given(asked())
def test_negation_is_the_opposite_and_spans_read_as_found(case: tuple[Article, str]) -> None:
    (title, body, language, about), text = case
    if _or_none(text) is None:
        return
    doc = match_doc(title, body, language, about)
    everywhere = match_doc(title, body, language, replace(about, story="everywhere"))
    match = matches(parse(text), doc)
    assert (match is None) is (matches(parse(f"story:everywhere NOT ({text})"), everywhere) is not None) or "story:" in text
    for one in match.found if match else ():
        source = title if one.zone == "title" else body
        assert (one.zone == "") or (0 <= one.start < one.end <= len(source) and source[one.start : one.end].strip())
