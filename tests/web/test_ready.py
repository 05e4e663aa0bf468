"""What is loaded before the first page."""

from __future__ import annotations

from pathlib import Path

from monitor.store import setup

setup.start()

from monitor.web import ready  # noqa: E402 — after Django is set up


def test_every_template_is_loaded_before_the_first_person_asks() -> None:
    folder = Path(ready.__file__).parent / "templates"
    own = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert ready.load() >= len(own) > 50
