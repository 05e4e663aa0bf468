"""Give every article that was read its story, merge stories that turned out to be one, and note which alerts the articles meet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.flows.find_alerts import Watch
from monitor.flows.kit import Kit
from monitor.pipeline.duplicates import CopyIndex
from monitor.pipeline.group import LOOK_OVER, Change, Grouper, Merge
from monitor.pipeline.group_pace import BATCH, articles_to_group
from monitor.store import articles, stories
from monitor.store.stories import DueDoc, Merged, Parted, Placed

WINDOW = timedelta(days=7)
"""How far back the grouper remembers articles."""
SOON = timedelta(minutes=1)
"""Articles to be read within this time are on their way."""
LOST = -1
"""No generation: the memory must be loaded anew."""


@dataclass(slots=True)
class GroupReport:
    """What one run of grouping came to."""

    grouped: int = 0
    merged: int = 0


class Memory:
    """The grouper of this process and the generation of the database it has seen; reloads when another worker grouped."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.orderly = False  # whether articles are held back while many are being read, so that older news comes first
        self.held_since: datetime | None = None
        self.grouper: Grouper | None = None
        self.generation = LOST

    def fresh(self, now: datetime) -> Grouper:
        """The grouper as the database has it."""
        current = stories.generation()
        if self.grouper is None or current != self.generation:
            self.grouper = Grouper(new_story_id=lambda: str(uuid.uuid4()), copies=CopyIndex())
            people = stories.words_of_people()
            self.grouper.restore(
                stories.window(now - WINDOW),
                born=stories.born(now - WINDOW),
                must=[(first, second) for first, second, together in people if together],
                cannot=[(first, second) for first, second, together in people if not together],
                bound=stories.bound(now - WINDOW),
                frozen=stories.frozen(),
                now=now,
            )
            self.generation = current
        _freeze(self.grouper, frozenset(stories.frozen()))
        return self.grouper


def _freeze(grouper: Grouper, frozen: frozenset[str]) -> None:
    """Freeze the stories that people claimed, thaw those they let go of."""
    for story in grouper.frozen - frozen:
        grouper.thaw(story)
    for story in frozen:
        grouper.freeze(story)


def group_stories(kit: Kit, memory: Memory) -> GroupReport:
    """Group every article that is due; returns when none is due any more, or when the rest had better wait for older news."""
    report = GroupReport()
    while not kit.stop():
        now = kit.clock.now()
        limit = _ready(memory, now) if memory.orderly else BATCH
        waiting = stories.claim_to_group(now, limit=limit, worker=kit.worker) if limit else []
        if not waiting:
            break
        _group(waiting, memory, report, now)
        kit.progress("group stories", report.grouped, report.grouped)
    return report


def _ready(memory: Memory, now: datetime) -> int:
    """How many of the articles that wait are to be grouped now."""
    waiting, coming = stories.waiting_to_group(now), articles.on_their_way(now + SOON)
    since = memory.held_since or now
    ready = articles_to_group(waiting, coming, now - since)
    memory.held_since = since if ready < waiting else None
    return ready


def _group(waiting: list[DueDoc], memory: Memory, report: GroupReport, now: datetime) -> None:
    grouper = memory.fresh(now)
    placed: list[Placed] = []
    changes: list[Change] = []
    looked_at = min(now, waiting[0].doc.at)  # stories are compared within a batch too, and before the first article of other hours
    for one in waiting:
        then = min(now, one.doc.at)  # the first poll of a deep feed brings last week's news: it is grouped as of then
        if then - looked_at >= LOOK_OVER or grouper.turned(then):
            changes += grouper.consolidate(then)
            looked_at = then
        placement = grouper.place(one.doc, now=then)
        placed.append(Placed(one.doc.id, one.token, placement.story, placement.why, placement.copy_of))
    changes += grouper.consolidate(min(now, waiting[-1].doc.at))
    seen, memory.generation = memory.generation, LOST  # until it is written, what the memory holds is not what the database holds
    met = memory.watch.met(placed)
    saved = stories.save_grouping(placed, [_to_save(change) for change in changes], now, seen=seen, met=met)
    if saved is not None:
        memory.generation = saved
        report.grouped += len(placed)
        report.merged += sum(isinstance(change, Merge) for change in changes)


def _to_save(change: Change) -> Merged | Parted:
    if isinstance(change, Merge):
        return Merged(change.kept, change.gone)
    return Parted(change.fresh, change.articles, kept=change.kept)
