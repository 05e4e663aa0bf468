"""`monitor alert`: the desk's alert rules, and what a query would have told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.errors import QueryError
from monitor.outside.clock import SystemClock
from monitor.pipeline.query import Query, explain, parse

if TYPE_CHECKING:
    from monitor.store.alert_docs import Preview

app = typer.Typer(help="Alerts: what people are told of by mail.", no_args_is_help=True)
SHOWN = 20
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]


@app.command("list")
def alert_list(as_json: AsJson = False) -> None:
    """Every alert rule that was not deleted, with what it met lately."""
    open_desk()
    from monitor.store import pages_alerts  # tables exist only once Django is set up

    rows = pages_alerts.rules_json(SystemClock().now())
    columns = ("name", "owner", "query", "cadence", "state", "stories_30_days", "last_match")
    show.listing(rows, columns, as_json=as_json, empty="There is no alert; people make them on the page Alerts.")


@app.command("preview")
def preview(
    query: Annotated[str, typer.Argument(help="The query, as in docs/query.md; quote it for the shell.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Show at most this many articles.")] = SHOWN,
    as_json: AsJson = False,
    french: Annotated[bool, typer.Option("--french", help="Read French operators and fields, and explain in French.")] = False,
) -> None:
    """What an alert with this query would have told of in the last 30 days, newest first."""
    read = _read(query, french)
    open_desk()
    from monitor.store import alert_docs, pages_search  # tables exist only once Django is set up

    found = alert_docs.preview(read, SystemClock().now())
    if not as_json:
        show.err.print(_told(found, read), markup=False, soft_wrap=True)
    rows: Iterator[dict[str, Any]] = pages_search.found_json(read, found.keys[:limit])
    show.listing(rows, ("discovered", "outlet", "language", "title"), as_json=as_json, empty="No article of the last 30 days matches.")


def _read(text: str, french: bool) -> Query:
    try:
        return parse(text, french=french)
    except QueryError as error:
        show.err.print(explain(error, "fr" if french else "en"), markup=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _told(found: Preview, query: Query) -> str:
    count, stories = len(found.keys), found.stories
    languages = ", ".join(f"{language or '?'} {number}" for language, number in found.languages)
    more = "more than " if found.more else ""
    told = f"{more}{count} article{'' if count == 1 else 's'} in {stories} stor{'y' if stories == 1 else 'ies'} within 30 days"
    return f"Read as {query.canonical}\n{told}{f' ({languages})' if languages else ''}."
