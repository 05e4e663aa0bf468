"""How well a desk understood the sample newsroom: pure functions that compare what it found with what is true.

    ids = {article_id_of(address): section for address, section in ...}
    print(section_accuracy(ids, samples))          # 183 of 202 (90.6 %)
    print(story_scores(stories, samples).all)      # precision 93.1 %, recall 88.0 %, F 90.5 % over 202

`found` always maps article ids to what the desk said; an article that is not in it counts as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from monitor.config.newsroom_file import Samples

_ID = re.compile(r"((?:af|am|as|eu|fo|no)\d{1,2})-?([a-z]{2})-?(\d)(?:\.\w+)?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with what went wrong by article id."""

    right: int
    total: int
    wrong: Mapping[str, str]

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 of 0 is 1."""
        return self.right / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.right} of {self.total} ({self.share:.1%})"


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and their harmonic mean F, each between 0 and 1, over `count` things."""

    precision: float
    recall: float
    count: int

    @property
    def f(self) -> float:
        """The harmonic mean; 0 when both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.1%}, recall {self.recall:.1%}, F {self.f:.1%} over {self.count}"


@dataclass(frozen=True, slots=True)
class StoryScores:
    """BCubed over all articles, and over pairs of different languages only."""

    all: Scores
    across_languages: Scores

    def __str__(self) -> str:
        return f"all: {self.all}\nacross languages: {self.across_languages}"


@dataclass(frozen=True, slots=True)
class CopyScores:
    """Wire copies recognised of all there are, and pairs called copies that are none."""

    recognised: int
    total: int
    missed: tuple[str, ...]
    false: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """Between 0 and 1."""
        return self.recognised / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.recognised} of {self.total} copies ({self.recall:.1%}), {len(self.false)} false"


def article_id_of(url: str) -> str:
    """The article id an address of the newsroom carries ("af1-fr-1"), or "" when it carries none."""
    found = _ID.search(url.split("#")[0])
    return "-".join(found.groups()).lower() if found else ""


def section_accuracy(found: Mapping[str, str], samples: Samples, *, noise: bool = False) -> Share:
    """The share of articles in their event's section; articles that are noise count only when asked."""
    expected = {one: truth.section for truth in samples.truths if noise or not truth.noise for one in truth.articles}
    wrong = {one: f"{found.get(one, 'nothing')} instead of {section}" for one, section in expected.items() if found.get(one) != section}
    return Share(len(expected) - len(wrong), len(expected), wrong)


def theme_scores(found: Mapping[str, Iterable[str]], samples: Samples) -> Scores:
    """Micro-averaged over (article, theme) pairs of all articles; themes given to noise count against precision."""
    true = {(one, theme) for truth in samples.truths for one in truth.articles for theme in truth.themes_of(one)}
    known = {one for truth in samples.truths for one in truth.articles}
    said = {(one, theme) for one, themes in found.items() if one in known for theme in themes}
    hits = len(true & said)
    return Scores(hits / len(said) if said else 0.0, hits / len(true) if true else 0.0, len(true))


def story_scores(found: Mapping[str, str], samples: Samples) -> StoryScores:
    """BCubed (Bagga and Baldwin 1998): for each article the share of its story that is of its event, and of its event that is in its story.

    Across languages, an article's peers are those of another language only, and articles without such peers are left out of the mean.
    """
    event = {one: truth.event for truth in samples.truths for one in truth.articles}
    language = {article.id: article.language for article in samples.articles}
    story = {one: found.get(one) or f"alone:{one}" for one in event}
    return StoryScores(
        _bcubed(story, event, lambda one, other: True),
        _bcubed(story, event, lambda one, other: language[one] != language[other]),
    )


def copies(found: Mapping[str, str], samples: Samples) -> CopyScores:
    """Compares the desk's copy relation (article id → the id it copies) with the wire copies; either of a pair may be called the copy."""
    family = {article.id: article.copy_of or article.id for article in samples.articles}
    pairs = {(one, other) for one, other in found.items() if other and one != other}
    linked = {frozenset(pair) for pair in pairs if _kin(pair, family)}
    true = [article.id for article in samples.articles if article.copy_of]
    missed = tuple(one for one in true if not any(one in pair for pair in linked))
    false = tuple(sorted(pair for pair in pairs if not _kin(pair, family)))
    return CopyScores(len(true) - len(missed), len(true), missed, false)


def apart(found: Mapping[str, str], samples: Samples) -> list[tuple[str, str]]:
    """Pairs of articles that share a story although their events only look alike; an empty list is what we want."""
    alike = {frozenset((truth.event, other)) for truth in samples.truths for other in truth.lookalike}
    event = {one: truth.event for truth in samples.truths for one in truth.articles}
    together = ((one, other) for one, other in combinations(sorted(event), 2) if found.get(one) and found.get(one) == found.get(other))
    return [(one, other) for one, other in together if frozenset((event[one], event[other])) in alike]


def _kin(pair: tuple[str, str], family: Mapping[str, str]) -> bool:
    return family.get(pair[0], pair[0]) == family.get(pair[1], pair[1])


def _bcubed(story: Mapping[str, str], event: Mapping[str, str], counts: Callable[[str, str], bool]) -> Scores:
    precision, recall = _mean_share(story, event, counts), _mean_share(event, story, counts)
    return Scores(precision[0], recall[0], max(precision[1], recall[1]))


def _mean_share(group: Mapping[str, str], label: Mapping[str, str], counts: Callable[[str, str], bool]) -> tuple[float, int]:
    """The mean over articles of the share of their group's peers with their own label, and how many articles had peers."""
    shares = []
    for one in group:
        peers = [other for other in group if group[other] == group[one] and counts(one, other)]
        if peers:
            shares.append(sum(label[other] == label[one] for other in peers) / len(peers))
    return (sum(shares) / len(shares) if shares else 0.0), len(shares)
