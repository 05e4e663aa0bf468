"""Template tags of the story's page: evidence and edited headlines in any script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from monitor.web import language as languages
from monitor.web.evidence_marks import Change, Piece
from monitor.web.templatetags.days import written
from monitor.web.templatetags.desk import plain

register = template.Library()


@register.simple_tag
def evident(pieces: Iterable[Piece], language: str = "") -> SafeString:
    """Text of an outlet, isolated as `foreign` does; what is evidence in <mark>, with what it speaks for when pointed at."""
    return _isolated(SafeString("".join(map(_marked, pieces))), language)


@register.simple_tag
def edited(changes: Iterable[Change], language: str = "") -> SafeString:
    """An edited headline with what was taken out and put in."""
    return _isolated(SafeString("".join(map(_tagged, changes))), language)


@register.filter
def day_of(value: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in the desk's zone, with its name."""
    return written(value.astimezone(zone), "l j F")


def _marked(one: Piece) -> str:
    """A piece as HTML; a page has thousands of them, so they are escaped without format_html's detours."""
    text = escape(plain(one.text))
    return f'<mark title="{escape(plain(one.label))}">{text}</mark>' if one.label else text


def _tagged(one: Change) -> str:
    text = escape(plain(one.text))
    return f"<{one.tag}>{text}</{one.tag}>" if one.tag in ("del", "ins") else text


def _isolated(inside: SafeString, language: str) -> SafeString:
    code = languages.code(language)
    if not code:
        return format_html('<bdi dir="auto">{}</bdi>', inside)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, languages.direction(code), inside)
