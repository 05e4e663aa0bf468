"""`monitor outlet`: the outlets the desk watches, in and out of feeds.yaml, and their health."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import outlet_feeds, outlet_opml, outlet_sources, show
from monitor.cli.desk import open_desk
from monitor.errors import ConfigError, MonitorError
from monitor.outside.clock import SystemClock

app = typer.Typer(help="The outlets the desk watches.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]


@app.command("import")
def import_(
    file: Annotated[Path | None, typer.Argument(help="The outlets' file; default: MONITOR_FEEDS or feeds.yaml.")] = None,
    file_wins: Annotated[bool, typer.Option("--file-wins", help="Undo what was changed in the pages where the file differs.")] = False,
    country: Annotated[str, typer.Option(help="For outlets of an OPML file that name no country.")] = "",
    language: Annotated[str, typer.Option(help="For outlets of an OPML file that name no language.")] = "",
) -> None:
    """Bring what feeds.yaml, or the OPML of another reader, says into the desk. A file with a mistake changes nothing."""
    settings = open_desk(migrate=True)
    if file is not None and file.suffix.lower() in (".opml", ".xml"):
        outlet_opml.import_opml(file, country, language)
        return
    from monitor.flows.import_outlets import import_outlets  # tables exist only once Django is set up

    path = file or settings.feeds
    try:
        merge = import_outlets(path, SystemClock().now(), file_wins=file_wins)
    except ConfigError as error:
        raise show.config_mistakes(error) from error
    did = merge.summary
    added = show.count(did.added, "outlet")
    show.line(f"{path}: {added} added, {did.changed} changed, {did.archived} archived, {did.unchanged} unchanged.")
    for difference in merge.differences:
        show.line(f"  kept: {difference}")


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; default, and -: standard output.")] = None,
    opml: Annotated[bool, typer.Option("--opml", help="As OPML 2.0, for other readers; also when the file ends in .opml.")] = False,
) -> None:
    """Write the desk's outlets as feeds.yaml, order and comments kept, or as OPML."""
    settings = open_desk()
    from monitor.config.feeds_file import standing_text  # loads ruamel only when asked
    from monitor.flows.import_outlets import export_opml, export_outlets  # tables exist only once Django is set up

    target = None if file is None or str(file) == "-" else file
    if opml or (target is not None and target.suffix.lower() == ".opml"):
        text = export_opml(SystemClock().now(), "en")
    else:
        own = standing_text(target) if target is not None else None
        text = export_outlets(standing_text(settings.feeds) if own is None else own)
    if target is None:
        sys.stdout.write(text)
        return
    _replace(target, text)
    show.line(f"Written: {target}")


def _replace(target: Path, text: str) -> None:
    """Put a text in a file's place, whole or not at all; a folder or a device is never replaced."""
    fresh = target.with_name(target.name + ".new")
    try:
        if target.exists() and not target.is_file():
            raise show.fail(f"{target} is no ordinary file. Name another; - writes to standard output.", code=2)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        raise show.fail(f"{target} cannot be written: {error.strerror or error}. Nothing was changed.", code=2) from error


@app.command("list")
def list_(
    outlet: Annotated[str | None, typer.Option(help="Only this outlet (its id).")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    as_json: AsJson = False,
) -> None:
    """The outlets with the health of their feeds."""
    open_desk()
    from monitor.store import lists  # tables exist only once Django is set up

    rows = list(lists.outlet_list(lists.Wanted(outlet=outlet, language=language, limit=limit)))
    if not as_json:
        for row in rows:
            row["health"] = ", ".join(sorted({feed["health"] for feed in row["feeds"]})) or "no feed known"
            row["enabled"] = "yes" if row["enabled"] else "paused"
    columns = ("id", "name", "country", "language", "enabled", "health", "articles")
    empty = show.none("outlet", outlet, language, otherwise="`monitor outlet import feeds.yaml` brings them in.")
    show.listing(rows, columns, as_json=as_json, empty=empty)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="An outlets' file to check; default: MONITOR_FEEDS or feeds.yaml.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check feeds.yaml without changing anything: every mistake is said, with its line and what to write instead.

    Without a file named, what is wrong with the desk's outlets is said too, with its remedy; the exit status is 1 when one needs a look.
    """
    from monitor.cli.desk import settings  # the settings may themselves be what is wrong
    from monitor.config.feeds_file import load_feeds

    path = file or settings().feeds
    if file is not None or path.exists():
        try:
            found = load_feeds(path)
        except ConfigError as error:
            raise show.config_mistakes(error) from error
        feeds = sum(len(outlet.feeds) for outlet in found.outlets)
        live = sum(1 for outlet in found.outlets for feed in outlet.feeds if outlet.enabled and feed.enabled)
        if not as_json:
            show.line(f"{path} is sound: {show.count(len(found.outlets), 'outlet')}, {show.count(feeds, 'feed')}, {live} of them polled.")
    elif not as_json:
        show.line(f"There is no {path}; the outlets are those of the desk.")
    if file is None and _desk_is_there() and outlet_sources.show_sources(as_json=as_json):
        raise typer.Exit(1)


def _desk_is_there() -> bool:
    """Whether there is a desk of this version to look at; `monitor doctor` says what is wrong when there is none."""
    from monitor.store import setup  # connects only when asked

    try:
        setup.start()
        database = setup.database_file()
        if database is not None and not database.exists():
            return False
        setup.require_current_schema()
    except (MonitorError, OSError):
        return False
    return True


@app.command()
def pause(outlet: Annotated[str, typer.Argument(help="The outlet's id.")]) -> None:
    """Stop polling an outlet; its articles stay."""
    _set_enabled(outlet, enabled=False)


@app.command()
def resume(outlet: Annotated[str, typer.Argument(help="The outlet's id.")]) -> None:
    """Poll an outlet again."""
    _set_enabled(outlet, enabled=True)


def _set_enabled(outlet: str, *, enabled: bool) -> None:
    open_desk()
    from monitor.store import outlet_edits  # tables exist only once Django is set up

    if not outlet_edits.set_enabled(outlet, enabled=enabled, now=SystemClock().now()):
        raise show.fail(f"No outlet has the id {outlet!r}. `monitor outlet list` shows them.", code=2)
    show.line(f"{outlet} is {'polled again' if enabled else 'paused'}.")


outlet_feeds.register(app)
