"""Measures copies, grouping and comparison: on the sample newsroom, on OG2021 headlines and on SemEval-2022 pairs.

Run `python benchmarks/understanding/grouping.py [--without-concepts] [newsroom] [order] [og2021] [semeval] [speed]` (default: all).
`--without-concepts` leaves the concept lexicon out, to see what it brings; neighbours.py measures background. Outside corpora are
looked for in $MONITOR_CORPORA, else in ../shared/corpora beside the project; what is missing is said and skipped.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from newsroom_articles import AGENCIES, NewsArticle, newsroom

from monitor.jobs.knowledge import load_knowledge
from monitor.outside.reading import Compiled
from monitor.pipeline.duplicates import CopyIndex
from monitor.pipeline.group import DEFAULT, Grouper, Profile
from monitor.pipeline.story_doc import story_doc
from monitor.pipeline.story_follow import Memberships
from monitor.pipeline.words import stop_words
from monitor.records import StoryDoc, Tagged

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT.parent / "shared" / "corpora"))
NO_TAGS = Tagged("", {}, (), ())
WITHOUT_CONCEPTS = "--without-concepts"
TOGETHER = 50  # articles between two consolidations of the made-up week


class Reader:
    """Makes grouping documents as the desk does, with the places, themes and concepts shipped."""

    def __init__(self, *, concepts: bool = True) -> None:
        self._compiled = Compiled(load_knowledge(None, (), agencies=AGENCIES))
        self._concepts = concepts

    def doc(self, id: str, language: str, at: datetime, title: str, text: str, outlet: str = "") -> StoryDoc:  # noqa: A002
        tagged = self._compiled.tag(title, text, language)
        made = self._compiled.doc(id=id, outlet=outlet, language=language, at=at, title=title, text=text, tagged=tagged)
        return made if self._concepts else replace(made, features={one: n for one, n in made.features.items() if one[:2] != "c:"})


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bcubed(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """BCubed precision, recall and F of a clustering (article → cluster)."""
    both = Counter((found[one], truth[one]) for one in truth)
    mine, theirs = Counter(found[one] for one in truth), Counter(truth.values())
    precision = sum(n * n / mine[a] for (a, _), n in both.items()) / len(truth)
    recall = sum(n * n / theirs[b] for (_, b), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pair_f(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F of the pairs of articles put together."""

    def pairs(counts: Iterable[int]) -> int:
        return sum(n * (n - 1) // 2 for n in counts)

    right = pairs(Counter((found[one], truth[one]) for one in truth).values())
    precision = right / max(1, pairs(Counter(found[one] for one in truth).values()))
    recall = right / max(1, pairs(Counter(truth.values()).values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a true pair scores above a false one."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def show(name: str, found: Mapping[str, str], truth: Mapping[str, str]) -> None:
    figures = [*bcubed(found, truth), *pair_f(found, truth)]
    print(f"{name:44s} BCubed P {{:.3f}} R {{:.3f}} F {{:.3f}}   pairs P {{:.3f}} R {{:.3f}} F {{:.3f}}".format(*figures))


# ── grouping a list ──────────────────────────────────────────────────────────────────────────────────────────────────


def grouped(docs: Sequence[StoryDoc], profile: Profile, every: timedelta = timedelta(minutes=10)) -> tuple[dict[str, str], dict[str, str]]:
    """Online and final story of each article; consolidated as the desk does, every ten minutes of their own time and when hours turn."""
    numbers = count()
    grouper = Grouper(profile, new_story_id=lambda: f"s{next(numbers):06d}", copies=CopyIndex())
    online: dict[str, str] = {}
    final = Memberships()
    last = docs[0].at
    for doc in docs:
        if doc.at - last >= every or grouper.turned(doc.at):
            final.follow(grouper.consolidate(doc.at))
            last = doc.at
        online[doc.id] = grouper.place(doc, now=doc.at).story
        final.put(doc.id, online[doc.id])
    final.follow(grouper.settle(docs[-1].at))
    return online, final.stories()


# ── the sample newsroom ──────────────────────────────────────────────────────────────────────────────────────────────


def newsroom_docs(reader: Reader) -> tuple[list[NewsArticle], dict[str, StoryDoc]]:
    articles = newsroom()
    return articles, {one.id: reader.doc(one.id, one.language, one.at, one.title, one.text, one.outlet) for one in articles}


def measure_newsroom(reader: Reader) -> None:
    articles, docs = newsroom_docs(reader)
    truth = {one.id: one.event for one in articles}
    measure_copies(articles, docs)
    online, final = grouped([docs[one.id] for one in articles], DEFAULT)
    show("newsroom online", online, truth)
    show("newsroom after consolidation", final, truth)
    for name in ("even", "odd"):
        half = {one for one, event in truth.items() if (sum(map(ord, event)) % 2 == 0) == (name == "even")}
        show(f"  {name} events", {one: final[one] for one in half}, {one: truth[one] for one in half})
    first_of = {one.event: one for one in reversed(articles)}
    together = {(a.event, b.event) for a, b in combinations(articles, 2) if final[a.id] == final[b.id] and a.event != b.event}
    print("  events with a common story:", sorted(together) or "none")
    alike = [(event, other) for event, one in first_of.items() for other in one.lookalikes]
    print("  look-alikes apart:", sum((a, b) not in together and (b, a) not in together for a, b in alike), "of", len(alike))
    parts = {event: len({final[one] for one in truth if truth[one] == event}) for event in first_of}
    print("  events in several stories:", {event: n for event, n in parts.items() if n > 1} or "none")
    headlines = [reader.doc(one.id, one.language, one.at, one.title, "", one.outlet) for one in articles]
    show("  headlines alone", grouped(headlines, DEFAULT)[1], truth)
    for seed in range(3):
        shuffled = sorted(articles, key=lambda one: (one.at + timedelta(hours=random.Random(f"{seed}{one.id}").uniform(0, 12)), one.id))
        show(f"  arriving up to 12 h late, seed {seed}", grouped([docs[one.id] for one in shuffled], DEFAULT)[1], truth)


def measure_order(reader: Reader) -> None:
    """Articles that leave the company of some of their own when the news of each hour comes in another order."""
    articles, docs = newsroom_docs(reader)
    _order("newsroom", [docs[one.id] for one in articles])
    rows = _rows("stories/og2021.jsonl")
    if rows:
        _order("OG2021", [headline_doc(row, reader) for row in sorted(rows, key=lambda row: (row["date"], row["id"]))])


def _order(name: str, docs: Sequence[StoryDoc]) -> None:
    first = grouped(docs, DEFAULT)[1]
    shares = []
    for seed in range(3):
        chance = random.Random(seed)
        shuffled = sorted(docs, key=lambda doc: (doc.at.replace(minute=0, second=0), chance.random()))
        shares.append(moved(first, grouped(shuffled, DEFAULT)[1]) / len(docs))
    print(f"{name}: another order within the hour moves " + ", ".join(f"{share:.1%}" for share in shares) + " of the articles")


def moved(first: Mapping[str, str], second: Mapping[str, str]) -> int:
    """Articles outside the largest common part of their story in two groupings, stories being matched largest common part first."""
    both = Counter((first[one], second[one]) for one in first)
    taken: set[tuple[int, str]] = set()
    kept = 0
    for (a, b), number in sorted(both.items(), key=lambda row: (-row[1], row[0])):
        if (0, a) not in taken and (1, b) not in taken:
            taken |= {(0, a), (1, b)}
            kept += number
    return len(first) - kept


def measure_copies(articles: Sequence[NewsArticle], docs: Mapping[str, StoryDoc]) -> None:
    index = CopyIndex()
    true = {one.id for one in articles if one.copy_of}
    root = {one.id: one.copy_of or one.id for one in articles}
    seen: set[tuple[str, str]] = set()
    for one in articles:
        if copy := index.add(docs[one.id]):
            seen.add((one.id, copy.of))
    right = sum(root[a] == root[b] for a, b in seen)
    print(f"wire copies: {right} of {len(true)} found, {len(seen) - right} false")


# ── OG2021 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(name: str) -> list[dict[str, Any]]:
    path = CORPORA / name
    if not path.exists():
        print(f"(skipped: {path} is not there)")
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def measure_og2021(reader: Reader, profile: Profile = DEFAULT) -> None:
    rows = sorted(_rows("stories/og2021.jsonl"), key=lambda row: (row["date"], row["id"]))
    if not rows:
        return
    docs = [headline_doc(row, reader) for row in rows]
    online, final = grouped(docs, profile)
    truth = {row["id"]: row["cluster"] for row in rows}
    show("OG2021 end to end, online", online, truth)
    show("OG2021 end to end", final, truth)
    language = {row["id"]: row["lang"] for row in rows}
    show("OG2021 end to end, within languages", *({one: f"{language[one]} {of[one]}" for one in truth} for of in (final, truth)))
    for name in ("even", "odd"):
        half = [one for one in truth if (sum(map(ord, truth[one])) % 2 == 0) == (name == "even")]
        show(f"  {name} stories", {one: final[one] for one in half}, {one: truth[one] for one in half})
    within: dict[str, str] = {}
    for lang in sorted(set(language.values())):
        own = [doc for doc in docs if doc.language == lang]
        within.update({one: f"{lang} {story}" for one, story in grouped(own, profile)[1].items()})
    show("OG2021 each language by itself", within, {one: f"{language[one]} {truth[one]}" for one in truth})


def headline_doc(row: Mapping[str, Any], reader: Reader) -> StoryDoc:
    return reader.doc(row["id"], row["lang"], datetime.fromisoformat(row["date"]), row["title"], "")


# ── SemEval-2022 pairs ───────────────────────────────────────────────────────────────────────────────────────────────


def measure_semeval(reader: Reader) -> None:
    rows = _rows("stories/semeval22_pairs.jsonl")
    if not rows:
        return
    at = datetime(2020, 1, 1, tzinfo=UTC)
    docs = {
        (row["id"], side): reader.doc(f"{row['id']}/{side}", row[f"lang{side}"], at, "", row[f"text{side}"])
        for row in rows
        for side in "12"
    }
    grouper = Grouper(DEFAULT, new_story_id=lambda: "none")
    grouper.restore((doc, doc.id) for doc in docs.values())
    scores: dict[str, dict[bool, list[float]]] = defaultdict(lambda: {True: [], False: []})
    same: Counter[tuple[str, bool, bool]] = Counter()
    for row in rows:
        kind = "one language" if row["lang1"] == row["lang2"] else "de-en"
        found = grouper.compare(docs[row["id"], "1"], docs[row["id"], "2"])
        scores[kind][row["same_story"]].append(found.score)
        same[kind, row["same_story"], found.same] += 1
    for kind, of in scores.items():
        right, wrong = same[kind, True, True], same[kind, False, True]
        precision, recall = right / max(1, right + wrong), right / len(of[True])
        area = auc(of[True], of[False])
        sizes = f"({len(of[True])} same, {len(of[False])} not)"
        print(f"SemEval {kind:14s} AUC {area:.3f} {sizes}; judged same: P {precision:.3f} R {recall:.3f}")


# ── speed and memory ─────────────────────────────────────────────────────────────────────────────────────────────────


def measure_speed(_: Reader, articles: int = 50_000) -> None:
    """A made-up week of 50,000 articles of 700 words, read in another process as on the desk: what is grown is the grouper's alone."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    reader = context.Process(target=read_made_up_week, args=(sending, articles), daemon=True)
    numbers = count()
    grouper = Grouper(DEFAULT, new_story_id=lambda: f"s{next(numbers)}", copies=CopyIndex())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = placing = consolidating = 0.0
    reader.start()
    sending.close()  # so that a reader that breaks ends the measuring too
    for _number in range(articles // TOGETHER):
        docs, seconds = receiving.recv()
        reading += seconds
        for doc in docs:
            clock = time.process_time()
            if grouper.turned(doc.at):
                grouper.consolidate(doc.at)
            turned = time.process_time()
            grouper.place(doc, now=doc.at)
            placed = time.process_time()
            placing, consolidating = placing + placed - turned, consolidating + turned - clock
        grouper.consolidate(docs[-1].at)
        consolidating += time.process_time() - placed
    reader.join()
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = {"read": reading, "place": placing, "merge": consolidating}
    each = [f"{1e3 * seconds / articles:.2f} ms to {what}" for what, seconds in spent.items()]
    memory = f"{(whole - before) / 1024:.0f} MB grown, {whole / 1024:.0f} MB with Python and the desk's knowledge"
    print(f"{articles} articles of 700 words, processor time for each {', '.join(each)}; {memory}")


def read_made_up_week(sending: Connection, articles: int) -> None:
    """Sends articles with six concepts each, drawn from a fixed seed as languages are (Zipf), fifty at a time with the seconds it took."""
    chance = random.Random(7)
    syllables = [consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeiou"]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(60_000)]
    filling = {language: sorted(stop_words(language)) for language in ("en", "fr", "es", "de", "ru")}
    start = datetime(2026, 1, 1, tzinfo=UTC)
    docs: list[StoryDoc] = []
    making = 0.0
    for number in range(articles):
        language = chance.choice(("en", "en", "en", "fr", "fr", "es", "de", "ru"))
        text = invented(chance, vocabulary, 700, filling[language])
        concepts = {f"x{int(464 * chance.random() ** 2)}": 1.0 for _ in range(6)}
        clock = time.process_time()
        made = story_doc(
            id=f"a{number}",
            outlet=f"o{number % 500}",
            language=language,
            at=start + timedelta(days=7) * number / articles,
            title=text[:60],
            text=text,
            tagged=NO_TAGS,
            concepts=concepts,
        )
        making += time.process_time() - clock
        docs.append(made)
        if len(docs) == TOGETHER:
            sending.send((docs, making))
            docs, making = [], 0.0


def invented(chance: random.Random, vocabulary: Sequence[str], length: int, filling: Sequence[str]) -> str:
    """A text whose words follow Zipf's law: two of five say nothing, one of eight is from a subject of forty words with a capital."""
    subject = [vocabulary[int(len(vocabulary) * chance.random())].capitalize() for _ in range(40)]
    words = []
    for _ in range(length):
        kind = chance.random()
        source = filling if kind < 0.4 else subject if kind < 0.525 else None
        words.append(chance.choice(source) if source else vocabulary[int(len(vocabulary) ** chance.random()) - 1])
    return " ".join(words)


def main(which: Sequence[str]) -> None:
    reader = Reader(concepts=WITHOUT_CONCEPTS not in which)
    steps: dict[str, Callable[[Reader], None]] = {
        "newsroom": measure_newsroom,
        "order": measure_order,
        "og2021": measure_og2021,
        "semeval": measure_semeval,
        "speed": measure_speed,
    }
    for name in [name for name in which if name != WITHOUT_CONCEPTS] or steps:
        clock = time.perf_counter()
        steps[name](reader)
        print(f"  ({name}: {time.perf_counter() - clock:.1f} s)\n")


if __name__ == "__main__":
    main(sys.argv[1:])
