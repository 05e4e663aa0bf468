"""Groups what different outlets, in different languages, say about one event into one story: online, and the same after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.pipeline.story_likeness import BRIEF, TITLES, Profile, likeness, named_alike
from monitor.pipeline.story_merge import Change, Merge, Suggest, consolidated, parted
from monitor.pipeline.story_settle import hours_of, settled
from monitor.pipeline.story_space import FeatureSpace, Vector
from monitor.pipeline.story_split import Split
from monitor.pipeline.story_state import Near, StoryState, written_names
from monitor.pipeline.words import primary
from monitor.records import Copy, StoryDoc

__all__ = [
    "DEFAULT",
    "LOOK_OVER",
    "TITLES",
    "Change",
    "Comparison",
    "Copies",
    "Grouper",
    "Merge",
    "Placement",
    "Profile",
    "Split",
    "Suggest",
    "compare",
]

DEFAULT = Profile()
_NEARLY = 0.7  # of what merging asks for; looking again at less (.5) found nothing more, at three times the looks
LOOK_OVER = timedelta(minutes=10)
"""How far the news may move on before stories should be compared with each other."""


class Copies(Protocol):
    """What tells copies (duplicates.CopyIndex): told of every article in order, answers which earlier one it copies."""

    def add(self, doc: StoryDoc) -> Copy | None: ...
    def forget(self, before: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article was put: the story, why in readable lines, how near (0 … 1), the article it copies, whether the story is new."""

    story: str
    why: tuple[str, ...]
    score: float
    copy_of: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    story: str
    score: float
    why: tuple[str, ...]


class Grouper:
    """The stories of the last seven days, article by article.

    Its state is a function of the articles in the window with their stories, of the constraints and of what was touched since the
    last consolidation; `restore` with the same brings it back exactly. Where an article is put at once is provisional: when some hours
    are over, what they brought is decided once more together, so that the order of arrival within them plays no part.
    """

    def __init__(self, profile: Profile = DEFAULT, *, new_story_id: Callable[[], str], copies: Copies | None = None) -> None:
        """`new_story_id` names new stories; `copies` finds copies (without it there are none)."""
        self.profile = profile
        self._new_story_id = new_story_id
        self._copies = copies
        self._state = StoryState(profile)
        self._touched: set[str] = set()
        self.suggestions: tuple[Suggest, ...] = ()  # of the last consolidation: merges that a person should decide

    # ── articles ──

    def place(self, doc: StoryDoc, *, now: datetime) -> Placement:
        """Put one article into the story it tells, or into a new one; an article already known stays where it is."""
        self._forget(now)
        if self._state.settled_until is None:
            self._state.settled_until = self._hours(now)
        known = self._state.members.get(doc.id)
        if known is not None:
            return Placement(known.story, ("already there",), 1.0, None, False)
        copy = self._copies.add(doc) if self._copies is not None else None
        vector = self._state.space.encode(doc)
        choice, alone = self._ordered(doc), False
        if choice is None and (choice := self._copied(doc, copy)) is not None:
            alone = True  # a copy says nothing new of its story: what its original did not bring together it will not
        if choice is None:
            choice, alone = self._nearest(doc, vector)
        story = choice.story if choice else self._new_story_id()
        self._state.put(doc, story, vector=vector)
        if copy is not None:
            self._state.copied[doc.id] = copy.of
        if not alone:
            self._touched.add(story)
        copy_of = copy.of if copy else None
        return Placement(story, choice.why if choice else (), choice.score if choice else 0.0, copy_of, choice is None)

    def _forget(self, now: datetime) -> None:
        before = now - timedelta(days=self.profile.window_days)
        self._state.forget(before)
        if self._copies is not None:
            self._copies.forget(before)

    def _ordered(self, doc: StoryDoc) -> _Choice | None:
        story = self._state.ordered(doc.id)
        return _Choice(story, 1.0, ("joined by a person",)) if story is not None else None

    def _copied(self, doc: StoryDoc, copy: Copy | None) -> _Choice | None:
        original = self._state.members.get(copy.of) if copy else None
        if copy is None or original is None or original.story in self._state.forbidden(doc.id):
            return None
        return _Choice(original.story, copy.containment, (f"same text: {round(100 * copy.containment)} %",))

    def _nearest(self, doc: StoryDoc, vector: Vector) -> tuple[_Choice | None, bool]:
        """The story an article tells by its features, if there is one; and whether nothing came nearly as near as for a merge.

        Then the next consolidation need not look for it again: what comes later and is near will find it.
        """
        seen = self._state.seen_doc(doc, vector)
        bridge = [(doc.outlet, doc.at)]
        near = [one for one in self._state.near(seen, self._state.forbidden(doc.id)) if self._state.bridged(bridge, one.story)]
        found = self._same_language(near) or self._other_language(near)
        if found is None:
            return None, not any(_nearly(one) for one in near)
        score, one = found
        names = {**written_names(one.story.members), **doc.names}
        why = named_alike(self._state.space, seen.weighted.values, one.weighted.values, names)
        return _Choice(one.story.id, round(score, 3), why), False

    def _same_language(self, near: list[Near]) -> tuple[float, Near] | None:
        told = [(one.like.mono, one) for one in near if one.like.mono is not None and one.like.mono >= one.profile.join]
        return max(told, key=lambda pair: (pair[0], pair[1].story.id), default=None)

    def _other_language(self, near: list[Near]) -> tuple[float, Near] | None:
        """The nearest story by what crosses languages: near enough whatever else is, or clearly nearer than the next one."""
        ranked = sorted(near, key=lambda one: (-one.like.cross, one.story.id))
        if not ranked:
            return None
        best = ranked[0]
        if best.like.cross >= (best.profile.cross_sure if best.like.mono is None else best.profile.cross_shared):
            return best.like.cross, best
        if best.like.mono is not None or best.like.cross < best.profile.cross_least:
            return None
        second = self._competitor(best, ranked[1:])
        return (best.like.cross, best) if best.like.cross - second >= best.profile.cross_margin else None

    def _competitor(self, best: Near, others: list[Near]) -> float:
        """The likeness of the next story that is not itself like the best one."""
        seen = self._state.seen_story(best.story)
        for one in others:
            if self._state.compared(seen, one.story).like.cross < best.profile.cross_least:
                return one.like.cross
        return 0.0

    # ── stories ──

    def consolidate(self, now: datetime) -> tuple[Change, ...]:
        """Merge the stories that have come to look like one since the last time, then part those that are two; in this order.

        Frozen ones are never parted, and their merges are left for `suggestions`. Hours that are over by `now` are settled.
        """
        if self.turned(now):
            return self._settle(self._hours(now))
        self._forget(now)
        late = self._state.late(self._touched)
        merges, self.suggestions = consolidated(self._state, self._touched, late)
        looked_at = {story for story in self._touched | {merge.kept for merge in merges} if self._state.open(story) or story in late}
        self._touched.clear()
        return (*merges, *parted(self._state, looked_at, self._new_story_id))

    def settle(self, now: datetime) -> tuple[Change, ...]:
        """Consolidate as if the hours that `now` lies in were over: for the end of a list."""
        return self._settle(self._hours(now) + timedelta(hours=self.profile.settle_hours))

    def _settle(self, until: datetime) -> tuple[Change, ...]:
        self._forget(until)
        found = settled(self._state, until, self._touched, self._new_story_id)
        self.suggestions = found.suggestions
        looked_at = found.stories | self._touched
        self._touched.clear()
        return (*found.changes, *parted(self._state, looked_at, self._new_story_id))

    def turned(self, then: datetime) -> bool:
        """Whether the hours not settled yet are over at a moment: then consolidating should come before the next article is placed."""
        until = self._state.settled_until
        return until is not None and self._hours(then) > until

    def _hours(self, moment: datetime) -> datetime:
        return hours_of(moment, self.profile.settle_hours)

    def must_link(self, first: str, second: str) -> None:
        """Two articles that a person put together: the next placement or consolidation obeys, for ever."""
        self._state.must_link(first, second)
        self._touch(first, second)

    def cannot_link(self, first: str, second: str) -> None:
        """Two articles that a person parted: they never share a story by themselves again."""
        self._state.cannot_link(first, second)
        self._touch(first, second)

    def _touch(self, *articles: str) -> None:
        self._touched.update(self._state.members[one].story for one in articles if one in self._state.members)

    def move(self, article: str, story: str) -> None:
        """Put an article of the window into another story (a person's correction, already decided)."""
        member = self._state.members.get(article)
        if member is not None and member.story != story:
            self._touched.update((member.story, story))
            self._state.move(member, story)

    def freeze(self, story: str) -> None:
        """No automatic merge into or out of this story any more; articles may still join it."""
        self._state.frozen.add(story)

    def thaw(self, story: str) -> None:
        """Undo `freeze` (a claim that lapsed)."""
        self._state.frozen.discard(story)

    @property
    def frozen(self) -> frozenset[str]:
        """The stories that are frozen."""
        return frozenset(self._state.frozen)

    def ended(self, now: datetime) -> tuple[str, ...]:
        """The stories of the window without an article for four days, by id."""
        end = now - timedelta(days=self.profile.end_days)
        return tuple(sorted(story.id for story in self._state.stories.values() if story.newest is not None and story.newest < end))

    def story_of(self, article: str) -> str | None:
        """The story of an article of the window."""
        member = self._state.members.get(article)
        return member.story if member else None

    def stories(self) -> dict[str, tuple[str, ...]]:
        """The articles of each story of the window, by id."""
        return {
            story.id: tuple(sorted(member.id for member in story.members))
            for story in sorted(self._state.stories.values(), key=lambda story: story.id)
        }

    @property
    def touched(self) -> frozenset[str]:
        """The stories that the next consolidation will look at: to be given to `restore`."""
        return frozenset(story for story in self._touched if story in self._state.stories)

    @property
    def settled_until(self) -> datetime | None:
        """Until when articles were settled: to be given to `restore`."""
        return self._state.settled_until

    def restore(
        self,
        docs_with_story: Iterable[tuple[StoryDoc, str]],
        *,
        born: Mapping[str, datetime] | None = None,
        must: Iterable[tuple[str, str]] = (),
        cannot: Iterable[tuple[str, str]] = (),
        bound: Mapping[str, str] | None = None,
        frozen: Iterable[str] = (),
        touched: Iterable[str] | None = (),
        settled_until: datetime | None = None,
        now: datetime | None = None,
    ) -> None:
        """Bring back what had been reached: articles in the order they were placed, with their present stories.

        `born` tells when a story began, where its first articles are older than what is given; `bound` is the present
        story of each article named in `must` and `cannot`, also of those older than the window; `touched` None means every story.
        `settled_until` is the property of this name; when it is not known, the hours of the newest article (or of `now`, for one dated
        later) are taken to be those not settled yet.
        """
        for first, second in must:
            self._state.must_link(first, second)
        for first, second in cannot:
            self._state.cannot_link(first, second)
        for article, story in (bound or {}).items():
            self._state.bind(article, story)
        self._state.frozen.update(frozen)
        for doc, story in docs_with_story:
            if self._copies is not None and (copy := self._copies.add(doc)) is not None:
                self._state.copied[doc.id] = copy.of
            self._state.put(doc, story, (born or {}).get(story))
        newest = max((member.at for member in self._state.members.values()), default=None)
        if newest is not None:
            self._state.settled_until = settled_until or self._hours(min(newest, now or newest))
        self._touched.update(self._state.stories if touched is None else touched)

    def compare(self, first: StoryDoc, second: StoryDoc) -> Comparison:
        """Whether two articles tell the same story, weighed by what is rare in this window."""
        return _compared(self._state.space, self.profile, first, second)


def _nearly(one: Near) -> bool:
    return max((one.like.mono or 0.0) / one.profile.merge, one.like.cross / one.profile.cross_least) >= _NEARLY


@dataclass(frozen=True, slots=True)
class Comparison:
    """How near two articles are (0 … 1), whether that is the same story, and why in readable lines."""

    score: float
    same: bool
    why: tuple[str, ...]


def compare(first: StoryDoc, second: StoryDoc, background: Iterable[StoryDoc] = (), profile: Profile = DEFAULT) -> Comparison:
    """Whether two articles tell the same story, weighed by what is rare in the background (articles of the same time)."""
    space = FeatureSpace()
    for number, doc in enumerate(background):
        space.add(number, space.encode(doc))
    return _compared(space, profile, first, second)


def _compared(space: FeatureSpace, profile: Profile, first: StoryDoc, second: StoryDoc) -> Comparison:
    one, other = (space.weighted(space.encode(doc)) for doc in (first, second))
    shared = {primary(first.language) or "und"} & {primary(second.language) or "und"}
    gap = abs(first.at - second.at) / timedelta(days=1)
    if profile.by_length and min(len(first.terms), len(second.terms)) <= BRIEF:
        profile = TITLES
    like = likeness(space.nearness(one, other), shared, gap, profile)
    why = named_alike(space, one.values, other.values, {**dict(second.names), **dict(first.names)})
    if like.mono is not None:
        return Comparison(round(like.mono, 4), like.mono >= profile.join, why)
    return Comparison(round(like.cross, 4), like.cross >= profile.cross_least, why)
