"""Reads every page of the corpora and prints how well text, headline and dates were found, and what a page costs.

    python benchmarks/reading/text.py [--wrong] [--set fundus] [--cost]

Method: token F1 = harmonic mean of precision and recall of the bag of lower-cased `\\w+` tokens against the expected text, mean over pages;
titles equal after white space is made single and invisible characters are dropped; days equal in the zone of the expected date or in the
page's own. --cost compares CPU time with bare trafilatura (default and fast), pages read before timing.
Corpora: MONITOR_CORPORA or ../shared/corpora.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from places import corpora, machine
from trafilatura import bare_extraction

from monitor.pipeline.clean import clean_title
from monitor.pipeline.extract import extract
from monitor.records import Moment

WORD = re.compile(r"\w+")


def f1(found: str, expected: str) -> float:
    """Bag-of-words F1 of lower-cased tokens."""
    a, b = Counter(WORD.findall(found.lower())), Counter(WORD.findall(expected.lower()))
    shared = sum((a & b).values())
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def right_day(found: Moment | None, expected: str) -> bool:
    """Whether the day is the expected one, in the expected zone or in the page's own."""
    if found is None:
        return False
    truth = datetime.fromisoformat(expected)
    own = (found.at + timedelta(minutes=found.offset or 0)).date()
    return truth.date() == own or (truth.tzinfo is not None and found.at.astimezone(truth.tzinfo).date() == truth.date())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--wrong", action="store_true")
    arguments.add_argument("--cost", action="store_true")
    arguments.add_argument("--set", default="")
    chosen = arguments.parse_args()
    folder = corpora() / "pages"
    rows = [json.loads(line) for line in (folder / "pages.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if chosen.set in ("", row["set"])]
    for row in rows:
        row["page"] = gzip.decompress((folder / row["html_path"]).read_bytes())
    for name in sorted({row["set"] for row in rows}):
        report(name, [row for row in rows if row["set"] == name], chosen.wrong)
    if chosen.cost:
        cost([row for row in rows if row["set"] == "fundus"])
    print(machine())


def report(name: str, rows: list[dict[str, Any]], show: bool) -> None:
    scores, titles, days, minutes, timed, verdicts = [], [], [], [], 0, Counter()
    extract(rows[0]["page"], rows[0]["url"] or "")
    started = time.process_time()
    for row in rows:
        read = extract(row["page"], row["url"] or "")
        verdicts[read.verdict] += 1
        if row["expected_text"]:
            scores.append(f1(read.text, row["expected_text"]))
        if row["expected_title"]:
            titles.append(clean_title(row["expected_title"]) == read.title)
            if show and not titles[-1]:
                print(f"  title {row['id']}: {read.title!r} instead of {row['expected_title']!r}")
        if isinstance(row["expected_date"], str):
            days.append(right_day(read.published, row["expected_date"]))
            if len(row["expected_date"]) > 10 and row["set"] == "fundus":
                truth = datetime.fromisoformat(row["expected_date"])
                minutes.append(read.published is not None and read.published.precision == "minute")
                timed += read.published is not None and truth.tzinfo is not None and abs(read.published.at - truth) < timedelta(minutes=1)
            if show and not days[-1]:
                print(f"  day {row['id']}: {read.published} instead of {row['expected_date']} {row['url']}")
        if show and scores and row["expected_text"] and scores[-1] < 0.93:
            lengths = f"{len(read.text)} characters instead of {len(row['expected_text'])}"
            print(f"  text {row['id']}: F1 {scores[-1]:.3f}, {lengths}, {read.verdict}")
    spent = time.process_time() - started
    print(f"{name}: {len(rows)} pages, {spent / len(rows) * 1000:.1f} ms CPU a page, verdicts {dict(verdicts)}")
    if scores:
        print(f"  token F1 mean {sum(scores) / len(scores):.4f} over {len(scores)}; below 0.9: {sum(score < 0.9 for score in scores)}")
    if titles:
        print(f"  exact titles {sum(titles)} of {len(titles)} = {sum(titles) / len(titles):.3f}")
    if days:
        print(f"  publication day right {sum(days)} of {len(days)} = {sum(days) / len(days):.3f}")
    if minutes:
        print(f"  time of day kept {sum(minutes)} of {len(minutes)}, equal to the minute {timed}")


def cost(rows: list[dict[str, Any]]) -> None:
    """CPU a page of ours and of bare trafilatura, in one process, interleaved."""
    ways = {
        "ours": lambda row: extract(row["page"], row["url"]),
        "bare_extraction": lambda row: bare_extraction(row["page"], url=row["url"]),
        "bare_extraction with_metadata": lambda row: bare_extraction(row["page"], url=row["url"], with_metadata=True),
        "bare_extraction fast": lambda row: bare_extraction(row["page"], url=row["url"], fast=True),
    }
    spent = Counter()
    for row in rows:
        for name, way in ways.items():
            started = time.process_time()
            way(row)
            spent[name] += time.process_time() - started
    print("CPU a page, ms:", {name: round(total / len(rows) * 1000, 1) for name, total in spent.items()})


if __name__ == "__main__":
    main()
