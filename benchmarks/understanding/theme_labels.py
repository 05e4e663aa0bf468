"""How well real headlines are given their themes, against labels made by hand: English with a summary, French headlines alone.

    python benchmarks/understanding/theme_labels.py [--half dev|kept|both] [--misses]

Labels: `labels/` (its README tells how they were made); texts: the measuring corpora, `MONITOR_CORPORA` says where.
Half of the stories (last bit of the first byte of SHA-256 of language and slug) are for development, `dev`; the other half, `kept`, is
only reported. `noise` is the share of items the desk never wants that are given no theme.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.machine import corpora
from benchmarks.understanding.tagging import build, figures

from monitor.pipeline.tag import Tagger, tag
from monitor.records import Tagged

LABELS = Path(__file__).resolve().parent / "labels"
STREAMS = (corpora() or Path("corpora")) / "streams"


@dataclass(frozen=True)
class Labelled:
    """One real item with what a reader said of it."""

    language: str
    title: str
    summary: str
    section: str
    sections: frozenset[str]  # every section an editor could defend
    themes: frozenset[str]
    noise: bool
    half: str


def items() -> Iterator[Labelled]:
    """Every labelled item whose text is at hand."""
    english = {row["id"]: row for row in _lines(STREAMS / "english_world_2026-02_unlabelled.jsonl")}
    for label in _lines(LABELS / "english_world_2026-02.jsonl"):
        if label["id"] in english:
            yield _item("en", english[label["id"]], label)
    french = list(_lines(STREAMS / "french_one_day_unlabelled.jsonl"))
    for label in _lines(LABELS / "french_one_day.jsonl"):
        if label["line"] <= len(french):
            yield _item("fr", french[label["line"] - 1], label)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _item(language: str, row: dict[str, Any], label: dict[str, Any]) -> Labelled:
    bit = hashlib.sha256(f"{language} {label['story']}".encode()).digest()[0] & 1
    return Labelled(
        language,
        row["title"],
        row.get("text") or "",
        label["section"],
        frozenset({label["section"], *label.get("section_or", ())}),
        frozenset(label["themes"]),
        label["noise"],
        "kept" if bit else "dev",
    )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "kept", "both"), default="both")
    parser.add_argument("--misses", action="store_true", help="list what differs, of the development half only")
    options = parser.parse_args()
    chosen = list(items())
    if not chosen:
        print(f"SKIPPED: no {STREAMS}; set MONITOR_CORPORA")
        return
    tagger = build()
    for half in ("dev", "kept") if options.half == "both" else (options.half,):
        report(tagger, [item for item in chosen if item.half == half], half, misses=options.misses and half == "dev")


def report(tagger: Tagger, chosen: list[Labelled], half: str, *, misses: bool) -> None:
    """Counts agreement per language and per theme."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    quiet: dict[str, list[bool]] = defaultdict(list)
    sections: dict[str, list[bool]] = defaultdict(list)
    for item in chosen:
        tagged = tag(tagger, item.title, item.summary, item.language)
        given = {score.theme for score in tagged.themes}
        for key in ("all", item.language, *(f"theme {theme}" for theme in given | item.themes)):
            wanted, got = (item.themes, given) if " " not in key else (item.themes & {key[6:]}, given & {key[6:]})
            counts[key].update(hit=len(got & wanted), extra=len(got - wanted), missing=len(wanted - got))
        for key in ("all", item.language):
            sections[key].append(tagged.section in item.sections)
            if item.noise:
                quiet[key].append(not given)
        if misses and given != item.themes:
            _show(item, tagged, given)
    for key in ("all", "en", "fr"):
        head = f"{half:4} {key:3} themes {figures(counts[key])}  noise {_share(quiet[key])}  section {_share(sections[key])}"
        print(f"{head}  n={len(sections[key])}")
    for key in sorted(key for key in counts if key.startswith("theme ")):
        print(f"{half:4} {key:24} {figures(counts[key])}  n={counts[key]['hit'] + counts[key]['missing']}")


def _share(right: list[bool]) -> str:
    return f"{sum(right) / max(1, len(right)):.3f}"


def _show(item: Labelled, tagged: Tagged, given: set[str]) -> None:
    print(f"{item.language} extra {sorted(given - item.themes)} missing {sorted(item.themes - given)} noise {item.noise}/{tagged.noise}")
    print(f"    {item.title} | {item.summary[:200]}")
    print(f"    {[(one.what[6:], one.words, one.zone, one.rule) for one in tagged.evidence if one.what.startswith('theme:')]}")


if __name__ == "__main__":
    main()
