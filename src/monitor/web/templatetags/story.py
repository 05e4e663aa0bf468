"""Template tags of the story's page: evidence and edited headlines in any script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitor.web import language as languages
from monitor.web.evidence_marks import Change, Piece
from monitor.web.templatetags.desk import plain

register = template.Library()


@register.simple_tag
def evident(pieces: Iterable[Piece], language: str = "") -> SafeString:
    """Text of an outlet, isolated as `foreign` does; what is evidence in <mark>, with what it speaks for when pointed at."""
    return _isolated(format_html_join("", "{}", ((_marked(one),) for one in pieces)), language)


@register.simple_tag
def edited(changes: Iterable[Change], language: str = "") -> SafeString:
    """An edited headline with what was taken out and put in."""
    tagged = format_html_join("", "{}", ((_tagged(one),) for one in changes))
    return _isolated(tagged, language)


@register.filter
def day_of(value: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in the desk's zone, with its name."""
    return date_format(value.astimezone(zone), "l j F")


def _marked(one: Piece) -> SafeString:
    text = plain(one.text)
    return format_html('<mark title="{}">{}</mark>', plain(one.label), text) if one.label else format_html("{}", text)


def _tagged(one: Change) -> SafeString:
    return format_html(f"<{one.tag}>{{}}</{one.tag}>", plain(one.text)) if one.tag in ("del", "ins") else format_html("{}", plain(one.text))


def _isolated(inside: SafeString, language: str) -> SafeString:
    code = languages.code(language)
    if not code:
        return format_html('<bdi dir="auto">{}</bdi>', inside)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, languages.direction(code), inside)
