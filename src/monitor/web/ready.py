"""Loads what pages need before the first person asks: the table of addresses with all its views, and the templates."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.formats import date_format


def load() -> int:
    """Load them once; returns how many templates there are. Without this the first page of a process waits half a second for them."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language), suppress(Resolver404):
            date_format(datetime(2026, 1, 1, tzinfo=UTC), "l j F Y")
            reverse("today")
            resolve("/no page has this address, so each one's pattern is tried")
    found = 0
    for folder in engines["django"].template_dirs:
        for path in sorted(Path(folder).rglob("*.html")):
            try:
                get_template(path.relative_to(folder).as_posix())
            except TemplateSyntaxError:  # its own page tells; the others are no worse for it
                continue
            found += 1
    gc.collect()
    gc.freeze()  # what was loaded stays for good: looking through it again and again held a page up for a tenth of a second
    return found
