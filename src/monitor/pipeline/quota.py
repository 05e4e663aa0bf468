"""The order of the queue, balanced by section: none starves, none floods it, and stories alike do not follow each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Why = Literal["", "quota", "cap"]
"""Why a lead stands elsewhere than its score says: moved up for its section's quota, or down because its section had its share."""

LEAST = 2  # leads a section is owed among the first `SIZE`
MOST = 0.5  # share of the first `SIZE` a section may fill while others wait
SIZE = 20
_LIKENESS_COST, _SECTION_COST = 12.0, 6.0  # points


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead as the queue orders them."""

    story: str
    score: float
    section: str


@dataclass(frozen=True, slots=True)
class Quota:
    """What each section is owed, and may take at most, among the first `size` places."""

    owed: Mapping[str, int] = field(default_factory=dict)
    most: float = MOST
    size: int = SIZE


@dataclass(frozen=True, slots=True)
class Place:
    """A lead's place in the balanced order, from 1, and why it is not where its score alone would put it."""

    story: str
    place: int
    why: Why


def quota_for(sections: Iterable[str], *, free: Iterable[str] = ("focus",)) -> Quota:
    """Two places for each section of the desk but those for stories of no region."""
    return Quota({section: LEAST for section in sections if section not in set(free)})


def balanced(leads: Iterable[Candidate], quota: Quota, alike: Callable[[str, str], float] | None = None) -> tuple[Place, ...]:
    """Every lead with its place: the first `size` balanced, the rest by score.

    Greedy, each step the best of score − 12 · likeness to those picked − 6 · those of its section above its share; `alike` tells how near
    two stories are (0 … 1). Sections are owed places as far as they have leads.
    """
    left = sorted(leads, key=lambda lead: (-lead.score, lead.story))
    by_score = {lead.story: place for place, lead in enumerate(left, 1)}
    near = {lead.story: 0.0 for lead in left}
    picked: Counter[str] = Counter()
    order: list[Candidate] = []
    while left and len(order) < quota.size:
        best = _next(left, quota, picked, near, quota.size - len(order))
        left.remove(best)
        order.append(best)
        picked[best.section] += 1
        if alike is not None:
            near.update({lead.story: max(near[lead.story], alike(lead.story, best.story)) for lead in left})
    return _places(order, left, by_score, quota)


def _next(left: Sequence[Candidate], quota: Quota, picked: Mapping[str, int], near: Mapping[str, float], slots: int) -> Candidate:
    """The lead for the next place."""
    room = _owed(left, quota, picked, slots) or [lead for lead in left if picked.get(lead.section, 0) < quota.most * quota.size] or left
    return max(room, key=lambda lead: lead.score - _LIKENESS_COST * near[lead.story] - _SECTION_COST * picked.get(lead.section, 0))


def _owed(left: Sequence[Candidate], quota: Quota, picked: Mapping[str, int], slots: int) -> list[Candidate]:
    """When only as many places remain as sections are owed, the leads of those sections; else nothing."""
    there = Counter(lead.section for lead in left)
    owed = {section: min(least - picked.get(section, 0), there[section]) for section, least in quota.owed.items()}
    owed = {section: number for section, number in owed.items() if number > 0}
    if 0 < slots <= sum(owed.values()):
        return [lead for lead in left if lead.section in owed]
    return []


def _places(order: Sequence[Candidate], rest: Sequence[Candidate], by_score: Mapping[str, int], quota: Quota) -> tuple[Place, ...]:
    """Places with their reasons: who entered the first places over a higher score was owed it, who was left out had too many of its own."""
    places = [Place(lead.story, place, "quota" if by_score[lead.story] > quota.size else "") for place, lead in enumerate(order, 1)]
    out = [Place(lead.story, place, "cap" if by_score[lead.story] <= quota.size else "") for place, lead in enumerate(rest, len(order) + 1)]
    return (*places, *out)
