"""The grouping, step by step: joining, staying apart, people's words, time, explanations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.pipeline.group import Merge, Profile, Suggest, compare
from tests.pipeline.group_kit import NOON, a_doc, a_grouper, fill

CONVOY = ("convoi", "embuscade", "citerne", "hombori", "chauffeur", "gao")
SUMMIT = ("sommet", "ministre", "accord", "tallinn", "alliance", "budget")
IN_ENGLISH = ("convoy", "ambush", "tanker", "driver", "road", "kill")
EVENT = ("k:mbr", "k:kb", "k:nmbl", "s:mpr", "s:nmpr", "n:17", "n:40", "g:ML", "e:o.gsim")


def test_first_article_begins_a_story() -> None:
    placed = a_grouper().place(a_doc("one", CONVOY), now=NOON)
    assert (placed.story, placed.new, placed.copy_of, placed.why) == ("s0", True, None, ())


def test_article_with_the_same_words_joins_and_says_which() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY), now=NOON)
    second = grouper.place(a_doc("two", (*CONVOY[:5], "autre"), hours=2), now=NOON)
    assert (second.story, second.new) == (first.story, False)
    assert second.why == ("same words: chauffeur, citerne, convoi, embuscade, hombori",)


def test_other_news_stays_apart() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY), now=NOON)
    second = grouper.place(a_doc("two", SUMMIT), now=NOON)
    assert second.new
    assert second.story != first.story


def test_article_of_another_language_joins_by_names_and_numbers_and_says_which() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY, features=EVENT), now=NOON)
    second = grouper.place(a_doc("two", IN_ENGLISH, language="en", features=EVENT[:7], hours=3, names={"mpr": "Hombori"}), now=NOON)
    assert second.story == first.story
    assert second.why == ("also named: 17, 40, Hombori",)


def test_article_of_another_language_with_one_country_in_common_stays_apart() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY, features=EVENT), now=NOON)
    second = grouper.place(a_doc("two", IN_ENGLISH, language="en", features=("k:rn", "k:trn", "s:rnf", "n:55", "g:ML"), hours=3), now=NOON)
    assert second.story != first.story


def test_article_near_two_stories_alike_across_languages_joins_neither() -> None:
    grouper = a_grouper(Profile(cross_sure=0.95, by_length=False))
    fill(grouper)
    grouper.place(a_doc("one", CONVOY, features=("k:aaa", "k:bbb", "s:one", "n:17")), now=NOON)
    grouper.place(a_doc("two", SUMMIT, features=("k:ccc", "k:ddd", "s:two", "n:40")), now=NOON)
    both = ("k:aaa", "k:bbb", "s:one", "n:17", "k:ccc", "k:ddd", "s:two", "n:40")
    assert grouper.place(a_doc("between", IN_ENGLISH, language="en", features=both), now=NOON).new


def test_copy_joins_its_original_whatever_its_words() -> None:
    grouper = a_grouper()
    text = tuple(number << 20 for number in range(40))
    first = grouper.place(a_doc("one", CONVOY, shingles=text), now=NOON)
    second = grouper.place(a_doc("two", SUMMIT, shingles=text[:30]), now=NOON)
    assert (second.story, second.copy_of, second.why) == (first.story, "one", ("same text: 100 %",))


def test_article_placed_again_stays_where_it_is() -> None:
    grouper = a_grouper()
    first = grouper.place(a_doc("one", CONVOY), now=NOON)
    again = grouper.place(a_doc("one", SUMMIT), now=NOON)
    assert (again.story, again.new) == (first.story, False)
    assert grouper.stories() == {first.story: ("one",)}


def test_series_of_one_outlet_is_no_story() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY, outlet="o"), now=NOON)
    soon = grouper.place(a_doc("two", CONVOY, outlet="o", hours=2), now=NOON)
    later = grouper.place(a_doc("three", CONVOY, outlet="o", hours=12), now=NOON)
    assert soon.story != first.story
    assert later.story in (first.story, soon.story)


def test_article_after_the_end_of_a_story_begins_a_new_one() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY), now=NOON)
    late = NOON + timedelta(days=5)
    assert grouper.ended(late) != ()
    assert grouper.place(a_doc("two", CONVOY, hours=5 * 24), now=late).story != first.story


def test_articles_older_than_the_window_are_forgotten() -> None:
    grouper = a_grouper()
    grouper.place(a_doc("one", CONVOY), now=NOON)
    grouper.place(a_doc("two", SUMMIT, hours=8 * 24), now=NOON + timedelta(days=8))
    assert grouper.story_of("one") is None
    assert grouper.stories() == {"s1": ("two",)}


# ── consolidation ──


def test_consolidation_merges_stories_that_came_to_look_alike_and_keeps_the_older_id() -> None:
    grouper = a_grouper(Profile(join=0.9, by_length=False))
    fill(grouper)
    older = grouper.place(a_doc("one", CONVOY), now=NOON).story
    younger = grouper.place(a_doc("two", (*CONVOY[:5], "autre"), hours=2), now=NOON).story
    assert older != younger
    changes = grouper.consolidate(NOON)
    assert [(type(change), change.kept, change.gone) for change in changes] == [(Merge, older, younger)]
    assert changes[0].why == ("same words: chauffeur, citerne, convoi, embuscade, hombori",)
    assert grouper.story_of("two") == older
    assert grouper.consolidate(NOON) == ()


def test_only_stories_touched_since_the_last_time_are_looked_at() -> None:
    grouper = a_grouper(Profile(join=0.9, by_length=False))
    fill(grouper)
    one, two = a_doc("one", CONVOY), a_doc("two", (*CONVOY[:5], "autre"))
    grouper.restore([(one, "old1"), (two, "old2")])
    grouper.consolidate(NOON)
    assert (grouper.story_of("one"), grouper.story_of("two")) == ("old1", "old2")
    grouper.place(a_doc("three", CONVOY), now=NOON)
    grouper.consolidate(NOON)
    assert grouper.story_of("one") == grouper.story_of("two") == grouper.story_of("three")


def test_frozen_story_is_suggested_not_merged() -> None:
    grouper = a_grouper(Profile(join=0.9, by_length=False))
    fill(grouper)
    older = grouper.place(a_doc("one", CONVOY), now=NOON).story
    younger = grouper.place(a_doc("two", (*CONVOY[:5], "autre")), now=NOON).story
    grouper.freeze(older)
    assert grouper.consolidate(NOON) == ()
    assert [(type(one), one.kept, one.gone) for one in grouper.suggestions] == [(Suggest, older, younger)]
    grouper.thaw(older)
    grouper.place(a_doc("three", (*CONVOY[:5], "autre")), now=NOON)
    grouper.consolidate(NOON)
    assert grouper.story_of("one") == grouper.story_of("two")


def test_frozen_story_still_takes_articles() -> None:
    grouper = a_grouper()
    fill(grouper)
    story = grouper.place(a_doc("one", CONVOY), now=NOON).story
    grouper.freeze(story)
    assert grouper.place(a_doc("two", CONVOY), now=NOON).story == story


# ── people's words ──


def test_must_link_merges_what_has_nothing_in_common() -> None:
    grouper = a_grouper()
    older = grouper.place(a_doc("one", CONVOY), now=NOON).story
    grouper.place(a_doc("two", SUMMIT, hours=1), now=NOON)
    grouper.must_link("one", "two")
    assert [(change.kept, change.why) for change in grouper.consolidate(NOON)] == [(older, ("joined by a person",))]


def test_must_link_given_before_the_article_came_is_obeyed() -> None:
    grouper = a_grouper()
    story = grouper.place(a_doc("one", CONVOY), now=NOON).story
    grouper.must_link("one", "two")
    assert grouper.place(a_doc("two", SUMMIT), now=NOON).story == story


def test_cannot_link_keeps_an_article_out_for_ever() -> None:
    grouper = a_grouper()
    fill(grouper)
    grouper.cannot_link("one", "two")
    text = tuple(number << 20 for number in range(40))
    grouper.place(a_doc("one", CONVOY, features=EVENT, shingles=text), now=NOON)
    grouper.place(a_doc("two", CONVOY, features=EVENT, shingles=text), now=NOON)
    grouper.consolidate(NOON)
    grouper.place(a_doc("three", CONVOY, features=EVENT), now=NOON)
    grouper.consolidate(NOON)
    assert grouper.story_of("one") != grouper.story_of("two")


def test_cannot_link_outlives_the_window() -> None:
    grouper = a_grouper()
    fill(grouper)
    story = grouper.place(a_doc("one", CONVOY), now=NOON).story
    grouper.cannot_link("one", "nine")
    for day in range(1, 9):
        grouper.place(a_doc(f"day{day}", CONVOY, hours=24 * day), now=NOON + timedelta(days=day))
    assert grouper.story_of("day8") == story
    assert grouper.story_of("one") is None
    assert grouper.place(a_doc("nine", CONVOY, hours=24 * 8), now=NOON + timedelta(days=8)).story != story


def test_moved_article_counts_in_its_new_story() -> None:
    grouper = a_grouper()
    fill(grouper)
    first = grouper.place(a_doc("one", CONVOY), now=NOON).story
    second = grouper.place(a_doc("two", SUMMIT), now=NOON).story
    grouper.move("one", second)
    assert grouper.story_of("one") == second
    assert first not in grouper.stories()
    assert grouper.place(a_doc("three", CONVOY), now=NOON).story == second


# ── comparing ──


@pytest.mark.parametrize(("words", "same"), [(CONVOY, True), (SUMMIT, False)])
def test_compare_tells_whether_two_articles_tell_one_story(words: tuple[str, ...], same: bool) -> None:
    background = [a_doc(f"b{one}", [f"w{one}x{place}" for place in range(6)]) for one in range(20)]
    found = compare(a_doc("one", CONVOY), a_doc("two", words), background)
    assert found.same is same
    assert found.score == (1.0 if same else 0.0)


def test_compare_of_empty_articles_is_no_story() -> None:
    assert compare(a_doc("one"), a_doc("two")).same is False


def test_story_that_nothing_came_near_is_not_looked_at_again() -> None:
    grouper = a_grouper()
    fill(grouper)
    grouper.consolidate(NOON)
    far = grouper.place(a_doc("far", ("scrutin", "urne", "recours"), features=("k:skrtn", "s:lm")), now=NOON)
    assert grouper.touched == frozenset()
    near = grouper.place(a_doc("near", ("scrutin", "urne", "recours"), hours=1, features=("k:skrtn", "s:lm")), now=NOON)
    assert (near.story, grouper.touched) == (far.story, frozenset({far.story}))
