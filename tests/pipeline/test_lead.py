"""Ranking: every component moves as it says, reasons name what is so, and the digest is balanced."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.lead import REASONS, WEIGHTS, Candidate, balance, headline_of, is_lead, rank
from monitor.records import LeadScore, StoryArticle, StoryFacts, ThemeScore

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRIORITIES = {"terror": 1.0, "space": 0.5}


def an_article(name: str, *, hours: float = 1, **facts: object) -> StoryArticle:
    known: dict[str, object] = {"outlet": name, "owner": "", "country": "FR", "language": "fr", "weight": 0.6, "themes": ()}
    known["copy_group"] = name
    return StoryArticle(id=name, at=NOW - timedelta(hours=hours), **{**known, **facts})  # type: ignore[arg-type]


def a_story(*articles: StoryArticle, **facts: object) -> StoryFacts:
    return StoryFacts("s", articles, "africa", **facts)  # type: ignore[arg-type]


def ranked(*articles: StoryArticle, **facts: object) -> LeadScore:
    return rank(a_story(*articles, **facts), NOW, PRIORITIES, ("fr", "en"))


def terror(confidence: float = 0.8) -> tuple[ThemeScore, ...]:
    return (ThemeScore("terror", 5.0, confidence),)


def test_score_is_the_weighted_sum_of_its_components() -> None:
    found = ranked(an_article("a", themes=terror()), an_article("b", country="ML", language="en", hours=3))
    parts = found.components
    whole = 100 * parts["gate"] * parts["fresh"] * sum(weight * parts[name] for name, weight in WEIGHTS.items())
    assert found.score == pytest.approx(whole, abs=0.05)
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_copies_of_one_text_are_one_voice() -> None:
    alone = ranked(an_article("a"))
    copied = ranked(an_article("a"), an_article("b", copy_group="a"), an_article("c", copy_group="a"))
    assert copied.components["breadth"] == alone.components["breadth"]
    assert copied.reasons == ("no-theme", "single-voice", "agency-copies:2")


def test_outlets_of_one_owner_are_one_voice() -> None:
    owned = ranked(an_article("a", owner="o"), an_article("b", owner="o"))
    assert owned.components["breadth"] == ranked(an_article("a")).components["breadth"]


def test_five_languages_beat_twelve_copies_of_one() -> None:
    many = ranked(*(an_article(f"a{one}") for one in range(12)))
    languages = ranked(*(an_article(f"a{code}", language=code) for code in ("fr", "en", "ru", "ar", "zh")))
    assert many.components["diversity"] == 0.0
    assert languages.components["diversity"] == 0.5


def test_growth_is_measured_against_what_is_usual() -> None:
    quick = [an_article(f"a{one}", hours=2) for one in range(4)]
    assert ranked(*quick).components["velocity"] == 1.0
    assert ranked(*quick, expected_6h=4.0).components["velocity"] == 0.0
    assert ranked(*(an_article(f"a{one}", hours=9) for one in range(4))).components["velocity"] == 0.0


def test_theme_counts_by_the_desks_priority() -> None:
    assert ranked(an_article("a", themes=terror())).components["theme"] == 0.8
    assert ranked(an_article("a", themes=(ThemeScore("space", 5.0, 0.8),))).components["theme"] == 0.4
    assert ranked(an_article("a", themes=(ThemeScore("unknown", 5.0, 0.8),))).components["theme"] == 0.0


def test_single_voice_of_an_unrated_outlet_is_halved() -> None:
    assert ranked(an_article("a", weight=0.2)).components["gate"] == 0.5
    assert ranked(an_article("a", weight=0.6)).components["gate"] == 1.0
    assert ranked(an_article("a", weight=0.2), an_article("b", weight=0.2)).components["gate"] == 1.0


def test_noise_scores_nothing() -> None:
    found = ranked(an_article("a", noise=2.0), an_article("b", noise=3.0), an_article("c"))
    assert (found.score, found.reasons[0]) == (0.0, "noise")


def test_old_story_fades_and_says_so() -> None:
    old = ranked(an_article("a", hours=60))
    assert old.score < ranked(an_article("a")).score / 5
    assert old.reasons[-1] == "old"


def test_pinned_story_gains_fifty_points() -> None:
    assert ranked(an_article("a"), pinned=True).score == pytest.approx(ranked(an_article("a")).score + 50)


def test_reasons_are_codes_with_values() -> None:
    found = ranked(
        an_article("a", themes=terror(), language="ru", country="RU"),
        an_article("b", themes=terror(), language="ar", country="LB"),
        an_article("c", copy_group="b", language="ar", country="LB"),
        novelty=0.6,
    )
    assert found.reasons == (
        "theme:terror:0.80", "voices:2", "languages:ar,ru", "countries:2", "agency-copies:1", "not-in:fr,en", "growing:2", "follows:0.60",
    )  # fmt: skip
    assert {reason.partition(":")[0] for reason in found.reasons} <= REASONS.keys()


def test_story_told_by_one_country_only_says_so() -> None:
    assert "one-country:RU" in ranked(an_article("a", country="RU"), an_article("b", country="RU")).reasons


def test_story_without_articles_scores_nothing() -> None:
    assert ranked().score == 0.0


@pytest.mark.parametrize(
    ("articles", "lead"),
    [
        ((an_article("a", themes=terror()),), True),
        ((an_article("a"),), False),
        ((an_article("a"), an_article("b")), False),
        ((an_article("a"), an_article("b"), an_article("c")), True),
        ((an_article("a", themes=terror(), noise=1.0),), False),
        ((an_article("a"), an_article("b", copy_group="a"), an_article("c", copy_group="a")), False),
    ],
)
def test_lead_is_a_story_of_the_desk_or_of_three_voices(articles: tuple[StoryArticle, ...], lead: bool) -> None:
    facts = a_story(*articles)
    assert is_lead(rank(facts, NOW, PRIORITIES, ("fr",)), facts) is lead


def test_headline_is_in_the_readers_language_of_an_original_of_the_best_outlet() -> None:
    story = [
        an_article("ru", language="ru", weight=1.0, hours=9),
        an_article("en", language="en", hours=8),
        an_article("fr copy", copy_group="en", weight=1.0, hours=7),
        an_article("fr light", weight=0.3, hours=6),
        an_article("fr best", weight=0.8, hours=5),
    ]
    assert headline_of(story, ("fr", "en")) == "fr best"
    assert headline_of(story, ("en",)) == "en"
    assert headline_of(story, ("it",)) == "ru"
    with pytest.raises(ValueError, match="no headline"):
        headline_of([], ("fr",))


# ── balance ──


def test_a_section_that_is_owed_places_gets_them() -> None:
    leads = [Candidate(f"e{one}", 90 - one, "europe") for one in range(10)] + [Candidate("f", 10, "africa"), Candidate("g", 5, "africa")]
    order = balance(leads, {"africa": 2, "europe": 2}, size=6)
    assert set(order[:6]) == {"e0", "e1", "e2", "e3", "f", "g"}
    assert len(order) == 12


def test_stories_alike_are_kept_apart() -> None:
    leads = [Candidate("a", 50, "asia"), Candidate("b", 49, "asia"), Candidate("c", 45, "asia")]
    assert balance(leads, {}, alike=lambda first, second: float({first, second} == {"a", "b"})) == ("a", "c", "b")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(("africa", "asia", "europe"))), max_size=25),
    st.dictionaries(st.sampled_from(("africa", "asia", "america")), st.integers(0, 4)),
    st.integers(1, 20),
)
def test_balance_keeps_every_lead_once_and_the_quotas(rows: list[tuple[int, str]], quota: dict[str, int], size: int) -> None:
    leads = [Candidate(f"s{number}", score, section) for number, (score, section) in enumerate(rows)]
    order = balance(leads, quota, size)
    assert sorted(order) == sorted(lead.story for lead in leads)
    section = {lead.story: lead.section for lead in leads}
    there, shown = Counter(section.values()), Counter(section[story] for story in order[:size])
    owed = {name: min(least, there[name]) for name, least in quota.items()}
    if sum(owed.values()) <= size:
        assert all(shown[name] >= least for name, least in owed.items())
