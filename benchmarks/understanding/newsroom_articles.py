"""The sample newsroom as the benchmarks read it: articles in order of publication with their true event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

NEWSROOM = Path(__file__).resolve().parents[2] / "src" / "monitor" / "data" / "newsroom"
START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
AGENCIES = ("Agence Véga", "Vega Wire")
NO_TEXT = frozenset({"bastion"})  # its pages answer 403: title and summary are all there is


@dataclass(frozen=True)
class NewsArticle:
    """One article of the sample newsroom with its truth."""

    id: str
    event: str
    outlet: str
    language: str
    at: datetime
    title: str
    text: str
    copy_of: str
    themes: tuple[str, ...]
    countries: tuple[str, ...]
    section: str
    lookalikes: tuple[str, ...]


def newsroom() -> list[NewsArticle]:
    """Every article, oldest first; the demo starts at START."""
    yaml = YAML(typ="safe")
    found: list[NewsArticle] = []
    for path in sorted((NEWSROOM / "truth").glob("*.yaml")):
        truth = yaml.load(path)
        events = yaml.load(NEWSROOM / "events" / path.name)
        found.extend(_articles(events["articles"], truth))
    return sorted(found, key=lambda article: (article.at, article.id))


def _articles(rows: list[dict[str, Any]], truth: dict[str, Any]) -> Iterator[NewsArticle]:
    texts = {row["id"]: row["text"] for row in rows if "text" in row}
    for row in rows:
        language = truth["articles"][row["id"]]
        override = (truth.get("overrides") or {}).get(row["id"], {})
        yield NewsArticle(
            id=row["id"],
            event=truth["event"],
            outlet=row["outlet"],
            language=language,
            at=START - timedelta(hours=row["hours_ago"]),
            title=row["title"],
            text=row.get("summary", "") if row["outlet"] in NO_TEXT else _text(row, texts),
            copy_of=row.get("copy_of", ""),
            themes=tuple(override.get("themes", truth["themes"]) or ()),
            countries=tuple(override.get("countries", truth["countries"]) or ()),
            section=override.get("section", truth["section"]),
            lookalikes=tuple(truth.get("lookalike") or ()),
        )


def _text(row: dict[str, Any], texts: dict[str, str]) -> str:
    """An article's text; a wire copy's is its original's with small edits and a credit."""
    if "copy_of" not in row:
        return str(row.get("text") or row.get("summary") or "")
    paragraphs = texts[row["copy_of"]].strip().split("\n\n")
    text = "\n\n".join(paragraphs[: len(paragraphs) - int(row.get("drop_last", 0))])
    for old, new in row.get("replace", ()):
        text = text.replace(old, new)
    return f"{text} {row.get('credit', '')}".strip()
