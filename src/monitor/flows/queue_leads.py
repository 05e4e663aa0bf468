"""Rank the stories that grew or aged, queue those worth writing about as leads, and balance the queue by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.flows.kit import Kit
from monitor.pipeline import lead, quota, spike, story_summary
from monitor.pipeline.novelty import COMPARED, Novelty, Published
from monitor.pipeline.spike import Pair, Usual
from monitor.pipeline.voices import grew_since
from monitor.records import Desk, SpikeFact, StoryArticle, StoryDoc, StoryFacts
from monitor.store import leads, pulse, stories
from monitor.store.leads import KnownLead, RankedStory

BATCH = 200
RANK_AGAIN = timedelta(hours=1)
"""A living story's rank fades with age, so it is computed again every hour."""
ALIVE = timedelta(days=4)
"""A story without a new article for this long has ended."""
MOVED = timedelta(hours=48)
"""The queue is balanced among the leads with an article in this time."""

OTHERS = 400
"""Articles of these days from which novelty learns how rare words are."""


@dataclass(slots=True)
class LeadReport:
    """What one run of ranking came to."""

    ranked: int = 0
    queued: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a story is ranked against: the desk's wishes, what is usual, what stands out, what was published."""

    desk: Desk
    priorities: Mapping[str, float]
    usual: Mapping[Pair, Usual]
    baseline_days: int
    spikes: Mapping[Pair, SpikeFact]
    published: Published
    last_published: datetime | None


@dataclass(frozen=True, slots=True)
class _Due:
    """One story to be ranked: its claim and what is known of it."""

    key: int
    token: str
    facts: StoryFacts | None
    lead: KnownLead | None
    docs: list[StoryDoc] = field(default_factory=list)


def queue_leads(kit: Kit, desk: Desk, priorities: Mapping[str, float]) -> LeadReport:
    """Rank every story that is due; returns when none is due any more."""
    report, around = LeadReport(), None
    while not kit.stop():
        now = kit.clock.now()
        token, keys = stories.claim_to_rank(now, limit=BATCH, worker=kit.worker)
        if not keys:
            break
        around = around or _surroundings(desk, priorities, now)
        facts, known = dict(stories.facts(keys)), leads.known(keys)
        moved = [key for key in keys if not _compared(facts.get(key), known.get(key), around)] if len(around.published) else []
        docs = stories.docs(moved, COMPARED) if moved else {}
        due = [_Due(key, token, facts.get(key), known.get(key), docs.get(key, [])) for key in keys]
        report.queued += leads.save_ranking([_ranked(one, around, now) for one in due], now)
        report.ranked += len(due)
        kit.progress("queue leads", report.ranked, report.ranked)
    if report.ranked:
        _balance(desk, kit.clock.now())
    return report


def _surroundings(desk: Desk, priorities: Mapping[str, float], now: datetime) -> Surroundings:
    usual, days = pulse.usual()
    last = leads.last_published()
    used = leads.published(now) if last is not None else {}
    published = Published(used, stories.latest_docs(OTHERS) if used else ())
    return Surroundings(desk, priorities, usual, days, pulse.going_on(now), published, last)


def _compared(facts: StoryFacts | None, known: KnownLead | None, around: Surroundings) -> bool:
    """Whether the lead's novelty still holds: neither the story nor what was published is another than when it was ranked."""
    if facts is None or known is None or known.ranked_at is None or around.last_published is None:
        return False
    return known.articles == len(facts.articles) and known.ranked_at > around.last_published


def _ranked(due: _Due, around: Surroundings, now: datetime) -> RankedStory:
    if due.facts is None:
        return RankedStory(due.key, due.token, False, "", (), "", "", 0.0, {}, (), 0, 0, (), 0, now, None)
    facts, known = _facts(due.facts, due, around), due.lead
    score = lead.rank(facts, now, around.priorities, around.desk.languages)
    first = next(article for article in facts.articles if article.id == lead.headline_of(facts.articles, around.desk.languages))
    newest = max(min(article.at, now) for article in facts.articles)
    by_time = sorted(facts.articles, key=lambda article: article.at)
    return RankedStory(
        key=due.key,
        token=due.token,
        lead=lead.is_lead(score, facts, queued=known is not None and known.status == "queued"),
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
        back=known is not None and known.dismissed_at is not None and grew_since(facts.articles, known.dismissed_at),
    )


def _facts(facts: StoryFacts, due: _Due, around: Surroundings) -> StoryFacts:
    """What the story's own rows cannot tell: pace, spikes and novelty."""
    pairs = subjects(facts.articles)
    new = _novelty(facts, due, around)
    return replace(
        facts,
        pinned=due.lead is not None and due.lead.pinned,
        expected_6h=spike.expected_of(pairs, around.usual),
        baseline_days=around.baseline_days,
        spikes=tuple(around.spikes[pair] for pair in pairs if pair in around.spikes),
        novelty=new.value,
        follows=new.follows,
        published=new.compared,
    )


def _novelty(facts: StoryFacts, due: _Due, around: Surroundings) -> Novelty:
    if due.lead is not None and len(around.published) and _compared(facts, due.lead, around):
        return Novelty(due.lead.novelty, due.lead.follows, 0.0, len(around.published))
    return around.published.novelty(due.docs)


def subjects(articles: tuple[StoryArticle, ...]) -> tuple[Pair, ...]:
    """The story's subjects: pairs for which half of its articles count, most told first."""
    told: dict[Pair, int] = {}
    for article in articles:
        for pair in spike.pairs_of({theme.theme: theme.confidence for theme in article.themes}, article.places):
            told[pair] = told.get(pair, 0) + 1
    return tuple(sorted((pair for pair, times in told.items() if 2 * times >= len(articles)), key=lambda pair: (-told[pair], pair)))


def _balance(desk: Desk, now: datetime) -> None:
    """Give the leads that moved their places, so that no section starves or floods the queue."""
    wanted = quota.quota_for(section.id for section in desk.sections)
    leads.save_places(quota.balanced(leads.queue(now - MOVED), wanted))
