"""How well articles of the sample newsroom are given their section and themes, in all and per language, and what it costs.

    python benchmarks/understanding/tagging.py [--misses] [--titles]

Truth is the newsroom's own (`data/newsroom/truth`). Themes: micro precision, recall and F1 over all articles.
`--misses` lists what differs; `--titles` tags titles and summaries only.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from monitor.config.countries import country_names, exact_case_names, language_adjectives, section_of_country
from monitor.config.gazetteer_file import load_gazetteer
from monitor.config.themes_file import load_themes
from monitor.knowledge import Themes
from monitor.pipeline.places import PlaceMatcher, compile_places
from monitor.pipeline.tag import Tagger, compile_tagger, tag

NEWSROOM = Path(__file__).parents[2] / "src" / "monitor" / "data" / "newsroom"
LANGUAGES = ("fr", "en", "de", "it", "es", "pt", "ru", "uk", "ar", "he", "zh", "ja", "pl", "tr")


def knowledge() -> tuple[Themes, PlaceMatcher, dict[str, Mapping[str, float]]]:
    """Themes, places and the gazetteer's votes for themes, from the files shipped with Monitor."""
    gazetteer = load_gazetteer()
    places = compile_places(
        gazetteer,
        country_names(LANGUAGES),
        language_adjectives(LANGUAGES),
        section_of_country(),
        LANGUAGES,
        exact_names=exact_case_names(LANGUAGES),
    )
    return load_themes(), places, {entry.id: entry.themes for entry in gazetteer.entries if entry.themes}


def build() -> Tagger:
    """The tagger as the desk has it."""
    return compile_tagger(*knowledge())


def outlet_countries() -> dict[str, str]:
    """The country of each outlet of the newsroom."""
    listed = YAML(typ="safe").load((NEWSROOM / "outlets.yaml").read_text(encoding="utf-8"))
    return {outlet["id"]: outlet["country"] for outlet in listed["outlets"]}


def articles() -> Iterator[dict[str, Any]]:
    """Every article of the newsroom with its own text, and what is true of it."""
    yaml = YAML(typ="safe")
    for path in sorted(NEWSROOM.glob("events/*.yaml")):
        truth = yaml.load((NEWSROOM / "truth" / path.name).read_text(encoding="utf-8"))
        listed = {article["id"]: article for article in yaml.load(path.read_text(encoding="utf-8"))["articles"]}
        for article in listed.values():
            text = article.get("text") or (listed[article["copy_of"]]["text"] if "copy_of" in article else "")
            own = {**truth, **(truth.get("overrides") or {}).get(article["id"], {})}
            yield {**article, "text": text, "language": truth["articles"][article["id"]], "truth": own}


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--titles", action="store_true")
    options = parser.parse_args()
    start = time.perf_counter()
    tagger = build()
    print(f"compiled in {time.perf_counter() - start:.2f} s")
    rows = list(articles())
    home = outlet_countries()
    for warm in (False, True):
        start = time.perf_counter()
        found = []
        for row in rows:
            text = (row.get("summary") or "") if options.titles or not row["text"] else f"{row.get('summary') or ''}\n{row['text']}"
            found.append(tag(tagger, row["title"], text, row["language"], outlet_country=home[row["outlet"]]))
        print(f"{(time.perf_counter() - start) / len(rows) * 1000:.2f} ms an article ({'warm' if warm else 'cold'} caches)")
    report(rows, found, misses=options.misses)


def report(rows: list[dict[str, Any]], found: list[Any], *, misses: bool) -> None:
    """Counts agreement in all, per language and per theme."""
    sections: dict[str, list[bool]] = defaultdict(list)
    leading: list[bool] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, tagged in zip(rows, found, strict=True):
        truth, language = row["truth"], row["language"]
        right = tagged.section == truth["section"]
        given, wanted = {score.theme for score in tagged.themes}, set(truth["themes"] or ())
        for key in ("all", language):
            sections[key].append(right)
            counts[key].update(hit=len(given & wanted), extra=len(given - wanted), missing=len(wanted - given))
        for theme in given | wanted:
            counts[f"theme {theme}"].update(hit=theme in given & wanted, extra=theme in given - wanted, missing=theme in wanted - given)
        countries = [score.country for score in tagged.countries]
        leading.append(bool(countries) and countries[0] in truth["countries"])
        if misses and not (right and given == wanted):
            print(f"{row['id']:12} {tagged.section}/{truth['section']}  extra {sorted(given - wanted)} missing {sorted(wanted - given)}")
            print(f"    {row['title']}\n    {[(score.country, score.score) for score in tagged.countries]} truth {truth['countries']}")
            print(f"    {[(score.theme, score.score) for score in tagged.themes]} noise {tagged.noise}")
    print(f"{len(rows)} articles; the strongest country is one of the event's in {sum(leading) / len(leading):.3f}")
    for key in ("all", *sorted(set(sections) - {"all"})):
        print(f"{key:6} section {sum(sections[key]) / len(sections[key]):.3f}  themes {figures(counts[key])}  n={len(sections[key])}")
    for key in sorted(key for key in counts if key.startswith("theme ")):
        print(f"{key:24} {figures(counts[key])}")


def figures(count: Counter[str]) -> str:
    """Precision, recall and F1 of a count of hits, extras and missing ones."""
    hit, extra, missing = count["hit"], count["extra"], count["missing"]
    return f"P {hit / max(1, hit + extra):.3f} R {hit / max(1, hit + missing):.3f} F1 {2 * hit / max(1, 2 * hit + extra + missing):.3f}"


if __name__ == "__main__":
    main()
