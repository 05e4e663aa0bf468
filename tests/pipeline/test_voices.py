"""Voices: who really tells a story, and whether it is another one than it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.pipeline.voices import grew_since, joined, own_pace, voices_of
from monitor.records import StoryArticle

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_article(name: str, hours: float, *, copy_of: str = "", owner: str = "") -> StoryArticle:
    return StoryArticle(name, name, owner, "FR", "fr", 0.6, NOW - hours * HOUR, copy_of or name, ())


def test_copies_and_outlets_of_one_owner_speak_once() -> None:
    told = [an_article("c", 1, copy_of="a"), an_article("b", 2, owner="o"), an_article("a", 3), an_article("d", 0, owner="o")]
    assert [[one.id for one in voice] for voice in voices_of(told)] == [["a", "c"], ["b", "d"]]


def test_voices_join_when_they_first_speak() -> None:
    voices = voices_of([an_article("a", 9), an_article("b", 6), an_article("c", 2), an_article("d", 0), an_article("e", 1, copy_of="a")])
    assert joined(voices, NOW - 6 * HOUR, NOW) == 2


@pytest.mark.parametrize(
    ("before", "after", "grew"), [(1, 1, False), (1, 2, True), (4, 2, True), (5, 2, False), (10, 4, False), (10, 5, True), (0, 1, False)]
)
def test_story_is_another_with_two_new_voices_and_half_as_many_again(before: int, after: int, grew: bool) -> None:
    told = [an_article(f"b{one}", 10) for one in range(before)] + [an_article(f"a{one}", 1) for one in range(after)]
    assert grew_since(told, NOW - 5 * HOUR) is grew
    copied = [*told, *(an_article(f"c{one}", 1, copy_of="b0" if before else "a0") for one in range(9))]
    assert grew_since(copied, NOW - 5 * HOUR) is grew  # copies are no growth


def test_pace_is_the_storys_own_once_it_is_old_enough() -> None:
    six, day = 6 * HOUR, 24 * HOUR
    assert own_pace(voices_of([an_article("a", 23)]), NOW, six, day) is None
    assert own_pace([], NOW, six, day) is None
    told = voices_of([an_article("a", 30), an_article("b", 20), an_article("c", 10), an_article("d", 1)])
    assert own_pace(told, NOW, six, day) == pytest.approx(3 / 4)
