"""A story is parted when two halves of it have nothing in common, and only then."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.pipeline.group import Grouper, Split
from monitor.records import StoryDoc
from tests.pipeline.group_kit import NOON, a_doc, a_grouper, fill

CONVOY = ("convoi", "embuscade", "citerne", "hombori", "chauffeur", "gao")
VOTE = ("scrutin", "urne", "lome", "opposition", "recours", "juge")


def told(event: str, words: Sequence[str], number: int) -> list[StoryDoc]:
    return [a_doc(f"{event}{one}", words, hours=one, features=[f"k:{event}", f"s:{event}x"]) for one in range(number)]


def a_mixture(convoys: int, votes: int) -> Grouper:
    """A grouper whose story "mixed" holds articles of two events."""
    grouper = a_grouper()
    fill(grouper)
    grouper.consolidate(NOON)
    grouper.restore([(doc, "mixed") for doc in [*told("convoy", CONVOY, convoys), *told("vote", VOTE, votes)]], touched={"mixed"})
    return grouper


def test_two_halves_without_a_link_are_parted_and_the_larger_keeps_the_id() -> None:
    grouper = a_mixture(3, 2)
    (split,) = grouper.consolidate(NOON)
    assert isinstance(split, Split)
    assert (split.kept, split.articles) == ("mixed", ("vote0", "vote1"))
    stories = grouper.stories()
    assert (stories["mixed"], stories[split.fresh]) == (("convoy0", "convoy1", "convoy2"), ("vote0", "vote1"))
    assert grouper.consolidate(NOON) == ()


def test_story_of_one_event_stays_whole() -> None:
    grouper = a_mixture(6, 0)
    assert grouper.consolidate(NOON) == ()


def test_single_stranger_is_no_half() -> None:
    assert a_mixture(4, 1).consolidate(NOON) == ()


def test_frozen_story_is_not_parted_until_it_is_thawed() -> None:
    grouper = a_mixture(3, 2)
    grouper.freeze("mixed")
    assert grouper.consolidate(NOON) == ()
    grouper.thaw("mixed")
    grouper.restore((), touched={"mixed"})
    assert len(grouper.consolidate(NOON)) == 1


def test_story_a_person_put_together_is_not_parted() -> None:
    grouper = a_mixture(3, 2)
    grouper.must_link("convoy0", "vote0")
    assert grouper.consolidate(NOON) == ()
