"""The `monitor` command: one table of sub-commands, errors as one sentence and a status."""

from __future__ import annotations

import errno
import io
import os
import sys

import typer

from monitor.cli import (
    alert,
    demo,
    digest,
    doctor,
    edition,
    edition_import,
    keep,
    leads,
    mail,
    outbox,
    outlet,
    person,
    run,
    search,
    theme,
    tool,
)
from monitor.cli.show import config_mistakes, fail
from monitor.errors import ConfigError, MonitorError, UsageError

app = typer.Typer(
    name="monitor",
    help="Press Monitor watches the world's press for a review desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
run.register(app)
demo.register(app)
doctor.register(app)
search.register(app)
keep.register(app)
app.add_typer(outlet.app, name="outlet")
app.add_typer(theme.app, name="theme")
app.add_typer(person.app, name="person")
app.add_typer(leads.articles, name="article")
app.add_typer(leads.stories, name="story")
app.add_typer(leads.leads, name="lead")
app.add_typer(alert.app, name="alert")
app.add_typer(mail.app, name="mail")
app.add_typer(outbox.app, name="outbox")
app.add_typer(digest.app, name="digest")
app.add_typer(edition.app, name="edition")
edition_import.register(edition.app)
app.add_typer(tool.app, name="tool")

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main() -> None:
    """Run the command line; every error of ours is one sentence on standard error and a non-zero status."""
    for stream in (sys.stdout, sys.stderr):  # foreign text may hold what no encoding can write, such as a lone surrogate
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        _run()
    except ConfigError as error:
        sys.exit(config_mistakes(error).exit_code)
    except UsageError as error:
        sys.exit(fail(str(error), code=2).exit_code)
    except MonitorError as error:
        sys.exit(fail(str(error)).exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer would fail once more at the very end
        sys.exit(
            fail(f"{error.filename or 'The output'} cannot be written: {error.strerror}. Make room, then type the command again.").exit_code
        )


def _run() -> None:
    """The command, and what it printed out of the buffer while somebody can still be told that it did not fit."""
    try:
        app()
    finally:
        sys.stdout.flush()
