"""Tag the articles of the last thirty days again when terms changed, part by part, from what is stored: no outlet is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.flows.kit import Kit
from monitor.outside.reader_pool import Killed
from monitor.outside.reading_again import AGAIN, ToTagAgain
from monitor.pipeline.tag_again import StoredArticle, TaggedAgain
from monitor.store import tag_again as store

REST = timedelta(seconds=30)
"""After parser children could tag nothing of a part."""
TRIES = 3
"""Attempts at a part of which nothing could be tagged; then its articles keep their tags."""


@dataclass(slots=True)
class AgainReport:
    """What one look came to: articles looked at, and of how many people see a difference."""

    tagged: int = 0
    changed: int = 0


def tag_again(kit: Kit, prints: str) -> AgainReport:
    """Do every part that is due of the run that tags with these terms; returns when none is due any more."""
    report = AgainReport()
    while not kit.stop():
        run = store.claim(prints, kit.clock.now(), worker=kit.worker)
        if run is None:
            break
        kit.ready()
        part = store.part(run)
        found: list[TaggedAgain] = []
        killed = ""
        for start in range(0, len(part.articles), store.PART):
            tagged, reason = _tagged(kit, run.concerned.themes, part.articles[start : start + store.PART])
            found, killed = found + tagged, killed or reason
        if kit.stop():
            store.give_back(run)
            break
        if killed and run.attempts < TRIES:
            store.fail(run, killed, kit.clock.now() + REST)
            break
        if store.save(run, part, found, kit.clock.now()):
            report.tagged += len(found) if part.late else len(part.articles)
            report.changed += sum(one.told for one in found)
            kit.progress("tag again", report.tagged, report.tagged)
    return report


def _tagged(kit: Kit, themes: tuple[str, ...], articles: Sequence[StoredArticle]) -> tuple[list[TaggedAgain], str]:
    """The articles whose tags changed. One that costs a child its life keeps its tags; a reason, when it was so with each of them."""
    result = kit.pool.submit(AGAIN, ToTagAgain(themes, tuple(articles))).result()
    if not isinstance(result, Killed):
        return list(result), ""
    found: list[TaggedAgain] = []
    lost = 0
    for one in articles:
        alone = kit.pool.submit(AGAIN, ToTagAgain(themes, (one,))).result()
        if isinstance(alone, Killed):
            lost += 1
        else:
            found += alone
    return found, f"{result.reason}: {result.detail}" if lost == len(articles) else ""
