"""Rank the stories that grew or aged, and queue those worth writing about as leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitor.flows.kit import Kit
from monitor.pipeline import lead, story_summary
from monitor.records import Desk, StoryFacts
from monitor.store import leads, stories
from monitor.store.leads import RankedStory

BATCH = 200
RANK_AGAIN = timedelta(hours=1)
"""A living story's rank fades with age, so it is computed again every hour."""
ALIVE = timedelta(days=4)
"""A story without a new article for this long has ended."""


@dataclass(slots=True)
class LeadReport:
    """What one run of ranking came to."""

    ranked: int = 0
    queued: int = 0


def queue_leads(kit: Kit, desk: Desk, priorities: Mapping[str, float]) -> LeadReport:
    """Rank every story that is due; returns when none is due any more."""
    report = LeadReport()
    while not kit.stop():
        now = kit.clock.now()
        token, keys = stories.claim_to_rank(now, limit=BATCH, worker=kit.worker)
        if not keys:
            break
        known = dict(stories.facts(keys))
        ranked = [_ranked(kit, desk, priorities, key, token, known.get(key)) for key in keys]
        report.queued += leads.save_ranking(ranked, now)
        report.ranked += len(ranked)
        kit.progress("queue leads", report.ranked, report.ranked)
    return report


def _ranked(kit: Kit, desk: Desk, priorities: Mapping[str, float], key: int, token: str, facts: StoryFacts | None) -> RankedStory:
    now = kit.clock.now()
    if facts is None:
        return RankedStory(key, token, False, "", (), "", "", 0.0, {}, (), 0, 0, (), 0, now, None)
    score = lead.rank(facts, now, priorities, desk.languages)
    first = next(article for article in facts.articles if article.id == lead.headline_of(facts.articles, desk.languages))
    newest = max(min(article.at, now) for article in facts.articles)
    by_time = sorted(facts.articles, key=lambda article: article.at)
    return RankedStory(
        key=key,
        token=token,
        lead=lead.is_lead(score, facts),
        section=story_summary.section_of(facts.articles),
        themes=story_summary.themes_of(facts.articles),
        headline=first.title,
        headline_language=first.language,
        score=score.score,
        components=dict(score.components),
        reasons=score.reasons,
        outlets=len({article.outlet for article in facts.articles}),
        countries=len({article.country for article in facts.articles}),
        languages=tuple(dict.fromkeys(article.language for article in by_time if article.language)),
        articles=len(facts.articles),
        newest_at=newest,
        again_at=now + RANK_AGAIN if now - newest < ALIVE else None,
    )
