"""How often the section is right: invented headlines alone in eight languages, and real items labelled by hand in English and French.

    python benchmarks/understanding/sections.py [--half dev|kept|both] [--misses]

Truth of the invented headlines: `tests/samples/headlines/sections.tsv`, and `rounds.tsv` for those written in later rounds, each blind when
it was written (its heading has the figures of that day); of the real ones: `labels/` (their texts are not part of the
project: `MONITOR_CORPORA`, or the corpora beside it). `dev` is for development, `kept` is only reported; `--misses` shows those of `dev`.
A labelled item counts as right in any section its label allows; `desk` leaves out what the labels call noise, `placed` also what they
call focus.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tagging import build
from theme_labels import items

from monitor.pipeline.tag import Tagger, tag
from monitor.records import Tagged

SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "samples" / "headlines"
HEADLINES = SAMPLES / "sections.tsv"
ROUNDS = SAMPLES / "rounds.tsv"


@dataclass(frozen=True)
class Case:
    """One headline or item with the sections an editor could give it, and the groups its figure counts in."""

    language: str
    title: str
    text: str
    sections: frozenset[str]
    groups: tuple[str, ...]
    half: str


def invented() -> Iterator[Case]:
    """The invented headlines; of each language the first of every two is for development."""
    met: Counter[str] = Counter()
    for line in HEADLINES.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "language\t")) or not line:
            continue
        language, section, kind, title = line.split("\t")
        met[language] += 1
        half = "dev" if met[language] % 2 else "kept"
        yield Case(language, title, "", frozenset({section}), ("invented", f"invented {language}", f"by {kind}"), half)


def rounds() -> Iterator[Case]:
    """The invented headlines of the later rounds."""
    for line in ROUNDS.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "round\t")) or not line:
            continue
        name, language, sections, title = line.split("\t")
        groups = ("rounds", f"rounds {language}", f"round {name}")
        yield Case(language, title, "", frozenset(sections.split("|")), groups, "dev")


def labelled() -> Iterator[Case]:
    """The labelled real items: the headline alone, and for English also with its first paragraph."""
    for item in items():
        for what, text in (("headline", ""), ("headline+text", item.summary)):
            if what == "headline" or text:
                name = f"labelled {item.language} {what}"
                groups = [name, *([f"{name} desk"] if not item.noise else [])]
                if not item.noise and item.section != "focus":
                    groups.append(f"{name} desk placed")
                yield Case(item.language, item.title, text, item.sections, tuple(groups), item.half)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "kept", "both"), default="both")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    tagger = build()
    cases = [case for case in (*invented(), *rounds(), *labelled()) if options.half in ("both", case.half)]
    if not any(case.groups[0].startswith("labelled") for case in cases):
        print("no labelled items: the corpora are not at hand")
    start = time.perf_counter()
    report(tagger, cases, misses=options.misses)
    print(f"{(time.perf_counter() - start) / max(1, len(cases)) * 1000:.2f} ms an item")


def report(tagger: Tagger, cases: list[Case], *, misses: bool) -> None:
    """Right, counted and share per group; with `misses` those of the development half."""
    right: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        tagged = tag(tagger, case.title, case.text, case.language)
        good = tagged.section in case.sections
        counted.update(case.groups)
        right.update(case.groups if good else ())
        if not good:
            for group in case.groups:
                wrong[group][f"{min(case.sections)} as {tagged.section}"] += 1
            if misses and case.half == "dev" and not case.text:
                show(case, tagged)
    for group in sorted(counted):
        most = ", ".join(f"{what} {count}" for what, count in wrong[group].most_common(3))
        print(f"{group:36} {right[group] / counted[group]:.3f}  {right[group]:4} of {counted[group]:4}  {most}")


def show(case: Case, tagged: Tagged) -> None:
    """One miss with what was found in it."""
    countries = " ".join(f"{score.country}:{score.score:g}" for score in tagged.countries)
    print(f"{case.language} {'/'.join(sorted(case.sections))} as {tagged.section}: {case.title}  [{countries}]")


if __name__ == "__main__":
    main()
