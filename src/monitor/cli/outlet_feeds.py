"""`monitor outlet try|discover`: ask an outlet now, and find the feeds of a new one."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk
from monitor.cli.lines import moment_text
from monitor.errors import ConfigError
from monitor.outside.clock import SystemClock

if TYPE_CHECKING:
    from monitor.config.environment import Settings
    from monitor.pipeline.discover import Discovery, FoundFeed
    from monitor.records import Outlet

AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")]


def register(app: typer.Typer) -> None:
    """Add these commands to `monitor outlet`."""
    app.command("try")(try_)
    app.command()(discover)


def try_(outlet: Annotated[str, typer.Argument(help="The outlet's id.")], as_json: AsJson = False) -> None:
    """Poll an outlet now, before its time. Its pace, a wish to be left alone and five minutes since the last attempt hold all the same."""
    settings = open_desk()
    from monitor.flows.try_outlet import try_outlet  # tables exist only once Django is set up
    from monitor.jobs.worker import open_worker

    with open_worker(settings, SystemClock()) as opened:
        tried = try_outlet(opened.kit, outlet)
    if tried is None:
        raise show.fail(f"No outlet has the id {outlet!r}. `monitor outlet list` shows them.", code=2)
    if not tried:
        raise show.fail(f"{outlet} has no feed that is polled; is it paused? `monitor outlet resume {outlet}` polls it again.", code=1)
    for one in tried:
        until = f" Not before {one.until:%Y-%m-%d %H:%M} UTC." if one.until else ""
        if as_json:
            row = {"url": one.url, "result": one.result or None, "new": one.new, "reason": one.reason}
            sys.stdout.write(json.dumps(row | {"until": one.until.isoformat() if one.until else None}, ensure_ascii=False) + "\n")
        elif one.result:
            words = f"{one.result.replace('_', ' ')}, {show.count(one.new, 'new article')}"
            show.line(f"{one.url}: {words}{'. ' + one.reason if one.reason else ''}")
        else:
            show.line(f"{one.url}: not asked. {one.reason}{until}")
    if not any(one.result for one in tried):
        raise typer.Exit(1)


def discover(
    address: Annotated[str, typer.Argument(help="A site, an article or a feed.")],
    add: Annotated[bool, typer.Option("--add", help="Write what was found into feeds.yaml.")] = False,
    name: Annotated[str | None, typer.Option(help="What the outlet is called, if the page says it badly.")] = None,
    country: Annotated[str | None, typer.Option(help="The outlet's country (FR, GB, …), if nothing tells it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the feeds of an outlet, and show what each would bring. Five requests at most, and only what the page itself names."""
    settings = open_desk()
    from monitor.flows.discover_feeds import discover_feeds  # tables exist only once Django is set up
    from monitor.jobs.worker import open_worker

    with open_worker(settings, SystemClock()) as opened:
        found = discover_feeds(opened.kit, address, from_this_machine=True)
    if found.outlet is not None:
        found = replace(found, outlet=_renamed(found.outlet, name, country))
    if as_json:
        sys.stdout.write(json.dumps(_as_json(found), ensure_ascii=False) + "\n")
    else:
        for feed in found.feeds:
            _show_feed(feed)
    if found.outlet is None or not found.outlet.feeds:
        raise show.fail(found.reason)
    if add:
        _add(settings, found.outlet)
    elif not as_json:
        show.line(f"To be added to {settings.feeds} (with --add it is written there):")
        sys.stdout.write(_yaml(found.outlet))


def _renamed(outlet: Outlet, name: str | None, country: str | None) -> Outlet:
    from monitor.config.feeds_shape import slug  # loads CLDR only when asked

    outlet = replace(outlet, country=(country or outlet.country).upper())
    return replace(outlet, name=name, id=slug(name) or outlet.id) if name else outlet


def _show_feed(feed: FoundFeed) -> None:
    show.line(f"{feed.url}" + (f" — {feed.title}" if feed.title else ""))
    if feed.watched_by:
        show.line(f"  watched already: {feed.watched_by}")
        return
    if feed.reason:
        show.line(f"  {feed.reason}")
        return
    volume = "undated" if feed.per_week is None else f"about {feed.per_week:g} article{'' if feed.per_week == 1 else 's'} a week"
    show.line(f"  language {feed.language or 'not recognised'}, {volume}" + (f", format {feed.format}" if feed.format != "auto" else ""))
    for entry in feed.newest:
        show.line(f"  {moment_text(entry.published or entry.updated) or 'no date'}  {entry.title}")


def _as_json(found: Discovery) -> dict[str, Any]:
    from monitor.store.outlets import outlet_to_json  # tables exist only once Django is set up

    feeds = [
        {
            "url": feed.url,
            "title": feed.title,
            "format": feed.format,
            "language": feed.language,
            "per_week": feed.per_week,
            "newest": [{"title": e.title, "link": e.link, "published": moment_text(e.published or e.updated)} for e in feed.newest],
            "watched_by": feed.watched_by or None,
            "reason": feed.reason,
        }
        for feed in found.feeds
    ]
    outlet = outlet_to_json(found.outlet) if found.outlet else None
    return {"address": found.address, "outlet": outlet, "feeds": feeds, "requests": found.requests, "reason": found.reason}


def _yaml(outlet: Outlet) -> str:
    """The outlet as it would stand in feeds.yaml; a country nobody knows is left to be filled in."""
    from monitor.config.feeds_write import dump_feeds  # loads ruamel only when asked
    from monitor.records import Desk

    unknown = not outlet.country
    text = dump_feeds(Desk(), [replace(outlet, country="FR") if unknown else outlet]).partition("\noutlets:\n")[2]
    return text.replace("country: FR", "country:  # write its two letters", 1) if unknown else text


def _add(settings: Settings, outlet: Outlet) -> None:
    from monitor.config.feeds_file import FeedsFile, parse_feeds, standing_text  # loads ruamel only when asked
    from monitor.config.feeds_write import dump_feeds
    from monitor.records import Desk

    if not outlet.country:
        raise show.fail("Nothing tells the outlet's country: give it with --country FR.", code=2)
    path = settings.feeds
    try:
        text = standing_text(path)
        held = parse_feeds(text, str(path)) if text is not None else FeedsFile(Desk(), ())
        if any(outlet.id == other.id for other in held.outlets):
            raise show.fail(f"{path} has an outlet {outlet.id!r} already: add the feeds there by hand, or give another --name.", code=2)
        _write(path, dump_feeds(held.desk, [*held.outlets, outlet], text))
    except ConfigError as error:
        raise show.config_mistakes(error) from error
    except OSError as error:
        raise show.fail(f"{path} cannot be written: {error.strerror or error}. Nothing was changed.", code=2) from error
    show.note(f"{outlet.name} was added to {path}. `monitor outlet import` brings it into the desk.")


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
