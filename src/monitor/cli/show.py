"""How the command line speaks: JSON Lines or a table, progress on a terminal or plain lines, errors as one sentence."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from monitor.errors import ConfigError

err = Console(stderr=True, highlight=False)
out = Console(highlight=False)
_UTC = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?\+00:00")
WIDE = 1000
"""Columns of a table that goes into a file or a pipe: each row stays one line."""


def line(text: str) -> None:
    """One plain line for the person at the terminal."""
    out.print(escape(text), soft_wrap=True)


def note(text: str) -> None:
    """One plain line beside the result, on standard error."""
    err.print(escape(text), soft_wrap=True)


def fail(text: str, code: int = 1) -> typer.Exit:
    """Say what is wrong on standard error; raise the result."""
    err.print(escape(text), soft_wrap=True, style="red" if err.is_terminal else None)
    return typer.Exit(code)


def unwritable(home: Path, error: OSError) -> str:
    """One sentence for a home that cannot be used."""
    place = error.filename or home
    return f"The home {home} cannot be used: {place}: {error.strerror or error}. Check MONITOR_HOME and who owns that folder."


def config_mistakes(error: ConfigError) -> typer.Exit:
    """Every mistake of a file or of the settings, one a line; nothing was changed."""
    count = len(error.problems)
    for problem in error.problems:
        err.print(escape(str(problem)), soft_wrap=True)
    return fail(f"{count} mistake{'s' if count != 1 else ''}; nothing was changed.", code=2)


def listing(rows: Iterable[dict[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Rows as JSON Lines, or as a table of the named columns; an empty listing says why it is empty."""
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:  # an id is typed again in the next command, so it is never cut
        table.add_column(column, no_wrap=column == "id", overflow="fold")
    count = 0
    for row in rows:
        table.add_row(*(escape(_cell(row.get(column))) for column in columns))
        count += 1
    if count:
        (out if out.is_terminal else Console(highlight=False, width=WIDE)).print(table)
    else:
        line(empty)


def count(number: int, thing: str) -> str:
    """`1 feed`, `2 feeds`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def none(what: str, *filters: object, otherwise: str) -> str:
    """Why a listing is empty: nothing passes the filters, or there is nothing at all and this is what to do."""
    return f"No {what} matches." if any(filters) else f"No {what} yet. {otherwise}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return str(value.get("url") or value.get("country") or value)
    return _UTC.sub(r"\1 \2", value) if isinstance(value, str) else str(value)


class Watch:
    """Progress of long work: a bar a job on a terminal, nothing in between otherwise (each job ends with a line)."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, job: str, done: int, total: int) -> None:
        """Report that `done` of `total` are done."""
        if self._bars is None:
            return
        if job not in self._tasks:
            self._tasks[job] = self._bars.add_task(job, total=total)
        self._bars.update(self._tasks[job], completed=done, total=total)


@contextmanager
def watching() -> Iterator[Watch]:
    """A watch for long work; bars only where somebody is looking."""
    if not err.is_terminal:
        yield Watch(None)
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True
    ) as bars:
        yield Watch(bars)
