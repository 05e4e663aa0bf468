"""Ranking: every component moves as it says, and reasons name what is so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.pipeline.lead import ALERT, PIN, REASONS, WEIGHTS, headline_of, is_lead, rank, with_pin
from monitor.records import LeadScore, SpikeFact, StoryArticle, StoryFacts, ThemeScore

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


def test_story_of_a_day_is_measured_against_its_own_pace() -> None:
    slow = [an_article(f"old{one}", hours=54 - 6 * one) for one in range(8)]  # a voice every six hours for two days
    quick = [an_article(f"new{one}", hours=2) for one in range(4)]
    assert ranked(*slow, *quick, expected_6h=0.0).components["velocity"] == pytest.approx((4 - 1) / 2**0.5 / 4, abs=1e-4)
    assert "growing:4:1.0" in ranked(*slow, *quick).reasons
    assert ranked(*slow, *quick[:1]).components["velocity"] == 0.0


def test_young_story_is_measured_against_its_subject_and_says_so_when_that_is_unknown() -> None:
    quick = [an_article(f"a{one}", hours=2) for one in range(4)]
    known, learning = ranked(*quick, expected_6h=1.0, baseline_days=28), ranked(*quick, baseline_days=3)
    assert known.components["velocity"] == pytest.approx(3 / 2**0.5 / 4, abs=1e-4)
    assert [code for code in known.reasons if code.startswith(("growing", "no-base"))] == ["growing:4:1.0"]
    assert [code for code in learning.reasons if code.startswith(("growing", "no-base"))] == ["growing:4", "no-baseline:3"]
    assert "no-baseline:3" not in ranked(an_article("a"), baseline_days=3).reasons


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


def test_alert_of_the_desk_adds_five_points() -> None:
    found = ranked(an_article("a"), alerts=2)
    assert (found.score, found.reasons[0]) == (pytest.approx(ranked(an_article("a")).score + ALERT), "alerts:2")
    assert (PIN, ALERT) == (50.0, 5.0)


def test_outlets_count_by_weight_once_an_owner() -> None:
    assert ranked(an_article("a", weight=1.0), an_article("b", weight=0.4)).components["outlet"] == pytest.approx(0.7)
    owned = [an_article("a", weight=1.0, owner="o"), an_article("b", weight=0.4, owner="o")]
    assert ranked(*owned).components["outlet"] == 1.0
    assert "heavy-outlets:1" in ranked(*owned).reasons
    many = [an_article(f"a{one}", weight=1.0 if one < 3 else 0.2) for one in range(9)]
    assert ranked(*many).components["outlet"] == 1.0  # the three best


def test_novelty_says_when_nothing_was_published() -> None:
    new = ranked(an_article("a"), published=0)
    assert (new.components["novelty"], new.reasons) == (1.0, ("no-theme", "single-voice", "nothing-published"))
    assert ranked(an_article("a"), published=3).reasons == ("no-theme", "single-voice")
    continued = ranked(an_article("a"), published=3, novelty=0.3, follows="s")
    assert (continued.components["novelty"], continued.reasons) == (0.3, ("no-theme", "single-voice", "follows:0.30:s"))


def test_spike_of_its_subject_is_a_reason() -> None:
    assert ranked(an_article("a"), spikes=(SpikeFact("terror", "ML", 9, 6, 1.23),)).reasons[-1] == "spike:terror:ML:9:6:1.2"


def test_reasons_are_codes_with_values() -> None:
    found = ranked(
        an_article("a", themes=terror(), language="ru", country="RU"),
        an_article("b", themes=terror(), language="ar", country="LB"),
        an_article("c", copy_group="b", language="ar", country="LB"),
        novelty=0.6,
        follows="earlier",
    )
    assert found.reasons == (
        "theme:terror:0.80", "voices:2", "languages:ar,ru", "countries:2", "agency-copies:1", "not-in:fr,en", "growing:2",
        "follows:0.60:earlier",
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


def test_queued_lead_on_the_edge_stays() -> None:
    edge, below = (a_story(an_article("a", themes=terror(value))) for value in (0.12, 0.08))
    assert [is_lead(rank(edge, NOW, PRIORITIES, ()), edge, queued) for queued in (False, True)] == [False, True]
    assert not is_lead(rank(below, NOW, PRIORITIES, ()), below, queued=True)


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


@pytest.mark.parametrize("alerts", [0, 2])
def test_a_pin_says_at_once_what_the_next_ranking_will_say(alerts: int) -> None:
    free, pinned = (ranked(an_article("a", themes=terror()), alerts=alerts, pinned=pin) for pin in (False, True))
    assert with_pin(free.score, free.reasons, True) == (pinned.score, list(pinned.reasons))
    assert with_pin(pinned.score, pinned.reasons, False) == (free.score, list(free.reasons))
    assert with_pin(pinned.score, pinned.reasons, True) == (pinned.score, list(pinned.reasons))
