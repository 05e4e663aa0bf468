"""`monitor outlet import list.opml`: the feed list of another reader into the desk; with one mistake nothing is added."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.cli import show
from monitor.outside.clock import SystemClock
from monitor.records import Outlet


def import_opml(path: Path, country: str, language: str) -> None:
    """Add every outlet of a list; those that name no country or language get the ones given."""
    from django.utils import translation  # Django is set up only once the desk is open

    from monitor.config.opml_file import LARGEST, parse_opml
    from monitor.store import outlets
    from monitor.store.pastes import PastedLine
    from monitor.web import outlet_form, pasted

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise show.fail(f"{path} cannot be read: {error.strerror}.", code=2) from error
    desk = outlets.desk()
    words = {word.casefold(): one.id for one in desk.sections for word in (one.id, *one.label.values())}
    with translation.override("en"):
        brought = pasted.from_opml(*parse_opml(data), words)
        mistakes, ready = list(brought.mistakes), list[Outlet]()
        for address, said in brought.addresses:
            filled = {**said, "country": said["country"] or country.upper(), "language": said["language"] or language}
            row = pasted.row_of(PastedLine("", address, filled, "waiting", {}, False, "", "", False, ""), {})
            sections = [one.id for one in desk.sections]
            local = frozenset(feed["url"].split("/")[2] for feed in said["feeds"])  # who runs the machine may name its own outlets
            outlet, fields, _ = outlet_form.read(pasted.with_feeds(row), "", sections, local=local)
            mistakes += [f"{said['name'] or address}: {text}" for text in fields.wrong.values()]
            ready += [replace(outlet, enabled=bool(said["enabled"]))] if outlet is not None else []
        if mistakes:
            for mistake in mistakes:
                show.err.print(f"{path}: {mistake}", markup=False, soft_wrap=True, highlight=False)
            said_ = f"{show.count(len(mistakes), 'mistake')}; nothing was changed."
            raise show.fail(f"{said_} --country and --language fill what is missing.", code=2)
    _add(path, ready)


def _add(path: Path, ready: list[Outlet]) -> None:
    from monitor.store import outlet_edits  # tables exist only once Django is set up

    added, now = 0, SystemClock().now()
    for outlet in ready:
        done = outlet_edits.add(outlet, None, now, check=False)
        added += done.result == "done"
        if done.result == "taken":
            show.line(f"  left out: {outlet.name}, whose feed {done.address} belongs to {done.owner}.")
    show.line(f"{path}: {show.count(added, 'outlet')} added.")
