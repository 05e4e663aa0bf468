"""`monitor article|story|lead`: what the desk has, as a table or as JSON Lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk, since
from monitor.outside.clock import SystemClock
from monitor.outside.pace import host_of

if TYPE_CHECKING:
    from monitor.store.lists import Wanted

articles = typer.Typer(help="Articles the desk has read.", no_args_is_help=True)
stories = typer.Typer(help="Stories: what several outlets say about one event.", no_args_is_help=True)
leads = typer.Typer(help="Leads: stories worth writing about.", no_args_is_help=True)

Since = Annotated[str | None, typer.Option(help="Only what came since: 2d, 36h, 90m ago, or a date.")]
Outlet = Annotated[str | None, typer.Option(help="Only this outlet (its id).")]
Section = Annotated[str | None, typer.Option(help="Only this section.")]
Theme = Annotated[str | None, typer.Option(help="Only this theme.")]
Language = Annotated[str | None, typer.Option(help="Only this language.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most this many.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]


def _listing(what: str, wanted: Wanted, rows: Iterator[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """The rows; when there are none, a filter that names nothing of this desk is a mistake (status 2), not an empty listing."""
    first = next(rows, None)
    if first is None:
        refuse_unknown(wanted.outlet, wanted.section, wanted.theme)
    filters = (wanted.since, wanted.outlet, wanted.section, wanted.theme, wanted.language)
    empty = show.none(what, *filters, otherwise="`monitor once all` polls what is due.")
    show.listing(() if first is None else chain((first,), rows), columns, as_json=as_json, empty=empty)


def refuse_unknown(outlet: str | None, section: str | None, theme: str | None) -> None:
    """End the command when a filter names an outlet, a section or a theme that there is not, and say where their ids stand."""
    from monitor.store import pages  # tables exist only once Django is set up
    from monitor.store.outlets import known_outlet

    facts = pages.desk_facts()
    sections = [one.id for one in facts.desk.sections]
    if outlet and not known_outlet(outlet):
        raise show.fail(f"There is no outlet {outlet!r}; `monitor outlet list` shows their ids.", code=2)
    if section and section not in sections:
        raise show.fail(f"There is no section {section!r}; there are {', '.join(sections)}.", code=2)
    if theme and facts.themes and theme not in facts.themes:
        raise show.fail(f"There is no theme {theme!r}; `monitor theme list` shows their ids.", code=2)


@articles.command("list")
def article_list(
    since_: Annotated[str | None, typer.Option("--since", help="Only what came since: 2d, 36h, 90m ago, or a date.")] = None,
    outlet: Outlet = None,
    section: Section = None,
    theme: Theme = None,
    language: Language = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Articles, newest first."""
    open_desk()
    from monitor.store import lists  # tables exist only once Django is set up

    wanted = lists.Wanted(since(since_), outlet, section, theme, language, limit)
    columns = ("discovered", "outlet", "language", "section", "verdict", "title")
    _listing("article", wanted, lists.article_list(wanted), columns, as_json=as_json)


@articles.command("retry")
def article_retry(
    article: Annotated[str | None, typer.Argument(help="The article's id.")] = None,
    given_up: Annotated[bool, typer.Option("--given-up", help="All articles that were given up.")] = False,
) -> None:
    """Let an article's page be asked again. The worker does it when its turn comes, not within six hours of the last attempt."""
    if (article is None) != given_up:
        raise show.fail("Name one article by its id, or give --given-up for all that were given up.", code=2)
    open_desk()
    from monitor.store import ask_again  # tables exist only once Django is set up

    now = SystemClock().now()
    if article is None:
        to_read, to_group = ask_again.retry_given_up(now)
        grouped = f", {show.count(to_group, 'article')} to be grouped" if to_group else ""
        show.line(f"{show.count(to_read, 'article')} to be read again{grouped}." if to_read or to_group else "No article was given up.")
        return
    try:
        due_at = ask_again.retry(str(UUID(article)), now, host_of)
    except (ValueError, LookupError):
        raise show.fail(f"No article has the id {article!r}. `monitor article list --json` shows them.", code=2) from None
    if due_at is None:
        raise show.fail("That article was read in full; there is nothing to ask again.", code=1)
    show.line(f"To be read again, not before {due_at:%Y-%m-%d %H:%M} UTC.")


@stories.command("list")
def story_list(
    since_: Annotated[str | None, typer.Option("--since", help="Only what came since: 2d, 36h, 90m ago, or a date.")] = None,
    outlet: Outlet = None,
    section: Section = None,
    theme: Theme = None,
    language: Language = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Stories, newest first."""
    open_desk()
    from monitor.store import lists  # tables exist only once Django is set up

    wanted = lists.Wanted(since(since_), outlet, section, theme, language, limit)
    columns = ("newest", "section", "articles", "outlets", "languages", "id")
    _listing("story", wanted, lists.story_list(wanted), columns, as_json=as_json)


@stories.command("show")
def story_show(story: Annotated[str, typer.Argument(help="The story's id.")], as_json: AsJson = False) -> None:
    """One story with all its articles and why each is in it."""
    open_desk()
    from monitor.store import lists  # tables exist only once Django is set up

    try:
        found = lists.story_show(str(UUID(story)))
    except ValueError:
        found = None
    if found is None:
        raise show.fail(f"No story has the id {story!r}. `monitor story list` shows them.", code=2)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return
    show.line(f"{found['section'] or 'no section'} · {', '.join(found['themes']) or 'no theme'} · {found['id']}")
    show.listing(found["articles"], ("published", "outlet", "language", "title", "why"), as_json=False, empty="The story is empty.")


@leads.command("list")
def lead_list(
    since_: Annotated[str | None, typer.Option("--since", help="Only what moved since: 2d, 36h, 90m ago, or a date.")] = None,
    outlet: Outlet = None,
    section: Section = None,
    theme: Theme = None,
    language: Language = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Leads, highest score first."""
    open_desk()
    from monitor.store import lists  # tables exist only once Django is set up

    wanted = lists.Wanted(since(since_), outlet, section, theme, language, limit)
    columns = ("score", "section", "articles", "languages", "status", "headline")
    _listing("lead", wanted, lists.lead_list(wanted), columns, as_json=as_json)
