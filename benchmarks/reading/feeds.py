"""Reads every feed document of the corpora and prints what was understood and what a feed costs.

    python benchmarks/reading/feeds.py [--all]

Method: each document once through `parse_feed` in this process (bytes as stored, no network), and once through bare
feedparser with the same two options off; CPU seconds of the process, medians over documents. Corpora: MONITOR_CORPORA or ../shared/corpora.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gzip
import io
import statistics
import time
from collections import Counter

import feedparser
from places import corpora, machine

from monitor.pipeline.parse import parse_feed
from monitor.records import ParsedFeed


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--all", action="store_true", help="one line a document")
    show_all = arguments.parse_args().all
    folder = corpora() / "feeds"
    rows = {row["file"]: row for row in csv.DictReader((folder / "index.tsv").open(encoding="utf-8"), delimiter="\t")}
    ours, bare, kinds, entries, dated, skipped = [], [], Counter(), 0, 0, 0
    fewer, crashes, total = [], 0, 0
    for path in sorted(folder.glob("*.gz")):
        body = gzip.decompress(path.read_bytes())
        total += 1
        started = time.process_time()
        try:
            feed = parse_feed(body, "https://example.org/feed")
        except Exception as problem:  # noqa: BLE001 - counting crashes is what this is for
            crashes += 1
            print("CRASH", path.name, type(problem).__name__, problem)
            continue
        ours.append(time.process_time() - started)
        started = time.process_time()
        with contextlib.suppress(UnicodeError):
            feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        bare.append(time.process_time() - started)
        expected = int(rows[path.name]["entries"]) if path.name in rows else 0
        if not isinstance(feed, ParsedFeed):
            kinds["not a feed"] += 1
            print("no feed:", path.name, feed.reason, "| feedparser saw", expected, "entries")
            continue
        kinds[feed.format] += 1
        entries += len(feed.entries)
        dated += sum(1 for entry in feed.entries if entry.published or entry.updated)
        skipped += len(feed.skipped)
        if len(feed.entries) < expected:
            fewer.append(f"{path.name}: {len(feed.entries)} of {expected}; {feed.skipped[0] if feed.skipped else ''}")
        if show_all:
            print(path.name, feed.format, len(feed.entries), round(ours[-1] * 1000, 1), round(bare[-1] * 1000, 1))
    print(f"documents {total}, crashes {crashes}, formats {dict(kinds)}")
    print(f"entries {entries}, with a date {dated}, sentences about skipped ones {skipped}")
    print("fewer entries than feedparser reports:", *fewer, sep="\n  ")
    print(f"CPU a feed: median {statistics.median(ours) * 1000:.1f} ms, total {sum(ours):.2f} s", end="; ")
    print(f"bare feedparser: median {statistics.median(bare) * 1000:.1f} ms, total {sum(bare):.2f} s")
    print(machine())


if __name__ == "__main__":
    main()
