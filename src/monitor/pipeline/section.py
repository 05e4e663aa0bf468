"""Which section of the desk an article belongs to, from the countries found in it.

The section is the region of the strongest country; focus when three regions rival each other or the story is the world's. Where a power
that acts all over the world meets a country of another region, the matter is there: talks of the United States with Iran are Asia's,
a Russian base that Khartoum refuses Africa's. Countries of one region speak for it together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

FOCUS = "focus"
WIDER: Mapping[str, str] = {"EU": "europe", "150": "europe", "002": "africa", "019": "america", "142": "asia"}
"""What stands for more than a country: the European Union, and continents by their UN M49 codes; with its section."""
_ABROAD = {"US": 0.55, "EU": 0.66, "150": 0.66, "FR": 0.7, "GB": 0.7, "DE": 0.7, "RU": 0.7, "CN": 0.7, "TR": 0.7}
_WORLD = 0.6  # what a point of the worldwide theme weighs against a country's points
_TIE = 0.6  # share of the strongest section from which another one rivals it
_HINT = 0.6  # what a feed's own section hint is worth, against 2 for a country in the title


def section_of(
    scores: Mapping[str, float], regions: Mapping[str, str], *, world: float = 0.0, home: str = "", hint: str = ""
) -> tuple[dict[str, float], str]:
    """The strength of each section, strongest first, and the section chosen.

    `scores` and `regions` are by ISO2; `world` is the score of the worldwide theme, 0 below its threshold; `home` the outlet's
    country, for an article that names none; `hint` what its feed is about.
    """
    squares: dict[str, float] = {}
    for iso2, score in scores.items():
        if region := _region(regions, iso2):
            # A name of several countries (the Sahel) shares its weight by the root of their number: squares bring it back whole.
            squares[region] = squares.get(region, 0.0) + (score * _ABROAD.get(iso2, 1.0)) ** 2
    strength = {region: math.sqrt(total) for region, total in squares.items()}
    if hint and hint != FOCUS:
        strength[hint] = strength.get(hint, 0.0) + _HINT
    if world > 0:
        strength[FOCUS] = world * _WORLD
    if not strength:
        return ({where: 0.3}, where) if (where := _region(regions, home)) else ({}, FOCUS)
    rounded = {region: round(score, 3) for region, score in sorted(strength.items(), key=lambda one: (-one[1], one[0]))}
    strongest = max(strength.values())
    rivals = [region for region, score in strength.items() if score >= _TIE * strongest and region != FOCUS]
    return rounded, FOCUS if len(rivals) >= 3 else next(iter(rounded))


def _region(regions: Mapping[str, str], iso2: str) -> str:
    return regions.get(iso2) or WIDER.get(iso2, "")
