"""`monitor backup|restore`: a copy of the desk's database, made while it runs, and putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk, settings
from monitor.config.environment import Settings
from monitor.outside.clock import SystemClock
from monitor.store import setup


def register(app: typer.Typer) -> None:
    """Add these commands to the `monitor` command."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The new file; in a folder, a name with the time is made up. Default: backups/ in the home."),
    ] = None,
) -> None:
    """Copy the database to a new file while the desk runs, and check the copy."""
    own = open_desk()
    from monitor.flows.back_up import copy_now  # tables exist only once Django is set up
    from monitor.store.nightly_backups import FOLDER

    now, kind = SystemClock().now(), "sqlite3" if setup.is_sqlite() else "dump"
    target = file or own.home / FOLDER
    try:
        if file is None:
            target.mkdir(mode=0o700, exist_ok=True)
        target = target / f"monitor-{now:%Y%m%dT%H%M%S}.{kind}" if target.is_dir() else target
        with show.watching() as watch:
            made = copy_now(target, own.database_url, now, lambda done, total: watch("backup", done, total))
    except OSError as error:
        raise show.fail(f"{target} cannot be written: {error.strerror or error}.") from error
    stories = f"{made.stories} {'story' if made.stories == 1 else 'stories'}"
    show.line(f"{made.file}: {made.bytes / 1e6:.1f} MB, {show.count(made.articles, 'article')}, {stories}. Checked; sha256 {made.sha256}")
    show.note("The secret key and feeds.yaml are not in it.")


def restore(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A file that `monitor backup` or the night made. Without it: lists them.")
    ] = None,
) -> None:
    """Put a backup in the database's place. Stop the desk first; the database that was there is kept."""
    own = settings()
    setup.start()
    if file is None:
        _list(own)
        return
    try:
        own.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        articles, stories, aside = _put(own, file)
    except OSError as error:
        raise show.fail(show.unwritable(own.home, error), code=78) from error
    told = f"{stories} {'story' if stories == 1 else 'stories'}"
    show.line(f"Restored {show.count(articles, 'article')} and {told} from {file}. Everybody signs in again.")
    if aside is not None:
        show.line(f"The database that was there is now {aside}")
    show.line("No mail leaves until `monitor outbox resume`: what waits in the copy may have been sent since.")
    show.line("Start the desk as always (`systemctl start monitor`, or `monitor run`); it brings an older copy to this version by itself.")


def _put(own: Settings, file: Path) -> tuple[int, int, Path | None]:
    """Articles and stories there are now, and where what was there lies."""
    now = SystemClock().now()
    if setup.is_sqlite():
        from monitor.store import backup as copies  # tables exist only once Django is set up

        put, aside = copies.restore(file, own.home, now)
        return put.articles, put.stories, aside
    from monitor.flows.put_back import put_back  # as above

    done = put_back(own.home, own.database_url, file, now)
    return done.articles, done.stories, done.aside


def _list(own: Settings) -> None:
    """The copies in the home, newest first, and what to type."""
    from monitor.store.nightly_backups import FOLDER, at_hand  # as above

    found = at_hand(own.home)
    if not found:
        raise show.fail(f"There is no backup in {own.home / FOLDER}. If you keep one elsewhere: monitor restore FILE")
    for place, at, size in found:
        show.line(f"{at:%Y-%m-%d %H:%M} UTC  {size / 1e6:8.1f} MB  {place}")
    show.note(f"To put one back, stop the desk, then: monitor restore {found[0][0]}")
