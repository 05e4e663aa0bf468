"""Ranks stories into leads: who tells it, in how many tongues, how fast it grows, whether it is the desk's subject — each part visible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import exp, log, log2, sqrt

from monitor.pipeline.voices import Voice, joined, own_pace, owner_of, voices_of
from monitor.records import LeadScore, StoryArticle, StoryFacts

WEIGHTS = {"breadth": 0.26, "diversity": 0.18, "velocity": 0.16, "theme": 0.20, "novelty": 0.12, "outlet": 0.08}

# What a reason may be, "code:value:value"; pages say them in the reader's language.
REASONS = {
    "pinned": "an editor pinned it: points added",
    "alerts": "N alert rules of the desk match it: points added",
    "theme": "a theme the desk follows, with how sure (0 … 1) over all voices",
    "no-theme": "none of the desk's themes",
    "noise": "sport, celebrities, weather: not the desk's subject",
    "voices": "N independent voices (copies of one text and outlets of one owner count once)",
    "single-voice": "one voice only",
    "unrated": "that voice is an outlet of low weight",
    "heavy-outlets": "N outlets of high weight tell it",
    "languages": "told in these languages, comma-separated BCP 47 codes",
    "countries": "N countries whose press tells it",
    "one-country": "told by the press of one country only (ISO 3166-1 alpha-2), by several voices",
    "agency-copies": "N articles carry a text that another one carries",
    "not-in": "no outlet tells it in a language the desk reads, comma-separated languages it reads",
    "spike": "its theme (id) in a country (alpha-2) has so many voices in so many hours, where so many are usual",
    "growing": "N new voices in the last six hours, and how many are usual if that is known",
    "no-baseline": "it is growing, but the desk knows only N days of its own past: too few to say what is usual",
    "follows": "a continuation of what was published, with its novelty (0 … 1)",
    "nothing-published": "nothing published yet to compare it with: its novelty is full",
    "old": "its newest article is older than the desk's horizon",
    "quota": "stands higher than its score because its section is owed places",
    "cap": "stands lower than its score because its section has its share of the first places",
}

PIN, ALERT = 50.0, 5.0
"""Points added to the score when an editor pinned a story, or an alert rule of the desk matches it."""

_FULL_BREADTH = 12  # voices
_FULL_LANGUAGES, _FULL_COUNTRIES = 5, 8
_RECENT = timedelta(hours=6)
_SETTLED = timedelta(hours=24)  # from this age on a story is compared with its own pace
_FULL_GROWTH = 4.0  # standard deviations above what is usual
_GROWING = 2  # new voices
_BASELINE_DAYS = 7
_SIGMOID_HOURS = 8.0
_UNRATED, _HEAVY = 0.4, 0.8  # outlet weights are 0.2 … 1.0, 0.6 by default
_NOISY = 0.5
_LEAST_THEME = 0.15  # of a theme's mean confidence, to be named as a reason
_LEAVES = 0.10  # of a queued lead's theme, below which it leaves the queue again
_MANY_VOICES = 3  # a story without theme is a lead when so many tell it


def rank(
    facts: StoryFacts, now: datetime, priorities: Mapping[str, float], languages_read: Sequence[str], fresh_hours: float = 36.0
) -> LeadScore:
    """The rank of a story at a moment: 100 · gate · weighted components · freshness, plus what pins and alerts add.

    `priorities` gives each theme's weight for the desk (0 … 1). Components are stored with gate and freshness so that the score can be
    shown and checked; reasons are codes of REASONS. A story without articles scores 0.
    """
    voices = voices_of(facts.articles)
    if not voices:
        return LeadScore(0.0, dict.fromkeys((*WEIGHTS, "gate", "fresh"), 0.0), ())
    themes = _themes(voices)
    recent, usual = joined(voices, now - _RECENT, now), _usual(voices, facts, now)
    age = max(0.0, (now - max(article.at for article in facts.articles)) / timedelta(hours=1))
    components = {
        "breadth": min(1.0, log2(1 + len(voices)) / log2(1 + _FULL_BREADTH)),
        "diversity": _diversity(voices),
        "velocity": max(0.0, min(1.0, (recent - usual) / sqrt(usual + 1) / _FULL_GROWTH)),
        "theme": _theme(themes, priorities),
        "novelty": max(0.0, min(1.0, facts.novelty)),
        "outlet": _outlet(facts.articles),
        "gate": _gate(voices),
        "fresh": 1 / (1 + exp(min(700.0, (age - fresh_hours) / _SIGMOID_HOURS))),
    }
    weighted = sum(weight * components[name] for name, weight in WEIGHTS.items())
    boosts = (PIN if facts.pinned else 0.0) + (ALERT if facts.alerts else 0.0)
    score = 100 * components["gate"] * components["fresh"] * weighted + boosts
    reasons = [*_boosted(facts), *_about_subject(voices, themes, priorities), *_about_voices(facts.articles, voices, languages_read)]
    reasons += [*_about_pace(facts, voices, recent, usual, now), *_about_novelty(facts), *(["old"] if age > fresh_hours else [])]
    return LeadScore(round(score, 2), {name: round(value, 4) for name, value in components.items()}, tuple(reasons))


# ── components ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _usual(voices: Sequence[Voice], facts: StoryFacts, now: datetime) -> float:
    """How many voices usually join in six hours: the story's own pace once it is a day old, before that what its subject has."""
    own = own_pace(voices, now, _RECENT, _SETTLED)
    return max(0.0, facts.expected_6h) if own is None else own


def _diversity(voices: Sequence[Voice]) -> float:
    """Half for languages, half for countries of the press, by the entropy of voices: five languages beat twelve copies in one."""
    languages = _entropy(voice[0].language for voice in voices) / log(_FULL_LANGUAGES)
    countries = _entropy(voice[0].country for voice in voices) / log(_FULL_COUNTRIES)
    return (min(1.0, languages) + min(1.0, countries)) / 2


def _entropy(values: Iterable[str]) -> float:
    counted = Counter(values)
    total = counted.total()
    return -sum(n / total * log(n / total) for n in counted.values()) if total else 0.0


def _themes(voices: Sequence[Voice]) -> dict[str, float]:
    """How sure each theme is over all voices: the mean of each voice's best confidence."""
    sure: dict[str, float] = {}
    for voice in voices:
        best: dict[str, float] = {}
        for article in voice:
            for theme in article.themes:
                best[theme.theme] = max(best.get(theme.theme, 0.0), theme.confidence)
        for name, confidence in best.items():
            sure[name] = sure.get(name, 0.0) + confidence / len(voices)
    return sure


def _theme(themes: Mapping[str, float], priorities: Mapping[str, float]) -> float:
    missing = 1.0
    for name, confidence in themes.items():
        missing *= 1 - min(1.0, confidence) * max(0.0, min(1.0, priorities.get(name, 0.0)))
    return 1 - missing


def _outlet(articles: Iterable[StoryArticle]) -> float:
    """The mean weight of the three best outlets, one an owner."""
    weights: dict[str, float] = {}
    for article in articles:
        weights[owner_of(article)] = max(weights.get(owner_of(article), 0.0), article.weight)
    best = sorted(weights.values(), reverse=True)[:3]
    return max(0.0, min(1.0, sum(best) / len(best))) if best else 0.0


def _noisy(voices: Sequence[Voice]) -> bool:
    return 2 * sum(voice[0].noise >= _NOISY for voice in voices) > len(voices)


def _unrated(voices: Sequence[Voice]) -> bool:
    return len(voices) == 1 and max(article.weight for article in voices[0]) < _UNRATED


def _gate(voices: Sequence[Voice]) -> float:
    """0 for what is not the desk's subject, one half for a single voice from an outlet nobody rated, else 1."""
    if _noisy(voices):
        return 0.0
    return 0.5 if _unrated(voices) else 1.0


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _boosted_by_pin(pinned: bool) -> list[str]:
    return [f"pinned:{PIN:.0f}"] if pinned else []


def _boosted(facts: StoryFacts) -> list[str]:
    return [*_boosted_by_pin(facts.pinned), *([f"alerts:{facts.alerts}"] if facts.alerts else [])]


def _about_subject(voices: Sequence[Voice], themes: Mapping[str, float], priorities: Mapping[str, float]) -> list[str]:
    if _noisy(voices):
        return ["noise"]
    sure = sorted(((round(value, 2), name) for name, value in themes.items() if value >= _LEAST_THEME and priorities.get(name, 0.0) > 0))
    return [f"theme:{name}:{value:.2f}" for value, name in sorted(sure, key=lambda pair: (-pair[0], pair[1]))] or ["no-theme"]


def _about_voices(articles: Sequence[StoryArticle], voices: Sequence[Voice], languages_read: Sequence[str]) -> list[str]:
    languages = sorted({article.language for article in articles})
    countries = sorted({article.country for article in articles if article.country})
    if len(voices) == 1:
        found = ["single-voice", *(["unrated"] if _unrated(voices) else [])]
    else:
        found = [f"voices:{len(voices)}"]
    heavy = len({article.outlet for article in articles if article.weight >= _HEAVY})
    if heavy:
        found.append(f"heavy-outlets:{heavy}")
    if len(languages) > 1:
        found.append("languages:" + ",".join(languages))
    if len(countries) > 1:
        found.append(f"countries:{len(countries)}")
    elif countries and len(voices) > 1:
        found.append(f"one-country:{countries[0]}")
    copies = len(articles) - len({article.copy_group or article.id for article in articles})
    if copies:
        found.append(f"agency-copies:{copies}")
    if languages_read and not set(languages) & set(languages_read):
        found.append("not-in:" + ",".join(languages_read))
    return found


def _about_pace(facts: StoryFacts, voices: Sequence[Voice], recent: int, usual: float, now: datetime) -> list[str]:
    found = [f"spike:{one.theme}:{one.country}:{one.voices}:{one.hours}:{one.usual:.1f}" for one in facts.spikes]
    if recent < _GROWING or recent <= usual:
        return found
    settled = now - voices[0][0].at >= _SETTLED
    if not settled and facts.baseline_days is not None and facts.baseline_days < _BASELINE_DAYS:
        return [*found, f"growing:{recent}", f"no-baseline:{facts.baseline_days}"]
    return [*found, f"growing:{recent}:{usual:.1f}" if usual else f"growing:{recent}"]


def _about_novelty(facts: StoryFacts) -> list[str]:
    if facts.published == 0:
        return ["nothing-published"]
    return [f"follows:{max(0.0, facts.novelty):.2f}:{facts.follows}"] if facts.follows else []


def with_pin(score: float, reasons: Sequence[str], pinned: bool) -> tuple[float, list[str]]:
    """A lead's score and reasons as `rank` will say them once it is pinned, or not any more."""
    others = [reason for reason in reasons if reason.partition(":")[0] != "pinned"]
    points = (PIN if pinned else 0.0) - (PIN if len(others) < len(reasons) else 0.0)
    return round(score + points, 2), [*_boosted_by_pin(pinned), *others]


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_lead(score: LeadScore, facts: StoryFacts, queued: bool = False) -> bool:
    """Whether a story is worth queueing: pinned, or of a theme of the desk, or told by three voices — and never noise.

    One that is `queued` already stays at a somewhat weaker theme, so that a lead on the edge does not come and go.
    """
    if facts.pinned:
        return True
    gate, theme = score.components.get("gate", 0.0), score.components.get("theme", 0.0)
    if gate == 0.0:
        return False
    if theme >= (_LEAVES if queued else _LEAST_THEME):
        return True
    return len(voices_of(facts.articles)) >= _MANY_VOICES


def headline_of(articles: Iterable[StoryArticle], languages: Sequence[str]) -> str:
    """The article whose headline stands for the story: in the reader's first language that has one, of the weightiest outlet.

    An original before its copies, then the earliest; raises ValueError for a story without articles.
    """
    known = sorted(articles, key=lambda article: (article.at, article.id))
    if not known:
        raise ValueError("a story without articles has no headline")
    originals: dict[str, str] = {}
    for article in known:
        originals.setdefault(article.copy_group or article.id, article.id)
    order = {language: place for place, language in reversed(list(enumerate(languages)))}

    def rank_of(article: StoryArticle) -> tuple[int, bool, float, datetime, str]:
        copied = originals[article.copy_group or article.id] != article.id
        return order.get(article.language, len(order)), copied, -article.weight, article.at, article.id

    return min(known, key=rank_of).id
