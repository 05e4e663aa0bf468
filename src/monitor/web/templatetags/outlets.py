"""Template tags of the outlets' pages: the chart of articles a day."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monitor.render.sparkline import Spark, sparkline
from monitor.store.outlet_checks import Checked
from monitor.web import doctor_words, reason_words

register = template.Library()


@register.simple_tag
def spark(checked: Checked) -> SafeString:
    """The chart of an outlet's articles a day, with its words for those who do not see it; a dash while no day is known."""
    usual, days = checked.diagnosis.baseline, checked.days
    told = doctor_words.volume(days, checked.today, usual)
    if not any(day is not None for day in days):
        return format_html('<span class="none" title="{}">—</span>', told)
    quiet = [usual is not None and day is not None and usual.quiet(day, len(days) - number) for number, day in enumerate(days)]
    chart = Spark(days, usual.mean if usual else None, usual.low if usual else None, told, quiet)
    return SafeString(sparkline(chart))  # figures and our own words, escaped where it is drawn


@register.simple_tag
def volume_words(checked: Checked) -> str:
    """The same chart as a sentence."""
    return doctor_words.volume(checked.days, checked.today, checked.diagnosis.baseline)


@register.filter
def of(table: dict[str, object], key: str) -> object:
    """What a table holds under a key, or nothing."""
    return table.get(key, "")


@register.filter
def why(reason: str) -> str:
    """Why nothing was found, in the reader's language when it is a sentence of ours."""
    return reason_words.said(reason)


@register.filter
def moment(value: str) -> datetime | None:
    """A stored moment."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
