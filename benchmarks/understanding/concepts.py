"""Measures what the concept lexicon could bring to linking stories across languages, without touching the grouping.

For pairs of articles in two languages: how many concepts they share, when both tell one story and when they tell different stories of the
same day (24 hours apart at most). Concepts under a floor of idf (met in more than 5 % of the articles, or 15 %) are not counted.

Run `python -m benchmarks.understanding.concepts [newsroom] [og2021] [semeval] [hits] [speed]` (default: all but hits). `hits`
lists what each concept met most often, for a reader who looks for wrong words. Outside corpora are looked for in $MONITOR_CORPORA, else in
../shared/corpora beside the project; what is missing is said and skipped.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.machine import corpora, heading
from benchmarks.understanding.newsroom_articles import newsroom

from monitor.config.concepts_file import load_concepts
from monitor.pipeline.concepts import ConceptTable, compile_concepts, find

COMMON = (0.05, 0.15)  # of the articles: a concept met more often tells nothing apart; the sample has 33 stories, one alone makes 3 %
DAY = timedelta(hours=24)
MOST_PAIRS = 400_000


@dataclass(frozen=True)
class Doc:
    """One article with the concepts found in it."""

    event: str
    language: str
    at: datetime
    title: str
    lead: str
    concepts: frozenset[str]


def main(wanted: Sequence[str]) -> None:
    print(heading("Concepts", __doc__))
    started = time.perf_counter()
    concepts = load_concepts()
    table = compile_concepts(concepts)
    terms = sum(len(found) for concept in concepts.concepts for found in concept.terms.values())
    print(f"{len(concepts.concepts)} concepts, {terms} terms, read and compiled in {time.perf_counter() - started:.2f} s")
    jobs = {"newsroom": _newsroom, "og2021": _og2021, "semeval": _semeval, "hits": _hits, "speed": _speed}
    for name in wanted or ("newsroom", "og2021", "semeval", "speed"):
        jobs[name](table)


def _newsroom(table: ConceptTable) -> None:
    articles = newsroom()
    docs = [_doc(table, a.event, a.language, a.at, a.title, a.text) for a in articles if not a.copy_of and not a.event.startswith("no")]
    _report("sample newsroom, title and lead (stories that are no noise, copies left out)", docs)
    titles = [_doc(table, doc.event, doc.language, doc.at, doc.title, "") for doc in docs]
    _report("sample newsroom, titles only", titles)


def _og2021(table: ConceptTable) -> None:
    rows = _rows("stories/og2021.jsonl")
    docs = [
        _doc(table, r["cluster"], r["lang"], datetime.fromisoformat(r["date"]), r["title"], "") for r in rows if r["lang"] in table.lexicons
    ]
    if docs:
        _report("OG2021 headlines (sport: no word was added for it)", docs)


def _semeval(table: ConceptTable) -> None:
    """German-English pairs of real articles, chosen by their makers to look alike, against German and English articles of other pairs."""
    rows = [row for row in _rows("stories/semeval22_pairs.jsonl") if row["lang1"] != row["lang2"]]
    if not rows:
        return
    at = datetime(2020, 1, 1, tzinfo=UTC)
    docs = [tuple(_doc(table, row["id"], row[f"lang{side}"], at, "", row[f"text{side}"]) for side in "12") for row in rows]
    met = Counter(concept for pair in docs for doc in pair for concept in doc.concepts)
    idf = {concept: math.log(2 * len(docs) / number) for concept, number in met.items()}
    same = [pair for pair, row in zip(docs, rows, strict=True) if row["same_story"]]
    alike = [pair for pair, row in zip(docs, rows, strict=True) if not row["same_story"]]
    other = [(one, two) for one, _ in docs for _, two in docs if one.event != two.event and one.language != two.language]
    print("\nSemEval-2022, German-English, first 120 words (idf weighs, no floor)")
    figures = {}
    for label, pairs in (("one story", same), ("alike, not one story", alike), ("any two articles", other)):
        figures[label] = [_cosine(one, two, idf) for one, two in pairs]
        shared = [len(one.concepts & two.concepts) for one, two in pairs]
        shares = "   ".join(f"≥{least} {sum(n >= least for n in shared) / len(pairs):6.1%}" for least in (1, 2, 3))
        print(f"    {label:28s} {len(pairs):7d} pairs   {shares}")
    for label in ("alike, not one story", "any two articles"):
        print(f"    one story scores above {label} (AUC of the cosine): {_auc(figures['one story'], figures[label]):.3f}")


def _cosine(one: Doc, two: Doc, idf: dict[str, float]) -> float:
    dot = sum(idf[concept] ** 2 for concept in one.concepts & two.concepts)
    size = math.prod(math.sqrt(sum(idf[concept] ** 2 for concept in doc.concepts)) for doc in (one, two))
    return dot / size if size else 0.0


def _rows(name: str) -> list[dict[str, str]]:
    folder = corpora()
    if folder is None or not (folder / name).exists():
        print(f"({name} is not here; skipped)")
        return []
    with (folder / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _doc(table: ConceptTable, event: str, language: str, at: datetime, title: str, lead: str) -> Doc:
    return Doc(event, language, at, title, lead, frozenset(find(table, title, lead, language)))


# ── pairs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _report(name: str, docs: Sequence[Doc]) -> None:
    met = Counter(concept for doc in docs for concept in doc.concepts)
    found = sum(bool(doc.concepts) for doc in docs) / len(docs)
    each = sum(len(doc.concepts) for doc in docs) / len(docs)
    print(f"\n{name}: {len(docs)} articles, {found:.0%} with a concept, {each:.1f} each")
    pairs = list(_pairs(docs))
    for floor in COMMON:
        common = {concept for concept, number in met.items() if number > floor * len(docs)}
        idf = {concept: math.log(len(docs) / number) for concept, number in met.items() if concept not in common}
        examples = ", ".join(sorted(common)[:12]) + (" …" if len(common) > 12 else "")
        print(f"  left out as met in more than {floor:.0%}: {len(common)} ({examples})")
        _shares(pairs, idf)
    _by_languages(docs, idf)


def _shares(pairs: Sequence[tuple[Doc, Doc]], idf: dict[str, float]) -> None:
    """How much the true and the false pairs share."""
    same: list[list[float]] = []
    other: list[list[float]] = []
    for one, two in pairs:
        shared = [idf[concept] for concept in one.concepts & two.concepts if concept in idf]
        (same if one.event == two.event else other).append(shared)
    for label, found in (("one story", same), ("different stories, same day", other)):
        shares = "   ".join(f"≥{least} {sum(len(shared) >= least for shared in found) / max(1, len(found)):6.1%}" for least in (1, 2, 3))
        weight = sum(map(sum, found)) / max(1, len(found))
        print(f"    {label:28s} {len(found):7d} pairs across languages   {shares}   idf shared {weight:.2f}")
    print(f"    a true pair shares more idf than a false one (AUC): {_auc([sum(s) for s in same], [sum(o) for o in other]):.3f}")


def _pairs(docs: Sequence[Doc]) -> Iterator[tuple[Doc, Doc]]:
    pairs = [
        (one, two)
        for one, two in combinations(docs, 2)
        if one.language != two.language and (one.event == two.event or abs(one.at - two.at) <= DAY)
    ]
    false = [pair for pair in pairs if pair[0].event != pair[1].event]
    yield from (pair for pair in pairs if pair[0].event == pair[1].event)
    yield from random.Random(7).sample(false, min(MOST_PAIRS, len(false)))


def _auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    tally = Counter(negative)
    wins = 0.0
    below = 0
    values = sorted(tally)
    place = 0
    for value in sorted(positive):
        while place < len(values) and values[place] < value:
            below += tally[values[place]]
            place += 1
        wins += below + 0.5 * tally.get(value, 0)
    return wins / max(1, len(positive) * len(negative))


def _by_languages(docs: Sequence[Doc], idf: dict[str, float]) -> None:
    """For each language: articles, concepts each, and how often its true pairs with other languages share two concepts."""
    true: defaultdict[str, list[int]] = defaultdict(list)
    for one, two in combinations(docs, 2):
        if one.event == two.event and one.language != two.language:
            shared = sum(concept in idf for concept in one.concepts & two.concepts)
            true[one.language].append(shared)
            true[two.language].append(shared)
    cells = []
    for language, shared in sorted(true.items()):
        mine = [len(doc.concepts) for doc in docs if doc.language == language]
        cells.append(f"{language} {sum(mine) / len(mine):.1f} concepts, ≥2 {sum(n >= 2 for n in shared) / len(shared):.0%}")
    print("  " + " · ".join(cells))


# ── words met, and speed ─────────────────────────────────────────────────────────────────────────────────────────────


def _hits(table: ConceptTable) -> None:
    """Per language: the concepts met most often in real headlines, with examples."""
    rows = [(row["lang"], row.get("title") or row.get("text") or "") for name in ("language/headlines.jsonl",) for row in _rows(name)]
    for language in sorted(table.lexicons):
        titles = [title for found, title in rows if found == language]
        met: defaultdict[str, list[str]] = defaultdict(list)
        for title in titles:
            for concept in find(table, title, "", language):
                met[concept].append(title)
        print(f"\n{language}: {len(titles)} headlines")
        for concept, examples in sorted(met.items(), key=lambda item: -len(item[1]))[:40]:
            print(f"  {len(examples):4d} {concept}: {' / '.join(examples[:3])[:300]}")


def _speed(table: ConceptTable) -> None:
    """Milliseconds a headline and a headline with its lead, per language: words met for the first time, then words met before."""
    articles = newsroom()
    fresh = compile_concepts(load_concepts())
    for label, measured, times in (("first seen", fresh, 1), ("seen before", fresh, 5)):
        cells = []
        for language in sorted(table.lexicons):
            mine = [article for article in articles if article.language == language]
            leads = sorted(_timed(measured, article.title, article.text, language) for article in mine for _ in range(times))
            titles = sorted(_timed(measured, article.title, "", language) for article in mine for _ in range(times))
            if mine:
                cells.append(f"{language} {titles[len(titles) // 2]:.3f}/{leads[len(leads) // 2]:.3f}")
        print(f"\nspeed, words {label}, median (ms a headline / with its lead of 120 words)\n  " + " · ".join(cells))


def _timed(table: ConceptTable, title: str, lead: str, language: str) -> float:
    started = time.perf_counter()
    find(table, title, lead, language)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main(sys.argv[1:])
