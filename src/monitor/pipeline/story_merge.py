"""Merges the stories that have come to look like one: best pair first, people's constraints before everything."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from dataclasses import dataclass

from monitor.pipeline.story_likeness import Story, named_alike
from monitor.pipeline.story_split import Split, halves
from monitor.pipeline.story_state import Near, Seen, StoryState, written_names


@dataclass(frozen=True, slots=True)
class Merge:
    """Two stories became one; the older id is kept."""

    kept: str
    gone: str
    why: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Suggest:
    """Two stories look like one, but one of them is frozen (claimed or published): a person decides."""

    kept: str
    gone: str
    why: tuple[str, ...]
    score: float


Change = Merge | Split
_Pair = tuple[float, str, str]


def parted(state: StoryState, touched: Collection[str], new_story_id: Callable[[], str]) -> tuple[Split, ...]:
    """Part the touched stories of which two halves have nothing to link them; what was done, in order."""
    splits = []
    for story_id in sorted(touched):
        found = halves(state, state.stories[story_id]) if story_id in state.stories else None
        if found is not None:
            articles, score = found
            split = Split(story_id, new_story_id(), tuple(sorted(member.id for member in articles)), round(score, 3))
            kept = state.stories[story_id]
            for member in articles:
                state.move(member, split.fresh)
            if any(member.at == kept.born for member in articles):  # as it will be after a restart
                kept.born = min(member.at for member in kept.members)
            splits.append(split)
    return tuple(splits)


def consolidated(
    state: StoryState, touched: Collection[str], late: Collection[str] | None
) -> tuple[tuple[Merge, ...], tuple[Suggest, ...]]:
    """Merge touched stories with those near them until no pair is near enough; what was done, in order, and what a person should decide.

    Two settled stories are left as they are, unless one is among `late`; None means that all may be merged (hours are being settled).
    """
    changes: list[Merge | Suggest] = []
    fresh = {story for story in touched if story in state.stories}
    for first, second in state.together():
        if first in state.stories and second in state.stories and not state.apart(first, second):
            kept = _merge(state, state.stories[first], state.stories[second])
            changes.append(Merge(kept.id, second if kept.id == first else first, ("joined by a person",), 1.0))
            fresh = {story for story in fresh | {kept.id} if story in state.stories}
    heap: list[_Pair] = []
    for story in sorted(fresh):
        _push(heap, state, story, late)
    suggested: set[tuple[str, str]] = set()
    while heap:
        score, first, second = heapq.heappop(heap)
        if first not in state.stories or second not in state.stories:
            continue
        _take(state, heap, changes, suggested, (score, first, second), late)
    merges = tuple(change for change in changes if isinstance(change, Merge))
    return merges, tuple(change for change in changes if isinstance(change, Suggest))


def _take(
    state: StoryState,
    heap: list[_Pair],
    changes: list[Merge | Suggest],
    suggested: set[tuple[str, str]],
    pair: _Pair,
    late: Collection[str] | None,
) -> None:
    """Merge one pair, if it still scores what it did when it was found; suggest it when one of the two is frozen."""
    score, first, second = pair
    again = _score(state, state.stories[first], state.stories[second])
    if again is None:
        return
    if round(-again, 6) != score:
        heapq.heappush(heap, (round(-again, 6), first, second))
        return
    why = _why(state, state.stories[first], state.stories[second])
    one, other = sorted((state.stories[first], state.stories[second]), key=lambda story: (story.born, story.id))
    if first in state.frozen or second in state.frozen:
        if (one.id, other.id) not in suggested:
            suggested.add((one.id, other.id))
            changes.append(Suggest(one.id, other.id, why, round(again, 3)))
        return
    kept = _merge(state, one, other)
    changes.append(Merge(kept.id, other.id, why, round(again, 3)))
    _push(heap, state, kept.id, late)


def _merge(state: StoryState, first: Story, second: Story) -> Story:
    one, other = sorted((first, second), key=lambda story: (story.born, story.id))
    state.merge(one, other)
    return one


def _push(heap: list[_Pair], state: StoryState, story_id: str, late: Collection[str] | None) -> None:
    """Every pair of this story with one near it that may be merged."""
    story = state.stories[story_id]
    seen = state.seen_story(story)
    for near in state.near(seen, {story_id}):
        if late is not None and story_id not in late and near.story.id not in late and state.settled(story) and state.settled(near.story):
            continue
        found = _near_enough(state, seen, story, near)
        if found is not None:
            first, second = sorted((story_id, near.story.id))
            heapq.heappush(heap, (round(-found, 6), first, second))


def _score(state: StoryState, first: Story, second: Story) -> float | None:
    """How near two stories are when that is near enough to be one; None otherwise."""
    if state.apart(first.id, second.id):
        return None
    seen = state.seen_story(first)
    value = _near_enough(state, seen, first, state.compared(seen, second))
    if value is None or not state.bridged([(member.outlet, member.at) for member in first.members], second):
        return None
    return value


def _why(state: StoryState, first: Story, second: Story) -> tuple[str, ...]:
    names = written_names([*first.members, *second.members])
    return named_alike(state.space, state.seen_story(first).weighted.values, state.seen_story(second).weighted.values, names)


def _near_enough(state: StoryState, seen: Seen, first: Story, near: Near) -> float | None:
    profile, like = near.profile, near.like
    strict = state.stricter(min(len(first.members), len(near.story.members)))
    if like.mono is not None and like.mono >= profile.merge * strict:
        return like.mono
    if like.cross >= (profile.cross_sure if like.mono is None else profile.cross_shared) * strict:
        return like.cross
    if like.mono is not None or like.cross < profile.cross_least * strict:
        return None
    return like.cross if _mutual(state, seen, first, near) else None


def _mutual(state: StoryState, seen: Seen, first: Story, near: Near) -> bool:
    """Whether each of two stories is the other's nearest across languages, by the margin.

    An article by itself looks for its story and is not chosen, as when it came: with its competitors still alone as well, half of the
    headlines of one event would otherwise keep each other from all.
    """
    margin = near.profile.cross_margin
    back = state.seen_story(near.story)
    looks = [(seen, first, near.story), (back, near.story, first)]
    alone = sorted((look for look in looks if len(look[1].members) == 1), key=lambda look: (look[1].born, look[1].id))
    for look, story, partner in alone[:1] or looks:
        target = state.seen_story(partner)
        for other in state.near(look, {story.id, partner.id}):
            rival = other.like.cross > near.like.cross - margin
            if rival and state.compared(target, other.story).like.cross < near.profile.cross_least:
                return False
    return True
