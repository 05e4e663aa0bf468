"""Draws a small chart of articles a day with the line below which a day is quiet, as SVG and as words.

Bars are days, oldest first; the line is the mean, the band reaches down to mean − 1.5 σ. A day that is quiet for its weekday stands
out, a day the desk collected nothing has no bar.
Colours are classes of the style sheet, so the chart follows the page's scheme; nothing foreign is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR, GAP, HEIGHT, PAD = 4, 1, 28, 2  # units of the viewBox


@dataclass(frozen=True, slots=True)
class Spark:
    """What is drawn: articles of each day (None: not collected), mean and low line where known, words for it, and which days were quiet."""

    days: Sequence[int | None]
    mean: float | None
    low: float | None
    words: str
    quiet: Sequence[bool] = ()  # beside `days`


def sparkline(spark: Spark, *, days: int = 28) -> str:
    """The chart as an SVG element of `days` bars; an outlet with fewer days has its bars at the right."""
    shown: list[int | None] = [None] * max(0, days - len(spark.days))
    shown += spark.days[-days:]
    quiet = [False] * (days - len(spark.quiet)) + list(spark.quiet[-days:])
    top = max([count for count in shown if count] + [spark.mean or 0, 1])
    width = days * (BAR + GAP) - GAP
    size = f'viewBox="0 0 {width} {HEIGHT + PAD}" width="{width}" height="{HEIGHT + PAD}"'
    parts = [f'<svg class="spark" {size} role="img" aria-label="{escape(spark.words)}" preserveAspectRatio="none">']
    if spark.mean is not None and spark.low is not None:
        upper, lower = _y(spark.mean, top), _y(spark.low, top)
        parts.append(f'<rect class="spark-band" x="0" y="{upper}" width="{width}" height="{round(lower - upper, 1)}"/>')
    for number, count in enumerate(shown):
        if count is not None:
            y = _y(count, top) if count else HEIGHT + PAD - 0.8
            parts.append(
                f'<rect class="spark-{"low" if quiet[number] else "day"}" x="{number * (BAR + GAP)}" y="{y}" width="{BAR}" '
                f'height="{round(HEIGHT + PAD - y, 1)}"/>'
            )
    if spark.mean is not None:
        y = _y(spark.mean, top)
        parts.append(f'<line class="spark-mean" x1="0" x2="{width}" y1="{y}" y2="{y}"/>')
    return "".join([*parts, "</svg>"])


def _y(count: float, top: float) -> float:
    return round(PAD + HEIGHT * (1 - min(count, top) / top), 1)
