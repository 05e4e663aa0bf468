"""What saved queries cost: 10,000 seeded random ones waiting for 700-word articles, by the index and one by one.

    python benchmarks/understanding/queries.py [--queries 10000] [--articles 300] [--brute 10] [--titles]

Words are made up and drawn as often as words of real news: how often the n-th commonest of 479 English articles occurs (161,589 words,
16,372 different ones) stands below as numbers, between them by a straight line of the logarithms, beyond the last by the same fall.
Articles are English to the stemmer. A query has 1 to 6 terms, joined by OR, AND, NOT and NEAR/10: words, prefixes, phrases, words of the
headline, of words drawn by the same law beyond the 1,500 commonest, whom nobody asks for alone. Printed per article: the median time of
making the document and of asking the index, that of asking every query in turn, candidates and matches; and that both ways found the
same. Times are those of the processor, so that what else runs on the machine does not count. The aims: at most 3 ms at the median, at
least 20 times as fast as one by one, no difference.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Callable
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.machine import heading

from monitor.pipeline.percolate import QueryIndex, shares
from monitor.pipeline.query import About, MatchDoc, Query, match_doc, matches, parse

SYLLABLES = [first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r", "s", "l")]
ENDINGS = ("", "", "", "s", "ed", "ing", "ation")
THEMES = tuple(f"theme{number}" for number in range(18))
VOCABULARY = 30_000
A_MILLION = {
    1: 55128, 2: 28362, 3: 24018, 5: 21901, 10: 9710, 20: 4648, 50: 2061, 100: 904, 200: 489, 500: 235, 1000: 130, 2000: 68, 5000: 25,
    10000: 6, 30000: 1,
}  # fmt: skip
"""How often the n-th commonest word occurs in a million words of news."""
UNASKED = 1_500  # the commonest words
WORDS = 700


def frequencies() -> list[float]:
    """How often each word of the vocabulary is drawn, by its rank."""
    known = sorted(A_MILLION.items())
    found: list[float] = []
    for (first, often), (last, seldom) in pairwise(known):
        fall = math.log(seldom / often) / math.log(last / first)
        found += [often * (rank / first) ** fall for rank in range(first, last)]
    return [*found, float(known[-1][1])][:VOCABULARY]


class Words:
    """A vocabulary whose n-th word is drawn as often as the n-th commonest word of news."""

    def __init__(self, chance: random.Random) -> None:
        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            length = 1 + (len(made) > 100) + (len(made) > 2_000) + (chance.random() < 0.3)
            made["".join(chance.choice(SYLLABLES) for _ in range(length)) + chance.choice(ENDINGS)] = None
        self.all = list(made)
        self._weights = list(accumulate(frequencies()))

    def draw(self, chance: random.Random, beyond: int = 0) -> str:
        """A word, not one of the commonest `beyond`."""
        lowest = self._weights[beyond - 1] if beyond else 0.0
        return self.all[min(bisect(self._weights, chance.uniform(lowest, self._weights[-1])), VOCABULARY - 1)]


def a_query(words: Words, chance: random.Random) -> str:
    """A random query of 1 to 6 terms as a person might save it."""
    left = chance.randint(1, 6)
    text, left = _part(words, chance, left)
    while left:
        part, left = _part(words, chance, left)
        kind = chance.random()
        text = f"({text}) OR {part}" if kind < 0.5 else f"({text}) AND {part}" if kind < 0.85 else f"({text}) NOT {part}"
    return f"({text}) theme:{chance.choice(THEMES)}" if chance.random() < 0.1 else text


def _part(words: Words, chance: random.Random, left: int) -> tuple[str, int]:
    """One term, or two near each other, and how many are left."""
    word: Callable[[], str] = lambda: words.draw(chance, UNASKED)  # noqa: E731
    kind = chance.random()
    if kind < 0.15 and left > 1:
        return f"({word()} NEAR/10 {word()})", left - 2
    if kind < 0.25:
        return word()[:5].ljust(4, "a") + "*", left - 1
    if kind < 0.32:
        return f'"{words.draw(chance)} {word()}"', left - 1
    return (f"title:{word()}" if kind < 0.37 else word()), left - 1


def an_article(words: Words, chance: random.Random, length: int) -> tuple[str, str, About]:
    """Title, text and what is known of a random article."""
    title = " ".join(words.draw(chance) for _ in range(10))
    text = ". ".join(" ".join(words.draw(chance) for _ in range(20)) for _ in range(length // 20))
    return title, text, About(themes=tuple(chance.sample(THEMES, 2)), country="FR", outlet=("gazette",))


T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The milliseconds a work took, and what came out."""
    start = time.thread_time()
    found = work()
    return (time.thread_time() - start) * 1000, found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--brute", type=int, default=10, help="articles asked one query at a time")
    parser.add_argument("--titles", action="store_true", help="articles of a title only")
    given = parser.parse_args()
    print(heading("Saved queries", __doc__))
    chance = random.Random(20250301)
    words = Words(chance)
    texts = [a_query(words, chance) for _ in range(given.queries)]
    articles = [an_article(words, chance, 0 if given.titles else WORDS) for _ in range(given.articles + 200)]
    took, queries = timed(lambda: [parse(text) for text in texts])
    print(f"\n  reading {given.queries} queries        {took:8.0f} ms")
    index = QueryIndex(shares(match_doc(title, text, "en", about) for title, text, about in articles[given.articles :]))
    took, _ = timed(lambda: [index.add(number, query) for number, query in enumerate(queries)])
    print(f"  building the index            {took:8.0f} ms")
    return measure(index, queries, articles[: given.articles], given.brute)


def measure(index: QueryIndex, queries: list[Query], articles: list[tuple[str, str, About]], brute: int) -> int:
    """Asks and prints; the number of articles for which the two ways differ."""
    making, asking, judging, candidates, hits, differing = [], [], [], [], [], 0
    for place, (title, text, about) in enumerate(articles):
        took, doc = timed(partial(match_doc, title, text, "en", about))
        making.append(took)
        took, found = timed(partial(index.matches, doc))
        asking.append(took)
        candidates.append(len(index.candidates(doc)))
        hits.append(len(found))
        if place < brute:
            took, truth = timed(partial(one_by_one, queries, doc))
            judging.append(took)
            differing += list(found) != truth
    middle = statistics.median
    longer = middle(judging) / middle(asking)
    print(f"  making the document           {middle(making):8.2f} ms an article (median of {len(articles)})")
    print(f"  asking the index              {middle(asking):8.2f} ms an article (p95 {sorted(asking)[int(0.95 * len(asking))]:.2f})")
    print(f"  asking every query in turn    {middle(judging):8.1f} ms an article (median of {brute}), {longer:.0f} times as long")
    print(f"  candidates {middle(candidates):.0f}, matches {middle(hits):.0f} an article; {differing} of {brute} articles differ")
    return differing


def one_by_one(queries: list[Query], doc: MatchDoc) -> list[int]:
    """The numbers of the queries that match, each asked."""
    return [number for number, query in enumerate(queries) if matches(query, doc)]


if __name__ == "__main__":
    raise SystemExit(main())
