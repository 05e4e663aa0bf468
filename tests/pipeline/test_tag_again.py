"""What has to be tagged again when terms change, and what an article keeps whose text has gone."""

from __future__ import annotations

from dataclasses import replace

from monitor.knowledge import Combination, HeadlineTest, ThemeDef, Themes
from monitor.pipeline.tag_again import Concerned, both, by_what_is_left, concerned, fingerprint, prints
from monitor.records import CountryScore, Evidence, Tagged, ThemeScore

NAVY = ThemeDef("navy", {"en": "Navy"}, threshold=4, terms={"en": {"frigate*": 2}, "fr": {"frégate*": 2}})
ARMS = ThemeDef("arms", {"en": "Arms"}, terms={"*": {"=HIMARS": 3}}, entities={"@o.nato": 1.0})


def change(before: ThemeDef, after: ThemeDef) -> Concerned | None:
    return concerned(prints(Themes((before, ARMS))), prints(Themes((after, ARMS))))


def test_terms_of_a_language_concern_the_articles_of_that_language() -> None:
    assert change(NAVY, replace(NAVY, terms={**NAVY.terms, "fr": {"frégate*": 2, "corvette*": 2}})) == Concerned(("navy",), ("fr",))
    assert change(NAVY, replace(NAVY, excluded={"en": ("frigate bird*",)})) == Concerned(("navy",), ("en",))
    assert change(NAVY, replace(NAVY, terms={"en": NAVY.terms["en"]})) == Concerned(("navy",), ("fr",))


def test_what_is_of_no_language_concerns_every_article() -> None:
    everything = Concerned(("navy",), ("*",))
    assert change(NAVY, replace(NAVY, threshold=3)) == everything
    assert change(NAVY, replace(NAVY, terms={**NAVY.terms, "*": {"=FREMM": 2}})) == everything
    assert change(NAVY, replace(NAVY, all_of=(Combination(3, (("ship",), ("gun",))),))) == everything
    assert concerned(prints(Themes((ARMS,))), prints(Themes((ARMS, NAVY)))) == everything


def test_what_decides_of_no_tag_concerns_none() -> None:
    other = replace(NAVY, label={"en": "Fleet"}, priority=0.9, tests=(HeadlineTest("A", "en", ()),), excluded={"de": ()})
    assert change(NAVY, replace(other, terms={"fr": {"frégate*": 2.0}, "en": {"frigate*": 2.0}, "de": {}})) is None


def test_the_order_of_terms_does_not_matter_and_their_weights_do() -> None:
    some = replace(NAVY, terms={"en": {"a word": 1, "another": 2}})
    turned = replace(NAVY, terms={"en": {"another": 2.0, "a word": 1.0}})
    heavier = replace(NAVY, terms={"en": {"another": 2.5, "a word": 1.0}})
    assert change(some, turned) is None
    assert fingerprint(prints(Themes((some,)))) == fingerprint(prints(Themes((turned,))))
    assert change(some, heavier) == Concerned(("navy",), ("en",))


def test_two_changes_are_joined() -> None:
    assert both(Concerned(("navy",), ("fr",)), Concerned(("arms",), ("en", "fr"))) == Concerned(("arms", "navy"), ("en", "fr"))
    assert both(Concerned(("navy",), ("fr",)), Concerned(("arms",), ("*",))) == Concerned(("arms", "navy"), ("*",))


# ── what is left ─────────────────────────────────────────────────────────────────────────────────────────────────────

ML = (CountryScore("ML", 2.0, 3),)
BEFORE = Tagged(
    "africa",
    {},
    ML,
    (ThemeScore("terror", 6.0, 0.9), ThemeScore("navy", 5.0, 0.8)),
    evidence=(
        Evidence("place:ML", "Mali", "body", 3),
        Evidence("theme:terror", "bombing", "body", 9, "bombing*: 2"),
        Evidence("theme:navy", "frigates", "body", 40, "frigate*: 2"),
    ),
)
NOTHING_LEFT = Tagged("europe", {}, (), ())


def kept(left: Tagged, theme: ThemeDef | None) -> Tagged:
    return by_what_is_left(BEFORE, left, {"navy"}, {theme.id: theme} if theme else {}, "en")


def test_without_its_text_an_article_keeps_what_the_change_does_not_touch() -> None:
    assert kept(NOTHING_LEFT, replace(NAVY, terms={"en": {"frigate*": 2, "corvette*": 2}})) == BEFORE


def test_a_theme_goes_when_a_word_that_spoke_for_it_is_taken_away() -> None:
    rest = replace(BEFORE, themes=BEFORE.themes[:1], evidence=BEFORE.evidence[:2])
    assert kept(NOTHING_LEFT, replace(NAVY, terms={"en": {"corvette*": 2}})) == rest
    assert kept(NOTHING_LEFT, replace(NAVY, terms={"en": {"frigate*": 1}})) == rest
    assert kept(NOTHING_LEFT, None) == rest


def test_a_theme_comes_when_the_title_gives_it() -> None:
    told = Evidence("theme:navy", "Corvettes", "title", 0, "corvette*: 4")
    left = replace(NOTHING_LEFT, themes=(ThemeScore("navy", 8.0, 0.95),), evidence=(told,))
    found = kept(left, replace(NAVY, terms={"en": {"corvette*": 4}}))
    assert found.themes == (ThemeScore("navy", 8.0, 0.95), ThemeScore("terror", 6.0, 0.9))
    assert found.evidence == (*BEFORE.evidence[:2], told)
    assert (found.section, found.countries) == ("africa", ML)


def test_what_the_title_says_of_other_themes_changes_nothing() -> None:
    left = replace(NOTHING_LEFT, themes=(ThemeScore("sport", 9.0, 0.9),))
    assert kept(left, NAVY) == BEFORE
