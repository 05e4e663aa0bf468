"""Measures ranking: what it costs, how often a spike is called where there is none and found where there is one, novelty, and quotas.

Run `python benchmarks/understanding/ranking.py [cost] [spikes] [novelty] [quotas]` (default: all). Everything is made here from fixed
seeds or is the sample newsroom; no figure says anything about a desk's real news, for which there are no decisions to compare with.
"""

from __future__ import annotations

import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newsroom_articles import START, NewsArticle, newsroom

from monitor.jobs.knowledge import load_knowledge
from monitor.outside.reading import Compiled
from monitor.pipeline import lead, quota
from monitor.pipeline.novelty import FOLLOWS, Published
from monitor.pipeline.spike import CHANCE, LEAST_VOICES, WINDOWS, Baseline, Mention, Pair, count, spikes, tail, window_start
from monitor.records import StoryArticle, StoryDoc, StoryFacts, ThemeScore

NOW = datetime(2026, 3, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRIORITIES = {"terror": 1.0, "space": 0.5}


def newsroom_docs() -> tuple[list[NewsArticle], dict[str, StoryDoc]]:
    """The sample newsroom's articles and what the grouping sees of each."""
    compiled, articles, docs = Compiled(load_knowledge(None, ())), newsroom(), {}
    for one in articles:
        tagged = compiled.tag(one.title, one.text, one.language)
        docs[one.id] = compiled.doc(
            id=one.id, outlet=one.outlet, language=one.language, at=one.at, title=one.title, text=one.text, tagged=tagged
        )
    return articles, docs


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a true pair scores above a false one."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


# ── spikes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_stream(seed: int, *, days: int, stories_a_day: float, pairs: int, most: int = 30) -> list[Mention]:
    """News: stories at random by the hour of the day, on pairs as uneven as words are, each told by one outlet or, rarely, up to `most`."""
    chance, told = random.Random(seed), []
    weights = [1 / (rank + 3) for rank in range(pairs)]
    names = [Pair(f"t{rank % 18}", f"C{rank}") for rank in range(pairs)]
    begin = NOW - timedelta(days=days)
    for number in range(int(days * stories_a_day)):
        start = begin + timedelta(days=chance.random() * days)
        if chance.random() > 0.55 + 0.45 * math.sin((start.hour - 5) / 24 * 2 * math.pi):
            continue
        voices = min(most, int(chance.paretovariate(1.4)))
        pair = chance.choices(names, weights)[0]
        owners = chance.sample(range(80), voices)
        told += [Mention(start + HOUR * chance.expovariate(1 / 5), f"o{owner}", f"s{number}", (pair,)) for owner in owners]
    return sorted((one for one in told if one.at < NOW + timedelta(days=30)), key=lambda one: one.at)


def poisson_calls(mentions: Sequence[Mention], baseline: Baseline, now: datetime) -> set[Pair]:
    """What a Poisson tail of the same chance would call in the same windows."""
    called = set()
    for length in WINDOWS:
        start = window_start(now, length)
        within = [one for one in mentions if start <= one.at <= now]
        times = [(start + HOUR * hour).hour for hour in range(length)]
        told: defaultdict[Pair, list[Mention]] = defaultdict(list)
        for one in within:
            for pair in one.pairs:
                told[pair].append(one)
        for pair, members in told.items():
            usual = baseline.usual(pair, times, len(within), len(members))
            if len({one.owner for one in members}) >= LEAST_VOICES and tail(len(members), usual, 1.0) < CHANCE:
                called.add(pair)
    return called


def measure_spikes() -> None:
    """Calls a day on a calm stream and on a bursty one, and bursts found that were planted into the bursty one."""
    print("\nspikes: 18 themes, 300 pairs, looks every three hours of seven days, three seeds; a pair is called once a day")
    for stories_a_day in (60, 400):
        for name, most in (("stories of 1 … 3 voices, nothing to call", 3), ("stories of 1 … 30 voices", 30)):
            ours, poisson, spent, heard = _calls(stories_a_day, most)
            print(
                f"  {heard:4.0f} voices a day, {name}: {ours:.2f} calls a day (a Poisson tail: {poisson:.2f});"
                f" {1000 * statistics.median(spent):.1f} ms a look"
            )
        for extra in (6, 9, 12, 18, 25):
            found = [_found(seed, stories_a_day, extra) for seed in range(40)]
            rare, busy = [one[0] for one in found], [one[1] for one in found]
            print(f"      {extra:3d} voices more within five hours: found {_share(rare)} on a rare pair, {_share(busy)} on a busy one")


def _calls(stories_a_day: float, most: int) -> tuple[float, float, list[float], float]:
    """Mean calls a day of ours and of a Poisson tail, seconds of each look, mean voices a day."""
    ours = plain = voices = 0
    spent: list[float] = []
    for seed in range(3):
        stream = a_stream(seed, days=42, stories_a_day=stories_a_day, pairs=300, most=most)
        voices += len(stream)
        for day in range(1, 8):
            ours, plain = _a_day(stream, day, ours, plain, spent)
    return ours / 21, plain / 21, spent, voices / 3 / 42


def _a_day(stream: Sequence[Mention], back: int, calls: int, plain: int, spent: list[float]) -> tuple[int, int]:
    """Looks every third hour of one day; a pair counts once a day."""
    day = NOW - timedelta(days=back)
    baseline = Baseline(count(one for one in stream if one.at < day), day.date())
    seen: set[Pair] = set()
    seen_plain: set[Pair] = set()
    for hour in range(0, 24, 3):
        now = day + HOUR * hour + timedelta(minutes=50)
        near = [one for one in stream if day - timedelta(days=1) <= one.at <= now]
        began = time.perf_counter()
        seen |= {one.pair for one in spikes(near, baseline, now)}
        spent.append(time.perf_counter() - began)
        seen_plain |= poisson_calls(near, baseline, now)
    return calls + len(seen), plain + len(seen_plain)


def _found(seed: int, stories_a_day: int, extra: int) -> list[bool]:
    """Whether a burst on a pair of the rare half and on one of the ten busiest is called."""
    chance = random.Random(seed)
    stream = _stream_of(seed % 4, stories_a_day)
    day = NOW - timedelta(days=1 + seed % 5)
    now = day + HOUR * chance.randrange(8, 22) + timedelta(minutes=30)
    baseline = _baseline_of(seed % 4, stories_a_day, day)
    near = [one for one in stream if day - timedelta(days=1) <= one.at <= now]
    found = []
    for rank in (chance.randrange(150, 300), chance.randrange(0, 10)):
        pair = Pair(f"t{rank % 18}", f"C{rank}")
        burst = [Mention(now - HOUR * 5 * chance.random(), f"o{one}", "burst", (pair,)) for one in range(extra)]
        found.append(any(one.pair == pair for one in spikes([*near, *burst], baseline, now)))
    return found


_STREAMS: dict[tuple[int, int], list[Mention]] = {}
_BASELINES: dict[tuple[int, int, datetime], Baseline] = {}


def _stream_of(seed: int, stories_a_day: int) -> list[Mention]:
    key = (seed, stories_a_day)
    if key not in _STREAMS:
        _STREAMS[key] = a_stream(100 + seed, days=42, stories_a_day=stories_a_day, pairs=300)
    return _STREAMS[key]


def _baseline_of(seed: int, stories_a_day: int, day: datetime) -> Baseline:
    key = (seed, stories_a_day, day)
    if key not in _BASELINES:
        _BASELINES[key] = Baseline(count(one for one in _stream_of(seed, stories_a_day) if one.at < day), day.date())
    return _BASELINES[key]


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found)} of {len(found)}"


# ── novelty ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure_novelty() -> None:
    """Half of each event's articles of the sample newsroom are published; is the other half a continuation, and nothing else?"""
    articles, docs = newsroom_docs()
    events: defaultdict[str, list[NewsArticle]] = defaultdict(list)
    for article in articles:
        if not article.copy_of:
            events[article.event].append(article)
    told = {event: members for event, members in events.items() if len(members) > 1 and not event.startswith("no")}
    names = sorted(told)
    same, other, wrong, spent = [], [], [], []
    for half in (names[::2], names[1::2]):
        published = Published({event: [docs[one.id] for one in told[event][: len(told[event]) // 2]] for event in half})
        for event in names:
            members = told[event][len(told[event]) // 2 :]
            began = time.perf_counter()
            found = published.novelty([docs[one.id] for one in members])
            spent.append(time.perf_counter() - began)
            (same if event in half else other).append(found.nearness)
            if (found.follows == event) != (event in half) or (found.follows and event not in half):
                wrong.append((event, found.follows or "new", found.nearness))
    print(f"\nnovelty: {len(same)} continuations and {len(other)} new stories of the sample newsroom, other languages' articles published")
    print(f"  AUC {auc(same, other):.3f}; at {FOLLOWS}: {sum(s >= FOLLOWS for s in same)} of {len(same)} continuations recognised,")
    print(
        f"  {sum(s >= FOLLOWS for s in other)} of {len(other)} new stories taken for one; {1000 * statistics.median(spent):.1f} ms a story"
    )
    passing = [f"at {at} {sum(s >= at for s in same)} and {sum(s >= at for s in other)}" for at in (0.3, 0.4, 0.6)]
    print(f"  recognised and mistaken elsewhere: {', '.join(passing)}")
    single = [(event, _alone(event, told, docs, others)) for others in ((), list(docs.values())) for event in names]
    without, heard = (sum(follows == event for event, follows in part) for part in (single[: len(names)], single[len(names) :]))
    print(
        f"  only that story published: {without} of {len(names)} recognised, {heard} when the news of these days tells how rare words are"
    )
    print(f"  otherwise: {', '.join(f'{event} as {as_} ({near:.2f})' for event, as_, near in wrong[:12]) or 'none'}")


def _alone(event: str, told: Mapping[str, Sequence[NewsArticle]], docs: Mapping[str, StoryDoc], others: Sequence[StoryDoc]) -> str:
    """Which story the second half of an event's articles continues when only its first half was published."""
    members = told[event]
    published = Published({event: [docs[one.id] for one in members[: len(members) // 2]]}, others)
    return published.novelty([docs[one.id] for one in members[len(members) // 2 :]]).follows


# ── quotas ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def newsroom_leads() -> list[quota.Candidate]:
    """The sample newsroom's events ranked by their truth."""
    events: defaultdict[str, list[NewsArticle]] = defaultdict(list)
    for article in newsroom():
        events[article.event].append(article)
    found = []
    for event, members in events.items():
        told = [
            StoryArticle(
                one.id, one.outlet, "", one.countries[0] if one.countries else "", one.language, 0.6, one.at, one.copy_of or one.id,
                tuple(ThemeScore(theme, 5.0, 0.9) for theme in one.themes), noise=float(event.startswith("no")),
            )
            for one in members
        ]  # fmt: skip
        facts = StoryFacts(event, tuple(told), members[0].section)
        score = lead.rank(facts, START, defaultdict(lambda: 0.8), ("fr", "en"))
        if lead.is_lead(score, facts):
            found.append(quota.Candidate(event, score.score, members[0].section))
    return found


def measure_quotas() -> None:
    """The first twenty by score alone and balanced: the newsroom, and a desk whose outlets are nearly all of one region."""
    sections = ("africa", "america", "asia", "europe", "focus")
    chance = random.Random(7)
    weights = (0.04, 0.10, 0.14, 0.70, 0.02)
    lopsided = [
        quota.Candidate(f"s{one}", min(95.0, max(1.0, chance.gauss(45 if section == "europe" else 32, 12))), section)
        for one, section in enumerate(chance.choices(sections, weights, k=300))
    ]
    print("\nquotas: leads of each section among the first twenty, by score alone and balanced")
    for name, leads in (("sample newsroom", newsroom_leads()), ("lopsided desk", lopsided)):
        by_score = sorted(leads, key=lambda one: (-one.score, one.story))[:20]
        began = time.perf_counter()
        places = quota.balanced(leads, quota.quota_for(sections))
        spent = time.perf_counter() - began
        section = {one.story: one.section for one in leads}
        score = {one.story: one.score for one in leads}
        shown = [one.story for one in places[:20]]
        plain, even = Counter(one.section for one in by_score), Counter(section[one] for one in shown)
        print(f"  {name} ({len(leads)} leads, {1000 * spent:.1f} ms)")
        print("    " + ", ".join(f"{one} {plain[one]} → {even[one]}" for one in sections))
        print(f"    mean score {statistics.mean(one.score for one in by_score):.1f} → {statistics.mean(score[one] for one in shown):.1f}")


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure_cost() -> None:
    """Seconds that ranking adds to `monitor once`, on SQLite: new stories, the same again, and with editions to compare with."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"MONITOR_HOME": home}
        from monitor.store import setup

        setup.start()
        setup.migrate(NOW, backup=False)
        _rank_desk()
        setup.close_connections()


def _rank_desk() -> None:
    from monitor.flows.count_pulse import count_pulse
    from monitor.flows.kit import Kit
    from monitor.flows.queue_leads import queue_leads
    from monitor.outside.guard import Policy
    from monitor.records import Desk
    from monitor.store import models

    clock = _Clock()
    nothing = None
    kit = Kit(clock, nothing, nothing, nothing, Policy(contact=""), "bench")  # type: ignore[arg-type]
    stories = list(_fill())
    print(f"\ncost: {len(stories)} stories, {models.Article.objects.count()} articles on SQLite")
    _timed("new", 1, stories, lambda: queue_leads(kit, Desk(), PRIORITIES))
    _timed("again", 5, stories, lambda: queue_leads(kit, Desk(), PRIORITIES))
    used = [lead.pk for lead in models.Lead.objects.order_by("pk")[:20]]
    models.LeadEvent.objects.bulk_create([models.LeadEvent(lead_id=one, kind="used", at=NOW) for one in used])
    models.Lead.objects.filter(pk__in=used).update(status="used")
    _timed("all compared with 20 published stories", 3, stories, lambda: queue_leads(kit, Desk(), PRIORITIES))
    clock.hours = 1
    _timed("compared once more", 1, stories, lambda: queue_leads(kit, Desk(), PRIORITIES))
    _timed("again, nothing grown since", 3, stories, lambda: queue_leads(kit, Desk(), PRIORITIES))
    began = time.perf_counter()
    count_pulse(kit)
    print(f"  counting the pulse once an hour: {time.perf_counter() - began:.3f} s")


def _timed(name: str, times: int, stories: Sequence[Any], run: Callable[[], Any]) -> None:
    """Let every story be due, and time the ranking."""
    from monitor.store import models

    spent = []
    for _ in range(times):
        models.ToRank.objects.all().delete()
        models.ToRank.objects.bulk_create([models.ToRank(story=one, due_at=NOW) for one in stories])
        began = time.perf_counter()
        ranked = run().ranked
        spent.append(time.perf_counter() - began)
    print(f"  {name}: {ranked} ranked in {statistics.median(spent):.3f} s, {1000 * statistics.median(spent) / ranked:.2f} ms each")


class _Clock:
    """Stands still so many hours after NOW."""

    hours = 0

    def now(self) -> datetime:
        return NOW + HOUR * self.hours

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def _fill() -> Iterator[object]:
    """The sample newsroom's articles in the stories they belong to."""
    import json

    from monitor.pipeline.story_doc_json import to_json
    from monitor.store import models

    articles, docs = newsroom_docs()
    outlets = {
        slug: models.Outlet.objects.create(slug=slug, name=slug, country="FR", language="fr", kind="newspaper")
        for slug in sorted({one.outlet for one in articles})
    }
    stories: dict[str, object] = {}
    for number, one in enumerate(articles):
        if one.event not in stories:
            stories[one.event] = models.Story.objects.create(created_at=NOW, newest_at=NOW, oldest_at=NOW)
        at = NOW - (START - one.at)
        row = models.Article.objects.create(
            key=f"{number}", url=f"https://x.example/{number}", outlet=outlets[one.outlet], story=stories[one.event], title=one.title,
            language=one.language, section=one.section, published_at=at, discovered_at=at, read_at=at, state="read", verdict="full",
            themes=[{"theme": theme, "score": 5.0, "confidence": 0.9} for theme in one.themes],
            places=[{"country": country, "score": 2.0, "count": 1} for country in one.countries],
        )  # fmt: skip
        models.ArticleDoc.objects.create(article=row, at=at, doc=json.loads(to_json(docs[one.id])))
    return iter(stories.values())


MEASURES = {"cost": measure_cost, "spikes": measure_spikes, "novelty": measure_novelty, "quotas": measure_quotas}


def main(names: list[str]) -> int:
    """Run the named measures, or all."""
    if unknown := [name for name in names if name not in MEASURES]:
        print(f"There is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}.")
        return 2
    for name in names or list(MEASURES):
        MEASURES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
