"""Days and hours as people write them: Django's format letters, and in French the first of a month as “1er”; the templates' own `date`."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language

register = template.Library()


def written(value: date, form: str) -> str:
    """A date or moment by Django's format letters in the language of the moment; French writes the first day of a month “1er”."""
    first = value.day == 1 and (get_language() or "").startswith("fr")
    return date_format(value, form.replace("j", r"j\e\r") if first else form)


@register.filter("date", expects_localtime=True, is_safe=False)
def date_filter(value: date | None, form: str) -> str:
    """The templates' filter of that name, in place of Django's; nothing stays nothing."""
    return written(value, form) if value else ""
