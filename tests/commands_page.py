"""Writes docs/commands.md from the real `--help` of every command: `python -m tests.commands_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.testing import CliRunner

from monitor.cli.app import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
INTRODUCTION = """# The command line

Written from the commands themselves by `python -m tests.commands_page`; do not edit it by hand. What each is good for, and when, stands in
[operations.md](operations.md).

Every listing takes `--json`: one JSON object a line. Exit statuses: 0 done; 1 it could not be done; 2 what was typed, a file or a setting
is wrong and nothing was changed; 78 the home or the database cannot be used.

An article as JSON: `id`, `url`, `outlet`, `title`, `language`, `language_confidence`, `section`, `themes`, `places`, `published`,
`discovered`, `story`, `verdict`, `rights`, `characters`, `state`, `reason`. A lead: `id`, `story`, `section`, `headline`, `score`,
`reasons`, `outlets`, `languages`, `articles`, `status`, `claimed_by`.
"""


def command_tree() -> Any:
    """The root command with its sub-commands, as the command line library keeps it."""
    return typer.main.get_command(app)


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below the root with its path, groups before what they hold, in the order of the help."""
    command = command_tree() if command is None else command
    for name, child in getattr(command, "commands", {}).items():
        yield (*path, name), child
        yield from commands(child, (*path, name))


def page() -> str:
    """The text of docs/commands.md as it should be."""
    parts = [INTRODUCTION, _help(())]
    for path, command in commands():
        parts.append(f"\n{'##' if len(path) == 1 else '###'} monitor {' '.join(path)}\n")
        if not getattr(command, "commands", None):
            parts.append(_help(path))
        else:
            parts.append(f"{command.help}\n")
    return "\n".join(parts)


def _help(path: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(app, [*path, "--help"], prog_name="monitor", env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"})
    assert shown.exit_code == 0, (path, shown.output)
    lines = [line.rstrip() for line in shown.output.strip().splitlines()]
    return "\n".join(["```", *lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
