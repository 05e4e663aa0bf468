"""The regions a country belongs to, by every name a query may call them.

Sub-regions and their codes: UN M49 (data/regions.tsv); their parents and names in English and French are those of the same standard.
Continents are asked for by the desk's section (region:asia) or by M49 code (142), because the two differ for Türkiye and Cyprus.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from monitor.config.countries import country_names, load_regions

_PARENTS = {
    "015": ("002",), "011": ("202", "002"), "017": ("202", "002"), "014": ("202", "002"), "018": ("202", "002"),
    "021": ("003", "019"), "013": ("419", "019"), "029": ("419", "019"), "005": ("419", "019"),
    "143": ("142",), "030": ("142",), "035": ("142",), "034": ("142",), "145": ("142",),
    "151": ("150",), "154": ("150",), "039": ("150",), "155": ("150",),
    "053": ("009",), "054": ("009",), "057": ("009",), "061": ("009",),
}  # fmt: skip
_NAMES = {
    "015": ("Northern Africa", "North Africa", "Afrique du Nord", "Afrique septentrionale"),
    "011": ("Western Africa", "West Africa", "Afrique de l'Ouest", "Afrique occidentale"),
    "017": ("Middle Africa", "Central Africa", "Afrique centrale"),
    "014": ("Eastern Africa", "East Africa", "Afrique de l'Est", "Afrique orientale"),
    "018": ("Southern Africa", "Afrique australe"),
    "202": ("Sub-Saharan Africa", "Afrique subsaharienne"),
    "021": ("Northern America", "Amérique septentrionale"),
    "013": ("Central America", "Amérique centrale"),
    "029": ("Caribbean", "Caraïbes"),
    "005": ("South America", "Amérique du Sud"),
    "419": ("Latin America", "Latin America and the Caribbean", "Amérique latine", "Amérique latine et Caraïbes"),
    "143": ("Central Asia", "Asie centrale"),
    "030": ("Eastern Asia", "East Asia", "Asie orientale", "Asie de l'Est"),
    "035": ("South-eastern Asia", "Southeast Asia", "Asie du Sud-Est"),
    "034": ("Southern Asia", "South Asia", "Asie méridionale", "Asie du Sud"),
    "145": ("Western Asia", "Asie occidentale"),
    "151": ("Eastern Europe", "Europe orientale", "Europe de l'Est"),
    "154": ("Northern Europe", "Europe septentrionale", "Europe du Nord"),
    "039": ("Southern Europe", "Europe méridionale", "Europe du Sud"),
    "155": ("Western Europe", "Europe occidentale", "Europe de l'Ouest"),
    "009": ("Oceania", "Océanie"),
}


@cache
def regions_of_country() -> Mapping[str, tuple[str, ...]]:
    """Section, M49 codes and names, and the country's own names in English and French, by ISO 3166-1 alpha-2."""
    called: dict[str, list[str]] = {}
    for names in country_names(("en", "fr")).values():
        for name, iso2 in names.items():
            called.setdefault(iso2, []).append(name)
    found: dict[str, tuple[str, ...]] = {}
    for iso2, region in load_regions().items():
        codes = (region.m49, *_PARENTS.get(region.m49, ()))
        names_of = [name for code in codes for name in _NAMES.get(code, ())]
        found[iso2] = (region.section, *codes, *names_of, *called.get(iso2, ()))
    return MappingProxyType(found)
