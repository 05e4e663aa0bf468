"""The balance page in words and rows: ranked lists with their change, weekly bars, the map's regions, blind spots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitor.config.countries import country_label, load_regions
from monitor.render.balance_charts import Tile

OCEANIA = "009"
_OCEANIA = frozenset({"053", "054", "057", "061"})
REGIONS: Mapping[str, str | Promise] = {
    "021": gettext_lazy("North America"), "013": gettext_lazy("Central America"), "029": gettext_lazy("Caribbean"),
    "005": gettext_lazy("South America"), "154": gettext_lazy("Northern Europe"), "151": gettext_lazy("Eastern Europe"),
    "155": gettext_lazy("Western Europe"), "039": gettext_lazy("Southern Europe"), "145": gettext_lazy("Western Asia"),
    "015": gettext_lazy("North Africa"), "011": gettext_lazy("West Africa"), "017": gettext_lazy("Central Africa"),
    "014": gettext_lazy("East Africa"), "018": gettext_lazy("Southern Africa"), "143": gettext_lazy("Central Asia"),
    "034": gettext_lazy("South Asia"), "030": gettext_lazy("East Asia"), "035": gettext_lazy("Southeast Asia"),
    "009": gettext_lazy("Oceania"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a ranked list: articles, their share of all, the bar's length beside the longest, and the change in words."""

    key: str
    name: str
    articles: int
    share: float
    length: float
    change: str
    tone: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One line of weekly bars; None where a week was not counted."""

    key: str
    name: str
    weeks: list[int | None]
    words: str

    @property
    def last(self) -> int | None:
        """The articles of the last week."""
        return self.weeks[-1] if self.weeks else None


def country(code: str, language: str) -> str:
    """What a country is called, EU and INT included."""
    named = {"EU": _("European Union"), "INT": _("international"), "": _("unknown")}
    return named.get(code) or country_label(code, language)


def rows(now: Mapping[str, int], before: Mapping[str, int] | None, name: Callable[[str], str], total: int) -> list[Row]:
    """A ranked list; without a whole period before, no change is told."""
    top = max([*now.values(), 1])
    ordered = sorted(((key, articles) for key, articles in now.items() if key), key=lambda one: (-one[1], one[0]))
    return [
        Row(key, name(key), articles, articles / total if total else 0, articles / top, *_change(articles, before, key))
        for key, articles in ordered
    ]


def _change(articles: int, before: Mapping[str, int] | None, key: str) -> tuple[str, str]:
    if before is None:
        return "", ""
    was = before.get(key, 0)
    if not was:
        return _("new"), "up"
    percent = round(100 * (articles - was) / was)
    if abs(percent) < 10:
        return _("same"), ""
    sign = "+" if percent > 0 else "−"
    return f"{sign}{number_format(abs(percent))} %", "up" if percent > 0 else "down"


def trends(weeks: Sequence[Mapping[str, Mapping[str, int]]], kind: str, keys: Sequence[str], name: Callable[[str], str]) -> list[Trend]:
    """Weekly bars of some keys of a kind."""
    found = []
    for key in keys:
        counts = [week[kind].get(key, 0) if week else None for week in weeks]
        found.append(Trend(key, name(key), counts, trend_words(name(key), counts)))
    return found


def trend_words(name: str, weeks: Sequence[int | None]) -> str:
    """A row of weekly bars in words."""
    counted = [count for count in weeks if count is not None]
    if not counted:
        return _("%(name)s: not counted yet") % {"name": name}
    told = {"name": name, "last": number_format(counted[-1]), "least": number_format(min(counted)), "most": number_format(max(counted))}
    return _("%(name)s: %(last)s articles in the last seven days; from %(least)s to %(most)s a week") % told


def regions(countries: Mapping[str, int]) -> dict[str, int]:
    """Articles of each sub-region of the map; an article of two countries of a region counts twice there."""
    found: Counter[str] = Counter()
    known = load_regions()
    for code, articles in countries.items():
        region = known.get(code)
        if region is not None:
            found[OCEANIA if region.m49 in _OCEANIA else region.m49] += articles
    return dict(found)


def tiles(counts: Mapping[str, int]) -> list[Tile]:
    """The map's regions with their articles."""
    return [
        Tile(code, _two_lines(str(name)), counts.get(code, 0), number_format(counts.get(code, 0), force_grouping=True))
        for code, name in REGIONS.items()
    ]


def _two_lines(name: str) -> tuple[str, ...]:
    head, blank, tail = name.partition(" ")
    return (name,) if len(name) <= 14 or not blank else (head, tail)


def map_words(what: str, counts: Mapping[str, int]) -> str:
    """The map in words: its strongest regions and those with nothing."""
    ordered = sorted(counts.items(), key=lambda one: -one[1])[:3]
    first = ", ".join(f"{REGIONS[code]} {number_format(articles)}" for code, articles in ordered if code in REGIONS)
    none = [str(name) for code, name in REGIONS.items() if not counts.get(code)]
    told = _("%(what)s by region of the world. Most: %(first)s.") % {"what": what, "first": first or "0"}
    return told + (" " + _("None: %(names)s.") % {"names": ", ".join(none)} if none else "")


def spot(one: Mapping[str, Any], language: str) -> str:
    """A country told of by one press alone, in words."""
    place, press, articles = country(one["place"], language), country(one["press"], language), int(one["articles"])
    told = {"place": place, "press": press, "n": articles}
    if one["place"] == one["press"]:
        text = ngettext("%(place)s: %(n)d article, by its own press alone", "%(place)s: %(n)d articles, all by its own press", articles)
    else:
        text = ngettext(
            "%(place)s: %(n)d article, by the press of one country (%(press)s)",
            "%(place)s: %(n)d articles, all by the press of one country (%(press)s)",
            articles,
        )
    return text % told
