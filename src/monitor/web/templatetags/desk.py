"""Template tags of the desk: headlines in any script, times in its zone, plain words for codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitor.store.models import Person
from monitor.store.pages_triage import Held
from monitor.web import language as languages
from monitor.web import look, mistake_words, reason_words, triage_words, words
from monitor.web.story_lines import web_address
from monitor.web.templatetags.days import written

register = template.Library()
# Bidi embeddings, overrides and isolates go too: a stray one could end our own isolate or turn an address round.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]")


@register.filter
def plain(value: object) -> str:
    """Foreign text without control characters; what is left is escaped by the template."""
    return _CONTROLS.sub("", str(value))


@register.simple_tag
def foreign(text: str, language: str = "") -> SafeString:
    """Text of an outlet, isolated so that its direction (or a bidi character in it) never reaches the words around it."""
    code = languages.code(language)
    if not code:
        return format_html('<bdi dir="auto">{}</bdi>', plain(text))
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, languages.direction(code), plain(text))


@register.simple_tag
def language_tag(code: str) -> SafeString:
    """A language as its code with its name for those who point at it or listen."""
    known = languages.code(code)
    return format_html('<abbr class="code" title="{}">{}</abbr>', languages.name(known), known) if known else SafeString("")


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, precision: str = "minute") -> SafeString:
    """A moment in the desk's zone, short: the hour today, the day and hour this year, the whole date before."""
    if at is None:
        return format_html('<span class="none">{}</span>', "—")
    local = at.astimezone(context["zone"])
    full = written(local, "l j F Y, H:i e")
    short = _short(local, context["now"], precision)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="minutes"), full, short)


@register.simple_tag(takes_context=True)
def scheme(context: Context) -> str:
    """light or dark when this browser's reader chose one, else ""."""
    request = context.get("request")
    return look.chosen(request) if request is not None else ""


@register.filter
def long_day(value: date) -> str:
    """A day with its name: Saturday 21 November 2026."""
    return written(value, "l j F Y")


@register.filter
def weekday(value: datetime, zone: ZoneInfo) -> str:
    """The name of the day of a moment in the desk's zone."""
    return written(value.astimezone(zone), "l")


@register.filter
def reason(code: str) -> str:
    """Why a lead was dismissed, in words."""
    return triage_words.reason(code)


@register.filter
def next_mine(held: Iterable[Held]) -> Held | None:
    """Of all claims the reader's own that ends first and has no draft yet."""
    return next((one for one in held if one.mine and one.until is not None), None)


@register.filter
def span(value: timedelta) -> str:
    """A length of time in hours and minutes."""
    minutes = round(value.total_seconds() / 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.simple_tag
def say(table: str, code: str) -> str:
    """The words for a code (health, result, verdict, role, kind)."""
    return words.say(table, code)


@register.filter
def with_code(text: str) -> SafeString:
    """Our own sentence with what stands between backticks set as code."""
    parts = [(mark, part) for number, part in enumerate(str(text).split("`")) if part for mark in ["code" if number % 2 else "span"]]
    return format_html_join("", "<{0}>{1}</{0}>", parts)


@register.simple_tag
def meters(parts: Iterable[tuple[str, float]]) -> SafeString:
    """The parts of a score as meters between 0 and 1: made in one go, because a page has hundreds."""
    row = '<div><dt>{0}</dt><dd><meter min="0" max="1" value="{1}" aria-label="{0}">{1}</meter> <span class="number">{2}</span></dd></div>'
    return format_html_join("", row, [(name, hundredth(value), number_format(value, 2)) for name, value in parts])


@register.filter
def said(sentence: str) -> str:
    """Why something could not be read, as it was stored, in the reader's language."""
    return reason_words.said(sentence)


@register.filter
def mistake(sentence: str) -> str:
    """A mistake in what an editor wrote, in the reader's language."""
    return mistake_words.said(sentence)


@register.filter
def tone(health: str) -> str:
    """The tone a health is shown in."""
    return words.tone(health)


@register.filter
def href(url: str) -> str:
    """An address that may be a link, or ""."""
    return web_address(url)


@register.filter
def full_name(person: Person) -> str:
    """A person's name, or their address when they have none."""
    return f"{person.given_name} {person.family_name}".strip() or person.email


@register.filter
def hundredth(value: Any) -> str:
    """A number between 0 and 1 with two decimals and a point, as attributes need it."""
    return f"{float(value):.2f}"


def _short(local: datetime, now: datetime, precision: str) -> str:
    if precision == "day":
        return written(local, "j N" if local.year == now.year else "j N Y")
    if local.date() == now.date():
        return written(local, "H:i")
    if local.date() == (now - timedelta(days=1)).date():
        return _("yesterday %(time)s") % {"time": written(local, "H:i")}
    return written(local, "j N H:i" if local.year == now.year else "j N Y")
