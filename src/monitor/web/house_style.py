"""The house styles for pages: read again when the file changes; a broken file is said on the page, never a broken page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from monitor.config.style_file import load_styles
from monitor.errors import ConfigError
from monitor.pipeline.edition import EditionHead, title_of
from monitor.records import Style
from monitor.store.models import Edition
from monitor.store.pages_editions import EditionLine


def styles() -> tuple[Mapping[str, Style], list[str]]:
    """The desk's styles, and what is wrong with their file (then there are none)."""
    try:
        return load_styles(settings.MONITOR.style, beside=settings.MONITOR.feeds), []
    except ConfigError as wrong:
        return {}, [str(problem) for problem in wrong.problems]


def folder() -> Path:
    """Where the desk's own style and templates lie."""
    own = settings.MONITOR
    return Path((own.style or own.feeds).parent)


def title(one: EditionLine | Edition, known: Mapping[str, Style]) -> str:
    """An edition's title as printed; its number when its style is not known any more."""
    style = known.get(one.series)
    if style is None:
        return one.title or f"{one.series} {one.number}"
    return title_of(style, EditionHead("", one.number, one.language, one.dated, one.title))
