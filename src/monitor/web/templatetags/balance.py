"""Template tags of the balance page and the themes lab: our own charts."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from monitor.render import balance_charts
from monitor.render.balance_charts import Tile
from monitor.web.balance_words import Trend

register = template.Library()


@register.simple_tag
def tile_map(tiles: Sequence[Tile], words: str) -> SafeString:
    """The map of regions."""
    return SafeString(balance_charts.tile_map(tiles, words))  # figures and our own words, escaped where it is drawn


@register.simple_tag
def week_bars(trend: Trend) -> SafeString:
    """Weekly bars with their words."""
    return SafeString(balance_charts.week_bars(trend.weeks, trend.words))  # names of themes and sections are escaped there


@register.simple_tag
def share_bar(length: float) -> SafeString:
    """A bar beside its figure."""
    return SafeString(balance_charts.share_bar(length))


@register.filter
def percent(share: float) -> str:
    """A share in percent, with one decimal below ten."""
    value = round(100 * share, 0 if share >= 0.0995 else 1)
    return str(number_format(value, 0 if value >= 10 or value == 0 else 1))
