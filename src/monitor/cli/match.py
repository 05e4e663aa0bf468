"""`monitor tool match`: which of some queries each line matches, and the words that say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Protocol

import typer

from monitor.cli import show
from monitor.cli.lines import day_of, moment_of, read_lines, write
from monitor.config.region_names import regions_of_country
from monitor.errors import QueryError
from monitor.pipeline.query import About, Match, MatchDoc, Query, explain, match_doc, matches, parse
from monitor.pipeline.query_doc import about_tagged
from monitor.pipeline.query_tree import Fact, Near, leaves
from monitor.records import Tagged

_TAGGED = ("theme", "region", "entity")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Tags(Protocol):
    """Language and tags of a line."""

    def tag(self, line: dict[str, Any]) -> tuple[str, Tagged]:
        """The language of a line and its tags."""


def register(app: typer.Typer, tagger: Callable[[date | None], Tags]) -> None:
    """Adds the command; `tagger` is made once, with the day of lines that state none, and only when a query or a line needs it."""

    @app.command()
    def match(
        queries: Annotated[list[str], typer.Argument(metavar="QUERY…", help="Queries as in alerts and search; quote each for the shell.")],
        french: Annotated[bool, typer.Option("--french", help="Take ET, OU and SAUF for AND, OR and NOT, and explain in French.")] = False,
        dated: Annotated[str, typer.Option("--date", help="The day of lines without a date, such as 2026-03-20 (default: today).")] = "",
    ) -> None:
        """Say which queries (counted from 0) {"id","title","text"?,"language"?,"outlet"?,"country"?} lines match, with evidence.

        Lines may also hold "published", "authors", "kind", "story" and "paywalled", which queries can ask for. Their day tells who held
        an office.
        """
        asked = _read(queries, french)
        day = day_of(dated) if dated else None
        lines = _Lines(lambda: tagger(day), any(_asks_for_tags(query) for query in asked))
        for line in read_lines(("id", "title")):
            doc = lines.doc(line)
            found = {number: met for number, query in enumerate(asked) if (met := matches(query, doc))}
            evidence = [row for number, met in found.items() for row in _evidence(number, met)]
            write({"id": line["id"], "matches": list(found), "evidence": evidence})


def _read(texts: list[str], french: bool) -> list[Query]:
    """Every query read; all mistakes are told before the command ends with status 2."""
    language, read, mistaken = "fr" if french else "en", [], 0
    for number, text in enumerate(texts):
        try:
            read.append(parse(text, french=french))
        except QueryError as error:
            mistaken += 1
            show.err.print(f"{_label(number, texts)}{explain(error, language)}", markup=False, soft_wrap=True)
        else:
            for hint in read[-1].hints:
                show.err.print(f"{_label(number, texts)}{hint.text(language)}", markup=False, soft_wrap=True)
    if mistaken:
        raise typer.Exit(2)
    return read


def _label(number: int, texts: list[str]) -> str:
    return f"query {number}: " if len(texts) > 1 else ""


def _asks_for_tags(query: Query) -> bool:
    named = [operand for leaf in leaves(query.root) for operand in ((*leaf.left, *leaf.right) if isinstance(leaf, Near) else (leaf,))]
    return any(isinstance(leaf, Fact) and leaf.field in _TAGGED for leaf in named)


@dataclass
class _Lines:
    """Makes lines ready for queries, tagging them only when that can matter."""

    make: Callable[[], Tags]
    tagged: bool
    made: list[Tags] = field(default_factory=list)

    def doc(self, line: dict[str, Any]) -> MatchDoc:
        """A line as queries see it."""
        language, about = str(line.get("language") or ""), _about(line)
        if self.tagged or not language:
            if not self.made:
                self.made.append(self.make())
            language, tagged = self.made[0].tag(line)
            about = about_tagged(tagged, about, regions_of_country())
        return match_doc(str(line["title"]), str(line.get("text") or ""), language, about)


def _about(line: dict[str, Any]) -> About:
    authors = line.get("authors")
    published = moment_of(line.get("published"), _NEVER)
    return About(
        outlet=(str(line.get("outlet") or ""),),
        country=str(line.get("country") or ""),
        kind=str(line.get("kind") or ""),
        authors=tuple(str(name) for name in authors) if isinstance(authors, list) else (str(authors or ""),),
        story=str(line.get("story") or ""),
        has=(*(("text",) if line.get("text") else ()), *(("paywall",) if line.get("paywalled") is True else ())),
        published=published if published != _NEVER else None,
    )


def _evidence(number: int, match: Match) -> list[dict[str, Any]]:
    return [{"query": number, **found._asdict()} for found in match.found]
