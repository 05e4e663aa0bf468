"""Decides once more, all together, what the articles of some hours tell: who came first within them then plays no part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.pipeline.story_likeness import Member
from monitor.pipeline.story_merge import Merge, Suggest, consolidated
from monitor.pipeline.story_split import Split
from monitor.pipeline.story_state import StoryState

_ALONE = "\0"  # begins the passing id of an article that stands alone while it is decided
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AGAIN = ("weighed again with the news of the same hours",)


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling came to: changes in the order they are to be followed, merges a person should decide, stories that changed."""

    changes: tuple[Merge | Split, ...]
    suggestions: tuple[Suggest, ...]
    stories: frozenset[str]


def hours_of(moment: datetime, hours: float) -> datetime:
    """When the stretch of so many hours that a moment lies in began; stretches are counted from midnight UTC of 1970-01-01."""
    stretch = timedelta(hours=hours)
    return _EPOCH + (moment - _EPOCH) // stretch * stretch


def settled(state: StoryState, until: datetime, touched: Iterable[str], new_story_id: Callable[[], str]) -> Settled:
    """Let every article since the last settling and before `until` stand alone, then merge what is near, best pair first.

    What people bound or froze stays where it is, a copy stays with its original, and a story keeps its id where most of its articles go.
    `touched` are stories of older articles to look at beside; what was settled before is no longer parted from its story.
    """
    before = {member.id: member.story for member in state.members.values()}
    since = state.settled_until or until
    late = {story for story in touched if story in state.stories and not _has_since(state, story, since)}
    alone = {_stand_alone(state, members) for members in _free(state, since, until)}
    state.settled_until = until
    merges, suggestions = consolidated(state, alone | late, late=None)
    names = _named(state, before, _lost(merges), new_story_id)
    changes = _changes(state, before, {merge.gone: merge for merge in merges})
    found = tuple(replace(one, kept=names.get(one.kept, one.kept), gone=names.get(one.gone, one.gone)) for one in suggestions)
    stories = {change.kept for change in changes} | {change.fresh for change in changes if isinstance(change, Split)} | set(names.values())
    found = tuple(one for one in found if one.kept in state.stories and one.gone in state.stories)
    return Settled(changes, found, frozenset(story for story in stories if story in state.stories))


def _has_since(state: StoryState, story: str, since: datetime) -> bool:
    newest = state.stories[story].newest
    return newest is not None and newest >= since


def _free(state: StoryState, since: datetime, until: datetime) -> list[list[Member]]:
    """The articles to decide anew, copies with their originals, in order of time and id."""
    free = {one.id: one for one in state.members.values() if since <= one.at < until and state.may_move(one)}
    group = {one: one for one in free}  # the first of each group of copies; "" when it stays with an original that stays

    def first(one: str) -> str:
        while one in group and group[one] != one:
            one = group[one]
        return one

    for copy, original in sorted(state.copied.items()):
        pair = [state.members.get(one) for one in (copy, original)]
        if pair[0] and pair[1] and pair[0].story == pair[1].story and (copy in free or original in free):
            one, other = sorted(first(article) if article in free else "" for article in (copy, original))
            if one != other:
                group[other] = one
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in sorted(free.values(), key=lambda member: (member.at, member.id)):
        groups[first(member.id)].append(member)
    groups.pop("", None)
    return list(groups.values())


def _stand_alone(state: StoryState, members: list[Member]) -> str:
    """Take an article and its copies out of their story; the passing id of where they are now."""
    passing = _ALONE + min(member.id for member in members)
    story = state.stories[members[0].story]
    for member in members:
        state.move(member, passing)
    if story.members and any(member.at == story.born for member in members):  # as it will be after a restart
        story.born = min(member.at for member in story.members)
    return passing


def _lost(merges: Iterable[Merge]) -> set[str]:
    """The ids that lead to an older story from now on, and so name no other."""
    into = {merge.gone: merge.kept for merge in merges}

    def end(story: str) -> str:
        while story in into:
            story = into[story]
        return story

    return {story for story in into if not end(story).startswith(_ALONE)}


def _named(state: StoryState, before: Mapping[str, str], lost: Collection[str], new_story_id: Callable[[], str]) -> dict[str, str]:
    """Give what was decided its ids: those of stories now empty where most of their articles went, else new ones."""
    passing = [story for story in state.stories.values() if story.id.startswith(_ALONE)]
    passing.sort(key=lambda story: (story.born, story.id))
    claims: list[tuple[int, str, str]] = []
    for story in passing:
        counted = Counter(before[member.id] for member in story.members)
        claims += [(-number, old, story.id) for old, number in counted.items() if old not in state.stories and old not in lost]
    names: dict[str, str] = {}
    taken: set[str] = set()
    for _, old, story_id in sorted(claims):
        if story_id not in names and old not in taken:
            names[story_id] = old
            taken.add(old)
    for story in passing:
        if story.id not in names:
            names[story.id] = new_story_id()
        state.rename(story, names[story.id])
    return names


def _changes(state: StoryState, before: Mapping[str, str], merges: Mapping[str, Merge]) -> tuple[Merge | Split, ...]:
    """What became of each story, as partings and then merges."""
    went: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for article, old in before.items():
        now = state.members[article].story
        if now != old:
            went[old][now].append(article)
    splits: list[Split] = []
    joined: list[Merge] = []
    for old in sorted(went):
        targets = sorted(went[old], key=lambda story: (-len(went[old][story]), story))
        if old not in state.stories:
            why, score = (merges[old].why, merges[old].score) if old in merges else (_AGAIN, 1.0)
            joined.append(Merge(targets.pop(0), old, why, score))
        splits += [Split(old, story, tuple(sorted(went[old][story])), 0.0) for story in targets]
    return (*splits, *joined)
