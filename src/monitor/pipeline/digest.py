"""Makes one person's digest of the desk's facts: a worklist of what that person has not been told yet.

What was told is known lead by lead, never by a moment or a number: so nothing falls between two digests and nothing is told twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from monitor.records import Digest, DigestAlert, DigestDeadline, DigestFollow, DigestLead, DigestSilence

ALIVE = ("queued", "claimed", "used", "quiet")
"""Statuses of leads a digest tells; dismissed and put-off ones are dealt with."""
FIRST_LOOKS_BACK = timedelta(hours=24)
"""A person's first digest tells what moved within this before it, not the whole archive."""
OLDEST = timedelta(days=8)
"""A story without an article for longer is no news, even if it was never told (after a long pause of the digest)."""
GROWN_BY = 0.2
"""A story has grown for the digest by two articles and by this share of what it had when it was last told; a followed one by any."""
TELLERS = 4


@dataclass(frozen=True, slots=True)
class LeadFact:
    """One lead as it stands; `key` is its row, `titles` the best headline by language, `told` outlets with languages, first seen first."""

    key: int
    lead: str
    story: str
    section: str
    status: str
    headline: str
    language: str
    titles: Mapping[str, str]
    told: tuple[tuple[str, str], ...]
    outlets: int
    countries: int
    languages: tuple[str, ...]
    articles: int
    themes: tuple[str, ...]
    newest_at: datetime
    queued_at: datetime
    claimer: str = ""
    claimed_by: str = ""
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowFact:
    """A followed story: `before` is how many articles it had at the person's last digest (None: not followed then)."""

    story: str
    headline: str
    language: str
    articles: int
    before: int | None


@dataclass(frozen=True, slots=True)
class DigestReader:
    """Who the digest is for; without sections and themes everything is wanted, without languages every language is read."""

    id: str
    language: str
    role: str = "contributor"
    languages: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """The desk as everybody sees it: leads in the order of the queue, sections in theirs, silent outlets, editions that are open."""

    leads: tuple[LeadFact, ...] = ()
    sections: tuple[str, ...] = ()
    silent: tuple[DigestSilence, ...] = ()
    deadlines: tuple[DigestDeadline, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What holds for one person: articles each lead had when it was last told, by row; since when leads count as news to them."""

    delivered: Mapping[int, int] = field(default_factory=dict)
    since: datetime | None = None
    start: datetime | None = None
    follows: tuple[FollowFact, ...] = ()
    alerts: tuple[DigestAlert, ...] = ()
    troubles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A digest with the leads it tells, by row: how each was told (new, grown, mine), how many articles it has and had when told before."""

    digest: Digest
    told: Mapping[int, tuple[str, int, int]]


def make(
    desk: DigestFacts, reader: DigestReader, own: OwnFacts, *, day: date, wanted_at: datetime, now: datetime, late: bool = False
) -> Made:
    """The digest of one person for one date."""
    floor = max(own.start or wanted_at - FIRST_LOOKS_BACK, now - OLDEST)
    following = {one.story for one in own.follows}
    mine = [fact for fact in desk.leads if fact.status == "claimed" and fact.claimer == reader.id]
    others = [fact for fact in desk.leads if fact.status in ALIVE and not (fact.status == "claimed" and fact.claimer == reader.id)]
    untold = [fact for fact in others if fact.key not in own.delivered and fact.newest_at >= floor]
    new = [fact for fact in untold if wanted(fact, reader, following)]
    grown = [
        fact
        for fact in others
        if fact.key in own.delivered
        and has_grown(fact, own.delivered[fact.key], followed=fact.story in following)
        and wanted(fact, reader, following)
    ]
    told = {fact.key: _kind(fact, "new", own) for fact in new} | {fact.key: _kind(fact, "grown", own) for fact in grown}
    told |= {fact.key: _kind(fact, "mine", own) for fact in mine}
    shown = {fact.story for fact in (*new, *grown, *mine)}
    line = _Lines(reader, own.delivered, following)
    digest = Digest(
        local_date=day,
        made_at=now,
        since=own.since,
        late=late,
        mine=tuple(line(fact) for fact in sorted(mine, key=lambda fact: fact.claimed_until or datetime.max.replace(tzinfo=UTC))),
        deadlines=tuple(one for one in desk.deadlines if one.deadline > now),
        new=tuple(line(fact) for fact in _by_section(new, desk.sections)),
        grown=tuple(line(fact) for fact in grown),
        followed=_followed(own.follows, shown),
        alerts=own.alerts,
        claimed=tuple(line(fact) for fact in others if fact.status == "claimed" and fact.key not in told),
        elsewhere=_elsewhere(untold, told, own.since or floor),
        troubles=dict(own.troubles),
        follows={one.story: one.articles for one in own.follows},
    )
    tells_silence = reader.role in ("editor", "admin") or digest.is_empty
    return Made(replace(digest, silent=desk.silent if tells_silence else ()), told)


def wanted(fact: LeadFact, reader: DigestReader, following: Iterable[str] = ()) -> bool:
    """Whether a lead is of what a person wants told: followed sections, themes or stories, in a language they read."""
    if fact.story in following:
        return True
    if reader.languages and fact.languages and not {*reader.languages, reader.language} & set(fact.languages):
        return False
    chosen = bool(reader.sections or reader.themes)
    return not chosen or fact.section in reader.sections or not reader.themes.isdisjoint(fact.themes)


def has_grown(fact: LeadFact, before: int, *, followed: bool) -> bool:
    """Whether so many articles came since a person was told that they should be told again."""
    more = fact.articles - before
    return more >= 1 if followed else more >= max(2, GROWN_BY * before)


def headline_for(fact: LeadFact, reader: DigestReader) -> tuple[str, str]:
    """The headline in the first of a person's languages an outlet has one in, and its language."""
    for language in (reader.language, *reader.languages):
        if fact.titles.get(language):
            return fact.titles[language], language
    return fact.headline, fact.language


class _Lines:
    """Leads as one person reads them."""

    def __init__(self, reader: DigestReader, delivered: Mapping[int, int], following: Iterable[str]) -> None:
        self._reader, self._delivered, self._following = reader, delivered, frozenset(following)

    def __call__(self, fact: LeadFact) -> DigestLead:
        headline, language = headline_for(fact, self._reader)
        claimed = fact.status == "claimed"
        return DigestLead(
            lead=fact.lead,
            story=fact.story,
            section=fact.section,
            headline=headline,
            language=language,
            told=fact.told[:TELLERS],
            outlets=fact.outlets,
            countries=fact.countries,
            languages=len(fact.languages),
            articles=fact.articles,
            themes=fact.themes,
            more=max(0, fact.articles - self._delivered.get(fact.key, fact.articles)),
            by=fact.claimed_by if claimed else "",
            until=fact.claimed_until if claimed else None,
            followed=fact.story in self._following,
        )


def _kind(fact: LeadFact, how: str, own: OwnFacts) -> tuple[str, int, int]:
    return how, fact.articles, own.delivered.get(fact.key, 0)


def _by_section(facts: Iterable[LeadFact], sections: tuple[str, ...]) -> list[LeadFact]:
    """Leads by the desk's sections, each in the order of the queue; a section the desk does not know comes last."""
    places = {section: place for place, section in enumerate(sections)}
    return sorted(facts, key=lambda fact: places.get(fact.section, len(places)))


def _followed(follows: Iterable[FollowFact], shown: set[str]) -> tuple[DigestFollow, ...]:
    """Followed stories with news that stand nowhere else in the digest, those with most news first."""
    news = [one for one in follows if one.before is not None and one.articles > one.before and one.story not in shown]
    lines = [DigestFollow(one.story, one.headline, one.language, one.articles, one.articles - (one.before or 0)) for one in news]
    return tuple(sorted(lines, key=lambda one: -one.more))


def _elsewhere(untold: Iterable[LeadFact], told: Mapping[int, object], since: datetime) -> dict[str, int]:
    return dict(Counter(fact.section for fact in untold if fact.key not in told and fact.queued_at >= since))
