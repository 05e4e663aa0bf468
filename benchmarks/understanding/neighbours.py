"""Measures background search by headlines alone: do the sources that one piece would cite find each other among 5,000 of another day?

Groups of headlines about one event are hidden among a French day; for each headline the ten nearest are asked for (pipeline/related.py).
Told is the share of headlines that meet another of their group, the share that meet one in another language, and the share of all pairs
across languages that meet; each with all features, without concepts, and with words, names and numbers alone.
The sample newsroom and OG2021 are multilingual; the labelled items, tgcontest and SemEval-2022 (whose headline is not marked: its first
fourteen words) are mostly of one language.

Run `python benchmarks/understanding/neighbours.py`. Outside corpora are looked for as in grouping.py.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grouping import CORPORA, Reader
from newsroom_articles import newsroom

from monitor.pipeline.related import Related
from monitor.records import StoryDoc

LABELS = Path(__file__).parent / "labels" / "english_world_2026-02.jsonl"
HAYSTACK = "streams/french_one_day_unlabelled.jsonl"
NEAREST = 10
AT = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = {"all features": "ksngetc", "without concepts": "ksnget", "words, names, numbers": "ksn"}
Groups = list[list[StoryDoc]]


def rows(name: str) -> list[dict[str, Any]]:
    path = CORPORA / name
    if not path.exists():
        print(f"(skipped: {path} is not there)")
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def together(told: Iterable[tuple[str, StoryDoc]]) -> Groups:
    groups: dict[str, list[StoryDoc]] = defaultdict(list)
    for story, doc in told:
        groups[story].append(doc)
    return [group for group in groups.values() if len(group) > 1]


def newsroom_groups(reader: Reader) -> Groups:
    articles = [one for one in newsroom() if not one.copy_of and not one.event.startswith("no")]
    groups = together((one.event, reader.doc(one.id, one.language, AT, one.title, "")) for one in articles)
    return [group for group in groups if len({doc.language for doc in group}) > 1]


def og_groups(reader: Reader) -> Groups:
    """Sixty stories told in three languages or more, one headline of each."""
    chance = random.Random(1)
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows("stories/og2021.jsonl"):
        found[row["cluster"]].setdefault(row["lang"], row)
    wide = [list(found[story].values()) for story in sorted(found) if len(found[story]) > 2]
    picked = chance.sample(wide, min(60, len(wide)))
    return [[reader.doc(row["id"], row["lang"], AT, row["title"], "") for row in story] for story in picked]


def english_groups(reader: Reader) -> Groups:
    labels = {row["id"]: row for row in map(json.loads, LABELS.read_text("utf-8").splitlines()) if not row["noise"]}
    told = [row for row in rows("streams/english_world_2026-02_unlabelled.jsonl") if row["id"] in labels]
    return together((labels[row["id"]]["story"], reader.doc(row["id"], "en", AT, row["title"], "")) for row in told)


def pair_groups(name: str, reader: Reader) -> Groups:
    def headline(row: dict[str, Any], side: str) -> StoryDoc:
        title = row.get(f"title{side}") or " ".join(row[f"text{side}"].split()[:14])
        return reader.doc(f"{row['id']}/{side}", row[f"lang{side}"], AT, title, "")

    return [[headline(row, "1"), headline(row, "2")] for row in rows(name) if row["same_story"]]


def measure(name: str, groups: Groups, hay: Sequence[StoryDoc]) -> None:
    for label, kinds in KINDS.items():
        index = Related()
        for doc in [*hay, *(doc for group in groups for doc in group)]:
            index.add(only(doc, kinds))
        cells = [f"{half} {told(index, groups[start::2], kinds)}" for start, half in ((0, "even"), (1, "odd"))]
        print(f"{name:24s} {label:22s} {told(index, groups, kinds)}   ({'; '.join(cells)})")


def told(index: Related, groups: Groups, kinds: str) -> str:
    met: list[bool] = []
    abroad: list[bool] = []
    pairs: list[bool] = []
    for group in groups:
        for doc in group:
            near = {one.id for one in index.closest(only(doc, kinds), NEAREST)}
            met.append(any(other.id in near for other in group if other.id != doc.id))
            others = [other.id in near for other in group if other.language != doc.language]
            abroad += [any(others)] if others else []
            pairs += others
    return " ".join(f"{sum(values) / len(values):.3f}" if values else "  -  " for values in (met, abroad, pairs))


def only(doc: StoryDoc, kinds: str) -> StoryDoc:
    return replace(doc, features={name: weight for name, weight in doc.features.items() if name[0] in kinds})


def main() -> None:
    reader = Reader()
    hay = [reader.doc(f"hay{number}", "fr", AT, row["title"], "") for number, row in enumerate(rows(HAYSTACK))]
    print(f"among {len(hay)} headlines of another day, {NEAREST} nearest: any mate, a mate of another language, all pairs across languages")
    measure("sample newsroom", newsroom_groups(reader), hay)
    measure("OG2021, 60 stories", og_groups(reader), hay)
    measure("SemEval pairs", pair_groups("stories/semeval22_pairs.jsonl", reader), hay)
    measure("tgcontest pairs", pair_groups("stories/tgcontest_pairs.jsonl", reader), hay)
    measure("labelled English items", english_groups(reader), hay)


if __name__ == "__main__":
    main()
