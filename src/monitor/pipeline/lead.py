"""Ranks stories into leads: who tells it, in how many tongues, how fast it grows, whether it is the desk's subject — each part visible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, log2, sqrt

from monitor.records import LeadScore, StoryArticle, StoryFacts

WEIGHTS = {"breadth": 0.26, "diversity": 0.18, "velocity": 0.16, "theme": 0.20, "novelty": 0.12, "outlet": 0.08}

# What a reason may be, "code:value:value"; pages say them in the reader's language.
REASONS = {
    "voices": "N independent voices (copies of one text and outlets of one owner count once)",
    "languages": "told in these languages, comma-separated BCP 47 codes",
    "countries": "N countries whose press tells it",
    "theme": "a theme the desk follows, with how sure (0 … 1) over all voices",
    "growing": "N new voices in the last six hours, more than usual",
    "follows": "a continuation of what was published, with its novelty (0 … 1)",
    "agency-copies": "N articles carry a text that another one carries",
    "single-voice": "one voice only",
    "unrated": "that voice is an outlet without a rating",
    "one-country": "told by the press of one country only (ISO 3166-1 alpha-2), by several voices",
    "not-in": "no outlet tells it in a language the desk reads, comma-separated languages it reads",
    "no-theme": "none of the desk's themes",
    "noise": "sport, celebrities, weather: not the desk's subject",
    "pinned": "an editor pinned it: points added",
    "old": "its newest article is older than the desk's horizon",
}

_FULL_BREADTH = 12  # voices
_FULL_LANGUAGES, _FULL_COUNTRIES = 5, 8
_RECENT = timedelta(hours=6)
_FULL_GROWTH = 4.0  # standard deviations above what is usual
_GROWING = 2  # new voices
_SIGMOID_HOURS = 8.0
_UNRATED = 0.4  # outlet weights are 0.2 … 1.0, 0.6 by default
_NOISY = 0.5
_PIN = 50.0
_LEAST_THEME = 0.15  # of a theme's mean confidence, to be named as a reason
_MANY_VOICES = 3  # a story without theme is a lead when so many tell it


def rank(
    facts: StoryFacts, now: datetime, priorities: Mapping[str, float], languages_read: Sequence[str], fresh_hours: float = 36.0
) -> LeadScore:
    """The rank of a story at a moment: 100 · gate · weighted components · freshness, plus 50 when pinned.

    `priorities` gives each theme's weight for the desk (0 … 1). Components are stored with gate and freshness so that the score can be
    shown and checked; reasons are codes of REASONS. A story without articles scores 0.
    """
    voices = _voices(facts.articles)
    if not voices:
        return LeadScore(0.0, dict.fromkeys((*WEIGHTS, "gate", "fresh"), 0.0), ())
    themes = _themes(voices)
    recent = _recent(voices, now)
    newest = max(article.at for article in facts.articles)
    age = max(0.0, (now - newest) / timedelta(hours=1))
    components = {
        "breadth": min(1.0, log2(1 + len(voices)) / log2(1 + _FULL_BREADTH)),
        "diversity": _diversity(voices),
        "velocity": max(0.0, min(1.0, (recent - facts.expected_6h) / sqrt(facts.expected_6h + 1) / _FULL_GROWTH)),
        "theme": _theme(themes, priorities),
        "novelty": max(0.0, min(1.0, facts.novelty)),
        "outlet": _outlet(facts.articles),
        "gate": _gate(voices),
        "fresh": 1 / (1 + exp(min(700.0, (age - fresh_hours) / _SIGMOID_HOURS))),
    }
    weighted = sum(weight * components[name] for name, weight in WEIGHTS.items())
    score = 100 * components["gate"] * components["fresh"] * weighted + (_PIN if facts.pinned else 0.0)
    reasons = _reasons(facts, voices, themes, priorities, languages_read, recent)
    return LeadScore(
        round(score, 2), {name: round(value, 4) for name, value in components.items()}, (*reasons, "old") if age > fresh_hours else reasons
    )


# ── voices ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_Voice = tuple[StoryArticle, ...]


def _voices(articles: Iterable[StoryArticle]) -> list[_Voice]:
    """The independent voices, each with its articles, the original first: copies of one text are one, and so are outlets of one owner."""
    texts: dict[str, list[StoryArticle]] = {}
    for article in sorted(articles, key=lambda article: (article.at, article.id)):
        texts.setdefault(article.copy_group or article.id, []).append(article)
    owners: dict[str, list[StoryArticle]] = {}
    for text in texts.values():
        owners.setdefault(text[0].owner or f"outlet {text[0].outlet}", []).extend(text)
    return [tuple(voice) for voice in owners.values()]


def _recent(voices: Sequence[_Voice], now: datetime) -> int:
    """How many voices spoke for the first time within six hours."""
    return sum(timedelta(0) <= now - voice[0].at <= _RECENT for voice in voices)


def _diversity(voices: Sequence[_Voice]) -> float:
    """Half for languages, half for countries of the press, by the entropy of voices: five languages beat twelve copies in one."""
    languages = _entropy(voice[0].language for voice in voices) / log(_FULL_LANGUAGES)
    countries = _entropy(voice[0].country for voice in voices) / log(_FULL_COUNTRIES)
    return (min(1.0, languages) + min(1.0, countries)) / 2


def _entropy(values: Iterable[str]) -> float:
    counted = Counter(values)
    total = counted.total()
    return -sum(n / total * log(n / total) for n in counted.values()) if total else 0.0


def _themes(voices: Sequence[_Voice]) -> dict[str, float]:
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
    """The mean weight of the three best outlets."""
    weights: dict[str, float] = {}
    for article in articles:
        weights[article.outlet] = max(weights.get(article.outlet, 0.0), article.weight)
    best = sorted(weights.values(), reverse=True)[:3]
    return max(0.0, min(1.0, sum(best) / len(best))) if best else 0.0


def _noisy(voices: Sequence[_Voice]) -> bool:
    return 2 * sum(voice[0].noise >= _NOISY for voice in voices) > len(voices)


def _unrated(voices: Sequence[_Voice]) -> bool:
    return len(voices) == 1 and max(article.weight for article in voices[0]) < _UNRATED


def _gate(voices: Sequence[_Voice]) -> float:
    """0 for what is not the desk's subject, one half for a single voice from an outlet nobody rated, else 1."""
    if _noisy(voices):
        return 0.0
    return 0.5 if _unrated(voices) else 1.0


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reasons(
    facts: StoryFacts,
    voices: Sequence[_Voice],
    themes: Mapping[str, float],
    priorities: Mapping[str, float],
    languages_read: Sequence[str],
    recent: int,
) -> tuple[str, ...]:
    found = ["pinned:50"] if facts.pinned else []
    found += _about_subject(voices, themes, priorities)
    found += _about_voices(facts.articles, voices, languages_read)
    if recent >= _GROWING and recent > facts.expected_6h:
        found.append(f"growing:{recent}")
    if facts.novelty < 1:
        found.append(f"follows:{max(0.0, facts.novelty):.2f}")
    return tuple(found)


def _about_subject(voices: Sequence[_Voice], themes: Mapping[str, float], priorities: Mapping[str, float]) -> list[str]:
    if _noisy(voices):
        return ["noise"]
    sure = sorted(((round(value, 2), name) for name, value in themes.items() if value >= _LEAST_THEME and priorities.get(name, 0.0) > 0))
    return [f"theme:{name}:{value:.2f}" for value, name in sorted(sure, key=lambda pair: (-pair[0], pair[1]))] or ["no-theme"]


def _about_voices(articles: Sequence[StoryArticle], voices: Sequence[_Voice], languages_read: Sequence[str]) -> list[str]:
    languages = sorted({article.language for article in articles})
    countries = sorted({article.country for article in articles if article.country})
    if len(voices) == 1:
        found = ["single-voice", *(["unrated"] if _unrated(voices) else [])]
    else:
        found = [f"voices:{len(voices)}"]
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


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_lead(score: LeadScore, facts: StoryFacts) -> bool:
    """Whether a story is worth queueing: pinned, or of a theme of the desk, or told by three voices — and never noise."""
    if facts.pinned:
        return True
    gate, theme = score.components.get("gate", 0.0), score.components.get("theme", 0.0)
    if gate == 0.0:
        return False
    if theme >= _LEAST_THEME:
        return True
    return len(_voices(facts.articles)) >= _MANY_VOICES


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead as the digest orders them."""

    story: str
    score: float
    section: str


_LIKENESS_COST, _SECTION_COST = 12.0, 6.0


def balance(
    leads: Iterable[Candidate],
    quota: Mapping[str, int],
    size: int = 20,
    alike: Callable[[str, str], float] | None = None,
) -> tuple[str, ...]:
    """The leads in the order a digest shows them, balanced by section: greedy, each step the best of score − 12 · likeness − 6 · section.

    `quota` is the least number of each section within the first `size` (as far as there are leads); without it Africa would starve.
    `alike` tells how near two stories are (0 … 1).
    """
    left = sorted(leads, key=lambda lead: (-lead.score, lead.story))
    near = {lead.story: 0.0 for lead in left}
    picked: Counter[str] = Counter()
    order: list[str] = []
    while left:
        open_to = _owed(left, quota, picked, size - len(order)) or left
        best = max(open_to, key=lambda lead: lead.score - _LIKENESS_COST * near[lead.story] - _SECTION_COST * picked[lead.section])
        left.remove(best)
        order.append(best.story)
        picked[best.section] += 1
        if alike is not None:
            near.update({lead.story: max(near[lead.story], alike(lead.story, best.story)) for lead in left})
    return tuple(order)


def _owed(left: Sequence[Candidate], quota: Mapping[str, int], picked: Mapping[str, int], slots: int) -> list[Candidate]:
    """When only as many places remain as sections are owed, the leads of those sections; else nothing."""
    there = Counter(lead.section for lead in left)
    owed = {section: min(least - picked.get(section, 0), there[section]) for section, least in quota.items()}
    owed = {section: number for section, number in owed.items() if number > 0}
    if 0 < slots <= sum(owed.values()):
        return [lead for lead in left if lead.section in owed]
    return []
