"""Loads what pages need before the first person asks: the table of addresses with all its views, and the templates."""

from __future__ import annotations

from pathlib import Path

from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import get_resolver


def load() -> int:
    """Load them once; returns how many templates there are. Without this the first page of a process waits half a second for them."""
    _ = get_resolver().url_patterns
    found = 0
    for folder in engines["django"].template_dirs:
        for path in sorted(Path(folder).rglob("*.html")):
            try:
                get_template(path.relative_to(folder).as_posix())
            except TemplateSyntaxError:  # its own page tells; the others are no worse for it
                continue
            found += 1
    return found
