"""What the sample outlets publish while somebody looks at the demo: some of their articles are kept back and come out one by one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from monitor.config.newsroom_values import SampleArticle, SampleOutlet, Samples

EACH: Final = 2
"""Articles an outlet keeps back."""
NEWEST: Final = 30.0  # hours; an older article would be late by days
APART: Final = timedelta(minutes=15)
"""Between the two of an outlet: as often as a feed may be asked."""
SPREAD: Final = 8  # minutes within which the outlets publish


def kept_back(samples: Samples, cited: Collection[str], start: timedelta) -> dict[str, timedelta]:
    """When which articles come out, after the newsroom's start; the first of each outlet in the minutes before `start`.

    Left where they are: what the sample review cites, wire copies and what they were copied from, headlines that change, and noise.
    """
    originals = {article.copy_of for article in samples.articles}
    found: dict[str, timedelta] = {}
    for number, outlet in enumerate(samples.outlets):
        ready = [one for one in _fresh(samples, outlet) if one.id not in cited and one.id not in originals]
        for place, article in enumerate(ready[:EACH]):
            found[article.id] = start + place * APART - timedelta(minutes=number % SPREAD)
    return found


def _fresh(samples: Samples, outlet: SampleOutlet) -> list[SampleArticle]:
    articles = [one for one in samples.of(outlet.id) if one.hours_ago < NEWEST and not one.copy_of and not one.first_title]
    return [one for one in articles if not samples.truth_of(one.id).noise]
