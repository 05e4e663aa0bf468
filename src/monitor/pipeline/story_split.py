"""Parts a story whose articles turn out to tell of two events: two halves without a link between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.pipeline.story_likeness import Member, Story, likeness
from monitor.pipeline.story_space import Weighted
from monitor.pipeline.story_state import StoryState

_FEWEST = 4  # articles of a story that may be parted: each half keeps two at least
_MOST = 32  # … and the most: a larger story is a subject that people know under one id
_HALVES = 0.5  # of what merging asks for; halves nearer than that stay together


@dataclass(frozen=True, slots=True)
class Split:
    """One story became two: these articles are now in the story `fresh`, the others keep the id."""

    kept: str
    fresh: str
    articles: tuple[str, ...]
    score: float  # the mean likeness between the halves, as a share of what merging asks for


@dataclass(frozen=True, slots=True)
class _Told:
    """An article with its features as they weigh now."""

    member: Member
    weighted: Weighted


def halves(state: StoryState, story: Story) -> tuple[list[Member], float] | None:
    """The smaller (at a tie the younger) half of a story that is two, and the mean likeness between the halves; None when it is one.

    Frozen stories and those a person put together are left alone.
    """
    if not _FEWEST <= len(story.members) <= _MOST or story.id in state.frozen or state.bound_together(story):
        return None
    order = sorted(story.members, key=lambda member: (member.at, member.id))
    told = [_Told(member, state.space.weighted(member.vector)) for member in order]
    whole = state.seen_story(story).weighted
    central = [sum(state.space.nearness(one.weighted, whole).values()) for one in told]
    core = told[central.index(max(central))]
    far = min(told, key=lambda one: (_like(state, core, one)[0], one.member.id))
    there = [one for one in told if one is far or (one is not core and _like(state, far, one)[0] > _like(state, core, one)[0])]
    here = [one for one in told if one not in there]
    if min(len(here), len(there)) < 2:
        return None
    nearest = _nearest(state, here, there)
    if nearest is None:
        return None
    smaller = min((there, here), key=lambda half: (len(half), -half[0].member.at.timestamp(), half[0].member.id))
    return [one.member for one in smaller], nearest


def _nearest(state: StoryState, here: Sequence[_Told], there: Sequence[_Told]) -> float | None:
    """The mean likeness between halves that no pair links; None when the mean or one pair is near enough for one story."""
    total = 0.0
    for one in here:
        for other in there:
            value, enough = _like(state, one, other)
            if value >= enough:
                return None
            total += value / enough
    mean = total / (len(here) * len(there))
    return mean if mean < _HALVES else None


def _like(state: StoryState, first: _Told, second: _Told) -> tuple[float, float]:
    """How near two articles are and how near they must be for one story."""
    one, other = first.member, second.member
    profile = state.profile_for(one.brief or other.brief)
    gap = abs(one.at - other.at) / timedelta(days=1)
    like = likeness(state.space.nearness(first.weighted, second.weighted), {one.language} & {other.language}, gap, profile)
    return (like.cross, profile.cross_least) if like.mono is None else (like.mono, profile.merge)
