"""`monitor theme`: the desk's themes and the headlines they are tested with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import settings
from monitor.errors import ConfigError

app = typer.Typer(help="The themes the desk cares about.", no_args_is_help=True)


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, one object a line.")] = False,
) -> None:
    """The themes in use, with their labels and priorities."""
    from monitor.config.themes_file import load_themes  # reads a file only when asked

    try:
        themes = load_themes(settings().themes)
    except ConfigError as error:
        raise show.config_mistakes(error) from error
    rows = [
        {"id": theme.id, "en": theme.label.get("en", ""), "fr": theme.label.get("fr", ""), "priority": theme.priority}
        for theme in themes.themes
    ]
    show.listing(rows, ("id", "en", "fr", "priority"), as_json=as_json, empty="No theme is defined.")


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A themes file; default: MONITOR_THEMES or themes.yaml.")] = None,
) -> None:
    """Check the themes file. The headlines it is tested with are tagged, and those that come out otherwise are named."""
    from monitor.config.themes_file import load_themes  # reads a file only when asked
    from monitor.jobs.knowledge import failed_tests

    try:
        themes = load_themes(file or settings().themes)
    except ConfigError as error:
        raise show.config_mistakes(error) from error
    run, failures = failed_tests(themes)
    for failure in failures:
        show.line(failure)
    if failures:
        raise show.fail(f"{len(failures)} of {run} test headlines are tagged otherwise than the file expects.")
    show.line(f"{_many(len(themes.themes), 'theme')}, {_many(run, 'test headline')}: all tagged as expected.")


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
