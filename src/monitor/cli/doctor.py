"""`monitor doctor`: everything that could be wrong, in plain words, with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import typer

from monitor.cli import outlet_sources, show
from monitor.cli.desk import settings as read_settings
from monitor.config.environment import Settings
from monitor.errors import ConfigError, MonitorError
from monitor.outside.clock import SystemClock

LEAST_DISK = 200_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine, worth knowing, or wrong with its remedy."""

    state: Literal["ok", "note", "wrong"]
    words: str


def register(app: typer.Typer) -> None:
    """Add this command to the `monitor` command."""
    app.command()(doctor)


def doctor() -> None:
    """Look at all that could be wrong and say what to do about it. The exit status is 1 when something is wrong."""
    found = read_settings()
    show.line("Settings")
    for name, value in found.printable().items():
        source = found.sources.get(name, found.sources.get(name.removeprefix("MONITOR_"), "default"))
        show.line(f"  {name} = {value or '(not set)'}  [{source}]")
    show.line("Checks")
    wrong = 0
    for check in (_disk, _outlets_file, _themes_file, _style_file, _fonts, _database, _backups, _contact, _mail, _network):
        for finding in check(found):
            mark = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}[finding.state]
            show.line(f"  {mark} {finding.words}")
            wrong += finding.state == "wrong"
    if wrong:
        raise show.fail(f"{wrong} thing{'s are' if wrong > 1 else ' is'} wrong.")
    show.line("Nothing is wrong.")


def _disk(settings: Settings) -> Iterator[Finding]:
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < LEAST_DISK:
        yield Finding("wrong", f"Only {free // 1_000_000} MB are free where {settings.home} lies; 200 MB is the least. Free some space.")
    else:
        yield Finding("ok", f"{free // 1_000_000_000} GB are free for the desk's data.")


def _outlets_file(settings: Settings) -> Iterator[Finding]:
    from monitor.config.feeds_file import load_feeds  # reads a file only when asked

    if not settings.feeds.exists():
        yield Finding("note", f"There is no {settings.feeds}; outlets can be imported with `monitor outlet import FILE`.")
        return
    yield from _sound(lambda: load_feeds(settings.feeds), str(settings.feeds))


def _themes_file(settings: Settings) -> Iterator[Finding]:
    from monitor.config.themes_file import load_themes  # reads a file only when asked

    yield from _sound(lambda: load_themes(settings.themes), str(settings.themes or "themes.yaml"))


def _style_file(settings: Settings) -> Iterator[Finding]:
    from monitor.config.style_file import load_styles  # reads a file only when asked

    yield from _sound(lambda: load_styles(settings.style, beside=settings.feeds), str(settings.style or "style.yaml"))


def _fonts(_settings: Settings) -> Iterator[Finding]:
    from monitor.outside.fonts import missing_scripts  # looks through the machine's fonts only when asked

    packages: dict[str, list[str]] = {}
    for one in missing_scripts():
        packages.setdefault(one.package, []).append(one.script)
    for package, scripts in packages.items():
        yield Finding(
            "note", f"No font here prints {', '.join(scripts)}: in the PDF of an edition it would be left out; apt install {package}."
        )
    if not packages:
        yield Finding("ok", "The fonts here print every script that headlines come in.")


def _sound(load: Callable[[], object], name: str) -> Iterator[Finding]:
    try:
        load()
    except ConfigError as error:
        for problem in error.problems:
            yield Finding("wrong", str(problem))
    else:
        yield Finding("ok", f"{name} is sound.")


def _database(settings: Settings) -> Iterator[Finding]:
    from monitor.store import setup  # connects only when asked

    try:
        setup.start()
        file = setup.database_file()
        if file is not None and not file.exists():
            yield Finding("note", "There is no database yet; `monitor run` makes one.")
            return
        setup.require_current_schema()
    except MonitorError as error:
        yield Finding("wrong", " ".join(str(error).split()))
        return
    except OSError as error:
        yield Finding("wrong", show.unwritable(settings.home, error))
        return
    yield Finding("ok", f"The database answers ({'SQLite' if setup.is_sqlite() else 'PostgreSQL'}) and is of this version.")
    from monitor.store import state  # tables exist only once Django is set up

    for kind, count in state.given_up().items():
        if count:
            yield Finding("wrong", f"{kind}: {count} given up after repeated failures; see the log and docs/operations.md.")
    troubles = list(outlet_sources.in_trouble(SystemClock().now()))
    yield from (Finding("note", words) for words in troubles or ())
    if not troubles:
        yield Finding("ok", "No outlet needs a look.")


def _backups(_settings: Settings) -> Iterator[Finding]:
    from monitor.flows import back_up  # tables exist only once Django is set up
    from monitor.store import setup

    file = setup.database_file()
    try:
        if file is not None and not file.exists():
            return
        setup.require_current_schema()
    except MonitorError:  # said already
        return
    well, words = back_up.worry(SystemClock().now())
    yield Finding("ok" if well else "note", words)


def _contact(settings: Settings) -> Iterator[Finding]:
    if settings.contact:
        yield Finding("ok", f"Outlets are told whom to write to: {settings.contact}.")
    else:
        yield Finding(
            "note", "MONITOR_CONTACT is not set, so only outlets on this machine are asked. Set it to an address outlets can write to."
        )


def _mail(settings: Settings) -> Iterator[Finding]:
    """Whether mail can leave; nothing is sent to find out (`monitor mail check` does that)."""
    missing = [name for name, value in (("MONITOR_MAIL_FROM", settings.mail_from), ("MONITOR_SMTP_URL", settings.smtp_url)) if not value]
    if missing:
        yield Finding("note", f"No mail leaves: set {' and '.join(missing)}. Messages are made and can be read on the Outbox page.")
    try:
        found = _mail_trouble()
    except MonitorError:
        return
    if found == "held":
        yield Finding("note", "Mail is held: `monitor outbox resume` lets it go.")
    elif found == "broken" and not missing:
        yield Finding("wrong", "Mail is broken: `monitor outbox list` says why, `monitor mail check ADDRESS` tries the way to the server.")
    elif not missing:
        yield Finding("ok", "Mail leaves; `monitor mail check ADDRESS` sends a test message.")


def _mail_trouble() -> str:
    """What the database knows of mail: "held", "broken" or "" (also while there is no database)."""
    from monitor.store import setup  # connects only when asked

    setup.start()
    file = setup.database_file()
    if file is not None and not file.exists():
        return ""
    setup.require_current_schema()
    from monitor.store import mail_troubles  # tables exist only once Django is set up

    found = mail_troubles.trouble()
    return found.kind if found else ""


def _network(settings: Settings) -> Iterator[Finding]:
    from monitor.config.feeds_file import load_feeds  # reads a file only when asked
    from monitor.outside.network import any_resolves

    try:
        feeds = [feed.url for outlet in load_feeds(settings.feeds).outlets for feed in outlet.feeds if outlet.enabled and feed.enabled]
    except (ConfigError, OSError):
        return
    if feeds:
        reachable = any_resolves(feeds)
        yield Finding(
            "ok" if reachable else "note", "The network is there." if reachable else "There is no network; `make demo` works without one."
        )
