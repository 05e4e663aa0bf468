"""Template tags of the digest's page."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from monitor.store.pages import DeskFacts
from monitor.web.templatetags.desk import plain

register = template.Library()


@register.filter
def theme_name(theme: str, facts: DeskFacts) -> str:
    """A theme's label in the language of the page."""
    return plain(facts.theme_label(theme, get_language() or "en"))
