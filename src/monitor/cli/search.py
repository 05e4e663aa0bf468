"""`monitor search`: the archive in the desk's query language, and the index made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk, since
from monitor.cli.leads import refuse_unknown
from monitor.errors import QueryError
from monitor.pipeline.query import Query, explain, parse

if TYPE_CHECKING:
    from monitor.store.search import Filters

SHOWN = 20
MOST = 10_000


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def search(
        query: Annotated[str, typer.Argument(help="What to look for, as in docs/query.md; quote it for the shell.")] = "",
        since_: Annotated[str | None, typer.Option("--since", help="Only what came since: 2d, 36h, 90m ago, or a date.")] = None,
        outlet: Annotated[str, typer.Option(help="Only this outlet (its id).")] = "",
        section: Annotated[str, typer.Option(help="Only this section.")] = "",
        theme: Annotated[str, typer.Option(help="Only this theme.")] = "",
        language: Annotated[str, typer.Option(help="Only this language.")] = "",
        limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most this many.")] = SHOWN,
        as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, one article a line, with the words found.")] = False,
        french: Annotated[bool, typer.Option("--french", help="Take ET, OU and SAUF for AND, OR and NOT, and explain in French.")] = False,
        rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index again from the stored articles; takes no query.")] = False,
    ) -> None:
        """Articles that match a query, newest first."""
        if rebuild:
            _rebuild(query)
            return
        asked = _read(query, french) if query.strip() else None
        if asked is None and not (outlet or section or theme or language):
            raise show.fail("Say what to look for, for example: monitor search 'Mali coup'", code=2)
        open_desk()
        from monitor.store.search import Filters  # tables exist only once Django is set up

        _find(asked, Filters(outlet=outlet, section=section, theme=theme, language=language, since=since(since_)), limit, as_json=as_json)


def _read(text: str, french: bool) -> Query:
    """The query, or the end of the command with the place of the mistake."""
    try:
        read = parse(text, french=french)
    except QueryError as error:
        show.err.print(explain(error, "fr" if french else "en"), markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
    for hint in read.hints:
        show.err.print(hint.text("fr" if french else "en"), markup=False, soft_wrap=True)
    return read


def _find(query: Query | None, filters: Filters, limit: int, *, as_json: bool) -> None:
    from monitor.store import pages_search, search  # tables exist only once Django is set up

    hits = search.find(query, filters, most=limit)
    if not hits.found:
        refuse_unknown(filters.outlet, filters.section, filters.theme)
    rows = pages_search.found_json(query, [hit.key for hit in hits.found])
    show.listing(rows, ("published", "outlet", "language", "section", "title"), as_json=as_json, empty="No article matches.")
    if hits.more and not as_json:
        show.err.print(f"There are more; --limit {min(MOST, 10 * limit)} shows them.", markup=False)


def _rebuild(query: str) -> None:
    if query.strip():
        raise show.fail("--rebuild takes no query.", code=2)
    open_desk()
    from monitor.store import search_index  # tables exist only once Django is set up

    with show.watching() as watch:
        count = search_index.rebuild(lambda done, total: watch("index articles", done, total))
    show.line(f"{count} articles are in the search index.")
