"""Gained and lost headlines of a change of terms."""

from __future__ import annotations

from datetime import date

from monitor.knowledge import Gazetteer, HeadlineTest, ThemeDef, Themes
from monitor.pipeline import tag
from monitor.pipeline.places import compile_places
from monitor.pipeline.theme_trial import Headline, Moved, OtherThanBefore, compare, compare_tests
from monitor.records import Tagged

THEMES = Themes(
    (
        ThemeDef("navy", {"en": "Navy"}, threshold=4, terms={"en": {"frigate*": 2, "harbour": 1}}),
        ThemeDef("trade", {"en": "Trade"}, threshold=4, terms={"en": {"cargo": 2}}),
        ThemeDef("noise", {}, threshold=4, terms={"en": {"regatta": 3}}, helper=True),
    )
)
PLACES = compile_places(Gazetteer("2026-01", ()), {}, {}, {}, ("en",))
NOW = tag.compile_tagger(THEMES, PLACES)


def headline(title: str) -> Headline:
    return Headline(title, title, "", "GB", "", date(2026, 3, 14))


def tagging(tagger: tag.Tagger):  # type: ignore[no-untyped-def]
    def tagged(one: Headline) -> Tagged:
        return tag.tag(tagger, one.title, one.summary, "en")

    return tagged


HEADLINES = [headline(title) for title in ("Frigate leaves harbour", "Submarine surfaces", "Cargo on a frigate", "Rain")]


def test_gained_and_lost_headlines_come_with_the_words_that_speak_for_them() -> None:
    new = tag.with_terms(NOW, "navy", "en", {"submarine*": 3}, "en")
    found = compare("navy", "en", HEADLINES, tagging(NOW), tagging(new))
    assert (found.articles, found.before, found.after, found.gained, found.lost) == (4, 2, 1, 1, 2)
    assert found.gains == (Moved("Submarine surfaces", "Submarine surfaces", ("navy",), (("Submarine", "submarine*: 3"),)),)
    assert [(one.title, one.why) for one in found.losses] == [
        ("Frigate leaves harbour", (("Frigate", "frigate*: 2"), ("harbour", "harbour: 1"))),
        ("Cargo on a frigate", (("frigate", "frigate*: 2"),)),
    ]
    assert found.others == {}


def test_a_change_of_noise_shows_what_every_theme_loses_by_it() -> None:
    new = tag.with_terms(NOW, "noise", "en", {"regatta": 3, "cargo": 3}, "en")
    found = compare("noise", "en", HEADLINES, tagging(NOW), tagging(new), helper=True)
    assert [(one.title, one.themes) for one in found.losses] == [("Cargo on a frigate", ("navy", "trade"))]
    assert found.others == {"navy": (0, 1), "trade": (0, 1)}


def test_tests_that_break_or_are_mended_are_named() -> None:
    given = {"A": ("navy",), "B": (), "C": ("trade",)}
    tests = [HeadlineTest("A", "en", ("navy",)), HeadlineTest("B", "en", ("navy",)), HeadlineTest("C", "en", ("trade",))]
    after = {"A": (), "B": ("navy",), "C": ("trade",)}
    found = compare_tests(tests, given.__getitem__, after.__getitem__, tag.as_expected)
    assert (found.run, found.broken, found.mended) == (
        3,
        (OtherThanBefore("A", ("navy",), ()),),
        (OtherThanBefore("B", ("navy",), ("navy",)),),
    )


def test_terms_of_any_language_are_tried_in_the_language_spoken() -> None:
    new = tag.with_terms(NOW, "navy", "*", {"submarine*": 3}, "en")
    found = compare("navy", "en", HEADLINES, tagging(NOW), tagging(new))
    assert (found.gained, found.lost) == (1, 0)
