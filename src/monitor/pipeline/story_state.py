"""The stories of the window: which article is in which, what may never or must always be together, which stories come near."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import log2, sqrt

from monitor.pipeline.story_likeness import BRIEF, TITLES, Likeness, Member, Profile, Story, likeness
from monitor.pipeline.story_space import FeatureSpace, Vector, Weighted
from monitor.pipeline.words import primary
from monitor.records import StoryDoc

_LOOKED_UP = 500  # articles named by shared features for each article placed: a bound on time
_NAMES = 10  # of an article, to explain links with
_PROMISING = 120  # articles whose story is looked at
_LIKELY = 48  # stories whose time is looked at
_COMPARED = 5  # stories compared exactly
_KEPT = 1_500  # stories whose weights are remembered while they are compared: a bound on memory


@dataclass(slots=True)
class Seen:
    """What is compared with the stories: an article to place, or a story to merge."""

    weighted: Weighted
    languages: frozenset[str]
    first: datetime
    last: datetime
    brief: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A story that came near, with its likeness and its weighted features."""

    story: Story
    like: Likeness
    weighted: Weighted
    profile: Profile  # the thresholds for a pair of this kind


class StoryState:
    """Articles and stories of the window with the constraints of people.

    A function of the set of articles with their stories and times: sums are of whole numbers, ties are broken by id.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.space = FeatureSpace()
        self.stories: dict[str, Story] = {}
        self.members: dict[str, Member] = {}
        self.frozen: set[str] = set()
        self.copied: dict[str, str] = {}  # copies with the article they copy
        self.settled_until: datetime | None = None  # what is older stays in its story, if no person moves it
        self._numbers: dict[int, Member] = {}
        self._by_age: list[tuple[datetime, int]] = []
        self._last_number = 0
        self._removed = 0
        self._seen: dict[str, tuple[Vector, Seen]] = {}  # stories as they weigh at one revision of the space
        self._seen_at = -1
        self._must: dict[str, set[str]] = defaultdict(set)
        self._cannot: dict[str, set[str]] = defaultdict(set)
        self._bound: dict[str, str] = {}  # the story of each constrained article, kept beyond the window

    # ── articles ──

    def put(self, doc: StoryDoc, story: str, born: datetime | None = None, vector: Vector | None = None) -> None:
        """Put an article into a story, which begins with it when it is new; `vector` is its encoding, if that is known already."""
        self._last_number += 1
        vector = vector or self.space.encode(doc)
        names = "\t".join(f"{sound}={name}" for sound, name in islice(doc.names.items(), _NAMES))
        brief = len(doc.terms) <= BRIEF
        language = primary(doc.language) or "und"
        member = Member(self._last_number, doc.id, doc.outlet, language, doc.at, vector, names, story, brief)
        self.members[doc.id] = self._numbers[member.number] = member
        heapq.heappush(self._by_age, (doc.at, member.number))
        self.space.add(member.number, vector)
        known = self.stories.get(story)
        if known is None:
            known = self.stories[story] = Story(story, born or doc.at)
        known.born = min(known.born, born or doc.at)
        known.add(member)
        if doc.id in self._must or doc.id in self._cannot:
            self._bound[doc.id] = story

    def forget(self, before: datetime) -> None:
        """Let go of the articles from before a moment; a story without articles is gone from here."""
        while self._by_age and self._by_age[0][0] < before:
            _, number = heapq.heappop(self._by_age)
            member = self._numbers.pop(number)
            del self.members[member.id]
            self.copied.pop(member.id, None)
            self.space.remove(member.vector)
            story = self.stories[member.story]
            story.remove(member)
            if not story.members:
                del self.stories[member.story]
            self._removed += 1
        if self._removed > max(1_000, len(self._numbers)):
            self._rebuild()

    def _rebuild(self) -> None:
        """A fresh space without the words nobody uses any more."""
        self._removed = 0
        self._seen.clear()
        self.space = self.space.rebuilt((member.number, member) for member in self._numbers.values())
        for story in self.stories.values():
            story.forget_sum()

    def move(self, member: Member, story: str) -> None:
        """Take an article out of its story into another."""
        old = self.stories[member.story]
        old.remove(member)
        target = self.stories.setdefault(story, Story(story, member.at))
        target.born = min(target.born, member.at)
        member.story = story
        target.add(member)
        if not old.members:
            del self.stories[old.id]
        if member.id in self._bound:
            self._bound[member.id] = story

    def rename(self, story: Story, name: str) -> None:
        """Give a story another id."""
        for member in list(story.members):
            self.move(member, name)

    def merge(self, kept: Story, gone: Story) -> None:
        """All articles of one story into another."""
        for member in gone.members:
            member.story = kept.id
        kept.born = min(kept.born, gone.born)
        kept.add(*gone.members)
        del self.stories[gone.id]
        for article, story in self._bound.items():
            if story == gone.id:
                self._bound[article] = kept.id

    # ── constraints ──

    def must_link(self, first: str, second: str) -> None:
        self._must[first].add(second)
        self._must[second].add(first)
        self._bind(first, second)

    def cannot_link(self, first: str, second: str) -> None:
        self._cannot[first].add(second)
        self._cannot[second].add(first)
        self._bind(first, second)

    def _bind(self, *articles: str) -> None:
        self._bound.update({article: self.members[article].story for article in articles if article in self.members})

    def bind(self, article: str, story: str) -> None:
        """Remember the story of a constrained article that is older than the window."""
        if article in self._must or article in self._cannot:
            self._bound[article] = story

    def ordered(self, article: str) -> str | None:
        """The story an article must join because a person said so (the smallest id, when several)."""
        return min((self._bound[other] for other in self._must.get(article, ()) if other in self._bound), default=None)

    def forbidden(self, article: str) -> set[str]:
        """The stories an article may never join."""
        return {self._bound[other] for other in self._cannot.get(article, ()) if other in self._bound}

    def apart(self, first: str, second: str) -> bool:
        """Whether a person has parted two stories."""
        return any(story == first and second in self.forbidden(article) for article, story in self._bound.items())

    def bound_together(self, story: Story) -> bool:
        """Whether a person put articles of a story together."""
        return any(member.id in self._must for member in story.members)

    def may_move(self, member: Member) -> bool:
        """Whether no person had a say in where an article is."""
        return member.story not in self.frozen and member.id not in self._must and member.id not in self._cannot

    def settled(self, story: Story) -> bool:
        """Whether a story holds articles that were settled: two such stories become one when the next hours are settled, not between."""
        return self.settled_until is not None and story.oldest is not None and story.oldest < self.settled_until

    def open(self, story: str) -> bool:
        """Whether all articles of a story are of the hours not settled yet."""
        return story in self.stories and not self.settled(self.stories[story])

    def late(self, touched: Iterable[str]) -> frozenset[str]:
        """Those of the touched stories that hold settled hours' articles only: one that came late, and should not wait for hours to end."""
        until = self.settled_until
        stories = (self.stories[story] for story in touched if story in self.stories)
        return frozenset(story.id for story in stories if until is not None and story.newest is not None and story.newest < until)

    def together(self) -> list[tuple[str, str]]:
        """Pairs of stories that a person's must-link asks to be one."""
        pairs = {
            tuple(sorted((self._bound[first], self._bound[second])))
            for first, others in self._must.items()
            for second in others
            if first in self._bound and second in self._bound and self._bound[first] != self._bound[second]
        }
        return sorted((first, second) for first, second in pairs)

    # ── nearness ──

    def seen_doc(self, doc: StoryDoc, vector: Vector) -> Seen:
        weighted = self.space.weighted(vector)
        return Seen(weighted, frozenset({primary(doc.language) or "und"}), doc.at, doc.at, len(doc.terms) <= BRIEF)

    def seen_story(self, story: Story) -> Seen:
        if self._seen_at != self.space.revision or len(self._seen) >= _KEPT:
            self._seen.clear()
            self._seen_at = self.space.revision
        known = self._seen.get(story.id)
        vector = story.vector(self.space.names)
        if known is None or known[0] is not vector:
            assert story.oldest is not None and story.newest is not None
            languages = frozenset(member.language for member in story.members)
            known = self._seen[story.id] = vector, Seen(self.space.weighted(vector), languages, story.oldest, story.newest, story.brief)
        return known[1]

    def near(self, seen: Seen, without: Collection[str] = ()) -> list[Near]:
        """The stories nearest to an article or story, at most five, compared exactly; ended stories are passed over."""
        gains = self._gains(seen)
        for story_id in without:
            gains.pop(story_id, None)
        likely = sorted(gains, key=lambda story_id: (-gains[story_id], story_id))[:_LIKELY]
        end = timedelta(days=self.profile.end_days)
        alive = [story for story_id in likely if (story := self.stories[story_id]).alive(seen.first - end, seen.last + end)]
        alive.sort(key=lambda story: (-gains[story.id] / sqrt(len(story.members)), story.id))
        return [self.compared(seen, story) for story in alive[:_COMPARED]]

    def _gains(self, seen: Seen) -> dict[str, int]:
        """How much each story shares with what is seen, roughly: by the telling features only."""
        mono: list[tuple[int, float]] = []
        cross: list[tuple[int, float]] = []
        crossing, kinds = self.space.crossing, self.space.kinds
        for pair in zip(seen.weighted.ids, seen.weighted.weights, strict=True):
            (cross if crossing[kinds[pair[0]]] else mono).append(pair)
        shared: dict[int, int] = {}
        for part in (mono, cross):
            for gain, numbers in self.space.retrieval(part, _LOOKED_UP):
                for number in numbers:
                    if number in shared:  # half the time of a defaultdict: most are named once
                        shared[number] += gain
                    else:
                        shared[number] = gain
        # of thousands a few are wanted: cheaper than to rank them all, and their memory is not touched
        least = min(sorted(shared.values(), reverse=True)[:_PROMISING], default=0)
        gains: dict[str, int] = defaultdict(int)
        for number, gain in [pair for pair in shared.items() if pair[1] >= least]:
            if number in self._numbers:
                gains[self._numbers[number].story] += gain
        return gains

    def compared(self, seen: Seen, story: Story) -> Near:
        """The exact likeness to one story."""
        other = self.seen_story(story)
        nearness = self.space.nearness(seen.weighted, other.weighted)
        profile = self.profile_for(seen.brief or other.brief)
        like = likeness(nearness, seen.languages & other.languages, story.gap_days(seen.first, seen.last), profile)
        return Near(story, like, other.weighted, profile)

    def profile_for(self, brief: bool) -> Profile:
        """The thresholds for a pair: other ones when one of the two is hardly more than a title."""
        return TITLES if brief and self.profile.by_length else self.profile

    # ── who bridges ──

    def bridged(self, first: Iterable[tuple[str, datetime]], story: Story) -> bool:
        """Whether two stories are linked by more than one outlet's articles of the same hours (an outlet's own series is no evidence)."""
        near = timedelta(hours=self.profile.same_outlet_hours)
        others = [(member.outlet, member.at) for member in story.members]
        return any(not outlet or outlet != other or abs(at - other_at) >= near for outlet, at in first for other, other_at in others)

    def stricter(self, smaller: int) -> float:
        """The factor by which thresholds rise when both stories are large."""
        return 1 + 0.1 * log2(max(1, smaller))


def written_names(members: Iterable[Member]) -> dict[str, str]:
    """The names of articles as written, by their sound."""
    found: dict[str, str] = {}
    for member in members:
        for pair in member.names.split("\t"):
            sound, _, name = pair.partition("=")
            if name:
                found.setdefault(sound, name)
    return found
