"""`monitor backup|restore`: a copy of the desk's database, made while it runs, and putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import open_desk, settings
from monitor.config.environment import Settings, without_password
from monitor.outside.clock import SystemClock
from monitor.store import setup


def register(app: typer.Typer) -> None:
    """Add these commands to the `monitor` command."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file; in a folder, a name with the time is made up.")],
) -> None:
    """Copy the SQLite database to a new file while the desk runs, and check the copy. On PostgreSQL, says how pg_dump does it."""
    own = open_desk()
    from monitor.store import backup as copies  # tables exist only once Django is set up

    _sqlite_only(own)
    now = SystemClock().now()
    target = file / f"monitor-{now:%Y%m%dT%H%M%S}.sqlite3" if file.is_dir() else file
    try:
        with show.watching() as watch:
            made = copies.backup(target, now, lambda done, total: watch("backup", done, total))
    except OSError as error:
        raise show.fail(f"{target} cannot be written: {error.strerror or error}.") from error
    stories = f"{made.stories} {'story' if made.stories == 1 else 'stories'}"
    show.line(f"{made.file}: {made.bytes / 1e6:.1f} MB, {show.count(made.articles, 'article')}, {stories}. Checked; sha256 {made.sha256}")
    show.note("The secret key and feeds.yaml are not in it.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `monitor backup` made.")],
) -> None:
    """Put a backup in the database's place. Stop the desk first; the database that was there is kept beside it."""
    own = settings()
    setup.start()
    from monitor.store import backup as copies  # tables exist only once Django is set up

    _sqlite_only(own)
    try:
        own.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        put, aside = copies.restore(file, own.home, SystemClock().now())
    except OSError as error:
        raise show.fail(show.unwritable(own.home, error), code=78) from error
    stories = f"{put.stories} {'story' if put.stories == 1 else 'stories'}"
    show.line(f"Restored {show.count(put.articles, 'article')} and {stories} from {file}. Everybody signs in again.")
    if aside is not None:
        show.line(f"The database that was there is now {aside}")
    show.line("No mail leaves until `monitor outbox resume`: what waits in the copy may have been sent since.")
    show.line("Start the desk with `monitor run`, or `monitor migrate` first if it was made by an older version.")


def _sqlite_only(own: Settings) -> None:
    if not setup.is_sqlite():
        from monitor.store.backup import hint  # tables exist only once Django is set up

        raise show.fail(f"This desk is on PostgreSQL; its own tools copy it: {hint(without_password(own.database_url))}")
