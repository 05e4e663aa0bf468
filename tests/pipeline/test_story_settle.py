"""Articles of some hours are decided once more together when the hours are over; what people and copies bind stays."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.group import LOOK_OVER, Grouper, Merge, Split
from monitor.pipeline.story_follow import Memberships
from monitor.pipeline.story_settle import hours_of
from tests.pipeline.group_kit import NOON, a_doc, a_grouper, fill, some_news

FIRE = [f"fire{place}" for place in range(8)]
FLOOD = [f"flood{place}" for place in range(8)]
BETWEEN = [*FIRE[:6], *FLOOD[:7]]
TURN = NOON + timedelta(hours=3)


def a_morning(*, people: str = "") -> Grouper:
    """An article between two events comes first with the fire, then the news of the flood that it belongs to arrives."""
    grouper = a_grouper()
    fill(grouper, hours=-4)
    grouper.consolidate(NOON)
    grouper.place(a_doc("fire", FIRE), now=NOON)
    grouper.place(a_doc("between", BETWEEN, hours=0.02), now=NOON)
    if people == "claim":
        grouper.freeze(grouper.story_of("fire") or "")
    if people == "link":
        grouper.must_link("fire", "between")
    for number in range(2):
        grouper.place(a_doc(f"flood{number}", [*FLOOD, f"river{number}"], hours=0.03), now=NOON)
    return grouper


def company(grouper: Grouper, article: str) -> tuple[str, ...]:
    return grouper.stories()[grouper.story_of(article) or ""]


def test_hours_are_counted_from_midnight() -> None:
    assert hours_of(NOON + timedelta(hours=2, minutes=59), 3) == NOON
    assert hours_of(NOON + timedelta(hours=3), 3) == TURN


def test_article_finds_its_story_when_its_hours_are_over_though_that_came_later() -> None:
    grouper = a_morning()
    assert company(grouper, "between") == ("between", "fire")
    fire, flood = grouper.story_of("fire"), grouper.story_of("flood0")
    changes = grouper.consolidate(TURN)
    assert company(grouper, "between") == ("between", "flood0", "flood1")
    assert (grouper.story_of("fire"), grouper.story_of("flood0")) == (fire, flood)
    assert [change for change in changes if isinstance(change, Split)] == [Split(fire or "", flood or "", ("between",), 0.0)]


def test_settled_article_does_not_move_again() -> None:
    grouper = a_grouper()
    fill(grouper, hours=-4)
    grouper.consolidate(NOON)
    grouper.place(a_doc("fire", FIRE), now=NOON)
    grouper.place(a_doc("between", BETWEEN, hours=0.02), now=NOON)
    grouper.consolidate(TURN)
    for number in range(2):
        grouper.place(a_doc(f"flood{number}", [*FLOOD, f"river{number}"], hours=3.2), now=TURN)
    grouper.consolidate(TURN + timedelta(hours=3))
    assert company(grouper, "between") == ("between", "fire")


def test_article_stays_in_a_claimed_story() -> None:
    grouper = a_morning(people="claim")
    grouper.consolidate(TURN)
    assert company(grouper, "between") == ("between", "fire")


def test_article_stays_where_a_person_put_it() -> None:
    grouper = a_morning(people="link")
    grouper.consolidate(TURN)
    assert grouper.story_of("between") == grouper.story_of("fire")


def test_copy_goes_where_its_original_goes() -> None:
    text = tuple(number << 20 for number in range(30))
    grouper = a_grouper()
    fill(grouper, hours=-4)
    grouper.consolidate(NOON)
    grouper.place(a_doc("fire", FIRE), now=NOON)
    grouper.place(a_doc("between", BETWEEN, hours=0.02, shingles=text), now=NOON)
    grouper.place(a_doc("copy", ["quite", "other", "words"], hours=0.02, shingles=text), now=NOON)
    for number in range(2):
        grouper.place(a_doc(f"flood{number}", [*FLOOD, f"river{number}"], hours=0.03), now=NOON)
    grouper.consolidate(TURN)
    assert company(grouper, "copy") == ("between", "copy", "flood0", "flood1")


def test_two_settled_stories_become_one_only_when_hours_are_over() -> None:
    grouper = a_grouper()
    fill(grouper, hours=-4)
    grouper.consolidate(NOON)
    left, right = [f"left{place}" for place in range(7)], [f"right{place}" for place in range(7)]
    for number in range(2):
        grouper.place(a_doc(f"left{number}", left, hours=0.02), now=NOON)
        grouper.place(a_doc(f"right{number}", right, hours=0.02), now=NOON)
    grouper.consolidate(TURN)
    assert company(grouper, "left0") == ("left0", "left1")
    for number in range(3):
        grouper.place(a_doc(f"both{number}", left[:6] + right[:5], hours=3.1), now=TURN)
    assert grouper.consolidate(TURN + timedelta(hours=1)) == ()
    (merge,) = [change for change in grouper.consolidate(TURN + timedelta(hours=3)) if isinstance(change, Merge)]
    assert company(grouper, "left0") == ("both0", "both1", "both2", "left0", "left1", "right0", "right1")
    assert merge.kept == grouper.story_of("left0")


def test_article_dated_later_than_now_does_not_settle_the_hours_to_come() -> None:
    grouper = a_grouper()
    grouper.restore([(a_doc("tomorrow", FIRE, hours=30), "s9")], now=NOON + timedelta(hours=1))
    assert grouper.settled_until == NOON


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_following_the_changes_leads_to_the_stories_there_are_and_an_id_that_is_gone_stays_gone(seed: int) -> None:
    docs = some_news(seed, articles=80, events=9)
    grouper, followed, last = a_grouper(), Memberships(), docs[0].at
    gone: set[str] = set()
    for doc in docs:
        if doc.at - last >= LOOK_OVER or grouper.turned(doc.at):
            changes = grouper.consolidate(doc.at)
            followed.follow(changes)
            gone |= {change.gone for change in changes if isinstance(change, Merge)}
            last = doc.at
        followed.put(doc.id, grouper.place(doc, now=doc.at).story)
    followed.follow(grouper.settle(docs[-1].at))
    there = {article: story for story, articles in grouper.stories().items() for article in articles}
    assert followed.stories() == there
    assert not gone & set(there.values())
