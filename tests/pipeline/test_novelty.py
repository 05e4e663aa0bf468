"""Novelty: nothing to compare with, something else, a continuation, the same again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.pipeline.novelty import FOLLOWS, NOTHING_PUBLISHED, Novelty, Published
from monitor.records import StoryDoc

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PORT, FIRE, VOTE = (" ".join(f"{subject}{number}" for number in range(60)) for subject in ("port", "fire", "vote"))


def a_doc(name: str, words: str, hours: float = 0, language: str = "en", features: dict[str, float] | None = None) -> StoryDoc:
    return StoryDoc(name, "o", language, NOW - timedelta(hours=hours), dict.fromkeys(words.split(), 1.0), features or {})


def published() -> Published:
    return Published({"port": [a_doc("p1", PORT), a_doc("p2", PORT + " crew")], "fire": [a_doc("f1", FIRE), a_doc("f2", FIRE + " smoke")]})


def test_without_editions_everything_is_new_and_was_compared_with_nothing() -> None:
    nothing = Published({})
    assert (len(nothing), nothing.novelty([a_doc("a", PORT)])) == (0, NOTHING_PUBLISHED)
    assert (NOTHING_PUBLISHED.value, NOTHING_PUBLISHED.compared) == (1.0, 0)


def test_another_subject_is_new() -> None:
    assert published().novelty([a_doc("a", VOTE)]) == Novelty(1.0, "", 0.0, 2)


def test_more_of_a_published_story_is_a_continuation() -> None:
    found = published().novelty([a_doc("a", PORT + " inquiry")])
    assert (found.follows, found.compared, found.nearness > FOLLOWS) == ("port", 2, True)
    assert found.value == round(0.6 * (1 - found.nearness), 4)


def test_article_that_was_published_is_not_new_at_all() -> None:
    assert published().novelty([a_doc("f1", FIRE)]) == Novelty(0.0, "fire", 1.0, 2)


def test_story_is_as_near_as_its_newest_articles_on_the_mean() -> None:
    alone = published().novelty([a_doc("z", PORT + " inquiry")])
    mixed = published().novelty([a_doc("a", VOTE), a_doc("z", PORT + " inquiry")])
    assert mixed.nearness == round(alone.nearness / 2, 4)
    drifted = published().novelty([a_doc("a", PORT, hours=50), *(a_doc(f"v{one}", VOTE) for one in range(2))])
    assert drifted == Novelty(1.0, "", 0.0, 2)  # only the two newest are asked


def test_single_published_story_is_found_among_the_news_of_these_days() -> None:
    other = [a_doc(f"n{one}", f"{VOTE} word{one}" if one % 2 else f"{FIRE} word{one}") for one in range(40)]
    only = {"port": [a_doc("p1", PORT)]}
    again = [a_doc("a", PORT + " inquiry")]
    known, alone = Published(only, other).novelty(again), Published(only).novelty(again)
    assert (known.follows, known.nearness > alone.nearness) == ("port", True)
    assert Published(only, other).novelty([a_doc("b", VOTE)]) == Novelty(1.0, "", 0.0, 1)


def test_story_without_documents_is_new() -> None:
    assert published().novelty([]) == Novelty(1.0, "", 0.0, 2)
