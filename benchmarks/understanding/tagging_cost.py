"""What tagging costs for an article of 700 words, and what 10,000 more patterns add: terms of themes, and alerts that wait.

    python benchmarks/understanding/tagging_cost.py [--patterns 10000] [--articles 120] [--rounds 5]

Articles: 700 words each, joined from different articles of the sample newsroom in one language, so that every word is real and most are met
for the first time. Patterns are made of a vocabulary of 8,000 words a language: the rarer half of the newsroom's, and made-up ones, as the
newsroom is small. Half are single words, a quarter prefixes, an eighth phrases, an eighth NEAR/5; half of them are terms of one more theme,
so many in each language, half are alerts of one or two (OR, AND).
Time is that of the process, not of the clock: the median article of the quickest round; and once of the first round of all, in which
nothing is known of the words yet.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.machine import heading
from benchmarks.understanding.queries import Words
from benchmarks.understanding.tagging import articles, knowledge

from monitor.knowledge import ThemeDef, Themes
from monitor.pipeline.percolate import QueryIndex, shares
from monitor.pipeline.query import match_doc, parse
from monitor.pipeline.tag import Tagger, compile_tagger, tag
from monitor.pipeline.words import tokens
from monitor.pipeline.words_terms import read

WORDS = 700
VOCABULARY = 8_000
SPACED = ("fr", "en", "de", "es", "ru", "ar")  # languages with newsroom articles enough

Article = tuple[str, str, str]  # language, title, text


def long_articles(count: int, chance: random.Random) -> list[Article]:
    """Articles of 700 words."""
    own: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for row in articles():
        if row["language"] in SPACED and row["text"]:
            own[row["language"]].append((row["title"], row["text"].split()))
    made = []
    for number in range(count):
        language = SPACED[number % len(SPACED)]
        parts = chance.sample(own[language], len(own[language]))
        words: list[str] = []
        while len(words) < WORDS:
            for _, more in parts:
                words += more
        made.append((language, parts[0][0], " ".join(words[:WORDS])))
    return made


def patterns(made: Sequence[Article], count: int, chance: random.Random) -> dict[str, list[str]]:
    """So many patterns per language, written as in themes.yaml and in alerts."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for language, _, text in made:
        counts[language].update(word for word in tokens(text) if len(word) > 3)
    found, made_up = {}, [word for word in Words(chance).all if len(word) > 3]
    for language, counted in counts.items():
        rare = sorted(counted, key=lambda word: (counted[word], word))[: len(counted) // 2]
        found[language] = [a_pattern([*rare, *made_up[: VOCABULARY - len(rare)]], chance) for _ in range(count)]
    return found


def a_pattern(words: Sequence[str], chance: random.Random) -> str:
    """One pattern."""
    kind, first, second = chance.random(), chance.choice(words), chance.choice(words)
    if kind < 0.5:
        return f"{first}{chance.choice('aeio')}" if chance.random() < 0.5 else first
    if kind < 0.75:
        return f"{first[:5]}*"
    return f'"{first} {second}"' if kind < 0.875 else f"{first} NEAR/5 {second}"


def with_terms(themes: Themes, extra: dict[str, list[str]]) -> Themes:
    """The themes, and one more that has all the patterns."""
    terms = {language: dict.fromkeys(written, 1.0) for language, written in extra.items()}
    return replace(themes, themes=(*themes.themes, ThemeDef("extra", {"en": "extra"}, threshold=50.0, terms=terms)))


def measured(made: Sequence[Article], work: Callable[[Article], object], rounds: int) -> float:
    """Milliseconds of process time of the median article in the quickest round."""
    medians = []
    for _ in range(rounds):
        times = []
        for article in made:
            start = time.process_time()
            work(article)
            times.append(time.process_time() - start)
        medians.append(statistics.median(times))
    return min(medians) * 1000


def tagging(tagger: Tagger) -> Callable[[Article], object]:
    """Tags an article."""
    return lambda article: tag(tagger, article[1], article[2], article[0])


def alerting(made: Sequence[Article], extra: dict[str, list[str]], count: int, chance: random.Random) -> Callable[[Article], object]:
    """Asks which of so many alerts an article meets; the document is made beforehand, search needs it anyway."""
    docs = {article: match_doc(article[1], article[2], article[0]) for article in made}
    index: QueryIndex = QueryIndex(shares(docs.values()))
    written = [pattern for terms in extra.values() for pattern in terms]
    for number in range(count):
        one, other = chance.choice(written), chance.choice(written)
        index.add(number, parse(one if number % 2 else f"{one} OR {other}" if number % 4 else f"{one} {other}"))
    return lambda article: index.matches(docs[article])


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patterns", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chance = random.Random(2026)
    print(heading("What tagging costs", __doc__))
    made = long_articles(options.articles, chance)
    half = options.patterns // 2
    plain = compile_tagger(*knowledge())
    first = measured(made, tagging(plain), 1)
    extra = patterns(made, half, chance)
    themes, places, entities = knowledge()
    full = compile_tagger(with_terms(themes, extra), places, entities)
    met = statistics.median(len(full.table(language).terms.find(read(title, text, language))) for language, title, text in made)
    before, after = (measured(made, tagging(one), options.rounds) for one in (plain, full))
    alerts = measured(made, alerting(made, extra, half, chance), options.rounds)
    print(f"  places and themes                         {before:5.2f} ms an article of {WORDS} words (at most 1.5)")
    print(f"  the same in the first round               {first:5.2f} ms")
    print(f"  with {half:6,} more terms in each language  {after - before:+5.2f} ms; {met:.0f} terms are met in an article")
    print(f"  asking {half:6,} alerts                     {alerts:+5.2f} ms; together {after - before + alerts:+.2f} (at most +1)")


if __name__ == "__main__":
    main()
