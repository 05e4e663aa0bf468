"""The one place where mails and documents meet the template engine; templates stand in render/templates/, those of .html escape."""

from __future__ import annotations

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils import translation


def fill(name: str, values: Mapping[str, object], language: str) -> str:
    """A template filled with values, its own words in this language (fr, en); whatever comes from outside is escaped in .html templates."""
    with translation.override(language):
        return render_to_string(name, dict(values))
